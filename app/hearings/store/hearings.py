"""Rows of hearings."""

from datetime import date

from sqlalchemy import insert, select, update

from app.db import Work
from app.forum.model import ThreadId
from app.hearings import codec
from app.hearings.model import Charter, Hearing, HearingState, Outcome
from app.hearings.tables import HearingRow
from app.kernel import strict_json
from app.kernel.strict_json import JsonObject


def add_hearing(work: Work, hearing: Hearing) -> None:
    """Keep a hearing that its charter offers."""
    values = {
        "thread": hearing.thread,
        "board": hearing.board,
        "record_id": hearing.record_id,
        "official": hearing.official,
        "text": hearing.text,
        "language": hearing.language,
        "charter": codec.write_charter(hearing.charter),
        "head": hearing.head,
        "state": hearing.state.value,
        "bound_on": hearing.bound_on,
        "lot": hearing.lot,
    }
    work.session.execute(insert(HearingRow).values(values))


def find_hearing(work: Work, *, thread: str = "", record_id: str = "") -> Hearing | None:
    """Return a thread's hearing, or the one that a record offered, or None."""
    named = HearingRow.thread == thread if thread else HearingRow.record_id == record_id
    row = work.session.scalars(select(HearingRow).where(named)).one_or_none()
    return None if row is None else _hearing(row)


def list_hearings(
    work: Work, *, board: str | None = None, states: tuple[HearingState, ...] = ()
) -> list[Hearing]:
    """Return hearings, of one board (did:key) or of all, in some states or in all; by thread."""
    found = select(HearingRow).order_by(HearingRow.thread)
    if board is not None:
        found = found.where(HearingRow.board == board)
    if states:
        found = found.where(HearingRow.state.in_([state.value for state in states]))
    return [_hearing(row) for row in work.session.scalars(found)]


def set_charter(work: Work, thread: str, charter: Charter, head: bytes) -> None:
    """Set a hearing's charter; `head` is the digest of the record that changed it."""
    _set(work, thread, charter=codec.write_charter(charter), head=head)


def set_state(work: Work, thread: str, state: HearingState, *, bound_on: date | None) -> None:
    """Set where a hearing stands, and since when its official is bound."""
    _set(work, thread, state=state.value, bound_on=bound_on)


def set_tallies(work: Work, thread: str, table: str) -> None:
    """Keep the table that a choice is made from."""
    _set(work, thread, tallies=table)


def set_drawn(work: Work, thread: str, digest: bytes) -> None:
    """Set by which record the official let the lot be drawn."""
    _set(work, thread, drawn=digest)


def set_choice(work: Work, thread: str, seed: str) -> None:
    """Set that a hearing's questions are chosen, by this seed."""
    _set(work, thread, seed=seed, state=HearingState.CHOSEN.value)


def set_outcome(work: Work, thread: str, outcome: Outcome) -> None:
    """Close a hearing with what it came to."""
    _set(
        work,
        thread,
        state=HearingState.CLOSED.value,
        verdicts=codec.write_verdicts(outcome.verdicts),
        report=outcome.report,
        closed_on=outcome.closed_on,
    )


def set_asked_again(work: Work, thread: str, told: JsonObject) -> None:
    """Keep what a release tells of voters who were asked again."""
    _set(work, thread, asked_again=strict_json.encode(told).decode())


def find_asked_again(work: Work, thread: str) -> JsonObject | None:
    """Return what was told last of voters who were asked again, or None."""
    found = select(HearingRow.asked_again).where(HearingRow.thread == thread)
    kept = work.session.scalars(found).one_or_none()
    return strict_json.decode(kept.encode()) if kept else None


def find_outcome(work: Work, thread: str) -> Outcome | None:
    """Return what a thread's hearing came to, or None while it is not closed."""
    row = work.session.scalars(select(HearingRow).where(HearingRow.thread == thread)).one_or_none()
    if row is None or row.closed_on is None:
        return None
    verdicts = tuple(codec.read_verdicts(row.verdicts))
    return Outcome(verdicts=verdicts, report=row.report, closed_on=row.closed_on)


def _set(work: Work, thread: str, **values: object) -> None:
    found = update(HearingRow).where(HearingRow.thread == thread)
    work.session.execute(found.values(values))


def _hearing(row: HearingRow) -> Hearing:
    return Hearing(
        thread=ThreadId(row.thread),
        board=row.board,
        record_id=row.record_id,
        official=row.official,
        text=row.text,
        language=row.language,
        charter=codec.read_kept_charter(row.charter),
        head=row.head,
        state=HearingState(row.state),
        bound_on=row.bound_on,
        lot=row.lot,
        drawn=row.drawn,
        seed=row.seed,
        tallies=row.tallies,
        closed_on=row.closed_on,
    )
