"""Where sentences end, in Persian, English and French, and which posts each of them cites.

A sentence ends with a full stop, a question or an exclamation mark before white space, or where its
paragraph or item ends. Its citations stand at its end, before or after that mark:
`Wells run dry [#12].` or `Wells run dry. [12, 15]`, in Latin or Persian digits. Whoever leaves
a mark out joins two sentences into one, and it still has to cite; whoever writes one too many is
told which words stand alone.
"""

import re
from collections.abc import Iterator
from typing import Final

from app.kernel.fold import spoken_words
from app.opinion.model import Sentence

_ENDS: Final = ".!?؟۔"
_CLOSERS: Final = "\"'”’)*_» "
_CITATION: Final = r"\[ ?#?\d{1,6}(?: ?[,،;؛] ?#?\d{1,6})* ?\]"
# Each run of marks is looked at from its beginning alone: a long one would be looked at n times.
_end = re.compile(rf"(?<![{_ENDS}])[{_ENDS}]++(?:[\"'”’)*_]| ?»)*+(?: ?{_CITATION}(?!\())*+(?= |$)")
_citation = re.compile(_CITATION)
_marker = re.compile(r"\s*+(?:[-*+>]|\d{1,3}[.)])\s+")
_number = re.compile(r"\d+")
# Words with a full stop of their own, after which no sentence ends.
_short = re.compile(
    r"(?:^|[ («\"“])(?:Mr|Mrs|Ms|Dr|Prof|Mme|Mlle|M|MM|e\.g|i\.e|cf|vs|pp?|p\. ex|art|fig)\.$"
)
_LONGEST_SHORT: Final = 12


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text with their citations, in order; lists have their marks off."""
    return [sentence for part in split_parts(text) for sentence in part]


def split_parts(text: str) -> list[list[str]]:
    """Return the paragraphs and items of a text, each as its sentences."""
    return [list(_split(part)) for part in _join_lines(text)]


def read_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a summary that say something, each with the numbers it cites."""
    found = map(_read, split_sentences(text))
    return [sentence for sentence in found if spoken_words(sentence.text)]


def _read(sentence: str) -> Sentence:
    words = sentence.rstrip(_ENDS + _CLOSERS)
    ending, numbers = sentence[len(words) :].rstrip(), list[int]()
    while words.endswith("]") and (cited := _citation.fullmatch(words, words.rfind("["))):
        numbers = [*map(int, _number.findall(cited[0])), *numbers]
        words = words[: cited.start()].rstrip()
    return Sentence(text=words + ending, cites=tuple(dict.fromkeys(numbers)))


def _join_lines(text: str) -> Iterator[str]:
    """Yield paragraphs and items, each as one line."""
    lines: list[str] = []
    for line in text.split("\n"):
        begins = _marker.match(line)
        if begins or not line.strip():
            yield from filter(None, [" ".join(lines)])
            lines = []
        # Single blanks: nothing here may look at a long run of them again and again.
        lines += (line[begins.end() :] if begins else line).split()
    yield from filter(None, [" ".join(lines)])


def _split(part: str) -> Iterator[str]:
    start = 0
    for found in _end.finditer(part):
        if not _short.search(part[max(start, found.end() - _LONGEST_SHORT) : found.end()]):
            yield part[start : found.end()].strip()
            start = found.end()
    if rest := part[start:].strip():
        yield rest
