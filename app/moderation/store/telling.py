"""Statements about what personas are told of actions, and what was done to their words."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, func, insert, select

from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import Instant
from app.moderation.model import Action, ActionKind, Subject, SubjectKind
from app.moderation.tables import ActionRow, AppealRow, ToldRow

from .actions import action_of

_AT_ONCE = 500
_TOLD = columns_of(ToldRow)
_COUNT_UNREAD = select(func.count()).where(_TOLD.c.root == bindparam("key"))


def tell(work: Work, root: str, action: bytes) -> None:
    """Have a persona told of an action, until it says that it read of it."""
    work.session.execute(insert(ToldRow).values(root=root, action=action))


def count_unread(work: Work, root: str) -> int:
    """Return of how many actions a persona has not read."""
    count: int = work.run(_COUNT_UNREAD, {"key": root}).scalar_one()
    return count


def is_told(work: Work, root: str, action: bytes) -> bool:
    """Return whether a persona is told of an action, and has not read of it."""
    return work.session.get(ToldRow, (root, action)) is not None


def list_unread(work: Work, root: str) -> list[Action]:
    """Return the actions of which a persona has not read, in no order."""
    query = select(ActionRow).join(ToldRow, ToldRow.action == ActionRow.digest)
    return [action_of(row) for row in work.session.scalars(query.where(ToldRow.root == root))]


def remove_told(work: Work, root: str, actions: Collection[bytes] | None = None) -> None:
    """Tell a persona no more of some actions, or of any."""
    rows = delete(ToldRow).where(ToldRow.root == root)
    if actions is not None:
        rows = rows.where(ToldRow.action.in_(actions))
    work.session.execute(rows)


def list_actions_on_any(work: Work, subjects: Sequence[Subject]) -> list[Action]:
    """Return what was done to any of some subjects, in no order."""
    found = list[Action]()
    for kind in SubjectKind:
        names = [subject.name for subject in subjects if subject.kind is kind]
        for start in range(0, len(names), _AT_ONCE):
            some = ActionRow.subject.in_(names[start : start + _AT_ONCE])
            of = (ActionRow.subject_kind == kind.value) & some
            found += map(action_of, work.session.scalars(select(ActionRow).where(of)))
    return found


def list_appealed(work: Work, subject: Subject) -> list[ActionKind]:
    """Return of which kinds the actions on a subject are against which an appeal is open."""
    query = (
        select(ActionRow.kind)
        .join(AppealRow, AppealRow.action == ActionRow.digest)
        .where(
            ActionRow.subject_kind == subject.kind.value,
            ActionRow.subject == subject.name,
            AppealRow.outcome.is_(None),
        )
    )
    return [ActionKind(kind) for kind in work.session.scalars(query)]


def count_appeals_due(work: Work, by: Instant, *, boards: Collection[str] | None = None) -> int:
    """Return how many open appeals are due before a moment: of all boards, or of some and of none.

    What is about a persona is on no board, and every desk's.
    """
    is_due = AppealRow.outcome.is_(None) & (AppealRow.due_at < by)
    query = select(func.count()).select_from(AppealRow).where(is_due)
    if boards is not None:
        query = query.join(ActionRow, ActionRow.digest == AppealRow.action)
        query = query.where(ActionRow.board.in_(("", *boards)))
    return work.session.scalars(query).one()
