"""Two at once at desks, on either database: one case has one desk, and one decision."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from app.main import create_app
from app.moderation import store
from app.moderation.model import CaseState
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import submit
from tests.moderation.desks import post_subject, report, seat
from tests.moderation.working import (
    AVA,
    BABAK,
    CYRA,
    DARA,
    POST,
    SAID,
    Worker,
    both,
    work_at,
)
from tests.visitor import ORIGIN, find_form

pytestmark = pytest.mark.slow


@pytest.fixture
def workers(house: House) -> Iterator[list[Worker]]:
    """Two people at desks of one board, and a post that somebody reported."""
    submit(house, *(factories.card(person) for person in (AVA, BABAK, CYRA, DARA)), POST)
    report(house, POST, DARA)
    app = create_app(house, ORIGIN)
    with ExitStack() as stack:
        clients = [
            stack.enter_context(TestClient(app, ORIGIN, follow_redirects=False)) for _ in range(2)
        ]
        yield [
            work_at(client, seat(house, person))
            for client, person in zip(clients, (BABAK, CYRA), strict=True)
        ]


def acts_on(house: House, raw: bytes) -> int:
    with house.db.read() as work:
        return len(store.list_actions_on(work, post_subject(raw)))


def test_lease_race(house: House, workers: list[Worker]) -> None:
    """Two desks ask for the one case at once: one has it."""
    answers = both([(worker, worker.open_form("/desk", "/desk/claim"), {}) for worker in workers])

    assert sorted(answer.headers["location"] for answer in answers) == [
        "/en/desk/case", "/en/desk?done=none",
    ]  # fmt: skip


def test_two_decisions_at_once(house: House, workers: list[Worker]) -> None:
    """The same desk sends its decision from two windows."""
    page = workers[0].claim()
    form = find_form(page, "/en/desk/case")
    answers = both([(workers[0], form, {**SAID, "kind": kind}) for kind in ("hide", "clear")])

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert acts_on(house, POST) == 1
    with house.db.read() as work:
        (case,) = store.list_cases_on(work, post_subject(POST))
    assert case.state is CaseState.DECIDED
