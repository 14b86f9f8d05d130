"""Room `hearings`: officials answer voted questions, under rules that bind them (ADR-0045).

Lives here: hearings and their charters, questions and where they stand, the choice.
Does not: take votes or count people (opinion; a hearing is a consultation), or hide a post.

    Event (the host offers a charter) ─► Accept (the official is bound) ─its day─► Question: open
    question: a post, voted on as a statement ─► accepted, declined with a code, or merged
    the day of the choice ─► votes end ─log─► Update/choice: by vote and by lot ─► clocks run

Invariants:
- a charter changes freely before its hearing opens, and later by the participants' sampled vote;
- nothing keeps a question out but a decline with a published code, which stays readable;
- what is chosen follows from the published tallies and a root hash of the log, for anybody;
- a commitment's status changes on a link to evidence alone, by the host or whoever stands by it;
  overdue is no status: it follows from the day, and so do reminders;
- a question goes from state to state as `rules` says, whoever signs.
"""

from .jobs import EVERY_S as HALL_EVERY_S
from .jobs import HallKeeper
from .model import (
    Aim,
    Charter,
    Chosen,
    DeclineCode,
    HeardQuestion,
    Hearing,
    HearingState,
    Office,
    QuestionState,
)
from .service import (
    accept_binding,
    accept_change,
    accept_charter,
    accept_choice,
    accept_event,
    accept_note,
    accept_opening,
    accept_outcome,
    accept_own,
    accept_question_change,
    accept_revision,
    accept_status,
    appeal,
    change_charter,
    choose_from,
    choose_questions,
    close_hearing,
    count_reminders,
    decide_as_host,
    forget_erased,
    get_hearing,
    get_question,
    offer_hearing,
    open_hearing,
    sign_binding,
    sign_decision,
)
from .store import (
    count_questions,
    find_hearing,
    find_office,
    find_question,
    list_hearings,
    list_questions,
    list_states,
    list_waiting,
    set_question,
)

__all__ = [
    "HALL_EVERY_S",
    "Aim",
    "Charter",
    "Chosen",
    "DeclineCode",
    "HallKeeper",
    "HeardQuestion",
    "Hearing",
    "HearingState",
    "Office",
    "QuestionState",
    "accept_binding",
    "accept_change",
    "accept_charter",
    "accept_choice",
    "accept_event",
    "accept_note",
    "accept_opening",
    "accept_outcome",
    "accept_own",
    "accept_question_change",
    "accept_revision",
    "accept_status",
    "appeal",
    "change_charter",
    "choose_from",
    "choose_questions",
    "close_hearing",
    "count_questions",
    "count_reminders",
    "decide_as_host",
    "find_hearing",
    "find_office",
    "find_question",
    "forget_erased",
    "get_hearing",
    "get_question",
    "list_hearings",
    "list_questions",
    "list_states",
    "list_waiting",
    "offer_hearing",
    "open_hearing",
    "set_question",
    "sign_binding",
    "sign_decision",
]
