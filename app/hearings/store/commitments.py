"""Rows of commitments, of what became of them, and of the evidence beside them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, Select, exists, func, insert, or_, select, update

from app.db import Work
from app.db.tables import columns_of
from app.hearings.model import (
    Change,
    Commitment,
    CommitmentState,
    Evidence,
    HearingState,
    Promise,
    Shows,
)
from app.hearings.rules.commitments import is_contested
from app.hearings.tables import (
    CommitmentChangeRow,
    CommitmentEvidenceRow,
    CommitmentRow,
    HearingRow,
    OfficeRow,
)

_COMMITMENT: Final = columns_of(CommitmentRow)
_CHANGE: Final = columns_of(CommitmentChangeRow)
_EVIDENCE: Final = columns_of(CommitmentEvidenceRow)
_AT_ONCE: Final = 500


def add_commitment(work: Work, commitment: Commitment) -> None:
    """Add a commitment."""
    promise = commitment.promise
    values = {
        "post": commitment.post,
        "record_id": commitment.record_id,
        "board": commitment.board,
        "hearing": commitment.hearing,
        "owner": promise.owner,
        "official": promise.official,
        "measure": promise.measure,
        "theme": promise.theme,
        "due_on": promise.due_on,
        "filed_on": commitment.filed_on,
        "filer": commitment.filer,
        "owned_on": commitment.owned_on,
        "state": commitment.state.value,
        "changed_on": commitment.changed_on,
        "head": commitment.head,
    }
    work.run(insert(CommitmentRow).values(values))


def find_commitment(work: Work, *, post: bytes = b"", record_id: str = "") -> Commitment | None:
    """Return a commitment by the digest of its post, or by its record id, or None."""
    is_it = _COMMITMENT.c.post == post if post else _COMMITMENT.c.record_id == record_id
    return next(iter(_list_of(work, select(_COMMITMENT).where(is_it))), None)


def list_commitments(
    work: Work,
    *,
    owner: str = "",
    theme: str = "",
    hearing: str = "",
    due_before: date | None = None,
) -> list[Commitment]:
    """Return commitments, those that are due first before the others; of one day, by their posts.

    `owner` is an official's root, or the line of an owner who is none here.
    """
    query = select(_COMMITMENT)
    if owner:
        line = _COMMITMENT.c.official.is_(None) & (_COMMITMENT.c.owner == owner)
        query = query.where(or_(_COMMITMENT.c.official == owner, line))
    if theme:
        query = query.where(_COMMITMENT.c.theme == theme)
    if hearing:
        query = query.where(_COMMITMENT.c.hearing == hearing)
    if due_before is not None:
        query = query.where(_COMMITMENT.c.due_on < due_before)
    return _list_of(work, query.order_by(_COMMITMENT.c.due_on, _COMMITMENT.c.post))


def list_concerning(work: Work, hand: str) -> list[Commitment]:
    """Return the commitments that somebody owns, or filed."""
    query = select(_COMMITMENT).where(
        or_(_COMMITMENT.c.official == hand, _COMMITMENT.c.filer == hand)
    )
    return _list_of(work, query.order_by(_COMMITMENT.c.due_on))


def set_owned(work: Work, post: bytes, day: date) -> None:
    """Note that the official stands by a commitment."""
    work.run(update(_COMMITMENT).where(_COMMITMENT.c.post == post).values(owned_on=day))


def add_change(work: Work, change: Change) -> None:
    """Change a commitment's status."""
    values = {
        "post": change.post,
        "number": change.number,
        "record": change.record,
        "state": change.state.value,
        "evidence": change.evidence,
        "why": change.why,
        "day": change.day,
        "by": change.by,
    }
    work.run(insert(_CHANGE).values(values))
    now = {"state": change.state.value, "changed_on": change.day, "head": change.record}
    work.run(update(_COMMITMENT).where(_COMMITMENT.c.post == change.post).values(now))


def list_changes(work: Work, posts: Collection[bytes]) -> dict[bytes, list[Change]]:
    """Return how the status of commitments changed, by their posts; the first change first."""
    found = dict[bytes, list[Change]]()
    digests = list(posts)
    for start in range(0, len(digests), _AT_ONCE):
        some = digests[start : start + _AT_ONCE]
        query = select(_CHANGE).where(_CHANGE.c.post.in_(some)).order_by(_CHANGE.c.number)
        for row in work.run(query):
            change = Change(
                post=row.post,
                number=row.number,
                record=row.record,
                state=CommitmentState(row.state),
                evidence=row.evidence,
                why=row.why,
                day=row.day,
                by=row.by,
            )
            found.setdefault(change.post, []).append(change)
    return found


def count_changes(work: Work, post: bytes) -> int:
    """Return how often a commitment's status changed."""
    count = select(func.count()).select_from(_CHANGE).where(_CHANGE.c.post == post)
    return int(work.run(count).scalar_one())


def add_evidence(work: Work, evidence: Evidence) -> None:
    """Put evidence beside a commitment."""
    values = {
        "post": evidence.post,
        "commitment": evidence.commitment,
        "link": evidence.link,
        "shows": evidence.shows.value,
    }
    work.run(insert(_EVIDENCE).values(values))


def list_evidence(work: Work, commitment: bytes) -> list[Evidence]:
    """Return the evidence beside a commitment, in no order."""
    rows = work.run(select(_EVIDENCE).where(_EVIDENCE.c.commitment == commitment))
    return [
        Evidence(post=row.post, commitment=row.commitment, link=row.link, shows=Shows(row.shows))
        for row in rows
    ]


def is_official(work: Work, root: str, thread: str) -> bool:
    """Return whether somebody holds an office here, or the thread's hearing is theirs."""
    attested = (OfficeRow.root == root) & OfficeRow.university_name.is_not(None)
    heard = (HearingRow.thread == thread) & (HearingRow.official == root)
    return bool(work.run(select(or_(exists().where(attested), exists().where(heard)))).scalar())


def list_officials(work: Work, thread: str, today: date) -> list[str]:
    """Return the root of the thread's hearing's official, or else of all who hold an office."""
    heard = work.run(select(HearingRow.official).where(HearingRow.thread == thread)).scalars().all()
    if heard:
        return list(heard)
    holding = (
        OfficeRow.university_name.is_not(None),
        OfficeRow.until > today,
        OfficeRow.ended_on.is_(None),
    )
    return sorted(set(work.run(select(OfficeRow.root).where(*holding)).scalars()))


def has_hearing(work: Work, thread: str) -> bool:
    """Return whether a thread has a hearing whose official is bound to it."""
    bound = HearingRow.state != HearingState.OFFERED.value
    return bool(work.run(select(exists().where(HearingRow.thread == thread, bound))).scalar())


def empty_words(work: Work, posts: Collection[bytes]) -> None:
    """Empty what the authors of these posts typed beside their words: they were erased."""
    nothing = {"owner": "", "measure": "", "theme": ""}
    digests = list(posts)
    for start in range(0, len(digests), _AT_ONCE):
        some = digests[start : start + _AT_ONCE]
        work.run(update(_COMMITMENT).where(_COMMITMENT.c.post.in_(some)).values(nothing))
        work.run(update(_EVIDENCE).where(_EVIDENCE.c.post.in_(some)).values(link=""))


def _list_of(work: Work, query: Select[Any]) -> list[Commitment]:
    """Return the commitments of a query, and whether each one's status is contested."""
    found = [_commitment(row) for row in work.run(query)]
    changes = list_changes(work, [each.post for each in found if each.changed_on])
    return [
        replace(each, is_contested=is_contested(changes.get(each.post, ()), each.due_on))
        for each in found
    ]


def _commitment(row: Row[Any]) -> Commitment:
    return Commitment(
        post=row.post,
        record_id=row.record_id,
        board=row.board,
        hearing=row.hearing,
        promise=Promise(
            owner=row.owner,
            measure=row.measure,
            due_on=row.due_on,
            theme=row.theme,
            official=row.official,
        ),
        filed_on=row.filed_on,
        filer=row.filer,
        owned_on=row.owned_on,
        state=CommitmentState(row.state),
        changed_on=row.changed_on,
        head=row.head,
    )
