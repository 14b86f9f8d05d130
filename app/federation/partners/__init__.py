"""Partners: other instances, by their keys (ADR-0052).

- `model`     the nouns; `errors`; `codec`; `tables`, `store`
- `service`   partners met, granted rights, frozen, ended: records of both logs
- `replicas`  a partner's log, replayed in this instance's database
- `carrying`  records that are handed over between the two
- `succession`  a board whose home is gone is taken over
- `syncing`   copied and verified, then replayed; a lie freezes the partner
- `evidence`  what a partner was caught at, kept as it was received
- `gossip`    what instances tell each other of logs, and proofs of two histories (pure)
- `watching`  partners as each other's witnesses; who showed two histories is caught (ADR-0055)
"""

from .carrying import (
    Handed,
    deliver,
    find_elsewhere,
    take_handed,
    verify_handed,
)
from .model import Carried, Grant, Partner, PartnerState, Replayed, Replica, Right, Takeover
from .replicas import replay
from .service import (
    PARTNERS,
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
)
from .store import (
    find_carried,
    find_partner,
    get_replica,
    list_flags,
    list_grants,
    list_partners,
    list_rights,
)
from .succession import accept_move, accept_order, consent, find_order, take_over
from .syncing import sync

__all__ = [
    "PARTNERS",
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
    "accept_flag",
    "accept_move",
    "accept_offer",
    "accept_order",
    "consent",
    "deliver",
    "end",
    "find_carried",
    "find_elsewhere",
    "find_order",
    "find_partner",
    "freeze",
    "get_partner",
    "get_replica",
    "list_flags",
    "list_grants",
    "list_partners",
    "list_rights",
    "meet",
    "offer",
    "read_partner",
    "replay",
    "require_active",
    "require_right",
    "sync",
    "take_handed",
    "take_over",
    "verify_handed",
]
