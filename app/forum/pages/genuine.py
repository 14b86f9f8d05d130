"""View models of one post by itself: what it is, and what is proven of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import ClassVar

from app.tlog import Quorum
from app.web.pages import ASKING_POLICY, ErasedLine, Page

from . import PostItem, RevisionLine, TranslationItem


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignerLine:
    """A witness of the log, and what its signature says of one entry."""

    name: str
    state: str
    """`cosigned`: the checkpoint that the entry's proof has now. `covered`: a smaller one that held
    the entry. `behind`: only smaller ones that did not. `silent`: nothing yet."""
    day: date | None
    """When it signed that; None for `behind` and `silent`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """Where the log holds the version shown. If it does not, all but `state` is empty."""

    state: str
    """`logged`; `waiting` for its tick; `elsewhere`: the board's home is another host;
    `unreadable`: the log's files are damaged or missing."""
    index: int = 0
    """Counted from 0."""
    size: int = 0
    """How many entries the published checkpoint has."""
    log_key: str = ""
    """What the log is verified with, as signed notes write it."""
    quorum: Quorum | None = None
    """How many of the witnesses in the host's policy signed a log with the entry in it."""
    cosigners: tuple[CosignerLine, ...] = ()
    cosigner_keys: str = ""
    """Keys of those who cosigned that checkpoint, with a blank between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage(Page):
    """One post, what it answers, its versions, and how to verify it."""

    template: ClassVar[str] = "forum/post.html"

    post: PostItem
    rating: str
    """What the viewer said of it: `yes`, `no`, `open` for nothing yet; empty if they may not."""
    record_id: str
    """What `goftogu sign --in-reply-to` and `--object` want."""
    translation: TranslationItem | None
    """Its best translation into the language of the page, if there is any."""
    parent: PostItem | None
    thread_id: str
    thread_page: int
    title: str
    title_language: str
    title_direction: str
    board_slug: str
    board_name: str
    revisions: tuple[RevisionLine, ...]
    holds: bool
    """Whether the signature was verified for this page and fits the words on it."""
    key_state: str
    """What has become of the signing key: `active`, `retired` or `revoked`."""
    record_digest: str
    """Digest (hex) of the version shown."""
    record_type: str
    record_bytes: int
    signer_did: str
    lines: Mapping[str, str]
    """The lines of the version's text, by their members of the record; empty once erased."""
    place: LogPlace
    include_by_day: date
    include_by_time: time
    """By when the host promised to log it, in the reader's zone."""
    zone: str
    origin: str
    """The host's address, for the commands that verify."""
    program_path: str
    """Where the host serves a program that checks posts without this software."""
    erased: tuple[ErasedLine, ...] = ()
    """Other hosts that were asked to erase it, where its author did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPostPage(PostPage):
    """The same with a script that checks the post in the reader's browser.

    It reads files of its own origin, and makes no elements.
    """

    has_script: ClassVar[bool] = True
    script: ClassVar[str] = "verify.js"
    headers: ClassVar[Mapping[str, str]] = ASKING_POLICY
