"""Reports, the cases that they become, and the queue that gives them to desks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from app.db import Work
from app.kernel.clock import DAY_S, FixedClock
from app.moderation import rules, service, store
from app.moderation.errors import CaseTakenError, LeaseEndedError, ReportedError
from app.moderation.model import Case, CaseState, Desk, Matter, Rule, Subject, SubjectKind
from app.wiring import House
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.moderation.samples import BOARD, DESK, OTHER, STEWARD

KEY = b"k" * 32
MATTER = Matter(
    subject=Subject(kind=SubjectKind.POST, name="aa" * 32), board=BOARD, version=b"first"
)


def mark(name: str) -> bytes:
    return service.mark_of(KEY, f"did:key:{name}")


def matter(number: int, *, board: str = BOARD) -> Matter:
    subject = Subject(kind=SubjectKind.POST, name=f"{number:064x}")
    return replace(MATTER, subject=subject, board=board)


@contextmanager
def writing(house: House) -> Iterator[Work]:
    with house.db.write() as work:
        if store.find_desk(work, DESK.did) is None:
            for desk in (DESK, STEWARD):
                store.add_desk(work, desk)
        yield work


def report(house: House, about: Matter, who: str, rule: Rule = Rule.SPAM) -> Case:
    with writing(house) as work:
        return service.report(work, about, rule, "", mark=mark(who))


def claim(house: House, desk: Desk) -> Case | None:
    with writing(house) as work:
        return service.claim(work, desk)


def test_mark_is_one_for_each_persona_and_another_for_another_key() -> None:
    assert mark("ava") == mark("ava")
    assert len({mark("ava"), mark("babak"), service.mark_of(b"x" * 32, "did:key:ava")}) == 3


def test_reports_on_one_subject_are_one_case(house: House) -> None:
    cases = {report(house, MATTER, f"reader {n}").id for n in range(20)}

    with house.db.read() as work:
        (case,) = store.list_open(work, boards=None, rule=None, offset=0, limit=10)
    assert cases == {case.id}
    assert (case.report_count, case.rules) == (20, {Rule.SPAM: 20})


def test_nobody_reports_twice(house: House) -> None:
    report(house, MATTER, "ava")

    with pytest.raises(ReportedError):
        report(house, MATTER, "ava", Rule.THREAT)


def test_one_report_of_danger_puts_a_case_before_all_others(house: House) -> None:
    for n in range(5):
        report(house, matter(1), f"reader {n}")
    report(house, matter(2), "ava", Rule.PRIVATE_DATA)

    with house.db.read() as work:
        first, second = store.list_open(work, boards=None, rule=None, offset=0, limit=10)
    assert (first.subject, first.is_dangerous) == (matter(2).subject, True)
    assert second.weight == 5


def test_queue_is_of_the_desks_boards_and_of_one_rule(house: House) -> None:
    report(house, matter(1), "ava")
    report(house, matter(2, board=OTHER), "ava", Rule.HATE)

    with house.db.read() as work:
        of_board = store.list_open(work, boards=DESK.boards, rule=None, offset=0, limit=10)
        of_rule = store.list_open(work, boards=None, rule=Rule.HATE, offset=0, limit=10)
        assert store.count_open(work, boards=DESK.boards) == 1
    assert [case.subject for case in of_board] == [matter(1).subject]
    assert [case.subject for case in of_rule] == [matter(2).subject]


def test_all_that_were_reported_are_counted_whatever_they_weigh(house: House) -> None:
    report(house, matter(1), "ava")
    report(house, matter(2), "ava", Rule.THREAT)
    taken_back = report(house, matter(3), "ava", Rule.MINORS)
    with writing(house) as work:
        service.report(work, matter(4), Rule.LAW, "", mark=bytes(32), is_notice=True)
        service.take_back(work, taken_back.id, mark("ava"))

        assert store.count_open(work, boards=None) == 3
        assert store.count_open(work, boards=[BOARD]) == 3


def test_report_on_a_decided_version_wakes_nobody_and_a_revision_does(house: House) -> None:
    case = report(house, MATTER, "ava")
    with writing(house) as work:
        store.change_case(work, replace(case, state=CaseState.DECIDED))

    silent = report(house, MATTER, "babak", Rule.THREAT)
    woken = report(house, replace(MATTER, version=b"second"), "babak")

    assert (silent.id, silent.state, silent.is_dangerous) == (case.id, CaseState.DECIDED, False)
    assert (woken.id == case.id, woken.state) == (False, CaseState.OPEN)


def test_legal_notice_has_no_mark_and_no_weight(house: House) -> None:
    with writing(house) as work:
        case = service.report(work, MATTER, Rule.LAW, "Act 1", mark=b"hash", is_notice=True)
        (kept,) = store.list_reports(work, case.id)
        assert store.list_sightings(work, kept.reported_at, 10) == []

    assert (case.weight, case.report_count, kept.mark) == (0, 1, b"")


def test_report_keeps_the_ten_minutes_and_nothing_finer(house: House, clock: FixedClock) -> None:
    clock.advance(17)
    case = report(house, MATTER, "ava")

    with house.db.read() as work:
        (kept,) = store.list_reports(work, case.id)
    assert (kept.reported_at % 600, case.opened_at % 600) == (0, 0)


def test_two_desks_never_hold_one_case(house: House) -> None:
    for n in range(2):
        report(house, matter(n), "ava")

    first, second = claim(house, DESK), claim(house, STEWARD)

    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert claim(house, DESK) == first


def test_database_refuses_a_second_lease(house: House) -> None:
    case = report(house, MATTER, "ava")
    held = claim(house, DESK)
    assert held is not None

    with house.db.read() as work:
        lease = store.find_lease(work, case=case.id)
    assert lease is not None

    with pytest.raises(IntegrityError), writing(house) as work:
        store.add_lease(work, replace(lease, desk=STEWARD.did))


def test_danger_is_given_before_everything_else(house: House) -> None:
    for n in range(12):
        report(house, matter(n), "ava")
    report(house, matter(99), "ava", Rule.MINORS)

    case = claim(house, DESK)

    assert case is not None
    assert case.subject == matter(99).subject


def test_case_comes_back_after_half_an_hour(house: House, clock: FixedClock) -> None:
    report(house, MATTER, "ava")
    first = claim(house, DESK)
    assert claim(house, STEWARD) is None

    clock.advance(rules.LEASE_S)

    assert first is not None
    assert claim(house, STEWARD) == first
    with pytest.raises(CaseTakenError), writing(house) as work:
        service.skip(work, DESK, first.id)


def test_lease_that_has_ended_lets_nobody_skip(house: House, clock: FixedClock) -> None:
    report(house, MATTER, "ava")
    case = claim(house, DESK)
    assert case is not None
    clock.advance(rules.LEASE_S)

    with pytest.raises(LeaseEndedError), writing(house) as work:
        service.skip(work, DESK, case.id)


def test_skipped_case_goes_to_others_only(house: House) -> None:
    report(house, MATTER, "ava")
    case = claim(house, DESK)
    assert case is not None
    with writing(house) as work:
        service.skip(work, DESK, case.id)

    assert claim(house, DESK) is None
    assert claim(house, STEWARD) == case


def test_who_skipped_a_case_is_forgotten_once_it_is_decided(house: House) -> None:
    decided, waiting = report(house, MATTER, "ava"), report(house, matter(2), "ava")
    with writing(house) as work:
        for case in (decided, waiting):
            store.add_skipped(work, case.id, DESK.did)
        store.decide_case(work, decided, bytes(32))
        service.forget_ended(work)

        assert not store.has_skipped(work, decided.id, DESK.did)
        assert store.has_skipped(work, waiting.id, DESK.did)


def test_how_much_danger_a_desk_read_is_forgotten_the_next_day(
    house: House, clock: FixedClock
) -> None:
    today = factories.TODAY
    with writing(house) as work:
        store.add_exposure(work, DESK.did, today)
        service.forget_ended(work)
        assert store.count_exposure(work, DESK.did, today) == 1
    clock.advance(DAY_S)
    with writing(house) as work:
        service.forget_ended(work)

        assert store.count_exposure(work, DESK.did, today) == 0


def test_nobody_is_given_what_they_reported(house: House) -> None:
    with writing(house) as work:
        service.report(work, MATTER, Rule.SPAM, "", mark=DESK.person)

    assert claim(house, DESK) is None
    assert claim(house, STEWARD) is not None
