"""Records for a partner's board that are handed in here, and what a partner hands in for its own.

    handed in here ─► decided as at home, kept, unseen ─► handed over: the same bytes, our name
        the home: our right to carry ─► its door ─► a receipt that names us ─► its log ─► shown here

The two instances know each other by their keys; a reader is known to neither by anything but what
was signed.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from app import forum, identity, records
from app.crypto.ed25519 import SigningKey, verify_signature
from app.crypto.multikey import (
    decode_did,
    decode_multibase,
    encode_did,
    encode_digest,
    encode_multibase,
)
from app.db import Database, Work
from app.federation.bundles.bringing import order_by_needs
from app.identity.codec import decode_card
from app.kernel import strict_json
from app.kernel.clock import DAY_S, Instant
from app.kernel.errors import AppError, MalformedError, VerificationError
from app.records import Door, Elsewhere, Owner, Receipt, VerifiedRecord, parse_record, verify_record
from app.records.codec import HOME, actor_did
from app.web.addresses import RefusedError
from app.web.error_pages import known_codes

from . import store
from .errors import NotGrantedError
from .model import Carried, Partner, Right
from .quotas import count_brought
from .service import get_partner, require_active, require_right

MOST_CARDS: Final = 64
"""A card for each change of keys or name: with the largest record they fit into one body."""
MOST_AT_ONCE: Final = 200
_MOST_MISSED: Final = 3
"""After so many in a row that do not arrive, the others would not either."""
_MOST_WORDS: Final = 300
_LATEST_S: Final = 7 * DAY_S
"""A tick that an author chose to wait for comes within three days: a later promise is none."""
_MOST_TRIES: Final = 2
_NOT_YET: Final = frozenset({"unknown-post", "unknown-key", "stale-revision"})
"""Why a home refuses what needs something that is perhaps still on its way."""
_CARRY: Final = b"goftogu/v1/carry\n"

Post = Callable[[str, bytes], bytes]
"""Hands bytes in at a path of a partner, and returns the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedHanded:
    """A record as somebody hands it over who says to be a partner."""

    by: str
    is_answered: bool
    consent: bytes
    record: bytes
    cards: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A record as a partner hands it over, verified. Made by `verify_handed` only."""

    by: str
    is_answered: bool
    """Whether the partner answers for its author."""
    record: VerifiedRecord
    cards: tuple[VerifiedRecord, ...]
    """Of its author: the home may not know them yet."""


def find_elsewhere(
    work: Work,
    record: VerifiedRecord,
    *,
    own_did: str,
    owners_of: Callable[[Partner], Mapping[str, Owner]],
) -> Elsewhere | None:
    """Return where a record belongs whose board has its home at a partner, or None.

    Raises:
        UnknownPartnerError, PartnerFrozenError: that home is no partner now.
        NotGrantedError: it does not let us carry anything there.

    """
    if "audience" not in record.document:
        return None
    board = forum.find_board(work, did=actor_did(record.document["audience"]))
    if board is None or board.home == own_did:
        return None
    partner = require_active(get_partner(work, board.home))
    require_right(work, giver=partner.did, taker=own_did, board=board.did, right=Right.CARRY)

    def keep(work: Work, record: VerifiedRecord) -> None:
        store.add_carried(
            work,
            Carried(
                digest=record.digest,
                partner=partner.did,
                raw=record.raw,
                author=record.signer,
                day=record.day,
            ),
        )

    return Elsewhere(home=partner.did, owners=owners_of(partner), keep=keep)


def deliver(db: Database, key: SigningKey, partner: Partner, post: Post) -> int:
    """Hand over what waits for a partner; return how much it took.

    What it refuses is kept with the reason. What it cannot take now is tried again after what was
    tried less often, so that nothing waits for one that never arrives.

    Raises:
        AppError: it does not answer, or with something else than its promise of this.

    """
    with db.read() as work:
        waiting = _in_order(store.list_carried(work, partner.did, MOST_AT_ONCE))
        bodies = [_hand_over(work, key, partner, each) for each in waiting]
        latest = Instant(work.now + _LATEST_S)
    taken, missed = 0, 0
    trouble: AppError | None = None
    for each, body in zip(waiting, bodies, strict=True):
        try:
            _require_promise(raw := post("api/v1/carried", body), partner, each, latest)
        except RefusedError as error:
            said = _say_refusal(error)
            with db.write() as work:
                if said in _NOT_YET and each.tries < _MOST_TRIES:
                    store.add_try(work, each.digest)
                else:
                    store.set_refused(work, each.digest, said)
        except AppError as error:
            trouble, missed = error, missed + 1
            with db.write() as work:
                store.add_try(work, each.digest)
            if missed == _MOST_MISSED:
                break
        else:
            taken, missed = taken + 1, 0
            with db.write() as work:
                store.set_delivered(work, each.digest, raw)
    if trouble is not None:
        raise trouble
    return taken


def _in_order(waiting: list[Carried]) -> list[Carried]:
    """Return records so that each comes after those that it answers or changes."""
    by_bytes = {each.raw: each for each in waiting}
    return [by_bytes[raw] for raw in order_by_needs([each.raw for each in waiting])]


def _require_promise(raw: bytes, partner: Partner, carried: Carried, latest: Instant) -> None:
    receipt = records.verify_receipt(raw)
    named = receipt["urn:goftogu:digest"]
    if actor_did(receipt["attributedTo"]) != partner.did or named != encode_digest(carried.digest):
        raise VerificationError("the receipt is another instance's, or of another record")
    if HOME in receipt:
        # Its board has moved on: what it hands over its log will never hold.
        raise VerificationError("the receipt promises to hand it on, and not to log it")
    if records.promised_by(receipt) > latest:
        # Nobody could ever say that it was broken.
        raise VerificationError("the receipt promises a day that is too far away")


def _say_refusal(error: AppError) -> str:
    """Return the code of why a home refused, which pages say in any language, or its words."""
    problem = error.problem if isinstance(error, RefusedError) else error.code
    return problem if problem in known_codes() else str(error)[:_MOST_WORDS] or error.code


def _hand_over(work: Work, key: SigningKey, partner: Partner, each: Carried) -> bytes:
    is_answered = not identity.is_on_probation(work, each.author)
    return encode_handed(key, partner.did, each, _cards_of(work, each), is_answered=is_answered)


def encode_handed(
    key: SigningKey,
    home: str,
    carried: Carried,
    cards: tuple[bytes, ...],
    *,
    is_answered: bool = False,
) -> bytes:
    """Return a record as it is handed over: its bytes, its author's cards, our name and consent.

    `is_answered` says that somebody answers for its author here; the consent covers it.
    """
    consent = key.sign(_consent_bytes(carried.digest, home, is_answered=is_answered))
    return strict_json.encode(
        {
            "answered": is_answered,
            "by": encode_did(key.public),
            "cards": [_encode(card) for card in cards],
            "consent": encode_multibase(consent),
            "record": _encode(carried.raw),
        }
    )


def parse_handed(raw: bytes) -> UnverifiedHanded:
    """Read what says to be of a partner.

    Raises:
        MalformedError: it is something else.

    """
    document = strict_json.decode(raw)
    try:
        handed = UnverifiedHanded(
            by=encode_did(decode_did(document["by"])),
            is_answered=document["answered"] is True,
            consent=decode_multibase(document["consent"], 64),
            record=_decode(document["record"]),
            cards=tuple(map(_decode, document["cards"][: MOST_CARDS + 1])),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedError("not a record as partners hand them over") from error
    if len(handed.cards) > MOST_CARDS:
        raise MalformedError("more cards than an author needs")
    return handed


def verify_handed(handed: UnverifiedHanded, own_did: str) -> Handed:
    """Return what a partner hands over, verified; who it is has to be known already.

    Raises:
        MalformedError, VerificationError: it is something else, or does not hold.

    """
    digest = sha256(handed.record).digest()
    said = _consent_bytes(digest, own_did, is_answered=handed.is_answered)
    verify_signature(decode_did(handed.by), said, handed.consent)
    record = verify_record(parse_record(handed.record))
    cards = tuple(verify_record(parse_record(card)) for card in handed.cards)
    if any(card.type != "Person" for card in cards):
        raise MalformedError("not the cards of an author")
    return Handed(by=handed.by, is_answered=handed.is_answered, record=record, cards=cards)


def take_handed(work: Work, door: Door, handed: Handed) -> Receipt:
    """Take in what a partner carried here; the receipt names it.

    Raises:
        UnknownPartnerError, PartnerFrozenError, NotGrantedError: it may not carry anything here.
        QuotaError: it brought as much as it may on one day.
        AppError: the door refuses the record.

    """
    partner = require_active(get_partner(work, handed.by))
    _require_of_author(handed)
    if "audience" not in handed.record.document:
        raise NotGrantedError("a partner carries what is for a board")
    board = actor_did(handed.record.document["audience"])
    held = require_right(
        work, giver=door.instance_did, taker=partner.did, board=board, right=Right.CARRY
    )
    count_brought(work, partner, 1)
    if handed.is_answered and Right.WRITE in held:
        work.answered.add(handed.record.digest)
    for card in handed.cards:
        # An older card than we have is refused, and no matter. What is new here is counted.
        try:
            _, is_new = door.take(work, card)
        except AppError:
            continue
        count_brought(work, partner, int(is_new))
    return door.accept(work, handed.record, relay=partner.did)


def _require_of_author(handed: Handed) -> None:
    """Refuse cards of others: whom a partner brings, it answers for."""
    cards = [decode_card(card) for card in handed.cards]
    keys = {key.did for card in cards for key in card.keys} | {card.root for card in cards}
    if cards and (len({card.root for card in cards}) > 1 or handed.record.signer not in keys):
        raise NotGrantedError("a partner brings the cards of the author alone")


def _cards_of(work: Work, carried: Carried) -> tuple[bytes, ...]:
    """Return the author's cards, the first ones first: each is built on the one before."""
    root = identity.find_hand(work, carried.author)
    found = records.list_by_signers(work, [root], "Person")
    return tuple(order_by_needs([raw for _, raw in found]))[:MOST_CARDS]


def _consent_bytes(digest: bytes, home: str, *, is_answered: bool) -> bytes:
    said = b"answered" if is_answered else b"unanswered"
    return _CARRY + digest.hex().encode() + b"\n" + home.encode() + b"\n" + said


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
