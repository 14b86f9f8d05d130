"""A hearing through its pages, without scripts: from the charter to the choice."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import pytest
from app import hearings, identity
from app.hearings import HearingState
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests.factories import TODAY, Person
from tests.hearings import hall as halls
from tests.hearings.officials import attest, believe_both, offer
from tests.houses import appoint, release, submit
from tests.opinion import booths
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

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
    return next(iter(client.cookies.values()))


def test_a_charter_is_offered_bound_opened_and_asked_under(
    house: House, client: TestClient
) -> None:
    town = Town(house, client)
    visitor = town.visitor
    form = visitor.open_form(town.at("/new"))
    assert visitor.send(form, official=town.roots["Omid"], **TYPED).status_code == 303
    page = visitor.get(town.at(""))
    assert "Announced, not accepted yet" in page.text
    visitor.log_in("Omid")
    assert visitor.send(visitor.open_form(town.at("/bind"))).status_code == 303
    halls.go_to(house, OPENS)
    hall = town.hall
    halls.keep(house)
    assert halls.hearing_of(house, hall).state is HearingState.OPEN
    visitor.log_in("Ava")
    ask = visitor.open_form(town.at("/ask"))
    asked = visitor.send(ask, text="Where does the water go?\n\nIt was here last year.", do="send")
    assert asked.status_code == 303, asked.text
    release(house)
    listed = visitor.get(town.at("/questions"))
    assert "Where does the water go?" in listed.text
    assert "It was here last year." not in listed.text
    post = find_question(house, town)
    assert "A question of this hearing" in visitor.get(f"/t/{town.thread}").text
    # The official declines, and whoever asked appeals.
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
    again = send_decision(visitor, town, post, do="appeal")
    assert again.status_code == 409
    visitor.log_in("Omid")
    assert send_decision(visitor, town, post, do="accept").status_code == 403
    visitor.log_in("Mina")
    assert send_decision(visitor, town, post, do="accept").status_code == 303
    halls.choose(house, hall)
    front = visitor.get(town.at(""))
    assert "Waits since today" in front.text
    assert "Where does the water go?" in visitor.get("/hearings").text
    assert visitor.get(town.at("/charter")).status_code == 200
    assert visitor.get(town.at("/tallies.csv")).text.startswith("question,post,")


def find_question(house: House, town: Town) -> str:
    with house.db.read() as work:
        (question,) = hearings.list_questions(work, town.thread)
    return question.post.hex()


def send_decision(visitor: Visitor, town: Town, post: str, **typed: str) -> Response:
    token = visitor.open_form("/boards", "/logout").fields["token"]
    return visitor.post(
        visitor.address(town.at("/questions")), {"token": token, "post": post, **typed}
    )
