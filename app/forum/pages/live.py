"""View models of a thread that is followed live."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from app.web.pages import Page, allow_scripts

from . import PostItem


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePage(Page):
    """The newest posts of a thread, followed by a script, or by a frame where there is none.

    Its policy holds at this address alone: it may read events of its own origin, and make its
    fragments into elements in one named place.
    """

    template: ClassVar[str] = "forum/live.html"
    has_script: ClassVar[bool] = True
    script: ClassVar[str] = "live.js"
    headers: ClassVar[Mapping[str, str]] = allow_scripts(
        "script-src 'self'; connect-src 'self'; frame-src 'self'", types="live"
    )

    id: str
    base: str
    """The address that its frame and its events stand under, without the language."""
    title: str
    language: str
    direction: str
    is_live: bool
    tick_minutes: int
    opening: str
    posts: tuple[PostItem, ...]
    last: int
    """The number of the newest post."""
    most_held: int
    """How many posts the page may hold: the script drops the oldest beyond."""
    state: str
    """`open`, `locked`, `archived` or `board-archived`."""
    muted: frozenset[str]
    """As on the page of the thread."""
    by_frame: bool
    """Whether new posts come in the frame alone, because the viewer muted somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFramePage(Page):
    """Posts newer than those of a page, which stand in a frame of it: it is held open for newer."""

    template: ClassVar[str] = "forum/live_frame.html"
    headers: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'self'"
            ),
            "X-Frame-Options": "SAMEORIGIN",
        }
    )

    id: str
    base: str
    """As on the page around it."""
    since: int
    posts: tuple[PostItem, ...]
    """Newest first."""
    is_cut: bool
    """Whether there are more new posts than are listed."""
    state: str
    """As on the page around it."""
    muted: frozenset[str]
    """As on the page of the thread."""
    is_still: bool
    """Whether the reader stopped the refreshing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePost(Page):
    """One post, as a stream brings it."""

    template: ClassVar[str] = "forum/live_post.html"

    post: PostItem
    thread_id: str
    """Empty where the thread takes no answers."""
