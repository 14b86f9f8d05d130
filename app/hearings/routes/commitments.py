"""One commitment: what became of it, and what people put beside it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity
from app.crypto.multikey import decode_did, fingerprint
from app.db import Work
from app.forum import Post
from app.forum.pages import build
from app.hearings.model import Commitment, CommitmentState
from app.hearings.pages.commitments import (
    CONTESTED_SEAL,
    SEALS,
    SHOWS_NAMES,
    STATE_NAMES,
    ChangeLine,
    CommitmentLine,
    CommitmentPage,
    EvidenceForm,
    EvidenceLine,
    SigningCommitmentPage,
    StatusForm,
)
from app.hearings.rules import commitments as rules
from app.hearings.service import commitments as service
from app.hearings.store import commitments as store
from app.identity import Viewer
from app.kernel.clock import day_of
from app.records.model import Custody
from app.records.routes import parse_hex
from app.web.markup import direction_of
from app.web.pages import FieldErrors
from app.web.visit import Visit, VisitDep

from .signing import empty_evidence

router = APIRouter()

_STATES: Final = tuple((state.value, name) for state, name in STATE_NAMES.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A commitment, the post that it is, and who looks at it."""

    commitment: Commitment
    post: Post
    viewer: Viewer | None
    is_steward: bool

    @property
    def path(self) -> str:
        """The page's path, without the language."""
        return f"/commitments/{self.post.digest.hex()}"

    @property
    def is_official(self) -> bool:
        """Whether the viewer is the official whose promise it is."""
        return self.viewer is not None and self.viewer.root == self.commitment.promise.official

    @property
    def may_own(self) -> bool:
        """Whether the viewer can confirm it."""
        return self.is_official and self.commitment.owned_on is None and self.post.has_words

    @property
    def confirms(self) -> bool:
        """Whether the viewer can say for the host that a contested status holds."""
        return self.is_steward and self.commitment.is_contested

    @property
    def may_change(self) -> bool:
        """Whether the viewer can change its status."""
        stands_by_it = self.is_official and self.commitment.owned_on is not None
        return self.is_steward or stands_by_it


@router.get("/{language}/commitments/{digest}")
def commitment_page(visit: VisitDep, digest: str) -> Response:
    with visit.read() as work:
        place = find_place(work, visit, digest)
        return visit.render(show_page(work, visit, place), place.viewer, section="hearings")


def find_place(work: Work, visit: Visit, digest: str) -> Place:
    """Return the commitment of a post as this visit sees it.

    Raises:
        NotFoundError: there is no such post that this visitor can see.
        NoCommitmentError: it is no commitment.

    """
    viewer = identity.find_viewer(work, visit.session_token)
    post = forum.get_post(work, parse_hex(digest), viewer=viewer)
    return Place(
        commitment=service.get_commitment(work, post.digest),
        post=post,
        viewer=viewer,
        is_steward=visit.listener.has_staff_pages and identity.is_steward(work, viewer),
    )


def show_page(
    work: Work,
    visit: Visit,
    place: Place,
    *,
    status: StatusForm | None = None,
    form: EvidenceForm | None = None,
    errors: FieldErrors | None = None,
) -> CommitmentPage:
    """Show a commitment; `status` and `form` are what was typed, where something was."""
    viewer, commitment = place.viewer, place.commitment
    today = day_of(work.now)
    is_device = viewer is not None and viewer.custody is Custody.DEVICE
    shape = SigningCommitmentPage if is_device else CommitmentPage
    if form is None and viewer is not None and place.post.has_words and place.post.number:
        form = empty_evidence(work, visit, viewer, place.post)
    return shape(
        line=show_line(commitment, place.post, today),
        post=build.post_item(place.post, viewer),
        thread_id=place.post.thread,
        filed_by=build.author_line(place.post),
        filed_on=commitment.filed_on,
        changes=_show_changes(work, commitment),
        evidence=_show_evidence(work, viewer, commitment),
        reminders=tuple(commitment.filed_on + timedelta(days=after) for after in rules.REMINDERS_D),
        may_own=place.may_own,
        status=(status or empty_status(place)) if place.may_change else None,
        form=form,
        limit=identity.find_limit(work, viewer.root) if viewer else None,
        errors=errors or FieldErrors(),
    )


def empty_status(place: Place) -> StatusForm:
    """Return the form of a change of status, before anything is typed."""
    commitment = place.commitment
    others = tuple(
        (value, name)
        for value, name in _STATES
        if rules.may_change(commitment.state, CommitmentState(value), confirms=place.confirms)
    )
    return StatusForm(previous=commitment.head.hex(), states=others)


def show_line(commitment: Commitment, post: Post, today: date) -> CommitmentLine:
    """Show a commitment with the words of its post."""
    text = post.version.text if post.has_words else None
    return line_of(commitment, text.markdown if text else "", post.version.text.language, today)


def line_of(commitment: Commitment, text: str, language: str, today: date) -> CommitmentLine:
    """Show a commitment in a list; `text` is empty where its words are gone."""
    promise = commitment.promise
    is_gone = not text
    return CommitmentLine(
        digest=commitment.post.hex(),
        text=text,
        language=language,
        direction=direction_of(text),
        owner="" if is_gone else promise.owner,
        owner_key=promise.official or ("" if is_gone else promise.owner),
        theme="" if is_gone else promise.theme,
        measure="" if is_gone else promise.measure,
        due_on=promise.due_on,
        state=STATE_NAMES[commitment.state],
        seal=CONTESTED_SEAL if commitment.is_contested else SEALS[commitment.state],
        is_contested=commitment.is_contested,
        is_overdue=rules.is_overdue(commitment, today),
        days_over=max(0, (today - promise.due_on).days),
        owned_on=commitment.owned_on,
        has_official=promise.official is not None,
        changed_on=commitment.changed_on,
        reminders=rules.count_reminders(commitment, today),
    )


def _show_changes(work: Work, commitment: Commitment) -> tuple[ChangeLine, ...]:
    return tuple(
        ChangeLine(
            state=STATE_NAMES[change.state],
            seal=SEALS[change.state],
            day=change.day,
            evidence=change.evidence,
            why=change.why,
            by=name_of(work, change.by),
            record=change.record.hex(),
        )
        for change in store.list_changes(work, [commitment.post]).get(commitment.post, ())
    )


def _show_evidence(
    work: Work, viewer: Viewer | None, commitment: Commitment
) -> tuple[EvidenceLine, ...]:
    lines = []
    for evidence in store.list_evidence(work, commitment.post):
        post = forum.find_post(work, digest=evidence.post)
        if post is not None and post.number is not None and post.has_words:
            item = build.post_item(post, viewer)
            shows = SHOWS_NAMES[evidence.shows]
            lines.append(EvidenceLine(item=item, link=evidence.link, shows=shows))
    return tuple(sorted(lines, key=lambda line: line.item.number or 0))


def name_of(work: Work, root: str) -> str:
    """Return an official's name by their root; empty for none."""
    return identity.get_persona(work, fingerprint(decode_did(root))).name if root else ""
