"""Groups and consensus of whole conversations: like others' where there are groups, none where there are none."""

import hashlib
import json
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest
from app.opinion.maths.analysis import Analysis, analyse
from app.opinion.maths.choice import NoGroups, adjusted_rand
from app.opinion.maths.consensus import measure_consensus
from app.opinion.maths.tallies import Tallies
from app.opinion.maths.votes import Votes

from tests.opinion.camps import cast
from tests.opinion.conversations import CLEAR, load, spearman, top

pytestmark = pytest.mark.slow

GOLDEN = "a935af4c4dd49cec15ad6e07434bbf5975fff6a0e70eb7ca35b9479b796cc240"


@cache
def analysed(name: str, groups: int | None = None) -> Analysis:
    export = load(name).export
    return analyse(
        export.votes, groups=groups, withdrawn=export.withdrawn, meta=export.meta, as_polis=True
    )


def votes_of(people: int, statements: int, **how: Any) -> tuple[Votes, np.ndarray[Any, Any]]:
    ballots = cast(people, statements, **how)
    table = Votes.from_rows(
        ballots.person, ballots.statement, ballots.vote, people=people, statements=statements
    )
    return table, ballots.camp


@pytest.mark.parametrize("name", CLEAR)
@pytest.mark.parametrize("groups", ["red_dwarf_groups_auto_k", "red_dwarf_groups_at_export_k"])
def test_groups_are_those_of_red_dwarf_at_its_number(name: str, groups: str) -> None:
    theirs = load(name).groups(groups)

    ours = analysed(name, len(set(theirs[theirs >= 0]))).labels

    both = (ours >= 0) & (theirs >= 0)
    assert both.sum() >= 0.95 * (theirs >= 0).sum()
    assert adjusted_rand(ours[both], theirs[both]) >= 0.95


@pytest.mark.parametrize("name", CLEAR)
def test_consensus_ranks_as_the_exports_do(name: str) -> None:
    conversation = load(name)
    shown = ~conversation.export.withdrawn
    theirs = conversation.by_statement("gic_from_export_groups")[shown]

    analysis = analysed(name)

    ours = analysis.consensus.product[shown]
    assert analysis.choice.reason is None
    assert spearman(ours, theirs) >= 0.98
    assert len(top(ours) & top(theirs)) >= 9


def test_one_outlier_is_no_group() -> None:
    """Polis and red-dwarf part this conversation into 107 people and one."""
    analysis = analysed("bg2050-volunteers")

    assert (analysis.groups, analysis.choice.reason) == (0, NoGroups.TOO_SMALL)
    assert set(analysis.labels) == {-1}
    assert analysis.tallies.groups == 1
    assert analysis.representative == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_camps_are_found(seed: int) -> None:
    votes, camp = votes_of(1_500, 100, seed=seed, each=50)

    analysis = analyse(votes)

    often = votes.count_by_person() >= 25
    assert (analysis.groups, analysis.choice.reason) == (3, None)
    assert adjusted_rand(analysis.labels[often], camp[often]) >= 0.75
    assert [int((analysis.labels == group).sum()) for group in range(3)] == sorted(
        (int((analysis.labels == group).sum()) for group in range(3)), reverse=True
    )


@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("people", [60, 400, 1_500])
def test_no_groups_are_found_where_votes_depend_on_nobody(people: int, seed: int) -> None:
    votes, _ = votes_of(people, 80, seed=seed, polarisation=0, each=30)

    analysis = analyse(votes)

    assert (analysis.groups, analysis.choice.reason) == (0, NoGroups.BY_CHANCE)
    assert analysis.choice.spread < 1.05


def test_given_number_is_made_and_still_doubted() -> None:
    votes, _ = votes_of(400, 80, polarisation=0, each=30)

    analysis = analyse(votes, groups=4)

    assert analysis.groups == 4
    assert set(analysis.labels[analysis.labels >= 0]) == {0, 1, 2, 3}
    assert analysis.choice.reason is NoGroups.BY_CHANCE


def test_camps_that_halves_see_differently_are_no_groups() -> None:
    votes, _ = votes_of(200, 50, each=12, seed=1, polarisation=4)

    analysis = analyse(votes)

    assert (analysis.groups, analysis.choice.reason) == (0, NoGroups.UNSTABLE)
    assert analysis.choice.agreement < 0.6


def shuffled(votes: Votes, seed: int) -> tuple[Votes, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Number people and statements anew, and deliver every vote twice."""
    randomness = np.random.default_rng(seed)
    people, statements = (
        randomness.permutation(votes.people),
        randomness.permutation(votes.statements),
    )
    person, statement = people[votes.person_of_each()], statements[votes.table.indices]
    order = randomness.permutation(np.tile(np.arange(votes.cast), 2))
    table = Votes.from_rows(
        person[order],
        statement[order],
        votes.table.data[order],
        people=votes.people,
        statements=votes.statements,
    )
    return table, people, statements


@pytest.mark.parametrize("name", [*CLEAR[:2], "bg2050-volunteers"])
@pytest.mark.parametrize("seed", [1, 2])
def test_order_and_names_of_people_and_statements_change_nothing(name: str, seed: int) -> None:
    export = load(name).export
    votes, people, statements = shuffled(export.votes, seed)
    withdrawn = np.empty_like(export.withdrawn)
    withdrawn[statements] = export.withdrawn

    ours, theirs = analysed(name), analyse(votes, withdrawn=withdrawn, as_polis=True)

    assert (theirs.labels[people] == ours.labels).all()
    assert (theirs.tallies.counts[:, statements] == ours.tallies.counts).all()
    assert np.allclose(theirs.consensus.lower[statements], ours.consensus.lower, atol=1e-12)
    assert np.allclose(theirs.points[people], ours.points, atol=1e-9)
    for figure in ("agreement", "spread", "smallest", "reason"):
        assert getattr(theirs.choice, figure) == pytest.approx(
            getattr(ours.choice, figure), abs=1e-9
        )


def test_opposite_votes_turn_groups_into_the_same_groups() -> None:
    """Who agrees becomes who disagrees: nobody changes sides with anybody else."""
    votes, _ = votes_of(1_500, 120, each=40)
    table = votes.table
    opposite = Votes.from_rows(
        votes.person_of_each(), table.indices, -table.data, people=1_500, statements=120
    )

    assert adjusted_rand(analyse(votes).labels + 1, analyse(opposite).labels + 1) > 0.98


@pytest.mark.parametrize("people", [1_165])
def test_two_of_many_never_top_the_list(people: int) -> None:
    """polis-community/red-dwarf#72: of 1,165 people two saw a statement, both agreed, and it came first."""
    counts = np.zeros((2, 3, 3), dtype=np.int64)
    half = people // 2
    counts[:, 0] = [[0, 0, 1], [0, 0, 1]]
    counts[:, 1] = [[half // 3, 0, half - half // 3]] * 2
    counts[:, 2] = [[half // 2, 0, half - half // 2]] * 2

    consensus = measure_consensus(Tallies(counts))

    assert consensus.product[0] == pytest.approx(4 / 9)
    assert consensus.product.argmax() != 2
    assert consensus.ranked().tolist() == [1, 2, 0]
    assert consensus.lower[0] < 0.5 < consensus.lower[1]
    assert consensus.upper[0] - consensus.lower[0] > 5 * (consensus.upper[1] - consensus.lower[1])


def test_statement_that_nobody_saw_comes_last() -> None:
    counts = np.zeros((3, 2, 3), dtype=np.int64)
    counts[:, 1] = [20, 0, 10]

    consensus = measure_consensus(Tallies(counts))

    assert consensus.ranked().tolist() == [1, 0]


@pytest.mark.parametrize(("seen", "groups"), [(2, 1), (2, 3), (8, 2), (30, 2), (200, 4)])
def test_lower_bound_is_right_nineteen_times_in_twenty(seen: int, groups: int) -> None:
    randomness = np.random.default_rng(7)
    shares = randomness.random((groups, 20_000))
    agree = randomness.binomial(seen, shares)
    counts = np.stack([seen - agree, np.zeros_like(agree), agree], axis=2)

    consensus = measure_consensus(Tallies(counts))

    truth = shares.prod(axis=0) ** (1 / groups)
    assert np.mean(consensus.lower <= truth) >= 0.945
    assert np.mean(consensus.upper >= truth) >= 0.945


def test_withdrawn_votes_are_not_counted_unless_as_in_polis() -> None:
    export = load("vtaiwan.uberx").export

    ours = analyse(export.votes, withdrawn=export.withdrawn, groups=2)
    polis = analysed("vtaiwan.uberx", 2)

    assert ours.tallies.seen[:, export.withdrawn].sum() == 0
    assert polis.tallies.seen[:, export.withdrawn].sum() > 50
    for analysis in (ours, polis):
        listed = {row.statement for row in analysis.representative}
        listed |= {row.statement for row in analysis.majority}
        assert not listed & set(np.flatnonzero(export.withdrawn))
        assert not set(analysis.ranked) & set(np.flatnonzero(export.withdrawn))


def digest_of(analysis: Analysis) -> str:
    """Return a digest of rounded results: what lies beyond nine digits is the machine's."""
    numbers = [
        analysis.points,
        analysis.consensus.lower,
        analysis.consensus.product,
        analysis.priorities,
    ]
    rounded = [
        [f"{value + 0:.6f}" for value in np.round(each, 6).reshape(-1) + 0.0] for each in numbers
    ]
    rows = [
        (row.group, row.statement, row.votes, round(row.ratio_test, 6))
        for row in analysis.representative
    ]
    whole = [analysis.labels.tolist(), analysis.tallies.counts.tolist(), rounded, rows,
             round(analysis.choice.agreement, 6), round(analysis.choice.spread, 4)]  # fmt: skip
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def test_same_votes_and_seed_give_the_same_bytes() -> None:
    votes, _ = votes_of(1_500, 120, each=40)

    assert digest_of(analyse(votes)) == GOLDEN


@pytest.mark.parametrize("threads", ["1", "2", "4"])
def test_threads_of_the_machine_change_no_byte(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, threads)
    code = "from tests.opinion import test_analysis as t; v, _ = t.votes_of(1_500, 120, each=40); print(t.digest_of(t.analyse(v)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == GOLDEN


def test_other_seed_finds_the_same_camps() -> None:
    votes, _ = votes_of(1_500, 120, each=40)

    one, other = analyse(votes, seed=1), analyse(votes, seed=2)

    assert adjusted_rand(one.labels + 1, other.labels + 1) > 0.98


def test_seed_is_part_of_the_result() -> None:
    votes, _ = votes_of(60, 20)

    assert analyse(votes, seed=5).seed == 5
