"""What other rooms' pages say of consultations: that there are some, and never how they stand."""

from typing import Final

from app.db import Work
from app.opinion import store
from app.opinion.model import Conversation
from app.web.markup import direction_of
from app.web.pages import ConsultationBox

MOST_LISTED: Final = 3
"""So many stand before a list of threads; all of them have a page of their own."""


def show_boxes(work: Work, thread: str, board: str) -> list[ConsultationBox]:
    """Return the consultation of a thread if it has one; without a thread, some of a board."""
    if not thread:
        return list_boxes(work, board)
    found = store.find_conversation(work, thread=thread)
    return [] if found is None else [_box(found)]


def list_boxes(work: Work, board: str | None = None) -> list[ConsultationBox]:
    """Return some open consultations, of one board (did:key) or of all."""
    found = store.list_conversations(work, board)
    return [_box(each) for each in found if each.is_open][:MOST_LISTED]


def _box(conversation: Conversation) -> ConsultationBox:
    return ConsultationBox(
        thread_id=conversation.thread,
        question=conversation.question,
        language=conversation.language,
        direction=direction_of(conversation.question),
        is_open=conversation.is_open,
        until=conversation.until,
    )
