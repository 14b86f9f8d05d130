"""Names for one thread: keys without a card that nothing here joins to their persona.

A name is derived from a posting key and a thread, so whoever holds the posting key has it again,
and nobody else can tell. It is let in by a blind token of its month. What the database tells: how
many tokens of a month a persona took, and which names may post in which thread. Between the two
stands a signature that its issuer has not seen (ADR-0037).
"""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Final

from app.crypto import blind
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import decode_did, encode_did, fingerprint
from app.crypto.sealing import derive_key
from app.db import Work
from app.identity import rules, store
from app.identity.codec.tokens import name_message
from app.identity.errors import (
    MayNotTakeNameError,
    NamesClosedError,
    NameSpentError,
    NamesTakenError,
    NameUnfitError,
)
from app.identity.model import Author, KeyState, Viewer
from app.identity.model.tokens import Cohort, NameToken, VerifiedName
from app.identity.rules import cohorts
from app.kernel.clock import day_of
from app.kernel.errors import VerificationError
from app.records import VerifiedRecord
from app.records.codec import NONCE_BYTES as ID_BYTES
from app.records.codec import encode_nonce
from app.records.model import Custody

from .invitations import is_on_probation
from .issuing import make_token, seal_key, sign_blinded, this_month
from .limits import find_limit, require_unlimited
from .sessions import unlock_posting_key

_KEY_CONTEXT: Final = "goftogu/v1/thread-name-key\0"
_NAME_CONTEXT: Final = "goftogu/v1/thread-name\0"
_ID_CONTEXT: Final = "goftogu/v1/thread-name-id\0"


def derive_name(posting: SigningKey, thread: str) -> SigningKey:
    """Return the name that a posting key has in a thread."""
    return SigningKey(derive_key(posting.seed(), _NAME_CONTEXT + thread))


def derive_nonce(name: SigningKey, nonce: str) -> str:
    """Return the last part of a record's id for a name, from what a form brought.

    A form that is sent under both hands would else put one last part into the ids of both.
    """
    return encode_nonce(derive_key(name.seed(), _ID_CONTEXT + nonce)[:ID_BYTES])


def look_in_thread(work: Work, viewer: Viewer, token: str, thread: str) -> Viewer:
    """Return a viewer with their name for a thread, if this session can derive it and it is in use.

    `token` is the session's cookie: with the database alone nobody finds out.
    """
    if not viewer.has_unlocked or viewer.custody is not Custody.UNLOCKED or not thread:
        return viewer
    did = encode_did(derive_name(unlock_posting_key(work, token), thread).public)
    return replace(viewer, thread_did=did) if store.holds_thread_name(work, did) else viewer


def open_names(work: Work, instance: SigningKey, key: blind.BlindSigningKey) -> bool:
    """Give this month its issuer's key, unless it has one; return whether it was given.

    As with invitations, `key` comes from `blind.make_key`, while no transaction is open.
    """
    name = this_month(work)
    if store.find_thread_name_cohort(work, name) is not None:
        return False
    box = seal_key(work, instance, key, _KEY_CONTEXT + name)
    store.add_thread_name_cohort(work, name, key.public.raw, box)
    return True


def find_name_issuer(work: Work) -> Cohort | None:
    """Return this month's issuer, whose key a right to a name is blinded for, or None."""
    return store.find_thread_name_cohort(work, this_month(work))


def list_name_issuers(work: Work) -> list[blind.Issuer]:
    """Return the issuers whose tokens are still good, oldest first, as the card names them."""
    today = day_of(work.now)
    oldest, newest = cohorts.oldest_redeemable(today), cohorts.cohort_of(today)
    return [cohort.issuer for cohort in store.list_thread_name_cohorts(work, oldest, newest)]


def count_names_left(work: Work, root: str) -> int | None:
    """Return how many names a persona may still take this month; None if it may take none at all.

    This is the one place that decides who may: whatever bans a persona is asked about here.
    """
    is_in_use = any(state == KeyState.ACTIVE for *_, state in store.list_keys(work, root))
    if not is_in_use or is_on_probation(work, root):
        return None
    if find_limit(work, root) is not None:
        return None
    taken = store.count_names_taken(work, root, this_month(work))
    return max(0, rules.NAMES_A_MONTH - taken)


def sign_name(
    work: Work, instance: SigningKey, root: str, blinded: bytes, *, named: Collection[str]
) -> bytes:
    """Return the answer to a blinded right to a name, and count it among those that `root` took.

    `named` is what the instance's card says of issuers, as in `sign_invitation`.

    Raises:
        NamesClosedError: this month has no key that the card names, or has it no more.
        PersonaLimitedError: the persona may read only.
        MayNotTakeNameError: the persona is on probation, revoked or erased.
        NamesTakenError: it has taken all of this month's.
        MalformedError: not a blinded message for this month's key; nothing is counted.

    """
    require_unlimited(work, root)
    cohort = _require_issuer(work)
    if cohort.issuer.line not in named:
        raise NamesClosedError("the card does not name this month's key")
    left = count_names_left(work, root)
    if left is None:
        raise MayNotTakeNameError("this persona may take no name for one thread")
    if left == 0:
        raise NamesTakenError("all names of this month are taken")
    box = store.get_thread_name_box(work, cohort.name)
    if box is None:
        raise NamesClosedError("the month's key is forgotten: the clock was ahead")
    answer = sign_blinded(work, instance, box, blinded, _KEY_CONTEXT + cohort.name)
    store.count_one_name_taken(work, root, cohort.name)
    # The write-ahead log would hold the count beside the name that is let in next.
    work.deleted.append("thread_names_taken")
    return answer


def verify_name(work: Work, did: str, thread: str, token: NameToken) -> VerifiedName:
    """Verify a right to a name in a thread. It only reads: nobody waits for a turn to write.

    Raises:
        NameUnfitError: the right is too old, for another name or thread, or was not signed here.
        NameSpentError: the key is known here already.
        MalformedError: `did` is no did:key of Ed25519.

    """
    decode_did(did)
    cohort = store.find_thread_name_cohort(work, token.cohort)
    if cohort is None or not cohorts.is_redeemable(token.cohort, day_of(work.now)):
        raise NameUnfitError("a right to a name of another time")
    prepared = blind.prepare(name_message(cohort.key, thread, did), prefix=token.prefix)
    try:
        blind.verify_signature(cohort.key, prepared, token.signature)
    except VerificationError as error:
        raise NameUnfitError("no right to this name in this thread") from error
    _require_unknown(work, did)
    return VerifiedName(did, thread)


def admit_name(work: Work, name: VerifiedName, custody: Custody) -> None:
    """Let a key post in a thread. That it is new here is what spends the right.

    Raises:
        NameSpentError: the key is known here already.

    """
    _require_unknown(work, name.did)
    store.add_lone_key(work, name.did, fingerprint(decode_did(name.did)), custody)
    store.add_thread_name(work, name.did, name.thread)


def take_name(
    work: Work,
    instance: SigningKey,
    root: str,
    posting: SigningKey,
    thread: str,
    *,
    named: Collection[str],
) -> SigningKey:
    """Return a persona's name for a thread, let in if it is new: see `make_token`.

    Raises:
        PersonaLimitedError, NamesClosedError, MayNotTakeNameError, NamesTakenError: see
            `sign_name`.

    """
    name = derive_name(posting, thread)
    did = encode_did(name.public)
    if store.holds_thread_name(work, did):
        return name
    key = _require_issuer(work).key
    sign = partial(sign_name, work, instance, root, named=named)
    # What comes out of it was verified.
    make_token(work, key, name_message(key, thread, did), sign)
    admit_name(work, VerifiedName(did, thread), Custody.UNLOCKED)
    return name


def bring_back_name(work: Work, record: VerifiedRecord, author: Author, thread: str) -> None:
    """Let the author of a post that only the log knows post there again, if it is a lost name.

    An older database knows nothing of it. Of keys without a card only names for one thread are
    unlocked on a server.
    """
    is_lost = author.root is None and author.thread is None and record.digest in work.logged
    if is_lost and author.custody is Custody.UNLOCKED:
        store.add_thread_name(work, author.did, thread)


def forget_old_names_taken(work: Work) -> None:
    """Forget what past months need no more: private keys, and who took how many."""
    if store.remove_old_name_secrets(work, this_month(work)):
        # A month's private key must leave the write-ahead log as well.
        work.deleted.append("thread_name_cohort")
    store.even_out_names_taken(work)


def _require_unknown(work: Work, did: str) -> None:
    if store.find_author(work, did) or store.find_persona(work, did):
        raise NameSpentError("the key is known here already")


def _require_issuer(work: Work) -> Cohort:
    """Return this month's issuer.

    Raises:
        NamesClosedError: it has none.

    """
    cohort = find_name_issuer(work)
    if cohort is None:
        raise NamesClosedError("no names of this month yet")
    return cohort
