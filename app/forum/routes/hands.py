"""Under whose name a viewer writes: their own, or one for the thread that nothing joins to it."""

from dataclasses import dataclass
from typing import Final

from app import identity, records
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import fingerprint
from app.db import Work
from app.forum import forms, service, store
from app.forum.model import Post
from app.forum.pages import AuthorLine, PostItem, build
from app.forum.pages.writing import DeviceHand, ThreadHand
from app.identity.errors import NameElsewhereError
from app.records.model import Custody
from app.web.markup import direction_of, render_post
from app.web.sentences import gettext_noop as _
from app.web.tokens import encode_bytes
from app.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A viewer, where they write, and which of their two names they chose."""

    viewer: identity.Viewer
    thread: str
    """Empty where a thread is opened: no name is for that."""
    is_by_name: bool
    is_fixed: bool = False
    """Whether there is no choice: what is revised or erased has its author."""

    @property
    def stands_for(self) -> str:
        """What stands for the author of what is written; empty for a name that is not used yet."""
        return self.viewer.thread_did if self.is_by_name else self.viewer.root


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a composer shows of names: the one that signs, another that could."""

    author: AuthorLine
    offered: ThreadHand | None
    made_on_device: DeviceHand | None
    is_by_name: bool


def find_viewer(work: Work, visit: Visit, post: bytes) -> identity.Viewer | None:
    """Return who is logged in, as they are known in the thread of a post; None if nobody is."""
    viewer = identity.find_viewer(work, visit.session_token)
    return None if viewer is None else look_at(work, visit, viewer, post)


def look_at(work: Work, visit: Visit, viewer: identity.Viewer, post: bytes) -> identity.Viewer:
    """Return a viewer as they are known in the thread of a post."""
    found = store.find_post(work, digest=post) if post else None
    thread = found.thread if found else ""
    return identity.look_in_thread(work, viewer, visit.session_token, thread)


def take(
    work: Work, visit: Visit, door: records.Door, hand: Hand, nonce: str
) -> tuple[SigningKey, str]:
    """Return the key that signs, and the last part of the record's id.

    Raises:
        NameElsewhereError: a thread is opened under a name for one thread.
        WrongPassphraseError, LockedKeyError: see `identity.unlock_posting_key`.
        NamesClosedError, MayNotTakeNameError, NamesTakenError: see `identity.take_name`.

    """
    posting = identity.unlock_posting_key(work, visit.session_token)
    if not hand.is_by_name:
        return posting, nonce
    if not hand.thread:
        raise NameElsewhereError("a name opens no thread")
    named = visit.site.list_issuers(work)
    name = identity.take_name(work, door.key, hand.viewer.root, posting, hand.thread, named=named)
    return name, identity.derive_nonce(name, nonce)


def owns(viewer: identity.Viewer, post: Post) -> bool:
    """Return whether a viewer's own post stands under their name for its thread."""
    return post.author.did == viewer.thread_did


def choose(work: Work, visit: Visit, hand: Hand, form: forms.PostForm) -> Choice:
    """Show under which name something is being written, and what else it could be."""
    offered = None if hand.is_fixed else _offer(work, visit, hand, form)
    made = None if hand.is_fixed else _offer_device(work, visit, hand, form)
    is_by_name = hand.is_by_name and (hand.is_fixed or _is_open(offered))
    if is_by_name:
        author = build.name_line(_mark(work, visit, hand.thread))
    else:
        author = build.viewer_line(hand.viewer)
    return Choice(author=author, offered=offered, made_on_device=made, is_by_name=is_by_name)


def preview(work: Work, choice: Choice, form: forms.PostForm) -> PostItem:
    """Show what readers would see."""
    return PostItem(
        digest="",
        number=None,
        text=form.text,
        direction=direction_of(form.text.markdown),
        html=render_post(form.text.markdown),
        author=choice.author,
        day=service.today(work),
        reply=None,
        state="preview",
        erased_on=None,
        revisions=0,
        is_own=False,
    )


def find_errors(work: Work, visit: Visit, hand: Hand, form: forms.PostForm) -> dict[str, str]:
    """Return what keeps words from being sent under a name for one thread, by field."""
    if not hand.is_by_name:
        return {}
    if form.is_kept or form.draft:
        return {"hand": _NO_DRAFT}
    if hand.viewer.custody is Custody.DEVICE:
        return {"hand": _ON_DEVICE}
    if not hand.is_fixed and not _is_open(_offer(work, visit, hand, form)):
        return {"hand": _NO_NAME}
    return {}


def _offer(work: Work, visit: Visit, hand: Hand, form: forms.PostForm) -> ThreadHand | None:
    """Return the name under which a reply can be sent, or None where there is no choice.

    Words that were kept as a draft stood beside the persona, and copies of the database may still
    hold them so: they are for its own name. Who lets names in on a partner's board is its home.
    """
    viewer = hand.viewer
    can_derive = viewer.has_unlocked and viewer.custody is Custody.UNLOCKED
    if form.draft or not hand.thread or not can_derive or visit.home:
        return None
    left = identity.count_names_left(work, viewer.root)
    is_used = bool(viewer.thread_did)
    if not is_used and (left is None or identity.find_name_issuer(work) is None):
        return None
    return ThreadHand(fingerprint=_mark(work, visit, hand.thread), is_used=is_used, left=left or 0)


def _offer_device(work: Work, visit: Visit, hand: Hand, form: forms.PostForm) -> DeviceHand | None:
    """Return what a device makes a name with; None where it may not, or its key is not on it.

    Whether the name is in use already, the device finds out: nobody here can tell.
    """
    viewer = hand.viewer
    if form.draft or not hand.thread or viewer.custody is not Custody.DEVICE or visit.home:
        return None
    left, cohort = identity.count_names_left(work, viewer.root), identity.find_name_issuer(work)
    if left is None or cohort is None or cohort.issuer.line not in visit.site.list_issuers(work):
        return None
    return DeviceHand(
        left=left,
        month=cohort.name,
        issuer=encode_bytes(cohort.key.raw),
        instance_did=visit.site.instance_did,
    )


def _is_open(offered: ThreadHand | None) -> bool:
    return offered is not None and (offered.is_used or offered.left > 0)


def _mark(work: Work, visit: Visit, thread: str) -> str:
    """Return the fingerprint of the viewer's name for a thread, used or not."""
    posting = identity.unlock_posting_key(work, visit.session_token)
    return fingerprint(identity.derive_name(posting, thread).public)


_NO_DRAFT: Final = _(
    "A draft is kept beside your own name, and would give away whose these words are. Send them, or copy them to a place of your own."
)
_ON_DEVICE: Final = _(
    "Your key is on your own device, so a name for one thread is made there too, which takes scripts. Nothing was sent. If you send it again, it stands under your own name."
)
_NO_NAME: Final = _(
    "You can take no name for this thread now. Nothing was sent. If you send it again, it stands under your own name."
)
