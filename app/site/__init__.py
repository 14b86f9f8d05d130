"""Room `site`: the instance as a whole: front page, prose, status, leaving, a persona's page.

Lives here: pages composed of several rooms, the instance's own card, transparency and its tally,
what works today as stewards write it.
Does not: own a noun that another room could own.
Invariant: `/exit` ends the session without a question and shows a page that names nothing.
"""

from .service import (
    REACH,
    Tally,
    accept_card,
    accept_page,
    add_mirror,
    announce_issuers,
    announce_onion,
    announce_witness_key,
    erase_again,
    erase_persona,
    find_page,
    found_instance,
    get_card,
    has_card,
    list_issuers,
    list_mirrors,
    name_log,
    name_witness,
    publish_card,
    remove_mirror,
    write_page,
)

__all__ = [
    "REACH",
    "Tally",
    "accept_card",
    "accept_page",
    "add_mirror",
    "announce_issuers",
    "announce_onion",
    "announce_witness_key",
    "erase_again",
    "erase_persona",
    "find_page",
    "found_instance",
    "get_card",
    "has_card",
    "list_issuers",
    "list_mirrors",
    "name_log",
    "name_witness",
    "publish_card",
    "remove_mirror",
    "write_page",
]
