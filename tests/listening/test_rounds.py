"""Answers about oneself behind coins, and the second round: by plain forms, once, under the ballot."""

from datetime import timedelta

import pytest
from app import opinion
from app.kernel.clock import day_of
from app.listening import service
from app.opinion.model import Conversation, Vote
from app.opinion.rules import decode_sheet
from app.opinion.tables import SecondSheetRow, SheetRow
from app.wiring import House
from sqlalchemy import select
from starlette.testclient import TestClient

from tests.houses import advance, read_rows
from tests.listening.crowds import close, listener, people, publish_now, say, votes_of
from tests.opinion.booths import open_booth
from tests.opinion.crowds import put_in, with_crowd
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

DAY_S = 86_400
ANSWERS = {"age": "0", "gender": "1", "region": "2", "voice": "0"}


def vote_once(visitor: Visitor, conversation: Conversation) -> str:
    """Let somebody vote; return the address of the consultation."""
    place = f"/t/{conversation.thread}/consultation"
    vote = visitor.open_form(place, f"/t/{conversation.thread}/vote")
    assert visitor.send(vote, vote="agree").status_code == 303
    return place


def test_answers_are_kept_in_one_column_once(house: House, client: TestClient) -> None:
    visitor, (_, conversation) = Visitor(client), open_booth(house, 2)
    visitor.join("Mina")
    place = vote_once(visitor, conversation)
    form = visitor.open_form(f"{place}/about")
    before = read_rows(house)

    assert visitor.send(form, **ANSWERS).status_code == 303

    ((table, sheet),) = [row for row in read_rows(house) if row not in before]
    assert (table, sheet["about"]) == ("sheet", "0120")
    refused = visitor.send(form, **{**ANSWERS, "age": "2"})
    assert refused.status_code == 409
    assert "You have answered these questions" in refused.text
    page = visitor.get(f"{place}/about").text
    assert 'type="radio"' not in page
    assert "0120" not in page


@pytest.mark.parametrize(("answers", "kept"), [({"age": "2"}, "2---"), ({"voice": "1"}, "---1")])
def test_questions_can_be_left_open(
    house: House, client: TestClient, answers: dict[str, str], kept: str
) -> None:
    visitor, (_, conversation) = Visitor(client), open_booth(house, 2)
    visitor.join("Mina")
    place = vote_once(visitor, conversation)

    sent = visitor.send(visitor.open_form(f"{place}/about"), **answers)

    assert sent.status_code == 303
    with house.db.read() as work:
        assert work.session.scalars(select(SheetRow.about)).all() == [kept]


def test_nothing_chosen_is_asked_again_and_nonsense_refused(
    house: House, client: TestClient
) -> None:
    visitor, (_, conversation) = Visitor(client), open_booth(house, 2)
    visitor.join("Mina")
    place = vote_once(visitor, conversation)
    form = visitor.open_form(f"{place}/about")

    nothing = visitor.send(form)

    assert nothing.status_code == 400
    assert "Choose an answer to one question at least" in nothing.text
    assert visitor.send(form, age="3").status_code == 400
    with house.db.read() as work:
        assert work.session.scalars(select(SheetRow.about)).all() == [None]


def closed_with_vote(
    house: House, client: TestClient, name: str = "Mina"
) -> tuple[Visitor, Conversation, str]:
    """Let somebody vote on all, close the consultation, and let its round be opened."""
    visitor, (_, conversation) = Visitor(client), open_booth(house, 2)
    visitor.join(name)
    place = vote_once(visitor, conversation)
    vote_once(visitor, conversation)
    close(house, conversation)
    for act in listener(house).list_due():
        act()
    return visitor, conversation, place


def test_round_opens_when_three_whole_days_have_passed(house: House, client: TestClient) -> None:
    visitor, conversation, place = closed_with_vote(house, client)
    with house.db.read() as work:
        found = opinion.find_round(work, conversation.thread)
        today = day_of(work.now)
    assert found is not None
    assert (found.opens_on, found.ends_on) == (today + timedelta(4), today + timedelta(10))
    assert "Today nobody is asked again" in visitor.get(f"{place}/again").text
    token = visitor.open_form("/settings").fields["token"]
    early = visitor.post(visitor.address(f"{place}/again"), {"token": token, "vote_1": "agree"})
    assert early.status_code == 409

    advance(house, 4 * DAY_S)
    visitor.log_in("Mina")

    assert "/again" in visitor.get(place).text
    sent = visitor.send(visitor.open_form(f"{place}/again"), vote_1="disagree")
    assert sent.status_code == 303
    with house.db.read() as work:
        (again,) = work.session.scalars(select(SecondSheetRow.votes)).all()
        (first,) = work.session.scalars(select(SheetRow.votes)).all()
    assert decode_sheet(again) == {1: Vote.DISAGREE}
    assert decode_sheet(first) == {1: Vote.AGREE, 2: Vote.AGREE}

    advance(house, 7 * DAY_S)
    assert "Today nobody is asked again" in visitor.get(f"{place}/again").text


def test_who_did_not_vote_is_not_asked_again(house: House, client: TestClient) -> None:
    visitor, _, place = closed_with_vote(house, client)
    visitor.log_out()
    visitor.join("Omid")
    advance(house, 4 * DAY_S)
    visitor.log_in("Omid")
    token = visitor.open_form("/settings").fields["token"]

    sent = visitor.post(visitor.address(f"{place}/again"), {"token": token, "vote_1": "agree"})

    assert sent.status_code == 403
    assert "This is for those who voted" in sent.text


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5])
def test_shift_of_a_known_share_is_found_within_five_points(house: House, share: float) -> None:
    """A panel of 400 of whom so many change their mind: recovered to five points (PRODUCT N6)."""
    conversation, _ = with_crowd(house, people=0, statements=3)
    truths = people(400)
    sheets = votes_of(truths)
    names = put_in(house, conversation, sheets, first=70_000)
    say(house, names, truths)
    close(house, conversation)
    with house.db.write() as work:
        opinion.open_rounds(work)
    advance(house, 4 * DAY_S)
    with house.db.write() as work:
        now = opinion.get_conversation(work, conversation.thread)
        for place, (name, sheet) in enumerate(zip(names, sheets, strict=True)):
            turned = Vote(-sheet[1]) if place < share * len(names) else sheet[1]
            opinion.vote_again(work, now, name, {1: turned})

    publish_now(house)

    with house.db.read() as work:
        latest = service.find_latest(work)
    assert latest is not None
    (heard,) = latest.release.heard
    told = {one.name: one for one in (*heard.outcomes, *heard.gap)}
    changed = told["opinion-change"]
    assert changed.value == pytest.approx(share, abs=0.05)
    assert changed.low is not None
    assert changed.high is not None
    assert changed.low <= share <= changed.high
    assert told["returned"].value == 1
    figure = heard.figures[0]
    turned_agree = figure.again_first * (1 - share) + (100 - figure.again_first) * share
    assert figure.again == pytest.approx(turned_agree, abs=5)
