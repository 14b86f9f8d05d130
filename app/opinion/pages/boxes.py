"""What other rooms' pages say of consultations: that there are some, and never how they stand."""

from itertools import islice
from typing import Final

from app import forum
from app.db import Work
from app.opinion import service, store
from app.opinion.model import Conversation
from app.web.markup import direction_of
from app.web.pages import ConsultationBox

MOST_LISTED: Final = 3
"""So many stand before a list of threads; all of them have a page of their own."""


def show_boxes(work: Work, thread: str, instance_did: str) -> list[ConsultationBox]:
    """Return the consultation of a thread, if it has one."""
    found = store.find_conversation(work, thread=thread)
    return [] if found is None else [_box(work, found, instance_did)]


def list_boxes(work: Work, instance_did: str, board: str | None = None) -> list[ConsultationBox]:
    """Return some consultations that take votes, of one board (did:key) or of all."""
    found = (
        _box(work, each, instance_did)
        for each in store.list_conversations(work, board)
        if each.is_open
    )
    return list(islice((each for each in found if not each.is_cut), MOST_LISTED))


def _box(work: Work, conversation: Conversation, instance_did: str) -> ConsultationBox:
    is_open = conversation.is_open
    is_here = not is_open or forum.is_at_home(work, conversation.board, instance_did)
    return ConsultationBox(
        thread_id=conversation.thread,
        question=conversation.question,
        language=conversation.language,
        direction=direction_of(conversation.question),
        is_open=is_open,
        is_elsewhere=not is_here,
        is_cut=is_open and service.is_cut(work, conversation, instance_did),
        until=conversation.until,
    )
