"""Cards and what they say; who may sign."""

from dataclasses import replace
from datetime import date
from typing import Final

from app import records, tlog
from app.crypto.multikey import decode_did, encode_did, fingerprint
from app.crypto.seed import Seed
from app.db import Work
from app.identity import codec, rules, store
from app.identity.errors import KeyInactiveError, KeyTakenError
from app.identity.model import Author, Card, KeyState, Persona, PostingKey, Viewer
from app.identity.rules import naming
from app.kernel.errors import NotFoundError
from app.records import VerifiedRecord, sign_record
from app.records.codec import NONCE_BYTES as ID_BYTES
from app.records.codec import encode_nonce
from app.records.errors import WrongSignerError
from app.records.model import CUSTODY, IMPORTED, Custody

NAMES: Final = "names"
"""What every page that shows a persona is about."""


def accept_card(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Take in a card: it acts at once, so that a revocation never waits for a tick.

    Raises:
        StaleCardError: it does not follow the persona's current card.
        KeyTakenError: a key on it belongs to another persona.
        MixedNameError: its name mixes scripts.
        HostCustodyError: it declares a key in use as the host's.

    """
    card = codec.decode_card(record)
    current = store.find_persona(work, card.root)
    if rules.is_revocation(card) and current is not None and not rules.follows(card, current):
        _revoke(work, card)
        return tlog.HOUSE_LANE
    rules.require_own_custody(card)
    rules.require_successor(card, current)
    if current is None or card.name != current.name:
        # Whoever had such a name before it was refused can still come back and change keys.
        naming.require_one_script(card.name)
    store.put_card(
        work,
        card,
        fingerprint=fingerprint(record.key),
        folded=naming.fold_name(card.name),
        digest=record.digest,
    )
    listed = {key.did for key in card.keys}
    for did, _, _, state in store.list_keys(work, card.root):
        # A card speaks for all of its persona's keys: what it leaves out is no longer in use.
        if did not in listed and state == KeyState.ACTIVE:
            store.set_key_state(work, did, KeyState.RETIRED)
    for key in card.keys:
        known = store.find_author(work, key.did)
        if known is not None and known.root not in {None, card.root}:
            raise KeyTakenError("a key on the card belongs to another persona")
        if known is not None and known.thread is not None:
            # Taken for a name, as what it signed stood before its card in a log that came back.
            store.remove_thread_name(work, key.did)
        settled = key
        if known is not None and known.root is not None:
            state = rules.later_state(known.state, key.state)
            settled = PostingKey(
                did=key.did, custody=known.custody, state=state, consent=key.consent
            )
        mark = fingerprint(decode_did(key.did))
        store.put_key(work, settled, fingerprint=mark, root=card.root, is_new=known is None)
    work.changed.add(NAMES)
    return tlog.HOUSE_LANE


def require_author(work: Work, record: VerifiedRecord, *, host: str = "") -> Author:
    """Return the author of a record that a posting key signed, if the key may sign it.

    A key without a card may post: it is remembered, and shows as its fingerprint. A server that
    held it would have made a card, so its custody is the device. The key of the `host` signs what
    it imports, and nobody else's key may say that it imported something.

    Raises:
        WrongSignerError: a root key signed what only posting keys sign, or another key
            than the host's an import.
        KeyInactiveError, CustodyDiffersError, HostCustodyError: see `rules.require_use`.

    """
    declared = Custody(record.document[CUSTODY])
    is_host = record.signer == host
    if IMPORTED in record.document and not (is_host and declared is Custody.INSTANCE):
        raise WrongSignerError("only the host's own key imports, in its own name")
    author = store.find_author(work, record.signer)
    if author is None:
        if store.find_persona(work, record.signer) is not None:
            raise WrongSignerError("a root key signs cards, not posts")
        mark = fingerprint(record.key)
        kept = Custody.INSTANCE if is_host else Custody.DEVICE
        if record.digest in work.logged and declared is Custody.UNLOCKED:
            # A name for one thread, that an older database has lost: see `thread_names`.
            kept = declared
        store.add_lone_key(work, record.signer, mark, kept)
        author = Author(
            did=record.signer,
            root=None,
            name=None,
            fingerprint=mark,
            custody=kept,
            state=KeyState.ACTIVE,
        )
    was_in_use = record.digest in work.logged
    rules.require_use(replace(author, state=KeyState.ACTIVE) if was_in_use else author, declared)
    return author


def require_hand(work: Work, record: VerifiedRecord) -> str:
    """Return what stands for the holder of the key that signed an act, if the key is in use.

    Raises:
        KeyInactiveError: it was retired or revoked.

    """
    author = store.find_author(work, record.signer)
    if author is None:
        return record.signer
    if author.state is not KeyState.ACTIVE and record.digest not in work.logged:
        raise KeyInactiveError("the key is no longer in use")
    return author.hand


def find_hand(work: Work, did: str) -> str:
    """Return what stands for a key's holder: the root of its persona, or the key itself."""
    author = store.find_author(work, did)
    return author.hand if author else did


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


def get_persona(work: Work, mark: str) -> Persona:
    """Return a persona by its fingerprint with or without spaces.

    Raises:
        NotFoundError: no such persona.

    """
    persona = store.find_persona_by_fingerprint(work, spaced(mark))
    if persona is None:
        raise NotFoundError("no persona here has this fingerprint, which its page shows")
    return persona


def list_own_records(work: Work, viewer: Viewer) -> list[bytes]:
    """Return the signed bytes of everything that a persona's root and posting keys signed here.

    What a desk hid is among it: the persona reads that here as well.
    """
    dids = [viewer.root, *(row[0] for row in store.list_keys(work, viewer.root))]
    signed = records.list_by_signers(work, dids, with_hidden=True)
    return [raw for _digest, raw in signed]


def find_arrival(work: Work, root: str) -> date | None:
    """Return the day of a persona's first card here, as it says itself, or None if it has none."""
    cards = records.list_by_signers(work, [root], "Person")
    return min((records.parse_record(raw).day for _digest, raw in cards), default=None)


def spaced(mark: str) -> str:
    """Return a fingerprint in its four groups."""
    joined = mark.replace(" ", "")
    return " ".join(joined[start : start + 4] for start in range(0, 16, 4))


def _revoke(work: Work, card: Card) -> None:
    """Revoke keys at once, whichever card is current: a revocation needs the words alone.

    It names the persona no differently and takes no place in the line of its cards. Keys that were
    never seen here are remembered as revoked, so that they never come into use.
    """
    for key in card.keys:
        known = store.find_author(work, key.did)
        if known is not None and known.root == card.root:
            # How it was kept stays as it was declared: a revocation may be made without knowing.
            store.set_key_state(work, key.did, KeyState.REVOKED)
        elif known is None or known.root is None:
            mark = fingerprint(decode_did(key.did))
            store.put_key(work, key, fingerprint=mark, root=card.root, is_new=known is None)
    store.remove_login(work, card.root)
    work.changed.add(NAMES)
