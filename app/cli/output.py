"""Where words go: results to stdout, all else to stderr."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import typer

DOES_NOT_VERIFY: Final = 3
"""What a command ends with where something that it was given does not hold."""


def complain(sentence: str) -> None:
    """Say what went wrong."""
    typer.secho(sentence, fg="red", err=True)


def remark(sentence: str) -> None:
    """Say something beside the result."""
    typer.secho(sentence, err=True)


def emit(text: str) -> None:
    """Write a result as a line of text."""
    sys.stdout.write(text + "\n")


def emit_bytes(raw: bytes) -> None:
    """Write a record exactly: no line end is added to signed bytes, unless somebody reads them."""
    sys.stdout.buffer.write(raw + b"\n" * sys.stdout.isatty())
    sys.stdout.buffer.flush()


def emit_json(value: Any) -> None:
    """Write a result for a program."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def counted(count: int, one: str, many: str) -> str:
    """Return a number and what it counts, like `1 record`."""
    return f"{count} {one if count == 1 else many}"


@contextmanager
def progress(title: str, total: int) -> Iterator[Any]:
    """Show a bar on a terminal while long work goes on; yield a function that advances it.

    It advances by one, or by as many as it is given.
    """
    # Only now: a server shows none, and would hold three megabytes for it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(title, total=total)
        yield lambda steps=1: bar.advance(task, steps)
