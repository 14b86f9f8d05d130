"""Sentences that tell a reader what was refused about answers of officials, and what to do next."""

from typing import Final

from .sentences import Sentences
from .sentences import gettext_noop as _

OF_ANSWERS: Final = {
    "not-their-hearing": Sentences(
        _("The official of this hearing does that, and nobody else"),
        _(
            "What you wrote is still here. Keep it as a draft: the official reads it and can sign it."
        ),
    ),
    "charter-unbound": Sentences(
        _("Nobody is bound to this charter yet"),
        _(
            "Answers come once the official has accepted the charter. Keep what you wrote as a draft."
        ),
    ),
    "not-yet-chosen": Sentences(
        _("The questions are not chosen yet"),
        _(
            "An answer before that would tell voters what to choose. Keep it as a draft, and send it from the day of the choice on."
        ),
    ),
    "not-chosen": Sentences(
        _("This question is not among those that are to be answered"),
        _(
            "It was merged, declined, or neither vote nor lot chose it. Answers count for the chosen ones alone, so that nobody picks the easy ones. You can still write an ordinary reply to it."
        ),
    ),
    "answered": Sentences(
        _("It has its answer"),
        _(
            "What was wrong in an answer is corrected by revising it: both versions stay readable. Open the answer and choose “Revise”."
        ),
    ),
    "hearing-over": Sentences(
        _("This hearing is closed"),
        _("Its report stands as it was published. You can still write an ordinary reply."),
    ),
    "answer-unfit": Sentences(
        _("This cannot stand as an answer"),
        _(
            "An answer is in reply to a question of a hearing or to its follow-up. It says as what it is given, and how far it answers."
        ),
    ),
    "follow-up-elsewhere": Sentences(
        _("Only whoever asked can ask once more here"),
        _(
            "A follow-up is in reply to the answer, under the name that asked. You can write an ordinary reply instead."
        ),
    ),
    "followed-up": Sentences(
        _("This question was asked once more already"),
        _("Each question has one follow-up. You can write an ordinary reply instead."),
    ),
    "not-drawn": Sentences(
        _("You are not among those who rate this answer"),
        _(
            "Whoever asked does, and people whom the lot drew, so that no crowd decides. Who writes for the official does not. Nothing of this was kept."
        ),
    ),
    "not-staff": Sentences(
        _("Drafts of answers are for the official and their staff"),
        _("The official says who writes drafts. Log in with the name that was given that right."),
    ),
    "draft-changed": Sentences(
        _("Somebody else kept another draft meanwhile"),
        _(
            "What you wrote is still here. Open this page in a second window, take over from the other draft what you need, and keep it there."
        ),
    ),
    "too-many-staff": Sentences(
        _("As many people write drafts as may"),
        _("Take the right from somebody who no longer needs it, then give it to another."),
    ),
}
