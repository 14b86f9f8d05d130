"""The onion side of `serve`: its listener, its address for people, and who keeps it published.

Three ways lead to an address (ADR-0031): a tor of our own, a tor that runs and is told the service
over its control port, or a tor that has the service in its configuration, of which we know only
the address.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app import onion, wiring
from app.crypto.checksum import checksum_words
from app.onion import State

from .output import remark

SENTENCES: Final = {
    State.STARTING: "Onion service: tor has it; until it can be found takes a minute at most.",
    State.PUBLISHED: "Onion service: readers can find it.",
    State.TOR_MISSING: "Onion service: tor is not installed. On Debian: apt-get install tor",
    State.TOR_ENDED: "Onion service: our tor ended and is started again; its log is tor/tor.log in "
    "the instance's folder.",
    State.UNREACHABLE: "Onion service: nothing answers at tor's control port. Is tor running, and "
    "GOFTOGU_TOR_CONTROL its control port?",
    State.SILENT: "Onion service: what answers at GOFTOGU_TOR_CONTROL does not answer as tor does.",
    State.NOT_ALLOWED: "Onion service: tor does not let us in. Whoever runs the forum must be able "
    "to open the control socket and to read its cookie (on Debian: the group debian-tor).",
    State.REFUSED: "Onion service: tor does not take it. It needs tor 0.4.8 or newer, built with "
    "the proof-of-work defence, and no other instance with the same key.",
    State.STEM_MISSING: "Onion service: the library stem is not installed: "
    "./requirements/setup python3 onion",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How the instance's onion address comes about."""

    address: str
    socket: Path
    """Where tor reaches us."""
    tells_circuits: bool
    """Whether tor says before each stream which circuit it came by."""
    keeper: onion.Keeper | None
    """Who keeps it published; None where tor does so by its own configuration."""


def plan_onion(house: wiring.House, *, is_asked: bool) -> Plan | None:
    """Return how the onion address comes about, and say it on the card; None if none is wanted.

    Raises:
        MalformedError: GOFTOGU_ONION is not an onion address.
        SocketPlaceError: its socket cannot be made where it should be.

    """
    if not house.settings.onion and not is_asked:
        return None
    place = onion.require_place(house.settings.resolved_onion_socket())
    if house.settings.onion:
        plan = Plan(house.settings.onion, place, tells_circuits=True, keeper=None)
    else:
        service, tor = wiring.open_onion(house)
        keeper = onion.Keeper(tor, service, lambda status: remark(SENTENCES[status.state]))
        plan = Plan(service.address, place, tells_circuits=tor.is_ours, keeper=keeper)
    if not house.settings.read_only:
        wiring.announce_onion(house, plan.address)
    return plan


@contextmanager
def kept_published(plan: Plan | None) -> Iterator[None]:
    """Keep the address published for the length of a block, whatever happens to tor."""
    if plan is not None:
        _show(plan.address)
    if plan is None or plan.keeper is None:
        yield
        return
    plan.keeper.start()
    try:
        yield
    finally:
        plan.keeper.stop()


def _show(address: str) -> None:
    """Print an address for people: to copy, to compare, to picture."""
    remark(f"Onion address: http://{address}/")
    remark(f"Four words to know it by: {' '.join(checksum_words(address, 'en'))}")
    if not sys.stderr.isatty():
        return
    import segno

    segno.make(f"http://{address}/").terminal(out=sys.stderr, compact=True)
