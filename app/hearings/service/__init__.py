"""The verbs of hearings: what the door's records do here, and what pages ask for."""

from .charters import (
    DAY,
    change_charter,
    get_hearing,
    offer_hearing,
    open_hearing,
    sign_binding,
)
from .choosing import (
    choose_from,
    choose_questions,
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
from .owning import own_halls
from .questions import (
    appeal,
    decide_as_host,
    get_question,
    sign_decision,
)

__all__ = [
    "DAY",
    "OFFICIALS",
    "accept_attestation",
    "accept_office",
    "accept_office_end",
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
    "own_halls",
    "require_office",
    "sign_binding",
    "sign_decision",
]
