"""What other rooms' pages say of hearings: that there are some, and the way to them."""

from dataclasses import replace

from app.db import Work
from app.hearings import store
from app.hearings.model import Hearing, HearingState
from app.opinion.pages import boxes
from app.web.markup import direction_of
from app.web.pages import ConsultationBox


def show_boxes(work: Work, thread: str, board: str) -> list[ConsultationBox]:
    """Return the hearing or consultation of a thread; without a thread, some of a board."""
    if thread:
        hearing = store.find_hearing(work, thread=thread)
        return [_box(hearing)] if hearing else boxes.show_boxes(work, thread, board)
    return list_boxes(work, board)


def list_boxes(work: Work, board: str | None = None) -> list[ConsultationBox]:
    """Return some open consultations, of one board (did:key) or of all; hearings are marked."""
    found = boxes.list_boxes(work, board)
    return [
        replace(each, is_hearing=store.find_hearing(work, thread=each.thread_id) is not None)
        for each in found
    ]


def has_hearing(work: Work, thread: str) -> bool:
    """Return whether the statements of a thread's consultation are questions of a hearing."""
    return store.find_hearing(work, thread=thread) is not None


def _box(hearing: Hearing) -> ConsultationBox:
    return ConsultationBox(
        thread_id=hearing.thread,
        question=hearing.text,
        language=hearing.language,
        direction=direction_of(hearing.text),
        is_open=hearing.state is HearingState.OPEN,
        until=None,
        is_hearing=True,
    )
