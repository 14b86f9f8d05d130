"""What forms that sign share: hints for the device, what is asked before it is sent."""

from collections.abc import Mapping

from app import forum, identity
from app.db import Work
from app.forum import Draft, Post, PostKind
from app.forum.codec import note_members
from app.forum.model import Text
from app.forum.pages.writing import PrivateLine, SignerHints
from app.hearings.pages.commitments import SHOWS_NAMES, EvidenceForm
from app.identity import Viewer
from app.kernel.clock import day_of
from app.kernel.strict_json import JsonObject
from app.records import sign_record
from app.records.model import EVIDENCE, KIND, SHOWS
from app.web.visit import Visit

_EVIDENCE_LINES = f"kind={KIND} link={EVIDENCE} shows={SHOWS}"


def sign_note(  # noqa: PLR0913 (a post, whole)
    work: Work,
    visit: Visit,
    viewer: Viewer,
    *,
    answers: Post,
    kind: PostKind,
    text: Text,
    members: JsonObject,
    nonce: str,
) -> bytes:
    """Return a post of a kind, signed with the viewer's unlocked key.

    Raises:
        WrongPassphraseError, LockedKeyError: see `identity.unlock_posting_key`.

    """
    draft = Draft(
        text=text,
        board=answers.board,
        reply_to=answers.record_id,
        quotes=(),
        custody=viewer.custody,
        kind=kind,
    )
    key = identity.unlock_posting_key(work, visit.session_token)
    document = {**note_members(draft), **members}
    return sign_record(key, "Note", document, nonce=nonce, day=day_of(work.now))


def hints(work: Work, viewer: Viewer, answers: Post, nonce: str, lines: str) -> SignerHints:
    """Return what a device needs to sign an answer to a post."""
    return SignerHints(
        kind="note",
        board_did=answers.board,
        day=day_of(work.now),
        nonce=nonce,
        reply=answers.record_id,
        object="",
        previous="",
        # What the post is travels as its lines do: fields that are signed.
        lines=lines,
        persona_key=viewer.posting_did,
        custody=viewer.custody.value,
    )


def private_lines(text: str, *, has_asked: bool) -> tuple[PrivateLine, ...]:
    """Return what the author is to be asked about before it is sent: once, as of a post."""
    if has_asked or not text:
        return ()
    return tuple(
        PrivateLine(kind=one.kind.value, words=one.words) for one in forum.find_private(text)
    )


def languages_of(visit: Visit) -> tuple[tuple[str, str], ...]:
    """Return the languages that somebody can say they wrote in."""
    return tuple((item.code, item.name) for item in visit.site.languages.values())


def unlock_path(visit: Visit, viewer: Viewer, path: str) -> str:
    """Return where to log in so that the host can sign; empty where it can."""
    here = visit.address(path)
    return visit.address(f"/login?next={here}") if viewer.is_locked_out else ""


def empty_evidence(  # noqa: PLR0913 (what was typed, by name)
    work: Work,
    visit: Visit,
    viewer: Viewer,
    commitment: Post,
    *,
    text: Text | None = None,
    typed: Mapping[str, str] | None = None,
    nonce: str = "",
    private: tuple[PrivateLine, ...] = (),
    has_asked: bool = False,
) -> EvidenceForm:
    """Return the form of evidence, with what was typed."""
    said = typed or {}
    return EvidenceForm(
        text=text or Text(language=visit.language.code, markdown=""),
        link=said.get("link", ""),
        shows=said.get("shows", ""),
        choices=tuple((shows.value, name) for shows, name in SHOWS_NAMES.items()),
        languages=languages_of(visit),
        signer=hints(work, viewer, commitment, nonce or identity.encode_id(work), _EVIDENCE_LINES),
        private=private,
        has_asked=has_asked or bool(private),
        unlock_path=unlock_path(visit, viewer, f"/commitments/{commitment.digest.hex()}"),
    )
