"""Room `hearings`: officials answer voted questions, under rules that bind them (ADR-0045).

Lives here: whom this host believes about offices, and who holds one; what holds of charters,
questions and commitments from values alone.
Does not: say who may moderate or pays (moderation), or vote (opinion).

Invariants:
- an official is one by two signatures, a ministry's and a university's, until a day; either of the
  two ends it at once;
- what an office says comes from its records alone, and everything that readers are told of it can
  be read in them.
"""

from .model import Attester, AttesterKind, Office
from .service import (
    OFFICIALS,
    accept_post,
    believe,
    doubt,
    find_office,
    list_attested,
    own_offices,
    require_office,
    tell_ended,
)
from .store import find_attester, has_queue, list_attesters, list_offices

__all__ = [
    "OFFICIALS",
    "Attester",
    "AttesterKind",
    "Office",
    "accept_post",
    "believe",
    "doubt",
    "find_attester",
    "find_office",
    "has_queue",
    "list_attested",
    "list_attesters",
    "list_offices",
    "own_offices",
    "require_office",
    "tell_ended",
]
