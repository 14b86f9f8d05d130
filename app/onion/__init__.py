"""Room `onion`: a v3 onion service in front of a unix socket, by a tor of our own or another's.

Also `through_tor`, the way out over Tor, which `web.outbound` alone takes.

Does not: know a page, a persona or the database; answer requests. stem is imported by `control`
alone, and only once somebody asks for an onion service: no request ever needs tor (ADR-0031).
Invariants: the address follows from the instance's own key, so it outlives tor, its control port
and this process; tor reaches us by a unix socket alone; the key is in no log; whatever is wrong
with tor is a `State`, and the keeper goes on trying; `site` shows it to stewards.
"""

from .address import address_of, is_onion
from .errors import TorError
from .keeper import Keeper
from .model import Service, State, Status, WayOut
from .socket import SocketPlaceError, require_place
from .tor import OwnTor, RunningTor, Tor

__all__ = [
    "Keeper",
    "OwnTor",
    "RunningTor",
    "Service",
    "SocketPlaceError",
    "State",
    "Status",
    "Tor",
    "TorError",
    "WayOut",
    "address_of",
    "is_onion",
    "require_place",
]
