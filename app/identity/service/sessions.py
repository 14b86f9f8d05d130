"""Logging in and out. A session's cookie is an id, kept hashed, and a secret, kept nowhere else."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from unicodedata import normalize

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.crypto.sealing import (
    NONCE_BYTES,
    SALT_BYTES,
    Passphrase,
    StretchCost,
    open_box,
    seal,
    stretch,
)
from app.crypto.session_keys import HALF_BYTES, SessionToken, open_key, read_token, seal_key
from app.db import Work
from app.identity import rules, store
from app.identity.errors import LockedKeyError, UnknownKeyError, WrongPassphraseError
from app.identity.model import KeyState, Viewer
from app.identity.rules import naming
from app.kernel.clock import MINUTE_S, Instant, day_of, round_up
from app.kernel.errors import VerificationError

COST: Final = StretchCost()
_LOGIN_CONTEXT: Final = "goftogu/v1/login\0"
_SESSION_CONTEXT: Final = "goftogu/v1/session\0"
_SESSION_STEP_S: Final = 10 * MINUTE_S
_UNKNOWN_SALT: Final = bytes(SALT_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLogin:
    """A posting key sealed under a passphrase."""

    root: str
    did: str
    salt: bytes
    box: bytes


class LoginSession(NamedTuple):
    """A login session that was looked up: its viewer, and what its cookie unlocks."""

    viewer: Viewer
    token: SessionToken
    box: bytes | None
    """The posting key, sealed; None where the session was opened by a proof of it."""
    idle_until: Instant


def find_login(work: Work, name: str) -> SealedLogin | None:
    """Return the login with this name, still sealed, or None."""
    written = " ".join(normalize("NFC", name).split())
    found = store.find_login(work, naming.fold_name(name), written)
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
    stretched = stretch(passphrase, login.salt if login else _UNKNOWN_SALT, COST)
    if login is None:
        raise WrongPassphraseError("no such name and passphrase")
    try:
        key = SigningKey(open_box(stretched, login.box, context=_LOGIN_CONTEXT + login.did))
    except VerificationError as error:
        raise WrongPassphraseError("no such name and passphrase") from error
    return login, key


def keep_login(
    work: Work, *, root: str, folded: str, posting: SigningKey, stretched: bytes, salt: bytes
) -> None:
    """Seal a posting key under a stretched passphrase; an older login of the root is replaced."""
    did = encode_did(posting.public)
    box = seal(
        stretched,
        posting.seed(),
        context=_LOGIN_CONTEXT + did,
        nonce=work.randomness.token_bytes(NONCE_BYTES),
    )
    store.remove_login(work, root)
    store.add_login(work, folded=folded, root=root, did=did, salt=salt, box=box)


def open_session(work: Work, login: SealedLogin, posting: SigningKey) -> str:
    """Open a session for an unsealed login and return its cookie."""
    return new_session(work, login.root, login.did, posting)


def open_device_session(work: Work, did: str) -> str:
    """Open a session for a device key whose holder proved to have it.

    Raises:
        UnknownKeyError: no persona of this instance has this key, or it is not in use.

    """
    author = store.find_author(work, did)
    if author is None or author.root is None or author.state is not KeyState.ACTIVE:
        raise UnknownKeyError("no persona has this key")
    return new_session(work, author.root, did, None)


def find_viewer(work: Work, token: str) -> Viewer | None:
    """Return who holds this session cookie, or None."""
    session = find_session(work, token)
    return session.viewer if session else None


def find_session(work: Work, token: str) -> LoginSession | None:
    """Return the login session of this cookie, or None: for those who ask for its key as well."""
    half = read_token(token)
    found = half and store.find_viewer(work, half.mark())
    return LoginSession(found[0], half, *found[1:]) if half and found else None


def extend_session(work: Work, token: str) -> None:
    """Push a session's idle end back, if it has a good part of it behind."""
    session = find_session(work, token)
    if session and session.idle_until - work.now < rules.IDLE_S - _SESSION_STEP_S:
        store.extend_session(work, session.token.mark(), _coarse(work.now + rules.IDLE_S))


def unlock_posting_key(work: Work, token: str) -> SigningKey:
    """Return the viewer's posting key for the length of one request.

    Raises:
        WrongPassphraseError: the session has ended.
        LockedKeyError: it was opened by a proof of the key and not with the passphrase.

    """
    session = find_session(work, token)
    if session is None:
        raise WrongPassphraseError("no session")
    return unlock_session(session)


def unlock_session(session: LoginSession) -> SigningKey:
    """Return the posting key of a session that was just looked up.

    Raises:
        LockedKeyError: it was opened by a proof of the key and not with the passphrase.

    """
    viewer, token, box, _ = session
    if box is None:
        raise LockedKeyError("no key to unlock in this session")
    return open_key(token, box, viewer.posting_did, context=_SESSION_CONTEXT)


def close_session(work: Work, token: str) -> None:
    """End a session; ending one that is not there is no error."""
    half = read_token(token)
    if half:
        store.remove_session(work, half.mark())


def end_other_sessions(work: Work, viewer: Viewer, token: str) -> None:
    """End every session of a persona but this one."""
    half = read_token(token)
    if half:
        store.remove_other_sessions(work, viewer.root, half.mark())


def list_session_days(work: Work, viewer: Viewer, token: str) -> list[tuple[date, bool]]:
    """Return the day on which each session of a persona began, and whether it is this one.

    Nothing finer is known.
    """
    half = read_token(token)
    here = half.mark() if half else b""
    ends = store.list_session_ends(work, viewer.root)
    return [(day_of(Instant(end - rules.ABSOLUTE_S)), mark == here) for mark, end in ends]


def forget_ended_sessions(work: Work) -> None:
    """Delete sessions that have ended."""
    store.remove_ended_sessions(work)


def new_session(work: Work, root: str, did: str, posting: SigningKey | None) -> str:
    """Open a session: the cookie is an id, kept hashed, and a secret, kept nowhere but there."""
    token = SessionToken(*(work.randomness.token_bytes(HALF_BYTES) for _ in range(2)))
    nonce = work.randomness.token_bytes(NONCE_BYTES)
    sealed = None
    if posting is not None:
        sealed = seal_key(token, posting, context=_SESSION_CONTEXT, nonce=nonce)
    store.add_session(
        work,
        mark=token.mark(),
        root=root,
        did=did,
        box=sealed,
        idle_until=_coarse(work.now + rules.IDLE_S),
        ends_at=_coarse(work.now + rules.ABSOLUTE_S),
    )
    return token.encode()


def _coarse(moment: int) -> Instant:
    return round_up(Instant(moment), _SESSION_STEP_S)
