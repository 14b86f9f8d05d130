"""What pages of a hearing share."""

from app import forum
from app.db import Work
from app.hearings.model import Hearing
from app.hearings.pages.answers import HearingHead
from app.web.markup import direction_of


def show_head(work: Work, hearing: Hearing) -> HearingHead:
    """Return what stands at the head of a page of a hearing."""
    thread = forum.get_thread(work, hearing.thread)
    text = forum.get_post(work, thread.opening).version.text
    title = text.title or ""
    return HearingHead(
        thread=thread.id,
        title=title,
        language=text.language,
        direction=direction_of(title),
    )
