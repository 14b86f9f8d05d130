"""Who acts as one, found among honest people; the simulated crowds are in `crowds.py`."""

from dataclasses import replace
from random import Random

import pytest
from app.kernel.clock import Instant
from app.moderation.model.crowds import Evidence, Sighting
from app.moderation.rules import count_independent
from app.moderation.rules.groups import find_groups
from hypothesis import given
from hypothesis import strategies as st

from tests.moderation import crowds

pytestmark = pytest.mark.slow

POSTS = [f"post-{n}" for n in range(14)]
ANYTHING = st.builds(
    Sighting,
    mark=st.integers(0, 12).map(crowds.mark),
    subject=st.sampled_from(POSTS),
    at=st.integers(0, 40).map(lambda n: Instant(crowds.START + 600 * n)),
    text=st.text(st.sampled_from("ab سلام"), max_size=40),
)


@pytest.mark.parametrize("seed", range(5))
def test_colluding_crowd_is_one_group_and_honest_people_are_not_in_it(seed: int) -> None:
    random = Random(seed)
    honest, colluding = range(60), range(1_000, 1_143)
    newcomers = crowds.joined(random, range(1_000, 1_120)) | crowds.joined(
        random, range(6), days=90
    )
    sightings = crowds.honest(random, honest, POSTS) + crowds.colluding(random, colluding, POSTS)

    largest, *others = find_groups(sightings, newcomers)

    members = {int.from_bytes(mark[:8], "big") for mark in largest.members}
    assert len(members & set(colluding)) >= 0.9 * 143
    assert not members & set(honest)
    assert all(len(group.members) < 3 for group in others)
    assert {Evidence.WORDS, Evidence.BURST_OF_NEWCOMERS} <= set(largest.evidence)


def test_reports_of_one_crowd_count_as_one_on_every_post() -> None:
    random = Random(1)
    sightings = crowds.colluding(random, range(143), POSTS, copied=1.0)
    groups = find_groups(sightings, {})

    for post in POSTS:
        marks = {s.mark for s in sightings if s.subject == post}

        assert count_independent(marks, groups) == 1


def test_honest_people_who_agree_on_one_post_stay_independent() -> None:
    random = Random(2)
    sightings = crowds.honest(random, range(200), ["the worst post"] * 3 + POSTS)

    groups = find_groups(sightings, crowds.joined(random, range(40), days=120))

    flagged = sum(len(group.members) for group in groups if len(group.members) >= 8)
    assert flagged <= 0.01 * 200
    assert count_independent([crowds.mark(n) for n in range(4)], groups) == 4


def test_people_with_the_same_four_subjects_are_one_group_without_any_words() -> None:
    alike = [
        Sighting(mark=crowds.mark(n), subject=post, at=Instant(crowds.START + 90_000 * n), text="")
        for n in range(6)
        for post in POSTS[:4]
    ]
    other = Sighting(mark=crowds.mark(9), subject=POSTS[0], at=crowds.START, text="")

    (group,) = find_groups([*alike, other], {})

    assert group.members == {crowds.mark(n) for n in range(6)}
    assert group.evidence == {Evidence.SUBJECTS: 6}


def test_newcomers_of_one_week_in_one_hour_are_one_group_and_old_members_are_not() -> None:
    burst = [
        Sighting(mark=crowds.mark(n), subject=POSTS[n % 3], at=crowds.START, text="")
        for n in range(10)
    ]

    (group,) = find_groups(burst, dict.fromkeys([crowds.mark(n) for n in range(5)], crowds.DAY))

    assert group.members == {crowds.mark(n) for n in range(5)}


def test_four_newcomers_are_no_burst() -> None:
    burst = [
        Sighting(mark=crowds.mark(n), subject=POSTS[0], at=crowds.START, text="") for n in range(4)
    ]

    assert find_groups(burst, dict.fromkeys([s.mark for s in burst], crowds.DAY)) == []


def test_people_who_copy_one_text_letter_for_letter_are_one_group() -> None:
    copied = [
        Sighting(mark=crowds.mark(n), subject=POSTS[n], at=crowds.START, text=crowds.CALL)
        for n in range(5)
    ]

    (group,) = find_groups(copied, {})

    assert group.evidence == {Evidence.WORDS: 5}


def test_short_words_that_anybody_says_join_nobody() -> None:
    said = [
        Sighting(mark=crowds.mark(n), subject=POSTS[n], at=crowds.START, text="please look")
        for n in range(8)
    ]

    assert find_groups(said, {}) == []


@given(st.lists(ANYTHING, max_size=40), st.randoms(use_true_random=False))
def test_order_of_reports_does_not_matter(sightings: list[Sighting], random: Random) -> None:
    shuffled = random.sample(sightings, len(sightings))

    assert find_groups(shuffled, {}) == find_groups(sightings, {})


@given(st.lists(ANYTHING, max_size=40))
def test_nobody_is_in_two_groups_and_nobody_is_invented(sightings: list[Sighting]) -> None:
    groups = find_groups(sightings, dict.fromkeys([s.mark for s in sightings], crowds.DAY))

    members = [mark for group in groups for mark in group.members]
    assert len(members) == len(set(members))
    assert set(members) <= {s.mark for s in sightings}
    assert all(len(group.members) >= 2 for group in groups)


@given(st.lists(ANYTHING, min_size=1, max_size=30))
def test_reporting_twice_makes_nobody_more_independent(sightings: list[Sighting]) -> None:
    marks = [s.mark for s in sightings]
    groups = find_groups(sightings, {})
    again = [*sightings, *(replace(s, at=Instant(s.at + 600)) for s in sightings)]

    assert count_independent(marks, find_groups(again, {})) == count_independent(marks, groups)
    assert count_independent(marks, groups) <= len(set(marks))
