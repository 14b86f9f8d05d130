"""Translations: what fits as one, which is shown, and what becomes of them with their originals."""

import pytest
from app import forum, opinion, records
from app.forum import PostKind
from app.forum.errors import UnknownPostError
from app.opinion.errors import (
    RatedWordsError,
    TranslationKnownError,
    TranslationTitleError,
    TranslationUnfitError,
)
from app.opinion.model import Helps, Translation
from app.records.model import ABOUT
from app.wiring import House

from tests import factories
from tests.houses import find_record, publish, require_post, submit
from tests.opinion.samples import AVA, BABAK, CYRUS, open_conversation, statement
from tests.opinion.tongues import translation

pytestmark = pytest.mark.slow

TITLED = "آب\n\nآب به کجا می‌رود؟"


def with_answer(house: House) -> tuple[bytes, bytes]:
    """Publish a thread's opening and an answer by Ava; return both."""
    opening = factories.note(AVA, board=factories.LIVE, title="Water")
    answer = factories.note(AVA, board=factories.LIVE, reply_to=opening, text="It is gone.")
    publish(house, opening, answer)
    return opening, answer


def translations_of(house: House, post: bytes, language: str = "") -> list[Translation]:
    with house.db.read() as work:
        return opinion.list_translations(work, require_post(house, post), language)


def test_translation_says_another_post_in_another_language(house: House) -> None:
    _, answer = with_answer(house)
    publish(house, said := translation(BABAK, answer, "رفته است."))

    (found,) = translations_of(house, answer, "fa")

    assert found.markdown == "رفته است."
    assert found.title is None
    assert found.version == 1
    assert found.post.kind is PostKind.TRANSLATION
    assert found.post.author.did == BABAK.did
    assert translations_of(house, answer, "fr") == []
    assert require_post(house, said).parent == factories.digest_of(answer)


def test_title_of_a_translated_opening_is_its_first_line(house: House) -> None:
    opening, _ = with_answer(house)
    publish(house, translation(BABAK, opening, TITLED))

    (found,) = translations_of(house, opening)

    assert (found.title, found.markdown) == ("آب", "آب به کجا می‌رود؟")


@pytest.mark.parametrize("text", ["آب", "آب\nآب", "آب\n\n", "آ" * 201 + "\n\nآب", "آ  ب\n\nآب"])
def test_translation_of_an_opening_begins_with_a_title(house: House, text: str) -> None:
    opening, _ = with_answer(house)

    with pytest.raises(TranslationTitleError):
        submit(house, translation(BABAK, opening, text))


def test_translation_is_in_another_language_than_the_version_it_names(house: House) -> None:
    _, answer = with_answer(house)

    for language in ("en", "EN".lower()):
        with pytest.raises(TranslationUnfitError):
            submit(house, translation(BABAK, answer, language=language))


def test_translation_names_a_version_of_the_post_it_answers(house: House) -> None:
    opening, answer = with_answer(house)

    with pytest.raises(TranslationUnfitError):
        submit(house, translation(BABAK, answer, about=opening))


def test_translation_without_a_version_is_none(house: House) -> None:
    _, answer = with_answer(house)
    raw = factories.forged(
        translation(BABAK, answer), BABAK.key, lambda members: members.pop(ABOUT)
    )

    with pytest.raises(TranslationUnfitError):
        submit(house, raw)


def test_thread_is_not_opened_by_a_translation_and_none_is_translated(house: House) -> None:
    _, answer = with_answer(house)
    publish(house, said := translation(BABAK, answer, "رفته است."))
    opening = factories.forged(
        translation(BABAK, answer, TITLED),
        BABAK.key,
        lambda members: members.update(name=members.pop("inReplyTo") and "Water"),
    )

    for raw in (translation(CYRUS, said, "Gone.", language="fr"), opening):
        with pytest.raises(TranslationUnfitError):
            submit(house, raw)


def test_author_translates_a_version_once_into_a_language(house: House) -> None:
    _, answer = with_answer(house)
    submit(house, first := translation(BABAK, answer, "رفته است."))

    with pytest.raises(TranslationKnownError):
        submit(house, translation(BABAK, answer, "تمام شد."))
    submit(house, translation(BABAK, answer, "Il n’y en a plus.", language="fr"))
    submit(house, translation(CYRUS, answer, "تمام شد."))
    submit(house, factories.erasure(BABAK, first))
    submit(house, translation(BABAK, answer, "تمام شد."))


def test_translation_is_erased_and_never_revised(house: House) -> None:
    _, answer = with_answer(house)
    publish(house, said := translation(BABAK, answer, "رفته است."))

    with pytest.raises(RatedWordsError):
        submit(house, factories.update(BABAK, said, text="تمام شد."))


def test_statement_is_translated_in_one_sentence(house: House) -> None:
    opening, _ = open_conversation(house)
    publish(house, said := statement(BABAK, opening))

    with pytest.raises(TranslationUnfitError):
        submit(house, translation(CYRUS, said, "آب\n\nاز آنِ همه است."))
    publish(house, translation(CYRUS, said, "آب از آنِ همه است."))
    assert len(translations_of(house, said)) == 1


def test_translation_of_an_older_version_says_so_and_comes_after_those_of_the_newest(
    house: House,
) -> None:
    _, answer = with_answer(house)
    publish(house, translation(BABAK, answer, "رفته است."))
    newer = factories.update(AVA, answer, text="It is all gone.")
    publish(house, newer)
    publish(house, translation(CYRUS, answer, "همه‌اش رفته است.", about=newer))
    assert [each.version for each in translations_of(house, answer)] == [2, 1]

    rate(house, translations_of(house, answer)[1], Helps.YES, "Dara", "Ehsan", "Farah")

    assert [each.version for each in translations_of(house, answer)] == [2, 1]


def rate(house: House, rated: Translation, value: Helps, *names: str) -> None:
    for name in names:
        with house.db.write() as work:
            root = factories.person(name).root
            opinion.rate(work, house.marks_key, root, rated.post, value)


def test_best_rated_translation_is_shown(house: House) -> None:
    _, answer = with_answer(house)
    publish(house, first := translation(BABAK, answer, "رفته است."))
    publish(house, translation(CYRUS, answer, "تمام شد."))
    newest = translations_of(house, answer)[0]
    assert newest.markdown == "تمام شد."
    rate(house, newest, Helps.NO, "Dara")
    rate(house, translations_of(house, answer)[1], Helps.YES, "Dara", "Ehsan")

    with house.db.read() as work:
        originals = [require_post(house, answer)]
        best = opinion.find_translations(work, originals, "fa")
        none = opinion.find_translations(work, originals, "en")

    assert best[factories.digest_of(answer)].post.digest == factories.digest_of(first)
    assert (best[factories.digest_of(answer)].helpful, none) == (2, {})


def test_translation_goes_from_readers_with_its_original_and_comes_back_with_it(
    house: House,
) -> None:
    _, answer = with_answer(house)
    publish(house, said := translation(BABAK, answer, "رفته است."))
    assert found_by(house, "رفته")
    with house.db.write() as work:
        forum.hide_post(work, require_post(house, answer), act=b"x" * 32, rule="threat")

    hidden = require_post(house, said)
    assert (hidden.has_words, hidden.version.text.markdown) == (False, "")
    assert (hidden.act, hidden.act_rule) == (b"x" * 32, "threat")
    assert not found_by(house, "رفته")
    assert translations_of(house, answer) == []
    with house.db.write() as work:
        forum.give_post_back(work, require_post(house, answer))
    assert require_post(house, said).version.text.markdown == "رفته است."
    assert found_by(house, "رفته")


def found_by(house: House, words: str) -> list[bytes]:
    with house.db.read() as work:
        found = forum.find_posts(work, words, forum.Facets(), before=None, limit=9)
    return [post.digest for post in found]


def test_erased_words_are_read_in_no_translation(house: House) -> None:
    """Its signed bytes stay, as the log says: its author and desks can erase them (ADR-0046)."""
    _, answer = with_answer(house)
    said, late = translation(BABAK, answer, "رفته است."), translation(CYRUS, answer, "تمام شد.")
    publish(house, said)
    submit(house, late, factories.erasure(AVA, answer))
    publish(house, factories.note(CYRUS, board=factories.LIVE))

    for raw in (said, late):
        gone = require_post(house, raw)
        assert (gone.lost_original, gone.has_words, gone.version.text.markdown) == (True, False, "")
        assert gone.act is None
    assert not found_by(house, "رفته")
    assert not found_by(house, "تمام")
    record = find_record(house, said)
    assert record is not None
    assert record.raw is not None
    with house.db.read() as work:
        assert forum.get_words(work, require_post(house, said)).markdown == "رفته است."
        assert forum.list_changed(work) == []
    publish(house, factories.erasure(BABAK, said))
    with house.db.read() as work:
        stored = records.find_record(work, factories.digest_of(said))
    assert stored is not None
    assert stored.raw is None


def test_erased_post_takes_no_translation(house: House) -> None:
    _, answer = with_answer(house)
    publish(house, factories.erasure(AVA, answer))

    with pytest.raises(TranslationUnfitError):
        submit(house, translation(BABAK, answer))


def test_hidden_translation_is_rated_by_nobody(house: House) -> None:
    _, answer = with_answer(house)
    publish(house, said := translation(BABAK, answer, "رفته است."), factories.erasure(AVA, answer))
    shown = require_post(house, said)

    with house.db.write() as work, pytest.raises(UnknownPostError):
        opinion.rate(work, house.marks_key, CYRUS.root, shown, Helps.YES)
