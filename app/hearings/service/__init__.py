"""The verbs of hearings."""

from .offices import (
    OFFICIALS,
    believe,
    doubt,
    find_office,
    list_attested,
    own_offices,
    require_office,
    tell_ended,
)
from .showing import Badge, find_badges, list_look_alikes
from .speaking import accept_post

__all__ = [
    "OFFICIALS",
    "Badge",
    "accept_post",
    "believe",
    "doubt",
    "find_badges",
    "find_office",
    "list_attested",
    "list_look_alikes",
    "own_offices",
    "require_office",
    "tell_ended",
]
