"""Links that lead out pass a page that shows where to; the page never leads there by itself."""

from urllib.parse import quote

import pytest
from app.kernel.errors import MalformedError
from app.web.forms import parse_outgoing
from app.web.markup import lead_out, render_post

from tests.place import Place
from tests.visitor import Visitor

GOOD = {
    "https://example.org/": "example.org",
    "http://example.org:8080/a?b=c&d=%2F#e": "example.org",
    "https://example.org/a?b=http://other.example/": "example.org",
    "https://пример.example/": "xn--e1afmkfd.example",
    "http://" + "a" * 56 + ".onion/x": "a" * 56 + ".onion",
    "https://[2001:db8::1]/": "2001:db8::1",
}
BAD = [
    "", "example.org", "/en/boards", "//example.org/", "\\\\example.org", "javascript:alert(1)",
    "data:text/html,x", "ftp://example.org/", "https://", "https:///x", "https://?x", "https://bank.example@evil.example/",
    "https://a b.example/", "https://example.org/\u202egpj.exe", "https://example.org/\u200b", "https://example.org/\n",
    "https://[::1", "https://" + "a" * 64 + ".example/", "https://example.org:99999/",
]  # fmt: skip


@pytest.mark.parametrize(("address", "host"), GOOD.items())
def test_address_is_shown_with_the_host_it_asks(place: Place, address: str, host: str) -> None:
    assert parse_outgoing(address) == host
    answer = place.stranger.client.get(f"/en/leaving?to={quote(address, safe='')}")

    assert answer.status_code == 200
    shown = address.replace("&", "&amp;")
    assert f'<code translate="no">{shown}</code>' in answer.text
    assert f'<code translate="no">{host}</code>' in answer.text
    assert f'href="{shown}" rel="noopener noreferrer nofollow ugc"' in answer.text
    assert "refresh" not in answer.headers
    assert "http-equiv" not in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_address_of_another_site_is_refused(place: Place, address: str) -> None:
    with pytest.raises(MalformedError):
        parse_outgoing(address)
    answer = place.stranger.client.get(f"/en/leaving?to={quote(address, safe='')}")

    assert answer.status_code in {400, 404}
    assert "location" not in answer.headers
    assert 'rel="noopener noreferrer nofollow ugc"' not in answer.text


def test_links_of_posts_pass_that_page_in_the_readers_language() -> None:
    text = "[a](https://example.org/?x=1&y=%20) and <https://other.example/> and `https://code.example`"

    led = str(lead_out(render_post(text), "fa"))

    assert 'href="/fa/leaving?to=https%3A%2F%2Fexample.org%2F%3Fx%3D1%26y%3D%2520"' in led
    assert 'href="/fa/leaving?to=https%3A%2F%2Fother.example%2F"' in led
    assert 'href="http' not in led
    assert led.count("noreferrer") == 2


@pytest.mark.slow
def test_reader_of_a_post_meets_that_page_first(place: Place, stranger: Visitor) -> None:
    form = place.visitor.open_form("/b/square/new")
    link = "[their site](https://example.org/page)"
    preview = place.visitor.send(form, do="preview", title="x", text=link)

    assert 'href="/en/leaving?to=https%3A%2F%2Fexample.org%2Fpage"' in preview.text
    assert 'href="https://' not in preview.text
    answer = stranger.client.get("/en/leaving?to=https%3A%2F%2Fexample.org%2Fpage")
    assert answer.headers["referrer-policy"] == "same-origin"
