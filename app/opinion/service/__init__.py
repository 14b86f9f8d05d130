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
from .machine import (
    Wanted,
    ask_machine,
    find_machine,
    find_wanted,
    forget_machine,
    forget_old_asked,
    keep_machine,
)
from .ratings import (
    count_left,
    find_rated,
    forget_old_counts,
    own_rating,
    rate,
    rater_mark,
    take_back,
)
from .shown import encode_ground, find_own_ratings
from .statements import accept_note, accept_revision, publish_notes
from .summaries import list_cited, list_summaries
from .translations import find_translations, list_translations
from .voting import cast_votes, get_sheet, list_next, list_sheets, say_side, take_back_vote

__all__ = [
    "Wanted",
    "accept_change",
    "accept_note",
    "accept_question",
    "accept_results",
    "accept_revision",
    "ask_machine",
    "cast_votes",
    "change_conversation",
    "close_due",
    "count_left",
    "encode_ground",
    "find_machine",
    "find_own_ratings",
    "find_rated",
    "find_translations",
    "find_wanted",
    "forget_machine",
    "forget_old_asked",
    "forget_old_counts",
    "get_conversation",
    "get_sheet",
    "is_over",
    "keep_machine",
    "list_asked",
    "list_cited",
    "list_merged",
    "list_next",
    "list_sheets",
    "list_summaries",
    "list_translations",
    "open_conversation",
    "own_rating",
    "publish_notes",
    "rate",
    "rater_mark",
    "say_side",
    "take_back",
    "take_back_vote",
]
