"""A hearing in a bundle: its charter, questions, answers and commitments go where the bundle goes."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import permutations
from pathlib import Path

import pytest
from app import hearings, opinion
from app.db import Work
from app.federation.bundles.bringing import Brought, bring, list_own_acts
from app.federation.bundles.checking import verify_bundle
from app.federation.bundles.codec import read_bundle
from app.forum import Post
from app.hearings import DeclineCode, QuestionState
from app.hearings.model import CommitmentState, HearingState
from app.kernel.clock import FixedClock
from app.kernel.errors import AppError
from app.records import VerifiedRecord, parse_record, verify_record
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


OF_ONE_TICK = ("Event", "Accept/charter", "Question")


def list_parts(raw: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return what offers, binds and opens the hearing of a bundle, and everything else in it."""
    first: dict[str, bytes] = {}
    others = []
    for each in read_bundle(raw).contents.records:
        record = parse_record(each)
        if record.type in OF_ONE_TICK:
            first[record.type] = each
        else:
            others.append(each)
    return [first[kind] for kind in OF_ONE_TICK], others


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_one_tick_shuffles_and_any_order_brings_back_the_same_hearing(
    house: House, other: House, said: Said, order: tuple[int, ...]
) -> None:
    """As where the worker slept from before the offer until after the opening."""
    parts, others = list_parts(export(house, board="live"))
    believe_both(other)
    digests = {sha256(each).digest() for each in [*parts, *others]}
    for _ in range(2):
        bring(other.db, other.door, others, logged=digests)
        release(other)

    with other.db.write() as work:
        work.logged.update(digests)
        waiting = [verify_record(parse_record(parts[place])) for place in order]
        for _ in range(3):
            waiting = [each for each in waiting if not is_taken(other, work, each)]

    assert not waiting
    hearing, there = (halls.hearing_of(each, said.hall) for each in (other, house))
    assert (hearing.charter, hearing.head) == (there.charter, there.head)
    assert (hearing.bound_on, hearing.state) == (there.bound_on, HearingState.OPEN)


def is_taken(house: House, work: Work, record: VerifiedRecord) -> bool:
    """Take a record in as when a log is read again."""
    try:
        house.door.take_back(work, record, work.now)
    except AppError:
        return False
    return True


def test_refused_hearing_leaves_no_plain_consultation(
    house: House, other: House, said: Said
) -> None:
    """Votes without a charter would stand where people were promised one."""
    parts, others = list_parts(export(house, board="live"))
    believe_both(other)
    bring(other.db, other.door, others)
    release(other)

    brought = bring(other.db, other.door, [*reversed(parts), *others])

    assert "a charter is logged before its hearing opens" in brought.refused
    with other.db.read() as work:
        assert opinion.find_conversation(work, thread=said.hall.thread) is None
