"""Pages of a post in other languages, of a thread's summary, and what readers say of them."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity, opinion
from app.db import Work
from app.forum import Post, PostKind, Thread
from app.forum.pages import build
from app.identity.routes.common import require_viewer
from app.kernel.clock import HOUR_S
from app.kernel.errors import MalformedError
from app.opinion.errors import NoMachineError, OwnPostError
from app.opinion.model import Helps, Summary, Translation
from app.opinion.pages.translations import (
    RatedLine,
    SummaryPage,
    TranslationLine,
    TranslationsPage,
    machine_line,
    rated_line,
    sentence_lines,
    translation_item,
)
from app.records.routes import parse_hex
from app.web.limits import Bucket
from app.web.markup import direction_of
from app.web.visit import Posted, PostedDep, Visit, VisitDep

router = APIRouter()

ASKED_OF_MACHINE: Final = Bucket("texts asked of the machine", 30, HOUR_S)
"""By one sender: more than somebody reads in an hour."""
_SAYS: Final = {"yes": Helps.YES, "no": Helps.NO}
_RATED: Final = frozenset({PostKind.TRANSLATION, PostKind.SUMMARY})


@router.get("/{language}/p/{digest}/translations")
def translations_page(visit: VisitDep, digest: str) -> Response:
    code = visit.language.code
    with visit.read() as work:
        post = forum.get_post(work, parse_hex(digest))
        viewer = identity.find_viewer(work, visit.session_token)
        if viewer is not None:
            viewer = identity.look_in_thread(work, viewer, visit.session_token, post.thread)
        thread = forum.get_thread(work, post.thread)
        found = opinion.list_translations(work, post)
        lines = tuple(_translation_line(work, visit, viewer, post, each) for each in found)
        made = opinion.find_machine(work, post, code)
        takes_replies = _takes_replies(work, thread)
    is_foreign = post.has_words and post.version.text.language != code
    return visit.render(
        TranslationsPage(
            post=build.post_item(post, viewer),
            thread_id=thread.id,
            action=visit.address(f"/p/{digest}/translations"),
            takes_replies=takes_replies and post.kind is not PostKind.TRANSLATION,
            lines=lines,
            has_machine=visit.site.has_machine and is_foreign,
            machine=machine_line(made, visit.language) if made else None,
            language_name=visit.language.name,
        ),
        viewer,
        section="boards",
    )


@router.post("/{language}/p/{digest}/translations")
def translations_submit(visit: PostedDep, digest: str) -> Response:
    """Ask the machine of this host, or say of a translation whether it is faithful."""
    original = parse_hex(digest)
    if visit.fields["do"] == "ask":
        _ask(visit, original)
    else:
        with visit.write() as work:
            _rate(work, visit, PostKind.TRANSLATION)
    return visit.see_other(visit.address(f"/p/{digest}/translations"))


@router.get("/{language}/t/{thread_id}/summary")
def summary_page(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        thread = forum.get_thread(work, thread_id)
        viewer = identity.find_viewer(work, visit.session_token)
        if viewer is not None:
            viewer = identity.look_in_thread(work, viewer, visit.session_token, thread.id)
        opening = forum.get_post(work, thread.opening)
        found = opinion.list_summaries(work, thread.id)
        own = [each for each in found if each.post.version.text.language == visit.language.code]
        best: Summary | None = next(iter([*own, *found]), None)
        sentences = best.sentences if best else ()
        numbers = {number for sentence in sentences for number in sentence.cites}
        cited = opinion.list_cited(work, thread.id, numbers)
        rated = _rated(work, visit, viewer, best) if best else None
        takes_replies = _takes_replies(work, thread)
    title = opening.version.text.title or ""
    return visit.render(
        SummaryPage(
            thread_id=thread.id,
            thread_title=title,
            thread_language=opening.version.text.language,
            thread_direction=direction_of(title),
            action=visit.address(f"/t/{thread_id}/summary"),
            takes_replies=takes_replies,
            post=build.post_item(best.post, viewer) if best else None,
            sentences=sentence_lines(sentences, cited),
            rated=rated,
            others=tuple(build.post_item(each.post, viewer) for each in found if each is not best),
        ),
        viewer,
        section="boards",
    )


@router.post("/{language}/t/{thread_id}/summary")
def summary_submit(visit: PostedDep, thread_id: str) -> Response:
    """Say of a summary whether it is faithful."""
    with visit.write() as work:
        _rate(work, visit, PostKind.SUMMARY)
    return visit.see_other(visit.address(f"/t/{thread_id}/summary"))


def _ask(visit: Posted, digest: bytes) -> None:
    """Let a post wait for the machine.

    Raises:
        NoMachineError: this host has none.
        LimitError: the sender asks for too much.
        TranslationUnfitError, MachineBusyError: see `opinion.ask_machine`.

    """
    if not visit.site.has_machine:
        raise NoMachineError("no machine translates here")
    visit.count_for_sender(ASKED_OF_MACHINE)
    with visit.write() as work:
        opinion.ask_machine(work, forum.get_post(work, digest), visit.language.code)


def _rate(work: Work, visit: Posted, kind: PostKind) -> None:
    """Keep what a reader says of a translation or a summary, or forget it."""
    said = visit.fields["helps"]
    viewer, marks_key = require_viewer(work, visit), visit.site.marks_key
    post = opinion.find_rated(work, parse_hex(visit.fields["rated"]))
    if post.kind is not kind or said not in {*_SAYS, "none"}:
        raise MalformedError("not what a reader can say of a post")
    viewer = identity.look_in_thread(work, viewer, visit.session_token, post.thread)
    if viewer.wrote(post.author):
        # Also under a name for this thread, as far as this session can know it.
        raise OwnPostError("nobody rates what they wrote")
    if said == "none":
        opinion.take_back(work, marks_key, viewer.root, post)
    else:
        opinion.rate(work, marks_key, viewer.root, post, _SAYS[said])


def _translation_line(
    work: Work,
    visit: Visit,
    viewer: identity.Viewer | None,
    original: Post,
    translation: Translation,
) -> TranslationLine:
    item = translation_item(translation, original)
    language = visit.site.languages.get(item.language)
    return TranslationLine(
        item=item,
        language_name=language.name if language else item.language,
        rated=_rated(work, visit, viewer, translation),
    )


def _rated(
    work: Work, visit: Visit, viewer: identity.Viewer | None, shown: Translation | Summary
) -> RatedLine:
    own, post = "", shown.post
    if viewer is not None and not viewer.wrote(post.author):
        said = opinion.own_rating(work, visit.site.marks_key, viewer.root, post)
        own = "open" if said is None else "yes" if said.helps is Helps.YES else "no"
    return rated_line(post.digest, shown.helpful, shown.ratings, own)


def _takes_replies(work: Work, thread: Thread) -> bool:
    board = forum.find_board(work, did=thread.board)
    return thread.state == "open" and board is not None and not board.is_archived
