"""Partners: met by their keys, granted rights by records, frozen and ended."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from app import forum, identity, records, tlog
from app.db import Work
from app.kernel.clock import day_of
from app.records import VerifiedRecord, sign_record
from app.records.codec import actor_did
from app.records.errors import WrongSignerError
from app.web.at_home import PARTNERS

from . import codec, flags, store
from .errors import (
    GrantUnfitError,
    NotGrantedError,
    PartnerFrozenError,
    PartnerKnownError,
    UnknownPartnerError,
)
from .model import Flag, Grant, Partner, PartnerState, Right

AT_ONCE: Final = tlog.Lane(name="succession", tick_s=1)
"""Who keeps a board is nobody's secret: partners hear of it without waiting for company."""
MOST_GRANTED: Final = 10_000
"""Boards that one instance ever offered: what is granted is looked through in every round."""


def accept_offer(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in the rights that an instance offers another over its own boards.

    `instance_did` is the home whose log this is: of this instance, or of a partner's replica.

    Raises:
        WrongSignerError: another key than that home's signed it.
        GrantUnfitError: it offers itself something, or what is not its own, or too often.

    """
    if record.signer != instance_did:
        raise WrongSignerError("another key than the instance's")
    grant = codec.decode_offer(record)
    if grant.taker == grant.giver:
        raise GrantUnfitError("an instance needs no rights over its own boards")
    for did in grant.boards:
        board = forum.find_board(work, did=did)
        # Of a partner's log, a board that is not here yet is shown only once this is accepted.
        is_known = board is not None or record.digest not in work.logged
        if is_known and (board is None or board.home != instance_did):
            raise GrantUnfitError("the board's home is elsewhere")
    if store.count_granted(work, grant.giver) + len(grant.boards) > MOST_GRANTED:
        raise GrantUnfitError("more offers than an instance makes")
    store.add_grant(work, grant)
    work.changed.add(PARTNERS)
    return tlog.HOUSE_LANE


def accept_acceptance(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Let offered rights hold: the instance that they were offered to signed that it takes them.

    Raises:
        WrongSignerError: another key than that instance's signed it.
        GrantUnfitError: nothing of the kind was offered, or it was ended.

    """
    offer, boards = codec.decode_accepted(record)
    grant = _require_grant(work, offer, record)
    if record.signer != instance_did or record.signer != grant.taker:
        raise WrongSignerError("another instance than the one that was offered this")
    if grant.ended_on is not None or not boards <= grant.boards.keys():
        raise GrantUnfitError("this was not offered, or it ended")
    store.accept_grant(work, offer, boards, record.day)
    work.changed.add(PARTNERS)
    return tlog.HOUSE_LANE


def accept_end(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """End what was offered, at once, for good.

    Raises:
        WrongSignerError: neither giver nor taker signed it.
        GrantUnfitError: nothing of the kind was offered.

    """
    grant = _require_grant(work, codec.decode_offered(record), record)
    if record.signer != instance_did or record.signer not in {grant.giver, grant.taker}:
        raise WrongSignerError("neither of the two instances")
    store.end_grant(work, grant.offer, record.day)
    work.changed.add(PARTNERS)
    return tlog.HOUSE_LANE


def accept_card(work: Work, record: VerifiedRecord, *, partner: str) -> tlog.Lane:
    """Take in a partner's new card: its onion address and its witness's key may have changed.

    Raises:
        WrongSignerError: another key than the partner's signed it.
        PartnerKnownError: it names another log than the one that was met.

    """
    known = get_partner(work, partner)
    if record.signer != known.did:
        raise WrongSignerError("another key than the instance's")
    met = read_partner(record, name=known.name, url=known.url, met_on=known.met_on)
    if (met.log_origin, met.log_key) != (known.log_origin, known.log_key):
        raise PartnerKnownError("the card names another log")
    store.put_partner(work, replace(known, witness_key=met.witness_key))
    work.changed.add(PARTNERS)
    return tlog.HOUSE_LANE


def read_partner(card: VerifiedRecord, *, name: str, url: str, met_on: date) -> Partner:
    """Return the instance that a verified card is of, as a partner to be met."""
    document = card.document
    return Partner(
        did=card.signer,
        name=name,
        url=url,
        log_origin=document["urn:goftogu:logOrigin"],
        log_key=document["urn:goftogu:logKey"],
        witness_key=document["urn:goftogu:witnessKey"],
        met_on=met_on,
        state=PartnerState.ACTIVE,
    )


def meet(work: Work, partner: Partner) -> None:
    """Keep a partner whose key card was compared by people; what was settled with it stays.

    Raises:
        PartnerKnownError: another key has this name here, or this log; or this one another name,
            which addresses of its boards and the folder with its copy begin with.

    """
    for known in (
        store.find_partner(work, name=partner.name),
        store.find_partner(work, origin=partner.log_origin),
    ):
        if known is not None and known.did != partner.did:
            raise PartnerKnownError("another host has this name or this log here")
    before = store.find_partner(work, did=partner.did)
    if before is not None and before.state in {PartnerState.FROZEN, PartnerState.RETIRED}:
        raise PartnerFrozenError(_say_why(before))
    if before is not None and before.name != partner.name:
        raise PartnerKnownError(f"this host is called {before.name} here, and so are its boards")
    if before is not None:
        # Who is met again, at another address say, is trusted no further than before.
        partner = replace(
            partner,
            follows_rules=before.follows_rules,
            most_entries=before.most_entries,
            most_bytes=before.most_bytes,
        )
    store.put_partner(work, partner)
    if before is not None and before.state is PartnerState.ENDED:
        # Nobody looked meanwhile: a day of it begins with the next file that does not hold.
        store.forget_doubt(work, partner.did)
    work.changed.add(PARTNERS)


def get_partner(work: Work, name: str) -> Partner:
    """Return a partner by this host's name for it, or by its key.

    Raises:
        UnknownPartnerError: there is none.

    """
    found = store.find_partner(work, did=name) if name.startswith("did:") else None
    found = found or store.find_partner(work, name=name)
    if found is None:
        raise UnknownPartnerError("no partner is called so here: see `goftogu partner list`")
    return found


def require_active(partner: Partner) -> Partner:
    """Return a partner that is believed.

    Raises:
        PartnerFrozenError: it is not, or no longer a partner.

    """
    if partner.state is not PartnerState.ACTIVE:
        raise PartnerFrozenError(_say_why(partner))
    return partner


def settle(
    work: Work,
    partner: Partner,
    *,
    follows_rules: bool | None = None,
    most_entries: int | None = None,
    most_bytes: int | None = None,
) -> None:
    """Set how far a partner is followed and how much it may bring; None leaves what is set.

    What was hidden or shown before stays as it is.
    """
    changed = replace(
        partner,
        follows_rules=partner.follows_rules if follows_rules is None else follows_rules,
        most_entries=partner.most_entries if most_entries is None else most_entries,
        most_bytes=partner.most_bytes if most_bytes is None else most_bytes,
    )
    store.put_partner(work, changed)


def freeze(work: Work, partner: Partner, why: str, *, evidence: bytes = b"") -> None:
    """Believe a partner no longer; what was replayed stays as it is.

    `why` begins with the error's code. With `evidence`, the SHA-256 of what was kept, our log will
    say it: in the same transaction it is written down to be signed (`say_flags`).
    """
    # What the operator set while it was looked at stays.
    known = get_partner(work, partner.did)
    store.put_partner(work, replace(known, state=PartnerState.FROZEN, why=why))
    if evidence:
        code, day = why.partition(":")[0], day_of(work.now)
        unsaid = Flag(by="", about=partner.did, code=code, evidence=evidence, day=day)
        flags.add_flag(work, unsaid)
    work.changed.add(PARTNERS)


def accept_flag(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in what the home whose log this is caught another instance at.

    Nobody is frozen by it: each instance believes what it has verified itself.

    Raises:
        WrongSignerError: another key than that home's signed it.

    """
    if record.signer != instance_did:
        raise WrongSignerError("another key than the instance's")
    flags.add_flag(work, codec.decode_flag(record))
    work.changed.add(PARTNERS)
    return tlog.HOUSE_LANE


def accept_retirement(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in that the instance whose log this is wound itself down: nothing follows from it.

    Its boards are whose the boards' own keys said; `urn:goftogu:heirs` only tells readers.

    Raises:
        WrongSignerError: another key than that instance's signed it, or it is about another.

    """
    if record.signer != instance_did or actor_did(record.document["object"]) != instance_did:
        raise WrongSignerError("another key than the instance's")
    partner = store.find_partner(work, did=instance_did)
    if partner is not None and partner.state is not PartnerState.FROZEN:
        why = f"It retired on {record.day.isoformat()}."
        store.put_partner(work, replace(partner, state=PartnerState.RETIRED, why=why))
    work.changed.add(PARTNERS)
    tlog.open_lane(work, AT_ONCE)
    return AT_ONCE


def retire(work: Work, door: records.Door, heirs: Mapping[str, str]) -> None:
    """Sign that this instance winds itself down, and hand it in.

    `heirs` are the boards that are at home here, each with who is to take it over, by their keys.
    """
    _submit(work, door, "Delete", codec.retirement_members(door.instance_did, heirs))


def say_flags(work: Work, door: records.Door) -> int:
    """Sign what partners were caught at and our log does not say yet; return how often."""
    unsaid = flags.take_unsaid(work)
    for each in unsaid:
        _submit(work, door, "Flag", codec.flag_members(each.about, each.code, each.evidence))
    return len(unsaid)


def end(work: Work, door: records.Door, partner: Partner, why: str) -> None:
    """End a partnership: every grant between the two, the pulling and its witness, at once.

    The worker lets our witness forget the partner's log (`Watcher.arrange`).
    """
    for grant in store.list_grants(work, partner.did):
        if grant.ended_on is None and door.instance_did in {grant.giver, grant.taker}:
            _submit(work, door, "Undo", codec.end_members(grant, why))
    for witness in tlog.list_witnessed(work):
        if witness.url == f"{partner.url}/witness":
            tlog.stop_asking(work, witness.name)
    store.put_partner(work, replace(partner, state=PartnerState.ENDED, why=why))
    work.changed.add(PARTNERS)


def end_board(
    work: Work, door: records.Door, partner: Partner, board: str, why: str
) -> frozenset[str]:
    """End every right between the two over one board (did:key), at once; the partnership goes on.

    Returns the other boards that the same offers named: rights over them ended as well.

    Raises:
        NotGrantedError: there is no such right, accepted or not.

    """
    ended = [
        grant
        for grant in store.list_grants(work, partner.did)
        if board in grant.boards
        and grant.ended_on is None
        and door.instance_did in {grant.giver, grant.taker}
    ]
    if not ended:
        raise NotGrantedError("neither host has a right over this board of the other's")
    for grant in ended:
        _submit(work, door, "Undo", codec.end_members(grant, why))
    return frozenset(did for grant in ended for did in grant.boards) - {board}


def offer(
    work: Work,
    door: records.Door,
    partner: Partner,
    boards: Mapping[str, frozenset[Right]],
    until: date,
) -> None:
    """Sign what a partner may do with boards of this instance, and hand it in.

    Raises:
        PartnerFrozenError, GrantUnfitError: see `require_active`, `accept_offer`.

    """
    require_active(partner)
    _submit(work, door, "Offer", codec.offer_members(partner.did, boards, until))


def accept(work: Work, door: records.Door, partner: Partner) -> list[Grant]:
    """Accept all that a partner offers and this instance has not answered; return that.

    What has passed its last day is nobody's to accept any more.

    Raises:
        PartnerFrozenError: see `require_active`.

    """
    require_active(partner)
    waiting = [
        grant
        for grant in store.list_grants(work, partner.did)
        if grant.giver == partner.did
        and grant.taker == door.instance_did
        and grant.accepted_on is None
        and grant.ended_on is None
        and day_of(work.now) < grant.until
    ]
    for grant in waiting:
        _submit(work, door, "Accept", codec.accept_members(grant))
    return waiting


def require_right(
    work: Work, *, giver: str, taker: str, board: str, right: Right
) -> frozenset[Right]:
    """Require that an instance may do something with another's board today; return all it may.

    Raises:
        NotGrantedError: it may not.

    """
    held = store.list_rights(work, giver=giver, taker=taker, day=day_of(work.now))
    found = held.get(board, frozenset[Right]())
    if right not in found:
        raise NotGrantedError(f"{right} on this board")
    return found


def _say_why(partner: Partner) -> str:
    why = partner.why.rstrip(".") or "no longer a partner"
    return f"nothing is exchanged with this partner, it is {partner.state.value} ({why})"


def _require_grant(work: Work, offered: bytes, record: VerifiedRecord) -> Grant:
    grant = store.find_grant(work, offered)
    if grant is None or grant.record_id != record.document["object"]["id"]:
        raise GrantUnfitError("nothing of the kind was offered")
    return grant


def _submit(work: Work, door: records.Door, wire_type: str, members: dict[str, object]) -> None:
    nonce, day = identity.encode_id(work), day_of(work.now)
    door.submit(work, sign_record(door.key, wire_type, members, nonce=nonce, day=day))
