"""Every statement of consultations. None joins a ballot to a persona."""

from .conversations import (
    add_conversation,
    change_conversation,
    find_conversation,
    list_conversations,
    list_due,
    set_merged,
)
from .sheets import (
    count_sheets,
    find_sheet,
    find_side,
    is_analysis_due,
    list_sheets,
    say_analysed,
    set_sheet,
    set_side,
)
from .statements import (
    Weight,
    add_statement,
    count_numbered,
    find_statement,
    list_asked_among,
    list_some,
    list_statements,
    list_weights,
    number_statements,
    set_priorities,
)

__all__ = [
    "Weight",
    "add_conversation",
    "add_statement",
    "change_conversation",
    "count_numbered",
    "count_sheets",
    "find_conversation",
    "find_sheet",
    "find_side",
    "find_statement",
    "is_analysis_due",
    "list_asked_among",
    "list_conversations",
    "list_due",
    "list_sheets",
    "list_some",
    "list_statements",
    "list_weights",
    "number_statements",
    "say_analysed",
    "set_merged",
    "set_priorities",
    "set_sheet",
    "set_side",
]
