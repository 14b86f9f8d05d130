"""What posts say of themselves that are something to a hearing."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.db import Work
from app.hearings import rules, store
from app.hearings.model import HeardQuestion, QuestionState
from app.web.pages import HearingNote
from app.web.sentences import gettext_noop as _

from .halls import CODES

_LABELS: Final = {
    QuestionState.ASKED: _("A question of this hearing"),
    QuestionState.MERGED: _("A question of this hearing, merged into another"),
    QuestionState.ACCEPTED: _("A question of this hearing, accepted"),
    QuestionState.DECLINED: _("A question of this hearing, declined"),
    QuestionState.WAITING: _("A question that waits for its answer"),
    QuestionState.ANSWERED: _("A question that was answered"),
    QuestionState.RATED: _("A question that was answered"),
    QuestionState.FOLLOWED_UP: _("A question that was asked once more, and waits"),
    QuestionState.SETTLED: _("A question that was answered twice"),
}


def find_hearing_notes(work: Work, posts: Sequence[bytes]) -> Mapping[bytes, HearingNote]:
    """Return what some posts, by their digests, are to the hearings of their threads."""
    found = store.list_states(work, posts)
    return {digest: _note(question) for digest, question in found.items()}


def _note(question: HeardQuestion) -> HearingNote:
    is_due = rules.has_clock(question.state)
    return HearingNote(
        label=_LABELS[question.state],
        path=f"/t/{question.hearing}/hearing/questions?state={question.state}"
        f"#q{question.post.hex()[:12]}",
        day=question.waits_since if is_due else None,
        reason=CODES[question.code] if question.code else "",
        is_due=is_due,
    )
