"""The verbs of identity."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from app import tlog
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import decode_did, encode_did, fingerprint
from app.crypto.sealing import (
    NONCE_BYTES,
    SALT_BYTES,
    Passphrase,
    StretchCost,
    derive_key,
    open_box,
    seal,
    stretch,
)
from app.crypto.seed import Seed
from app.db import Work
from app.kernel.clock import MINUTE_S, Instant, round_up
from app.kernel.errors import NotFoundError, VerificationError
from app.records import Door, VerifiedRecord, sign_record
from app.records.codec import NONCE_BYTES as ID_BYTES
from app.records.codec import encode_nonce
from app.records.errors import WrongSignerError
from app.records.model import CUSTODY, Custody

from . import codec, rules, store
from .errors import KeyTakenError, NameTakenError, UnknownKeyError, WrongPassphraseError
from .model import Author, Card, KeyState, Persona, PostingKey, Viewer

NAMES: Final = "names"
"""What every page that shows a persona is about."""
_COST: Final = StretchCost()
_LOGIN_CONTEXT: Final = "goftogu/v1/login\0"
_SESSION_CONTEXT: Final = "goftogu/v1/session\0"
_SESSION_STEP_S: Final = 10 * MINUTE_S
_TOKEN_HALF_BYTES: Final = 32
_UNKNOWN_SALT: Final = bytes(SALT_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPersona:
    """A persona between the first and the last step of joining, complete but stored nowhere."""

    name: str
    entropy: bytes
    stretched: bytes
    """The key that the passphrase was stretched to."""
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLogin:
    """A posting key sealed under a passphrase."""

    root: str
    did: str
    salt: bytes
    box: bytes


def accept_card(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Take in a card: it acts at once, so that a revocation never waits for a tick.

    Raises:
        StaleCardError: it does not follow the persona's current card.
        KeyTakenError: a key on it belongs to another persona.

    """
    card = codec.decode_card(record)
    current = store.find_persona(work, card.root)
    rules.require_successor(card, current)
    store.put_card(
        work,
        card,
        fingerprint=fingerprint(record.key),
        folded=rules.fold_name(card.name),
        digest=record.digest,
    )
    for key in card.keys:
        known = store.find_author(work, key.did)
        if known is not None and known.root not in {None, card.root}:
            raise KeyTakenError("a key on the card belongs to another persona")
        settled = key
        if known is not None and known.root is not None:
            state = rules.later_state(known.state, key.state)
            settled = PostingKey(
                did=key.did, custody=known.custody, state=state, consent=key.consent
            )
        mark = fingerprint(decode_did(key.did))
        store.put_key(work, settled, fingerprint=mark, root=card.root, is_new=known is None)
    if current is not None:
        work.changed.add(NAMES)
    return tlog.HOUSE_LANE


def publish_card(_work: Work, _digest: bytes, _index: int) -> None:
    """Do nothing: a card has acted when it came."""


def require_author(work: Work, record: VerifiedRecord) -> Author:
    """Return the author of a record that a posting key signed, if the key may sign it.

    A key without a card may post: it is remembered, and shows as its fingerprint. A server that
    held it would have made a card, so its custody is the device.

    Raises:
        WrongSignerError: a root key signed what only posting keys sign.
        KeyInactiveError, CustodyDiffersError: see `rules.require_use`.

    """
    declared = Custody(record.document[CUSTODY])
    author = store.find_author(work, record.signer)
    if author is None:
        if store.find_persona(work, record.signer) is not None:
            raise WrongSignerError("a root key signs cards, not posts")
        mark = fingerprint(record.key)
        store.add_lone_key(work, record.signer, mark, Custody.DEVICE)
        author = Author(
            did=record.signer,
            root=None,
            name=None,
            fingerprint=mark,
            custody=Custody.DEVICE,
            state=KeyState.ACTIVE,
        )
    rules.require_use(author, declared)
    return author


def find_hand(work: Work, did: str) -> str:
    """Return what stands for a key's holder: the root of its persona, or the key itself."""
    author = store.find_author(work, did)
    return author.hand if author else did


def prepare_persona(work: Work, name: str, passphrase: Passphrase) -> NewPersona:
    """Make a new persona's secrets. Nothing is stored: the caller seals them into its page."""
    require_free_name(work, name)
    salt = work.randomness.token_bytes(SALT_BYTES)
    return NewPersona(
        name=name,
        entropy=work.randomness.token_bytes(16),
        stretched=stretch(passphrase, salt, _COST),
        salt=salt,
    )


def require_free_name(work: Work, name: str) -> None:
    """Refuse a name that a persona of this instance has.

    Raises:
        NameTakenError: it has it.

    """
    if store.holds_name(work, rules.fold_name(name)):
        raise NameTakenError("the name is taken")


def register_persona(work: Work, door: Door, new: NewPersona, day: date) -> str:
    """Bring a new persona into being through the door, and return the cookie of its first session.

    The root key exists in this call only: from now on the words alone bring it back.
    """
    require_free_name(work, new.name)
    seed = Seed(new.entropy)
    posting = seed.posting_key()
    raw = make_card(seed, new.name, Custody.UNLOCKED, day, encode_id(work))
    door.submit(work, raw)
    root, did = encode_did(seed.root_key().public), encode_did(posting.public)
    box = seal(
        new.stretched,
        posting.seed(),
        context=_LOGIN_CONTEXT + did,
        nonce=work.randomness.token_bytes(NONCE_BYTES),
    )
    folded = rules.fold_name(new.name)
    store.add_login(work, folded=folded, root=root, did=did, salt=new.salt, box=box)
    return _open_session(work, root, did, posting)


def make_card(seed: Seed, name: str, custody: Custody, day: date, nonce: str) -> bytes:
    """Return the first card of a new persona, signed by its root."""
    root_key = seed.root_key()
    root = encode_did(root_key.public)
    line = codec.new_posting_key(seed.posting_key(), root, custody)
    card = Card(root=root, name=name, sequence=1, previous=None, keys=(line,))
    return sign_record(root_key, "Person", codec.card_members(card), nonce=nonce, day=day)


def encode_id(work: Work) -> str:
    """Return a fresh last part of a record's id."""
    return encode_nonce(work.randomness.token_bytes(ID_BYTES))


def find_login(work: Work, name: str) -> SealedLogin | None:
    """Return the login with this name, still sealed, or None."""
    found = store.find_login(work, rules.fold_name(name))
    if found is None:
        return None
    root, did, salt, box = found
    return SealedLogin(root=root, did=did, salt=salt, box=box)


def unseal_login(
    login: SealedLogin | None, passphrase: Passphrase
) -> tuple[SealedLogin, SigningKey]:
    """Return a login and its posting key. Takes a tenth of a second: no transaction is open.

    Raises:
        WrongPassphraseError: no login has this name and passphrase.

    """
    # An unknown name costs the same stretch as a wrong passphrase: time must not tell them apart.
    stretched = stretch(passphrase, login.salt if login else _UNKNOWN_SALT, _COST)
    if login is None:
        raise WrongPassphraseError("no such name and passphrase")
    try:
        key = SigningKey(open_box(stretched, login.box, context=_LOGIN_CONTEXT + login.did))
    except VerificationError as error:
        raise WrongPassphraseError("no such name and passphrase") from error
    return login, key


def open_session(work: Work, login: SealedLogin, posting: SigningKey) -> str:
    """Open a session for an unsealed login and return its cookie."""
    return _open_session(work, login.root, login.did, posting)


def open_device_session(work: Work, did: str) -> str:
    """Open a session for a device key whose holder proved to have it.

    Raises:
        UnknownKeyError: no persona of this instance has this key, or it is not in use.

    """
    author = store.find_author(work, did)
    if author is None or author.root is None or author.state is not KeyState.ACTIVE:
        raise UnknownKeyError("no persona has this key")
    return _open_session(work, author.root, did, None)


def find_viewer(work: Work, token: str) -> Viewer | None:
    """Return who holds this session cookie, or None."""
    half = _halves(token)
    found = half and store.find_viewer(work, _mark(half[0]))
    return found[0] if found else None


def extend_session(work: Work, token: str) -> None:
    """Push a session's idle end back, if it has a good part of it behind."""
    half = _halves(token)
    found = half and store.find_viewer(work, _mark(half[0]))
    if half and found and found[2] - work.now < rules.IDLE_S - _SESSION_STEP_S:
        store.extend_session(work, _mark(half[0]), _coarse(work.now + rules.IDLE_S))


def unlock_posting_key(work: Work, token: str) -> SigningKey:
    """Return the viewer's posting key for the length of one request.

    Raises:
        WrongPassphraseError: the session has ended or its key never was on this server.

    """
    half = _halves(token)
    found = half and store.find_viewer(work, _mark(half[0]))
    viewer, box, _ = found or (None, None, None)
    if not half or viewer is None or box is None:
        raise WrongPassphraseError("no key to unlock in this session")
    key = derive_key(half[1], _SESSION_CONTEXT)
    return SigningKey(open_box(key, box, context=_SESSION_CONTEXT + viewer.posting_did))


def close_session(work: Work, token: str) -> None:
    """End a session; ending one that is not there is no error."""
    half = _halves(token)
    if half:
        store.remove_session(work, _mark(half[0]))


def get_persona(work: Work, mark: str) -> Persona:
    """Return a persona by its fingerprint with or without spaces.

    Raises:
        NotFoundError: no such persona.

    """
    persona = store.find_persona_by_fingerprint(work, spaced(mark))
    if persona is None:
        raise NotFoundError("no such persona")
    return persona


def spaced(mark: str) -> str:
    """Return a fingerprint in its four groups."""
    joined = mark.replace(" ", "")
    return " ".join(joined[start : start + 4] for start in range(0, 16, 4))


def forget_ended_sessions(work: Work) -> None:
    """Delete sessions that have ended."""
    store.remove_ended_sessions(work)


def _open_session(work: Work, root: str, did: str, posting: SigningKey | None) -> str:
    """Open a session: the cookie is an id, kept hashed, and a secret, kept nowhere but there."""
    name, secret = (work.randomness.token_bytes(_TOKEN_HALF_BYTES) for _ in range(2))
    box = None
    if posting is not None:
        box = seal(
            derive_key(secret, _SESSION_CONTEXT),
            posting.seed(),
            context=_SESSION_CONTEXT + did,
            nonce=work.randomness.token_bytes(NONCE_BYTES),
        )
    store.add_session(
        work,
        mark=_mark(name),
        root=root,
        did=did,
        box=box,
        idle_until=_coarse(work.now + rules.IDLE_S),
        ends_at=_coarse(work.now + rules.ABSOLUTE_S),
    )
    return urlsafe_b64encode(name + secret).decode().rstrip("=")


def _halves(token: str) -> tuple[bytes, bytes] | None:
    try:
        data = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if len(data) != 2 * _TOKEN_HALF_BYTES:
        return None
    return data[:_TOKEN_HALF_BYTES], data[_TOKEN_HALF_BYTES:]


def _mark(name: bytes) -> bytes:
    return sha256(b"goftogu/v1/session-id\0" + name).digest()


def _coarse(moment: int) -> Instant:
    return round_up(Instant(moment), _SESSION_STEP_S)
