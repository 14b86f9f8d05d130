"""Who gives ballots: one issuer for each conversation and kind, and one ballot for each persona.

What stands about the giving is an HMAC under a key that is not in the database (ADR-0044).
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NamedTuple

from app.crypto import blind
from app.crypto.ed25519 import SigningKey
from app.crypto.sealing import derive_key
from app.db import Work
from app.identity import store
from app.identity.errors import (
    BallotKindError,
    BallotsClosedError,
    BallotTakenError,
    MayNotTakeBallotError,
)
from app.identity.model import KeyState
from app.identity.model.ballots import BallotIssuer, BallotKind

from .invitations import is_on_probation
from .issuing import seal_key, sign_blinded
from .limits import find_limit, require_unlimited

_KEY_CONTEXT: Final = "goftogu/v1/ballot-key\0"
_MARKS_CONTEXT: Final = "goftogu/v1/ballot-given\0"


class SignedBallot(NamedTuple):
    """A right to a ballot, signed blindly, that nobody was given yet."""

    conversation: str
    kind: BallotKind
    blinded: bytes
    answer: bytes


def make_ballot_keys() -> dict[BallotKind, blind.BlindSigningKey]:
    """Return new keys for a conversation's issuers. Takes its time: no transaction is open."""
    return {kind: blind.make_key() for kind in BallotKind}


def open_ballots(
    work: Work,
    instance: SigningKey,
    conversation: str,
    keys: Mapping[BallotKind, blind.BlindSigningKey],
) -> bool:
    """Give a conversation its issuers, unless it has any; return whether they were given.

    `keys` come from `make_ballot_keys`, and the conversation's record names their digests.
    """
    if store.list_ballot_issuers(work, conversation):
        return False
    for kind in BallotKind:
        box = seal_key(work, instance, keys[kind], _context_of(conversation, kind))
        store.add_ballot_issuer(work, conversation, kind, keys[kind].public.raw, box)
    return True


def close_ballots(work: Work, conversation: str) -> None:
    """Give and let in no more: private keys and the marks of who was given one are destroyed."""
    store.remove_ballot_boxes(work, conversation)
    # They must leave the write-ahead log as well.
    work.deleted.append("ballot_issuer")


def ballot_keys(work: Work, conversation: str) -> dict[BallotKind, str]:
    """Return the digests of a conversation's issuers' keys, for its signed record."""
    found = store.list_ballot_issuers(work, conversation)
    return {issuer.kind: issuer.key.digest for issuer in found}


def find_ballot_issuer(work: Work, conversation: str, kind: BallotKind) -> BallotIssuer | None:
    """Return who gives the ballots of a kind, whose key a request is blinded for, or None."""
    found = store.list_ballot_issuers(work, conversation)
    return next((issuer for issuer in found if issuer.kind is kind), None)


def require_ballot_issuer(
    work: Work, conversation: str, kind: BallotKind, named: Mapping[BallotKind, str]
) -> BallotIssuer:
    """Return an issuer whose key the conversation's record names.

    Raises:
        BallotsClosedError: there is none, or the record names another.

    """
    issuer = find_ballot_issuer(work, conversation, kind)
    if issuer is None or named.get(kind) != issuer.key.digest:
        raise BallotsClosedError("no ballots with a key that the conversation's record names")
    return issuer


def kind_of(work: Work, root: str) -> BallotKind | None:
    """Return the kind of ballots that a persona may take; None if it may take none at all.

    This is the one place that decides who may: whatever bans a persona is asked about here.
    """
    is_in_use = any(state == KeyState.ACTIVE for *_, state in store.list_keys(work, root))
    if not is_in_use or find_limit(work, root) is not None:
        return None
    return BallotKind.UNVOUCHED if is_on_probation(work, root) else BallotKind.VOUCHED


def sign_ballot(  # noqa: PLR0913 (who asks for what, of whom, and what was said of it)
    work: Work,
    instance: SigningKey,
    root: str,
    conversation: str,
    kind: BallotKind,
    blinded: bytes,
    *,
    named: Mapping[BallotKind, str],
    is_invited: bool = False,
) -> SignedBallot:
    """Sign a blinded right to a ballot; nobody is given the answer before `give_ballot`.

    It only reads, so that nobody waits for a turn to write. A crash after it leaves nothing: the
    answer was in memory alone, and the same request has the same one again.

    Args:
        work: a transaction; it may be one that only reads.
        instance: seals the issuers' keys and makes the marks.
        root: of the persona.
        conversation: its id.
        kind: of which issuer the request is.
        blinded: from `derive_request`.
        named: what the conversation's signed record says of issuers' keys, as `ballot_keys`:
            with a key that not everybody sees there, nothing is signed.
        is_invited: whether the conversation itself asked this persona to vote.

    Raises:
        PersonaLimitedError: the persona may read only.
        BallotsClosedError: the conversation has no issuers, no more, or others than its record
            names.
        MayNotTakeBallotError: the persona is revoked or erased.
        BallotKindError: the persona takes ballots of another kind.
        BallotTakenError: it was given its ballot for another request.
        MalformedError: not a blinded message for this key; nothing is remembered.

    """
    given = _require_giving(work, instance, root, conversation, kind, blinded, named, is_invited)
    context = _context_of(conversation, kind)
    answer = sign_blinded(work, instance, given.box, blinded, context)
    return SignedBallot(conversation, kind, blinded, answer)


def give_ballot(
    work: Work,
    instance: SigningKey,
    root: str,
    signed: SignedBallot,
    *,
    named: Mapping[BallotKind, str],
    is_invited: bool = False,
) -> bytes:
    """Remember that `root` has its one ballot, and return the answer; it leaves after the commit.

    Whoever was answered gets the same answer to the same request again, and no other: a program
    whose persona is of another kind by now asks with the kind that it asked with first. What was
    true when it was signed is asked anew, in the transaction that remembers: of two requests that
    were signed at once the second is refused here, and so is one whose conversation has closed.

    Raises:
        PersonaLimitedError, BallotsClosedError, MayNotTakeBallotError, BallotKindError,
        BallotTakenError: see `sign_ballot`.

    """
    conversation, kind, blinded, answer = signed
    given = _require_giving(work, instance, root, conversation, kind, blinded, named, is_invited)
    if given.is_new:
        store.add_ballot_given(work, conversation, given.mark, given.request)
        # The write-ahead log would hold the mark beside the ballot that is let in next.
        work.deleted.append("ballot_given")
    return answer


class _Giving(NamedTuple):
    box: bytes
    mark: bytes
    request: bytes
    is_new: bool


def _require_giving(  # noqa: PLR0913, PLR0917 (as `sign_ballot`)
    work: Work,
    instance: SigningKey,
    root: str,
    conversation: str,
    kind: BallotKind,
    blinded: bytes,
    named: Mapping[BallotKind, str],
    is_invited: bool,  # noqa: FBT001
) -> _Giving:
    """Return the issuer's box and what stands for this giving, if it may be."""
    require_unlimited(work, root)
    issuer = require_ballot_issuer(work, conversation, kind, named)
    box = store.find_ballot_box(work, conversation, kind)
    if box is None:
        raise BallotsClosedError("the conversation gives no ballots any more")
    own = kind_of(work, root)
    if own is None:
        raise MayNotTakeBallotError("this persona may take no ballot")
    marks_key = derive_key(instance.seed(), _MARKS_CONTEXT + conversation)
    mark = hmac.digest(marks_key, b"root\0" + root.encode(), sha256)
    request = hmac.digest(marks_key, b"request\0" + issuer.key.raw + blinded, sha256)
    given = store.find_ballot_request(work, conversation, mark)
    if given is None and kind is not (BallotKind.INVITED if is_invited else own):
        raise BallotKindError("a ballot of another kind than the persona's")
    if given is not None and not hmac.compare_digest(given, request):
        raise BallotTakenError("the persona has its ballot already")
    return _Giving(box, mark, request, given is None)


def even_out_ballots(work: Work) -> None:
    """Write all marks of given ballots anew: PostgreSQL says of each which transaction wrote it."""
    store.even_out_ballots_given(work)


def _context_of(conversation: str, kind: BallotKind) -> str:
    return f"{_KEY_CONTEXT}{conversation}\0{kind}"
