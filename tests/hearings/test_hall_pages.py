"""A hearing through its pages, without scripts: from the charter to the choice."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pytest
from app import hearings, identity
from app.hearings import HearingState, codec
from app.records.codec import sign_record
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.factories import TODAY, Person
from tests.hearings import hall as halls
from tests.hearings.officials import attest, believe_both, offer
from tests.houses import appoint, release, submit
from tests.opinion import booths
from tests.visitor import Visitor, find_form

pytestmark = pytest.mark.slow

QUESTION = "Where does the water go?"
OPENS, CHOOSES, ENDS = (TODAY + timedelta(days=days) for days in (1, 6, 15))
TYPED = {
    "text": "Questions about the river and its dams.",
    "opens": OPENS.isoformat(),
    "chooses": CHOOSES.isoformat(),
    "ends": ENDS.isoformat(),
    "top": "2",
    "lot": "1",
    "excluded": "Cases before a court",
    "aims": "People know the plan.\nNine of ten answers say it.",
    "in_en": "yes",
    "in_fa": "yes",
    "do": "offer",
}


@pytest.fixture(autouse=True)
def _made_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "make_ballot_keys", booths.ballot_keys)


@dataclass
class Named:
    """Somebody as an office names them."""

    root: str


class Town:
    """A house in which Mina is a steward, Omid holds an office, and Ava asks."""

    def __init__(self, house: House, client: TestClient, language: str = "en") -> None:
        self.visitor = Visitor(client, language)
        self.roots = dict[str, str]()
        for name in ("Omid", "Ava", "Mina"):
            self.visitor.join(name)
            self.visitor.log_in(name)
            with house.db.read() as work:
                viewer = identity.find_viewer(work, session_of(client))
            assert viewer is not None
            self.roots[name] = viewer.root
        appoint(house, session_of(client))
        believe_both(house)
        office = offer(cast("Person", Named(self.roots["Omid"])))
        submit(house, office, attest(office))
        self.thread = self.visitor.open_thread("The river", "Ask here.", board="live")[:20]
        release(house)

    @property
    def hall(self) -> halls.Hall:
        """The hearing, as the helpers know it."""
        return halls.Hall(b"", self.thread, halls.OMID)

    def at(self, path: str) -> str:
        return f"/t/{self.thread}/hearing{path}"


def session_of(client: TestClient) -> str:
    return str(next(iter(client.cookies.values())))


@pytest.fixture
def town(house: House, client: TestClient) -> Town:
    return Town(house, client)


def open_by_forms(house: House, town: Town) -> None:
    """Offer a charter, be bound to it, and let its day come."""
    visitor = town.visitor
    visitor.log_in("Mina")
    form = visitor.open_form(town.at("/new"))
    assert visitor.send(form, official=town.roots["Omid"], **TYPED).status_code == 303
    assert "Announced, not accepted yet" in visitor.get(town.at("")).text
    visitor.log_in("Omid")
    assert visitor.send(visitor.open_form(town.at("/bind"))).status_code == 303
    halls.go_to(house, OPENS)
    halls.keep(house)
    assert halls.hearing_of(house, town.hall).state is HearingState.OPEN


def ask_by_form(house: House, town: Town) -> str:
    """Let Ava ask; return the digest of her question."""
    visitor = town.visitor
    visitor.log_in("Ava")
    form = visitor.open_form(town.at("/ask"))
    asked = visitor.send(form, text=f"{QUESTION}\n\nIt was here last year.", do="send")
    assert asked.status_code == 303, asked.text
    release(house)
    return find_question(house, town)


def draw_by_form(town: Town) -> None:
    """Let the official have their part in the lot; nobody else is asked for it."""
    visitor = town.visitor
    action = f'action="{visitor.address(town.at("/draw"))}"'
    assert "The official draws the lot" in visitor.get(town.at("")).text
    assert action not in visitor.get(town.at("")).text
    visitor.log_in("Omid")
    form = visitor.open_form(town.at(""), town.at("/draw"))
    assert visitor.send(form).status_code == 303
    assert visitor.send(form).status_code == 409
    assert action not in visitor.get(town.at("")).text


def test_a_charter_is_offered_bound_opened_and_asked_under(house: House, town: Town) -> None:
    open_by_forms(house, town)
    post = ask_by_form(house, town)
    visitor = town.visitor
    listed = visitor.get(town.at("/questions"))
    assert QUESTION in listed.text
    assert "It was here last year." not in listed.text
    assert "A question of this hearing" in visitor.get(f"/t/{town.thread}").text
    assert "A question of this hearing" in visitor.get(f"/p/{post}").text
    assert f"/t/{town.thread}/hearing" in visitor.get(f"/t/{town.thread}").text
    halls.go_to(house, CHOOSES)
    halls.keep(house)
    release(house)
    draw_by_form(town)
    halls.keep(house)
    release(house)
    assert "The lot had three parts" in visitor.get(town.at("")).text
    assert "Waits since today" in visitor.get(town.at("")).text
    assert QUESTION in visitor.get("/hearings").text
    assert QUESTION in visitor.get(town.at("/charter")).text
    assert visitor.get(town.at("/tallies.csv")).text.startswith("question,post,")
    halls.go_to(house, CHOOSES + timedelta(days=3))
    halls.keep(house)
    assert "Waits for 3 days" in visitor.get(town.at("")).text


def test_official_declines_asker_appeals_and_somebody_else_decides(
    house: House, town: Town
) -> None:
    open_by_forms(house, town)
    post, visitor = ask_by_form(house, town), town.visitor
    visitor.log_in("Ava")
    assert send_decision(visitor, town, post, do="accept").status_code == 403
    visitor.log_in("Omid")
    lacking = send_decision(visitor, town, post, do="decline", why="Not mine.")
    assert lacking.status_code == 400
    assert "Choose why it is declined" in lacking.text
    assert "Not mine." in lacking.text
    done = send_decision(visitor, town, post, do="decline", code="not-competent", why="Not mine.")
    assert done.status_code == 303
    assert "Another office answers for it." in visitor.get(f"/p/{post}").text
    assert send_decision(visitor, town, post, do="appeal").status_code == 403
    visitor.log_in("Ava")
    assert send_decision(visitor, town, post, do="appeal").status_code == 303
    assert send_decision(visitor, town, post, do="appeal").status_code == 409
    visitor.log_in("Omid")
    assert send_decision(visitor, town, post, do="accept").status_code == 403
    visitor.log_in("Mina")
    assert send_decision(visitor, town, post, do="accept").status_code == 303
    assert QUESTION in visitor.get(town.at("/questions?state=accepted")).text


def test_open_charter_is_moved_by_no_form_and_no_programs_record(house: House, town: Town) -> None:
    open_by_forms(house, town)
    visitor = town.visitor
    visitor.log_in("Mina")
    form = visitor.open_form(town.at("/new"))
    refused = visitor.send(form, top="3")
    assert refused.status_code == 409
    assert "The charter holds since the hearing opened" in refused.text
    hearing = halls.hearing_of(house, town.hall)
    moved = replace(hearing.charter, top=3)
    assert codec.digest_charter(moved) in refused.text
    members = codec.charter_change_members(hearing, moved)
    raw = sign_record(house.keys["instance"], "Update", members, nonce=factories.nonce(), day=TODAY)
    sent = visitor.client.post("/api/v1/records", content=raw)
    assert sent.status_code == 409, sent.text
    assert halls.hearing_of(house, town.hall).charter == hearing.charter
    manage = visitor.open_form(f"/t/{town.thread}/consultation/manage")
    for typed in ({"do": "close", "sure": "yes"}, {"do": "until", "until": ENDS.isoformat()}):
        assert visitor.send(manage, **typed).status_code == 409
    assert halls.conversation_of(house, town.hall).is_open


def test_question_that_is_unfit_stays_in_its_form_and_says_why(house: House, town: Town) -> None:
    open_by_forms(house, town)
    town.visitor.log_in("Ava")
    form = town.visitor.open_form(town.at("/ask"))
    for typed, told in {
        "x" * 201: "more than 200 characters",
        f"{QUESTION}\n\n{'y' * 1001}": "more than 1,000 characters",
        "What of https://water.example.org/weir": "without links",
        "?!": "in words",
    }.items():
        refused = town.visitor.send(form, text=typed, do="send")
        assert refused.status_code == 400
        assert told in refused.text
        assert typed in refused.text

    halls.go_to(house, CHOOSES)
    town.visitor.log_in("Ava")
    page = town.visitor.get(town.at("/ask"))
    token = town.visitor.open_form(f"/t/{town.thread}/reply").fields["token"]
    late = town.visitor.send(form, text=QUESTION, do="send", token=token)
    assert "takes no questions now" in page.text
    assert 'name="text"' not in page.text, "nobody types in vain"
    assert late.status_code == 409
    assert QUESTION in late.text, "who typed already keeps it"


def test_charter_takes_days_and_numbers_as_readers_of_persian_type_them(
    house: House, town: Town
) -> None:
    form = town.visitor.open_form(town.at("/new"))
    days = {"opens": "۱۴۰۵-۱۰-۰۱", "chooses": "1405-10-05", "ends": "۲۰۲۷-۰۱-۰۵"}
    typed = {**TYPED, "official": town.roots["Omid"], **days, "top": "۳"}
    assert town.visitor.send(form, **typed).status_code == 303
    charter = halls.hearing_of(house, town.hall).charter
    told = [day.isoformat() for day in (charter.opens_on, charter.chooses_on, charter.ends_on)]
    assert told == ["2026-12-22", "2026-12-26", "2027-01-05"]
    assert charter.top == 3
    changed = find_form(town.visitor.client.get(f"/fa{town.at('/new')}"), f"/fa{town.at('/new')}")
    assert changed.fields["opens"] == "1405-10-01"


@pytest.mark.parametrize("wrong", [
    {"opens": "soon"}, {"opens": TODAY.isoformat()}, {"ends": CHOOSES.isoformat()},
    {"top": "101"}, {"top": "0", "lot": "0"}, {"aims": "One line"}, {"official": "did:key:none"},
    {"text": "x" * 281}, {"in_en": "", "in_fa": ""},
])  # fmt: skip
def test_charter_that_is_wrong_keeps_what_was_typed(town: Town, wrong: dict[str, str]) -> None:
    form = town.visitor.open_form(town.at("/new"))
    typed = {**TYPED, "official": town.roots["Omid"], "excluded": "Words that were typed", **wrong}
    refused = town.visitor.send(form, **typed)
    assert refused.status_code == 400
    assert 'class="error"' in refused.text
    assert "Words that were typed" in refused.text


def find_question(house: House, town: Town) -> str:
    with house.db.read() as work:
        (question,) = hearings.list_questions(work, town.thread)
    return question.post.hex()


def send_decision(visitor: Visitor, town: Town, post: str, **typed: str) -> Response:
    token = visitor.open_form("/boards", "/logout").fields["token"]
    return visitor.post(
        visitor.address(town.at("/questions")), {"token": token, "post": post, **typed}
    )
