"""Room `hearings`: officials answer voted questions, under rules that bind them (ADR-0045).

Lives here: whom this host believes about offices, and who holds one; hearings and their charters,
questions and where they stand, the choice.
Does not: take votes or count people (opinion; a hearing is a consultation), hide a post, or say who
may moderate or pays (moderation).

    Event (the host offers a charter) ─► Accept (the official is bound) ─its day─► Question: open
    question: a post, voted on as a statement ─► accepted, declined with a code, or merged
    the day of the choice ─► votes end ─log─► Accept/lot (the official) ─► Update/choice
    waiting ─► Note/answer (the official) ─► rated ─► Note/follow-up (who asked, once) ─► answered

Invariants:
- an official is one by two signatures, a ministry's and a university's, until a day; either of the
  two ends it at once;
- what an office says comes from its records alone, and everything that readers are told of it can
  be read in them;
- a charter changes freely before its hearing opens, and later by the participants' sampled vote;
- nothing keeps a question out but a decline with a published code, which stays readable;
- what is chosen follows from published tallies and a lot, in which host, official and log have a
  part each: anybody draws it again;
- a commitment's status changes on a link to evidence alone, by the host or whoever stands by it;
  what these say against the host's verdict, or once the day has passed, is contested until the
  host has looked; overdue is no status: it follows from the day, and so do reminders;
- a question goes from state to state as `rules` says, whoever signs;
- an answer is the official's key's, while the office holds, to a question that is to be answered;
  what it says is corrected by revisions, which stay visible;
- while a home is in shutdown mode its clocks stand still, and its log says since when (ADR-0059);
- drafts are sealed under a key outside the database; who says whether it was an answer stands under
  marks that nothing kept here joins to a persona, and nothing is told of fewer than ten people.
"""

from .jobs import EVERY_S as HALL_EVERY_S
from .jobs import HallKeeper
from .model import (
    Aim,
    Answer,
    Attester,
    AttesterKind,
    Charter,
    Chosen,
    DeclineCode,
    Found,
    HeardQuestion,
    Hearing,
    HearingState,
    Office,
    QuestionState,
    Says,
    SpeaksAs,
    Told,
)
from .rules.pauses import Pause, count_days
from .service import (
    OFFICIALS,
    accept_logged_elsewhere,
    accept_post,
    accept_shutdown,
    believe,
    build_report,
    change_charter,
    choose_from,
    choose_questions,
    close_hearing,
    count_reminders,
    decide_as_host,
    doubt,
    find_office,
    find_pause,
    forget_erased,
    forget_old_drafts,
    get_answer,
    get_hearing,
    get_question,
    list_attested,
    list_exchanges,
    list_not_yet_asked_again,
    list_pauses_of,
    list_told,
    offer_hearing,
    open_hearing,
    own_halls,
    require_office,
    set_shutdown,
    sign_binding,
    sign_decision,
    sign_draw,
    tell_asked_again,
    tell_ended,
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
from .store.pauses import list_pauses

__all__ = [
    "HALL_EVERY_S",
    "OFFICIALS",
    "Aim",
    "Answer",
    "Attester",
    "AttesterKind",
    "Charter",
    "Chosen",
    "DeclineCode",
    "Found",
    "HallKeeper",
    "HeardQuestion",
    "Hearing",
    "HearingState",
    "Office",
    "Pause",
    "QuestionState",
    "Says",
    "SpeaksAs",
    "Told",
    "accept_logged_elsewhere",
    "accept_post",
    "accept_shutdown",
    "believe",
    "build_report",
    "change_charter",
    "choose_from",
    "choose_questions",
    "close_hearing",
    "count_days",
    "count_past_due",
    "count_questions",
    "count_reminders",
    "decide_as_host",
    "doubt",
    "find_attester",
    "find_hearing",
    "find_office",
    "find_pause",
    "find_question",
    "forget_erased",
    "forget_old_drafts",
    "get_answer",
    "get_hearing",
    "get_question",
    "has_queue",
    "list_attested",
    "list_attesters",
    "list_exchanges",
    "list_hearings",
    "list_not_yet_asked_again",
    "list_offices",
    "list_pauses",
    "list_pauses_of",
    "list_questions",
    "list_states",
    "list_told",
    "list_waiting",
    "offer_hearing",
    "open_hearing",
    "own_halls",
    "require_office",
    "set_question",
    "set_shutdown",
    "sign_binding",
    "sign_decision",
    "sign_draw",
    "tell_asked_again",
    "tell_ended",
]
