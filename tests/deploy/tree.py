"""A folder that stands for a machine's `/`, with versions beside each other and something that stands for systemd."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

CHECKOUT: Final = Path(__file__).resolve().parents[2]
_VENV: Final = Path(sys.executable).parent
_PARTS: Final = (
    "LICENSE", "README.md", "alembic.ini", "app", "deploy", "migrations", "pyproject.toml", "requirements",
    "static", "templates", "tor", "translations",
)  # fmt: skip
# Starts and stops the forum, as the unit does; agrees to all else.
_SYSTEMCTL: Final = """#!/bin/bash
pid=$(cat "$ROOT/pid" 2>/dev/null)
case "$*" in
  "start goftogu")
    release=$ROOT/opt/goftogu/current
    setsid "$release/deploy/as-forum" "$release/.venv/bin/goftogu" serve \\
      --listen "unix:$ROOT/run/goftogu/web.sock" >>"$ROOT/serve.log" 2>&1 </dev/null &
    echo $! >"$ROOT/pid" ;;
  "stop goftogu")
    kill "$pid"
    while grep -qs '^State:[[:space:]]*[^Z[:space:]]' "/proc/$pid/status"; do sleep 0.05; done ;;
  "is-active --quiet goftogu")
    grep -qs '^State:[[:space:]]*[^Z[:space:]]' "/proc/$pid/status" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Tree:
    """The folder."""

    root: Path

    @property
    def data(self) -> Path:
        """GOFTOGU_DATA."""
        return self.root / "var/lib/goftogu"

    @property
    def socket(self) -> Path:
        """Where the forum's front would ask."""
        return self.root / "run/goftogu/web.sock"

    @property
    def current(self) -> str:
        """The version that is served."""
        return (self.root / "opt/goftogu/current").readlink().name

    def run(self, program: Path | str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of `deploy` here."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("GOFTOGU_")
        }
        path = f"{self.root / 'bin'}:{kept['PATH']}"
        return subprocess.run(
            [program, *words],
            env=kept | {"ROOT": str(self.root), "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def control(self, *words: str) -> bool:
        """Tell what stands for systemd."""
        return self.run(self.root / "bin/systemctl", *words).returncode == 0

    def stage(self, source: Path) -> str:
        """Put a version beside the others, with this environment for one of its own; return its name."""
        script = f". '{source / 'deploy' / 'lib'}'; name_release"
        name = self.run("bash", "-c", script).stdout.strip()
        release = self.root / "opt/goftogu/releases" / name
        shutil.copytree(source, release)
        (release / ".venv/bin").mkdir(parents=True)
        for program in ("goftogu", "python"):
            file = release / ".venv/bin" / program
            file.write_text(f'#!/bin/sh\nPYTHONPATH={release} exec {_VENV / program} "$@"\n')
            file.chmod(0o755)
        (release / ".complete").touch()
        return name


def make_source(folder: Path, migration: str = "") -> Path:
    """Copy what a version is made of; with a further migration, if its text is given."""
    folder.mkdir(parents=True)
    for part in _PARTS:
        if (CHECKOUT / part).is_dir():
            shutil.copytree(
                CHECKOUT / part,
                folder / part,
                ignore=shutil.ignore_patterns("__pycache__", "node_modules"),
            )
        else:
            shutil.copy(CHECKOUT / part, folder / part)
    if migration:
        (folder / "migrations/versions/9999_trial.py").write_text(migration)
    return folder


def need(program: str) -> str:
    """Return a program's path; skip where it is missing, but for the gate, where none may be."""
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{program} is not installed: see tests/needs")
        pytest.skip(f"{program} is not installed: see tests/needs")
    return found


@contextmanager
def made_tree() -> Iterator[Tree]:
    """Yield an empty tree; its path is short enough for sockets. What runs in it ends with it."""
    root = Path(tempfile.mkdtemp(prefix="g-", dir="/tmp"))
    tree = Tree(root)
    (root / "bin").mkdir()
    (root / "bin/systemctl").write_text(_SYSTEMCTL)
    (root / "bin/systemctl").chmod(0o755)
    (root / "run/goftogu").mkdir(parents=True)
    try:
        yield tree
    finally:
        if tree.control("is-active", "--quiet", "goftogu"):
            tree.control("stop", "goftogu")
        shutil.rmtree(root)
