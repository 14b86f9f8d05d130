"""Forms as they arrive: URL-encoded text only, strict UTF-8, few fields, each at most once."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from app.kernel.errors import MalformedError

MAX_FIELDS: Final = 24
"""A verdict with its reason on each of ten aims takes 21."""
REPORT: Final = "report"
"""The field of a report's own words. They travel as a composer's do, and are never kept beside the
name of whoever wrote them."""
_CHOICES: Final = ("language", "previous", "wait", "tag_1", "tag_2", "tag_3", "rule")
_MOST_PLACE_CHARACTERS: Final = 300


class Fields(dict[str, str]):
    """The fields of a form; a missing one reads as empty, as browsers send unchecked boxes."""

    def __missing__(self, name: str) -> str:
        return ""


def parse_fields(body: bytes, content_type: str) -> Fields:
    """Read a form.

    Raises:
        MalformedError: another content type, invalid UTF-8, a field twice or too many fields.

    """
    if content_type.split(";", 1)[0].strip().lower() != "application/x-www-form-urlencoded":
        raise MalformedError("not a URL-encoded form")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:
        raise MalformedError("not a form in UTF-8") from error
    if any("\0" in value for _, value in pairs):
        raise MalformedError("a field holds a NUL")
    fields = Fields(pairs)
    if len(fields) != len(pairs):
        raise MalformedError("a field stands twice")
    return fields


def carried_words(fields: Fields, words: Sequence[str]) -> dict[str, str]:
    """Return the fields of a composer that go through a log-in, and their `place`; none without it.

    `words` names those in which somebody writes.

    Somebody's session ended while they wrote. The words travel in the pages of the log-in, and are
    kept for whoever logs in; but not those of a name for one thread, whom a draft would give away.
    """
    place = safe_path(fields["place"], fallback="")
    is_written = fields["text"] or fields[REPORT]
    if not place or len(place) > _MOST_PLACE_CHARACTERS or not is_written or fields["hand"]:
        return {}
    return {"place": place, **{name: fields[name] for name in (*words, *_CHOICES) if fields[name]}}


def parse_outgoing(address: str) -> str:
    """Return the host that an address of another site asks, as it is asked.

    Raises:
        MalformedError: no whole web address, one with a name before the host that could be taken
            for it, or one with blanks or signs that are not seen.

    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        _ = parts.port
    except ValueError as error:
        raise MalformedError("not a web address") from error
    is_web = parts.scheme in {"http", "https"} and host != "" and "@" not in parts.netloc
    if not is_web or not address.isprintable() or " " in address:
        raise MalformedError("not a web address")
    return host


def safe_path(path: str, *, fallback: str) -> str:
    """Return `path` if it leads to a page of this site, else `fallback` (no open redirects)."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\"))
    is_clean = path.isprintable() and "\\" not in path and ":" not in path.split("?", 1)[0]
    is_page = path.split("?", 1)[0] not in {"/exit", ""}
    return path if is_local and is_clean and is_page else fallback
