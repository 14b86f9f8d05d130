"""View model of an act that is signed on the device: whatever is no post."""

from dataclasses import dataclass, field
from typing import ClassVar

from app.forum.pages import AuthorLine
from app.forum.pages.writing import SignerHints
from app.web.pages import FieldErrors, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPage(Page):
    """Sign an act whose key is on a device: there, or elsewhere without scripts."""

    template: ClassVar[str] = "hearings/act.html"
    has_script: ClassVar[bool] = True

    title: str
    """What is done, to be translated."""
    action: str
    """Where the form is sent, and where it was opened."""
    back: str
    document: str
    """The record's type and own members as JSON: what is signed, beside what all records have."""
    author: AuthorLine
    signer: SignerHints
    kept: tuple[tuple[str, str], ...]
    """What was typed on the page before, to be sent again."""
    record: str
    """What was pasted."""
    errors: FieldErrors = field(default_factory=FieldErrors)
