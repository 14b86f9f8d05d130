"""The same votes give the same bytes under another version of Python (OPINION.md).

It is asked for by its path, with this project installed: Debian 13's, in a tree of its own
(`debootstrap --include=python3-venv trixie …`, then `requirements/setup python3 main` in there), or
any other.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.opinion.conversations import ALL, read_text

pytestmark = pytest.mark.nightly

OTHER = os.environ.get("GOFTOGU_OTHER_PYTHON", "")


@pytest.mark.skipif(not OTHER, reason="GOFTOGU_OTHER_PYTHON names no second Python")
@pytest.mark.parametrize("name", ALL)
def test_analysis_has_the_same_bytes_under_another_python(tmp_path: Path, name: str) -> None:
    files = {part: tmp_path / f"{part}.csv" for part in ("votes", "comments")}
    for file in files.values():
        file.write_text(read_text(name, file.name))
    run = "from app.cli import main; main()"
    votes, comments = (str(files[part]) for part in ("votes", "comments"))
    asked = ["-c", run, "opinion", "analyse", votes, "--comments", comments]

    ours, theirs = (
        subprocess.run([python, *asked, "--json"], capture_output=True, check=True)
        for python in (sys.executable, OTHER)
    )

    assert _version(sys.executable) != _version(OTHER)
    assert ours.stdout == theirs.stdout


def _version(python: str) -> bytes:
    return subprocess.run([python, "-V"], capture_output=True, check=True).stdout
