"""The drills by night. In the gate `cli/test_succession.py` takes a board over in one process."""

from pathlib import Path

import pytest

from tests.drills.run import DRILLS, run_one

pytestmark = pytest.mark.nightly


@pytest.mark.parametrize("name", sorted(DRILLS))
def test_drill_has_no_red_line(name: str, tmp_path: Path) -> None:
    report = run_one(name, tmp_path)

    assert report.reds == []
    assert report.greens >= 8
    assert report.steps
