"""Desks: opening one for a term, its first word, logging in and out."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from app import identity, records, tlog
from app.crypto.ed25519 import SigningKey
from app.crypto.escrow import seal_to_two
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
from app.crypto.seed import Seed
from app.crypto.session_keys import HALF_BYTES, SessionToken, open_key, read_token, seal_key
from app.db import Randomness, Work
from app.kernel.clock import HOUR_S, MINUTE_S, Instant, day_of, round_up
from app.kernel.errors import VerificationError
from app.moderation import codec, store
from app.moderation.errors import NoDeskError
from app.moderation.model import Appointment, Desk, DeskSession, Role
from app.records import Door, VerifiedRecord, sign_record
from app.records.codec import actor_did
from app.records.errors import WrongSignerError
from app.records.model import CONSENT

from .roles import require_no_sponsor

LOG: Final = "moderation-log"
"""What the public pages of moderation are about."""
COST: Final = StretchCost()
IDLE_S: Final = 2 * HOUR_S
ABSOLUTE_S: Final = 12 * HOUR_S
_STEP_S: Final = 10 * MINUTE_S
_KEY_BYTES: Final = 32
_LOGIN: Final = "goftogu/v1/desk-login\0"
_SESSION: Final = "goftogu/v1/desk-session\0"
_NOBODY: Final = bytes(SALT_BYTES)


class Stretched(NamedTuple):
    """A passphrase, stretched under a salt of its own."""

    salt: bytes
    key: bytes


def open_desk(
    work: Work,
    door: Door,
    appointed: Appointment,
    *,
    mark: bytes,
    auditors: Sequence[str],
) -> tuple[Desk, Seed]:
    """Open a desk for a persona, which nobody can tell from it but two of the auditors together.

    Returns the desk and the words that open it once. `mark` is the persona's (`mark_of`).

    Raises:
        MalformedError: not three auditors' keys.
        NotAllowedError: a sponsor's mark, or an office in a sponsor's domain.

    """
    require_no_sponsor(work, appointed.root, mark=mark, role=appointed.role)
    key = SigningKey(work.randomness.token_bytes(_KEY_BYTES))
    did = encode_did(key.public)
    sealed = seal_to_two(appointed.root.encode(), auditors)
    until = day_of(work.now) + timedelta(days=appointed.days)
    members = {
        "object": f"ap://{did}/actor",
        "urn:goftogu:role": appointed.role.value,
        "urn:goftogu:boards": [f"ap://{board}/actor" for board in appointed.boards],
        "urn:goftogu:until": until.isoformat(),
        "urn:goftogu:sealed": [urlsafe_b64encode(box).decode().rstrip("=") for box in sealed],
        CONSENT: codec.consent_to_desk(key, door.instance_did),
    }
    nonce, day = identity.encode_id(work), day_of(work.now)
    door.submit(work, sign_record(door.key, "Offer", members, nonce=nonce, day=day))
    word = Seed(work.randomness.token_bytes(16))
    opening = stretch_anew(Passphrase(" ".join(word.words())), work.randomness)
    _keep_login(work, key, opening, mark, is_begun=False)
    desk = store.find_desk(work, did)
    if desk is None:
        raise NoDeskError("the desk was not opened")
    return desk, word


def accept_desk(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in an attestation that opens a desk.

    Raises:
        WrongSignerError: another key than the instance's signed it.
        VerificationError: the desk's key did not consent.

    """
    if record.signer != instance_did:
        raise WrongSignerError("another key than the instance's")
    document = record.document
    desk = Desk(
        did=codec.verify_desk(record),
        number=store.count_desks(work) + 1,
        role=Role(document["urn:goftogu:role"]),
        boards=tuple(actor_did(board) for board in document["urn:goftogu:boards"]),
        person=b"",
        ends_on=date.fromisoformat(document["urn:goftogu:until"]),
    )
    store.add_desk(work, desk)
    work.changed.add(LOG)
    return tlog.HOUSE_LANE


def require_attested(work: Work, dids: Iterable[str], instance_did: str) -> None:
    """Require that an instance attested desks: a partner's desks are none here (D4).

    Raises:
        NoDeskError: it did not.

    """
    offers = records.list_by_signers(work, [instance_did], "Offer")
    attested = {actor_did(records.parse_record(raw).document["object"]) for _, raw in offers}
    if not set(filter(None, dids)) <= attested:
        raise NoDeskError("no desk of this instance")


def accept_demand(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in what a government, a sponsor or a court demanded: it stands in the log.

    Raises:
        WrongSignerError: another key than the instance's signed it.

    """
    if record.signer != instance_did:
        raise WrongSignerError("another key than the instance's")
    work.changed.add(LOG)
    return tlog.HOUSE_LANE


def unseal_desk(login: store.DeskLogin | None, passphrase: Passphrase) -> SigningKey:
    """Return a desk's key. Takes a tenth of a second: no transaction is open.

    Raises:
        NoDeskError: no desk has this number and passphrase.

    """
    # An unknown number costs the same stretch as a wrong passphrase: time must not tell them apart.
    stretched = stretch(passphrase, login.salt if login else _NOBODY, COST)
    try:
        if login is None:
            raise NoDeskError("no such desk and passphrase")
        return SigningKey(open_box(stretched, login.box, context=_LOGIN + login.desk.did))
    except VerificationError as error:
        raise NoDeskError("no such desk and passphrase") from error


def stretch_anew(passphrase: Passphrase, randomness: Randomness) -> Stretched:
    """Return a new passphrase, stretched. Takes a tenth of a second.

    Pages call it while no transaction is open; the command that opens a desk does it within one.
    """
    salt = randomness.token_bytes(SALT_BYTES)
    return Stretched(salt, stretch(passphrase, salt, COST))


def begin_desk(work: Work, key: SigningKey, stretched: Stretched) -> None:
    """Let a passphrase open a desk from now on, and what opened it before no more.

    Nor does any session that its first words opened: others may have read them.

    Raises:
        NoDeskError: its term is over, or somebody has begun already.

    """
    desk = _require_desk(work, encode_did(key.public))
    login = store.find_desk_login(work, desk.number)
    if login is None or login.is_begun:
        raise NoDeskError("somebody has begun at this desk")
    store.remove_desk_sessions(work, desk.did)
    _keep_login(work, key, stretched, desk.person, is_begun=True)


def open_desk_session(work: Work, key: SigningKey) -> str:
    """Open a session at a desk and return its cookie.

    Raises:
        NoDeskError: its term is over.

    """
    desk = _require_desk(work, encode_did(key.public))
    token = SessionToken(*(work.randomness.token_bytes(HALF_BYTES) for _ in range(2)))
    nonce = work.randomness.token_bytes(NONCE_BYTES)
    store.add_desk_session(
        work,
        mark=token.mark(),
        desk=desk.did,
        box=seal_key(token, key, context=_SESSION, nonce=nonce),
        idle_until=round_up(Instant(work.now + IDLE_S), _STEP_S),
        ends_at=round_up(Instant(work.now + ABSOLUTE_S), _STEP_S),
    )
    return token.encode()


def find_desk_session(work: Work, cookie: str) -> DeskSession | None:
    """Return who works at a desk in this session, or None; not one whose term is over."""
    token = read_token(cookie)
    found = token and store.find_desk_session(work, token.mark())
    if not found or day_of(work.now) >= found[0].desk.ends_on:
        return None
    return found[0]


def unlock_desk(work: Work, cookie: str) -> SigningKey:
    """Return the desk's key for the length of one request.

    Raises:
        NoDeskError: the session has ended.

    """
    token = read_token(cookie)
    found = token and store.find_desk_session(work, token.mark())
    if not token or not found:
        raise NoDeskError("no session at a desk")
    session, box = found
    return open_key(token, box, session.desk.did, context=_SESSION)


def stay_at_desk(work: Work, cookie: str) -> None:
    """Let a session go on, up to its absolute end: somebody works in it."""
    token = read_token(cookie)
    if token:
        idle_until = round_up(Instant(work.now + IDLE_S), _STEP_S)
        store.extend_desk_session(work, token.mark(), idle_until)


def leave_desk(work: Work, cookie: str) -> None:
    """End a session; ending one that is not there is no error."""
    token = read_token(cookie)
    if token:
        store.remove_desk_session(work, token.mark())


def _require_desk(work: Work, did: str) -> Desk:
    desk = store.find_desk(work, did)
    if desk is None or day_of(work.now) >= desk.ends_on:
        raise NoDeskError("no such desk, or its term is over")
    return desk


def _keep_login(
    work: Work, key: SigningKey, stretched: Stretched, person: bytes, *, is_begun: bool
) -> None:
    did = encode_did(key.public)
    nonce = work.randomness.token_bytes(NONCE_BYTES)
    box = seal(stretched.key, key.seed(), context=_LOGIN + did, nonce=nonce)
    store.set_desk_login(work, did, person=person, salt=stretched.salt, box=box, is_begun=is_begun)
