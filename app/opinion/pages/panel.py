"""View models of panel duty."""

from dataclasses import dataclass
from typing import ClassVar

from app.web.pages import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """A consultation that the viewer was drawn for."""

    thread_id: str
    question: str
    language: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPage(Page):
    """How people are drawn by lot to vote, and what the viewer was drawn for."""

    template: ClassVar[str] = "opinion/panel.html"

    drawn: tuple[DrawnLine, ...]
    least: int
    most: int
    of_one: int
    """How often somebody is drawn in a week, at most."""
