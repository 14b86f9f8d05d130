"""View models of what leaves this instance: a bundle's forum, the shelf, one post to take along."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.crypto.checksum import checksum_words
from app.crypto.multikey import decode_did, fingerprint
from app.federation.bundles.codec import Contents
from app.federation.bundles.words import IndexedWord, index_words
from app.forum import Board, Post
from app.forum.pages import PostItem
from app.forum.pages.build import in_language, post_item
from app.kernel import strict_json
from app.kernel.fold import fold
from app.records.codec import actor_did
from app.tlog.checkpoints import parse_checkpoint
from app.tlog.cosignatures import verify_cosignatures
from app.tlog.policies import Quorum, count_quorum, parse_policy
from app.web.languages import Language
from app.web.markup import direction_of, render_prose
from app.web.pages import Markup, Page, Pager
from app.web.templating import Templates

from .health_page import HealthPage
from .mirror_page import MirrorPage
from .retired import RetiredPage

__all__ = [
    "BundlePage",
    "HealthPage",
    "MirrorPage",
    "RetiredPage",
    "ShelfDay",
    "ShelfPage",
    "ShelvedBundle",
    "TakePage",
    "choose_language",
    "render_bundle",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPart:
    """What a bundle has of a thread."""

    number: int
    """Its number in the bundle: what the index of words names."""
    title: str
    """Empty if its opening was erased."""
    language: str
    direction: str
    started_on: date
    posts: tuple[PostItem, ...]
    numbers: frozenset[int]
    """Of the posts here: others are answered as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Initial:
    """The words of the index that begin alike."""

    letter: str
    direction: str
    words: tuple[IndexedWord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePage(Page):
    """A part of a board on one page, which needs no network, no script and no other file."""

    template: ClassVar[str] = "federation/bundle.html"

    direction: str
    stylesheet: str
    """The whole sheet, as a data: address."""
    board_name: str
    purpose: str
    host_fingerprint: str
    said_on: date | None
    """None: whatever is new since an earlier bundle."""
    part: int
    """Of a day that has several; 0 for all of it."""
    newest: date
    post_count: int
    threads: tuple[ThreadPart, ...]
    index: tuple[Initial, ...]
    onion: str
    """The address of the host's onion service, as its card has it; empty if it has none."""
    onion_words: str
    quorum: Quorum
    """How many of the witnesses in the host's policy signed the log as the bundle has it."""
    reach: Markup
    """What works today where the network is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvedBundle:
    """A bundle of a day on the shelf."""

    path: str
    board_name: str
    part: int
    """0 for a whole day."""
    kilobytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfDay:
    """A day on the shelf."""

    day: date
    bulletin_path: str
    """Empty while there is none."""
    bundles: tuple[ShelvedBundle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfPage(Page):
    """All that can be taken along and read without a network, day by day."""

    template: ClassVar[str] = "federation/shelf.html"

    days: tuple[ShelfDay, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePage(Page):
    """One post to take along: as text, and as a QR code."""

    template: ClassVar[str] = "federation/take.html"

    digest: str
    post_number: int
    title: str
    title_language: str
    title_direction: str
    state: str
    """`whole`: the code holds the signed post; `linked`: its digest and address, for it is long."""
    record_bytes: int
    most_bytes: int
    """How long a post may be, signed, for the code to hold it."""


def choose_language(posts: tuple[Post, ...], languages: dict[str, Language]) -> Language:
    """Return the language that most posts are in, of those that pages have."""
    written = [post.version.text.language.partition("-")[0] for post in posts]
    return max(languages.values(), key=lambda language: written.count(language.code))


def render_bundle(
    board: Board,
    posts: tuple[Post, ...],
    contents: Contents,
    reach: str,
    *,
    language: Language,
    templates: Templates,
    stylesheet: bytes,
) -> bytes:
    """Return a bundle's page; the same for the same posts and the same words of what works."""
    threads = _thread_parts(posts)
    card = strict_json.decode(contents.card)
    onion = card.get("urn:goftogu:onion", "")
    page = BundlePage(
        direction=language.direction,
        stylesheet=f"data:text/css;base64,{b64encode(stylesheet).decode()}",
        board_name=in_language(board.name, language.code),
        purpose=in_language(board.purpose, language.code),
        host_fingerprint=fingerprint(decode_did(actor_did(card["attributedTo"]))),
        said_on=contents.scope.day,
        part=contents.scope.part,
        newest=contents.newest,
        post_count=len(posts),
        threads=threads,
        index=_initials(threads, posts, language.direction),
        onion=onion,
        onion_words=" ".join(checksum_words(onion, language.code)) if onion else "",
        quorum=_count_quorum(contents),
        reach=render_prose(reach),
    )
    return templates.render_piece(page, language).encode()


def _count_quorum(contents: Contents) -> Quorum:
    policy = parse_policy(contents.policy)
    checkpoint = parse_checkpoint(contents.checkpoint)
    signed = verify_cosignatures(checkpoint, [witness.key for witness in policy.witnesses])
    return count_quorum(policy, (each.witness for each in signed))


def _thread_parts(posts: tuple[Post, ...]) -> tuple[ThreadPart, ...]:
    """Return posts by thread: the thread with the newest post first, in it the oldest."""
    by_thread: dict[str, list[Post]] = {}
    for post in reversed(posts):
        by_thread.setdefault(post.thread, []).append(post)
    parts = []
    for number, found in enumerate(by_thread.values(), 1):
        found.sort(key=lambda post: post.number or 0)
        opening = found[0]
        title = opening.version.text.title or ""
        parts.append(
            ThreadPart(
                number=number,
                title=title,
                language=opening.version.text.language,
                direction=direction_of(title),
                started_on=opening.day,
                posts=tuple(post_item(post, None) for post in found),
                numbers=frozenset(post.number for post in found if post.number),
            )
        )
    return tuple(parts)


def _initials(
    threads: tuple[ThreadPart, ...], posts: tuple[Post, ...], direction: str
) -> tuple[Initial, ...]:
    """Return the index of words by their first letters, those of the page's own script first."""
    number_of = {item.digest: part.number for part in threads for item in part.posts}
    texts = (
        (
            number_of[post.digest.hex()],
            f"{post.version.text.title or ''}\n{post.version.text.markdown}",
        )
        for post in posts
    )
    by_letter: dict[str, list[IndexedWord]] = {}
    for word in index_words(texts):
        by_letter.setdefault(fold(word.word)[0], []).append(word)
    initials = (
        Initial(letter=letter, direction=direction_of(letter), words=tuple(words))
        for letter, words in by_letter.items()
    )
    return tuple(sorted(initials, key=lambda initial: initial.direction != direction))
