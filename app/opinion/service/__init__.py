"""What consultations do."""

from .conversations import (
    accept_change,
    accept_question,
    accept_results,
    change_conversation,
    close_due,
    get_conversation,
    is_over,
    list_asked,
    list_merged,
    open_conversation,
)
from .panel import draw_panels, forget_old_panels, is_drawn, list_drawn
from .sides import describe_sides, has_said_side, say_side
from .statements import accept_note, accept_revision, publish_notes
from .voting import cast_votes, get_sheet, list_next, list_sheets, take_back_vote

__all__ = [
    "accept_change",
    "accept_note",
    "accept_question",
    "accept_results",
    "accept_revision",
    "cast_votes",
    "change_conversation",
    "close_due",
    "describe_sides",
    "draw_panels",
    "forget_old_panels",
    "get_conversation",
    "get_sheet",
    "has_said_side",
    "is_drawn",
    "is_over",
    "list_asked",
    "list_drawn",
    "list_merged",
    "list_next",
    "list_sheets",
    "open_conversation",
    "publish_notes",
    "say_side",
    "take_back_vote",
]
