"""What is being written, where, and by whom: the facts of every composer page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from app import identity
from app.crypto.multikey import encode_digest
from app.forum import forms
from app.forum.model import Board, Post, PostKind

from . import hands


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What is being written, where, and by whom: the facts of every composer page."""

    kind: str
    action: str
    board: Board
    viewer: identity.Viewer
    thread: str = ""
    """The thread that it is in; empty for one that is opened."""
    parent: Post | None = None
    quoted: Post | None = None
    revised: Post | None = None
    said: PostKind = PostKind.POST
    """What it is to its thread, where it is more than a post."""
    about: bytes = b""
    """Digest of the version that it translates."""

    def hand(self, form: forms.PostForm) -> hands.Hand:
        """Return under whose name it is signed: that of a revision is its post's."""
        return hands.Hand(
            viewer=self.viewer,
            thread=self.thread,
            is_by_name=form.is_by_name
            if self.revised is None
            else hands.owns(self.viewer, self.revised),
            is_fixed=self.revised is not None,
        )

    @property
    def signed_for(self) -> str:
        """The board (did:key) that is signed for: of a thread that was moved, its first one."""
        post = self.parent or self.revised
        return post.board if post else self.board.did

    @property
    def other_language(self) -> str:
        """The language that it cannot be in, as it is its original's; empty for none."""
        is_translation = self.said is PostKind.TRANSLATION
        return self.parent.version.text.language if is_translation and self.parent else ""

    @property
    def members(self) -> dict[str, str]:
        """What is signed of it beside its words, by the names of hidden fields."""
        about = {"about": encode_digest(self.about)} if self.about else {}
        return {"kind": self.said.value, **about} if self.said else {}

    @property
    def has_title(self) -> bool:
        """Whether this text opens a thread."""
        if self.revised is not None:
            return self.revised.version.text.title is not None
        return self.kind == "thread"

    @property
    def place(self) -> str:
        """Where this composer is opened again: its path and query, without the language."""
        path = "/" + self.action.split("/", 2)[2]
        posts = {"to": self.parent, "quote": self.quoted}
        named = {name: post.digest for name, post in posts.items() if post}
        if self.said:
            named = {"about": self.about} if self.about else {}
        query = urlencode({name: digest.hex() for name, digest in named.items()})
        return f"{path}?{query}" if query else path
