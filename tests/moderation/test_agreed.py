"""When enough people agree that a post may be hidden before a desk looks."""

from collections.abc import Iterable

import pytest
from app.kernel.clock import Instant
from app.moderation.model import Report, Rule
from app.moderation.model.crowds import Attack, Evidence, Group
from app.moderation.rules import find_agreed, is_attack, note_cohort
from hypothesis import given
from hypothesis import strategies as st

from tests.moderation.crowds import mark


def reports(people: Iterable[int], rule: Rule = Rule.SPAM) -> list[Report]:
    return [
        Report(case="a", rule=rule, text="", mark=mark(n), reported_at=Instant(600)) for n in people
    ]


def group(people: Iterable[int]) -> Group:
    members = frozenset(map(mark, people))
    return Group(members=members, evidence={Evidence.WORDS: len(members)})


ANSWERED = frozenset(map(mark, range(100)))


def test_four_who_share_nothing_agree() -> None:
    assert find_agreed(reports(range(4)), [], ANSWERED) is Rule.SPAM


@pytest.mark.parametrize(
    ("said", "groups", "answered"),
    [
        (reports(range(3)), [], ANSWERED),
        (reports(range(4), Rule.LAW), [], ANSWERED),
        (reports(range(2)) + reports(range(2, 5), Rule.HATE), [], ANSWERED),
        (reports(range(90)), [], frozenset(map(mark, range(3)))),
        (reports(range(90)), [group(range(88))], ANSWERED),
        # Six whom nothing gives away pass for independent, beside the six who were found.
        (reports(range(12)), [group(range(6))], ANSWERED),
        (reports(range(5)), [group([0, 1])], frozenset(map(mark, range(4)))),
    ],
    ids=["three", "law", "two rules", "strangers", "a crowd", "half a crowd", "friends"],
)
def test_fewer_do_not(said: list[Report], groups: list[Group], answered: frozenset[bytes]) -> None:
    assert find_agreed(said, groups, answered) is None


def test_two_friends_count_once_and_keep_nobody_else_from_agreeing() -> None:
    assert find_agreed(reports(range(5)), [group([0, 1])], ANSWERED) is Rule.SPAM


def test_danger_is_named_before_what_more_people_say() -> None:
    said = reports(range(9)) + reports(range(9, 13), Rule.THREAT)

    assert find_agreed(said, [], ANSWERED) is Rule.THREAT


def test_groups_that_report_elsewhere_change_nothing() -> None:
    assert find_agreed(reports(range(4)), [group(range(50, 90))], ANSWERED) is Rule.SPAM


@given(st.integers(0, 60), st.integers(1, 60))
def test_one_group_hides_nothing_however_large_it_is(loose: int, crowd: int) -> None:
    said = reports(range(crowd)) + reports(range(100, 100 + min(loose, 2)))
    answered = frozenset(map(mark, range(200)))

    assert find_agreed(said, [group(range(crowd))], answered) is None


@pytest.mark.parametrize(
    ("count", "usual", "of_largest", "expected"),
    [
        (11, 0.0, 11, False), (12, 1.0, 0, True), (12, 1.1, 6, False), (12, 1.1, 7, True),
        (240, 20.0, 0, True), (239, 20.0, 0, False),
    ],
)  # fmt: skip
def test_attack_is_twelve_times_the_usual_or_one_group(
    count: int, usual: float, of_largest: int, *, expected: bool
) -> None:
    attack = Attack(board="did:key:b", reports=count, usual=usual, of_largest=of_largest)

    assert is_attack(attack) is expected


@pytest.mark.parametrize(("invited", "told"), [(range(4), 4), (range(3), None), ([], None)])
def test_cohort_is_told_where_it_brought_most_of_a_group(
    invited: Iterable[int], told: int | None
) -> None:
    cohorts = {mark(n): "2026-11" for n in invited} | {mark(5): "2026-10", mark(9): "2026-11"}

    noted = note_cohort(group(range(6)), cohorts)

    assert noted.evidence.get(Evidence.COHORT) == told
    assert noted.members == group(range(6)).members
    assert noted.evidence[Evidence.WORDS] == 6
