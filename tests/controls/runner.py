"""Runs tests in a copy of the project, so that a control can be taken away without harm."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.controls.control import ROOT, Control

_PARTS = ("app", "migrations", "static", "templates", "tests", "tor", "translations")
_FILES = ("alembic.ini", "pyproject.toml", "README.md")
PASSED, FAILED = 0, 1
"""Exit codes of pytest; a copy that does not even load gives others."""
PATIENCE_S = 120


def copy_project(to: Path) -> Path:
    """Copy what runs."""
    for part in _PARTS:
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy(ROOT / name, to / name)
    (to / ".venv").symlink_to((ROOT / ".venv").resolve())
    return to


def run(copy: Path, *tests: str, is_whole: bool = True) -> int:
    """Run tests in a copy; return pytest's exit code.

    A whole copy is compiled once. What is compiled of a changed one is not kept: another change
    within the same second would not be seen.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    # As the gate runs them: with a night's examples a test that is green would run out of patience.
    environment = {**os.environ, "PYTHONPATH": str(copy), "GOFTOGU_TEST_PROFILE": "ci"}
    for name in ("PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    if not is_whole:
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
    try:
        done = subprocess.run(
            [*command, *(f"tests/{test}" for test in tests)],
            cwd=copy,
            env=environment,
            capture_output=True,
            check=False,
            timeout=None if is_whole else PATIENCE_S,
        )
    except subprocess.TimeoutExpired:
        # Without a lock, or somebody's turn, a test can wait for what never comes.
        return FAILED
    return done.returncode


def run_without(copy: Path, control: Control) -> int:
    """Run a control's test in a copy without the control, which comes back."""
    path = control.path(copy)
    source = path.read_text(encoding="utf-8")
    path.write_text(control.taken_from(source), encoding="utf-8")
    try:
        return run(copy, control.test, is_whole=False)
    finally:
        path.write_text(source, encoding="utf-8")
