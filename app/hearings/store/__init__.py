"""Rows of officials, hearings and questions."""

from .answers import find_answers
from .beside import Announced, look_beside
from .drafts import list_drafted
from .due import count_past_due
from .hearings import (
    add_hearing,
    find_hearing,
    find_outcome,
    list_hearings,
    set_charter,
    set_choice,
    set_outcome,
    set_state,
    set_tallies,
)
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
from .questions import (
    add_question,
    count_questions,
    find_question,
    list_questions,
    list_states,
    list_waiting,
    set_question,
)

__all__ = [
    "Announced",
    "add_attester",
    "add_hearing",
    "add_office",
    "add_question",
    "attest_office",
    "change_attester",
    "count_past_due",
    "count_questions",
    "end_office",
    "end_offices_of",
    "find_answers",
    "find_attester",
    "find_hearing",
    "find_office",
    "find_office_by_record",
    "find_outcome",
    "find_question",
    "has_queue",
    "list_attesters",
    "list_drafted",
    "list_hearings",
    "list_offices",
    "list_offices_of",
    "list_questions",
    "list_states",
    "list_waiting",
    "look_beside",
    "set_charter",
    "set_choice",
    "set_outcome",
    "set_question",
    "set_state",
    "set_tallies",
]
