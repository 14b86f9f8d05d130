"""The index of words of a bundle, as a book has one: what is read where nothing can be searched."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.kernel.fold import fold

MOST_WORDS: Final = 2000
MOST_PLACES: Final = 12
"""A word that is in more threads tells nothing."""
_LEAST_LETTERS: Final = 3
# Four letters of Persian stand behind all those of Arabic in the table of characters.
_PERSIAN: Final = str.maketrans(
    {letter: 0x600 + place for place, letter in enumerate("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی")}
)
# A word with the joiners inside it, as Persian has them; figures alone are no words.
_word = re.compile("[^\\W\\d_]+(?:[\u200c\u200d'’][^\\W\\d_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedWord:
    """A word, and the threads it is in by their numbers in the bundle."""

    word: str
    """As it is spelled most."""
    threads: tuple[int, ...]


def index_words(texts: Iterable[tuple[int, str]]) -> list[IndexedWord]:
    """Return the words of texts, each text given with the number of its thread, by the alphabet.

    Spellings that readers take for the same are one word (`kernel.fold`). What is in every corner
    of the bundle is left out, and beyond `MOST_WORDS` what is said least.
    """
    spellings: dict[str, Counter[str]] = {}
    threads: dict[str, set[int]] = {}
    for number, text in texts:
        for spelled in _word.findall(text):
            if len(spelled) >= _LEAST_LETTERS:
                folded = fold(spelled)
                spellings.setdefault(folded, Counter())[spelled] += 1
                threads.setdefault(folded, set()).add(number)
    telling = [word for word in threads if len(threads[word]) <= MOST_PLACES]
    said = {word: spellings[word].total() for word in telling}
    kept = sorted(telling, key=lambda word: (-said[word], word))[:MOST_WORDS]
    return [
        IndexedWord(
            word=min(spellings[word], key=lambda spelled: (-spellings[word][spelled], spelled)),
            threads=tuple(sorted(threads[word])),
        )
        for word in sorted(kept, key=_place_of)
    ]


def _place_of(word: str) -> str:
    """Return what sorts a folded word by its alphabet."""
    return word.translate(_PERSIAN)
