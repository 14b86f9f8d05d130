"""What desks do to posts: hiding, giving back, erasing, and saying something beside the words.

Whoever calls has decided that a desk may (room `moderation`); here is only what it does.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from app import identity, records
from app.db import Work
from app.forum import codec, rules, search, store
from app.forum.model import Post, Text, Version
from app.forum.store import translations
from app.records import parse_record, verify_record

from .boards import subjects_of
from .finding import put_in_index
from .measures import board_of


def hide_post(work: Work, post: Post, *, act: bytes, rule: str) -> None:
    """Keep the words of a post from readers at once: all versions, their bytes, the index.

    What is hidden already stays so under the newer act; of an erased one nothing is left to hide.
    """
    if post.erased_on is not None:
        return
    store.empty_versions(work, post.digest)
    store.change_post(work, post.digest, is_hidden=True, act=act, act_rule=rule)
    _take_from_index(work, post)
    records.withhold_bytes(work, store.list_version_digests(work, post.digest))
    work.changed.update(subjects_of(post.thread, board_of(work, post).did))


def give_post_back(work: Work, post: Post) -> None:
    """Let readers read a hidden post again, byte for byte what was signed; an erased one stays so.

    Raises:
        AppError: what was withheld is not what was signed.

    """
    withheld = read_withheld(work, post)
    for digest, words in withheld.items():
        store.set_words(work, digest, words)
    records.give_back_bytes(work, withheld)
    # The rule stays: whoever follows the thread and was away meanwhile still holds it as hidden.
    store.change_post(work, post.digest, is_hidden=False, act=None)
    for digest, place in _list_places(work, post).items():
        if _has_index_down_to(work, place):
            put_in_index(work, [digest])
    work.changed.update(subjects_of(post.thread, board_of(work, post).did))


def note_act(work: Work, post: Post, *, act: bytes | None, rule: str) -> None:
    """Say that a post's home took it from readers there, while it is read here; None: no more.

    What this host's own desks took, or its author, is said instead.
    """
    if post.is_hidden or post.erased_on is not None:
        return
    store.change_post(work, post.digest, act=act, act_rule=rule)
    work.changed.update(subjects_of(post.thread, board_of(work, post).did))


def _has_index_down_to(work: Work, place: int) -> bool:
    """Whether the index, which is filled from the newest down, has all above a place of the log.

    What it has not reached yet comes with its part.
    """
    oldest = search.find_oldest(work)
    if oldest is not None and place >= oldest:
        return True
    return [post.place for post in search.list_below(work, oldest, 1)] == [place]


def _take_from_index(work: Work, post: Post) -> None:
    """Let nobody find a post by its words any more, nor by those of its translations."""
    search.remove_from_index(work, list(_list_places(work, post).values()))


def _list_places(work: Work, post: Post) -> dict[bytes, int]:
    own = {} if post.log_index is None else {post.digest: post.log_index}
    return own | translations.list_translation_places(work, post.digest)


def read_withheld(work: Work, post: Post) -> dict[bytes, Text]:
    """Return the words of a hidden post's versions, by their digests: none of one that is not.

    Nor of one whose words were sealed and are not here any more.

    Raises:
        AppError: what was withheld is not what was signed.

    """
    digests = store.list_version_digests(work, post.digest)
    is_opening = post.version.text.title is not None
    found = {}
    for digest, raw in records.list_withheld(work, digests).items():
        if not raw:
            continue
        words = codec.decode_text(verify_record(parse_record(raw)).document)
        found[digest] = rules.decide_text(words, is_opening=is_opening)
    return found


def see_own(work: Work, posts: Iterable[Post], viewer: identity.Viewer | None) -> list[Post]:
    """Return posts as a viewer sees them: what a desk hid has its words for who wrote it alone."""
    return [_see_own(work, post, viewer) for post in posts]


def see_own_versions(
    work: Work, post: Post, viewer: identity.Viewer | None, versions: Iterable[Version]
) -> list[Version]:
    """Return versions of a post as a viewer sees them, like `see_own`."""
    if not _is_own_hidden(post, viewer):
        return list(versions)
    if post.lost_original:
        return [replace(item, text=get_words(work, post, item.digest)) for item in versions]
    words = read_withheld(work, post)
    return [replace(item, text=words.get(item.digest, item.text)) for item in versions]


def _see_own(work: Work, post: Post, viewer: identity.Viewer | None) -> Post:
    if not _is_own_hidden(post, viewer):
        return post
    (version,) = see_own_versions(work, post, viewer, [post.version])
    return replace(post, version=version)


def _is_own_hidden(post: Post, viewer: identity.Viewer | None) -> bool:
    return post.is_hidden and viewer is not None and viewer.wrote(post.author)


def erase_for_desk(work: Work, post: Post, day: date, *, act: bytes, rule: str) -> None:
    """Erase a post for good, as its author could; the tombstone names the rule."""
    erase_post(work, post, day, act=act, rule=rule)


def erase_post(
    work: Work, post: Post, day: date, *, act: bytes | None = None, rule: str = ""
) -> None:
    """Erase a post for good: the words and signed bytes of every version, and what finds them.

    Without an act its author did, whatever a desk had done with it before.
    """
    store.change_post(work, post.digest, act=act, act_rule=rule)
    digests = store.erase_post(work, post.digest, day)
    _take_from_index(work, post)
    records.erase_bytes(work, digests)
    work.changed.update(subjects_of(post.thread, board_of(work, post).did))


def label_post(work: Work, post: Post, label: str) -> None:
    """Say something beside a post's words; nothing takes it back."""
    store.change_post(work, post.digest, label=label)
    work.changed.update(subjects_of(post.thread, board_of(work, post).did))


def get_words(work: Work, post: Post, digest: bytes = b"") -> Text:
    """Return the words of a post's version that is shown, or of another; of a hidden one too.

    For its author and for desks: nobody else is shown what is hidden. Of an erased one nothing is
    left.
    """
    if post.lost_original:
        return translations.read_version(work, digest or post.version.digest)
    if not post.is_hidden:
        return post.version.text
    return read_withheld(work, post).get(digest or post.version.digest, post.version.text)
