"""What arrives from whoever proposes context, or rates it."""

import re
from dataclasses import dataclass, replace
from typing import Final

from app.forum.forms import PostForm, parse_post
from app.opinion import rules
from app.opinion.model import Helps, NoteReason
from app.web.forms import Fields
from app.web.sentences import gettext_noop as _

_digest = re.compile(r"[0-9a-f]{64}")
_HELPS: Final = {str(value.value): value for value in Helps}
_REASONS: Final = {reason.value: reason for reason in NoteReason}
_TOO_LONG: Final = _(
    "Context has at most 600 characters. Say only what readers need, and where it stands."
)
_NO_SOURCE: Final = _("Name a source: the address of a page, or of a post on this host.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingForm:
    """What a reader says of a note, and what is lacking."""

    note: bytes
    helps: Helps | None
    reason: NoteReason | None
    is_taken_back: bool


def parse_context(fields: Fields, *, languages: list[str]) -> PostForm:
    """Read a proposed context as a post that is short and names a source."""
    form = parse_post(fields, has_title=False, languages=languages)
    if "text" in form.errors:
        return form
    errors = dict(form.errors)
    if len(form.text.markdown) > rules.MAX_CONTEXT_CHARACTERS:
        errors["text"] = _TOO_LONG
    elif not rules.names_source(form.text.markdown):
        errors["text"] = _NO_SOURCE
    return replace(form, errors=errors)


def parse_rating(fields: Fields) -> RatingForm:
    """Read what a reader says of a note; what is none of the choices counts as not said."""
    note = fields["note"]
    return RatingForm(
        note=bytes.fromhex(note) if _digest.fullmatch(note) else b"",
        helps=_HELPS.get(fields["helps"]),
        reason=_REASONS.get(fields["reason"]),
        is_taken_back=fields["do"] == "take-back",
    )
