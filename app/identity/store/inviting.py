"""Statements about invitations. None of them joins who gave one to who came with it."""

from datetime import date

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.crypto.blind import require_key
from app.db import Work, write_anew
from app.db.tables import columns_of
from app.identity.model import Standing
from app.identity.model.tokens import Cohort
from app.identity.tables import OfficeholderRow, PersonaRow, PostingKeyRow, StewardRow
from app.identity.tables.tokens import (
    InvitationBoxRow,
    InvitationCohortRow,
    InvitationsGivenRow,
    InvitedRow,
    SpentInvitationRow,
)
from app.kernel.clock import day_of

from . import months

_KEY, _PERSONA, _STEWARD, _OFFICE, _INVITED, _COHORT = (
    columns_of(row)
    for row in (
        PostingKeyRow, PersonaRow, StewardRow, OfficeholderRow, InvitedRow, InvitationCohortRow,
    )
)  # fmt: skip
_ROOT_OF_KEY = select(_KEY.c.root).where(_KEY.c.did == bindparam("key")).scalar_subquery()
_JOINED = (
    select(
        _PERSONA.c.root,
        _STEWARD.c.root.label("steward"),
        _OFFICE.c.root.label("official"),
        _COHORT.c.name,
        _COHORT.c.is_frozen,
    )
    .outerjoin(_STEWARD, _STEWARD.c.root == _PERSONA.c.root)
    .outerjoin(
        _OFFICE, (_OFFICE.c.root == _PERSONA.c.root) & (_OFFICE.c.until > bindparam("today"))
    )
    .outerjoin(_INVITED, _INVITED.c.root == _PERSONA.c.root)
    .outerjoin(_COHORT, _COHORT.c.name == _INVITED.c.cohort)
)
_FIND_STANDING = _JOINED.where(_PERSONA.c.root == func.coalesce(_ROOT_OF_KEY, bindparam("key")))


def find_cohort(work: Work, name: str) -> Cohort | None:
    """Return a month's invitations, or None if it has none."""
    row = work.session.get(InvitationCohortRow, name)
    if row is None:
        return None
    return Cohort(name=name, key=require_key(row.key), is_frozen=row.is_frozen)


def list_cohorts(work: Work, oldest: str = "", newest: str = "9") -> list[Cohort]:
    """Return the months that have invitations, the oldest first; both ends belong to them."""
    named = InvitationCohortRow.name.between(oldest, newest)
    names = work.session.scalars(
        select(InvitationCohortRow.name).where(named).order_by(InvitationCohortRow.name)
    )
    return [cohort for name in names if (cohort := find_cohort(work, name))]


def get_cohort_box(work: Work, name: str) -> bytes | None:
    """Return the sealed private key of a cohort, or None once its month is over."""
    return work.session.get_one(InvitationCohortRow, name).box


def add_cohort(work: Work, name: str, key: bytes, box: bytes) -> None:
    """Give a month its issuer's key."""
    values = {"name": name, "key": key, "box": box, "is_frozen": False}
    work.session.execute(insert(InvitationCohortRow).values(values))


def set_frozen(work: Work, name: str, *, is_frozen: bool) -> None:
    """Freeze a cohort, or let it go on."""
    found = update(InvitationCohortRow).where(InvitationCohortRow.name == name)
    work.session.execute(found.values(is_frozen=is_frozen))


def count_given(work: Work, root: str, cohort: str) -> int:
    """Return how many invitations of a cohort a persona took to give away."""
    return months.count_of(work, InvitationsGivenRow, root, cohort)


def count_one_given(work: Work, root: str, cohort: str) -> None:
    """Count one more of them."""
    months.count_one(work, InvitationsGivenRow, root, cohort)


def count_spent(work: Work, cohort: str) -> int:
    """Return with how many invitations of a cohort somebody came."""
    spent = select(func.count()).select_from(SpentInvitationRow)
    return work.session.scalars(spent.where(SpentInvitationRow.cohort == cohort)).one()


def find_box(work: Work, mark: bytes) -> tuple[str, bytes] | None:
    """Return the cohort and the sealed invitation that words lead to, or None."""
    row = work.session.get(InvitationBoxRow, mark)
    return None if row is None else (row.cohort, row.box)


def add_box(work: Work, mark: bytes, cohort: str, box: bytes) -> None:
    """Keep an invitation sealed under words."""
    work.session.execute(insert(InvitationBoxRow).values(mark=mark, cohort=cohort, box=box))


def remove_box(work: Work, mark: bytes) -> None:
    """Forget an invitation that words lead to."""
    work.session.execute(delete(InvitationBoxRow).where(InvitationBoxRow.mark == mark))


def remove_old_boxes(work: Work, oldest: str) -> bool:
    """Forget those of the months before this one; return whether there were any."""
    old = InvitationBoxRow.cohort < oldest
    if work.session.scalar(select(InvitationBoxRow.cohort).where(old).limit(1)) is None:
        return False
    work.session.execute(delete(InvitationBoxRow).where(old))
    return True


def is_spent(work: Work, mark: bytes) -> bool:
    """Return whether somebody came with this invitation."""
    return work.session.get(SpentInvitationRow, mark) is not None


def add_spent(work: Work, mark: bytes, cohort: str) -> None:
    """Remember an invitation as spent."""
    work.session.execute(insert(SpentInvitationRow).values(mark=mark, cohort=cohort))


def find_invited(work: Work, root: str) -> str | None:
    """Return the cohort of the invitation that a persona came with, or None."""
    return work.session.scalar(select(InvitedRow.cohort).where(InvitedRow.root == root))


def add_invited(work: Work, root: str, cohort: str) -> None:
    """Remember that a persona was invited."""
    work.session.execute(insert(InvitedRow).values(root=root, cohort=cohort))


def find_standing(work: Work, did: str) -> Standing | None:
    """Return how the persona stands whose posting key or root this is, or None if it is nobody's.

    One statement: it is asked for every post.
    """
    rows = work.recall(_FIND_STANDING, {"key": did, "today": day_of(work.now)})
    if not rows:
        return None
    row = rows[0]
    is_invited = row.name is not None and not row.is_frozen
    is_other = row.steward is not None or row.official is not None
    return Standing(root=row.root, is_answered_for=is_invited or is_other)


def list_answered_for(work: Work) -> list[str]:
    """Return the roots of all personas that somebody answers for."""
    is_other = _STEWARD.c.root.is_not(None) | _OFFICE.c.root.is_not(None)
    is_good = func.coalesce(~_COHORT.c.is_frozen, False) | is_other
    found = _JOINED.where(is_good).order_by(_PERSONA.c.root)
    return list(work.run(found, {"today": day_of(work.now)}).scalars())


def set_office_until(work: Work, root: str, until: date | None) -> None:
    """Remember until when an office of a persona holds; None is that none does."""
    work.session.execute(delete(OfficeholderRow).where(OfficeholderRow.root == root))
    if until is not None:
        work.session.execute(insert(OfficeholderRow).values(root=root, until=until))


def remove_old_secrets(work: Work, current: str) -> bool:
    """Forget what signed invitations before this month, and who gave how many; return if any."""
    return months.forget_before(work, InvitationCohortRow, InvitationsGivenRow, current)


def even_out_inviting(work: Work, oldest: str) -> None:
    """Write what was given and what was spent anew.

    What is kept under words would tell who gave it, and what is spent who came with it.
    """
    for row in (InvitationsGivenRow, SpentInvitationRow):
        write_anew(work, row, row.cohort >= oldest)


def remove_inviting(work: Work, root: str) -> None:
    """Forget that a persona was invited or held an office, and how many invitations it gave."""
    set_office_until(work, root, None)
    work.session.execute(delete(InvitedRow).where(InvitedRow.root == root))
    work.session.execute(delete(InvitationsGivenRow).where(InvitationsGivenRow.root == root))
