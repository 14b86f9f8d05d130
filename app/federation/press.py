"""The press: from an opened instance and a copy of its log to files that leave it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any, Final

from app import forum, hearings, tlog
from app.crypto.ed25519 import SigningKey
from app.db import Database, Work
from app.forum import Post
from app.forum.model import PostKind, ThreadId
from app.forum.pages.build import byline
from app.hearings import Pause
from app.kernel import strict_json
from app.kernel.errors import NotFoundError
from app.records.codec import decode_leaf
from app.tlog.checkpoints import parse_checkpoint, verify_checkpoint
from app.web.languages import Language
from app.web.markup import excerpt
from app.web.sentences import gettext_noop as _
from app.web.shutdown_sentences import ADVICE, SINCE
from app.web.templating import Templates

from .bundles.bulletins import Issue, write_bulletin
from .bundles.codec import Scope, write_bundle
from .bundles.gathering import find_card, gather, log_key_of, open_log_copy
from .pages import choose_language, render_bundle

_CONSIDERED: Final = 1000
"""Posts of a day, the newest, among which a bulletin's threads are found."""
_MOST_THREADS: Final = 80
"""More lines than these could ever fit into a bulletin."""
_TITLE_CHARACTERS: Final = 120
_BYLINE_CHARACTERS: Final = 60
_EXCERPT_CHARACTERS: Final = 160
_SUMMARY: Final = _("What was said here on %(day)s, in a few lines; the newest first.")
_LEFT_OUT: Final = _("There is more of this day at the host.")
_ADVICE: Final = _("To check all of this, also without a network: goftogu verify FILE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file that was made."""

    raw: bytes
    held: frozenset[bytes]
    """Digests of the records whose words are in it, or would be if no desk hid them: once one of
    them is erased, hidden or given back, it has to go."""
    posts: int
    log_size: int
    """Entries of the log that it was made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What files are made with: an instance, its key, its languages, its looks."""

    db: Database
    public: Path
    """The folder with the files of its log."""
    did: str
    key: SigningKey
    languages: dict[str, Language]
    templates: Templates
    stylesheet: bytes
    read_reach: Callable[[Work, Language], str]
    """What works today, in a language, as Markdown: a page of a room above."""

    def make_bundle(self, scope: Scope, own: Collection[int] | None = None) -> Made:
        """Make a bundle; `own` are the places of its records, for who knows them (`gather`).

        Raises:
            NothingPublishedError, NotFoundError, VerificationError, TooLargeError: see `gather`,
                `write_bundle`.

        """
        log = open_log_copy(self.public)
        with self.db.read() as work:
            gathered = gather(work, log, self.did, scope, own)
            language = choose_language(gathered.posts, self.languages)
            reach = self.read_reach(work, language)
        page = render_bundle(
            gathered.board,
            gathered.posts,
            gathered.contents,
            reach,
            language=language,
            templates=self.templates,
            stylesheet=self.stylesheet,
        )
        contents = replace(gathered.contents, page=page)
        return Made(
            raw=write_bundle(contents, self.key),
            held=frozenset(sha256(raw).digest() for raw in contents.records)
            | {post.version.digest for post in gathered.posts if post.is_hidden},
            posts=sum(post.has_words for post in gathered.posts),
            log_size=parse_checkpoint(contents.checkpoint).tree.size,
        )

    def make_bulletin(self, day: date, own: Collection[int]) -> Made:
        """Make the bulletin of a day, whose records are at these places of the log.

        Raises:
            NothingPublishedError, NotFoundError, VerificationError, TooLargeError: see
                `open_log_copy`, `find_card`, `verify_checkpoint`, `write_bulletin`.

        """
        log = open_log_copy(self.public)
        with self.db.read() as work:
            card, pause = find_card(work, self.did), hearings.find_pause(work, self.did)
            newest_first = sorted(own, reverse=True)[:_CONSIDERED]
            digests = [_digest_at(work, place) for place in newest_first]
            found = forum.list_named(work, digests)
            posts = [post for post in found if _is_told(post, day)]
            homes = forum.list_homes(work, [post.thread for post in posts])
            newest = list(islice(_take_turns(posts, homes), _MOST_THREADS))
            # A batch is shown in parts: an answer can be there, and what opens its thread not yet.
            openings = {post.thread: _find_opening(work, post.thread) for post in newest}
            newest = [post for post in newest if openings[post.thread] is not None]
            titles = forum.list_titles(work, [post.thread for post in newest])
            slugs = {board.did: board.slug for board, _ in forum.list_boards(work)}
        log_key, document = log_key_of(card), strict_json.decode(card)
        checkpoint = verify_checkpoint(parse_checkpoint(log.checkpoint), [log_key])
        language = choose_language(tuple(posts), self.languages)
        threads = [
            _lines(post, titles[post.thread].title or "—", slugs[homes[post.thread]], language)
            for post in newest
        ]
        issue = _issue(document, day, language, pause)
        return Made(
            raw=write_bulletin(issue, threads, checkpoint, log_key, self.key),
            held=frozenset(filter(None, (*openings.values(), *(post.digest for post in newest))))
            | {post.version.digest for post in found if post.is_hidden},
            posts=len(newest),
            log_size=checkpoint.tree.size,
        )


def find_scope(
    work: Work, slug: str, *, day: date | None = None, part: int = 0, start: int = 0
) -> Scope:
    """Return a part of the board with a short name.

    Raises:
        NotFoundError: there is no such board.

    """
    board = forum.find_board(work, slug=slug)
    if board is None:
        raise NotFoundError(f"no board here has the short name {slug}: its page's address has it")
    return Scope(board=board.did, slug=slug, day=day, part=part, start=start)


def _is_told(post: Post, day: date) -> bool:
    is_new = post.day == day and post.number is not None
    # Its original is told of, or was taken away: a bulletin that is out cannot follow it.
    return is_new and post.has_words and post.kind is not PostKind.TRANSLATION


def _digest_at(work: Work, place: int) -> bytes:
    """Return the digest of the record whose entry stands at a place of the log."""
    (entry,) = tlog.list_entries(work, place, place + 1)
    return decode_leaf(entry.leaf)[0]


def _find_opening(work: Work, thread: ThreadId) -> bytes | None:
    """Return the digest of the post that opened a thread, if readers can see it."""
    try:
        return forum.get_thread(work, thread).opening
    except NotFoundError:
        return None


def _take_turns(posts: Iterable[Post], homes: Mapping[ThreadId, str]) -> Iterable[Post]:
    """Yield each thread's newest post; the boards take turns, so that none drowns the others."""
    by_board: dict[str, dict[str, Post]] = {}
    for post in posts:
        by_board.setdefault(homes[post.thread], {}).setdefault(post.thread, post)
    turns = zip_longest(*(threads.values() for threads in by_board.values()))
    return filter(None, chain.from_iterable(turns))


def _lines(post: Post, title: str, slug: str, language: Language) -> tuple[str, ...]:
    """Return what a bulletin says of a thread, by its newest post."""
    told = "" if post.is_sensitive else excerpt(post.version.text.markdown, _EXCERPT_CHARACTERS)
    by = _short(byline(post, language), _BYLINE_CHARACTERS)
    lines = (_short(title, _TITLE_CHARACTERS), told, f"{slug} · {by}", post.digest.hex())
    return tuple(filter(None, lines))


def _issue(card: Mapping[str, Any], day: date, language: Language, pause: Pause | None) -> Issue:
    onion = card.get("urn:goftogu:onion")
    summary = language.gettext(_SUMMARY) % {"day": language.day(day)}
    if pause:
        since = language.gettext(SINCE) % {"day": language.day(pause.begun_on)}
        summary = f"{since} {language.gettext(ADVICE)} {summary}"
    return Issue(
        day=day,
        name=card["name"],
        addresses=(*([f"http://{onion}/"] if onion else []), *card["urn:goftogu:mirrors"]),
        summary=summary,
        left_out=language.gettext(_LEFT_OUT),
        advice=language.gettext(_ADVICE),
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
