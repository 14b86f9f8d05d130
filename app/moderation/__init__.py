"""Room `moderation`: report → case → action → appeal, and the public log of all of it.

Lives here: reports, legal notices and the cases they become, what whoever sent them is told, desks
and their queue, what acts do and who may, appeals, groups of reporters; the public log, its months
in numbers, demands and sponsors.
Does not: know how a post is hidden or a persona limited (forum, identity do that), or who reads.

    report ─► case (open) ─claim─► leased ─act─► decided ─appeal─► upheld, reversed or amended
                                  (undo, a revision that is reported: open again)

Invariants:
- every act is a record with reasons, by a desk or the instance, and stands in the log;
- the public numbers are counted from those records alone, here as by anyone with a copy;
- who sponsors holds no other role, and who held one never sponsors, nor does an office in a
  sponsor's domain go with one;
- no row joins a reporter, or whoever holds a desk, to a persona: marks are made with a key that is
  not in the database;
- the words of a report stand in its row alone, never in a draft or an address, and whoever wrote
  them can take them back while the case is open; a case without a report is in no queue;
- one case is open for a subject, one desk holds a case, and a desk holds one;
- what cannot be taken back takes two persons, and an appeal is decided by another than who acted;
- whoever is acted on is told, with the reasons, and nothing is erased while an appeal is open;
- what hides by itself needs four independent groups, and is back after a day;
- what is sealed to the legal contact, nobody opens here;
- what a group of reporters says counts once, however large it is.
"""

from .jobs import EVERY_S as WATCH_EVERY_S
from .jobs import Watch
from .rules import (
    dsa,
    require_hosts_own,
    require_role,
)
from .rules.ledger import (
    TYPES,
    Demand,
    Ledger,
    read_ledger,
    require_desks,
)
from .rules.numbers import (
    Numbers,
    count_month,
)
from .service import (
    SPONSORS,
    accept_act,
    accept_demand,
    accept_desk,
    accept_erasure,
    add_sponsor,
    add_sponsor_domain,
    answer_demand,
    compare_with_log,
    count_sealed,
    count_unread,
    forget_ended,
    forget_sealed,
    forget_told,
    get_sealed,
    give_back,
    is_under_attack,
    keeps_copy,
    leave_desk,
    look_for_conflicts,
    mark_of,
    open_desk,
    read_terms_and_demands,
    require_no_sponsor,
    require_office_apart,
    revoke_desk,
    tell_demand,
    within_home,
)
from .service.sealing import SEALED_DAYS
from .store import (
    list_desks,
    list_sponsor_domains,
    list_sponsors,
)

__all__ = [
    "SEALED_DAYS",
    "SPONSORS",
    "TYPES",
    "WATCH_EVERY_S",
    "Demand",
    "Ledger",
    "Numbers",
    "Watch",
    "accept_act",
    "accept_demand",
    "accept_desk",
    "accept_erasure",
    "add_sponsor",
    "add_sponsor_domain",
    "answer_demand",
    "compare_with_log",
    "count_month",
    "count_sealed",
    "count_unread",
    "dsa",
    "forget_ended",
    "forget_sealed",
    "forget_told",
    "get_sealed",
    "give_back",
    "is_under_attack",
    "keeps_copy",
    "leave_desk",
    "list_desks",
    "list_sponsor_domains",
    "list_sponsors",
    "look_for_conflicts",
    "mark_of",
    "open_desk",
    "read_ledger",
    "read_terms_and_demands",
    "require_desks",
    "require_hosts_own",
    "require_no_sponsor",
    "require_office_apart",
    "require_role",
    "revoke_desk",
    "tell_demand",
    "within_home",
]
