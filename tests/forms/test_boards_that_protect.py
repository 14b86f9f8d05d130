"""Composers and settings of boards that filter, hold and slow down; and a question before harm."""

from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from app import forum
from app.forum import service
from app.kernel.clock import HOUR_S, FixedClock
from app.moderation.model import Action, ActionKind, Role, Subject, SubjectKind
from app.moderation.service import act_on, undo
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import CODES, LANGUAGES
from tests.houses import advance, count_records, publish, release
from tests.moderation.desks import Seat, decision, seat
from tests.moderation.samples import REASONS
from tests.visitor import Visitor, find_form

BABAK, CYRA = factories.person("Babak"), factories.person("Cyra")
OPENING = factories.note(BABAK, title="Rain", text="It rains.")
THREAD = factories.digest_of(OPENING).hex()[:20]
PHONE = "۰۹۱۲ ۳۴۵ ۶۷۸۹"
each_language = pytest.mark.parametrize("code", CODES)


@pytest.fixture
def ava(house: House, client: TestClient) -> Visitor:
    """Ava, who is logged in; a thread of Babak's is there."""
    visitor = Visitor(client)
    visitor.join("Ava")
    publish(house, factories.card(BABAK), OPENING)
    visitor.log_in("Ava")
    return visitor


def settle(house: House, slug: str = "square", **changed: Any) -> None:
    """Change the settings of a board."""
    with house.db.write() as work:
        board = replace(service.get_board(work, slug), **changed)
        service.change_board(work, house.door, board)


def measure(house: House, at: Seat, kind: ActionKind, **more: Any) -> Action:
    """Act on Babak's thread."""
    with house.db.write() as work:
        subject = Subject(kind=SubjectKind.THREAD, name=THREAD)
        done = act_on(work, house.door, at.at(house), subject, decision(kind, REASONS, **more))
    assert isinstance(done, Action)
    return done


def says(answer: Response, code: str, sentence: str, **told: str) -> bool:
    """Return whether a page says a sentence in the reader's language."""
    return LANGUAGES[code].gettext(sentence) % told in unescape(answer.text)


FILTERED = "This board takes no posts that hold “%(word)s”: its rules list it."


@each_language
@pytest.mark.parametrize("do", ["preview", "send"])
def test_author_reads_which_word_is_filtered_before_anything_is_sent(
    house: House, ava: Visitor, code: str, do: str
) -> None:
    settle(house, filters=("قرعه‌کشی", "spam.example"))
    ava.language, before = code, count_records(house)
    form = ava.open_form("/b/square/new")

    answer = ava.send(form, do=do, title="x", text="اين قرعه كشي است & https://www.spam.example/")

    assert answer.status_code == 400
    assert says(answer, code, FILTERED, word="قرعه‌کشی")
    kept = find_form(answer, form.action).fields["text"]
    assert kept == "اين قرعه كشي است & https://www.spam.example/"
    assert count_records(house) == before
    assert ava.send(find_form(answer, form.action), do="keep").status_code == 303


def test_filter_that_came_meanwhile_is_named_by_the_door_and_in_what_is_carried(
    house: House, ava: Visitor
) -> None:
    settle(house, filters=("casino",))
    record = factories.note(BABAK, reply_to=OPENING, text="A Casino")
    form = ava.open_form("/carry")

    answer = ava.send(form, record=record.decode())

    assert answer.status_code == 403
    assert says(answer, "en", FILTERED, word="casino")
    assert find_form(answer, form.action).fields["record"] == record.decode()


@each_language
def test_board_page_lists_what_it_filters_and_asks(house: House, ava: Visitor, code: str) -> None:
    settle(house, filters=("<casino>", "spam.example"), holds_first=True, delay_s=2 * HOUR_S)
    ava.language = code

    page = ava.get("/b/square")

    assert "&lt;casino&gt;" in page.text
    assert "spam.example" in page.text
    assert says(page, code, "First posts of those for whom nobody answers wait for a desk, four hours at most.")  # fmt: skip
    assert "<casino>" not in page.text


def test_steward_settles_filters_holds_and_delays_and_finds_them_again(
    house: House, steward: Visitor
) -> None:
    form = steward.open_form("/boards/manage/square")
    typed = {"filters": "buy  now\n\n spam.example \nbuy now", "holds_first": "yes"}

    assert steward.send(form, **typed, delay="300").status_code == 303

    with house.db.read() as work:
        board = service.get_board(work, "square")
    assert (board.filters, board.holds_first, board.delay_s) == (
        ("buy now", "spam.example"), True, 300,
    )  # fmt: skip
    again = steward.open_form("/boards/manage/square").fields
    assert again["filters"].split("\n") == ["buy now", "spam.example"]
    assert (again["holds_first"], again["delay"]) == ("yes", "300")
    # Moving a board in the list settles it anew: what it asks stays.
    with house.db.write() as work:
        service.move_board(work, house.door, "square", 1)
        assert service.get_board(work, "square").filters == board.filters


@pytest.mark.parametrize(
    "wrong",
    [
        {"filters": "\n".join(f"word {n}" for n in range(51))},
        {"filters": "x" * 61},
        {"filters": "…!"},
        {"filters": "a\u202eb"},
        {"delay": "7"},
        {"delay": "x"},
    ],
    ids=str,
)
def test_wrong_filters_and_delays_settle_nothing_and_stay_in_the_form(
    house: House, steward: Visitor, wrong: dict[str, str]
) -> None:
    form, before = steward.open_form("/boards/manage/square"), count_records(house)

    answer = steward.send(form, **wrong)

    assert (answer.status_code, count_records(house)) == (400, before)
    assert 'aria-invalid="true"' in answer.text
    if "filters" in wrong:
        kept = find_form(answer, form.action).fields["filters"]
        assert kept.replace("\r", "").strip() == wrong["filters"]


@each_language
def test_author_is_asked_once_about_what_may_be_private_and_may_say_it(
    house: House, ava: Visitor, code: str
) -> None:
    ava.language, before = code, count_records(house)
    form = ava.open_form(f"/t/{THREAD}/reply")

    asked = ava.send(form, do="send", text=f"Ring {PHONE}")

    assert asked.status_code == 200
    assert PHONE in asked.text
    assert says(asked, code, "Is this somebody’s private data?")
    assert says(asked, code, "I want to say it")
    assert count_records(house) == before
    again = find_form(asked, form.action)
    assert again.fields["text"].strip() == f"Ring {PHONE}"
    sent = ava.send(again, do="send", text=f"Ring {PHONE}, or +33 6 12 34 56 78")
    assert (sent.status_code, count_records(house)) == (303, before + 1)


def test_preview_asks_too_and_a_draft_asks_nothing(house: House, ava: Visitor) -> None:
    form = ava.open_form(f"/t/{THREAD}/reply")
    seen = ava.send(form, do="preview", text=f"Ring {PHONE}")
    assert says(seen, "en", "Is this somebody’s private data?")
    assert 'id="preview"' in seen.text
    before = count_records(house)
    assert ava.send(find_form(seen, form.action), do="send").status_code == 303
    assert count_records(house) == before + 1

    assert ava.send(form, do="keep", text=f"Ring {PHONE}").headers["location"] == "/en/drafts"


def test_text_without_anybodys_data_asks_nothing(ava: Visitor) -> None:
    assert "/receipts/" in ava.send_post(f"/t/{THREAD}/reply", text="2026").headers["location"]


def test_question_leaves_nothing_behind(house: House, ava: Visitor) -> None:
    form = ava.open_form(f"/t/{THREAD}/reply")
    ava.send(form, do="send", text="Ring 0912 345 6789")

    for path in house.settings.data.rglob("*"):
        if path.is_file():
            assert b"0912 345 6789" not in path.read_bytes(), path


@each_language
def test_post_that_comes_too_soon_says_how_long_and_keeps_the_words(
    house: House, ava: Visitor, clock: FixedClock, code: str
) -> None:
    slowed = measure(house, seat(house, CYRA), ActionKind.SLOW, delay_s=600)
    ava.language = code
    first = ava.send_post(f"/t/{THREAD}/reply", text="One.")
    assert first.status_code == 303
    advance(house, 240)

    answer = ava.send_post(f"/t/{THREAD}/reply", text="Two.")

    minutes = LANGUAGES[code].number(6)
    assert answer.status_code == 429
    assert says(answer, code, "Minutes to wait until you can post here again: %(minutes)s.", minutes=minutes)  # fmt: skip
    form = find_form(answer, ava.address(f"/t/{THREAD}/reply"))
    assert form.fields["text"].strip() == "Two."
    assert slowed.digest.hex() in ava.get(f"/t/{THREAD}").text
    advance(house, 360)
    assert ava.send(form, do="send").status_code == 303
    assert clock.now() > factories.NOW


@each_language
def test_held_post_says_so_to_its_author_alone(house: House, ava: Visitor, code: str) -> None:
    settle(house, holds_first=True)
    ava.language = code
    held = "Waiting for a desk, four hours at most: it is one of your first posts here. Readers will see it then, whether or not anybody has looked at it."
    assert says(ava.get(f"/t/{THREAD}/reply"), code, "First posts of those for whom nobody answers wait for a desk, four hours at most.")  # fmt: skip

    sent = ava.send_post(f"/t/{THREAD}/reply", text="Mine.")

    receipt = "It is one of your first posts here, so it waits for a desk, four hours at most. Then readers see it, whether or not anybody has looked at it."
    assert says(ava.client.get(sent.headers["location"]), code, receipt)
    own = ava.get(f"/t/{THREAD}")
    assert says(own, code, held)
    assert not says(own, code, "Not reviewed: nobody at a desk has looked at this first post yet.")
    ava.log_out()
    page = ava.get(f"/t/{THREAD}")
    assert "Mine." not in page.text
    assert not says(page, code, held)


@each_language
def test_readers_see_what_desks_did_to_a_thread_and_the_way_to_why(
    house: House, ava: Visitor, code: str
) -> None:
    desk = seat(house, CYRA, role=Role.STEWARD)
    ava.language = code
    lock = measure(house, desk, ActionKind.LOCK)
    move = measure(house, desk, ActionKind.MOVE, target=factories.LIVE.did)

    page = ava.get(f"/t/{THREAD}")

    for action in (lock, move):
        assert f'href="/{code}/moderation/acts/{action.digest.hex()}"' in page.text
    assert f'href="/{code}/b/live"' in page.text
    assert says(page, code, "A desk locked this thread: it takes no more replies.")
    assert f"/t/{THREAD}/reply" not in page.text
    assert ava.get(f"/t/{THREAD}/reply").status_code == 403
    assert THREAD in ava.get("/b/live").text
    assert THREAD not in ava.get("/b/square").text
    assert "It rains." in ava.get("/b/live/feed.atom").text
    assert "It rains." not in ava.get("/b/square/feed.atom").text

    with house.db.write() as work:
        undo(work, house.door, desk.at(house), [lock.digest, move.digest], REASONS)
    page = ava.get(f"/t/{THREAD}")
    assert "/moderation/acts/" not in page.text
    assert f"/t/{THREAD}/reply" in page.text


def test_reply_revision_and_erasure_by_pages_in_a_moved_thread(house: House, ava: Visitor) -> None:
    digest = ava.digest_after(ava.send_post(f"/t/{THREAD}/reply", text="Mine."))
    release(house)
    ava.log_in("Ava")
    measure(house, seat(house, CYRA, role=Role.STEWARD), ActionKind.MOVE, target=factories.LIVE.did)

    ava.digest_after(ava.send_post(f"/t/{THREAD}/reply", text="After."))
    ava.digest_after(ava.send_post(f"/p/{digest}/revise", text="Mine, better."))
    assert "Rain" in ava.get(f"/p/{digest}").text
    ava.digest_after(ava.send(ava.open_form(f"/p/{digest}/erase")))

    release(house)
    with house.db.read() as work:
        thread = forum.get_thread(work, THREAD)
        assert (thread.board, thread.post_count) == (factories.LIVE.did, 3)
