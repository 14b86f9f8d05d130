"""The verbs of hearings: what the door's records do here, and what pages ask for."""

from .charters import (
    DAY,
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
from .choosing import (
    accept_choice,
    choose_from,
    choose_questions,
)
from .notes import (
    accept_note,
)
from .offices import (
    OFFICIALS,
    accept_attestation,
    accept_office,
    accept_office_end,
    believe,
    doubt,
    find_office,
    list_attested,
    require_office,
)
from .questions import (
    accept_question_change,
    appeal,
    decide_as_host,
    get_question,
    sign_decision,
)

__all__ = [
    "DAY",
    "OFFICIALS",
    "accept_attestation",
    "accept_binding",
    "accept_change",
    "accept_charter",
    "accept_choice",
    "accept_event",
    "accept_note",
    "accept_office",
    "accept_office_end",
    "accept_opening",
    "accept_question_change",
    "appeal",
    "believe",
    "change_charter",
    "choose_from",
    "choose_questions",
    "decide_as_host",
    "doubt",
    "find_office",
    "get_hearing",
    "get_question",
    "list_attested",
    "offer_hearing",
    "open_hearing",
    "require_office",
    "sign_binding",
    "sign_decision",
]
