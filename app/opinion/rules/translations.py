"""Translations: what fits as one, and which of several readers see first."""

import math
import re
from typing import Final

from app.forum.model import Post, PostKind, Text
from app.kernel.errors import MalformedError
from app.kernel.fold import spoken_words
from app.opinion.errors import TranslationTitleError, TranslationUnfitError
from app.records.registry import MAX_TITLE_CHARACTERS, line

MOST_TIMES_LONGER: Final = 2
"""A translation of a statement may be so much longer than a statement."""
_UNTRANSLATED: Final = frozenset({PostKind.TRANSLATION})
_Z: Final = 1.96
_title = line(MAX_TITLE_CHARACTERS)
_right_to_left = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_left_to_right = re.compile("[A-Za-z\u00c0-\u024f]")
_RIGHT_TO_LEFT: Final = frozenset({"fa", "ar", "ckb", "ur", "he", "ps", "azb"})


def split_title(markdown: str) -> tuple[str, str]:
    """Return the title and the words of a translated opening: its first line, and what follows.

    What answers a post has no title of its own (DESIGN.md section 2), so that the translation of a
    title is the first line of the text, with an empty line after it.

    Raises:
        TranslationTitleError: there is no such line, or nothing after it.

    """
    title, _, rest = markdown.strip().partition("\n")
    try:
        _title(title)
    except MalformedError as error:
        raise TranslationTitleError("the first line is no title") from error
    if not rest.startswith("\n") or not rest.strip():
        raise TranslationTitleError("nothing follows the title after an empty line")
    return title, rest.strip()


def read_title(markdown: str) -> tuple[str | None, str]:
    """Return title and words like `split_title`; no title where there is none, as in old logs."""
    try:
        return split_title(markdown)
    except TranslationTitleError:
        return None, markdown


def require_translation(text: Text, original: Post | None, version: Text | None) -> None:
    """Require that a text can be a translation of a version of a post.

    `original` is the post answered, `version` the words of the version that is named; None where
    there is no such thing.

    Raises:
        TranslationUnfitError: nothing is translated, or nothing that can be, or into its language.
        TranslationTitleError: it is of an opening and does not begin with a title.

    """
    if original is None or version is None or not original.has_words:
        raise TranslationUnfitError("no such version of a post to translate")
    if original.kind in _UNTRANSLATED:
        raise TranslationUnfitError("a translation is not translated: its original is")
    if text.language.lower() == version.language.lower():
        raise TranslationUnfitError("the same language")
    if original.kind is PostKind.STATEMENT and "\n" in text.markdown:
        raise TranslationUnfitError("a statement is one sentence in any language")
    if version.title is not None:
        split_title(text.markdown)


def weigh_ratings(helpful: int, ratings: int) -> float:
    """Return how sure readers are that something helps: the lower end of what ratings tell.

    Wilson's interval at 95 % (Wilson 1927): one reader's word lifts nothing above what many say.
    Nothing rated is 0.
    """
    if not ratings:
        return 0.0
    share, square = helpful / ratings, _Z * _Z
    middle = share + square / (2 * ratings)
    spread = _Z * math.sqrt(share * (1 - share) / ratings + square / (4 * ratings * ratings))
    return (middle - spread) / (1 + square / ratings)


def is_translated(source: str, result: str, language: str) -> bool:
    """Return whether what a machine gave for a sentence is another sentence, in that language.

    Machines fail without saying so: they give the sentence back, or nothing, or a part of it in the
    letters of the other language (argos-translate#251, #496).
    """
    if not _says(source):
        return True
    if not _says(result) or spoken_words(result) == spoken_words(source):
        return False
    right, left = len(_right_to_left.findall(result)), len(_left_to_right.findall(result))
    is_right = language.partition("-")[0] in _RIGHT_TO_LEFT
    return right >= left if is_right else left > right


def _says(sentence: str) -> bool:
    return any(letter.isalpha() for letter in sentence)
