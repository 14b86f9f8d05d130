"""Who gets which answer on every route of moderation: role by route by state of the case.

A route that is not listed here fails, so that none comes without somebody having said who may.
"""

from collections.abc import Callable
from typing import Final

import pytest
from app.kernel.clock import MINUTE_S
from app.moderation import rules, service, store
from app.moderation.model import Action, ActionKind, Appeal, Proposal, Role, Rule
from app.moderation.routes import router
from app.wiring import House
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests import factories
from tests.forms.test_envelopes import all_routes
from tests.houses import advance, submit
from tests.moderation.desks import Seat, act, decision, post_subject, report, seat
from tests.moderation.working import AVA, CYRA, DARA, POST, SAID, SPAM, work_at
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

ROLES: Final = ("nobody", "persona", "moderator", "moderator of another board", "steward")
STATES: Final = ("open", "at another desk", "decided")
OTHER: Final = factories.note(AVA, title="Third", text="The bakers of this street are thieves.")
AT_DESK: Final = ROLES[2:]
ELSEWHERE: Final = ROLES[3]

Expected = Callable[[str, str], str]
"""From role and state to the status, and where it leads."""


def at_desk(answer: str, *, else_: str = "303 /desk/login") -> Expected:
    return lambda role, _state: answer if role in AT_DESK else else_


def by_board(answer: str, elsewhere: str, *, else_: str) -> Expected:
    """Answer desks of the board and stewards in one way, desks of other boards in another."""
    return lambda role, _state: (
        else_ if role not in AT_DESK else elsewhere if role == ELSEWHERE else answer
    )


def claims(role: str, state: str) -> str:
    if role not in AT_DESK:
        return "403"
    has_one = state == "open" and role != ELSEWHERE
    return "303 /desk/case" if has_one else "303 /desk?done=none"


ANSWERS: Final[dict[str, Expected]] = {
    "GET /desk/login": lambda _role, _state: "200",
    "GET /desk/begin": at_desk("303 /desk"),
    "GET /desk": at_desk("200"),
    "GET /desk/case": at_desk("303 /desk"),
    "GET /desk/grouped": at_desk("200"),
    "GET /desk/proposals": at_desk("200"),
    "GET /desk/proposals/{proposal_id}": by_board("200", "404", else_="303 /desk/login"),
    "GET /desk/acts": at_desk("200"),
    "GET /desk/appeals": at_desk("200"),
    "GET /desk/appeals/{digest}": by_board("200", "404", else_="303 /desk/login"),
    "POST /desk/login": lambda _role, _state: "403",
    "POST /desk/begin": at_desk("303 /desk", else_="303 /desk/login"),
    # Nobody decides, skips or hands over what another desk has, or what none gave them.
    "POST /desk/case": at_desk("409", else_="403"),
    "POST /desk/case/skip": at_desk("409", else_="403"),
    "POST /desk/case/hand-over": at_desk("409", else_="403"),
    "POST /desk/claim": claims,
    "POST /desk/attack": at_desk("404", else_="403"),
    "POST /desk/grouped": at_desk("409", else_="403"),
    "POST /desk/proposals/{proposal_id}": by_board("303 /desk?done=agreed", "403", else_="403"),
    "POST /desk/acts": by_board("303 /desk?done=proposed", "404", else_="403"),
    "POST /desk/acts/close": lambda role, _state: (
        "303 /desk?done=proposed" if role == "steward" else "403"
    ),
    "POST /desk/appeals/{digest}": by_board("303 /desk?done=answered", "403", else_="403"),
    "POST /desk/logout": lambda _role, _state: "303 /desk/login",
}
"""In the order in which they are asked: none changes what a later one finds."""


def routes_of_desks() -> set[str]:
    """Return what is for desks alone; what readers have is no different for any role."""
    app = FastAPI()
    app.include_router(router)
    return {
        f"{method} {route.path.removeprefix('/{language}')}"
        for route in all_routes(app.routes)
        for method in route.methods or ()
        if route.path.startswith("/{language}/desk")
    }


def test_matrix_lists_every_route() -> None:
    assert set(ANSWERS) == routes_of_desks()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_as_the_matrix_says(
    told: House, browsers: list[TestClient], role: str, state: str
) -> None:
    submit(told, OTHER)
    other = seat(told, CYRA)
    who = visitor_of(told, browsers[0], role)
    things = made(told, other)
    bring_to(told, other, state)
    advance(told, 11 * MINUTE_S)
    # Of forms: what the masthead and the log-in are sent with.
    token = who.open_form("/desk/login").fields["token"]

    found = {}
    for route in ANSWERS:
        method, path = route.split()
        address = who.address(path.format(**things))
        if method == "GET":
            answer = who.client.get(address)
        else:
            answer = who.post(address, {"token": token, **fields_of(path, things)})
        place = answer.headers.get("location", "").removeprefix("/en")
        found[route] = f"{answer.status_code} {place}".strip()

    assert found == {route: expected(role, state) for route, expected in ANSWERS.items()}


def visitor_of(house: House, client: TestClient, role: str) -> Visitor:
    """Return a browser of somebody with a role; whoever works at a desk holds it themselves."""
    if role in AT_DESK:
        boards = {ELSEWHERE: (factories.LIVE.did,), "steward": ()}.get(
            role, (factories.SQUARE.did,)
        )
        kind = Role.STEWARD if role == "steward" else Role.MODERATOR
        return work_at(client, seat(house, factories.person("Babak"), role=kind, boards=boards))
    visitor = Visitor(client)
    if role == "persona":
        visitor.join("Omid")
    return visitor


def made(house: House, other: Seat) -> dict[str, str]:
    """Let the other desk propose something and hide something, and somebody appeal against that."""
    proposal, hidden = (
        act(house, other, OTHER, ActionKind.ERASE),
        act(house, other, SPAM, ActionKind.HIDE),
    )
    assert isinstance(proposal, Proposal)
    assert isinstance(hidden, Action)

    with house.db.write() as work:
        now = work.minute
        store.add_appeal(
            work,
            Appeal(
                action=hidden.digest, text="It is a real shop.", opened_at=now,
                due_at=type(now)(now + rules.APPEAL_S), outcome=None, answer="",
                actors=(other.desk.person,),
            ),
        )  # fmt: skip
    report(house, POST, DARA, Rule.THREAT)
    with house.db.read() as work:
        (case,) = store.list_cases_on(work, post_subject(POST))
    return {
        "proposal_id": proposal.id,
        "digest": hidden.digest.hex(),
        "case": case.id,
        "number": str(other.desk.number),
    }


def bring_to(house: House, other: Seat, state: str) -> None:
    """Let the case be waiting, at the other desk, or decided by it."""
    if state == "open":
        return
    with house.db.write() as work:
        case = service.claim(work, other.desk)
        assert case is not None
        if state == "decided":
            wanted = decision(ActionKind.CLEAR)
            service.decide(work, house.door, other.at(house), case.id, wanted)


def fields_of(path: str, things: dict[str, str]) -> dict[str, str]:
    """Return what a page would send, filled in as somebody would."""
    reasons = {name: SAID[name] for name in ("rule", "ground", "facts")}
    case = {"case": things["case"]}
    return {
        "/desk/login": {"number": "1", "passphrase": "three unrelated words"},
        "/desk/begin": {"passphrase": "short"},
        "/desk/case": {**case, **SAID},
        "/desk/case/skip": case,
        "/desk/case/hand-over": {**case, "note": "Look."},
        "/desk/grouped": {**SAID, "kind": "clear", f"case_{things['case']}": ""},
        "/desk/acts": {**reasons, "desk": things["number"], "act": things["digest"]},
        "/desk/acts/close": {**reasons, "desk": things["number"]},
        "/desk/appeals/{digest}": {**reasons, "outcome": "upheld", "answer": "It stays."},
    }.get(path, {})
