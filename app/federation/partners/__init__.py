"""Partners: other instances, by their keys (ADR-0052).

- `model`     the nouns; `errors`; `codec`; `tables`, `store`
- `service`   partners met, granted rights, frozen, ended: records of both logs
- `replicas`  a partner's log, replayed in this instance's database
- `carrying`  records that are handed over between the two
- `succession`  a board whose home is gone is taken over
- `syncing`   copied and verified, then replayed; a lie freezes the partner
"""

from app.web.at_home import PARTNERS

from .carrying import Handed, deliver, find_elsewhere, parse_handed, take_handed, verify_handed
from .flags import list_flags
from .model import (
    Carried,
    ErasureAsked,
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
    end,
    freeze,
    get_partner,
    meet,
    offer,
    read_partner,
    require_active,
    require_right,
    settle,
)
from .store import (
    count_future,
    find_carried,
    find_partner,
    forget_erased,
    get_replica,
    list_grants,
    list_partners,
    list_rights,
)
from .succession import accept_move, accept_order, consent, find_order, take_over
from .syncing import sync

__all__ = [
    "MOST_TRIES",
    "PARTNERS",
    "Carried",
    "ErasureAsked",
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
    "asking",
    "binds",
    "consent",
    "count_future",
    "deliver",
    "end",
    "find_carried",
    "find_elsewhere",
    "find_order",
    "find_partner",
    "forget_erased",
    "freeze",
    "get_partner",
    "get_replica",
    "list_asked",
    "list_flags",
    "list_grants",
    "list_late",
    "list_partners",
    "list_rights",
    "meet",
    "offer",
    "parse_handed",
    "read_partner",
    "replay",
    "require_active",
    "require_right",
    "say_erased",
    "settle",
    "sync",
    "take_handed",
    "take_over",
    "verify_handed",
]
