"""Scripts that people try to put on pages of ours, as a parser sees the answers."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from app.kernel.clock import FixedClock
from app.main import create_app
from app.web.markup import excerpt, highlight, render_difference, render_post
from starlette.testclient import TestClient

from tests import factories
from tests.attacks.markup import dangers_in
from tests.attacks.planting import plant
from tests.attacks.xss import PAYLOADS
from tests.houses import open_at
from tests.visitor import ORIGIN, Visitor


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>", "<p onclick=x>", "<a href='java&#115;cript:x'>", "<p style=x>",
        "<a href=//evil.example>", "<svg>", "<input id=evil>", "<script src=/x.js>",
        "<iframe src=/x title=x>", "<meta http-equiv=refresh content='0;url=/x'>", "<base href=/x>",
    ],
)  # fmt: skip
def test_reader_of_pages_sees_what_it_looks_for(html: str) -> None:
    assert dangers_in(html)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_rendered_words_hold_no_script(payload: str) -> None:
    rendered = [
        render_post(payload),
        render_post(f"a {payload} b"),
        render_difference("water", payload),
        render_difference(payload, "water"),
        render_difference(f"{payload} a {payload}", f"{payload} b {payload}"),
        highlight(payload, frozenset({"script", "img"}), 320),
    ]

    assert dangers_in("".join(rendered)) == []
    assert isinstance(excerpt(payload, 80), str)


@pytest.fixture(scope="module")
def planted(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Visitor, list[str]]]:
    """An instance in which every field of a record holds what somebody tries."""
    data = tmp_path_factory.mktemp("planted") / "instance"
    shutil.copytree(template, data)
    house = open_at(data, FixedClock(factories.NOW))
    paths = plant(house, PAYLOADS)
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        yield Visitor(client), paths
    house.db.close()


@pytest.mark.slow
def test_stored_lines_reach_no_page_as_markup(planted: tuple[Visitor, list[str]]) -> None:
    visitor, paths = planted
    assert len(paths) > 4 * len(PAYLOADS)

    for number, path in enumerate(paths):
        visitor.language = ("en", "fa", "fr")[number % 3]
        answer = visitor.get(path)

        assert answer.status_code == 200, path
        assert dangers_in(answer.text) == [], path


@pytest.mark.slow
@pytest.mark.parametrize("field", ["q", "author", "day", "board"])
def test_questions_reach_no_page_as_markup(planted: tuple[Visitor, list[str]], field: str) -> None:
    visitor, _ = planted

    for payload in PAYLOADS:
        answer = visitor.get("/search?" + urlencode({field: payload}))

        assert answer.status_code in {200, 400}, payload
        assert dangers_in(answer.text) == [], payload


@pytest.mark.slow
def test_other_addresses_reach_no_page_as_markup(stranger: Visitor) -> None:
    for payload in PAYLOADS:
        for path in (
            "/login?" + urlencode({"next": payload}),
            "/nowhere?" + urlencode({"": payload}),
            "/b/" + urlencode({"": payload})[1:],
            "/keys?" + urlencode({"done": payload}),
        ):
            answer = stranger.get(path)

            assert answer.status_code in {200, 303, 400, 404, 422}, path
            assert dangers_in(answer.text) == [], path


FORMS = {
    "/login": ("/login", "name", "next"),
    "/join": ("/join", "name"),
    "/restore": ("/restore", "name", "words"),
    "/carry": ("/carry", "record"),
    "/revoke": ("/revoke", "words"),
}


@pytest.mark.slow
@pytest.mark.parametrize("path", FORMS)
def test_what_was_typed_comes_back_as_text(stranger: Visitor, path: str) -> None:
    """Every form shows again what was typed; a counter of attempts answers in between."""
    action, *fields = FORMS[path]
    form = stranger.open_form(path, action)

    for payload in PAYLOADS:
        answer = stranger.send(form, **dict.fromkeys(fields, payload))

        assert answer.status_code < 500, payload
        assert dangers_in(answer.text) == [], payload


@pytest.mark.slow
def test_written_post_comes_back_as_text(client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    form = visitor.open_form("/b/square/new")

    for payload in PAYLOADS:
        shown = visitor.send(form, do="preview", title=payload[:200], text=payload)
        kept = visitor.send(form, do="send", token="x", text=payload)

        assert kept.status_code in {400, 403}, payload
        assert dangers_in(shown.text) == dangers_in(kept.text) == [], payload


def test_link_of_a_post_leads_to_a_whole_address_or_nowhere() -> None:
    tried = ["https://example.org/x", "/en/logout", "//evil.example", "javascript:x", "?do=send"]

    html = render_post(" ".join(f"[here]({address})" for address in tried))

    assert re.findall('href="([^"]*)"', html) == ["https://example.org/x"]
    assert 'rel="noopener noreferrer nofollow ugc"' in html


def test_image_of_a_post_is_no_picture() -> None:
    html = render_post("![rice](https://evil.example/x.png)")

    assert "<img" not in html
    assert ">rice</a>" in html


def test_pile_of_marks_is_cut() -> None:
    assert render_post("a" + "\u0301" * 40).count("\u0301") <= 3
