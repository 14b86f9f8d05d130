"""What other rooms' pages say of hearings: that there are some, and the way to them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.db import Work
from app.hearings import service, store
from app.hearings.model import HearingState
from app.identity.model import Author
from app.opinion.pages import boxes
from app.web.markup import direction_of
from app.web.pages import ConsultationBox, OfficeLine

from .officials import office_line


def look_beside(
    instance_did: str, work: Work, thread: str, authors: Sequence[Author]
) -> tuple[list[ConsultationBox], Mapping[str, OfficeLine]]:
    """Return the hearing or consultation of a thread, and the offices beside its authors' names."""
    hearing, offices = store.look_beside(work, thread)
    found = boxes.show_boxes(work, thread, instance_did)
    if hearing:
        found = [_box(thread, hearing, found)]
    badges = service.find_badges(work, authors, offices)
    return found, {mark: office_line(badge) for mark, badge in badges.items()}


def list_boxes(instance_did: str, work: Work, board: str | None = None) -> list[ConsultationBox]:
    """Return some open consultations, of one board (did:key) or of all; hearings are marked."""
    found = boxes.list_boxes(work, instance_did, board)
    return [
        replace(each, is_hearing=store.find_hearing(work, thread=each.thread_id) is not None)
        for each in found
    ]


def has_hearing(work: Work, thread: str) -> bool:
    """Return whether the statements of a thread's consultation are questions of a hearing."""
    return store.find_hearing(work, thread=thread) is not None


def _box(
    thread: str, hearing: store.Announced, beneath: Sequence[ConsultationBox]
) -> ConsultationBox:
    return ConsultationBox(
        thread_id=thread,
        question=hearing.text,
        language=hearing.language,
        direction=direction_of(hearing.text),
        is_open=hearing.state is HearingState.OPEN,
        until=None,
        is_hearing=True,
        is_elsewhere=any(each.is_elsewhere for each in beneath),
        is_cut=any(each.is_cut for each in beneath),
    )
