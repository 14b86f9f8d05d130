"""A hearing in a bundle: its charter, questions, answers and commitments go where the bundle goes."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from app import hearings
from app.federation.bundles.bringing import Brought, bring, list_own_acts
from app.federation.bundles.checking import verify_bundle
from app.federation.bundles.codec import read_bundle
from app.forum import Post
from app.hearings import DeclineCode, QuestionState
from app.hearings.model import CommitmentState
from app.kernel.clock import FixedClock
from app.wiring import House

from tests import factories
from tests.federation.made import export
from tests.hearings import answered, promising
from tests.hearings import hall as halls
from tests.hearings.answered import AVA, BABAK, OMID
from tests.hearings.hall import Hall
from tests.hearings.officials import believe_both
from tests.houses import open_at, publish, release, require_post, submit

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Said:
    """A hearing, and what was said in it."""

    hall: Hall
    answer: Post
    raw: bytes
    follow_up: Post
    declined: Post
    promise: bytes


@pytest.fixture
def said(house: House) -> Said:
    """A hearing with an answer that was corrected and followed up, a decline, and a commitment."""
    hall = halls.offer_hall(house, answered.CHARTER, OMID)
    halls.bind(house, hall)
    release(house)
    halls.go_to(house, answered.CHARTER.opens_on)
    halls.keep(house)
    release(house)
    publish(house, *(factories.card(each, day=answered.today(house)) for each in (AVA, BABAK)))
    first, _, third = (halls.ask(house, hall, AVA, f"What of dam {number}?") for number in range(3))
    halls.choose(house, hall)
    day = answered.today(house)
    raw = answered.answer_record(OMID, first, day=day)
    publish(house, raw)
    publish(house, factories.update(OMID, raw, text="In April.", day=day))
    follow_up = answered.ask_again(house, require_post(house, raw), AVA)
    halls.decide(house, hall, third, QuestionState.DECLINED, DeclineCode.SECURITY)
    promise = promising.commitment(BABAK, raw, of=OMID.root, day=day, due=day + timedelta(days=9))
    publish(house, promise)
    publish(house, promising.evidence(AVA, promise, day=day))
    submit(house, promising.owning(OMID.key, promise, day=day))
    submit(house, promising.status(house.keys["instance"], promise, "in-progress", day=day))
    release(house)
    return Said(hall, require_post(house, raw), raw, follow_up, third, promise)


@pytest.fixture
def other(template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """The same instance in another folder, as it was before anybody said anything."""
    shutil.copytree(template, tmp_path / "other")
    house = open_at(tmp_path / "other", clock)
    yield house
    house.db.close()


def bring_home(bundle: bytes, to: House) -> Brought:
    """Import a bundle as the command does, and let readers see what came."""
    own = list_own_acts(bundle, to.door.instance_did)
    brought = bring(to.db, to.door, read_bundle(bundle).contents.records, logged=own)
    release(to)
    return brought


def test_hearing_is_in_the_bundle_of_its_board(house: House, said: Said) -> None:
    raw = export(house, board="live")

    verify_bundle(raw)
    digests = {sha256(each).digest() for each in read_bundle(raw).contents.records}
    there = halls.hearing_of(house, said.hall)
    assert {said.answer.digest, said.answer.version.digest} <= digests
    assert {said.follow_up.digest, said.declined.digest} <= digests
    assert sha256(said.promise).digest() in digests
    assert there.head in digests
    with house.db.read() as work:
        office = hearings.find_office(work, OMID.root)
    assert office is not None
    assert {office.offer, office.accept} <= digests


def test_hearing_comes_home_with_its_charter_answers_and_commitments(
    house: House, other: House, said: Said
) -> None:
    raw = export(house, board="live")
    believe_both(other)

    # What answers a thread comes in once readers see the thread, and so on.
    brought = [bring_home(raw, other) for _ in range(3)]

    assert brought[0].refused
    assert not brought[-1].refused, brought[-1].refused
    hearing, there = (halls.hearing_of(each, said.hall) for each in (other, house))
    assert hearing.charter == there.charter
    assert (hearing.state, hearing.official) == (there.state, there.official)
    assert hearing.bound_on == there.bound_on
    assert halls.question_of(other, said.declined).code is DeclineCode.SECURITY
    found, kept = (answered.answer_of(each, said.answer) for each in (other, house))
    assert (found.says, found.speaks_as) == (kept.says, kept.speaks_as)
    assert require_post(other, said.raw).version.text.markdown == "In April."
    promise = promising.find(other, said.promise)
    assert promise.state is CommitmentState.IN_PROGRESS
    assert promise.owned_on is not None


def test_another_host_s_word_for_days_that_are_over_is_not_enough(
    house: House, other: House, said: Said
) -> None:
    raw = export(house, board="live")
    believe_both(other)

    bring(other.db, other.door, read_bundle(raw).contents.records)
    release(other)
    brought = bring(other.db, other.door, read_bundle(raw).contents.records)

    assert "a charter is logged before its hearing opens" in brought.refused
