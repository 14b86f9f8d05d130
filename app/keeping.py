"""Who works beside the ticks, each in a thread of its own."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol, runtime_checkable

from app import hearings
from app.federation.health.jobs import EVERY_S as HEALTH_EVERY_S
from app.federation.health.jobs import Doctor
from app.federation.partners import Partner
from app.federation.partners.gossip import MAX_SEEN_BYTES
from app.federation.partners.keeper import EVERY_S as PARTNERS_EVERY_S
from app.federation.partners.watching import EVERY_S as WATCHING_EVERY_S
from app.federation.partners.watching import FETCH_S, Watcher
from app.kernel.errors import UnavailableError
from app.listening import LISTEN_EVERY_S, open_listener
from app.moderation import WATCH_EVERY_S, Watch
from app.opinion import ANALYSE_EVERY_S, CONTEXT_EVERY_S, Analyst, NoteKeeper
from app.opinion.jobs.ground import EVERY_S as GROUND_EVERY_S
from app.opinion.jobs.ground import GroundKeeper
from app.opinion.jobs.translating import EVERY_S as TRANSLATING_EVERY_S
from app.opinion.jobs.translating import Translator
from app.settings import Settings
from app.tlog.publication import SEEN_PATH
from app.web import outbound
from app.wiring import House, open_partner_keeper, open_witness


class Keeper(Protocol):
    """Who looks after something, and knows what is to be done about it now."""

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield acts, each a transaction of its own."""
        ...


@runtime_checkable
class PatientKeeper(Keeper, Protocol):
    """One whose acts only begin something, which may go on when the worker is told to stop."""

    def wait(self) -> None:
        """Wait until nothing is going on any more."""
        ...


def list_keepers(house: House) -> dict[str, tuple[Callable[[], Keeper], float]]:
    """Return who works beside the ticks, each in a thread of its own, and how often each looks."""
    db, key, data = house.db, house.marks_key, house.settings.data
    root_at = house.sequencer.published.root_at
    url, machine = house.settings.resolved_database_url(), house.settings.translate_url
    keepers: dict[str, tuple[Callable[[], Keeper], float]] = {
        "moderation": (partial(Watch, db, house.door, key), WATCH_EVERY_S),
        "opinion": (partial(Analyst, db, house.door, url=url), ANALYSE_EVERY_S),
        "context": (partial(NoteKeeper, db, key), CONTEXT_EVERY_S),
        "ground": (partial(GroundKeeper, db, key), GROUND_EVERY_S),
        "hearings": (partial(hearings.HallKeeper, db, house.door, root_at), hearings.HALL_EVERY_S),
        "listening": (partial(open_listener, db, house.door, url, data), LISTEN_EVERY_S),
    }
    published, sequencer = house.sequencer.published, house.sequencer
    keepers["health"] = (
        partial(
            Doctor,
            db,
            published,
            data,
            lambda: sequencer.halted is not None,
            house.door.instance_did,
        ),
        HEALTH_EVERY_S,
    )
    keepers["watching"] = (partial(open_watcher, house), WATCHING_EVERY_S)
    keepers["partners"] = (partial(open_partner_keeper, house), PARTNERS_EVERY_S)
    if machine:
        keepers["translating"] = (partial(Translator, db, machine), TRANSLATING_EVERY_S)
    return keepers


def open_watcher(house: House, fetch: Callable[[Partner], bytes] | None = None) -> Watcher:
    """Return who watches partners' logs; `fetch` asks one, by the network if it is not given."""
    return Watcher(
        house.db,
        house.door,
        house.sequencer.published,
        open_witness(house),
        house.settings.data,
        fetch or partial(_fetch_seen, house.settings),
    )


def _fetch_seen(settings: Settings, partner: Partner) -> bytes:
    """Ask a partner what it sees of others' logs.

    Raises:
        UnavailableError, TooLargeError, MalformedError: see `outbound.exchange`.

    """
    received = outbound.exchange(
        "GET",
        f"{partner.url}/{SEEN_PATH}",
        within_s=FETCH_S,
        most=MAX_SEEN_BYTES,
        way=settings.way_to(partner.url),
    )
    if received.status != 200:
        raise UnavailableError("nothing is told there")
    return received.body
