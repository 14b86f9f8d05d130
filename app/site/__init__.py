"""Room `site`: the instance as a whole: front page, prose, status, leaving, a persona's page.

Lives here: pages composed of several rooms, the instance's own card, transparency and its tally.
Does not: own a noun that another room could own.
Invariant: `/exit` ends the session without a question and shows a page that names nothing.
"""

from .service import (
    Tally,
    accept_card,
    add_mirror,
    announce_onion,
    announce_witness_key,
    erase_again,
    erase_persona,
    found_instance,
    get_card,
    has_card,
    list_mirrors,
    name_log,
    name_witness,
    publish_card,
    remove_mirror,
)

__all__ = [
    "Tally",
    "accept_card",
    "add_mirror",
    "announce_onion",
    "announce_witness_key",
    "erase_again",
    "erase_persona",
    "found_instance",
    "get_card",
    "has_card",
    "list_mirrors",
    "name_log",
    "name_witness",
    "publish_card",
    "remove_mirror",
]
