"""Panel duty: each week some personas are drawn by lot and asked to vote.

Whoever comes by themselves is not like everybody. Whom the lot asks has no reason to be unlike, but
for not answering; so results show both apart. The database holds marks, each of one persona in one
week, made with a key that is not in it; whether anybody followed stands nowhere.
"""

import hmac
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from app import forum, identity
from app.db import Work
from app.identity import BallotKind
from app.kernel.clock import day_of
from app.opinion import rules, store
from app.opinion.model import Conversation

from .conversations import is_over, list_asked

_CONTEXT: Final = b"goftogu/v1/panel\0"
_SEED_BYTES: Final = 32
_WEEK: Final = timedelta(weeks=1)


def draw_panels(work: Work, marks_key: bytes, instance_did: str) -> int:
    """Draw this week's panels of the open consultations that have none; return how many.

    Of the personas that somebody answers for, each as likely as any other, and none more than twice
    in a week. Again in the same week it draws only for consultations that came since.
    """
    week = _week_of(work)
    due = [
        each
        for each in store.list_conversations(work)
        if _is_due(work, each, week) and forum.is_at_home(work, each.board, instance_did)
    ]
    if not due:
        return 0
    seed = work.randomness.token_bytes(_SEED_BYTES)
    marks = {_mark(marks_key, week, root): root for root in identity.list_answered_for(work)}
    drawn = store.count_drawn(work, week)
    by_thread = {str(each.thread): each for each in due}
    # Where there are many, the lot says which of them has the first choice of people.
    for name in _draw_lots(by_thread, len(by_thread), seed):
        chosen = _draw(work, marks, drawn, seed + name.encode())
        store.add_drawn(work, by_thread[name].thread, week, chosen)
        for mark in chosen:
            drawn[mark] = drawn.get(mark, 0) + 1
    return len(due)


def is_drawn(work: Work, marks_key: bytes, root: str, conversation: Conversation) -> bool:
    """Return whether a persona was drawn to vote here, this week or the one before.

    Its first vote then takes a ballot of the kind `invited`.
    """
    marks = _marks(work, marks_key, root)
    if not store.is_in_panel(work, conversation.thread, marks):
        return False
    # Whom nobody answers for any more is nobody that the lot would have asked.
    return identity.kind_of(work, root) is BallotKind.VOUCHED


def list_drawn(work: Work, marks_key: bytes, root: str) -> list[Conversation]:
    """Return the open consultations that a persona was drawn for, this week or the one before."""
    drawn = set(store.list_drawn(work, _marks(work, marks_key, root)))
    if not drawn:
        return []
    found = [each for each in store.list_conversations(work) if each.thread in drawn]
    return [
        each for each in found if not is_over(work, each) and is_drawn(work, marks_key, root, each)
    ]


def forget_old_panels(work: Work) -> None:
    """Forget who was drawn before last week, and for what has closed."""
    if store.remove_panels(work, _week_of(work) - _WEEK):
        # The marks must leave the write-ahead log as well.
        work.deleted.append("panel_duty")


def _is_due(work: Work, conversation: Conversation, week: date) -> bool:
    return (
        conversation.is_open
        and not is_over(work, conversation)
        and not store.has_panel(work, conversation.thread, week)
        and rules.asks_panel(len(list_asked(work, conversation.thread)))
    )


def _draw(
    work: Work, marks: Mapping[bytes, str], drawn: Mapping[bytes, int], seed: bytes
) -> Collection[bytes]:
    """Draw marks of personas that may vote now, and were not drawn twice this week."""
    free = [mark for mark in marks if drawn.get(mark, 0) < rules.PANELS_OF_ONE]
    size, chosen = rules.panel_size(len(free)), list[bytes]()
    # Who may vote is asked of those that the lot named, not of everybody.
    for name in _draw_lots([mark.hex() for mark in free], len(free), seed):
        mark = bytes.fromhex(name)
        if len(chosen) == size:
            break
        if identity.kind_of(work, marks[mark]) is BallotKind.VOUCHED:
            chosen.append(mark)
    return chosen if len(chosen) >= rules.LEAST_PANEL else []


def _draw_lots(names: Collection[str], size: int, seed: bytes) -> tuple[str, ...]:
    # What it comes with is large, and the web process draws nobody.
    from app.opinion.maths.panel import draw_panel  # noqa: PLC0415

    return draw_panel(names, size, seed)


def _marks(work: Work, marks_key: bytes, root: str) -> list[bytes]:
    week = _week_of(work)
    return [_mark(marks_key, each, root) for each in (week, week - _WEEK)]


def _mark(marks_key: bytes, week: date, root: str) -> bytes:
    """Return what stands for a persona in one week; marks of two weeks have nothing in common."""
    told = week.isoformat().encode() + b"\0" + root.encode()
    return hmac.digest(marks_key, _CONTEXT + told, sha256)


def _week_of(work: Work) -> date:
    """Return the Monday of this week."""
    today = day_of(work.now)
    return today - timedelta(days=today.weekday())
