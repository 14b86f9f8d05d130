"""Summaries: every sentence cites posts of its thread, whoever brings it here and however."""

from collections.abc import Collection

from app.forum.model import Text
from app.opinion.errors import CitesNothingError, UncitedError
from app.opinion.model import Sentence

from .sentences import read_sentences


def require_cited(text: Text, citable: Collection[int]) -> list[Sentence]:
    """Return the sentences of a summary, each of which cites posts of the thread.

    `citable` are the numbers of posts that readers can read; other summaries and translations are
    not among them: what stands between a reader and somebody's words is no source.

    Raises:
        UncitedError: a sentence ends without a citation, or there is no sentence.
        CitesNothingError: a sentence cites a number that is none of these.

    """
    sentences = read_sentences(text.markdown)
    if not sentences:
        raise UncitedError("a summary has a sentence", words=text.markdown.strip())
    for sentence in sentences:
        if not sentence.cites:
            raise UncitedError("a sentence cites no post", words=sentence.text)
        if not set(sentence.cites) <= set(citable):
            raise CitesNothingError("a sentence cites what is no post", words=sentence.text)
    return sentences
