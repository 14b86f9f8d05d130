"""Room `hearings`: officials answer voted questions, under rules that bind them (ADR-0045).

Lives here: whom this host believes about offices, and who holds one; hearings and their charters,
questions and where they stand, the choice.
Does not: take votes or count people (opinion; a hearing is a consultation), hide a post, or say who
may moderate or pays (moderation).

    Event (the host offers a charter) ─► Accept (the official is bound) ─its day─► Question: open
    question: a post, voted on as a statement ─► accepted, declined with a code, or merged
    the day of the choice ─► votes end ─log─► Update/choice: by vote and by lot ─► clocks run

Invariants:
- an official is one by two signatures, a ministry's and a university's, until a day; either of the
  two ends it at once;
- what an office says comes from its records alone, and everything that readers are told of it can
  be read in them;
- a charter changes freely before its hearing opens, and later by the participants' sampled vote;
- nothing keeps a question out but a decline with a published code, which stays readable;
- what is chosen follows from the published tallies and a root hash of the log, for anybody;
- a question goes from state to state as `rules` says, whoever signs.
"""

from .jobs import (
    EVERY_S as HALL_EVERY_S,
)
from .jobs import (
    HallKeeper,
)
from .model import (
    Aim,
    Attester,
    AttesterKind,
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
    OFFICIALS,
    accept_attestation,
    accept_office,
    accept_office_end,
    appeal,
    believe,
    change_charter,
    choose_from,
    choose_questions,
    decide_as_host,
    doubt,
    find_office,
    get_hearing,
    get_question,
    list_attested,
    offer_hearing,
    open_hearing,
    own_halls,
    require_office,
    sign_binding,
    sign_decision,
)
from .store import (
    count_past_due,
    count_questions,
    find_attester,
    find_hearing,
    find_question,
    has_queue,
    list_attesters,
    list_hearings,
    list_offices,
    list_questions,
    list_states,
    list_waiting,
    set_question,
)

__all__ = [
    "HALL_EVERY_S",
    "OFFICIALS",
    "Aim",
    "Attester",
    "AttesterKind",
    "Charter",
    "Chosen",
    "DeclineCode",
    "HallKeeper",
    "HeardQuestion",
    "Hearing",
    "HearingState",
    "Office",
    "QuestionState",
    "accept_attestation",
    "accept_office",
    "accept_office_end",
    "appeal",
    "believe",
    "change_charter",
    "choose_from",
    "choose_questions",
    "count_past_due",
    "count_questions",
    "decide_as_host",
    "doubt",
    "find_attester",
    "find_hearing",
    "find_office",
    "find_question",
    "get_hearing",
    "get_question",
    "has_queue",
    "list_attested",
    "list_attesters",
    "list_hearings",
    "list_offices",
    "list_questions",
    "list_states",
    "list_waiting",
    "offer_hearing",
    "open_hearing",
    "own_halls",
    "require_office",
    "set_question",
    "sign_binding",
    "sign_decision",
]
