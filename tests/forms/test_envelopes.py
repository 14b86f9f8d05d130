"""What a form arrives in: every form refuses what no page of ours sends, in the reader's language."""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from app.main import create_app
from app.web.error_pages import sentences_of
from app.wiring import House
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from tests.forms.languages import LANGUAGES, by_turns, named
from tests.place import Place
from tests.visitor import FORM, ORIGIN, SAME_ORIGIN, Visitor

TYPED = 'سلام, <b>"l\'eau"</b> & the water'

# Every form: where it is sent.
FORMS = [
    "/join", "/join/words", "/join/confirm", "/join/device", "/login", "/login/again", "/login/key", "/logout",
    "/restore", "/revoke", "/erase-me", "/keys/passphrase", "/keys/sessions", "/settings", "/carry",
    "/b/square/new", "/t/{thread}/reply", "/p/{digest}/revise", "/p/{digest}/erase", "/p/{digest}/rate",
    "/p/{digest}/context", "/p/{digest}/context/rate",
    "/p/{digest}/promise", "/commitments/{digest}/own", "/commitments/{digest}/status", "/commitments/{digest}/evidence",
    "/t/{thread}/hearing/close",
    "/p/{digest}/answer", "/p/{digest}/follow-up", "/p/{digest}/heard", "/t/{thread}/hearing/staff",
    "/p/{digest}/translate", "/p/{digest}/translations", "/t/{thread}/summarise", "/t/{thread}/summary",
    "/drafts", "/notices", "/notices/acts", "/notices/acts/{digest}", "/shield", "/mutes", "/t/{thread}/save", "/t/{thread}/state",
    "/boards/manage/new", "/boards/manage/square", "/boards/manage/move",
    "/reach/edit", "/sponsors/edit", "/invitations", "/invitations/sign", "/invitations/redeem", "/keys/thread-name",
    "/p/{digest}/report", "/t/{thread}/report", "/persona/{mark}/report", "/reports",
    "/t/{thread}/hearing/new", "/t/{thread}/hearing/ask", "/t/{thread}/hearing/bind", "/t/{thread}/hearing/draw", "/t/{thread}/hearing/questions",
    "/t/{thread}/vote", "/t/{thread}/consultation/say", "/t/{thread}/consultation/side", "/t/{thread}/consultation/about", "/t/{thread}/consultation/again", "/t/{thread}/consultation/manage", "/t/{thread}/ballot",
    "/legal-notice", "/legal-notice/outcome",
    "/desk/login", "/desk/begin", "/desk/logout", "/desk/claim", "/desk/attack", "/desk/grouped",
    "/desk/case", "/desk/case/skip", "/desk/case/hand-over", "/desk/acts", "/desk/acts/close",
    "/desk/proposals/none", "/desk/appeals/{digest}",
]  # fmt: skip


class Envelope(NamedTuple):
    """A request to a form."""

    body: bytes
    headers: dict[str, str]


def encode(fields: dict[str, str] | list[tuple[str, str]], **headers: str) -> Envelope:
    """Return fields as a browser sends them, with some headers replaced."""
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return Envelope(urlencode(fields).encode(), {"Content-Type": FORM, **SAME_ORIGIN, **said})


Attack = Callable[[str, str], Envelope]
"""From the visitor's own token and a stranger's to the request."""

FROM_ELSEWHERE: dict[str, Attack] = {
    "no token": lambda own, other: encode({"text": TYPED}),
    "an empty token": lambda own, other: encode({"text": TYPED, "token": ""}),
    "token of another session": lambda own, other: encode({"text": TYPED, "token": other}),
    "token cut short": lambda own, other: encode({"text": TYPED, "token": own[:-2]}),
    "token made up": lambda own, other: encode({"text": TYPED, "token": "A" * 43}),
    "token that is no base64": lambda own, other: encode({"text": TYPED, "token": "é" * 43}),
    "another origin": lambda own, other: encode({"text": TYPED, "token": own}, Origin="http://evil.example"),
    "origin null": lambda own, other: encode({"text": TYPED, "token": own}, Origin="null"),
    "another scheme": lambda own, other: encode({"text": TYPED, "token": own}, Origin="https://testserver"),
    "another port": lambda own, other: encode({"text": TYPED, "token": own}, Origin="http://testserver:81"),
    "an origin that begins alike": lambda own, other: encode({"text": TYPED, "token": own}, Origin="http://testserver.evil.example"),
    "a subdomain": lambda own, other: encode({"text": TYPED, "token": own}, Origin="http://x.testserver"),
    "sent across sites": lambda own, other: encode({"text": TYPED, "token": own}, Sec_Fetch_Site="cross-site"),
    "sent across subdomains": lambda own, other: encode({"text": TYPED, "token": own}, Sec_Fetch_Site="same-site"),
}  # fmt: skip

NO_FORM: dict[str, Attack] = {
    "nothing at all": lambda own, other: Envelope(b"", SAME_ORIGIN),
    "a field twice": lambda own, other: encode([("token", own), ("text", "a"), ("text", "b")]),
    "the token twice": lambda own, other: encode([("token", own), ("token", own)]),
    "invalid UTF-8 in an escape": lambda own, other: Envelope(f"token={own}&text=%ff".encode(), encode({}).headers),
    "a surrogate in an escape": lambda own, other: Envelope(f"token={own}&text=%ed%a0%80".encode(), encode({}).headers),
    "raw bytes beyond ASCII": lambda own, other: Envelope(f"token={own}&text=é".encode(), encode({}).headers),
    "a field without a value": lambda own, other: Envelope(f"token={own}&text".encode(), encode({}).headers),
    "a nul in an escape": lambda own, other: encode({"token": own, "text": "a\0b"}),
    "25 fields": lambda own, other: encode({"token": own, **{f"x{n}": "" for n in range(24)}}),
    "a thousand fields": lambda own, other: encode({f"x{n}": "" for n in range(1000)}),
    "JSON": lambda own, other: encode({"token": own}, Content_Type="application/json"),
    "plain text": lambda own, other: encode({"token": own}, Content_Type="text/plain"),
    "parts": lambda own, other: Envelope(
        f'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n{own}\r\n--x--\r\n'.encode(),
        {**SAME_ORIGIN, "Content-Type": "multipart/form-data; boundary=x"},
    ),
    "a type that begins alike": lambda own, other: encode({"token": own}, Content_Type=FORM + "ed"),
}  # fmt: skip

TOO_LARGE: dict[str, Attack] = {
    "a body over the cap": lambda own, other: encode({"token": own, "text": "x" * 262_144}),
}

ALL = [
    *(pytest.param(attack, 403, "stale-form", id=name) for name, attack in FROM_ELSEWHERE.items()),
    *(pytest.param(attack, 400, "malformed", id=name) for name, attack in NO_FORM.items()),
    *(pytest.param(attack, 413, "too-large", id=name) for name, attack in TOO_LARGE.items()),
]


def test_list_of_forms_is_complete(house: House) -> None:
    addresses = {
        route.path.removeprefix("/{language}")
        for route in all_routes(create_app(house, ORIGIN).routes)
        if "POST" in (route.methods or set()) and route.path.startswith("/{language}")
    }

    assert addresses == {
        path.replace("/square", "/{slug}")
        .replace("{thread}", "{thread_id}")
        .replace("/none", "/{proposal_id}")
        for path in FORMS
    }


def all_routes(routes: Sequence[object]) -> list[APIRoute]:
    """Return every route of an application, also those of its included routers."""
    found = [route for route in routes if isinstance(route, APIRoute)]
    for route in routes:
        inner = getattr(getattr(route, "original_router", None), "routes", [])
        found += all_routes(inner)
    return found


@pytest.mark.parametrize(
    ("attack", "status", "code", "path", "language"), by_turns(ALL, named(*FORMS), fast_one_in=6)
)
def test_form_refuses_what_no_page_of_ours_sends(
    place: Place, attack: Attack, status: int, code: str, path: str, language: str
) -> None:
    """In the reader's language, with the typed text where it could be read, and with nothing kept."""
    before = place.changes()
    envelope = attack(place.token, place.others_token)

    answer = place.visitor.client.post(
        f"/{language}{place.path(path)}", content=envelope.body, headers=envelope.headers
    )

    spoken = LANGUAGES[language]
    assert answer.status_code == status, answer.text
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}" dir="{spoken.direction}"' in answer.text
    assert spoken.gettext(sentences_of(code, status).title) in answer.text
    assert "set-cookie" not in answer.headers
    if code == "stale-form":
        kept = answer.text.split("<textarea readonly", 1)[1].split("</textarea>")[0]
        assert "سلام, &lt;b&gt;&#34;l&#39;eau&#34;&lt;/b&gt; &amp; the water" in kept
    assert place.changes() == before


def test_token_from_before_the_login_is_refused_after_it(client: TestClient) -> None:
    visitor = Visitor(client)
    before = visitor.open_form("/settings")
    visitor.join("Ava")

    assert visitor.send(before).status_code == 403
    assert visitor.send(visitor.open_form("/settings")).status_code == 303


def test_program_that_says_no_origin_is_served_with_a_token(place: Place) -> None:
    """A browser always says where a form is from; others prove it by the token alone."""
    answer = place.visitor.client.post(
        "/en/settings", content=urlencode({"token": place.token}), headers={"Content-Type": FORM}
    )

    assert answer.status_code == 303


def test_body_that_declares_no_length_is_capped_too(place: Place) -> None:
    def body() -> list[bytes]:
        return [f"token={place.token}&text=".encode(), *[b"x" * 65_536] * 5]

    answer = place.visitor.client.post(
        "/fa/carry", content=iter(body()), headers={"Content-Type": FORM, **SAME_ORIGIN}
    )

    assert answer.status_code == 413
    assert '<html lang="fa" dir="rtl"' in answer.text
