"""Partners: other instances, by their keys (ADR-0052).

- `model`     the nouns; `errors`; `codec`; `tables`, `store`
- `service`   partners met, granted rights, frozen, ended: records of both logs
- `replicas`  a partner's log, replayed in this instance's database
- `carrying`  records that are handed over between the two
- `succession`  a board whose home is gone is taken over; `trees` that were
  verified here, `consents`, `taking`
- `syncing`   copied and verified, then replayed; a lie freezes the partner
"""

from app.web.at_home import PARTNERS

from .aside import count_aside, count_future
from .carrying import Handed, deliver, find_elsewhere, parse_handed, take_handed, verify_handed
from .consents import agree, encode_consent, parse_consent
from .flags import count_flags, list_flags
from .homes import name_witnesses
from .model import (
    UNVERIFIED,
    Carried,
    Grant,
    Partner,
    PartnerState,
    Replayed,
    Replica,
    Right,
    Takeover,
)
from .removing import accept_erased, asking, binds, list_asked, list_late, say_erased
from .replicas import MOST_TRIES, replay
from .service import (
    accept,
    accept_acceptance,
    accept_card,
    accept_end,
    accept_flag,
    accept_offer,
    accept_retirement,
    end,
    end_board,
    freeze,
    get_partner,
    meet,
    offer,
    read_partner,
    retire,
    settle,
)
from .store import (
    find_carried,
    forget_erased,
    get_replica,
    list_final_sizes,
    list_grants,
    list_partners,
)
from .succession import accept_move, accept_order, consent, find_order, sign_order, take_over
from .syncing import sync
from .taking import complete, copied_size, list_left, plan, take, take_left

__all__ = [
    "MOST_TRIES",
    "PARTNERS",
    "UNVERIFIED",
    "Carried",
    "Grant",
    "Handed",
    "Partner",
    "PartnerState",
    "Replayed",
    "Replica",
    "Right",
    "Takeover",
    "accept",
    "accept_acceptance",
    "accept_card",
    "accept_end",
    "accept_erased",
    "accept_flag",
    "accept_move",
    "accept_offer",
    "accept_order",
    "accept_retirement",
    "agree",
    "asking",
    "binds",
    "complete",
    "consent",
    "copied_size",
    "count_aside",
    "count_flags",
    "count_future",
    "deliver",
    "encode_consent",
    "end",
    "end_board",
    "find_carried",
    "find_elsewhere",
    "find_order",
    "forget_erased",
    "freeze",
    "get_partner",
    "get_replica",
    "list_asked",
    "list_final_sizes",
    "list_flags",
    "list_grants",
    "list_late",
    "list_left",
    "list_partners",
    "meet",
    "name_witnesses",
    "offer",
    "parse_consent",
    "parse_handed",
    "plan",
    "read_partner",
    "replay",
    "retire",
    "say_erased",
    "settle",
    "sign_order",
    "sync",
    "take",
    "take_handed",
    "take_left",
    "take_over",
    "verify_handed",
]
