"""The verbs of hearings: what the door's records do here, and what pages ask for."""

from .charters import (
    accept_binding,
    accept_change,
    accept_charter,
    accept_event,
    accept_opening,
    change_charter,
    get_hearing,
    offer_hearing,
    open_hearing,
    sign_binding,
)
from .choosing import accept_choice, choose_from, choose_questions
from .commitments import (
    accept_own,
    accept_status,
    count_reminders,
    forget_erased,
)
from .ledger import accept_outcome, build_report, close_hearing
from .notes import accept_note, accept_revision
from .questions import (
    accept_question_change,
    appeal,
    decide_as_host,
    get_question,
    sign_decision,
)

__all__ = [
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
    "build_report",
    "change_charter",
    "choose_from",
    "choose_questions",
    "close_hearing",
    "count_reminders",
    "decide_as_host",
    "forget_erased",
    "get_hearing",
    "get_question",
    "offer_hearing",
    "open_hearing",
    "sign_binding",
    "sign_decision",
]
