"""Runs the command `goftogu` as a program would: words, standard input, a folder; an exit code and two streams.

`goftogu` enters the very `main` of the program in this process, because starting one takes over a second;
`start` starts one.
"""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

from app.cli import main

from tests.journeys.instance import COMMAND
from tests.process import process_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command left behind."""

    code: int
    out: bytes
    err: str


def goftogu(
    *words: str | Path,
    given: bytes | str = b"",
    data: Path | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Done:
    """Run a command here; `settings` are variables of the environment, without their beginning."""
    said = {f"GOFTOGU_{name}": value for name, value in settings.items()}
    stdin, stdout, stderr = (
        io.TextIOWrapper(io.BytesIO(start), "utf-8") for start in (_bytes(given), b"", b"")
    )
    argv = ["goftogu", *map(str, words)]
    code = 0
    with (
        process_kept(),
        patch.multiple(sys, argv=argv, stdin=stdin, stdout=stdout, stderr=stderr),
        patch.dict(os.environ, _environment(data) | said, clear=True),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return _done(code, *(_written(stream) for stream in (stdout, stderr)))


def start(*words: str | Path, given: bytes | str = b"", data: Path | None = None) -> Done:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [COMMAND, *words],
        input=_bytes(given),
        env=_environment(data),
        capture_output=True,
        check=False,
    )
    return _done(done.returncode, done.stdout, done.stderr)


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    stream.seek(0)
    return bytes(stream.buffer.read())


def _bytes(given: bytes | str) -> bytes:
    return given.encode() if isinstance(given, str) else given


def _done(code: int, out: bytes, err: bytes) -> Done:
    return Done(code=code, out=out, err=err.decode())


def _environment(data: Path | None) -> dict[str, str]:
    """Return our environment with one instance's folder, and without other settings of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOFTOGU_")}
    return kept | ({"GOFTOGU_DATA": str(data)} if data else {})
