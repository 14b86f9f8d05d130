"""Ballots: names under which personas vote in one conversation, joined to nobody here (ADR-0044).

A ballot follows from a posting key and a conversation, so that its voter has it again and nothing
is stored for it. It is let in by a blind token, one for each persona and conversation. What stands
about the giving is an HMAC under a key outside the database; between it and the ballot stands a
signature that its issuer has not seen.
"""

import hmac
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Final, NamedTuple

from app.crypto import blind
from app.crypto.ed25519 import SigningKey
from app.crypto.sealing import derive_key
from app.db import Work
from app.identity import store
from app.identity.codec.tokens import ballot_message
from app.identity.errors import (
    BallotKindError,
    BallotsClosedError,
    BallotSpentError,
    BallotTakenError,
    BallotUnfitError,
    MayNotTakeBallotError,
)
from app.identity.model import KeyState, Viewer
from app.identity.model.tokens import (
    Ballot,
    BallotIssuer,
    BallotKind,
    BallotSecret,
    BallotToken,
    VerifiedBallot,
)
from app.kernel.errors import VerificationError
from app.records.model import Custody

from .invitations import is_on_probation
from .issuing import seal_key, sign_blinded
from .limits import find_limit, require_unlimited
from .sessions import unlock_posting_key

_KEY_CONTEXT: Final = "goftogu/v1/ballot-key\0"
_MARKS_CONTEXT: Final = "goftogu/v1/ballot-given\0"
_BALLOT_CONTEXT: Final = "goftogu/v1/ballot\0"
_BLINDING_CONTEXT: Final = "goftogu/v1/ballot-blinding\0"


class BallotRequest(NamedTuple):
    """What its voter makes to be given a ballot; only `blinded.message` goes to the issuer."""

    prefix: bytes
    prepared: bytes
    blinded: blind.Blinded


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


def derive_ballot(posting: SigningKey, conversation: str) -> BallotSecret:
    """Return the ballot that a posting key has in a conversation, whether or not it is in use."""
    return BallotSecret(derive_key(posting.seed(), _BALLOT_CONTEXT + conversation))


def derive_request(posting: SigningKey, issuer: BallotIssuer) -> BallotRequest:
    """Return a posting key's request for its ballot: the same each time, for one issuer's key.

    Its prefix, salt and factor are drawn from the key by HKDF, and look random to everybody else.
    What was given and then lost is so given again, and nothing else ever is.
    """
    key, conversation = issuer.key, issuer.conversation
    message = ballot_message(key, conversation, derive_ballot(posting, conversation).name)
    sizes = (blind.PREFIX_BYTES, blind.SALT_BYTES, key.factor_bytes)
    context = f"{_BLINDING_CONTEXT}{conversation}\0{key.digest}"
    drawn = derive_key(posting.seed(), context, count=sum(sizes))
    prefix, salt, factor = drawn[: sizes[0]], drawn[sizes[0] : -sizes[2]], drawn[-sizes[2] :]
    prepared = blind.prepare(message, prefix=prefix)
    blinded = blind.blind(key, prepared, salt=salt, factor=factor)
    return BallotRequest(prefix, prepared, blinded)


def find_ballot(work: Work, conversation: str, secret: BallotSecret) -> Ballot | None:
    """Return the ballot in use that a secret opens, or None: how a device votes.

    By the secret and not by the name, so that whoever stole the database votes for nobody.
    """
    return store.find_ballot(work, conversation, secret.name)


def find_own_ballot(work: Work, viewer: Viewer, token: str, conversation: str) -> Ballot | None:
    """Return a viewer's ballot, if this session can derive it and it is in use.

    `token` is the session's cookie: with the database alone nobody finds out.
    """
    if not viewer.has_unlocked or viewer.custody is not Custody.UNLOCKED:
        return None
    return find_ballot(
        work, conversation, derive_ballot(unlock_posting_key(work, token), conversation)
    )


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
) -> bytes:
    """Return the answer to a blinded right to a ballot, and remember that `root` has its one.

    Whoever was answered gets the same answer to the same request again, and no other.

    Args:
        work: the transaction; the answer leaves after its commit.
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
    require_unlimited(work, root)
    issuer = _require_issuer(work, conversation, kind, named)
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
    answer = sign_blinded(work, instance, box, blinded, _context_of(conversation, kind))
    if given is None:
        store.add_ballot_given(work, conversation, mark, request)
        # The write-ahead log would hold the mark beside the ballot that is let in next.
        work.deleted.append("ballot_given")
    return answer


def verify_ballot(work: Work, name: str, conversation: str, token: BallotToken) -> VerifiedBallot:
    """Verify a right to a ballot. It only reads: nobody waits for a turn to write.

    Raises:
        BallotsClosedError: the conversation takes no ballots, or no more.
        BallotUnfitError: the right is for another name, conversation or kind, or not signed here.
        MalformedError: `name` is not the name of a ballot.

    """
    issuer = find_ballot_issuer(work, conversation, token.kind)
    if issuer is None or not issuer.is_open:
        raise BallotsClosedError("the conversation takes no ballots")
    prepared = blind.prepare(ballot_message(issuer.key, conversation, name), prefix=token.prefix)
    try:
        blind.verify_signature(issuer.key, prepared, token.signature)
    except VerificationError as error:
        raise BallotUnfitError("no right to this ballot in this conversation") from error
    return VerifiedBallot(name, conversation, token.kind)


def admit_ballot(work: Work, verified: VerifiedBallot) -> Ballot:
    """Let a ballot vote. What comes again, as after a lost answer, changes nothing.

    Raises:
        BallotSpentError: it is in use, with another kind.

    """
    name, conversation, kind = verified
    found = store.find_ballot(work, conversation, name)
    if found is None:
        store.add_ballot(work, verified)
        return Ballot(name=name, conversation=conversation, kind=kind)
    if found.kind is not kind:
        raise BallotSpentError("the ballot is in use, with another kind")
    return found


def take_ballot(
    work: Work,
    instance: SigningKey,
    root: str,
    posting: SigningKey,
    conversation: str,
    *,
    named: Mapping[BallotKind, str],
    is_invited: bool = False,
) -> Ballot:
    """Return a persona's ballot in a conversation, let in if it is new: for unlocked keys.

    For the length of this call the server knows both sides, as in `make_token`.

    Raises:
        PersonaLimitedError, BallotsClosedError, MayNotTakeBallotError, BallotTakenError: see
            `sign_ballot`.

    """
    found = find_ballot(work, conversation, derive_ballot(posting, conversation))
    if found is not None:
        return found
    own = BallotKind.INVITED if is_invited else kind_of(work, root)
    # Whoever may take none is told why by `sign_ballot`.
    kind = own or BallotKind.UNVOUCHED
    issuer = _require_issuer(work, conversation, kind, named)
    sign = partial(
        sign_ballot, work, instance, root, conversation, kind, named=named, is_invited=is_invited
    )
    request = derive_request(posting, issuer)
    answer = sign(request.blinded.message)
    # What comes out of it was verified.
    blind.finalize(issuer.key, request.prepared, answer, request.blinded.secret)
    name = derive_ballot(posting, conversation).name
    return admit_ballot(work, VerifiedBallot(name, conversation, kind))


def kinds_of(work: Work, conversation: str) -> dict[str, BallotKind]:
    """Return the kind of each ballot that votes in a conversation, by name: for the analysis."""
    return store.list_ballot_kinds(work, conversation)


def even_out_ballots(work: Work) -> None:
    """Write all marks of given ballots anew: PostgreSQL says of each which transaction wrote it."""
    store.even_out_ballots_given(work)


def _context_of(conversation: str, kind: BallotKind) -> str:
    return f"{_KEY_CONTEXT}{conversation}\0{kind}"


def _require_issuer(
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
