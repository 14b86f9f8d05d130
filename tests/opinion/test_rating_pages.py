"""A reader says of posts whether they help, without scripts: in threads and by themselves."""

import re

import pytest
from app import identity, opinion
from app.opinion.model import Helps, Rating
from app.opinion.service import ratings
from app.web.error_pages import sentences_of
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import CODES, LANGUAGES
from tests.houses import publish, release, require_post
from tests.visitor import Visitor, find_form

BABAK = factories.person("Babak")
OPENING = factories.note(BABAK, title="Water")
ANSWER = factories.note(BABAK, reply_to=OPENING, text="To the city.")
POST = f"/p/{factories.digest_of(ANSWER).hex()}"


@pytest.fixture
def ava(house: House, client: TestClient) -> Visitor:
    """A reader who is logged in, before a thread of another's."""
    publish(house, factories.card(BABAK), OPENING)
    publish(house, ANSWER)
    visitor = Visitor(client)
    visitor.join("Ava")
    return visitor


def thread_of(house: House) -> str:
    return f"/t/{require_post(house, OPENING).thread}"


def own(house: House, visitor: Visitor, raw: bytes = ANSWER) -> Rating | None:
    with house.db.read() as work:
        viewer = identity.find_viewer(work, visitor.client.cookies["s"])
        assert viewer is not None
        post = require_post(house, raw)
        return opinion.own_rating(work, house.marks_key, viewer.root, post)


def press(visitor: Visitor, at: str, to: str, **typed: str) -> Response:
    """Press a button of the page's one form, which leads to the post that the button stands under."""
    shown = visitor.get(at)
    assert f'form="rate" formaction="{visitor.address(to)}/rate"' in shown.text
    (first,) = re.findall(r'<form id="rate" method="post" action="([^"]+)"', shown.text)
    fields = find_form(shown, first).fields
    return visitor.post(f"{visitor.address(to)}/rate", {**fields, **typed})


@pytest.mark.parametrize("language", CODES)
def test_reader_rates_in_the_thread_and_comes_back_to_the_post(
    house: House, ava: Visitor, language: str
) -> None:
    ava.language = language
    thread = thread_of(house)

    answer = press(ava, thread, POST, helps="yes")

    assert (answer.status_code, answer.headers["location"]) == (303, ava.address(f"{thread}#p2"))
    assert own(house, ava) == Rating(helps=Helps.YES, reason="")
    spoken = LANGUAGES[language].gettext
    page = ava.get(thread).text
    assert page.count(spoken("Helps you: take it back")) == 1
    assert page.count('<form id="rate"') == 1


def test_reader_changes_a_rating_and_takes_it_back(house: House, ava: Visitor) -> None:
    thread = thread_of(house)
    press(ava, thread, POST, helps="yes")

    press(ava, thread, POST, helps="no")

    assert own(house, ava) == Rating(helps=Helps.NO, reason="")
    assert "Does not help you: take it back" in ava.get(POST).text
    answer = press(ava, POST, POST, helps="none")
    assert answer.headers["location"] == ava.address(f"{POST}#rating")
    assert own(house, ava) is None


def test_way_back_is_the_page_and_the_order_that_the_button_stood_in(
    house: House, ava: Visitor
) -> None:
    thread = thread_of(house)
    back = f"{ava.address(thread)}?page=3&sort=common-ground#p2"

    in_order = press(ava, f"{thread}?sort=common-ground", POST, helps="yes", page="3")
    made_up = press(ava, thread, POST, helps="no", page="3&x=//evil.example", sort="//evil.example")

    assert in_order.headers["location"] == back
    assert made_up.headers["location"] == ava.address(f"{thread}#p2")


def test_page_of_whoever_is_not_logged_in_has_no_buttons(house: House, ava: Visitor) -> None:
    press(ava, thread_of(house), POST, helps="yes")
    ava.client.cookies.clear()

    for path in (thread_of(house), POST, f"{thread_of(house)}?sort=common-ground"):
        page = ava.get(path).text
        assert "/rate" not in page
        assert "Helps me understand" not in page
    answer = ava.post(ava.address(f"{POST}/rate"), {"helps": "yes"})
    assert answer.status_code == 403


def test_own_posts_and_what_cannot_be_read_take_none(house: House, ava: Visitor) -> None:
    digest = ava.open_thread("Salt", "Where?")
    waiting = f"/p/{digest}"
    token = find_form(ava.get(thread_of(house)), ava.address(f"/p/{opening()}/rate")).fields

    answer = ava.post(ava.address(f"{waiting}/rate"), {**token, "helps": "yes"})
    assert answer.status_code == 409
    release(house)
    ava.log_in("Ava")
    token = find_form(ava.get(thread_of(house)), ava.address(f"/p/{opening()}/rate")).fields
    assert "/rate" not in ava.get(waiting).text
    answer = ava.post(ava.address(f"{waiting}/rate"), {**token, "helps": "yes"})
    assert answer.status_code == 403
    assert sentences_of("own-post", 403).title in answer.text


def test_what_no_button_says_is_refused(house: House, ava: Visitor) -> None:
    answer = press(ava, thread_of(house), POST, helps="very")

    assert answer.status_code == 400
    assert own(house, ava) is None


def test_enough_for_a_week_is_said_in_words(
    house: House, ava: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratings, "MOST_A_WEEK", 1)
    opening_path = f"/p/{opening()}"
    press(ava, thread_of(house), POST, helps="yes")

    answer = press(ava, thread_of(house), opening_path, helps="yes")

    assert answer.status_code == 429
    assert sentences_of("too-many-ratings", 429).title in answer.text
    assert own(house, ava, OPENING) is None
    assert press(ava, thread_of(house), POST, helps="no").status_code == 303


def test_erased_post_has_no_buttons(house: House, ava: Visitor) -> None:
    publish(house, factories.erasure(BABAK, ANSWER))

    page = ava.get(thread_of(house)).text

    assert f"{POST}/rate" not in page
    assert f"/p/{opening()}/rate" in page


def opening() -> str:
    return factories.digest_of(OPENING).hex()
