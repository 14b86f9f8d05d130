"""Every line of a text goes wherever its words go: preview, draft, log-in, post, revision, and the device that signs."""

from html import escape

import pytest
from app.forum.model import LINES
from app.kernel.clock import FixedClock
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests.forms.test_carrying_on import be_interrupted
from tests.forms.test_keeping import keep
from tests.houses import release
from tests.visitor import Visitor, find_form

COMPOSER = "/b/square/new"
TYPED = {"text": "Some words.", **{name: f"<{name}> of “mine”" for name in LINES}}

pytestmark = pytest.mark.parametrize("name", LINES)


@pytest.fixture
def ava(client: TestClient) -> Visitor:
    """Somebody who writes."""
    visitor = Visitor(client)
    visitor.join("Ava")
    return visitor


def part(answer: Response, start: str, end: str) -> str:
    """Return what stands between two marks of a page."""
    return answer.text.split(start, 1)[1].split(end, 1)[0]


def test_line_is_in_the_preview_and_still_in_the_form(ava: Visitor, name: str) -> None:
    answer = ava.send(ava.open_form(COMPOSER), do="preview", **TYPED)

    assert escape(TYPED[name], quote=False) in part(answer, 'id="preview"', "<form")
    assert find_form(answer, f"/en{COMPOSER}").fields[name] == TYPED[name]


def test_line_is_kept_with_a_draft(ava: Visitor, name: str) -> None:
    draft = keep(ava, COMPOSER, **TYPED)

    assert ava.open_form(draft).fields[name] == TYPED[name]


def test_line_goes_through_a_log_in(ava: Visitor, clock: FixedClock, name: str) -> None:
    form = be_interrupted(ava, clock, COMPOSER, **TYPED)

    found = ava.send(form, name="Ava", passphrase="four unrelated words")

    path = found.headers["location"].removeprefix("/en")
    assert ava.open_form(path).fields[name] == TYPED[name]


def test_line_is_given_back_by_an_error_page(ava: Visitor, name: str) -> None:
    answer = ava.send(ava.open_form(COMPOSER), do="send", token="stale", **TYPED)

    assert answer.status_code == 403
    assert escape(TYPED[name], quote=False) in part(answer, "<textarea", "</textarea>")


def test_line_is_shown_signed_and_there_to_be_revised(
    ava: Visitor, house: House, name: str
) -> None:
    digest = ava.digest_after(ava.send(ava.open_form(COMPOSER), do="send", **TYPED))
    release(house)

    line = escape(TYPED[name], quote=False)
    shown = [ava.get(f"/t/{digest[:20]}{page}") for page in ("", "/print", "/live")]
    post = ava.get(f"/p/{digest}")

    assert all(line in part(page, "<main", "</main>") for page in [*shown, post])
    assert line in part(post, f'data-line="{LINES[name]}"', "</h3>")
    assert ava.open_form(f"/p/{digest}/revise").fields[name] == TYPED[name]


def test_device_is_told_of_the_line(ava: Visitor, name: str) -> None:
    told = part(ava.get(COMPOSER), 'data-lines="', '"').split()

    assert f"{name}={LINES[name]}" in told
