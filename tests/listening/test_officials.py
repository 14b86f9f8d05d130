"""How officials answer, as every release tells it: those who wait count, and nothing drops out."""

from datetime import timedelta

import pytest
from app import hearings
from app.db import Work
from app.hearings.model import CommitmentState
from app.hearings.tables import CommitmentRow, QuestionRow
from app.kernel.clock import day_of
from app.listening.jobs.officials import measure_officials
from app.wiring import House
from sqlalchemy import insert, text

from tests import factories
from tests.hearings.hall import open_hall

pytestmark = pytest.mark.slow


def put_questions(work: Work, thread: str, waited: list[tuple[int, bool]]) -> None:
    """Put chosen questions in, each with the days it waited, and whether it was answered then."""
    today = day_of(work.now)
    for number, (days, is_answered) in enumerate(waited):
        row = {
            "post": number.to_bytes(32),
            "hearing": thread,
            "state": "answered" if is_answered else "waiting",
            "asked_on": today - timedelta(200),
            "chosen": "vote",
            "waits_since": today - timedelta(days),
            "answered_on": today if is_answered else None,
        }
        work.session.execute(insert(QuestionRow).values(row))


def put_commitments(work: Work, states: list[CommitmentState], due_in: int) -> None:
    for number, state in enumerate(states):
        row = {
            "post": bytes([due_in % 256]) + number.to_bytes(31),
            "record_id": f"ap://{due_in}/{number}",
            "board": factories.LIVE.did,
            "owner": "The ministry",
            "measure": "It stands.",
            "theme": "water",
            "due_on": day_of(work.now) + timedelta(due_in),
            "filed_on": day_of(work.now),
            "filer": "did:key:reader",
            "state": state.value,
            "head": b"",
        }
        work.session.execute(insert(CommitmentRow).values(row))


def measured(
    house: House, waited: list[tuple[int, bool]], states: list[CommitmentState] | None = None
) -> dict[str, float | None]:
    hall = open_hall(house)
    with house.db.write() as work:
        work.session.execute(text("PRAGMA defer_foreign_keys=ON"))
        put_questions(work, hall.thread, waited)
        put_commitments(work, states or [], -1)
        put_commitments(work, [CommitmentState.KEPT] * 3, 5)
        found = measure_officials(work)
        work.session.rollback()
    return {one.name: one.value for one in found}


def test_questions_that_wait_still_count(house: House) -> None:
    """Ten answered after ten days, ten wait since a hundred: half by thirty days, and no more."""
    told = measured(house, [(10, True)] * 10 + [(100, False)] * 10)

    assert told == {"answered-30": 0.5, "answered-60": 0.5, "answered-90": 0.5, "median-days": 10}


def test_few_questions_tell_nothing(house: House) -> None:
    assert set(measured(house, [(10, True)] * 9).values()) == {None}


def test_host_without_chosen_questions_says_nothing_of_officials(house: House) -> None:
    assert measured(house, []) == {}


def test_overdue_commitments_never_drop_out(house: House) -> None:
    """Of ten past their day four were kept and one ended in a compromise; three are not due yet."""
    states = [CommitmentState.KEPT] * 4 + [CommitmentState.COMPROMISE]
    states += [CommitmentState.NOT_STARTED] * 3 + [CommitmentState.BROKEN] * 2

    assert measured(house, [], states) == {"commitments-kept": 0.5}
    with house.db.read() as work:
        assert hearings.count_past_due(work, day_of(work.now)) == {}
