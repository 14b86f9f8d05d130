"""Every statement of hearings."""

from .offices import (
    add_attester,
    add_office,
    attest_office,
    change_attester,
    end_office,
    end_offices_of,
    find_attester,
    find_office_by_record,
    has_queue,
    list_attesters,
    list_offices,
    list_offices_of,
)

__all__ = [
    "add_attester",
    "add_office",
    "attest_office",
    "change_attester",
    "end_office",
    "end_offices_of",
    "find_attester",
    "find_office_by_record",
    "has_queue",
    "list_attesters",
    "list_offices",
    "list_offices_of",
]
