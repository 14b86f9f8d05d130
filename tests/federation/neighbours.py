"""Two instances that met, and read each other's published files from folders."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app import wiring
from app.db import Work
from app.federation import partners
from app.federation.folders import Folder
from app.federation.monitor import read_card
from app.federation.partners import Partner, Replayed, Right
from app.kernel.clock import day_of
from app.owning import owners_of
from app.settings import Settings
from app.wiring import House

from tests import factories
from tests.factories import BoardKey
from tests.houses import publish, release, tick
from tests.tlog.strangers import public


def found(folder: Path, like: House, *boards: BoardKey) -> House:
    """Return another instance with boards of its own, at the time of the first."""
    house = wiring.init_house(Settings(data=folder, database_url="", origin=""), clock=like.clock)
    publish(house, *(factories.board(board, home=house.keys["instance"]) for board in boards))
    return house


def introduce(house: House, other: House, name: str) -> Partner:
    """Let an instance meet another, as its operator does with a key card."""
    with Folder(public(other)) as source:
        card = read_card(source)
    with house.db.write() as work:
        partner = partners.read_partner(
            card, name=name, url=f"http://{name}.invalid", met_on=day_of(work.now)
        )
        partners.meet(work, partner)
    return partner


def grant(giver: House, taker: Partner, boards: Iterable[BoardKey], *rights: Right) -> None:
    """Offer rights over boards, and let readers of the log see it."""
    with giver.db.write() as work:
        until = day_of(work.now) + timedelta(days=365)
        partners.offer(
            work, giver.door, taker, {board.did: frozenset(rights) for board in boards}, until
        )
    tick(giver)


def pull(
    house: House,
    partner: Partner,
    other: House,
    is_clock_off: Callable[[Work], bool] = lambda _work: False,
) -> Replayed:
    """Bring an instance's replica of another up to date."""
    release(other)
    known = find(house, partner)
    with Folder(public(other)) as source:
        return partners.sync(
            house.db,
            wiring.folder_of(house, known),
            source,
            owners_of(known, house.marks_key, house.settings.data),
            own_did=house.door.instance_did,
            partner=known,
            is_clock_off=is_clock_off,
        )


def take_left(house: House, partner: Partner) -> list[str]:
    """Take over what a partner that retired left to an instance, as the worker does."""
    known = find(house, partner)
    copy = wiring.folder_of(house, known)
    owners = owners_of(known, house.marks_key, house.settings.data)
    return partners.take_left(house.db, house.door, copy, known, owners)


def find(house: House, partner: Partner) -> Partner:
    """Return a partner as it is known now."""
    with house.db.read() as work:
        return replace(partners.get_partner(work, partner.did))


def befriend(
    house: House,
    home: House,
    name: str,
    *boards: BoardKey,
    rights: Iterable[Right] = (Right.READ, Right.CARRY),
) -> Partner:
    """Let an instance read another's boards; return the home as its partner."""
    home_there = introduce(house, home, name)
    reader_here = introduce(home, house, "reader")
    grant(home, reader_here, boards, *rights)
    pull(house, home_there, home)
    with house.db.write() as work:
        partners.accept(work, house.door, find(house, home_there))
    # What the reader accepted holds at the home once that has read it.
    pull(home, reader_here, house)
    return home_there
