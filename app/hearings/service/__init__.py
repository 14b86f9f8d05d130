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
    believe,
    doubt,
    find_office,
    list_attested,
    require_office,
    tell_ended,
)
from .owning import own_halls
from .questions import (
    appeal,
    decide_as_host,
    get_question,
    sign_decision,
)
from .showing import Badge, find_badges, list_look_alikes
from .speaking import accept_post

__all__ = [
    "DAY",
    "OFFICIALS",
    "Badge",
    "accept_post",
    "appeal",
    "believe",
    "change_charter",
    "choose_from",
    "choose_questions",
    "decide_as_host",
    "doubt",
    "find_badges",
    "find_office",
    "get_hearing",
    "get_question",
    "list_attested",
    "list_look_alikes",
    "offer_hearing",
    "open_hearing",
    "own_halls",
    "require_office",
    "sign_binding",
    "sign_decision",
    "tell_ended",
]
