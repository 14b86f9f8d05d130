"""What pages of the forum show of this room, as it stands: translations, and a thread's summary."""

from collections.abc import Mapping, Sequence

from app.db import Work
from app.forum import Post, ThreadId
from app.forum.pages import SummaryLine, TranslationItem
from app.opinion import service
from app.opinion.pages.translations import summary_line, translation_item


def find_translations(
    work: Work, posts: Sequence[Post], language: str
) -> Mapping[bytes, TranslationItem]:
    """Return the best translations of some posts into a language, by the posts' digests."""
    originals = {post.digest: post for post in posts}
    found = service.find_translations(work, posts, language)
    return {digest: translation_item(each, originals[digest]) for digest, each in found.items()}


def find_summary(work: Work, thread: ThreadId, language: str) -> SummaryLine | None:
    """Return the summary that a thread's page tells of: one in this language before others."""
    found = service.list_summaries(work, thread)
    own = [each for each in found if each.post.version.text.language == language]
    best = next(iter([*own, *found]), None)
    return None if best is None else summary_line(best)
