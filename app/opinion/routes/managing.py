"""Opening a consultation, and looking after it: for stewards and whoever opened the thread."""

from collections.abc import Callable
from datetime import date
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity
from app.crypto.multikey import encode_digest
from app.db import Work
from app.forum import Post, Thread
from app.forum.model import Text
from app.forum.routes.handing import explain
from app.identity import Viewer
from app.kernel.clock import day_of
from app.kernel.errors import AppError, MalformedError
from app.opinion import forms, rules, service, store
from app.opinion.errors import (
    StaleConversationError,
    StatementKnownError,
    StatementUnfitError,
    TooManyStatementsError,
)
from app.opinion.model import (
    Change,
    Conversation,
    ConversationState,
    Question,
    ResultsShown,
    Statement,
)
from app.opinion.pages.voting import ManagePage, OpenPage, StatementLine
from app.records import Door
from app.records.routes import DoorDep
from app.web.error_pages import status_of
from app.web.forms import Fields
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .common import Place, find_place, require_manager, show_head, show_statement, way_of
from .saying import sign_statement

router = APIRouter()

MOST_SEEDS: Final = 20
"""As many statements as one name may add to one consultation."""
_NO_SEEDS: Final = _("Write at least one statement, each on a line of its own.")
_NO_LANGUAGE: Final = _("Choose the language you wrote in.")
_UNFIT_SEED: Final = _(
    "Nothing was sent. This line is no statement that people can vote on, or is there already: "
    "“%(line)s”. A statement is one sentence of at most 280 characters, without links."
)
_NO_NUMBER: Final = _("Choose two different statements from the list.")
_NOT_SURE: Final = _("Nothing was closed. Tick the box if it is to be closed for good.")


@router.get("/{language}/t/{thread_id}/consultation/manage")
def manage_form(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        thread, opening, viewer = _find(work, visit, thread_id)
        if store.find_conversation(work, thread=thread.id) is None:
            return visit.render(_open_page(visit, thread, opening), viewer, section="boards")
        place = find_place(work, visit, thread_id)
        return visit.render(_page(work, visit, place, viewer), viewer, section="boards")


@router.post("/{language}/t/{thread_id}/consultation/manage")
def manage_submit(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    if visit.fields["do"] == "open":
        return _open(visit, thread_id, door)
    act = _ACTS.get(visit.fields["do"])
    if act is None:
        raise MalformedError("nothing that can be done here")
    errors: dict[str, str] = {}
    try:
        with visit.write() as work:
            _, _, viewer = _find(work, visit, thread_id)
            place = find_place(work, visit, thread_id)
            errors = act(work, visit, place, viewer, door)
            if not errors:
                identity.extend_session(work, visit.session_token)
    except StaleConversationError:
        raise
    except UnfitSeedError as error:
        errors = {"text": visit.translate(_UNFIT_SEED) % {"line": error}}
        status = 400
    except AppError as error:
        errors = explain(visit, error).by_field
        status = status_of(error)
    else:
        status = 400
    if not errors:
        return visit.see_other(visit.address(f"/t/{thread_id}/consultation/manage"))
    with visit.read() as work:
        _, _, viewer = _find(work, visit, thread_id)
        place = find_place(work, visit, thread_id)
        page = _page(work, visit, place, viewer, FieldErrors(by_field=errors), visit.fields)
        return visit.render(page, viewer, section="boards", status=status)


def _find(work: Work, visit: Visit, thread_id: str) -> tuple[Thread, Post, Viewer]:
    thread = forum.get_thread(work, thread_id)
    opening = forum.get_post(work, thread.opening)
    return thread, opening, require_manager(work, visit, opening)


def _open(visit: Posted, thread_id: str, door: Door) -> Response:
    with visit.read() as work:
        thread, opening, viewer = _find(work, visit, thread_id)
        languages = list(visit.site.languages)
        form = forms.parse_question(visit.fields, languages, day_of(work.now))
        if form.errors:
            errors = {name: visit.translate(sentence) for name, sentence in form.errors.items()}
            page = _open_page(visit, thread, opening, form, FieldErrors(by_field=errors))
            return visit.render(page, viewer, section="boards", status=400)
    # Three RSA keys take a while: no transaction is open meanwhile.
    keys = identity.make_ballot_keys()
    with visit.write() as work:
        thread, _, _ = _find(work, visit, thread_id)
        service.open_with_ballots(work, door, thread, form.question, keys)
        identity.extend_session(work, visit.session_token)
    return visit.see_other(visit.address(f"/t/{thread_id}/consultation/manage"))


class UnfitSeedError(StatementUnfitError):
    """One of several lines is no statement; it says which."""


_Act = Callable[[Work, Posted, Place, Viewer, Door], dict[str, str]]


def _seed(work: Work, visit: Posted, place: Place, viewer: Viewer, door: Door) -> dict[str, str]:
    """Add statements, one a line, all or none."""
    lines, language = forms.parse_seeds(visit.fields), visit.fields["language"]
    if not lines:
        return {"text": visit.translate(_NO_SEEDS)}
    if language not in visit.site.languages:
        return {"text": visit.translate(_NO_LANGUAGE)}
    if len(lines) > MOST_SEEDS:
        raise TooManyStatementsError("more lines than one name may add")
    for line in lines:
        nonce, text = identity.encode_id(work), Text(language=language, markdown=line)
        try:
            rules.require_statement(text)
            door.submit(work, sign_statement(work, visit, place, viewer, text, nonce))
        except (StatementUnfitError, StatementKnownError) as error:
            # What came before this line is undone with it.
            raise UnfitSeedError(line) from error
    return {}


def _merge(work: Work, visit: Posted, place: Place, _viewer: Viewer, door: Door) -> dict[str, str]:
    one, target = visit.fields["merged"], visit.fields["target"]
    ids = {str(each.number): each.record_id for each in _all(work, place)}
    if one == target or not {one, target} <= ids.keys():
        return {"merged": visit.translate(_NO_NUMBER)}
    merged = service.list_merged(work, place.conversation)
    # What was merged into it goes with it.
    merged = {key: ids[target] if value == ids[one] else value for key, value in merged.items()}
    return _change(work, visit, place, door, merged={**merged, ids[one]: ids[target]})


def _part(work: Work, visit: Posted, place: Place, _viewer: Viewer, door: Door) -> dict[str, str]:
    ids = {str(each.number): each.record_id for each in _all(work, place)}
    merged = service.list_merged(work, place.conversation)
    merged.pop(ids.get(visit.fields["merged"], ""), None)
    return _change(work, visit, place, door, merged=merged)


def _set_until(
    work: Work, visit: Posted, place: Place, _viewer: Viewer, door: Door
) -> dict[str, str]:
    errors: dict[str, str] = {}
    until = forms.parse_until(visit.fields, day_of(work.now), errors)
    if errors:
        return {name: visit.translate(sentence) for name, sentence in errors.items()}
    return _change(work, visit, place, door, until=until, keeps_until=False)


def _close(work: Work, visit: Posted, place: Place, _viewer: Viewer, door: Door) -> dict[str, str]:
    if not visit.fields["sure"]:
        return {"sure": visit.translate(_NOT_SURE)}
    return _change(work, visit, place, door, state=ConversationState.CLOSED)


def _archive(
    work: Work, visit: Posted, place: Place, _viewer: Viewer, door: Door
) -> dict[str, str]:
    return _change(work, visit, place, door, state=ConversationState.ARCHIVED)


_ACTS: Final[dict[str, _Act]] = {
    "seed": _seed,
    "merge": _merge,
    "part": _part,
    "until": _set_until,
    "close": _close,
    "archive": _archive,
}


def _change(  # noqa: PLR0913 (what is to change, by name)
    work: Work,
    visit: Posted,
    place: Place,
    door: Door,
    *,
    state: ConversationState | None = None,
    until: date | None = None,
    keeps_until: bool = True,
    merged: dict[str, str] | None = None,
) -> dict[str, str]:
    """Change what is said of a consultation, if it is still as the form showed it.

    Raises:
        StaleConversationError: somebody else changed it meanwhile.

    """
    conversation = place.conversation
    rules.require_head(visit.fields["previous"], encode_digest(conversation.head))
    change = Change(
        state=state or conversation.state,
        until=conversation.until if keeps_until else until,
        merged=service.list_merged(work, conversation) if merged is None else merged,
    )
    service.change_conversation(work, door, conversation, change)
    return {}


def _all(work: Work, place: Place) -> list[Statement]:
    return store.list_statements(work, place.conversation.thread)


def _open_page(
    visit: Visit,
    thread: Thread,
    opening: Post,
    form: forms.QuestionForm | None = None,
    errors: FieldErrors | None = None,
) -> OpenPage:
    empty = Question(
        question=(opening.version.text.title or "")[: rules.MAX_QUESTION_CHARACTERS],
        language=opening.version.text.language,
        results=ResultsShown.VOTED,
        asks_side=False,
    )
    question = form.question if form else empty
    return OpenPage(
        thread_id=thread.id,
        thread_title=opening.version.text.title or "",
        action=visit.address(f"/t/{thread.id}/consultation/manage"),
        question=question.question,
        language=question.language,
        until=form.typed_until if form else "",
        results=question.results.value,
        asks_side=question.asks_side,
        languages=_languages(visit),
        most=rules.MAX_QUESTION_CHARACTERS,
        errors=errors or FieldErrors(),
    )


def _page(
    work: Work,
    visit: Visit,
    place: Place,
    viewer: Viewer,
    errors: FieldErrors | None = None,
    typed: Fields | None = None,
) -> ManagePage:
    conversation: Conversation = place.conversation
    statements = _all(work, place)
    merged = [each for each in statements if each.merged_into is not None]
    kept = visit.language.numeric_day(conversation.until) if conversation.until else ""
    return ManagePage(
        head=show_head(work, visit, place),
        action=visit.address(f"/t/{conversation.thread}/consultation/manage"),
        previous=encode_digest(conversation.head),
        statements=tuple(show_statement(each, {}) for each in statements if each.is_asked),
        merged=tuple((_bare(each), each.merged_into or 0) for each in merged),
        can_sign=way_of(viewer) == "vote",
        until=typed["until"] if typed and typed["do"] == "until" else kept,
        seeds=typed["text"] if typed else "",
        language=(typed["language"] if typed else "") or conversation.language,
        languages=_languages(visit),
        most=MOST_SEEDS,
        errors=errors or FieldErrors(),
    )


def _bare(statement: Statement) -> StatementLine:
    return show_statement(statement, {})


def _languages(visit: Visit) -> tuple[tuple[str, str], ...]:
    return tuple((item.code, item.name) for item in visit.site.languages.values())
