"""Polis' formulae on real votes: the values that other programs gave."""

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from app.opinion.maths import representative
from app.opinion.maths.choice import adjusted_rand
from app.opinion.maths.consensus import measure_consensus
from app.opinion.maths.groups import list_participants
from app.opinion.maths.plane import Plane, learn_plane, project
from app.opinion.maths.priorities import PRIORITY_OF_META, measure_extremity, measure_priorities
from app.opinion.maths.tallies import Tallies, tally

from tests.opinion.conversations import ALL, CLEAR, Conversation, load, read_text

ROUNDING = 0.5001e-8
"""Reference values have eight digits."""


def plane_of(conversation: Conversation) -> Plane:
    """Learn the plane as Polis does: everybody has seen what was rejected."""
    export = conversation.export
    return learn_plane(
        export.votes.without_statements(export.withdrawn),
        columns=export.votes.statements,
        seen_by_all=int(export.withdrawn.sum()),
    )


def tallies_of(conversation: Conversation, groups: str) -> Tallies:
    labels = conversation.groups(groups)
    return tally(conversation.export.votes, labels, int(labels.max()) + 1)


@pytest.mark.parametrize("name", ALL)
def test_means_and_axes_are_those_of_red_dwarf(name: str) -> None:
    conversation = load(name)

    plane = plane_of(conversation)

    assert np.abs(plane.means - conversation.by_statement("statement_mean")).max() < ROUNDING
    for axis, loadings in enumerate(("pc1", "pc2")):
        cosine = plane.axes[:, axis] @ conversation.by_statement(loadings)
        assert abs(cosine) == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize("name", ALL)
def test_people_lie_where_red_dwarf_puts_them(name: str) -> None:
    conversation = load(name)
    export = conversation.export
    theirs = np.array(
        [conversation.reference["participant_xy"][person] for person in export.people]
    )

    plane = plane_of(conversation)
    ours = project(plane, export.votes.without_statements(export.withdrawn))

    signs = np.sign((ours * theirs).sum(axis=0))
    assert np.abs(ours * signs - theirs).max() < 2e-4


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("groups", "values"),
    [
        ("export_groups", "gic_from_export_groups"),
        ("red_dwarf_groups_at_export_k", "gic_red_dwarf_at_export_k"),
    ],
)
def test_consensus_of_the_same_groups_is_the_same(name: str, groups: str, values: str) -> None:
    conversation = load(name)

    product = measure_consensus(tallies_of(conversation, groups)).product

    assert np.abs(product - conversation.by_statement(values)).max() < ROUNDING


@pytest.mark.parametrize("name", CLEAR)
def test_consensus_is_exact_to_nine_digits(name: str) -> None:
    """Once more in fractions, which do not round."""
    tallies = tallies_of(load(name), "export_groups")
    consensus = measure_consensus(tallies)

    for at in range(tallies.agree.shape[1]):
        exact = Fraction(1)
        for group in range(tallies.groups):
            exact *= Fraction(int(tallies.agree[group, at]) + 1, int(tallies.seen[group, at]) + 2)
        assert consensus.product[at] == pytest.approx(float(exact), abs=1e-9)
        assert consensus.shown[at] == pytest.approx(float(exact) ** (1 / tallies.groups), abs=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_priorities_on_the_same_plane_are_the_same(name: str) -> None:
    conversation = load(name)
    tallies = tallies_of(conversation, "red_dwarf_groups_at_export_k")
    axes = np.stack([conversation.by_statement("pc1"), conversation.by_statement("pc2")], axis=1)
    means = conversation.by_statement("statement_mean")
    plane = replace(plane_of(conversation), axes=axes, means=means)

    ours = measure_priorities(tallies, measure_extremity(plane), conversation.export.meta)

    # A rounded loading is off by half of 1e-8, which √C and two squares make larger.
    assert np.abs(ours - conversation.by_statement("red_dwarf_priority")).max() < 2e-5
    if conversation.export.meta.any():
        assert set(ours[conversation.export.meta]) == {PRIORITY_OF_META}


@pytest.mark.parametrize("name", ALL)
def test_counts_are_those_that_one_would_count(name: str) -> None:
    conversation = load(name)
    labels = conversation.groups("export_groups")
    table = conversation.export.votes.table
    tallies = tallies_of(conversation, "export_groups")

    persons = conversation.export.votes.person_of_each()
    for group in range(tallies.groups):
        for place, vote in enumerate((-1, 0, 1)):
            counted = table.indices[(labels[persons] == group) & (table.data == vote)]
            expected = np.bincount(counted, minlength=tallies.counts.shape[1])
            assert (tallies.counts[group, :, place] == expected).all()


@pytest.mark.parametrize("name", ALL)
def test_whoever_may_be_in_a_group_is_in_one_of_polis(name: str) -> None:
    """Polis keeps people in who were let in while there were fewer statements; nobody else."""
    conversation = load(name)
    votes = conversation.export.votes

    ours = list_participants(votes, votes.statements)

    theirs = conversation.groups("export_groups") >= 0
    assert not (ours & ~theirs).any()
    assert (ours & theirs).sum() >= 0.95 * theirs.sum()


@pytest.mark.parametrize("name", CLEAR)
def test_tests_of_statements_have_the_values_of_red_dwarf(name: str) -> None:
    reference = json.loads(read_text(name, "representative.json"))["tests"]
    tallies = tallies_of(load(name), "red_dwarf_groups_at_export_k")
    others = tallies.of_others()
    sides = [
        representative.measure_side(tallies, others, own, other)
        for own, other in ((tallies.agree, others.agree), (tallies.disagree, others.disagree))
    ]

    ours = np.stack(
        [
            getattr(side, test)
            for test in ("probability_test", "ratio", "ratio_test")
            for side in sides
        ],
        axis=2,
    )

    for group in range(tallies.groups):
        theirs = np.array([reference[str(group)][at] for at in load(name).export.statements])
        assert np.abs(ours[group] - theirs).max() < 1e-9


@pytest.mark.parametrize("name", CLEAR)
def test_chosen_statements_are_mostly_those_of_red_dwarf(name: str) -> None:
    """All but the one that a group agrees with most: Polis takes what comes first, and we compare all."""
    conversation = load(name)
    reference = json.loads(read_text(name, "representative.json"))
    export, tallies = conversation.export, tallies_of(conversation, "red_dwarf_groups_at_export_k")
    everybody = tally(export.votes, np.zeros(export.votes.people, dtype=np.int64), 1)

    chosen = representative.find_representative(tallies, export.withdrawn)
    majority = representative.find_majority(everybody, export.withdrawn)

    for group, theirs in reference["chosen"].items():
        ours = [
            (int(export.statements[row.statement]), "agree" if row.is_agreed else "disagree")
            for row in chosen
            if row.group == int(group)
        ]
        assert len(ours) == len(theirs)
        assert len(set(ours) & {tuple(row) for row in theirs}) >= len(theirs) - 1
    for is_agreed, side in ((True, "agree"), (False, "disagree")):
        said = [
            int(export.statements[row.statement]) for row in majority if row.is_agreed == is_agreed
        ]
        assert said == reference["majority"][side]


def test_adjusted_rand_index_of_known_partitions() -> None:
    """Values of scikit-learn's documentation, and of its extremes."""
    known = [([0, 0, 1, 1], [0, 0, 1, 2], 0.5714285714285714), ([0, 0, 1, 2], [0, 0, 1, 1], 0.5714285714285714),
             ([0, 0, 0, 0], [0, 1, 2, 3], 0.0), ([0, 0, 1, 1], [1, 1, 0, 0], 1.0), ([0, 0], [0, 0], 1.0)]  # fmt: skip

    for one, other, value in known:
        assert adjusted_rand(np.array(one), np.array(other)) == pytest.approx(value)
