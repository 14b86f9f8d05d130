"""Untrusted input of the composer."""

from dataclasses import dataclass

from app.kernel.errors import MalformedError
from app.records import registry
from app.records.model import WAITS_H
from app.web.error_pages import gettext_noop as _
from app.web.forms import Fields

from .codec import clean_line, clean_text
from .model import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PostForm:
    """What the composer sent, cleaned as it will be signed, and what is wrong with it."""

    title: str
    text: str
    language: str
    nonce: str
    record: str
    previous: str
    """The version that a revision was begun from, as the form remembers it."""
    wait: int
    """Hours that the author chose to wait at least."""
    is_preview: bool
    errors: dict[str, str]

    def to_text(self, *, has_title: bool) -> Text:
        """Return the words to sign."""
        title = self.title if has_title else None
        return Text(language=self.language, markdown=self.text, title=title)


def parse_post(fields: Fields, *, has_title: bool, languages: list[str]) -> PostForm:
    """Read the composer's fields; wrong ones keep their values beside a sentence."""
    title, text = clean_line(fields["title"]), clean_text(fields["text"])
    errors: dict[str, str] = {}
    if has_title and not title:
        errors["title"] = _("Give the thread a title: one line that says what it is about.")
    elif has_title and not _fits(registry.line(registry.MAX_TITLE_CHARACTERS), title):
        errors["title"] = _(
            "The title is too long or has characters that are not shown. Use at most 200 visible characters."
        )
    if not text:
        errors["text"] = _("The text is empty. Write something first.")
    elif len(text.encode()) > registry.MAX_POST_BYTES:
        errors["text"] = _("The text is too long. Shorten it or split it into several posts.")
    elif not _fits(registry.text, text):
        errors["text"] = _(
            "The text has characters that turn the direction of lines or are not shown. Type those words anew, without pasting."
        )
    if fields["language"] not in languages:
        errors["language"] = _("Choose the language you wrote in.")
    return PostForm(
        title=title,
        text=text,
        language=fields["language"] if fields["language"] in languages else languages[0],
        nonce=fields["nonce"],
        record=fields["record"],
        previous=fields["previous"],
        wait=int(fields["wait"]) if fields["wait"] in map(str, WAITS_H) else 0,
        is_preview=fields["do"] != "send",
        errors=errors,
    )


def _fits(shape: registry.Shape, value: str) -> bool:
    try:
        shape(value)
    except MalformedError:
        return False
    return True
