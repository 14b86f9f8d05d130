"""Whether it was an answer: who says so, under which marks, and what is told of it."""

import re
from dataclasses import replace

import pytest
from app.hearings import Found, QuestionState, service
from app.hearings.errors import NotDrawnError
from app.hearings.rules import answers as answer_rules
from app.hearings.service.heard import rater_mark
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.hearings import answered
from tests.hearings import hall as halls
from tests.hearings.answered import AVA, BABAK, DARA, OMID, viewer_of
from tests.houses import invite, read_rows
from tests.visitor import find_form

pytestmark = pytest.mark.slow

CROWD = [factories.person(f"Reader {number}") for number in range(25)]


def rate(house: House, answer: bytes, by: factories.Person, said: Found | None) -> None:
    with house.db.write() as work:
        found, _ = service.get_answer(work, answer)
        service.rate_answer(work, house.marks_key, viewer_of(by), found, said)


def test_asker_rates_and_others_only_if_somebody_answers_for_them(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    invite(house, *CROWD[:2])
    answer = answered.give(house, first)

    rate(house, answer.digest, AVA, Found.EVADED)
    rate(house, answer.digest, CROWD[0], Found.PARTLY)
    for stranger in (BABAK, OMID):
        with pytest.raises(NotDrawnError):
            rate(house, answer.digest, stranger, Found.ANSWERED)


def test_whoever_writes_for_the_official_rates_nothing(house: House) -> None:
    hall, (first, *_) = answered.waiting_hall(house)
    invite(house, CROWD[0])
    with house.db.write() as work:
        hearing = service.get_hearing(work, hall.thread)
        service.let_draft(work, house.marks_key, hearing, CROWD[0].root)
        service.let_draft(work, house.marks_key, hearing, AVA.root)
    answer = answered.give(house, first)

    for clerk in (CROWD[0], AVA):
        with pytest.raises(NotDrawnError):
            rate(house, answer.digest, clerk, Found.ANSWERED)


def test_nothing_is_told_of_nine_and_the_tenth_moves_the_question_on(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    invite(house, *CROWD)
    answer = answered.give(house, first)
    for person in CROWD[:9]:
        rate(house, answer.digest, person, Found.EVADED)
    assert answered.answer_of(house, answer).told is None
    assert halls.question_of(house, first).state is QuestionState.ANSWERED

    rate(house, answer.digest, AVA, Found.ANSWERED)

    told = answered.answer_of(house, answer).told
    assert told is not None
    # Nine and one are both too few to tell of by themselves.
    assert told.counts == {Found.ANSWERED: None, Found.PARTLY: None, Found.EVADED: None}
    assert told.rounded == 10
    assert halls.question_of(house, first).state is QuestionState.RATED
    rate(house, answer.digest, CROWD[0], Found.ANSWERED)
    assert answered.answer_of(house, answer).told == told
    for person in CROWD[9:19]:
        rate(house, answer.digest, person, Found.EVADED)
    again = answered.answer_of(house, answer).told
    assert again is not None
    assert again.counts == {Found.ANSWERED: None, Found.PARTLY: None, Found.EVADED: 20}


def test_two_releases_tell_nothing_of_one_person(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    invite(house, *CROWD)
    answer = answered.give(house, first)
    for person in CROWD[:12]:
        rate(house, answer.digest, person, Found.EVADED)
    before = answered.answer_of(house, answer).told

    rate(house, answer.digest, CROWD[12], Found.PARTLY)
    rate(house, answer.digest, CROWD[0], None)
    rate(house, answer.digest, CROWD[1], Found.ANSWERED)

    assert answered.answer_of(house, answer).told == before


def test_marks_join_no_rating_to_a_persona_or_to_another_rating(house: House) -> None:
    _, (first, second, *_) = answered.waiting_hall(house)
    one, two = answered.give(house, first), answered.give(house, second)
    invite(house, CROWD[0])
    for answer in (one, two):
        rate(house, answer.digest, CROWD[0], Found.PARTLY)

    rows = [row for table, row in read_rows(house) if table == "answer_rating"]
    assert [set(row) for row in rows] == [{"post", "mark", "said"}] * 2
    assert rows[0]["mark"] != rows[1]["mark"]
    others = repr([row for table, row in read_rows(house) if table != "answer_rating"])
    assert not [row for row in rows if repr(row["mark"]) in others]
    told = repr(rows)
    for name in (CROWD[0].root, CROWD[0].did, CROWD[0].mark, CROWD[0].name):
        assert name not in told
    assert rater_mark(bytes(32), one.digest, CROWD[0].root) not in {row["mark"] for row in rows}


def test_rating_extends_no_session_and_is_in_no_notice(house: House, client: TestClient) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    answer = answered.give(house, first)
    visitor = answered.enter(house, client, AVA)
    path = f"/p/{answer.digest.hex()}/heard"
    form = visitor.open_form(path)
    before = [row for table, row in read_rows(house) if table != "answer_rating"]

    assert visitor.send(form, said="evaded").status_code == 303

    assert [row for table, row in read_rows(house) if table != "answer_rating"] == before


def test_lot_draws_about_two_hundred_and_always_the_same(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    answer = answered.answer_of(house, answered.give(house, first))
    assert answer.share == answer_rules.ALL_DRAWN

    share = answer_rules.share_drawn(4_000)
    fewer = replace(answer, share=share)
    roots = [f"did:key:{number}" for number in range(4_000)]
    drawn = [root for root in roots if service.is_drawn(house.marks_key, root, fewer)]
    assert 140 < len(drawn) < 260
    assert drawn == [root for root in roots if service.is_drawn(house.marks_key, root, fewer)]
    other = replace(fewer, post=bytes(32))
    assert drawn != [root for root in roots if service.is_drawn(house.marks_key, root, other)]
    assert answer_rules.share_drawn(10**9) == 1


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
def test_asker_says_so_on_the_page_takes_it_back_and_asks_once_more(
    house: House, client: TestClient, language: str
) -> None:
    hall, (first, *_) = answered.waiting_hall(house)
    answer = answered.give(house, first)
    visitor = answered.enter(house, client, AVA, language)
    path = f"/p/{answer.digest.hex()}/heard"

    assert visitor.send(visitor.open_form(path), said="evaded").status_code == 303
    page = visitor.get(path).text
    assert page.count('aria-current="true"') >= 1
    assert 'value="none"' in page
    assert visitor.send(visitor.open_form(path), said="none").status_code == 303
    assert visitor.send(visitor.open_form(path), said="very").status_code == 400
    again = f"/p/{answer.digest.hex()}/follow-up"
    assert f'href="{visitor.address(again)}"' in page
    sent = visitor.send_post(again, text="In which March?", language="en")
    assert sent.status_code == 303, sent.text
    assert halls.question_of(house, first).state is QuestionState.FOLLOWED_UP
    assert f'href="{visitor.address(again)}"' not in visitor.get(path).text
    stranger = answered.enter(house, client, DARA, language)
    refused = stranger.post(
        stranger.address(path),
        {
            **find_form(stranger.get(f"/t/{hall.thread}"), stranger.address("/logout")).fields,
            "said": "evaded",
        },
    )
    assert refused.status_code == 403


def test_answers_live_and_plain_text_tell_the_same(house: House, client: TestClient) -> None:
    hall, (first, second, *_) = answered.waiting_hall(house)
    one = answered.give(house, first, "The weir opens in March.", is_spoken=True)
    answered.ask_again(house, one, AVA)
    reader = answered.enter(house, client, DARA)
    client.cookies.clear()
    base = f"/t/{hall.thread}/hearing"

    for path in (f"{base}/answers", f"{base}/live", f"{base}.txt", f"/t/{hall.thread}"):
        text = reader.get(path).text
        assert "The weir opens in March." in text, path
        assert "The position of the institution" in text, path
        assert "written down by somebody else" in text, path
    assert "Questions that wait for an answer: 3" in reader.get(f"{base}.txt").text
    live = reader.get(f"{base}/live").text
    since = re.search(rf'src="/en{base}/live/(\d+)"', live)
    assert since
    assert f'data-events="/en{base}/events"' in live
    frame = f"{base}/live/{since[1]}"
    assert "Nothing new yet" in reader.get(frame).text
    answered.give(house, second, "Never.")
    shown = reader.get(frame)
    assert "Never." in shown.text
    assert shown.headers["refresh"].startswith(f"1;url=/en{frame}?after=")
    assert "refresh" not in reader.get(f"{frame}/still").headers
    assert reader.get(f"{base}/live/999").status_code == 404
    assert reader.get(f"/p/{second.digest.hex()}/heard").status_code == 404
