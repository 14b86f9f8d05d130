"""The noun of answers before they are signed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDraft:
    """An answer before it is signed, as an official and staff share it."""

    text: str
    language: str
    speaks_as: str
    says: str
    is_spoken: bool
    by: str
    """Fingerprint of who kept it."""
    version: str
    """What the next one must name that takes its place; other words, another one."""
