"""Translations and summaries in bundles: what they hold, and what they cannot bring."""

import pytest
from app.federation.bundles.bringing import bring, order_by_needs
from app.federation.bundles.codec import read_bundle
from app.wiring import House

from tests import factories
from tests.factories import SQUARE, digest_of, erasure, id_of, note, person, update
from tests.federation.made import export
from tests.houses import find_post, publish, require_post
from tests.opinion.tongues import summary, translation

pytestmark = pytest.mark.slow

AVA, BABAK, CYRUS = (person(name) for name in ("Ava", "Babak", "Cyrus"))
FA = "آب به کجا می‌رود؟"


def test_bundle_leaves_out_translations_of_what_is_gone(house: House) -> None:
    opening = note(AVA, title="Water")
    answer = note(BABAK, reply_to=opening, text="Into the pistachios.")
    of_opening = translation(CYRUS, opening, f"آب\n\n{FA}", board=SQUARE)
    of_answer = translation(CYRUS, answer, "پای پسته‌ها.", board=SQUARE)
    publish(house, opening)
    publish(house, answer, of_opening)
    publish(house, of_answer)
    publish(house, erasure(BABAK, answer))

    bundle = read_bundle(export(house)).contents

    assert of_opening in bundle.records
    assert of_answer not in bundle.records
    assert "پای پسته".encode() not in export(house)


def test_uncited_sentence_is_not_brought_by_a_bundle(house: House) -> None:
    opening = note(AVA, title="Water")
    publish(house, opening)
    said = summary(BABAK, opening, "Ava asks [1].", board=SQUARE)
    uncited = summary(CYRUS, opening, "Ava asks [1]. Everybody lies.", board=SQUARE)
    nothing = summary(CYRUS, opening, "Ava asks [2].", board=SQUARE)

    brought = bring(house.db, house.door, [uncited, said, nothing])

    assert brought.new == 1
    assert dict(brought.refused) == {
        "a sentence cites no post": 1,
        "a sentence cites what is no post": 1,
    }
    assert require_post(house, said).kind == "summary"
    assert find_post(house, uncited) is None


def test_translation_comes_after_the_version_that_it_names(house: House) -> None:
    opening = note(AVA, title="Water")
    newer = update(AVA, opening, text="It goes into the pistachios.", title="Water")
    said = translation(BABAK, opening, f"آب\n\n{FA}", about=newer, board=SQUARE)
    records = [said, newer, opening]
    assert list(order_by_needs(records)) == [opening, newer, said]

    brought = bring(house.db, house.door, records)

    assert brought.new == 3
    assert require_post(house, said).about == digest_of(newer)
    assert factories.decode(said)["inReplyTo"] == id_of(opening)
