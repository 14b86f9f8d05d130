"""Builds everything once, by hand. The only place that knows all the rooms at once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from app import (
    hearings,
    onion,
    opinion,
    records,
    site,
    tlog,
)
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.crypto.note_keys import COSIGNATURE, VerifierKey
from app.db import Beside, Database, Randomness, Work, open_database
from app.db.erased import ErasedList
from app.federation import partners
from app.federation.folders import close_to_others
from app.federation.health.jobs import is_clock_off
from app.federation.partners import Partner
from app.federation.partners.copies import forget_copied
from app.federation.partners.keeper import PartnerKeeper
from app.federation.press import Press
from app.federation.publishing import Publisher
from app.federation.retired import NOTICE
from app.federation.shelf import Shelf
from app.federation.shelving import ShelfKeeper
from app.kernel.clock import Clock, SystemClock
from app.kernel.errors import CorruptStateError, MalformedError, UnavailableError
from app.moderation.files import read_legal_contact
from app.owning import owners, owners_of
from app.records import Door
from app.settings import ROOT, Settings
from app.tlog.files import PublicFolder
from app.tlog.witness import TEXT_TYPE, Answer
from app.web import outbound
from app.web.addresses import Address
from app.web.languages import Language, load_languages
from app.web.listener import require_onion_address
from app.web.sharing import open_shared
from app.web.templating import Templates

if TYPE_CHECKING:
    from app.web.shared import Shared

PUBLIC: Final = "public"
"""The one folder of an instance that others may read."""
_RETIRED: Final = (
    "what this folder has is left of an instance that was wound down, for others to read: choose "
    "another one in GOFTOGU_DATA"
)
_KEY_FILES: Final = ("instance", "log", "witness")
_WITNESS_S: Final = 5.0
_WITNESS_OVER_TOR_S: Final = 20.0  # A first way to an onion service takes tor several seconds.


class NotInitialisedError(UnavailableError):
    """The folder has no instance yet: `goftogu init` makes one."""

    code = "not-initialised"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An instance, opened: what the doors (web, worker, commands) work with."""

    settings: Settings
    db: Database
    door: Door
    clock: Clock
    keys: Mapping[str, SigningKey]
    marks_key: bytes
    """Makes marks of personas (ADR-0041): 32 bytes."""
    sequencer: tlog.Sequencer
    publisher: Publisher
    asker: tlog.Asker
    """Asks the log's witnesses, for the worker."""
    beside: Beside
    """How commands tell the process that keeps pages."""
    shared: "Shared | None" = None
    """What this process shares with the instance's others, if they share anything."""

    def close(self) -> None:
        """Let go of the database and of what is shared."""
        self.db.close()
        if self.shared is not None:
            self.shared.close()


def folder_of(house: "House", partner: Partner) -> Path:
    """Return where a partner's files are copied to."""
    return house.settings.data / "partners" / partner.name


def open_partner_keeper(house: "House") -> PartnerKeeper:
    """Return who keeps up with an instance's partners; one runs at a time for each."""

    def open_source(partner: Partner) -> Address:
        return Address(partner.url, house.settings.way_to(partner.url))

    return PartnerKeeper(
        house.db,
        house.door,
        open_source,
        partial(owners_of, marks_key=house.marks_key, data=house.settings.data),
        partial(folder_of, house),
        partial(is_clock_off, house.sequencer.published),
    )


def open_house(
    settings: Settings, *, clock: Clock | None = None, randomness: Randomness = secrets
) -> House:
    """Open an instance that `init` has made.

    Raises:
        NotInitialisedError: there is none in the folder.

    """
    clock = clock or SystemClock()
    keys = {name: _read_key(settings.data, name) for name in _KEY_FILES}
    # It came later than the others: an instance that was made before has none yet.
    _make_key(settings.data / "keys" / "marks.key")
    db = open_database(
        settings.resolved_database_url(),
        clock,
        randomness,
        is_read_only=settings.read_only,
        is_pooled=settings.pooled,
        replica_urls=settings.replica_urls.split(),
    )
    marks_key = _read_key(settings.data, "marks").seed()
    read_contact = partial(read_legal_contact, settings.data)
    instance_did = encode_did(keys["instance"].public)
    relay = partial(
        partners.find_elsewhere,
        own_did=instance_did,
        owners_of=partial(owners_of, marks_key=marks_key, data=settings.data),
    )
    owned = owners(instance_did, marks_key, read_contact, settings.data)
    door = Door(owned, keys["instance"], relay=relay)
    publisher = Publisher(db, door, settings.data / PUBLIC)
    db.erasure_listeners.append(ErasedList(settings.data).append)
    db.erasure_listeners.append(partial(forget_copied, settings.data / "partners"))
    db.removal_listeners.append(publisher.remove)
    db.removal_steps += [
        opinion.forget_machine,
        hearings.forget_erased,
        partners.forget_erased,
    ]
    if settings.translate_url:
        outbound.parse_own_host(settings.translate_url)
    close_to_others(settings.data, PUBLIC)
    return House(
        shared=open_shared(settings.redis_url, db),
        settings=settings,
        db=db,
        door=door,
        clock=clock,
        keys=keys,
        marks_key=marks_key,
        sequencer=tlog.Sequencer(db, settings.data, site.name_log(keys["log"]), keys["log"]),
        publisher=publisher,
        asker=tlog.Asker(db, settings.data, partial(ask_by_http, settings)),
        beside=Beside(settings.data),
    )


def init_house(settings: Settings, *, clock: Clock | None = None) -> House:
    """Make an instance in its folder: keys, database, house lane, instance card.

    Doing it again finishes what a crash left open and changes nothing that is there.
    """
    folder = settings.data / "keys"
    if (settings.data / NOTICE).exists():
        raise NotInitialisedError(_RETIRED)
    if not folder.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        # Later it is its owner's to open, for a front server that is to reach the public folder.
        settings.data.chmod(0o700)
        folder.mkdir(mode=0o700)
    for name in _KEY_FILES:
        _make_key(folder / f"{name}.key")
    migrate(settings.resolved_database_url())
    house = open_house(settings, clock=clock)
    with house.db.read() as work:
        is_new = not site.has_card(work)
    if is_new:
        # Before the card, while nobody knows the key: what nobody knows has signed nothing.
        _witness_of(house, site.name_log(house.keys["log"])).memory.begin()
    with house.db.write() as work:
        tlog.open_lane(work, tlog.HOUSE_LANE)
        site.found_instance(work, house.door, settings.name, house.keys)
    records.advance(house.db, house.door, house.sequencer)
    return house


def announce_onion(house: House, address: str) -> None:
    """Let the instance's card name its onion service, a v3 address or none; again is no change.

    Raises:
        MalformedError: it is no such address.

    """
    if address:
        require_onion_address(address)
    with house.db.read() as work:
        is_known = site.get_card(work).onion == address
    if not is_known:
        with house.db.write() as work:
            site.announce_onion(work, house.door, house.keys["instance"], address)


def open_witness(house: House) -> tlog.Witness:
    """Return the instance as a witness, whether or not it may sign."""
    with house.db.read() as work:
        origin = site.get_card(work).log_origin
    return _witness_of(house, origin)


def open_shelf(house: House) -> Shelf:
    """Return what is on the instance's shelf: bundles and bulletins."""
    return Shelf(PublicFolder(house.settings.data / PUBLIC))


def open_press(house: House) -> Press:
    """Return what files of an instance are made with."""

    def read_reach(work: Work, language: Language) -> str:
        page = site.find_page(work, house.door.instance_did, language.code)
        return page.markdown if page else language.prose(site.REACH)

    return Press(
        db=house.db,
        public=house.settings.data / PUBLIC,
        did=house.door.instance_did,
        key=house.keys["instance"],
        languages=load_languages(ROOT / "translations"),
        templates=Templates(ROOT / "templates"),
        stylesheet=(ROOT / "static" / "goftogu.css").read_bytes(),
        read_reach=read_reach,
    )


def open_shelf_keeper(house: House) -> ShelfKeeper:
    """Return who keeps the shelf of an instance; one runs at a time."""
    return ShelfKeeper(open_press(house), house.settings.data)


def renew_witness(house: House) -> tlog.Witness:
    """Give the instance a new witness key without a past, and say so on its card.

    The card acts at once; its entry comes with the log's next run. The old key never signs again.
    After a crash in between nothing is signed: renew once more.
    """
    open_witness(house).memory.forget()
    path = house.settings.data / "keys" / "witness.key"
    path.unlink()
    _make_key(path)
    keys = {**house.keys, "witness": _read_key(house.settings.data, "witness")}
    house = replace(house, keys=keys)
    with house.db.write() as work:
        site.announce_witness_key(work, house.door, keys)
    witness = open_witness(house)
    witness.memory.begin()
    return witness


def _witness_of(house: House, log_origin: str) -> tlog.Witness:
    key, name = house.keys["witness"], site.name_witness(log_origin)
    memory = tlog.WitnessMemory(house.settings.data, VerifierKey(name, COSIGNATURE, key.public))
    return tlog.Witness(name=name, key=key, memory=memory)


def ask_by_http(settings: Settings, url: str, body: bytes) -> Answer:
    """Ask a witness over the network: over Tor where there is a tor to go out by.

    Raises:
        UnavailableError, TooLargeError: see `outbound.exchange`.

    """
    way = settings.way_to(url)
    within_s = _WITNESS_OVER_TOR_S if way else _WITNESS_S
    received = outbound.exchange(
        "POST", url, body, media_type=TEXT_TYPE, within_s=within_s, way=way
    )
    return Answer(status=received.status, media_type=received.media_type, body=received.body)


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision of the schema."""
    # A tool of ten megabytes that the web process would hold for as long as it runs.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def newest_revision() -> str:
    """Return the revision of the schema that this program needs."""
    versions = (ROOT / "migrations" / "versions").glob("[0-9]*.py")
    return max(path.name.partition("_")[0] for path in versions)


def migrate_if_older(house: House) -> None:
    """Bring an opened instance's database to the newest revision, if it is not there yet."""
    newest = newest_revision()
    with house.db.read() as work:
        current = work.run(text("SELECT version_num FROM alembic_version")).scalar()
    if current != newest:
        migrate(house.settings.resolved_database_url())


def open_onion(house: House) -> tuple[onion.Service, onion.Tor]:
    """Return the instance's onion service, with its key made if it has none, and a tor for it.

    The key has a file like the others', so it is in backups, and the address comes back with it.
    """
    settings = house.settings
    _make_key(settings.data / "keys" / "onion.key")
    service = onion.Service(
        key=_read_key(settings.data, "onion"), socket=settings.resolved_onion_socket()
    )
    if settings.tor_control:
        return service, onion.RunningTor(settings.tor_control)
    return service, onion.OwnTor(settings.data / "tor", settings.torrc)


def _read_key(data: Path, name: str) -> SigningKey:
    path = data / "keys" / f"{name}.key"
    if not path.exists() and (data / NOTICE).exists():
        raise NotInitialisedError(_RETIRED)
    if not path.exists():
        raise NotInitialisedError(
            f"there is no instance in {data}: set GOFTOGU_DATA, or make one with `goftogu init`"
        )
    try:
        return SigningKey(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (ValueError, MalformedError) as error:
        raise CorruptStateError(f"not a key file: {path}") from error


def _make_key(path: Path) -> None:
    """Write a new key that only this process's owner can read; keep one that is there."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        if path.stat().st_size:
            return
    path.write_text(secrets.token_bytes(32).hex() + "\n", encoding="ascii")
