"""Statements of the public log: finding actions, and counting them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from app.db import Work
from app.moderation.model import Action, ActionKind
from app.moderation.tables import ActionRow

from .actions import action_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What the log is narrowed to; empty for all of it."""

    kind: str = ""
    rule: str = ""
    board: str = ""
    """did:key."""
    desk: str = ""
    """did:key of who signed or proposed it."""
    words: tuple[tuple[str, ...], ...] = ()
    """For each word asked the forms that will do, folded."""


def list_found(work: Work, sought: Sought, *, start: int, limit: int) -> list[Action]:
    """Return some of the actions that were sought, the newest first."""
    query = select(ActionRow).where(*_narrow(sought))
    newest = query.order_by(ActionRow.taken_at.desc(), ActionRow.digest.desc())
    return [action_of(row) for row in work.session.scalars(newest.offset(start).limit(limit))]


def count_found(work: Work, sought: Sought) -> int:
    """Return how many actions there are of those that were sought."""
    query = select(func.count()).select_from(ActionRow).where(*_narrow(sought))
    return work.session.scalars(query).one()


def list_taken(work: Work, start: date, end: date) -> list[tuple[bytes, bytes | None]]:
    """Return the records of the actions of some days, each with the one that undid it."""
    of_days = (ActionRow.day >= start) & (ActionRow.day < end)
    rows = work.session.execute(select(ActionRow.digest, ActionRow.undoing).where(of_days))
    return [(digest, undoing) for digest, undoing in rows]


def list_of_kind(work: Work, kind: ActionKind) -> list[bytes]:
    """Return the records of all actions of a kind."""
    query = select(ActionRow.digest).where(ActionRow.kind == kind.value)
    return list(work.session.scalars(query))


def list_actions(work: Work) -> list[Action]:
    """Return all actions, in no order."""
    return [action_of(row) for row in work.session.scalars(select(ActionRow))]


def count_by_desk(work: Work) -> dict[str, int]:
    """Return how many actions each key signed."""
    query = select(ActionRow.desk, func.count().label("acts")).group_by(ActionRow.desk)
    return {row.desk: row.acts for row in work.session.execute(query)}


def _narrow(sought: Sought) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if sought.kind:
        where.append(ActionRow.kind == sought.kind)
    if sought.rule:
        where.append(ActionRow.rule == sought.rule)
    if sought.board:
        where.append(ActionRow.board == sought.board)
    if sought.desk:
        where.append(or_(ActionRow.desk == sought.desk, ActionRow.second == sought.desk))
    # A word is found by how it begins, so that Persian endings hide none.
    spaced = literal(" ") + ActionRow.words
    where += [or_(*(spaced.contains(f" {form}") for form in forms)) for forms in sought.words]
    return [and_(*where)] if where else []
