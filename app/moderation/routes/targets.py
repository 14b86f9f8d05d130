"""What a report is about: found as readers see it, and shown as a line."""

from collections.abc import Mapping
from dataclasses import dataclass

from app import forum, identity
from app.db import Work
from app.forum import Board
from app.forum.model import ThreadId
from app.kernel.clock import day_of
from app.kernel.errors import GoneError, NotFoundError
from app.moderation import service
from app.moderation.errors import TakenAlreadyError
from app.moderation.forms.reporting import Fault, Place
from app.moderation.model import Action, Matter, Subject, SubjectKind, Told
from app.moderation.pages.reporting import (
    OTHER_OUTCOME,
    OUTCOMES,
    UNDONE,
    ReportLine,
    SubjectLine,
)
from app.records.routes import parse_hex
from app.web.pages import FieldErrors
from app.web.rules import rule_name
from app.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What somebody reports, as it stands now."""

    matter: Matter
    board: Board | None
    """None for a persona."""


def find_target(work: Work, place: Place) -> Target:
    """Return what an address means.

    Raises:
        NotFoundError: nothing that readers see.
        GoneError: its author erased it.
        TakenAlreadyError: a desk took it from readers.

    """
    if place.kind is SubjectKind.PERSONA:
        return _find_persona(work, place.name)
    if place.kind is SubjectKind.THREAD:
        thread = forum.get_thread(work, place.name)
        version = forum.get_post(work, thread.opening).version.digest
        return _on_board(work, SubjectKind.THREAD, thread.id, thread.board, version)
    post = forum.get_post(work, parse_hex(place.name))
    if post.is_hidden or (post.act is not None and post.erased_on is not None):
        raise TakenAlreadyError("a desk took its words")
    if post.erased_on is not None:
        raise GoneError("its author erased it")
    digest = post.digest.hex()
    board = forum.board_of(work, post).did
    return _on_board(work, SubjectKind.POST, digest, board, post.version.digest)


def show_subject(work: Work, subject: Subject) -> SubjectLine:
    """Show a subject as a line; what was taken away since has no title."""
    kind, name = subject.kind.value, subject.name
    if subject.kind is SubjectKind.PERSONA:
        persona = identity.find_persona(work, name)
        mark = persona.fingerprint if persona else ""
        path = f"/persona/{mark.replace(' ', '')}"
        called = persona.name if persona else ""
        return SubjectLine(kind=kind, path=path, title=called, number=0, fingerprint=mark)
    post = None
    if subject.kind is SubjectKind.POST:
        post = forum.find_post(work, digest=bytes.fromhex(name))
    thread = post.thread if post else name
    words = forum.list_titles(work, [ThreadId(thread)]).get(ThreadId(thread))
    return SubjectLine(
        kind=kind,
        path=f"/p/{name}" if post else f"/t/{thread}",
        title=(words.title or "") if words else "",
        number=(post.number or 0) if post else 0,
    )


def show_told(work: Work, visit: Visit, mark: bytes) -> tuple[ReportLine, ...]:
    """Show what became of the reports under a mark."""
    return tuple(
        ReportLine(
            case=told.case,
            subject=show_subject(work, told.subject),
            rule=rule_name(visit.translate, told.rule.value),
            day=day_of(told.reported_at),
            is_open=told.is_open,
            outcome=visit.translate(_outcome_of(told, action)),
            act=told.decision.hex() if told.decision and not told.is_open else "",
        )
        for told, action in service.list_told(work, mark)
    )


def explain(visit: Visit, faults: Mapping[str, Fault]) -> FieldErrors:
    """Say in the reader's language what is wrong with a form."""

    def spoken(fault: Fault) -> str:
        told = {
            key: visit.language.number(value) if isinstance(value, int) else value
            for key, value in fault.told.items()
        }
        sentence = visit.translate(fault.sentence)
        return sentence % told if told else sentence

    return FieldErrors(by_field={name: spoken(fault) for name, fault in faults.items()})


def _find_persona(work: Work, mark: str) -> Target:
    persona = identity.get_persona(work, mark)
    if not persona.name:
        raise GoneError("the persona erased itself")
    subject = Subject(kind=SubjectKind.PERSONA, name=persona.root)
    matter = Matter(subject=subject, board="", version=persona.card_digest)
    return Target(matter=matter, board=None)


def _on_board(work: Work, kind: SubjectKind, name: str, did: str, version: bytes) -> Target:
    board = forum.find_board(work, did=did)
    if board is None:
        raise NotFoundError("no such board")
    matter = Matter(subject=Subject(kind=kind, name=name), board=did, version=version)
    return Target(matter=matter, board=board)


def _outcome_of(told: Told, action: Action | None) -> str:
    if told.is_open or action is None:
        return ""
    return UNDONE if action.undoing else OUTCOMES.get(action.kind, OTHER_OUTCOME)
