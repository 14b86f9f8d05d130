"""Room `opinion`: consultations: statements, secret votes, and what both sides share.

Lives here: a thread's consultation, its statements and votes, what is made of them (`maths`, pure);
ratings of posts and the order of common ground; readers' context; translations and summaries.
Does not: know whose a ballot is (identity gives and lets in ballots), or hide a post (moderation).

    Question (the home instance) ─► open ─► closed (results are everyone's) ─► archived
    statement: a post of the thread ─tick─► numbered, voted on ─► merged into another, or withdrawn
    ballot (identity) ─► sheet: two bytes a vote ─worker─► analysis ─► report ─► released tables

Invariants:
- votes stand under ballots; no row, file, log or record joins one to a persona;
- nothing tells when a vote came, or in what order;
- while a consultation is open, only who voted enough sees results, and no file, feed or record has
  them; of what is published no cell counts fewer than ten people;
- a statement's words stay as they were voted on: it is erased or hidden, never revised;
- the same votes give the same results, byte for byte.
"""

from .jobs import EVERY_S as ANALYSE_EVERY_S
from .jobs import Analyst
from .jobs.notes import EVERY_S as CONTEXT_EVERY_S
from .jobs.notes import NoteKeeper
from .model import (
    Change,
    Conversation,
    ConversationState,
    Helps,
    NoteReason,
    Question,
    Rating,
    ResultsShown,
    Side,
    Statement,
    Vote,
)
from .service import (
    Voter,
    accept_change,
    accept_note,
    accept_question,
    accept_results,
    accept_revision,
    ask_next,
    asks_side_now,
    cast_votes,
    change_conversation,
    close_due,
    count_left,
    draw_panels,
    encode_ground,
    find_figures,
    find_own_ratings,
    find_rated,
    find_voter,
    forget_old_counts,
    forget_old_panels,
    get_conversation,
    get_release,
    get_sheet,
    has_said_side,
    is_drawn,
    is_over,
    list_asked,
    list_drawn,
    list_merged,
    list_next,
    list_sheets,
    named_keys,
    open_conversation,
    open_with_ballots,
    own_rating,
    publish_notes,
    rate,
    rater_mark,
    require_results,
    require_voting,
    say_side,
    sees_results,
    take_back,
    take_back_vote,
    vote_as,
    vote_with,
)
from .store import (
    count_numbered,
    even_out_ratings,
    find_conversation,
    find_statement,
    list_conversations,
    list_some,
    list_statements,
)

__all__ = [
    "ANALYSE_EVERY_S",
    "CONTEXT_EVERY_S",
    "Analyst",
    "Change",
    "Conversation",
    "ConversationState",
    "Helps",
    "NoteKeeper",
    "NoteReason",
    "Question",
    "Rating",
    "ResultsShown",
    "Side",
    "Statement",
    "Vote",
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
    "count_left",
    "count_numbered",
    "draw_panels",
    "encode_ground",
    "even_out_ratings",
    "find_conversation",
    "find_figures",
    "find_own_ratings",
    "find_rated",
    "find_statement",
    "find_voter",
    "forget_old_counts",
    "forget_old_panels",
    "get_conversation",
    "get_release",
    "get_sheet",
    "has_said_side",
    "is_drawn",
    "is_over",
    "list_asked",
    "list_conversations",
    "list_drawn",
    "list_merged",
    "list_next",
    "list_sheets",
    "list_some",
    "list_statements",
    "named_keys",
    "open_conversation",
    "open_with_ballots",
    "own_rating",
    "publish_notes",
    "rate",
    "rater_mark",
    "require_results",
    "require_voting",
    "say_side",
    "sees_results",
    "take_back",
    "take_back_vote",
    "vote_as",
    "vote_with",
]
