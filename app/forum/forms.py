"""Untrusted input: of the composer, of boards' settings, of names for one thread."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from app import identity
from app.kernel import strict_json
from app.kernel.errors import MalformedError, NotFoundError
from app.kernel.fold import spoken_words
from app.records import registry
from app.records.model import WAITS_H
from app.web.forms import Fields
from app.web.sentences import gettext_noop as _

from .codec import clean_line, clean_tag, clean_text
from .model import LINES, Openers, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PostForm:
    """What the composer sent, cleaned as it will be signed, and what is wrong with it."""

    text: Text
    nonce: str
    record: str = ""
    tags: tuple[str, ...] = ()
    previous: str = ""
    """The version that a revision was begun from, as the form remembers it."""
    wait: int = 0
    """Hours that the author chose to wait at least."""
    draft: str = ""
    """Id of the kept draft that the form was filled from; empty if none."""
    is_by_name: bool = False
    """Whether it is to stand under a name for this thread alone."""
    is_preview: bool = False
    is_kept: bool = False
    """Whether it is only to be kept, unsigned."""
    has_asked: bool = False
    """Whether its author was asked about what may be private in it."""
    errors: dict[str, str] = field(default_factory=dict)


def parse_post(fields: Fields, *, has_title: bool, languages: list[str]) -> PostForm:
    """Read the composer's fields; wrong ones keep their values beside a sentence."""
    text = Text(
        language=fields["language"] if fields["language"] in languages else languages[0],
        markdown=clean_text(fields["text"]),
        **{name: clean_line(fields[name]) or None for name in LINES},
    )
    if not has_title:
        text = replace(text, title=None)
    is_kept = fields["do"] == "keep"
    errors = {
        name: _UNFIT_LINES[name]
        for name, line in text.lines.items()
        if line and not _fits(_MEMBERS[LINES[name]], line)
    }
    if has_title and not text.title and not is_kept:
        errors["title"] = _("Give the thread a title: one line that says what it is about.")
    if not text.markdown:
        errors["text"] = _("The text is empty. Write something first.")
    elif len(text.markdown.encode()) > registry.MAX_POST_BYTES:
        errors["text"] = _("The text is too long. Shorten it or split it into several posts.")
    elif not _fits(registry.text, text.markdown):
        errors["text"] = _(
            "The text has characters that turn the direction of lines or are not shown. Type those words anew, without pasting."
        )
    if fields["language"] not in languages:
        errors["language"] = _("Choose the language you wrote in.")
    return PostForm(
        text=text,
        nonce=fields["nonce"],
        record=fields["record"],
        tags=tuple(dict.fromkeys(filter(None, (fields[f"tag_{n}"] for n in range(1, 4))))),
        previous=fields["previous"],
        wait=int(fields["wait"]) if fields["wait"] in map(str, WAITS_H) else 0,
        draft=fields["draft"],
        is_by_name=bool(fields["hand"]),
        is_preview=fields["do"] not in {"send", "keep"},
        is_kept=is_kept,
        has_asked=bool(fields["asked"]),
        errors=errors,
    )


_MEMBERS: Final = registry.RECORD_TYPES["Note"].optional
_UNFIT_LINES: Final = {
    "title": _(
        "The title is too long or has characters that are not shown. Use at most 200 visible characters."
    ),
}
"""What is said of each line of a text that the registry does not take."""


def _fits(shape: registry.Shape, value: object) -> bool:
    try:
        shape(value)
    except MalformedError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsForm:
    """What the form of a board's settings sent, cleaned as it will be signed, and what is wrong."""

    slug: str
    name: dict[str, str]
    purpose: dict[str, str]
    rules: dict[str, str]
    tick_s: int
    openers: Openers
    tags: tuple[str, ...]
    filters: tuple[str, ...]
    holds_first: bool
    delay_s: int
    is_archived: bool
    previous: str
    """The settings that the change was begun from, as the form remembers them."""
    errors: dict[str, str]


def parse_settings(
    fields: Fields,
    *,
    languages: list[str],
    ticks: tuple[int, ...],
    delays: tuple[int, ...],
    is_new: bool,
) -> SettingsForm:
    """Read the fields of a board's settings; wrong ones keep their values beside a sentence."""
    errors: dict[str, str] = {}
    slug = fields["slug"].strip()
    # Before the texts: the errors are listed in the order of the fields.
    if is_new and (slug == "new" or not _fits(registry.slug, slug)):
        errors["slug"] = _(
            "The short name begins with a small Latin letter and has at most 40 small Latin letters, digits and hyphens."
        )
    tags = tuple(dict.fromkeys(filter(None, map(clean_tag, fields["tags"].splitlines()))))
    filters = tuple(dict.fromkeys(filter(None, map(clean_line, fields["filters"].splitlines()))))
    tick, delay = fields["tick"], fields["delay"] or "0"
    form = SettingsForm(
        slug=slug,
        name=_texts(fields, "name", languages, errors),
        purpose=_texts(fields, "purpose", languages, errors),
        rules=_texts(fields, "rules", languages, errors),
        tick_s=int(tick) if tick in set(map(str, ticks)) else ticks[0],
        openers=Openers(fields["openers"])
        if fields["openers"] in set(Openers)
        else Openers.STEWARDS,
        tags=tags,
        filters=filters,
        holds_first=bool(fields["holds_first"]),
        delay_s=int(delay) if delay in set(map(str, delays)) else 0,
        is_archived=bool(fields["archived"]),
        previous=fields["previous"],
        errors=errors,
    )
    if tick not in set(map(str, ticks)):
        errors["tick"] = _("Choose how often posts are released.")
    if fields["openers"] not in set(Openers):
        errors["openers"] = _("Choose who opens threads.")
    if delay not in set(map(str, delays)):
        errors["delay"] = _("Choose how long anyone waits between two posts.")
    if not (_fits(registry.filters, list(filters)) and all(map(spoken_words, filters))):
        errors["filters"] = _(
            "At most 50, one a line, each of at most 60 visible characters with a letter or a digit among them."
        )
    if not _fits(registry.tags, list(tags)):
        errors["tags"] = _("At most 12 tags, one a line, of at most 30 visible characters.")
    return form


@dataclass(frozen=True, slots=True, kw_only=True)
class NameForm:
    """What a program sent to have a name for one thread let in."""

    did: str
    thread: str
    token: identity.NameToken


def parse_name(raw: bytes) -> NameForm:
    """Read the name, its thread and the right to it: an object of three texts.

    Raises:
        MalformedError: anything else.

    """
    sent = strict_json.decode(raw)
    if sent.keys() != {"did", "thread", "token"} or not all(
        isinstance(text, str) for text in sent.values()
    ):
        raise MalformedError("not a name for one thread")
    token = identity.parse_name_token(sent["token"])
    return NameForm(did=sent["did"], thread=sent["thread"], token=token)


def parse_blinded(fields: Fields) -> bytes:
    """Return what a persona wants signed unseen, from its hexadecimal digits.

    Raises:
        MalformedError: none.

    """
    try:
        return bytes.fromhex(fields["blinded"])
    except ValueError as error:
        raise MalformedError("not a blinded message") from error


def parse_tag(typed: str) -> str:
    """Return the tag that an address asks for; empty if it asks for none.

    Raises:
        NotFoundError: nothing that could be a tag.

    """
    tag = clean_tag(typed)
    if typed and not _fits(registry.line(registry.MAX_TAG_CHARACTERS), tag):
        raise NotFoundError("no such tag")
    return tag


def _texts(
    fields: Fields, name: str, languages: list[str], errors: dict[str, str]
) -> dict[str, str]:
    """Read a text of a board in each language; at least one is needed."""
    clean, shape, missing = _BOARD_TEXTS[name]
    texts = {code: clean(fields[f"{name}_{code}"]) for code in languages}
    texts = {code: text for code, text in texts.items() if text}
    if not texts:
        errors[f"{name}_{languages[0]}"] = missing
    for code, text in texts.items():
        if not _fits(shape, text):
            errors[f"{name}_{code}"] = _(
                "It is too long or has characters that are not shown. A name has at most 60 characters, a purpose 300, rules 20,000 bytes."
            )
    return texts


_BOARD_TEXTS: Final[dict[str, tuple[Callable[[str], str], registry.Shape, str]]] = {
    "name": (
        clean_line,
        registry.line(60),
        _("Give the board a name, in one language at least."),
    ),
    "purpose": (
        clean_line,
        registry.line(300),
        _("Say what the board is for, in one language at least."),
    ),
    "rules": (
        clean_text,
        registry.text,
        _("Write the board’s rules, in one language at least."),
    ),
}
