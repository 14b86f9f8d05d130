"""The verbs of hearings: what the door's records do here, and what pages ask for."""

from .answers import Asked, Exchange, get_asked, get_exchange, list_exchanges, list_told
from .charters import DAY, change_charter, get_hearing, offer_hearing, open_hearing, sign_binding
from .choosing import choose_from, choose_questions
from .commitments import count_reminders, forget_erased
from .drafting import (
    find_draft,
    forget_old_drafts,
    keep_draft,
    let_draft,
    list_staff,
    may_draft,
    require_staff,
    stop_drafting,
)
from .heard import get_answer, is_drawn, may_rate, own_rating, rate_answer
from .ledger import build_report, close_hearing
from .lot import may_be_drawn, require_drawing, sign_draw
from .minds import list_not_yet_asked_again, tell_asked_again
from .offices import (
    OFFICIALS,
    accept_logged_elsewhere,
    believe,
    doubt,
    find_office,
    list_attested,
    require_office,
    tell_ended,
)
from .owning import own_halls
from .pauses import (
    accept_shutdown,
    find_pause,
    list_pauses_of,
    set_shutdown,
)
from .questions import (
    decide_as_host,
    get_question,
    require_appeal,
    require_decision,
    sign_decision,
)
from .showing import Badge, find_badges, list_look_alikes
from .speaking import accept_post

__all__ = [
    "DAY",
    "OFFICIALS",
    "Asked",
    "Badge",
    "Exchange",
    "accept_logged_elsewhere",
    "accept_post",
    "accept_shutdown",
    "believe",
    "build_report",
    "change_charter",
    "choose_from",
    "choose_questions",
    "close_hearing",
    "count_reminders",
    "decide_as_host",
    "doubt",
    "find_badges",
    "find_draft",
    "find_office",
    "find_pause",
    "forget_erased",
    "forget_old_drafts",
    "get_answer",
    "get_asked",
    "get_exchange",
    "get_hearing",
    "get_question",
    "is_drawn",
    "keep_draft",
    "let_draft",
    "list_attested",
    "list_exchanges",
    "list_look_alikes",
    "list_not_yet_asked_again",
    "list_pauses_of",
    "list_staff",
    "list_told",
    "may_be_drawn",
    "may_draft",
    "may_rate",
    "offer_hearing",
    "open_hearing",
    "own_halls",
    "own_rating",
    "rate_answer",
    "require_appeal",
    "require_decision",
    "require_drawing",
    "require_office",
    "require_staff",
    "set_shutdown",
    "sign_binding",
    "sign_decision",
    "sign_draw",
    "stop_drafting",
    "tell_asked_again",
    "tell_ended",
]
