"""The verbs of hearings."""

from .offices import (
    OFFICIALS,
    accept_attestation,
    accept_office,
    accept_office_end,
    believe,
    doubt,
    find_office,
    list_attested,
    require_office,
)

__all__ = [
    "OFFICIALS",
    "accept_attestation",
    "accept_office",
    "accept_office_end",
    "believe",
    "doubt",
    "find_office",
    "list_attested",
    "require_office",
]
