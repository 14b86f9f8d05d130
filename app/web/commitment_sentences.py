"""Sentences that tell a reader what was refused of commitments and of a hearing's close."""

from typing import Final

from .sentences import Sentences
from .sentences import gettext_noop as _

OF_COMMITMENTS: Final = {
    "commitment-unfit": Sentences(
        _("This is no commitment, and no evidence of one"),
        _(
            "A commitment answers a post that can be read, and has at most 600 characters, an owner, a measure, a day and a theme. Evidence answers a commitment, and has a link."
        ),
    ),
    "owner-unknown": Sentences(
        _("No official here is known by that name"),
        _(
            "Leave the official out and write in words who promised it, or choose one of those whom the form lists. Nothing was sent."
        ),
    ),
    "not-the-owner": Sentences(
        _("Only the official whose promise it is confirms it"),
        _(
            "Its status is changed by that official or by this host. You can put evidence beside it, as anybody can."
        ),
    ),
    "no-such-commitment": Sentences(
        _("There is no such commitment"),
        _("It may stand under another address. All of them are listed on the page of commitments."),
    ),
    "stale-commitment": Sentences(
        _("Its status was changed meanwhile"),
        _(
            "Nothing of yours was done. Look at what it is now, and change it from there if you still want to."
        ),
    ),
    "commitment-owned": Sentences(
        _("This commitment is confirmed already"),
        _("There is nothing more to do. What comes of it is told on its page."),
    ),
    "judged-words": Sentences(
        _("These words cannot be revised"),
        _(
            "People judge the promise by them. Erase the post, or put evidence beside it that says more."
        ),
    ),
    "not-host": Sentences(
        _("The stewards of this host close a hearing"),
        _("Its report can be read by everybody, now and after the close."),
    ),
    "report-differs": Sentences(
        _("The report does not follow from the hearing"),
        _(
            "Something was answered, filed or decided since. Look at the report again, then close the hearing."
        ),
    ),
}
