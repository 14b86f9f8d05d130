"""The health page: each line as a sentence, with what to do where it is red."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.web.health_sentences import NAMES, SENTENCES
from app.web.pages import Page

from .model import Line


def name_of(line: Line, translate: Callable[[str], str]) -> str:
    """Return what a line is about."""
    return translate(NAMES[line.what]) % {"name": line.about}


def sentence_of(
    line: Line, translate: Callable[[str], str], number: Callable[[int], str] = str
) -> str:
    """Return what is said of it, and what to do where it is red."""
    return translate(SENTENCES[line.what, line.state]) % {"n": number(line.value or 0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """One thing that was looked at, in the reader's language."""

    name: str
    sentence: str
    is_good: bool
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagLine:
    """What an instance caught another at."""

    sentence: str
    day: date
    evidence: str
    """SHA-256 of what was kept, in hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPage(Page):
    """How this host and its partners are doing."""

    template: ClassVar[str] = "federation/health.html"

    is_late: bool
    """Whether the worker has not looked for ten minutes."""
    red: tuple[HealthLine, ...]
    good: tuple[HealthLine, ...]
    flags: tuple[FlagLine, ...]
