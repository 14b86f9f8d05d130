"""Runs the drills, each in a town of its own."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import typer

from tests.drills import seizure, shutdown, succession
from tests.drills.hosts import Town, running_town
from tests.drills.report import Report

DRILLS: Final[Mapping[str, Callable[[Town, Report], None]]] = {
    "seizure": seizure.drill,
    "succession": succession.drill,
    "shutdown": shutdown.drill,
}


def run_one(name: str, folder: Path) -> Report:
    """Run a drill on three new hosts in a folder."""
    report = Report(name)
    with running_town(folder / name) as town:
        DRILLS[name](town, report)
    if "takeover" in report.seconds:
        took = report.seconds["takeover"]
        report.look(
            f"the takeover took {took:.1f} s, of {succession.MOST_S:.0f}", took < succession.MOST_S
        )
    figures = "".join(f", {what} {took:.1f} s" for what, took in report.seconds.items())
    report.say(f"{len(report.steps)} steps by hand{figures}; {len(report.reds)} red")
    return report


def run_all(folder: Path) -> bool:
    """Run all drills; return whether every line was green."""
    reports = [run_one(name, folder) for name in DRILLS]
    for report in reports:
        for red in report.reds:
            typer.secho(f"red    {report.name}: {red}", fg="red")
    return not any(report.reds for report in reports)
