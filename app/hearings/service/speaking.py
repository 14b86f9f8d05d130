"""What an official may say: nothing that nobody can answer with a question."""

from app import identity, tlog
from app.db import Work
from app.hearings import store
from app.hearings.errors import QueueMissingError
from app.kernel.clock import day_of
from app.records import Owner, VerifiedRecord
from app.records.model import IMPORTED

from .offices import find_office


def accept_post(work: Work, record: VerifiedRecord, *, of_forum: Owner) -> tlog.Lane:
    """Take in a post; an official opens threads while a hearing takes its questions.

    Raises:
        QueueMissingError: an official opens one and cannot be asked anything.
        AppError: the forum refuses it.

    """
    document = record.document
    is_opening = "inReplyTo" not in document and IMPORTED not in document
    if is_opening and record.digest not in work.logged:
        _require_queue(work, record.signer)
    return of_forum.accept(work, record)


def _require_queue(work: Work, signer: str) -> None:
    author = identity.find_author(work, signer)
    if author is None or author.root is None:
        return
    office = find_office(work, author.root)
    is_official = office is not None and office.holds(day_of(work.now))
    if is_official and not store.has_queue(work, author.root):
        raise QueueMissingError("an official opens threads while it can be asked")
