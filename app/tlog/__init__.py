"""Room `tlog`: the append-only log. Leaves are bytes to it.

Lives here now: lanes, pending entries, the tick that shuffles a batch and gives each entry its
place. Tree, tiles, checkpoints, proofs and witnesses come with part three, behind the same face.
Does not: know what a leaf means, who signed it or whether it may be shown.

Invariants:
- an entry is pending, then integrated, and never anything else; its index never changes;
- no column tells when or in which order entries arrived: only the tick they fall due at;
- one transaction holds a record and its pending leaf, and one holds a tick and its effects.
"""

from .model import HOUSE_LANE, IntegratedEntry, Lane
from .service import append, change_lane, find_index, has_due, integrate_due, open_lane
from .store import count_entries, count_pending, has_every_index

__all__ = [
    "HOUSE_LANE",
    "IntegratedEntry",
    "Lane",
    "append",
    "change_lane",
    "count_entries",
    "count_pending",
    "find_index",
    "has_due",
    "has_every_index",
    "integrate_due",
    "open_lane",
]
