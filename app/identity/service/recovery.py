"""What the twelve words can do: restore a persona, and revoke its keys."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest
from app.crypto.sealing import SALT_BYTES, Passphrase, stretch
from app.crypto.seed import Seed
from app.db import Randomness, Work
from app.identity import codec, store
from app.identity.errors import NameTakenError, UnknownKeyError
from app.identity.model import Card, KeyState, Persona, PostingKey
from app.identity.rules import naming
from app.records import Door, erase_bytes, find_record, list_by_signers, sign_record
from app.records.model import Custody
from app.records.registry import MOST_KEYS

from .cards import NAMES, encode_id
from .joining import require_free_name
from .sessions import COST, SealedLogin, keep_login, new_session

KEYS_LOOKED_THROUGH: Final = MOST_KEYS
"""How many posting keys a persona can come to have."""
KEYS_REVOKED_BLINDLY: Final = 10
"""How many a revocation lists that was made without looking: more than people come to use."""


def find_persona(work: Work, seed: Seed) -> Persona | None:
    """Return the persona of these words, or None if this instance does not know it."""
    return store.find_persona(work, encode_did(seed.root_key().public))


def restore_persona(
    work: Work, door: Door, seed: Seed, name: str, stretched: tuple[bytes, bytes], day: date
) -> str:
    """Bring a persona back with its words and a new passphrase; return its session's cookie.

    The server sees the words, and could derive every key from them: earlier keys are retired, and a
    new one, declared as unlocked here, takes their place. Sessions elsewhere end. `name` is used
    where this instance does not know the persona; `stretched` is the passphrase's key and its salt.

    Raises:
        NameTakenError: the name is needed, and another persona here has it.

    """
    persona = find_persona(work, seed)
    known_name = persona.name if persona else ""
    if not known_name:
        require_free_name(work, name)
    keys = _known_keys(work, seed)
    number = next(n for n in range(KEYS_LOOKED_THROUGH + 1) if n not in keys)
    posting = seed.posting_key(number)
    root_key = seed.root_key()
    root = encode_did(root_key.public)
    lines = [
        _line(seed, n, root, custody, KeyState.RETIRED if state is KeyState.ACTIVE else state)
        for n, (custody, state) in keys.items()
    ]
    card = Card(
        root=root,
        name=known_name or name,
        sequence=persona.sequence + 1 if persona else 1,
        previous=encode_digest(persona.card_digest) if persona else None,
        keys=(*lines, codec.new_posting_key(posting, root, Custody.UNLOCKED)),
    )
    door.submit(work, _sign(work, root_key, card, day))
    store.remove_sessions(work, root)
    key, salt = stretched
    folded = naming.fold_name(card.name)
    if not store.holds_login(work, folded, except_root=root):
        keep_login(work, root=root, folded=folded, posting=posting, stretched=key, salt=salt)
        return new_session(work, root, encode_did(posting.public), posting)
    raise NameTakenError("another login here has this name")


def make_revocation(
    seed: Seed, *, nonce: str, day: date, custodies: Mapping[int, Custody] | None = None
) -> bytes:
    """Return a card that revokes posting keys of these words; made offline, good anywhere.

    `custodies` names the keys by their numbers, where they are known; else the first ten.
    """
    kept = custodies or dict.fromkeys(range(KEYS_REVOKED_BLINDLY), Custody.DEVICE)
    root_key = seed.root_key()
    root = encode_did(root_key.public)
    lines = tuple(
        _line(seed, number, root, custody, KeyState.REVOKED) for number, custody in kept.items()
    )
    card = Card(root=root, name="revoked", sequence=1, previous=None, keys=lines)
    return sign_record(root_key, "Person", codec.card_members(card), nonce=nonce, day=day)


def revoke_persona(work: Work, door: Door, seed: Seed, day: date) -> None:
    """Revoke every posting key of these words that is known here, and end every session."""
    custodies = {number: custody for number, (custody, _) in _known_keys(work, seed).items()}
    nonce = encode_id(work)
    door.submit(work, make_revocation(seed, nonce=nonce, day=day, custodies=custodies))
    store.remove_sessions(work, encode_did(seed.root_key().public))


def erase_persona(work: Work, door: Door, seed: Seed, day: date) -> list[str]:
    """Forget a persona: its name and cards, its login and sessions; return its posting keys.

    What stays is what still protects it and keeps threads in shape: the root and its fingerprint,
    its keys, all revoked, and the card that revokes them. Its posts are the forum's to erase.

    Raises:
        UnknownKeyError: this instance knows none of these words' keys.

    """
    root = encode_did(seed.root_key().public)
    if find_persona(work, seed) is None and not _known_keys(work, seed):
        raise UnknownKeyError("no key of these words is known")
    cards = _list_cards(work, root)
    revoke_persona(work, door, seed, day)
    return _forget(work, root, cards)


def erase_again(work: Work, digests: Iterable[bytes]) -> list[str]:
    """Forget the personas whose cards are named, as a restored backup needs it; return the roots.

    Their erasures came after the backup was made and are not in it. Of their cards the one that
    revokes is not named, and stays.
    """
    named: dict[str, list[bytes]] = {}
    for record in filter(None, (find_record(work, digest) for digest in digests)):
        if record.type == "Person" and record.raw is not None:
            named.setdefault(record.signer, []).append(record.digest)
    for root, cards in sorted(named.items()):
        _forget(work, root, cards)
    return sorted(named)


def _list_cards(work: Work, root: str) -> list[bytes]:
    return [digest for digest, _raw in list_by_signers(work, [root], "Person")]


def _forget(work: Work, root: str, cards: list[bytes]) -> list[str]:
    """Forget what is known of a root but its keys, all revoked; return them."""
    erase_bytes(work, cards)
    store.clear_name(work, root)
    store.remove_login(work, root)
    store.remove_sessions(work, root)
    store.remove_steward(work, root)
    store.remove_inviting(work, root)
    store.remove_names_taken(work, root)
    # Nobody is left whom it could keep from writing.
    store.remove_limit(work, root)
    keys = [did for did, *_ in store.list_keys(work, root)]
    for did in keys:
        # Also those that its cards listed but that do not come from the words.
        store.set_key_state(work, did, KeyState.REVOKED)
    work.changed.add(NAMES)
    return keys


def stretch_new(randomness: Randomness, passphrase: Passphrase) -> tuple[bytes, bytes]:
    """Return a new passphrase's key and its salt. Takes a tenth of a second."""
    salt = randomness.token_bytes(SALT_BYTES)
    return stretch(passphrase, salt, COST), salt


def change_passphrase(
    work: Work, login: SealedLogin, posting: SigningKey, stretched: tuple[bytes, bytes]
) -> str:
    """Seal a login under a new passphrase, end its other sessions, return a new cookie."""
    folded = store.get_login_name(work, login.root)
    key, salt = stretched
    keep_login(work, root=login.root, folded=folded, posting=posting, stretched=key, salt=salt)
    store.remove_sessions(work, login.root)
    return new_session(work, login.root, login.did, posting)


def _known_keys(work: Work, seed: Seed) -> dict[int, tuple[Custody, KeyState]]:
    """Return the posting keys of these words that this instance has seen, by their numbers."""
    numbers = {
        encode_did(seed.posting_key(number).public): number for number in range(KEYS_LOOKED_THROUGH)
    }
    authors = store.list_authors(work, list(numbers))
    return {
        numbers[a.did]: (a.custody, a.state) for a in sorted(authors, key=lambda a: numbers[a.did])
    }


def _line(seed: Seed, number: int, root: str, custody: Custody, state: KeyState) -> PostingKey:
    line = codec.new_posting_key(seed.posting_key(number), root, custody)
    return PostingKey(did=line.did, custody=custody, state=state, consent=line.consent)


def _sign(work: Work, root_key: SigningKey, card: Card, day: date) -> bytes:
    members = codec.card_members(card)
    return sign_record(root_key, "Person", members, nonce=encode_id(work), day=day)
