"""Statements about partners, grants and replicas."""

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, or_, select, update

from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import Instant

from .model import Carried, Grant, Partner, PartnerState, Replica, Right, Takeover
from .tables import CarriedRow, GrantRow, MovedRow, PartnerRow, ReplicaRow

_PARTNER: Final = columns_of(PartnerRow)
_GRANT: Final = columns_of(GrantRow)
_REPLICA: Final = columns_of(ReplicaRow)
_CARRIED: Final = columns_of(CarriedRow)
_MOVED: Final = columns_of(MovedRow)


def put_partner(work: Work, partner: Partner) -> None:
    """Keep a partner, or what changed of it."""
    values = {
        "name": partner.name,
        "url": partner.url,
        "log_origin": partner.log_origin,
        "log_key": partner.log_key,
        "witness_key": partner.witness_key,
        "met_on": partner.met_on,
        "state": partner.state.value,
        "why": partner.why,
        "follows_rules": partner.follows_rules,
        "most_entries": partner.most_entries,
        "most_bytes": partner.most_bytes,
    }
    if find_partner(work, did=partner.did) is None:
        work.run(insert(_PARTNER).values(did=partner.did, **values))
        work.run(insert(_REPLICA).values(partner=partner.did, size=0))
    else:
        work.run(update(_PARTNER).where(_PARTNER.c.did == partner.did).values(values))


def find_partner(work: Work, *, did: str = "", name: str = "", origin: str = "") -> Partner | None:
    """Return a partner by its key, by this host's name for it, or by its log, or None."""
    found = (
        (_PARTNER.c.did == did)
        if did
        else (_PARTNER.c.name == name)
        if name
        else (_PARTNER.c.log_origin == origin)
    )
    row = work.run(select(_PARTNER).where(found)).one_or_none()
    return None if row is None else _partner(row)


def list_partners(work: Work) -> list[Partner]:
    """Return all partners by their names."""
    return [_partner(row) for row in work.run(select(_PARTNER).order_by(_PARTNER.c.name))]


def add_grant(work: Work, grant: Grant) -> None:
    """Keep what an instance offered."""
    for board, rights in sorted(grant.boards.items()):
        values = {
            "offer": grant.offer,
            "board": board,
            "giver": grant.giver,
            "taker": grant.taker,
            "record_id": grant.record_id,
            "rights": " ".join(sorted(rights)),
            "until": grant.until,
        }
        work.run(insert(_GRANT).values(values))


def count_granted(work: Work, giver: str) -> int:
    """Return how many boards an instance ever offered, each as often as it did."""
    query = select(func.count()).select_from(_GRANT).where(_GRANT.c.giver == giver)
    return int(work.run(query).scalar_one())


def accept_grant(work: Work, offer: bytes, boards: Collection[str], day: date) -> None:
    """Let the rights over some of the offered boards hold from now on."""
    these = (_GRANT.c.offer == offer) & _GRANT.c.board.in_(sorted(boards))
    work.run(update(_GRANT).where(these).values(accepted_on=day))


def end_grant(work: Work, offer: bytes, day: date) -> None:
    """Let what was offered no longer hold."""
    work.run(update(_GRANT).where(_GRANT.c.offer == offer).values(ended_on=day))


def find_grant(work: Work, offer: bytes) -> Grant | None:
    """Return what a record offered, or None."""
    found = _grants(work.run(select(_GRANT).where(_GRANT.c.offer == offer)))
    return found[0] if found else None


def list_grants(work: Work, did: str) -> list[Grant]:
    """Return what an instance gave or was given."""
    between = or_(_GRANT.c.giver == did, _GRANT.c.taker == did)
    query = select(_GRANT).where(between).order_by(_GRANT.c.offer, _GRANT.c.board)
    return _grants(work.run(query))


def list_rights(work: Work, *, giver: str, taker: str, day: date) -> dict[str, frozenset[Right]]:
    """Return by board what one instance may do with another's boards on a day."""
    held: dict[str, frozenset[Right]] = {}
    query = select(_GRANT).where(
        _GRANT.c.giver == giver,
        _GRANT.c.taker == taker,
        _GRANT.c.accepted_on.is_not(None),
        _GRANT.c.ended_on.is_(None),
        _GRANT.c.until > day,
    )
    for row in work.run(query):
        held[row.board] = held.get(row.board, frozenset()) | _rights(row)
    return held


def list_takers(work: Work, *, giver: str, board: str, right: Right) -> list[str]:
    """Return who ever accepted a right over a board: who had it once may still have a copy."""
    query = (
        select(_GRANT.c.taker, _GRANT.c.rights)
        .where(_GRANT.c.giver == giver, _GRANT.c.board == board, _GRANT.c.accepted_on.is_not(None))
        .order_by(_GRANT.c.taker)
    )
    return list(dict.fromkeys(row.taker for row in work.run(query) if right in _rights(row)))


def get_replica(work: Work, partner: str) -> Replica:
    """Return how far a partner's log was replayed."""
    row = work.run(select(_REPLICA).where(_REPLICA.c.partner == partner)).one()
    return Replica(
        partner=row.partner,
        size=row.size,
        heard_at=row.heard_at,
        tried_at=row.tried_at,
        trouble=row.trouble,
        doubted_at=row.doubted_at,
        entries=row.entries,
        counted_on=row.counted_on,
        copied_bytes=row.copied_bytes,
    )


def set_size(work: Work, partner: str, size: int) -> None:
    """Keep up to where a log was replayed."""
    work.run(update(_REPLICA).where(_REPLICA.c.partner == partner).values(size=size))


def set_boards(work: Work, partner: str, boards: Collection[str]) -> bool:
    """Keep which boards of a partner can be read; return whether that changed."""
    text, found = " ".join(sorted(boards)), _REPLICA.c.partner == partner
    if work.run(select(_REPLICA.c.boards).where(found)).scalar_one() == text:
        return False
    work.run(update(_REPLICA).where(found).values(boards=text, size=0))
    return True


def set_tried(work: Work, partner: str, at: Instant, trouble: str) -> None:
    """Keep when a partner was last asked, and what came in the way."""
    values: dict[str, Any] = {"tried_at": at, "trouble": trouble}
    if not trouble:
        values |= {"heard_at": at, "doubted_at": None}
    work.run(update(_REPLICA).where(_REPLICA.c.partner == partner).values(values))


def set_doubted(work: Work, partner: str, at: Instant) -> None:
    """Keep when something of a partner did not verify, if nothing did not before."""
    these = (_REPLICA.c.partner == partner) & _REPLICA.c.doubted_at.is_(None)
    work.run(update(_REPLICA).where(these).values(doubted_at=at))


def forget_doubt(work: Work, partner: str) -> None:
    """Let what does not verify of a partner begin its day anew."""
    work.run(update(_REPLICA).where(_REPLICA.c.partner == partner).values(doubted_at=None))


def count_entries(work: Work, partner: str, day: date, more: int) -> int:
    """Count what a partner brings on a day; return how much that is by now."""
    these = _REPLICA.c.partner == partner
    row = work.run(select(_REPLICA.c.counted_on, _REPLICA.c.entries).where(these)).one()
    count = more + (row.entries if row.counted_on == day else 0)
    work.run(update(_REPLICA).where(these).values(counted_on=day, entries=count))
    return int(count)


def add_copied(work: Work, partner: str, more: int) -> None:
    """Count what was copied of a partner's files."""
    these = _REPLICA.c.partner == partner
    work.run(update(_REPLICA).where(these).values(copied_bytes=_REPLICA.c.copied_bytes + more))


def put_move(work: Work, former: str, takeover: Takeover, digest: bytes) -> None:
    """Keep up to where the log of a board's former home counts: the last time that it had it."""
    values = {
        "board": takeover.board,
        "former": former,
        "origin": takeover.origin,
        "size": takeover.size,
        "root_hash": takeover.root,
        "digest": digest,
    }
    work.run(delete(_MOVED).where(_MOVED.c.board == takeover.board, _MOVED.c.former == former))
    work.run(insert(_MOVED).values(values))


def list_final_sizes(work: Work, former: str) -> dict[str, int]:
    """Return up to where a log counts for boards that are no longer at home there."""
    return {board: size for board, (size, _) in list_finals(work, former).items()}


def list_finals(work: Work, former: str) -> dict[str, tuple[int, str]]:
    """Return the last tree of a log that counts, size and root, for boards that left it."""
    query = select(_MOVED.c.board, _MOVED.c.size, _MOVED.c.root_hash)
    found = work.run(query.where(_MOVED.c.former == former))
    return {row.board: (row.size, row.root_hash) for row in found}


def was_taken_over(work: Work, board: str) -> bool:
    """Return whether a board has another home than the one that founded it."""
    query = select(_MOVED.c.board).where(_MOVED.c.board == board).limit(1)
    return work.run(query).first() is not None


def list_moves(work: Work, board: str) -> dict[bytes, str]:
    """Return by the records that moved a board the homes that it left."""
    query = select(_MOVED.c.digest, _MOVED.c.former).where(_MOVED.c.board == board)
    return {row.digest: row.former for row in work.run(query)}


def add_carried(work: Work, carried: Carried) -> None:
    """Keep a record until it was handed over."""
    values = {
        "digest": carried.digest,
        "partner": carried.partner,
        "raw": carried.raw,
        "author": carried.author,
        "day": carried.day,
    }
    work.run(insert(_CARRIED).values(values))


def find_carried(work: Work, digest: bytes) -> Carried | None:
    """Return a record that is on its way, or was refused, or None."""
    row = work.run(select(_CARRIED).where(_CARRIED.c.digest == digest)).one_or_none()
    return None if row is None else _carried(row)


def list_carried(work: Work, partner: str, most: int) -> list[Carried]:
    """Return what is to be handed over to a partner: what was tried less often comes first."""
    query = (
        select(_CARRIED)
        .where(
            _CARRIED.c.partner == partner, _CARRIED.c.receipt.is_(None), _CARRIED.c.refusal == ""
        )
        .order_by(_CARRIED.c.tries, _CARRIED.c.day, _CARRIED.c.digest)
        .limit(most)
    )
    return [_carried(row) for row in work.run(query)]


def list_promised(work: Work, partner: str) -> list[Carried]:
    """Return what a partner has given a receipt for, and its log has not shown yet."""
    query = select(_CARRIED).where(_CARRIED.c.partner == partner, _CARRIED.c.receipt.is_not(None))
    return [_carried(row) for row in work.run(query)]


def list_undelivered(work: Work, partner: str) -> list[Carried]:
    """Return all that a partner has not refused and its log has not shown."""
    query = select(_CARRIED).where(_CARRIED.c.partner == partner, _CARRIED.c.refusal == "")
    return [_carried(row) for row in work.run(query.order_by(_CARRIED.c.day, _CARRIED.c.digest))]


def set_delivered(work: Work, digest: bytes, receipt: bytes) -> None:
    """Keep the home's receipt."""
    found = _CARRIED.c.digest == digest
    work.run(update(_CARRIED).where(found).values(receipt=receipt))


def set_partner(work: Work, digest: bytes, partner: str) -> None:
    """Keep that a record is to be handed to another partner than before."""
    found = _CARRIED.c.digest == digest
    work.run(update(_CARRIED).where(found).values(partner=partner, tries=0))


def add_try(work: Work, digest: bytes) -> None:
    """Keep that a partner had no answer to a record."""
    found = _CARRIED.c.digest == digest
    work.run(update(_CARRIED).where(found).values(tries=_CARRIED.c.tries + 1))


def set_refused(work: Work, digest: bytes, refusal: str) -> None:
    """Keep why the home did not take a record in."""
    found = _CARRIED.c.digest == digest
    work.run(update(_CARRIED).where(found).values(refusal=refusal))


def forget_carried(work: Work, digests: Collection[bytes]) -> None:
    """Keep nothing more of what the home's log shows now."""
    work.run(delete(_CARRIED).where(_CARRIED.c.digest.in_(list(digests))))


def forget_erased(work: Work) -> None:
    """Keep no bytes of what this work erases, whether they were handed over or not."""
    if work.erased:
        work.run(delete(_CARRIED).where(_CARRIED.c.digest.in_(work.erased)))


def _carried(row: Row[Any]) -> Carried:
    return Carried(
        digest=row.digest,
        partner=row.partner,
        raw=row.raw,
        author=row.author,
        day=row.day,
        receipt=row.receipt,
        refusal=row.refusal,
        tries=row.tries,
    )


def _partner(row: Row[Any]) -> Partner:
    return Partner(
        did=row.did,
        name=row.name,
        url=row.url,
        log_origin=row.log_origin,
        log_key=row.log_key,
        witness_key=row.witness_key,
        met_on=row.met_on,
        state=PartnerState(row.state),
        why=row.why,
        follows_rules=row.follows_rules,
        most_entries=row.most_entries,
        most_bytes=row.most_bytes,
    )


def _grants(rows: Iterable[Row[Any]]) -> list[Grant]:
    found = []
    for offer, some in groupby(rows, key=lambda row: bytes(row.offer)):
        lines = list(some)
        accepted = [line for line in lines if line.accepted_on is not None]
        first = (accepted or lines)[0]
        found.append(
            Grant(
                offer=offer,
                record_id=first.record_id,
                giver=first.giver,
                taker=first.taker,
                boards={line.board: _rights(line) for line in accepted or lines},
                until=first.until,
                accepted_on=first.accepted_on,
                ended_on=first.ended_on,
            )
        )
    return found


def _rights(row: Row[Any]) -> frozenset[Right]:
    return frozenset(map(Right, row.rights.split()))
