"""`goftogu listening`: the table of margins that what was heard is weighted by."""

from pathlib import Path
from typing import Annotated

import typer

from app.listening import MARGINS, OWN_MARGINS, parse_margins
from app.settings import Settings

from .output import emit, remark


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="See to what is heard, and what it rests on.")
    group.callback()(lambda: None)
    group.command()(margins)
    app.add_typer(group, name="listening")


def margins(
    table: Annotated[
        Path | None, typer.Argument(help="A table of margins; without one, that which holds.")
    ] = None,
    use: Annotated[bool, typer.Option("--use", help="Keep it as this host's own table.")] = False,
) -> None:
    """Check a table of the population's margins, and say how it is made up."""
    own = Settings().data / OWN_MARGINS
    text = (table or (own if own.exists() else MARGINS)).read_text("utf-8")
    for margin in parse_margins(text):
        emit(f"{margin.name} ({margin.year})" + (", doubtful" if margin.is_doubtful else ""))
        for level, share, low, high in zip(
            margin.levels, margin.shares, margin.lows, margin.highs, strict=True
        ):
            emit(f"  {level}: {share:.3f}" + (f" ({low:.3f} to {high:.3f})" if low != high else ""))
        emit(f"  {margin.source}")
    if use and table is not None:
        own.write_text(text, "utf-8")
        remark("The next release is weighted by it. Those that are published stay as they are.")
