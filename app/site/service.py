"""The verbs of the site: the instance's own card, and what takes forum and identity together."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Any, Final

from app import forum, identity, moderation, tlog
from app.crypto.blind import Issuer
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest, fingerprint
from app.crypto.note_keys import COSIGNATURE, SIGNATURE, VerifierKey
from app.crypto.seed import Seed
from app.db import Work
from app.forum.errors import StaleSettingsError
from app.identity.errors import StaleCardError
from app.kernel.clock import day_of
from app.kernel.errors import ConflictError, NotFoundError
from app.kernel.strict_json import JsonObject
from app.records import (
    Door,
    StoredRecord,
    VerifiedRecord,
    find_by_id,
    find_record,
    parse_record,
    sign_record,
)
from app.records.errors import WrongSignerError
from app.records.model import PREVIOUS, Custody
from app.records.registry import MOST_VERSIONS

from . import store
from .model import HostPage, InstanceCard
from .rules import name_page, parse_mirror, require_small_card

WITNESS_KEY: Final = "urn:goftogu:witnessKey"
MIRRORS: Final = "urn:goftogu:mirrors"
ONION: Final = "urn:goftogu:onion"
ISSUERS: Final = "urn:goftogu:issuers"
SEQUENCE: Final = "urn:goftogu:sequence"
REACH: Final = "reach"
"""What works today: the page that stewards write, and what it is about."""


class Tally:
    """How many posts were published on each day: counted once, and then what has come since.

    Places in the log are given once and for good, so that what was counted stays true.
    """

    def __init__(self) -> None:
        self._by_day: Counter[date] = Counter()
        self._end = 0
        self._lock = Lock()

    def count(self, work: Work) -> Mapping[date, int]:
        """Return the numbers, up to what readers can see. The first call reads every post."""
        state = tlog.get_state(work)
        end = state.shown + state.beside
        with self._lock:
            if end > self._end:
                self._by_day.update(forum.count_by_day(work, self._end, end))
                self._end = end
            return dict(self._by_day)


def accept_card(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in the card of this instance; partners' cards come with federation.

    Raises:
        WrongSignerError: another key than the instance's signed it.
        StaleCardError: it does not follow the current one.

    """
    if record.signer != instance_did:
        raise WrongSignerError("another key than the instance's")
    document, current = record.document, store.find_card(work)
    expected = 1 if current is None else current.sequence + 1
    built_on = None if current is None else encode_digest(current.digest)
    if document[SEQUENCE] != expected or document.get(PREVIOUS) != built_on:
        raise StaleCardError("the card does not follow the current one")
    card = InstanceCard(
        digest=record.digest,
        sequence=expected,
        name=document["name"],
        log_origin=document["urn:goftogu:logOrigin"],
        onion=document.get(ONION, ""),
        founded_on=record.day,
    )
    store.add_card(work, card, record.day)
    return tlog.HOUSE_LANE


def publish_card(work: Work, _shown: Sequence[tuple[bytes, int]]) -> None:
    """Let pages that name mirrors be made anew: a command may have signed the card elsewhere."""
    work.changed.add(REACH)


def accept_page(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in what stewards of this host wrote, at once; partners' pages are theirs to show.

    Raises:
        WrongSignerError: another key than the instance's signed it.
        StaleSettingsError: it does not follow the current version.

    """
    if record.signer != instance_did:
        raise WrongSignerError("another key than the instance's")
    document = record.document
    (language,), slug = document["contentMap"], document["urn:goftogu:page"]
    current = find_page(work, instance_did, language, slug)
    sequence = current.sequence + 1 if current else 1
    is_next = (document[SEQUENCE], document.get(PREVIOUS, "")) == (sequence, name_version(current))
    if not is_next or record.id != name_page(instance_did, slug, language, sequence):
        raise StaleSettingsError("the page does not follow the current version")
    work.changed.add(slug)
    return tlog.HOUSE_LANE


def find_page(work: Work, instance_did: str, language: str, slug: str = REACH) -> HostPage | None:
    """Return what stewards wrote last in a language on a page of the host's, or None."""

    def find(sequence: int) -> StoredRecord | None:
        return find_by_id(work, name_page(instance_did, slug, language, sequence))

    # No version is missing before a later one, so the newest is found by halving.
    versions = range(1, MOST_VERSIONS + 1)
    sequence = bisect_left(versions, 1, key=lambda number: find(number) is None)
    newest = find(sequence) if sequence else None
    if newest is None or newest.raw is None:
        return None
    record = parse_record(newest.raw)
    return HostPage(
        digest=newest.digest,
        sequence=sequence,
        markdown=record.document["contentMap"][language],
        written_on=record.day,
    )


def name_version(page: HostPage | None) -> str:
    """Return what the next version of a page must name; empty if it would be the first."""
    return encode_digest(page.digest) if page else ""


def write_page(
    work: Work, door: Door, language: str, markdown: str, previous: str, slug: str = REACH
) -> None:
    """Sign what stewards wrote with the instance's key and hand it in.

    `previous` is the digest of the version that they changed; empty if there was none.

    Raises:
        StaleSettingsError: another version came in the meantime.

    """
    current = find_page(work, door.instance_did, language, slug)
    sequence = current.sequence + 1 if current else 1
    members = {
        "urn:goftogu:page": slug,
        SEQUENCE: sequence,
        "contentMap": {language: markdown},
        "mediaType": "text/markdown",
        **({PREVIOUS: previous} if previous else {}),
    }
    nonce = name_page(door.instance_did, slug, language, sequence).rpartition("/")[2]
    door.submit(work, sign_record(door.key, "Page", members, nonce=nonce, day=day_of(work.now)))


def erase_persona(work: Work, door: Door, seed: Seed) -> None:
    """Erase all that a persona wrote, then its name; revoke its keys. All of it, or nothing.

    The root signs: it may whatever the state of its keys, and a host that was shown the words holds
    it for this moment.

    Raises:
        UnknownKeyError: this instance knows none of these words' keys.

    """
    day = day_of(work.now)
    keys = identity.erase_persona(work, door, seed, day)
    root_key = seed.root_key()
    forum.forget_kept(work, encode_did(root_key.public))
    moderation.forget_told(work, encode_did(root_key.public))
    posts = forum.list_unerased(work, keys)
    forum.remove_from_index(work, [p.log_index for p in posts if p.log_index is not None])
    for post in posts:
        nonce = identity.encode_id(work)
        custody = Custody.UNLOCKED.value
        door.submit(work, forum.sign_erasure(root_key, post, custody, nonce=nonce, day=day))


def erase_again(work: Work, digests: list[bytes]) -> int:
    """Erase again what a list of erasures names, in a restored backup; returns how many posts."""
    for root in identity.erase_again(work, digests):
        forum.forget_kept(work, root)
        moderation.forget_told(work, root)
    return forum.erase_again(work, digests)


def found_instance(work: Work, door: Door, name: str, keys: Mapping[str, SigningKey]) -> None:
    """Sign the instance's first card; founding it again is no error.

    The log's origin is its key's: domains and onion addresses come and go.
    """
    if store.find_card(work) is not None:
        return
    origin = name_log(keys["log"])
    members = {
        "name": name,
        SEQUENCE: 1,
        "urn:goftogu:logOrigin": origin,
        "urn:goftogu:logKey": VerifierKey(origin, SIGNATURE, keys["log"].public).encode(),
        WITNESS_KEY: _encode_witness_key(origin, keys["witness"]),
        MIRRORS: [],
    }
    _submit_card(work, door, members, keys["instance"])


def name_log(key: SigningKey) -> str:
    """Return the origin that a new instance's log has for good."""
    return f"goftogu/{fingerprint(key.public).replace(' ', '')}"


def name_witness(log_origin: str) -> str:
    """Return the name of the witness of the instance whose log has this origin."""
    return f"{log_origin}/witness"


def announce_witness_key(work: Work, door: Door, keys: Mapping[str, SigningKey]) -> None:
    """Sign a card that differs from the current one in its witness key.

    Raises:
        NotFoundError: the instance was not founded.

    """
    origin = get_card(work).log_origin
    changed = {WITNESS_KEY: _encode_witness_key(origin, keys["witness"])}
    _renew_card(work, door, keys["instance"], changed)


def announce_onion(work: Work, door: Door, key: SigningKey, address: str) -> None:
    """Sign a card that differs from the current one in its onion address; empty takes it away.

    Raises:
        NotFoundError: the instance was not founded.

    """
    _renew_card(work, door, key, {ONION: address})


def list_issuers(work: Work) -> list[str]:
    """Return the issuers' keys that the instance's card names, as it names them.

    Raises:
        NotFoundError: the instance was not founded.

    """
    issuers: list[str] = _current_document(work).get(ISSUERS, [])
    return issuers


def announce_issuers(work: Work, door: Door, key: SigningKey, issuers: Sequence[Issuer]) -> None:
    """Sign a card that names these issuers' keys and no others; where it does already, none.

    In the transaction that makes a key: nothing is issued with one that is not on the card.

    Raises:
        NotFoundError: the instance was not founded.
        ConflictError: the card names another key for one of these months: an older database came
            back, and two keys would mark who was given which.
        TooLargeError: the card would not fit into a QR code any more.

    """
    named = list_issuers(work)
    lines = sorted(issuer.line for issuer in issuers)
    months = {line.rpartition(" ")[0]: line for line in named}
    if any(months.get(line.rpartition(" ")[0], line) != line for line in lines):
        raise ConflictError("the card names another key of this month")
    if lines != named:
        _renew_card(work, door, key, {ISSUERS: lines or ""})


def list_mirrors(work: Work) -> list[str]:
    """Return the mirrors that the instance's card lists, the first that was added first.

    Raises:
        NotFoundError: the instance was not founded.

    """
    mirrors: list[str] = _current_document(work)[MIRRORS]
    return mirrors


def add_mirror(work: Work, door: Door, key: SigningKey, address: str) -> None:
    """Sign a card that lists one more mirror; one that is listed stays where it is.

    Raises:
        MalformedError: not the address of a mirror.
        TooLargeError: the card would not fit into a QR code any more.

    """
    mirror, listed = parse_mirror(address), list_mirrors(work)
    if mirror not in listed:
        _renew_card(work, door, key, {MIRRORS: [*listed, mirror]})


def remove_mirror(work: Work, door: Door, key: SigningKey, address: str) -> None:
    """Sign a card that lists a mirror no more.

    Raises:
        NotFoundError: it is not listed.

    """
    mirror, listed = address.rstrip("/"), list_mirrors(work)
    if mirror not in listed:
        raise NotFoundError("the card does not list this mirror: `goftogu mirrors list` shows all")
    _renew_card(work, door, key, {MIRRORS: [other for other in listed if other != mirror]})


def get_signed_card(work: Work) -> bytes:
    """Return the signed bytes of the instance's current card.

    Raises:
        NotFoundError: the instance was not founded.

    """
    record = find_record(work, get_card(work).digest)
    if record is None or record.raw is None:
        raise NotFoundError("no instance card")
    return record.raw


def _current_document(work: Work) -> JsonObject:
    return parse_record(get_signed_card(work)).document


def _renew_card(work: Work, door: Door, key: SigningKey, changed: Mapping[str, Any]) -> None:
    """Sign a card that differs from the current one in some members."""
    card, document = get_card(work), _current_document(work)
    said = {name: value for name, value in document.items() if name.startswith("urn:goftogu:")}
    members = said | {
        "name": document["name"],
        SEQUENCE: card.sequence + 1,
        PREVIOUS: encode_digest(card.digest),
        **changed,
    }
    # A member without a value is not on the card.
    members = {name: value for name, value in members.items() if value != ""}
    _submit_card(work, door, members, key)


def _submit_card(work: Work, door: Door, members: dict[str, Any], key: SigningKey) -> None:
    nonce, day = identity.encode_id(work), day_of(work.now)
    raw = sign_record(key, "Application", members, nonce=nonce, day=day)
    require_small_card(raw)
    door.submit(work, raw)


def _encode_witness_key(log_origin: str, key: SigningKey) -> str:
    return VerifierKey(name_witness(log_origin), COSIGNATURE, key.public).encode()


def has_card(work: Work) -> bool:
    """Return whether the instance was founded."""
    return store.find_card(work) is not None


def get_card(work: Work) -> InstanceCard:
    """Return the instance's current card.

    Raises:
        NotFoundError: it was not founded.

    """
    card = store.find_card(work)
    if card is None:
        raise NotFoundError("no instance card")
    return card
