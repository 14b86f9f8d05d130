"""Summaries: no sentence without a source, however it comes."""

import pytest
from app import opinion
from app.opinion.errors import (
    CitesNothingError,
    RatedWordsError,
    SummaryUnfitError,
    UncitedError,
)
from app.opinion.model import Helps, Sentence, Summary
from app.opinion.rules.sentences import read_sentences
from app.wiring import House
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.houses import publish, require_post, submit
from tests.opinion.samples import AVA, BABAK, CYRUS
from tests.opinion.tongues import summary, translation


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Wells run dry [#12].", [("Wells run dry.", 12)]),
        ("Wells run dry. [#12] Why? [3,4]", [("Wells run dry.", 12), ("Why?", 3, 4)]),
        ("چاه‌ها خشک می‌شوند [۱۲، ۱۵]. چرا؟ [3]", [("چاه‌ها خشک می‌شوند.", 12, 15), ("چرا؟", 3)]),
        ("« À sec. » [3] M. Dupont dit non [2] !", [("« À sec. »", 3), ("M. Dupont dit non !", 2)]),
        ("One [1]\n\nTwo [2]", [("One", 1), ("Two", 2)]),
        ("Wells\nrun dry [1]", [("Wells run dry", 1)]),
        ("- One. [1]\n- Two [2] [3].\n۳. Three [4]", [("One.", 1), ("Two.", 2, 3), ("Three", 4)]),
        ("It fell by 3.5 percent [1].", [("It fell by 3.5 percent.", 1)]),
        ("Dry. And gone. [1]", [("Dry.",), ("And gone.", 1)]),
        ("Post [1] says so.", [("Post [1] says so.",)]),
        ("See [2](https://example.org)", [("See [2](https://example.org)",)]),
        ("*Dry.* [1] “Gone!” [2]", [("*Dry.*", 1), ("“Gone!”", 2)]),
        ("Dry [1, 1].", [("Dry.", 1)]),
        ("... [1]", []),
    ],
)
def test_sentences_end_with_their_citations(
    text: str, sentences: list[tuple[str | int, ...]]
) -> None:
    assert read_sentences(text) == [
        Sentence(text=str(words), cites=tuple(map(int, cites))) for words, *cites in sentences
    ]


@given(st.lists(st.text("ab.!?؟… \n[]#12،,)(»*-", min_size=1, max_size=60)))
def test_any_text_has_sentences_and_no_word_is_lost(parts: list[str]) -> None:
    text = "".join(parts)

    found = read_sentences(text)

    assert sum(each.text.count("a") for each in found) == text.count("a")
    assert all(0 <= number < 10**6 for each in found for number in each.cites)


def thread(house: House) -> tuple[bytes, bytes]:
    """Publish an opening, number 1, and an answer, number 2."""
    opening = factories.note(AVA, board=factories.LIVE, title="Water")
    publish(house, opening)
    answer = factories.note(BABAK, board=factories.LIVE, reply_to=opening)
    publish(house, answer)
    return opening, answer


def summaries_of(house: House, opening: bytes) -> list[Summary]:
    with house.db.read() as work:
        return opinion.list_summaries(work, require_post(house, opening).thread)


@pytest.mark.slow
def test_summary_whose_sentences_cite_posts_is_published(house: House) -> None:
    opening, _ = thread(house)

    publish(house, summary(CYRUS, opening, "Ava asks where it goes [1]. Babak knows [1, 2]."))

    ((first, second),) = (each.sentences for each in summaries_of(house, opening))
    assert (first.cites, second.cites) == ((1,), (1, 2))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is dry [1]. Nobody says so.", "Nobody says so."),
        ("No source at all", "No source at all"),
        ("It is dry [1].\n\n- Well\n- It is not [2]", "Well"),
        ("Post [1] is wrong.", "Post [1] is wrong."),
        ("…", "…"),
    ],
)
def test_uncited_sentence_is_not_published(house: House, text: str, words: str) -> None:
    opening, _ = thread(house)

    with pytest.raises(UncitedError) as refused:
        submit(house, summary(CYRUS, opening, text))

    assert refused.value.words == words
    assert words not in str(refused.value)


@pytest.mark.slow
def test_sentence_cites_posts_of_this_thread_that_readers_can_read(house: House) -> None:
    opening, answer = thread(house)
    publish(house, translation(CYRUS, answer, "آب به کجا می‌رود؟"))
    publish(house, summary(CYRUS, opening, "It is dry [2]."))
    gone = factories.note(BABAK, board=factories.LIVE, reply_to=opening, text="Gone.")
    publish(house, gone)
    publish(house, factories.erasure(BABAK, gone))

    for number in (0, 3, 4, 5, 6, 999_999):
        with pytest.raises(CitesNothingError):
            submit(house, summary(BABAK, opening, f"It is dry [1, {number}]."))


@pytest.mark.slow
def test_summary_answers_the_opening_and_is_never_revised(house: House) -> None:
    opening, answer = thread(house)
    with pytest.raises(SummaryUnfitError):
        submit(house, summary(CYRUS, answer, "It is dry [1]."))
    publish(house, said := summary(CYRUS, opening, "It is dry [1]."))

    with pytest.raises(RatedWordsError):
        submit(house, factories.update(CYRUS, said, text="It is wet [1]."))


@pytest.mark.slow
def test_best_rated_summary_comes_first_and_the_newest_of_equals(house: House) -> None:
    opening, _ = thread(house)
    for words in ("Dry [1].", "Drier [2].", "Driest [2]."):
        publish(house, summary(CYRUS, opening, words))
    assert [each.sentences[0].text for each in summaries_of(house, opening)] == [
        "Driest.",
        "Drier.",
        "Dry.",
    ]

    rated = summaries_of(house, opening)[2].post
    with house.db.write() as work:
        opinion.rate(work, house.marks_key, BABAK.root, rated, Helps.YES)

    assert [each.sentences[0].text for each in summaries_of(house, opening)] == [
        "Dry.",
        "Driest.",
        "Drier.",
    ]
