"""Reports that come at once, on each database: one persona counts once, and one subject is one case."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from app.moderation import service, store
from app.moderation.errors import CaseDecidedError, ReportedError
from app.moderation.model import ActionKind, Rule
from app.wiring import House

from tests import factories
from tests.houses import publish
from tests.moderation.desks import act, report, seat

pytestmark = pytest.mark.slow

AVA, BABAK, CYRA = (factories.person(name) for name in ("Ava", "Babak", "Cyra"))
POST = factories.note(BABAK, title="Water")
CROWD = [factories.person(f"Reader {n}") for n in range(8)]


def at_once(*steps: Callable[[], object]) -> list[object]:
    """Do things at the same moment; return what each gave or raised."""
    start = Barrier(len(steps))

    def run(step: Callable[[], object]) -> object:
        start.wait()
        try:
            return step()
        except (CaseDecidedError, ReportedError) as error:
            return type(error)

    with ThreadPoolExecutor(len(steps)) as threads:
        return list(threads.map(run, steps))


def test_two_reports_of_one_persona_at_once_are_one(house: House) -> None:
    publish(house, factories.card(BABAK), POST)

    found = at_once(*[lambda: report(house, POST, AVA, Rule.THREAT)] * 2)

    assert found.count(ReportedError) == 1
    with house.db.read() as work:
        (case,) = store.list_open(work, boards=None, rule=None, offset=0, limit=9)
        assert len(store.list_reports(work, case.id)) == case.report_count == case.weight == 1


def test_first_reports_of_many_at_once_are_one_case(house: House) -> None:
    publish(house, factories.card(BABAK), POST)

    found = at_once(*[lambda who=who: report(house, POST, who) for who in CROWD])

    assert ReportedError not in found
    with house.db.read() as work:
        (case,) = store.list_open(work, boards=None, rule=None, offset=0, limit=9)
    assert case.report_count == case.weight == len(CROWD)


def test_report_is_taken_back_or_decided_about_and_never_half(house: House) -> None:
    publish(house, factories.card(BABAK), factories.card(CYRA), POST)
    desk, case = seat(house, CYRA), report(house, POST, AVA)

    def take_back() -> None:
        with house.db.write() as work:
            service.take_back(work, case.id, service.mark_of(house.marks_key, AVA.root))

    found = at_once(take_back, lambda: act(house, desk, POST, ActionKind.HIDE))

    with house.db.read() as work:
        decided, left = store.find_case(work, case.id), store.list_reports(work, case.id)
    assert decided is not None
    assert decided.report_count == len(left) == (found[0] is CaseDecidedError)
