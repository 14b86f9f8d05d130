"""Untrusted input of hearings: commitments, their evidence, and changes of their status."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.forum.codec import clean_line, clean_text
from app.forum.model import Text
from app.hearings.errors import EvidenceMissingError
from app.hearings.model import CommitmentState, Promise, Shows
from app.hearings.rules import commitments as rules
from app.kernel.errors import MalformedError
from app.records import registry
from app.web.forms import Fields
from app.web.languages import parse_day
from app.web.sentences import gettext_noop as _

NO_LINK: Final = _(
    "Give the address of a page or of a record that shows it, with the beginning that the line above names. This host opens no link; readers do."
)
_EMPTY: Final = _("The text is empty. Write something first.")
_TRICKS: Final = _(
    "The text has characters that turn the direction of lines or are not shown. Type those words anew, without pasting."
)
_LINES: Final = {
    "owner": (120, _("Write who promised it, in one line of at most 120 characters.")),
    "measure": (
        300,
        _("Write by what people will see that it was kept, in at most 300 characters."),
    ),
    "theme": (40, _("Write what it is about, in one line of at most 40 characters.")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseForm:
    """A commitment as it was typed, and what is wrong with it."""

    text: Text
    typed: Fields
    promise: Promise | None
    """None while something is wrong."""
    record: str = ""
    has_asked: bool = False
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownForm:
    """Evidence as it was typed, and what is wrong with it."""

    text: Text
    link: str
    shows: Shows | None
    record: str = ""
    has_asked: bool = False
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeForm:
    """A change of status as it was typed, and what is wrong with it."""

    state: CommitmentState | None
    evidence: str
    why: str
    errors: dict[str, str]


def parse_promise(
    fields: Fields, languages: Collection[str], officials: Collection[str], today: date
) -> PromiseForm:
    """Read a commitment; `officials` are the roots that may be named as its owner."""
    errors: dict[str, str] = {}
    text = _parse_text(fields, languages, errors)
    if len(text.markdown) > rules.MAX_COMMITMENT_CHARACTERS:
        errors["text"] = _(
            "Shorten it to 600 characters: one thing that people can see done or not done. File others by themselves."
        )
    lines = {name: clean_line(fields[name]) for name in _LINES}
    for name, (most, sentence) in _LINES.items():
        if not _fits(registry.line(most), lines[name]):
            errors[name] = sentence
    due_on = _parse_day(fields["due"])
    if due_on is None or due_on < today:
        errors["due"] = _(
            "Write the day by which it is to be done, today or later, in the form that the line above shows."
        )
    official = fields["of"].removeprefix("ap://").removesuffix("/actor") or None
    if official is not None and official not in officials:
        errors["of"] = _("Choose one of the officials who are listed, or nobody.")
    promise = None
    if not errors and due_on is not None:
        promise = Promise(due_on=due_on, official=official, **lines)
    return PromiseForm(
        text=text,
        typed=Fields({**fields, **lines}),
        promise=promise,
        record=fields["record"],
        has_asked=bool(fields["asked"]),
        errors=errors,
    )


def parse_shown(fields: Fields, languages: Collection[str]) -> ShownForm:
    """Read evidence: a link, what it shows, and words about it."""
    errors: dict[str, str] = {}
    text = _parse_text(fields, languages, errors)
    link = _parse_link(fields["link"], "link", errors)
    if fields["shows"] not in set(Shows):
        errors["shows"] = _("Choose what it shows.")
    return ShownForm(
        text=text,
        link=link,
        shows=Shows(fields["shows"]) if fields["shows"] in set(Shows) else None,
        record=fields["record"],
        has_asked=bool(fields["asked"]),
        errors=errors,
    )


def parse_change(fields: Fields) -> ChangeForm:
    """Read a change of status."""
    errors: dict[str, str] = {}
    if fields["state"] not in set(CommitmentState):
        errors["state"] = _("Choose a status.")
    evidence = _parse_link(fields["evidence"], "evidence", errors)
    why = clean_line(fields["why"])
    if not _fits(registry.line(300), why):
        errors["why"] = _("Say in at most 300 characters why the evidence changes the status.")
    known = fields["state"] in set(CommitmentState)
    return ChangeForm(
        state=CommitmentState(fields["state"]) if known else None,
        evidence=evidence,
        why=why,
        errors=errors,
    )


def _parse_link(typed: str, name: str, errors: dict[str, str]) -> str:
    """Return a link as typed. Its form is looked at; this host opens none."""
    link = typed.strip()
    try:
        rules.require_link(link)
    except EvidenceMissingError:
        errors[name] = NO_LINK
    return link


def _parse_text(fields: Fields, languages: Collection[str], errors: dict[str, str]) -> Text:
    markdown = clean_text(fields["text"])
    if not markdown:
        errors["text"] = _EMPTY
    elif not _fits(registry.text, markdown):
        errors["text"] = _TRICKS
    if fields["language"] not in languages:
        errors["language"] = _("Choose the language you wrote in.")
    code = fields["language"] if fields["language"] in languages else next(iter(languages))
    return Text(language=code, markdown=markdown)


def _parse_day(typed: str) -> date | None:
    try:
        return parse_day(typed)
    except ValueError:
        return None


def _fits(shape: registry.Shape, value: object) -> bool:
    try:
        shape(value)
    except MalformedError:
        return False
    return True
