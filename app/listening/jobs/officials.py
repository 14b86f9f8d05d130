"""How officials answer, over all hearings of the host: part of each release."""

from typing import Final

from app import hearings
from app.db import Work
from app.hearings.model import CommitmentState
from app.kernel.clock import day_of
from app.listening.model import Measure

LEAST_QUESTIONS: Final = 10
_DONE: Final = (CommitmentState.KEPT, CommitmentState.COMPROMISE)
_BY_DAYS: Final = (30, 60, 90)


def measure_officials(work: Work) -> tuple[Measure, ...]:
    """Return how officials answer, and what became of commitments; nothing where there are none."""
    return (*_answered(work), *_kept(work))


def _kept(work: Work) -> tuple[Measure, ...]:
    """Return which share was kept, or ended in a compromise, of commitments past their day."""
    stand = hearings.count_past_due(work, day_of(work.now))
    due = sum(stand.values())
    if not due:
        return ()
    if due < LEAST_QUESTIONS:
        return (Measure(name="commitments-kept", value=None),)
    done = sum(stand.get(state, 0) for state in _DONE)
    share = round(done / due, 2)
    return (Measure(name="commitments-kept", value=share, people=due),)


def _answered(work: Work) -> tuple[Measure, ...]:
    """Return how many chosen questions are answered by when; nothing where none was chosen.

    Those that wait still count as far as they were watched (Kaplan and Meier), so that whoever
    leaves the hard ones open looks no faster. Days of shutdown mode count nowhere.
    """
    today = day_of(work.now)
    waited = [
        (
            hearings.count_days(each.waits_since, each.answered_on or today, stopped),
            bool(each.answered_on),
        )
        for hearing in hearings.list_hearings(work)
        for stopped in [hearings.list_pauses_of(work, hearing.board)]
        for each in hearings.list_questions(work, hearing.thread)
        if each.chosen and each.waits_since is not None
    ]
    if not waited:
        return ()
    names = [f"answered-{days}" for days in _BY_DAYS]
    if len(waited) < LEAST_QUESTIONS:
        return tuple(Measure(name=name, value=None) for name in names)
    # Arrays are for a host that has hearings.
    import numpy as np  # noqa: PLC0415

    from app.listening.maths.survival import follow  # noqa: PLC0415

    curve = follow(
        np.array([days for days, _ in waited], dtype=np.int64),
        answered=np.array([done for _, done in waited], dtype=np.bool_),
    )
    told = []
    for name, days in zip(names, _BY_DAYS, strict=True):
        at = curve.at(days)
        told.append(
            Measure(name=name, value=None)
            if at is None
            else Measure(
                name=name,
                value=round(at.share, 2),
                low=round(at.low, 2),
                high=round(at.high, 2),
                people=len(waited),
            )
        )
    median = Measure(name="median-days", value=curve.median, people=len(waited))
    return (*told, median)
