"""Each control, taken away once, turns its test red (SECURITY.md L9)."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.controls import (
    at_the_edge,
    in_bundles,
    in_records,
    in_the_log,
    of_attacks,
    of_ballots,
    of_boards,
    of_bridging,
    of_copies,
    of_desks,
    of_hiding,
    of_listeners,
    of_listening,
    of_officials,
    of_opinion,
    of_partners,
    of_peace,
    of_personas,
    of_probation,
    of_ratings,
    of_removal,
    of_reports,
    of_results,
    of_several_processes,
    of_sides,
    of_the_moderation_log,
    of_tokens,
    of_tor,
    of_translations,
    of_turned_desks,
    of_watching,
    on_the_disk,
    runner,
)
from tests.controls.control import ROOT, Control

CONTROLS = (
    *at_the_edge.CONTROLS,
    *in_bundles.CONTROLS,
    *in_records.CONTROLS,
    *in_the_log.CONTROLS,
    *of_ballots.CONTROLS,
    *of_boards.CONTROLS,
    *of_bridging.CONTROLS,
    *of_attacks.CONTROLS,
    *of_copies.CONTROLS,
    *of_hiding.CONTROLS,
    *of_desks.CONTROLS,
    *of_listeners.CONTROLS,
    *of_officials.CONTROLS,
    *of_opinion.CONTROLS,
    *of_partners.CONTROLS,
    *of_peace.CONTROLS,
    *of_personas.CONTROLS,
    *of_probation.CONTROLS,
    *of_ratings.CONTROLS,
    *of_removal.CONTROLS,
    *of_reports.CONTROLS,
    *of_results.CONTROLS,
    *of_listening.CONTROLS,
    *of_several_processes.CONTROLS,
    *of_sides.CONTROLS,
    *of_the_moderation_log.CONTROLS,
    *of_tokens.CONTROLS,
    *of_tor.CONTROLS,
    *of_translations.CONTROLS,
    *of_turned_desks.CONTROLS,
    *of_watching.CONTROLS,
    *on_the_disk.CONTROLS,
)
each = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)


@cache
def names_in(file: Path) -> set[str]:
    """Return the tests of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def is_test(place: str) -> bool:
    """Return whether a test stands where `place` says."""
    file, _, name = place.partition("::")
    return name in names_in(ROOT / "tests" / file)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which every test of the table passes."""
    copy = runner.copy_project(tmp_path_factory.mktemp("copy"))
    assert runner.run(copy, *sorted({control.test for control in CONTROLS})) == runner.PASSED
    return copy


@pytest.mark.parametrize("file", sorted({control.file for control in CONTROLS}))
def test_table_fits_the_code(file: str) -> None:
    source = (ROOT / file).read_text(encoding="utf-8")
    mine = [control for control in CONTROLS if control.file == file]

    assert [control.name for control in mine if source.count(control.old) != 1] == []
    # All are taken away at once; two that share a line stand apart.
    without = source
    for control in mine:
        if control.old not in without:
            ast.parse(control.taken_from(source))
        without = control.taken_from(without)
    ast.parse(without)


def test_every_control_names_a_test() -> None:
    nameless = {control.name for control in CONTROLS if not is_test(control.test)}

    assert nameless == set()


def test_every_control_has_a_name_of_its_own() -> None:
    assert len({control.name for control in CONTROLS}) == len(CONTROLS)


@pytest.mark.nightly
@each
def test_control_taken_away_turns_its_test_red(control: Control, copy: Path) -> None:
    assert runner.run_without(copy, control) == runner.FAILED
