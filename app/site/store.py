"""Every statement of the site."""

from datetime import date

from sqlalchemy import func, insert, select

from app.db import Work

from .model import InstanceCard
from .tables import InstanceCardRow


def add_card(work: Work, card: InstanceCard, day: date) -> None:
    """Add a card of the instance."""
    work.session.execute(
        insert(InstanceCardRow).values(
            sequence=card.sequence,
            digest=card.digest,
            name=card.name,
            log_origin=card.log_origin,
            onion=card.onion,
            day=day,
        )
    )


def find_card(work: Work) -> InstanceCard | None:
    """Return the instance's current card, or None before it is founded."""
    rows = select(InstanceCardRow).order_by(InstanceCardRow.sequence.desc()).limit(1)
    row = work.session.scalar(rows)
    founded_on = work.session.scalar(select(func.min(InstanceCardRow.day)))
    if row is None or founded_on is None:
        return None
    return InstanceCard(
        digest=row.digest,
        sequence=row.sequence,
        name=row.name,
        log_origin=row.log_origin,
        onion=row.onion,
        founded_on=founded_on,
    )
