"""What consultations do."""

from .ballots import (
    Voter,
    find_voter,
    named_keys,
    require_results,
    sees_results,
    vote_as,
    vote_with,
)
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
    open_with_ballots,
)
from .panel import draw_panels, forget_old_panels, is_drawn, list_drawn
from .sides import asks_side_now, has_said_side, say_side
from .statements import accept_note, accept_revision, publish_notes
from .voting import (
    ask_next,
    cast_votes,
    get_sheet,
    list_next,
    list_sheets,
    require_voting,
    take_back_vote,
)

__all__ = [
    "Voter",
    "accept_change",
    "accept_note",
    "accept_question",
    "accept_results",
    "accept_revision",
    "ask_next",
    "asks_side_now",
    "cast_votes",
    "change_conversation",
    "close_due",
    "draw_panels",
    "find_voter",
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
    "named_keys",
    "open_conversation",
    "open_with_ballots",
    "publish_notes",
    "require_results",
    "require_voting",
    "say_side",
    "sees_results",
    "take_back_vote",
    "vote_as",
    "vote_with",
]
