"""Rows of officials, hearings and questions."""

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
from .offices import find_office
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
    "add_hearing",
    "add_question",
    "count_questions",
    "find_hearing",
    "find_office",
    "find_outcome",
    "find_question",
    "list_hearings",
    "list_questions",
    "list_states",
    "list_waiting",
    "set_charter",
    "set_choice",
    "set_outcome",
    "set_question",
    "set_state",
    "set_tallies",
]
