"""Room `listening`: what was heard, once a week, with its limits (ADR-0051).

Lives here: weekly releases of closed consultations: their figures with bounds and bias cards, their
files, and the record that names them; the table of the population's margins; the gap between what
is said and what is held, and outcomes; `maths` is pure.
Does not: hold votes or answers (opinion does), or know of whom any of it is.

    ballots (opinion) ─worker, Mondays─► cells of ten and more ─► release: page, CSV, codebook
    release ─► Announce, signed by the host ─tick─► log

Invariants:
- a release is made once, and never anew;
- a cell that was told stays as it is until ten people changed in its counts;
- no chart without its bias card: it cannot be built;
- nothing is said of everybody below an effective number of a hundred people;
- no consultation is in a release while it is open.
"""

from .codec import parse_margins
from .jobs import EVERY_S as LISTEN_EVERY_S
from .jobs import MARGINS, OWN_MARGINS, Listener, open_listener
from .model import Measure, Release, Released
from .service import accept_release, find_latest, get_release

__all__ = [
    "LISTEN_EVERY_S",
    "MARGINS",
    "OWN_MARGINS",
    "Listener",
    "Measure",
    "Release",
    "Released",
    "accept_release",
    "find_latest",
    "get_release",
    "open_listener",
    "parse_margins",
]
