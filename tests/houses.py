"""What tests do with an instance: hand records in, let time pass, look."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from hashlib import shake_256
from pathlib import Path

from app import forum, identity, records, site, tlog, worker
from app.crypto.blind import BlindSigningKey
from app.db import Randomness, Work
from app.forum import Post
from app.identity import store
from app.identity.rules.cohorts import cohort_of
from app.kernel.clock import HOUR_S, MINUTE_S, Clock, FixedClock, day_of
from app.records import Receipt, StoredRecord
from app.settings import Settings
from app.tlog.tables import PendingRow
from app.tlog.tree import hash_leaf
from app.wiring import House, open_house
from sqlalchemy import insert

from tests.crypto import issuers
from tests.factories import Person, card, digest_of

A_TICK_S = 15 * MINUTE_S
LONG_ENOUGH_S = 2 * HOUR_S
"""After this even a batch of one has been released."""


class SeededRandomness:
    """Bytes that look random and come again with the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._drawn = 0

    def token_bytes(self, nbytes: int, /) -> bytes:
        """Return the next bytes."""
        self._drawn += 1
        return shake_256(f"{self._seed} {self._drawn}".encode()).digest(nbytes)


def open_at(data: Path, clock: Clock, randomness: Randomness = secrets) -> House:
    """Open the instance in a folder, whatever the environment says."""
    settings = Settings(data=data, database_url="", origin="")
    return open_house(settings, clock=clock, randomness=randomness)


def submit(house: House, *raws: bytes) -> Receipt:
    """Hand records in at the door, each in a transaction of its own; return the last receipt."""
    for raw in raws[:-1]:
        submit(house, raw)
    with house.db.write() as work:
        return house.door.submit(work, raws[-1])


def invite(house: House, *people: Person) -> None:
    """Let people come, with their cards, and be invited: what they write here is not counted."""
    day = day_of(house.clock.now())
    submit(house, *(card(person, day=day) for person in people))
    with house.db.write() as work:
        identity.open_cohort(work, house.keys["instance"], issuers.KEY)
        for person in people:
            store.add_invited(work, person.root, cohort_of(day))


def appoint(house: House, session: str) -> None:
    """Make the persona of a login session a steward."""
    with house.db.write() as work:
        viewer = identity.find_viewer(work, session)
        assert viewer is not None
        identity.grant_stewardship(work, viewer.fingerprint)


def queue(house: House, count: int, prefix: str = "leaf") -> None:
    """Let many leaves fall due at once; to the log they are bytes."""
    leaves = [f"{prefix} {number}".encode() for number in range(count)]
    rows = [
        {"leaf_hash": hash_leaf(leaf), "leaf": leaf, "lane": "house", "due_at": 0}
        for leaf in leaves
    ]
    lane = tlog.Lane(name="house", tick_s=900)
    with house.db.write() as work:
        tlog.change_lane(work, lane)
        work.session.execute(insert(PendingRow), rows)


def tick(house: House) -> int:
    """Run the worker's tick once; return how many entries it integrated."""
    return worker.tick(house)


def advance(house: House, seconds: int) -> None:
    """Let time pass."""
    clock = house.clock
    assert isinstance(clock, FixedClock)
    clock.advance(seconds)


def release(house: House) -> int:
    """Let enough time pass for everything that waits to be shown, and show it."""
    advance(house, LONG_ENOUGH_S)
    return tick(house)


def publish(house: House, *raws: bytes) -> None:
    """Hand records in and show them."""
    submit(house, *raws)
    release(house)


def open_month(house: House, key: BlindSigningKey) -> bool:
    """Give this month an issuer's key, named on the card; return whether it had none."""
    instance = house.keys["instance"]
    with house.db.write() as work:
        is_new = identity.open_cohort(work, instance, key)
        site.announce_issuers(work, house.door, instance, identity.list_issuers(work))
    return is_new


def open_all_issuers(house: House, work: Work, key: BlindSigningKey) -> None:
    """Give this month a key for invitations and for names, both the same, named on the card."""
    instance = house.keys["instance"]
    identity.open_cohort(work, instance, key)
    identity.open_names(work, instance, key)
    issuers = [*identity.list_issuers(work), *identity.list_name_issuers(work)]
    site.announce_issuers(work, house.door, instance, issuers)


class PowerCutError(Exception):
    """The machine stopped."""


def crash_after(house: House, act: Callable[[Work], object]) -> None:
    """Do something in a transaction that never commits, as when the power fails before its end."""
    with suppress(PowerCutError), house.db.write() as work:
        act(work)
        raise PowerCutError


def find_post(house: House, post: bytes) -> Post | None:
    """Return a post, shown or waiting, by the bytes of its first record."""
    with house.db.read() as work:
        return forum.find_post(work, digest=digest_of(post))


def require_post(house: House, post: bytes) -> Post:
    """Return a post that must be there."""
    found = find_post(house, post)
    assert found is not None
    return found


def find_record(house: House, raw: bytes) -> StoredRecord | None:
    """Return what the door keeps of a record."""
    with house.db.read() as work:
        return records.find_record(work, digest_of(raw))


def count_records(house: House) -> int:
    """Return how many records the instance has taken in."""
    with house.db.read() as work:
        return len(records.list_digests(work))


def read_rows(house: House) -> list[tuple[str, dict[str, object]]]:
    """Return every row of every table as (table, row), in an order that is always the same."""
    with house.db.engine.connect() as connection:
        tables = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).scalars()
        rows = [
            (table, dict(row))
            for table in tables.all()
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}").mappings()
        ]
    return sorted(rows, key=repr)
