"""One fold for search and for names: what readers take for the same word becomes the same word.

Persian is typed in many ways: Arabic ye and kaf beside Persian ones; the joiner (U+200C), a space
or nothing between the parts of a word; with or without vowel marks; in three sets of digits. A text
is folded once when it is indexed and a question once when it is asked, in Python, so that every
database finds the same.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

_LETTERS: Final = str.maketrans(
    {
        **dict.fromkeys("يىےئ", "ی"),
        **dict.fromkeys("كڪ", "ک"),
        **dict.fromkeys("ةۀہە", "ه"),
        **dict.fromkeys("أإٱآ", "ا"),
        "ؤ": "و",
        "ـ": "",
        "œ": "oe",
        "æ": "ae",
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
    }
)
_marks = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_unseen = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff\xad]")
_joiners = re.compile("[\u200c\u200d]+")
_word = re.compile(r"[^\W_]+")
# The sign of the present tense, which people set apart, join or write as part of the verb.
_prefix = re.compile(r"\b(ن?می)\s+(?=\w)")
# Plural and comparative endings; cut only where a stem of three letters stays.
_ENDINGS: Final = (
    "هایشان", "هایتان", "هایمان", "هایی", "هایم", "هایت", "هایش", "های", "ها", "ترین", "تر",
)  # fmt: skip
_LEAST_STEM: Final = 3


def fold(text: str, *, joiner: str = "") -> str:
    """Return text with letters, digits, marks and case made alike; `joiner` replaces U+200C."""
    plain = _unseen.sub("", unicodedata.normalize("NFKC", text)).translate(_LETTERS)
    bare = _marks.sub("", unicodedata.normalize("NFD", plain))
    lower = unicodedata.normalize("NFC", bare).casefold()
    # Only what lost a mark or its case can have become a letter that is made alike.
    return _joiners.sub(joiner, lower if lower == plain else lower.translate(_LETTERS))


def spoken_words(text: str) -> list[str]:
    """Return the folded words of a text in their order, each as often as it stands there."""
    return _word.findall(fold(text))


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, each as readers may ask for it.

    A word with a joiner is there whole and in its parts, a verb also with its prefix, and a word
    with a plural ending also without it.
    """
    whole = fold(text)
    found = dict.fromkeys(_word.findall(whole))
    joined, verbs = _prefix.subn(r"\1", whole)
    # Most texts have neither: each look at all of a text is a good part of taking a post in.
    if verbs:
        found |= dict.fromkeys(_word.findall(joined))
    if _joiners.search(text):
        found |= dict.fromkeys(_word.findall(fold(text, joiner=" ")))
    ending = [word for word in found if word.endswith(_ENDINGS)]
    return list(found | dict.fromkeys(stem for word in ending for stem in _stems(word)))


def count_words(text: str) -> Counter[str]:
    """Return how often each word that `words_of` finds stands in a text, in any of its forms."""
    whole = fold(text)
    found = Counter(_word.findall(_prefix.sub(r"\1", whole)))
    found.update([stem for word in found.elements() for stem in _stems(word)])
    return found | Counter(_word.findall(whole)) | Counter(_word.findall(fold(text, joiner=" ")))


def questions_of(text: str) -> list[tuple[str, ...]]:
    """Return what a text must hold to be found: for each word asked, the forms that will do."""
    asked = dict.fromkeys(_word.findall(_prefix.sub(r"\1", fold(text))))
    return [(word, *_stems(word)) for word in asked]


def find_phrases(phrases: Iterable[str], text: str) -> set[str]:
    """Return those of some phrases whose words stand whole and in a row in a text.

    Where a word ends is typed in many ways, so what is compared is what stands between the first
    and the last end: a joiner, a space or nothing between the parts of a word are the same. A
    plural ending more in the text is no difference.
    """
    wanted = {phrase: "".join(_word.findall(fold(phrase))) for phrase in phrases}
    whole = set(wanted.values()) - {""}
    if not whole:
        # Most boards filter nothing, and folding a post is a good part of taking it in.
        return set()
    begun = {form[:length] for form in whole for length in range(1, len(form) + 1)}
    longest = max(map(len, whole), default=0) + 1
    words, found = _word.findall(fold(text, joiner=" ")), set[str]()
    for start in range(len(words)):
        said = ""
        for word in words[start : start + longest]:
            said += word
            found.update(whole.intersection((said, *_stems(said))))
            if said not in begun:
                break
    return {phrase for phrase, form in wanted.items() if form in found}


def _stems(word: str) -> Iterator[str]:
    # Few words have any of them, and asking for all at once is one step.
    for ending in _ENDINGS if word.endswith(_ENDINGS) else ():
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            yield word.removesuffix(ending)
            return
