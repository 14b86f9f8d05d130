"""Translations: posts that say another post in another language."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from app import forum
from app.db import Work
from app.forum import Post, PostKind
from app.opinion import store
from app.opinion.errors import TranslationKnownError
from app.opinion.model import Translation
from app.opinion.rules import translations as rules
from app.records import VerifiedRecord

from .keys import keys_of

_MOST_SHOWN: Final = 50


def accept_translation(work: Work, record: VerifiedRecord, post: Post) -> None:
    """Require that a post can be the translation of the version that it names.

    Raises:
        TranslationUnfitError, TranslationTitleError: see `rules`.
        TranslationKnownError: its author has translated that version into that language.

    """
    if record.digest in work.logged:
        return
    original = forum.find_post(work, digest=post.parent) if post.parent else None
    versions = forum.list_versions(work, original.digest, also_waiting=True) if original else []
    named = next((each.text for each in versions if each.digest == post.about), None)
    rules.require_translation(post.version.text, original, named)
    if original is None:
        return
    keys = keys_of(work, post)
    for each in forum.list_said(work, original.digest, PostKind.TRANSLATION):
        is_same = each.about == post.about and each.language == post.version.text.language
        if is_same and each.did in keys and each.has_words and each.digest != post.digest:
            raise TranslationKnownError("translated already")


def list_translations(work: Work, original: Post, language: str = "") -> list[Translation]:
    """Return what readers can read of a post in other languages, or in one, the best first.

    Of the version that is shown before those of older ones; then what readers of both languages
    rate best; then the newest.
    """
    if not original.has_words:
        return []
    said = forum.list_said(work, original.digest, PostKind.TRANSLATION)
    shown = [
        each
        for each in said
        if each.number is not None and each.has_words and language in {"", each.language}
    ]
    if not shown:
        return []
    numbers = {each.digest: each.number for each in forum.list_versions(work, original.digest)}
    newest = sorted(shown, key=lambda each: -(each.number or 0))[:_MOST_SHOWN]
    posts = [forum.find_post(work, digest=each.digest) for each in newest]
    ratings = store.count_helpful(work, [each.digest for each in newest])
    found = [
        _translation(post, original, numbers.get(post.about or b""), ratings.get(post.digest))
        for post in posts
        if post is not None
    ]
    return sorted(found, key=_rank)


def find_translations(
    work: Work, originals: Sequence[Post], language: str
) -> dict[bytes, Translation]:
    """Return for each post in another language its best translation into this one, if any.

    Each is asked about by itself: whoever shows a page knows which have any (`forum.Around`).
    """
    wanted = {
        post.digest: post
        for post in originals
        if post.has_words and post.version.text.language != language
    }
    best = (list_translations(work, post, language)[:1] for post in wanted.values())
    return {
        each.post.parent: each
        for each in chain.from_iterable(best)
        if each.post.parent and each.version
    }


def _translation(
    post: Post, original: Post, version: int | None, counted: tuple[int, int] | None
) -> Translation:
    title, markdown = None, post.version.text.markdown
    if original.version.text.title is not None:
        title, markdown = rules.read_title(markdown)
    helpful, ratings = counted or (0, 0)
    return Translation(
        post=post,
        version=version,
        title=title,
        markdown=markdown,
        helpful=helpful,
        ratings=ratings,
    )


def _rank(translation: Translation) -> tuple[int, float, int]:
    return (
        -(translation.version or 0),
        -rules.weigh_ratings(translation.helpful, translation.ratings),
        -(translation.post.number or 0),
    )
