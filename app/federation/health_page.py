"""View model of the health page: each line as a sentence, with what to do where it is red."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.web.pages import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """One thing that was looked at."""

    name: str
    """To be translated; it may hold `%(name)s`."""
    about: str
    """A partner's or a witness's name."""
    sentence: str
    """In the reader's language; commands in it stand between backticks."""
    is_good: bool
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagLine:
    """What an instance says that it caught another at."""

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
    more_flags: tuple[str, ...]
    """Whose flags are not all listed, and how many more there are, as sentences."""
