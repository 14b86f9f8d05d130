"""Sentences of second rounds, and of questions about oneself."""

from typing import Final

from .sentences import Sentences
from .sentences import gettext_noop as _

OF_LISTENING: Final = {
    "about-said": Sentences(
        _("You have answered these questions"),
        _(
            "They are answered once and stay as they are: coins tossed anew for a second answer "
            "would give the truth away."
        ),
    ),
    "no-round": Sentences(
        _("Nobody is asked again today"),
        _(
            "Voters are asked again for a week, from the fourth day after a consultation closed; "
            "of a hearing, after its last day of answers. "
            "The page of the consultation says on which days."
        ),
    ),
    "not-voted": Sentences(
        _("This is for those who voted"),
        _(
            "You are asked again about statements that you voted on, in the session that finds "
            "your ballot. Log in with your passphrase and try again."
        ),
    ),
}
