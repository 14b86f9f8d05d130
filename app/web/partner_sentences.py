"""Sentences that tell what was refused about partners and what they carry."""

from typing import Final

from .sentences import Sentences
from .sentences import gettext_noop as _

OF_PARTNERS: Final = {
    "unknown-partner": Sentences(
        _("This host is no partner here"),
        _(
            "Boards of other hosts are reached through partners, and this one is none. Go to the board’s own host, or ask this host to meet it."
        ),
    ),
    "made-at-home": Sentences(
        _("This is done at the board’s home"),
        _(
            "The board belongs to another host, and this one shows a copy. Votes, ratings, reports and what follows from them count there alone, so nothing was done here: go on at its home, by the link above. Where a law is broken here, the legal notice below reaches this host."
        ),
    ),
    "home-ended": Sentences(
        _("This board’s host was wound down"),
        _(
            "Nothing can be written or voted on there any more, so nothing was done here. Another host may keep the board by now: the old address, by the link above, says where. What you have written can be handed in there."
        ),
    ),
    "partner-known": Sentences(
        _("Another partner has this name or this log"),
        _("A partner is one key with one log. Choose another name, or end the other partnership."),
    ),
    "partner-frozen": Sentences(
        _("Nothing is exchanged with this board’s host now"),
        _(
            "Its log contradicted itself, nothing of it verified for a day, or the partnership ended, so nothing is taken from it or handed to it. Keep what you wrote and try again later, or go to that host."
        ),
    ),
    "not-granted": Sentences(
        _("This host may not hand that over"),
        _(
            "The board’s own host lets us show the board, and takes nothing from here. Keep what you wrote, and hand it in at that host."
        ),
    ),
    "not-its-own": Sentences(
        _("A desk acts on its own host’s boards"),
        _(
            "This is about a post on another host’s board. Tell that host, which decides about it; here nothing was done."
        ),
    ),
    "grant-unfit": Sentences(
        _("This does not fit what was offered"),
        _(
            "Rights are offered by a board’s host, accepted by the one that they were offered to, and ended by either. Look at what was offered, and sign that."
        ),
    ),
    "partner-quota": Sentences(
        _("A partner has brought as much as it may for now"),
        _("Nothing is lost: the rest is taken in a while. Nothing is left to do."),
    ),
    "wrong-card": Sentences(
        _("Another host answers at the partner’s address"),
        _(
            "Nothing was taken from it. Compare the partner’s key by telephone, and meet it anew at the address that its operator tells you."
        ),
    ),
    "newer-record": Sentences(
        _("The partner’s log holds what this version does not read"),
        _("Its host runs a newer version. Upgrade this host; what was copied before stays."),
    ),
    "foreign-entry": Sentences(
        _("The partner’s log took in what was signed for another host’s board"),
        _(
            "Only a board’s own host may log what is written for it. The partner is believed no more; what it did is on the page about this host’s health."
        ),
    ),
    "promise-broken": Sentences(
        _("The partner did not log what it gave a receipt for"),
        _(
            "It is believed no more, and the receipt is kept as evidence. Keep what you wrote, and hand it in somewhere else."
        ),
    ),
    "succession": Sentences(
        _("Nobody may take this board over like that"),
        _(
            "The board’s own key says in advance who may, and how many of them it takes. Have as many of them sign the same last tree, and hand that in."
        ),
    ),
}
