"""Translations by a program on the instance's own host: asked for, waiting, made, forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app import forum
from app.db import Work
from app.forum import Post, Text
from app.kernel.clock import day_of
from app.opinion import codec, store
from app.opinion.errors import MachineBusyError, TranslationUnfitError
from app.opinion.model import MachineTranslation
from app.opinion.rules.sentences import split_parts
from app.opinion.rules.translations import is_translated

MOST_ASKED: Final = 200
_WAITS_DAYS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A version that waits for the machine."""

    version: bytes
    thread: str
    source: str
    """The language that its author wrote in."""
    target: str
    parts: tuple[tuple[str, ...], ...]
    """Its paragraphs and items as sentences; the title is the first."""

    @property
    def sentences(self) -> list[str]:
        """Return all sentences in their order."""
        return [sentence for part in self.parts for sentence in part]


def ask_machine(work: Work, post: Post, language: str) -> None:
    """Let the shown version of a post wait for its turn; asking again is no error.

    What the machine could not translate is tried anew.

    Raises:
        TranslationUnfitError: it has no words, or they are in this language.
        MachineBusyError: as many wait as may wait.

    """
    if not post.has_words or post.version.text.language == language or post.number is None:
        raise TranslationUnfitError("nothing to translate")
    known = find_machine(work, post, language)
    if known is not None and (known.is_waiting or known.is_translated):
        return
    if store.count_asked(work) >= MOST_ASKED:
        raise MachineBusyError("as many texts as may wait")
    if known is not None:
        store.forget_machine(work, [post.version.digest], language)
    store.ask_machine(work, post.version.digest, language, day_of(work.now))


def find_machine(work: Work, post: Post, language: str) -> MachineTranslation | None:
    """Return what the machine made of the shown version of a post; None if nobody asked it."""
    if not post.has_words:
        return None
    text = store.find_machine(work, post.version.digest, language)
    return None if text is None else codec.decode_machine(text, language)


def find_wanted(work: Work, passed_over: Sequence[tuple[bytes, str]] = ()) -> Wanted | None:
    """Return a version that waits, but for some; None if none does."""
    for version, language in store.list_asked(work):
        if (version, language) in passed_over:
            continue
        digest = forum.find_post_of_version(work, version)
        post = forum.find_post(work, digest=digest) if digest else None
        found = () if post is None else forum.list_versions(work, post.digest)
        text = next((each.text for each in found if each.digest == version), None)
        if post is not None and text is not None and post.has_words:
            return Wanted(
                version=version,
                thread=post.thread,
                source=text.language,
                target=language,
                parts=_parts_of(text),
            )
    return None


def keep_machine(work: Work, wanted: Wanted, answers: Sequence[str]) -> MachineTranslation:
    """Keep what the machine answered, a sentence for each that it was asked; return it.

    What it did not translate stays as its author wrote it, and is marked. What was erased or hidden
    meanwhile has nothing to be kept beside.
    """
    left = iter(answers)
    lines = tuple(
        tuple(_kept(sentence, next(left, ""), wanted.target) for sentence in part)
        for part in wanted.parts
    )
    text = codec.encode_machine(lines)
    store.set_machine(work, wanted.version, wanted.target, text, day_of(work.now))
    work.changed.add(f"thread:{wanted.thread}")
    return codec.decode_machine(text, wanted.target)


def forget_machine(work: Work) -> None:
    """Forget what was made of words that this work takes from readers, in the same transaction."""
    store.forget_machine(work, [*work.erased, *work.withheld])


def forget_old_asked(work: Work) -> None:
    """Forget what waited for days: nobody comes back for it."""
    store.forget_asked_before(work, day_of(work.now) - timedelta(days=_WAITS_DAYS))


def _parts_of(text: Text) -> tuple[tuple[str, ...], ...]:
    title = ((text.title,),) if text.title else ()
    return (*title, *(tuple(part) for part in split_parts(text.markdown)))


def _kept(sentence: str, answer: str, target: str) -> tuple[str, bool]:
    said = codec.clean_answer(answer)
    done = is_translated(sentence, said, target)
    return (said or sentence, True) if done else (sentence, False)
