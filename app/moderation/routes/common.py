"""What all pages of desks share: who works here, what is refused, and in which words."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Final, TypeVar

from starlette.responses import Response

from app import forum
from app.db import Work
from app.forum.pages.build import in_language
from app.kernel.errors import AppError, NotFoundError
from app.moderation import service, store
from app.moderation.errors import (
    CaseDecidedError,
    CaseTakenError,
    LeaseEndedError,
    NoDeskError,
    NotGroupedError,
    OwnMatterError,
)
from app.moderation.model import Desk, DeskSession, Rule
from app.moderation.pages.desk import Choice, DeskLine, RefusedPage
from app.moderation.pages.naming import ROLE_NAMES
from app.web.error_pages import sentences_of, status_of
from app.web.pages import FieldErrors, Page
from app.web.rules import LABEL_NAMES, RULE_NAMES, rule_name
from app.web.sentences import gettext_noop as _
from app.web.visit import DeskPosted, DeskVisit, Visit

TYPED: Final = ("facts", "law", "note", "answer")
"""Fields in which somebody writes: what is refused, they are given back."""
DONE: Final = {
    "decided": _("It is done, and its reasons stand in the log."),
    "proposed": _("It is proposed. Another person at another desk has to agree within three days."),
    "beside": _("It is done. The case itself is still yours to decide."),
    "proposed-beside": _(
        "It is proposed: another person has to agree. The case itself is still yours to decide."
    ),
    "skipped": _("The case went back. You will not be given it again, and nothing is counted."),
    "handed": _("The case waits for the next desk, with your note."),
    "none": _("Nothing waits that you can be given."),
    "agreed": _("You agreed, and it is done."),
    "answered": _("The appeal is answered, and its author is told."),
    "undone": _("It is undone, everywhere."),
}
"""What a redirect names, and the page after it says."""
# Nothing on the page that it came from could help: it is not this desk's any more, or never was.
_OVER = (
    CaseDecidedError, CaseTakenError, LeaseEndedError, NoDeskError, NotFoundError, NotGroupedError,
    OwnMatterError,
)  # fmt: skip

_Item = TypeVar("_Item", bound=StrEnum)
Refill = Callable[[Work, DeskSession, FieldErrors], Page]


def at_desk(visit: DeskVisit, make: Callable[[Work, DeskSession], Page | None]) -> Response:
    """Show a page to whoever works at a desk; others are led to the log-in.

    None leads to the queue.
    """
    with visit.read() as work:
        session = service.find_desk_session(work, visit.session_token)
        if session is None:
            return visit.see_other(visit.address("/desk/login"))
        if not has_begun(work, session.desk):
            return visit.see_other(visit.address("/desk/begin"))
        page = make(work, session)
    return visit.render(page) if page else visit.see_other(visit.address("/desk"))


def act_at_desk(
    visit: DeskPosted,
    act: Callable[[Work, service.AtDesk], Response],
    refill: Refill | None = None,
) -> Response:
    """Do something as a desk, whole or not at all; whatever is refused, what was typed is kept.

    `refill` makes the page again with what was typed.
    """
    try:
        with visit.write() as work:
            return act(work, require_at_desk(work, visit))
    except AppError as error:
        return refuse(visit, error, refill)


def require_at_desk(work: Work, visit: DeskPosted) -> service.AtDesk:
    """Return who works at a desk in this session, with the desk's key; what they send is counted.

    Raises:
        NoDeskError: nobody does, or nobody chose a passphrase yet.
        LimitError: the desk sends too much.

    """
    session = service.find_desk_session(work, visit.session_token)
    if session is None or not has_begun(work, session.desk):
        raise NoDeskError("nobody works at a desk in this session")
    visit.count_persona(session.desk.did)
    return service.AtDesk(session=session, key=service.unlock_desk(work, visit.session_token))


def has_begun(work: Work, desk: Desk) -> bool:
    """Return whether whoever holds the desk has chosen a passphrase."""
    login = store.find_desk_login(work, desk.number)
    return login is not None and login.is_begun


def refuse(visit: DeskPosted, error: AppError, refill: Refill | None) -> Response:
    """Say what was refused and why, on the page it came from if that still helps."""
    title, explanation = map(visit.translate, sentences_of(error.code, status_of(error)))
    with visit.read() as work:
        session = service.find_desk_session(work, visit.session_token)
        if session and refill and not isinstance(error, _OVER):
            errors = FieldErrors(by_field={"decision": f"{title}. {explanation}"})
            # The page may not be this desk's to see.
            with suppress(AppError):
                return visit.render(refill(work, session, errors), status=status_of(error))
    kept = tuple(filter(None, (visit.fields[name] for name in TYPED)))
    page = RefusedPage(
        heading=title, explanation=explanation, kept=kept, is_at_desk=session is not None
    )
    return visit.render(page, status=status_of(error))


def refuse_fields(visit: DeskPosted, errors: Mapping[str, str], refill: Refill) -> Response:
    """Show a form again with what is wrong in its fields."""
    with visit.read() as work:
        session = service.find_desk_session(work, visit.session_token)
        if session is None:
            raise NoDeskError("nobody works at a desk in this session")
        told = {name: visit.translate(sentence) for name, sentence in errors.items()}
        return visit.render(refill(work, session, FieldErrors(by_field=told)), status=400)


def done(visit: DeskPosted, path: str, what: str) -> Response:
    """Lead to a page that says in a sentence what was done."""
    return visit.see_other(visit.address(f"{path}?done={what}"))


def told(visit: Visit, what: str) -> str:
    """Return the sentence of what was done; empty for what nothing is called."""
    return visit.translate(DONE[what]) if what in DONE else ""


def desk_line(work: Work, visit: Visit, desk: Desk) -> DeskLine:
    """Show the desk."""
    names = board_names(work, visit)
    return DeskLine(
        number=desk.number,
        role=visit.translate(ROLE_NAMES[desk.role]),
        boards=tuple(names[board] for board in desk.boards if board in names),
        ends_on=desk.ends_on,
    )


def board_names(work: Work, visit: Visit) -> dict[str, str]:
    """Return what boards are called, by their did:keys."""
    code = visit.language.code
    return {board.did: in_language(board.name, code) for board, _ in forum.list_boards(work)}


def rule_choices(visit: Visit) -> tuple[Choice, ...]:
    """Return the rules to choose from."""
    return tuple(
        Choice(value=rule, name=visit.translate(name)) for rule, name in RULE_NAMES.items()
    )


def label_choices(visit: Visit) -> tuple[Choice, ...]:
    """Return the labels to choose from."""
    return tuple(
        Choice(value=label, name=visit.translate(name)) for label, name in LABEL_NAMES.items()
    )


def choices(visit: Visit, names: Mapping[_Item, str], of: Iterable[_Item]) -> tuple[Choice, ...]:
    """Return some of a closed list, named in the reader's language."""
    return tuple(Choice(value=item.value, name=visit.translate(names[item])) for item in of)


def main_rule(rules: Mapping[Rule, int]) -> Rule | None:
    """Return the rule that most reports name, a dangerous one before others; None without any."""
    order = list(Rule)
    return min(rules, key=lambda rule: (-rules[rule], order.index(rule)), default=None)


def named(visit: Visit, rule: Rule | None) -> str:
    """Return what a rule is called; empty for none."""
    return rule_name(visit.translate, rule.value) if rule else ""
