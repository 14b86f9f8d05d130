"""Room `opinion`: consultations: statements, secret votes, and what both sides share.

Lives here: a thread's consultation, its statements and votes, what is made of them (`maths`, pure);
ratings of posts and the order of common ground; readers' context; translations and summaries.
Does not: know whose a ballot is (identity gives and lets in ballots), or hide a post (moderation).

    Question (the home instance) ─► open ─► closed (results are everyone's) ─► archived
    statement: a post of the thread ─tick─► numbered, voted on ─► merged into another, or withdrawn
    ballot (identity) ─► sheet: a byte a statement ─worker─► analysis ─► report ─► released tables

Invariants:
- votes stand under ballots; no row, file, log or record joins one to a persona;
- nothing tells when a vote came, or in what order;
- while a consultation is open, only who voted enough sees results, and no file, feed or record has
  them; of what is published no cell counts fewer than ten people;
- a statement's words stay as they were voted on: it is erased or hidden, never revised;
- the same votes give the same results, byte for byte.
"""

from .model import (
    Change,
    Conversation,
    ConversationState,
    Helps,
    Question,
    Rating,
    ResultsShown,
    Side,
    Statement,
    Vote,
)
from .service import (
    Wanted,
    accept_change,
    accept_note,
    accept_question,
    accept_results,
    accept_revision,
    ask_machine,
    cast_votes,
    change_conversation,
    close_due,
    count_left,
    encode_ground,
    find_machine,
    find_own_ratings,
    find_rated,
    find_translations,
    find_wanted,
    forget_machine,
    forget_old_asked,
    forget_old_counts,
    get_conversation,
    get_sheet,
    is_over,
    keep_machine,
    list_asked,
    list_cited,
    list_merged,
    list_next,
    list_sheets,
    list_summaries,
    list_translations,
    open_conversation,
    own_rating,
    publish_notes,
    rate,
    rater_mark,
    say_side,
    take_back,
    take_back_vote,
)
from .store import (
    even_out_ratings,
    find_conversation,
    find_statement,
    list_conversations,
    list_statements,
)

__all__ = [
    "Change",
    "Conversation",
    "ConversationState",
    "Helps",
    "Question",
    "Rating",
    "ResultsShown",
    "Side",
    "Statement",
    "Vote",
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
    "even_out_ratings",
    "find_conversation",
    "find_machine",
    "find_own_ratings",
    "find_rated",
    "find_statement",
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
    "list_conversations",
    "list_merged",
    "list_next",
    "list_sheets",
    "list_statements",
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
