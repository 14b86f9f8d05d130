"""Joining: a persona is complete in a sealed page before anything of it is stored."""

from dataclasses import dataclass
from datetime import date

from app.crypto.multikey import encode_did
from app.crypto.sealing import SALT_BYTES, Passphrase, stretch
from app.crypto.seed import Seed
from app.db import Randomness, Work
from app.identity import store
from app.identity.errors import NameTakenError
from app.identity.rules import naming
from app.records import Door
from app.records.model import Custody

from .cards import encode_id, make_card
from .sessions import COST, keep_login, new_session


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPersona:
    """A persona between the first and the last step of joining, complete but stored nowhere."""

    name: str
    entropy: bytes
    stretched: bytes
    """The key that the passphrase was stretched to."""
    salt: bytes


def prepare_persona(randomness: Randomness, name: str, passphrase: Passphrase) -> NewPersona:
    """Make a new persona's secrets. Nothing is stored: the caller seals them into its page."""
    salt = randomness.token_bytes(SALT_BYTES)
    return NewPersona(
        name=name,
        entropy=randomness.token_bytes(16),
        stretched=stretch(passphrase, salt, COST),
        salt=salt,
    )


def require_free_name(work: Work, name: str) -> None:
    """Refuse a name that a persona of this instance has.

    Raises:
        NameTakenError: it has it.

    """
    if store.holds_name(work, naming.fold_name(name)):
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
    keep_login(
        work,
        root=root,
        folded=naming.fold_name(new.name),
        posting=posting,
        stretched=new.stretched,
        salt=new.salt,
    )
    return new_session(work, root, did, posting)
