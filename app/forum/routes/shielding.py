"""A persona's own peace: its shield, and whom it mutes. Nobody else can open these pages."""

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.db import Work
from app.forum.pages.writing import MutedLine, ShieldPage
from app.forum.service import shielding
from app.identity.routes.common import require_viewer
from app.kernel.errors import NotFoundError
from app.web.visit import PostedDep, VisitDep

router = APIRouter()


@router.get("/{language}/shield")
def shield_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        page = ShieldPage(
            until=shielding.find_shield(work, viewer.root),
            days=shielding.SHIELD_DAYS,
            muted=_muted_lines(work, viewer),
            most=shielding.MOST_MUTED,
        )
    return visit.render(page, viewer, section="persona")


@router.post("/{language}/shield")
def shield_submit(visit: PostedDep) -> Response:
    act = shielding.lower_shield if visit.fields["do"] == "lower" else shielding.raise_shield
    with visit.write() as work:
        act(work, require_viewer(work, visit))
    return visit.see_other(visit.address("/shield"))


@router.post("/{language}/mutes")
def mute_submit(visit: PostedDep) -> Response:
    """Mute somebody, from their page, or show their posts again; then the list of all."""
    with visit.write() as work:
        viewer = require_viewer(work, visit)
        hand = _find_hand(work, visit.fields["persona"])
        act = shielding.unmute if visit.fields["do"] == "unmute" else shielding.mute
        act(work, viewer, hand)
    return visit.see_other(visit.address("/shield#muted"))


def _find_hand(work: Work, mark: str) -> str:
    """Return the root of the persona, or the lone key, that has a fingerprint.

    Raises:
        NotFoundError: nobody has.

    """
    return (
        identity.find_lone_key(work, identity.spaced(mark)) or identity.get_persona(work, mark).root
    )


def _muted_lines(work: Work, viewer: identity.Viewer) -> tuple[MutedLine, ...]:
    hands = shielding.list_muted(work, viewer.root)
    lone = {author.did: author for author in identity.list_authors(work, hands)}
    lines = []
    for hand in hands:
        author, persona = lone.get(hand), identity.find_persona(work, hand)
        known = persona or author
        if known is None:
            raise NotFoundError("somebody muted is not here")
        lines.append(
            MutedLine(
                mark=known.fingerprint.replace(" ", ""),
                fingerprint=known.fingerprint,
                name=persona.name if persona else None,
                is_for_thread=author is not None and author.thread is not None,
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.name or "", line.mark)))
