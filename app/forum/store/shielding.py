"""Statements about whom a persona does not want to see, and about its shield."""

from datetime import date

from sqlalchemy import delete, func, insert, select

from app.db import Work
from app.forum.tables import MutedRow, ShieldRow


def set_shield(work: Work, root: str, until: date) -> None:
    """Keep that a persona has a shield, up to a day."""
    remove_shield(work, root)
    work.session.execute(insert(ShieldRow).values(root=root, until=until))


def find_shield(work: Work, root: str) -> date | None:
    """Return the day on which a persona's shield ends, over or not, or None."""
    return work.session.scalar(select(ShieldRow.until).where(ShieldRow.root == root))


def remove_shield(work: Work, root: str) -> None:
    """Take a persona's shield away."""
    work.session.execute(delete(ShieldRow).where(ShieldRow.root == root))


def remove_ended_shields(work: Work, today: date) -> None:
    """Forget the shields that are over."""
    work.session.execute(delete(ShieldRow).where(ShieldRow.until <= today))


def mute(work: Work, root: str, hand: str) -> None:
    """Keep that a persona muted somebody."""
    work.session.execute(insert(MutedRow).values(root=root, hand=hand))


def unmute(work: Work, root: str, hand: str) -> None:
    """Forget that a persona muted somebody."""
    of = (MutedRow.root == root) & (MutedRow.hand == hand)
    work.session.execute(delete(MutedRow).where(of))


def list_muted(work: Work, root: str) -> list[str]:
    """Return whom a persona muted: roots, and keys without a card."""
    query = select(MutedRow.hand).where(MutedRow.root == root).order_by(MutedRow.hand)
    return list(work.session.scalars(query))


def count_muted(work: Work, root: str) -> int:
    """Return how many a persona muted."""
    query = select(func.count()).select_from(MutedRow).where(MutedRow.root == root)
    return work.session.scalar(query) or 0


def has_muted(work: Work, root: str, hand: str) -> bool:
    """Return whether a persona muted somebody."""
    return work.session.get(MutedRow, (root, hand)) is not None


def remove_all(work: Work, root: str) -> None:
    """Forget whom a persona muted, and its shield."""
    work.session.execute(delete(MutedRow).where(MutedRow.root == root))
    remove_shield(work, root)
