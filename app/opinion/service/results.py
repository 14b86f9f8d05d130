"""Results: what the worker made of the votes, shown to who may see it, and published at the close.

What readers are shown changes only when ten people more have voted (`figures.is_news`), so that
nobody sees a single vote by looking before and after it; priorities change with it, because what
is asked next follows from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from app import identity, records
from app.db import Work
from app.forum import ThreadId
from app.identity.model.ballots import BallotKind
from app.kernel.clock import day_of
from app.opinion import codec, store
from app.opinion.errors import NoTableError, ResultsHiddenError
from app.opinion.maths.figures import Figures, is_news, restore_figures, write_table
from app.opinion.model import Conversation, ResultsShown, Sheet, Side
from app.records import sign_record

from .ballots import sees_results
from .conversations import get_conversation

_KINDS = {BallotKind.UNVOUCHED: 0, BallotKind.VOUCHED: 1, BallotKind.INVITED: 2}
_SIDES = {Side.INSIDE.value: 0, Side.ABROAD.value: 1, Side.UNSAID.value: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made of the votes as they were. `figures` are empty while too few people voted."""

    people: int
    figures: str
    compass: bytes
    picture: bytes
    priorities: Mapping[int, int]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Kept:
    """All sheets of a consultation, each as it is kept, with its kind and side as numbers.

    `target` has the statement, from 0, for which each one's votes count (statements).
    """

    sheets: list[bytes]
    kinds: list[int]
    sides: list[int]
    target: list[int]
    asked: list[bool]
    groups: int | None
    """How many groups were found last time."""


def results_of(thread: str) -> str:
    """Return the subject of pages about a consultation's results."""
    return f"results:{thread}"


def collect_ballots(work: Work, thread: ThreadId) -> Kept:
    """Return what an analysis begins with."""
    conversation = get_conversation(work, thread)
    kinds = identity.kinds_of(work, conversation.record_id)
    statements = store.list_statements(work, thread)
    size = max((each.number for each in statements), default=0)
    target, asked = list(range(size)), [False] * size
    for each in statements:
        target[each.number - 1] = (each.merged_into or each.number) - 1
        asked[each.number - 1] = each.is_asked
    kept = Kept(
        sheets=[], kinds=[], sides=[], target=target, asked=asked, groups=_last_groups(work, thread)
    )
    for ballot, votes, side in store.list_sheets(work, thread):
        kept.sheets.append(votes)
        # What nobody let in has no kind; nothing of ours makes such a sheet.
        kept.kinds.append(_KINDS[kinds.get(ballot, BallotKind.UNVOUCHED)])
        kept.sides.append(_SIDES[side] if side else -1)
    return kept


def _last_groups(work: Work, thread: str) -> int | None:
    figures = find_figures(work, thread)
    found = len(figures.groups) + figures.hidden_groups if figures else 0
    return found or None


def keep_analysis(work: Work, thread: ThreadId, made: Made) -> bool:
    """Keep what was made of the votes; return whether readers are shown anything new.

    The consultation stays due if somebody voted since its votes were read.
    """
    conversation = get_conversation(work, thread)
    store.end_analysis(work, thread)
    # The write-ahead log has what was voted in its order, between all else that people did.
    work.deleted.append("sheet")
    if not _is_shown(work, conversation, made):
        return False
    known = {each.number: each.priority for each in store.list_weights(work, thread)}
    changed = {
        number: priority
        for number, priority in made.priorities.items()
        if known.get(number, priority) != priority
    }
    store.set_priorities(work, thread, changed)
    store.set_analysis(
        work,
        thread,
        made_on=day_of(work.now),
        people=made.people,
        figures=made.figures,
        compass=made.compass,
        picture=made.picture,
    )
    work.changed.add(results_of(thread))
    return True


def _is_shown(work: Work, conversation: Conversation, made: Made) -> bool:
    last = store.find_figures(work, conversation.thread)
    if not made.figures or (last is not None and last[0] == made.figures):
        return False
    is_unseen = conversation.is_open and conversation.results is ResultsShown.CLOSED
    if last is None or is_unseen:
        return True
    figures, shown = restore_figures(made.figures), restore_figures(last[0])
    return is_news(figures, made.people, shown, last[1])


def find_figures(work: Work, thread: str) -> Figures | None:
    """Return what readers who may see results are shown, or None while too few people voted."""
    found = store.find_figures(work, thread)
    return None if found is None else restore_figures(found[0])


def require_results(work: Work, conversation: Conversation, sheet: Sheet) -> None:
    """Require that who cast these votes sees results.

    Raises:
        ResultsHiddenError: not yet.

    """
    if not sees_results(work, conversation, sheet):
        raise ResultsHiddenError("results are hidden until one has voted, or until the close")


def find_group(work: Work, thread: str, sheet: Sheet) -> int | None:
    """Return the group that a voter's own votes are nearest to; nothing of it is kept."""
    kept = store.find_compass(work, thread)
    if kept is None:
        return None
    # Few ask, and web processes would hold the arrays' program for as long as they run.
    from app.opinion.maths.placing import Compass  # noqa: PLC0415

    return Compass.decode(kept).find_group(sheet)


def publish_results(work: Work, door: records.Door, thread: ThreadId) -> bool:
    """Publish the table of a closed consultation, named by a record; return whether it was new."""
    conversation = get_conversation(work, thread)
    found, last = store.find_figures(work, thread), store.find_release(work, thread)
    if conversation.is_open or found is None:
        return False
    digest = sha256(found[0].encode()).digest()
    if last is not None and last.figures == digest:
        return False
    figures = restore_figures(found[0])
    statements = store.list_statements(work, thread)
    posts = {each.number: each.post.hex() for each in statements if each.is_asked}
    table = write_table(figures, posts)
    sequence = last.sequence + 1 if last else 1
    members = codec.results_members(
        conversation,
        sequence=sequence,
        table=sha256(table.encode()).digest(),
        people=figures.people,
    )
    nonce, day = identity.encode_id(work), day_of(work.now)
    receipt = door.submit(work, sign_record(door.key, "Update", members, nonce=nonce, day=day))
    store.add_release(
        work,
        thread,
        store.Released(sequence, table, receipt.digest, figures.people, digest),
    )
    work.changed.add(results_of(thread))
    return True


def get_release(work: Work, thread: str) -> store.Released:
    """Return the table that was published last.

    Raises:
        NoTableError: none is published yet.

    """
    released = store.find_release(work, thread)
    if released is None:
        raise NoTableError("no table of results is published")
    return released
