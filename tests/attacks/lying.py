"""A host that lies: whatever it signs into its own log, no program of ours has looked at it."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from app import records, tlog
from app.records import Door, Owner
from app.records.codec import encode_leaf
from app.records.registry import RECORD_TYPES
from app.wiring import House

from tests import factories
from tests.houses import publish
from tests.tlog.strangers import public

_LAX = Owner(accept=lambda _work, _record: tlog.HOUSE_LANE)


def log(home: House, *raws: bytes) -> None:
    """Put records into a host's log, whatever they say."""
    publish(_without_rules(home), *raws)


def log_forged(home: House, forged: bytes) -> None:
    """Put an entry into a host's log whose record nobody signed, and hand its bytes out."""
    digest = sha256(forged).digest()
    with home.db.write() as work:
        tlog.append(work, encode_leaf(digest, "Note"), tlog.HOUSE_LANE)
    publish(_without_rules(home), factories.note(factories.person("Liar")))
    (public(home) / "records" / digest.hex()).write_bytes(forged)


def log_as_erased(home: House, digests: Sequence[bytes], *, by: bytes) -> None:
    """Put entries into a host's log whose records it never had, as `by` accounts for."""
    with home.db.write() as work:
        for digest in digests:
            tlog.append(work, encode_leaf(digest, "Note"), tlog.HOUSE_LANE)
            records.keep_erased(work, digest, "Note", work.now)
    publish(_without_rules(home), by)


def _without_rules(home: House) -> House:
    """Return an instance that takes any record into its log, and does nothing else."""
    owners = dict.fromkeys(RECORD_TYPES, _LAX)
    return replace(home, door=Door(owners, home.keys["instance"]))
