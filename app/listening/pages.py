"""View models of what was heard. A chart without its bias card cannot be made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.listening.model import BiasCard, Figure, Measure, Release, require_card
from app.web.languages import Language
from app.web.pages import Page, Pager
from app.web.templating import Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A figure as it is drawn: `templates/parts/listening.html` draws no other thing.

    Raises:
        MissingCardError: it has no bias card, or one that says too little.

    """

    card: BiasCard
    figure: Figure
    text: str
    """The statement's words; empty where they are not shown, as in files."""
    language: str
    direction: str

    def __post_init__(self) -> None:
        """Refuse a chart without its card."""
        require_card(self.card, is_weighted=self.figure.weighted is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardLine:
    """A consultation in the list of a week."""

    thread: str
    question: str
    language: str
    direction: str
    card: BiasCard


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePage(Page):
    """A week of what was heard; without one, what the listening post is."""

    template: ClassVar[str] = "listening/release.html"

    week: date | None
    weeks: tuple[date, ...]
    lines: tuple[HeardLine, ...]
    overall: tuple[Measure, ...]
    record: str
    """Digest of the record that names the files, hexadecimal."""
    digests: Mapping[str, str]
    """SHA-256 of `table`, `codebook` and `page`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardPage(Page):
    """What was heard in one consultation: first its card."""

    template: ClassVar[str] = "listening/heard.html"

    week: date
    thread: str
    question: str
    language: str
    direction: str
    card: BiasCard
    charts: tuple[Chart, ...]
    gap: tuple[Measure, ...]
    outcomes: tuple[Measure, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePiece(Page):
    """A week in one language, for the file that is published: no words of people are in it."""

    template: ClassVar[str] = "listening/file.html"

    direction: str
    week: date
    heard_parts: tuple["FilePart", ...]
    overall: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """What a file has of one consultation."""

    thread: str
    card: BiasCard
    charts: tuple[Chart, ...]
    gap: tuple[Measure, ...]
    outcomes: tuple[Measure, ...]


def render_file(
    release: Release, *, languages: Mapping[str, Language], templates: Templates
) -> str:
    """Return a release as one HTML file in all languages, which needs no other file and no host."""
    pieces = [
        templates.render_piece(_piece(release, language), language)
        for language in languages.values()
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{release.week.isoformat()}</title>\n</head>\n<body>\n"
        + "\n<hr>\n".join(piece.strip() for piece in pieces)
        + "\n</body>\n</html>\n"
    )


def _piece(release: Release, language: Language) -> FilePiece:
    return FilePiece(
        direction=language.direction,
        week=release.week,
        overall=release.overall,
        heard_parts=tuple(
            FilePart(
                thread=heard.thread,
                card=heard.card,
                charts=tuple(
                    Chart(card=heard.card, figure=figure, text="", language="", direction="")
                    for figure in heard.figures
                ),
                gap=heard.gap,
                outcomes=heard.outcomes,
            )
            for heard in release.heard
        ),
    )
