"""Ballots: names under which personas vote in one conversation, joined to nobody here (ADR-0044).

A ballot follows from a posting key and a conversation, so that its voter has it again and nothing
is stored for it. It is let in by a blind token, one for each persona and conversation. What stands
about the giving is an HMAC under a key outside the database; between it and the ballot stands a
signature that its issuer has not seen.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.crypto import blind
from app.crypto.ed25519 import SigningKey
from app.crypto.sealing import derive_key
from app.db import Work
from app.identity import store
from app.identity.codec.ballots import ballot_message
from app.identity.errors import BallotsClosedError, BallotSpentError, BallotUnfitError
from app.identity.model.ballots import (
    Ballot,
    BallotIssuer,
    BallotKind,
    BallotSecret,
    BallotToken,
    VerifiedBallot,
)
from app.kernel.errors import VerificationError
from app.records.model import Custody

from .ballot_issuers import (
    SignedBallot,
    find_ballot_issuer,
    give_ballot,
    kind_of,
    require_ballot_issuer,
    sign_ballot,
)
from .limits import require_unlimited
from .sessions import LoginSession, unlock_session

_BALLOT_CONTEXT: Final = "goftogu/v1/ballot\0"
_BLINDING_CONTEXT: Final = "goftogu/v1/ballot-blinding\0"


class BallotRequest(NamedTuple):
    """What its voter makes to be given a ballot; only `blinded.message` goes to the issuer."""

    prefix: bytes
    prepared: bytes
    blinded: blind.Blinded


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


def find_own_ballot(work: Work, session: LoginSession, conversation: str) -> Ballot | None:
    """Return a viewer's ballot, if this session can derive it and it is in use.

    It takes the session's cookie: with the database alone nobody finds out.
    """
    viewer = session.viewer
    if not viewer.has_unlocked or viewer.custody is not Custody.UNLOCKED:
        return None
    return find_ballot(work, conversation, derive_ballot(unlock_session(session), conversation))


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


def find_usable_ballot(
    work: Work, root: str, posting: SigningKey, conversation: str
) -> Ballot | None:
    """Return the ballot of a persona that is in use, for it to vote with, or None.

    Whoever may only read does not vote with one that it has.

    Raises:
        PersonaLimitedError: the persona is limited today.

    """
    require_unlimited(work, root)
    return find_ballot(work, conversation, derive_ballot(posting, conversation))


def sign_own_ballot(
    work: Work,
    instance: SigningKey,
    root: str,
    posting: SigningKey,
    conversation: str,
    *,
    named: Mapping[BallotKind, str],
    is_invited: bool = False,
) -> SignedBallot:
    """Sign a persona's right to its ballot, for `take_ballot`: for unlocked keys.

    For the length of this call the server knows both sides, as in `make_token`. It only reads, and
    takes a hundredth of a second: nobody waits for a turn to write.

    Raises:
        PersonaLimitedError, BallotsClosedError, MayNotTakeBallotError, BallotTakenError: see
            `sign_ballot`.

    """
    own = BallotKind.INVITED if is_invited else kind_of(work, root)
    # Whoever may take none is told why by `sign_ballot`.
    kind = own or BallotKind.UNVOUCHED
    issuer = require_ballot_issuer(work, conversation, kind, named)
    request = derive_request(posting, issuer)
    signed = sign_ballot(
        work,
        instance,
        root,
        conversation,
        kind,
        request.blinded.message,
        named=named,
        is_invited=is_invited,
    )
    # What comes out of it was verified.
    blind.finalize(issuer.key, request.prepared, signed.answer, request.blinded.secret)
    return signed


def take_ballot(
    work: Work,
    instance: SigningKey,
    root: str,
    posting: SigningKey,
    signed: SignedBallot,
    *,
    named: Mapping[BallotKind, str],
    is_invited: bool = False,
) -> Ballot:
    """Return a persona's ballot, let in if it is new; `signed` is from `sign_own_ballot`.

    Mark and ballot are one transaction: a crash leaves both or none. One that is in use by now, as
    after a form that was sent twice, is returned as it is.

    Raises:
        PersonaLimitedError, BallotsClosedError, MayNotTakeBallotError, BallotKindError,
        BallotTakenError: see `give_ballot`.

    """
    found = find_usable_ballot(work, root, posting, signed.conversation)
    if found is not None:
        return found
    give_ballot(work, instance, root, signed, named=named, is_invited=is_invited)
    name = derive_ballot(posting, signed.conversation).name
    return admit_ballot(work, VerifiedBallot(name, signed.conversation, signed.kind))


def kinds_of(work: Work, conversation: str) -> dict[str, BallotKind]:
    """Return the kind of each ballot that votes in a conversation, by name: for the analysis."""
    return store.list_ballot_kinds(work, conversation)
