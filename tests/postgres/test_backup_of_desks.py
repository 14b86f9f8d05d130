"""A backup of what desks did: cases, acts, hidden and sealed words come back, and go on there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pyrage
import pytest
from app import wiring
from app.cli import archive
from app.crypto.sealing import Passphrase
from app.kernel.clock import FixedClock
from app.moderation import service, store
from app.moderation.errors import ReportedError
from app.moderation.files import set_legal_contact
from app.moderation.model import ActionKind, Proposal, Rule
from app.settings import Settings
from app.wiring import House

from tests import factories
from tests.factories import card, digest_of, erasure, note, person
from tests.houses import publish, release, require_post
from tests.moderation.desks import Seat, act, post_subject, report, seat
from tests.moderation.desks import digest_of as act_of
from tests.moderation.samples import REASONS
from tests.postgres.server import Postgres, find_programs

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

AVA, BABAK, CYRA, DARA = map(person, ("Ava", "Babak", "Cyra", "Dara"))
CONTACT, DRAWER = (pyrage.x25519.Identity.generate() for _ in range(2))
HIDDEN, SEALED, ERASED, GONE, OPEN = (
    note(AVA, title=f"Post {number}", text=f"Some words {number}.") for number in range(5)
)
TABLES = (
    "action", "desk", "moderation_case", "report", "sponsor", "action_told", "proposal",
    "withheld", "sealed_copy",
)  # fmt: skip


@dataclass
class Moved:
    """An instance, and the same one restored elsewhere."""

    house: House
    seats: list[Seat]
    hidden: bytes
    proposal: str


def work_at_desks(house: House) -> Moved:
    """Do everything once that leaves something behind."""
    publish(house, *map(card, (AVA, BABAK, CYRA, DARA)), HIDDEN, SEALED, ERASED, GONE, OPEN)
    seats = [seat(house, BABAK), seat(house, CYRA)]
    report(house, GONE, DARA)
    publish(house, erasure(AVA, GONE))
    report(house, OPEN, DARA, Rule.THREAT, "He means it.")
    hidden = bytes.fromhex(act_of(act(house, seats[0], HIDDEN, ActionKind.HIDE)))
    act(house, seats[0], SEALED, ActionKind.QUARANTINE)
    erased = act(house, seats[0], ERASED, ActionKind.ERASE)
    assert isinstance(erased, Proposal)
    with house.db.write() as work:
        service.second(work, house.door, seats[1].at(house), erased.id)
    waiting = act(house, seats[0], OPEN, ActionKind.ERASE)
    assert isinstance(waiting, Proposal)
    release(house)
    return Moved(house, seats, hidden, waiting.id)


@contextmanager
def moved(tmp_path: Path, *urls: str) -> Iterator[tuple[House, Moved]]:
    """Yield an instance where desks worked, and what a backup of it became elsewhere."""
    old, new = (
        Settings(data=tmp_path / name, database_url=url, origin="")
        for name, url in zip(("old", "new"), urls, strict=True)
    )
    house = wiring.init_house(old, clock=FixedClock(factories.NOW))
    set_legal_contact(old.data, str(CONTACT.to_public()))
    with house.db.write() as work:
        house.door.submit(work, factories.board(factories.SQUARE, home=house.keys["instance"]))
    done = work_at_desks(house)
    (tmp_path / "drawer").write_text(str(DRAWER))
    programs = f"{find_programs()}{os.pathsep}{os.environ['PATH']}"
    with patch.dict(os.environ, {"PATH": programs}):
        archive.write(house, tmp_path / "b", [str(DRAWER.to_public())])
        archive.restore(new, tmp_path / "b", tmp_path / "drawer", [])
    there = wiring.open_house(new, clock=FixedClock(factories.NOW))
    done.house = there
    try:
        yield house, done
    finally:
        house.db.close()
        there.db.close()


def rows(house: House) -> dict[str, list[str]]:
    """Return what moderation keeps, table by table."""
    with house.db.engine.connect() as connection:
        return {
            table: sorted(
                repr(tuple(map(str, map(_plain, row))))
                for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
            )
            for table in TABLES
        }


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_desks_did_is_in_a_backup_and_goes_on_elsewhere(
    database: str, postgres: Postgres, tmp_path: Path
) -> None:
    is_served = database == "postgresql"
    urls = [postgres.create_database() if is_served else "" for _ in range(2)]
    with moved(tmp_path, *urls) as (here, there):
        told = rows(there.house)
        assert told == rows(here)
        assert all(told[table] for table in TABLES if table != "sponsor")
        # The same persona reports once, here as there: its mark is the same.
        with pytest.raises(ReportedError):
            report(there.house, OPEN, DARA)
        with there.house.db.write() as work:
            login = store.find_desk_login(work, there.seats[0].desk.number)
            service.undo(
                work, there.house.door, there.seats[0].at(there.house), [there.hidden], REASONS
            )
            service.second(work, there.house.door, there.seats[1].at(there.house), there.proposal)
            service.give_back(work, digest_of(SEALED), str(CONTACT))
        words = Passphrase(" ".join(there.seats[0].words.words()))
        assert service.unseal_desk(login, words).public == there.seats[0].key.public
        assert require_post(there.house, HIDDEN).version.text.title == "Post 0"
        assert require_post(there.house, SEALED).is_hidden
        assert require_post(there.house, ERASED).erased_on is not None
        assert require_post(there.house, OPEN).erased_on is not None
        with there.house.db.read() as work:
            assert service.find_sealed(work, digest_of(GONE)) is not None
            assert store.find_newest_case(work, post_subject(OPEN)) is not None
