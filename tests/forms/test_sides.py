"""Where voters live, and who is drawn by lot: the pages, by plain forms, in the languages people read."""

from dataclasses import replace

import pytest
from app import worker
from app.opinion.model import SIDES, TOSSES, Conversation, ConversationState
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import LANGUAGES
from tests.houses import invite, read_rows
from tests.opinion.booths import open_booth
from tests.opinion.samples import QUESTION, change
from tests.visitor import Visitor, find_form

CROWD = [factories.person(f"Person {number}") for number in range(12)]


def vote(visitor: Visitor, conversation: Conversation) -> str:
    """Vote on a statement; return the address of the consultation."""
    place = f"/t/{conversation.thread}/consultation"
    form = visitor.open_form(place, f"/t/{conversation.thread}/vote")
    assert visitor.send(form, vote="agree").status_code == 303
    return place


def kept(house: House) -> list[object]:
    return [row["side"] for table, row in read_rows(house) if table == "sheet"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_side_is_asked_after_the_first_vote_once_and_answered_by_a_form(
    house: House, client: TestClient, language: str
) -> None:
    visitor, (_, conversation) = Visitor(client, language), open_booth(house, 4)
    visitor.join("Mina")
    link = f'/t/{conversation.thread}/consultation/side"'
    assert link not in visitor.get(f"/t/{conversation.thread}/consultation").text
    place = vote(visitor, conversation)
    assert link in visitor.get(place).text
    form = visitor.open_form(f"{place}/side")

    done = visitor.send(form, side="inside")

    assert done.status_code == 303
    page = visitor.client.get(done.headers["location"])
    assert LANGUAGES[language].gettext("Back to the statements") in page.text
    assert 'name="side"' not in page.text
    assert link not in visitor.get(place).text
    assert kept(house) == ["inside"]


def test_side_that_was_passed_over_is_not_asked_again_and_votes_go_on(
    house: House, client: TestClient
) -> None:
    visitor, (_, conversation) = Visitor(client), open_booth(house, 4)
    visitor.join("Mina")
    place = vote(visitor, conversation)
    link = f'{visitor.address(place)}/side"'
    assert link in visitor.get(place).text

    vote(visitor, conversation)

    assert link not in visitor.get(place).text
    assert link in visitor.get(f"{place}/own").text
    assert kept(house) == [None]


def test_table_of_the_page_is_what_the_estimator_knows(house: House, client: TestClient) -> None:
    visitor, (_, conversation) = Visitor(client), open_booth(house, 2)
    visitor.join("Mina")

    page = visitor.get(f"{vote(visitor, conversation)}/side").text

    names = dict(
        zip(SIDES, ("Inside the country", "Abroad", "I would rather not say"), strict=True)
    )
    coin = {True: "heads", False: "tails"}
    for first, second, side in TOSSES:
        answer = names[side] if side else "<b>What is true</b>"
        row = f"<tr><td>{coin[first]}</td><td>{coin[second]}</td><td>{answer}</td></tr>"
        assert row in page
    assert "checked" not in page


@pytest.mark.parametrize("sent", [{}, {"side": ""}, {"side": "both"}, {"side": "INSIDE"}])
def test_answer_that_there_is_not_is_explained(
    house: House, client: TestClient, sent: dict[str, str]
) -> None:
    visitor, (_, conversation) = Visitor(client), open_booth(house, 2)
    visitor.join("Mina")
    form = visitor.open_form(f"{vote(visitor, conversation)}/side")

    answer = visitor.send(form, **sent)

    assert answer.status_code == 400
    assert "Choose the answer that your coins gave you" in answer.text
    assert find_form(answer, form.action).fields["token"]
    assert kept(house) == [None]


def test_consultation_that_does_not_ask_or_is_closed_takes_no_answer(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    _, silent = open_booth(house, 2, replace(QUESTION, asks_side=False))
    _, closed = open_booth(house, 2)
    visitor.join("Mina")
    token = visitor.open_form("/settings").fields["token"]
    places = [f"{vote(visitor, each)}/side" for each in (silent, closed)]
    change(house, closed, state=ConversationState.CLOSED)

    assert [visitor.get(place).status_code for place in places] == [404, 200]
    assert "asks nothing any more" in visitor.get(places[1]).text
    sent = {"token": token, "side": "inside"}
    answers = [visitor.post(visitor.address(place), sent) for place in places]
    assert [answer.status_code for answer in answers] == [404, 403]
    assert kept(house) == [None, None]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_drawn_persona_is_told_and_may_ignore_it(
    house: House, client: TestClient, language: str
) -> None:
    visitor, (_, conversation) = Visitor(client, language), open_booth(house, 5)
    spoken = LANGUAGES[language]
    visitor.join("Mina")
    place = f"/t/{conversation.thread}/consultation"
    panel = f'href="{visitor.address("/consultations/panel")}"'
    assert panel not in visitor.get(place).text
    assert visitor.address(place) not in visitor.get("/consultations/panel").text
    invite_all(house)
    worker.draw_panels(house)

    assert spoken.gettext("You were drawn by lot") in visitor.get("/consultations").text
    assert panel in visitor.get(place).text
    duties = visitor.get("/consultations/panel").text
    assert visitor.address(place) in duties
    assert (
        spoken.gettext(
            "You may ignore it. Nobody is told whether you voted, and nothing follows from it."
        )
        in duties
    )

    vote(visitor, conversation)

    assert [row["kind"] for table, row in read_rows(house) if table == "ballot"] == ["invited"]
    assert panel not in visitor.get(place).text


def invite_all(house: House) -> None:
    """Have ten people in all whom somebody answers for, Mina among them: all are drawn."""
    invite(house, *CROWD[:9])
    with house.db.write() as work:
        cohort = work.connection.exec_driver_sql("SELECT cohort FROM invited").scalar()
        work.connection.exec_driver_sql(
            "INSERT INTO invited SELECT root, ? FROM persona WHERE root NOT IN "
            "(SELECT root FROM invited)",
            (cohort,),
        )


def test_whoever_reads_without_a_name_learns_how_the_lot_works(client: TestClient) -> None:
    page = Visitor(client).get("/consultations/panel")

    assert page.status_code == 200
    assert "Why by lot" in page.text
    assert "You were drawn for" not in page.text
