"""One post by itself, and whether it is genuine."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import identity, records, tlog
from app.crypto.note_keys import COSIGNATURE
from app.db import Work
from app.forum import codec, rules, service, store
from app.forum.model import POSTS_PER_PAGE, Board, Post
from app.forum.pages import build
from app.forum.pages.genuine import CheckedPostPage, CosignerLine, LogPlace, PostPage
from app.forum.service import beside
from app.kernel.clock import Instant, day_of
from app.kernel.errors import AppError
from app.records.routes import parse_hex
from app.tlog import PublishedLog
from app.tlog.routes import LogDep
from app.web.markup import direction_of
from app.web.pages import ErasedLine
from app.web.visit import Visit, VisitDep

from . import hands
from .heard import tell_hearings
from .rated import find_rated

router = APIRouter()

_PROGRAM: Final = "check.go"


@router.get("/{language}/p/{digest}")
def post_page(visit: VisitDep, digest: str, log: LogDep) -> Response:
    with visit.read() as work:
        viewer = hands.find_viewer(work, visit, parse_hex(digest))
        post = service.get_post(work, parse_hex(digest), viewer=viewer)
        board = service.board_of(work, post)
        parent = store.find_post(work, digest=post.parent) if post.parent else None
        answered = service.see_own(work, [parent] if parent else [], viewer)
        is_own = viewer is not None and viewer.wrote(post.author) and post.erased_on is None
        shown = store.list_versions(work, post.digest, also_waiting=is_own)
        versions = service.see_own_versions(work, post, viewer, shown)
        record = records.find_record(work, post.version.digest)
        opening = _opening(work, post)
        holds = service.holds(work, post.version)
        place = _find_place(work, log, post, board, visit.site.instance_did)
        found = beside.list_beside(work, [post])
        offices = visit.site.find_offices(work, [each.author for each in (post, *answered)])
        rated = find_rated(work, visit, viewer, [post])
        translated = visit.site.find_translations(work, [post], visit.language.code)
        item = build.post_item(post, viewer, found.get(post.digest, ()), offices)
        erased = _list_erased(work, visit, post)
        (item,) = tell_hearings(work, visit, [item])
    visit.share(f"thread:{post.thread}", service.settings_of(board.did), identity.NAMES, tlog.LOG)
    title = opening.version.text.title or ""
    include_by = visit.reader.local(record.include_by if record else Instant(0))
    can_check = item.state == "visible" and place.state == "logged"
    page = CheckedPostPage if can_check else PostPage
    return visit.render(
        page(
            post=item,
            rating=rated.get(item.digest, ""),
            translation=translated.get(post.digest),
            record_id=post.record_id,
            parent=build.post_item(answered[0], viewer, offices=offices) if answered else None,
            thread_id=post.thread,
            thread_page=rules.page_of(post.number or 1, POSTS_PER_PAGE),
            title=title,
            title_language=opening.version.text.language,
            title_direction=direction_of(title),
            board_slug=board.slug,
            board_name=build.in_language(board.name, visit.language.code),
            revisions=build.revision_lines(versions, post.version),
            holds=holds,
            key_state=post.author.state.value,
            record_digest=post.version.digest.hex(),
            record_type=record.type if record else "",
            record_bytes=len(record.raw) if record and record.raw else 0,
            signer_did=record.signer if record else post.author.did,
            lines=codec.line_members(post.version.text),
            place=place,
            include_by_day=include_by.date(),
            include_by_time=include_by.time(),
            zone=visit.reader.zone,
            origin=visit.listener.origin,
            program_path=visit.site.static.path(_PROGRAM),
            erased=erased,
        ),
        viewer,
        section="boards",
    )


def _list_erased(work: Work, visit: Visit, post: Post) -> tuple[ErasedLine, ...]:
    """Return which other hosts were asked to erase a post that its author erased."""
    is_by_author = post.erased_on is not None and post.act is None
    return tuple(visit.site.list_erased(work, post.digest)) if is_by_author else ()


def _find_place(
    work: Work, log: PublishedLog, post: Post, board: Board, instance_did: str
) -> LogPlace:
    """Return where the published log holds the version that is shown, and who has seen it there."""
    if board.home != instance_did:
        return LogPlace(state="elsewhere")
    if post.number is None:
        return LogPlace(state="waiting")
    try:
        index = records.find_place(work, post.version.digest)
        checkpoint = log.get_checkpoint()
        cosigned = tlog.find_cosigners(work, checkpoint)
    except AppError:
        # Reading goes on where the log cannot be read; `goftogu check` tells the operator why.
        return LogPlace(state="unreadable")
    size = checkpoint.tree.size
    if index >= size:
        return LogPlace(state="unreadable")
    times = {key.name: signed_at for key, signed_at in cosigned.items()}
    return LogPlace(
        state="logged",
        index=index,
        size=size,
        log_key=log.key.encode(),
        quorum=tlog.count_witnesses(work, index),
        cosigners=tuple(
            _cosigner_line(witness, index, times.get(witness.name))
            for witness in tlog.list_witnessed(work)
        ),
        cosigner_keys=" ".join(key.encode() for key in cosigned if key.algorithm == COSIGNATURE),
    )


def _cosigner_line(
    witness: tlog.Witnessed, index: int, cosigned_at: Instant | None
) -> CosignerLine:
    """Say what a witness has signed; `cosigned_at` is when it signed the published checkpoint."""
    if cosigned_at is not None:
        return CosignerLine(name=witness.name, state="cosigned", day=day_of(cosigned_at))
    if witness.signed_at is None:
        return CosignerLine(name=witness.name, state="silent", day=None)
    if witness.tree_size <= index:
        return CosignerLine(name=witness.name, state="behind", day=None)
    return CosignerLine(name=witness.name, state="covered", day=day_of(witness.signed_at))


def _opening(work: Work, post: Post) -> Post:
    """Return the post that opened a post's thread, as all see it; one that waits opened its own."""
    thread = store.find_thread(work, post.thread)
    return service.get_post(work, thread.opening) if thread else post
