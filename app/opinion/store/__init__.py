"""Every statement of consultations. None joins a ballot to a persona."""

from .conversations import (
    add_conversation,
    change_conversation,
    find_conversation,
    list_conversations,
    list_due,
    set_merged,
)
from .panel import (
    add_drawn,
    count_drawn,
    has_panel,
    is_in_panel,
    list_drawn,
    remove_panels,
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
    add_statement,
    find_statement,
    list_statements,
    number_statements,
    set_priorities,
)

__all__ = [
    "add_conversation",
    "add_drawn",
    "add_statement",
    "change_conversation",
    "count_drawn",
    "count_sheets",
    "find_conversation",
    "find_sheet",
    "find_side",
    "find_statement",
    "has_panel",
    "is_analysis_due",
    "is_in_panel",
    "list_conversations",
    "list_drawn",
    "list_due",
    "list_sheets",
    "list_statements",
    "number_statements",
    "remove_panels",
    "say_analysed",
    "set_merged",
    "set_priorities",
    "set_sheet",
    "set_side",
]
