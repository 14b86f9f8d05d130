"""View models of a post in other languages, and of a thread's summary."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from app.forum.model import Post
from app.forum.pages import AuthorLine, PostItem, SummaryLine, TranslationItem, build
from app.opinion.model import MachineTranslation, Sentence, Summary, Translation
from app.web.languages import Language
from app.web.markup import direction_of, render_post
from app.web.pages import Markup, Page

LEAST_TOLD: Final = 10
"""Of fewer ratings nothing is told."""
_STEP: Final = 5
_MOST: Final = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedLine:
    """What readers said of a translation or a summary, and what this one can say."""

    digest: str
    ratings: int
    """About how many rated it, in fives; 0 while they are too few to tell of."""
    said: str
    """What they say: `faithful`, `divided`, `unfaithful`. In numbers each rating would be seen."""
    own: str
    """What the viewer said: `yes`, `no`, `open` for nothing yet; empty if they may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationLine:
    """A translation in the list of a post's."""

    item: TranslationItem
    language_name: str
    """In its own language; its code where we have no name for it."""
    rated: RatedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLine:
    """What the host's own machine made of a post."""

    state: str
    """`waiting`, `made` or `failed`: it answered, and translated nothing."""
    language: str
    direction: str
    parts: tuple[tuple[tuple[str, bool], ...], ...]
    """Paragraphs as sentences: the words, and whether they are translated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationsPage(Page):
    """A post, and what it says in other languages."""

    template: ClassVar[str] = "opinion/translations.html"

    post: PostItem
    thread_id: str
    action: str
    takes_replies: bool
    lines: tuple[TranslationLine, ...]
    has_machine: bool
    machine: MachineLine | None
    language_name: str
    """The page's own: what the machine is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedLine:
    """A post that a sentence rests on."""

    number: int
    digest: str
    """Empty where there is no such post."""
    author: AuthorLine | None
    """None where its words are gone: then nobody is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceLine:
    """A sentence of a summary, and the posts that it rests on."""

    html: Markup
    cites: tuple[CitedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPage(Page):
    """A thread's summary, sentence by sentence with its sources."""

    template: ClassVar[str] = "opinion/summary.html"

    thread_id: str
    thread_title: str
    thread_language: str
    thread_direction: str
    action: str
    takes_replies: bool
    post: PostItem | None
    """The summary's own post; None where nobody wrote one."""
    sentences: tuple[SentenceLine, ...]
    rated: RatedLine | None
    others: tuple[PostItem, ...]
    """Other summaries of the thread."""


def translation_item(translation: Translation, original: Post) -> TranslationItem:
    """Show a translation."""
    return TranslationItem(
        digest=translation.post.digest.hex(),
        language=translation.post.version.text.language,
        title=translation.title or "",
        direction=direction_of(translation.markdown),
        html=render_post(translation.markdown),
        author=build.author_line(translation.post),
        is_older=translation.version != original.version.number,
    )


def rated_line(digest: bytes, helpful: int, ratings: int, own: str) -> RatedLine:
    """Show what readers said, once they are enough."""
    share = helpful / ratings if ratings else 0
    return RatedLine(
        digest=digest.hex(),
        ratings=(ratings + _STEP // 2) // _STEP * _STEP if ratings >= LEAST_TOLD else 0,
        said="faithful" if share >= _MOST else "unfaithful" if share <= 1 - _MOST else "divided",
        own=own,
    )


def machine_line(made: MachineTranslation, language: Language) -> MachineLine:
    """Show what the machine made."""
    state = "waiting" if made.is_waiting else "made" if made.is_translated else "failed"
    return MachineLine(
        state=state,
        language=made.language,
        direction=language.direction,
        parts=made.lines,
    )


def summary_line(summary: Summary) -> SummaryLine:
    """Tell of a summary on its thread's page."""
    first = summary.sentences[0].text if summary.sentences else ""
    return SummaryLine(
        text=first,
        language=summary.post.version.text.language,
        direction=direction_of(first),
        author=build.author_line(summary.post),
    )


def sentence_lines(
    sentences: Iterable[Sentence], cited: dict[int, Post]
) -> tuple[SentenceLine, ...]:
    """Show sentences with their sources."""
    return tuple(
        SentenceLine(
            html=render_post(sentence.text),
            cites=tuple(_cited_line(number, cited.get(number)) for number in sentence.cites),
        )
        for sentence in sentences
    )


def _cited_line(number: int, post: Post | None) -> CitedLine:
    has_words = post is not None and post.has_words
    return CitedLine(
        number=number,
        digest=post.digest.hex() if post else "",
        author=build.author_line(post) if post and has_words else None,
    )
