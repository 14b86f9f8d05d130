"""Room `onion`: a v3 onion service in front of a unix socket, by a tor of our own or another's.

Does not: know a page, a persona or the database; answer requests. stem is imported by `control`
alone, and only once somebody asks for an onion service: no request ever needs tor (ADR-0031).
Invariants: the address follows from the instance's own key, so it outlives tor, its control port
and this process; tor reaches us by a unix socket alone; the key is in no log; whatever is wrong
with tor is a `State`, and the keeper goes on trying.
"""

from .address import address_of
from .errors import TorError
from .keeper import Keeper
from .model import Service, State, Status
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
    "address_of",
    "require_place",
]
