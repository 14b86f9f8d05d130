"""`goftogu shutdown`: the network is cut, or will be; what follows from it, everybody can see."""

from typing import Annotated

import typer

from .opened import opened_house
from .output import emit, emit_json, remark


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Shutdown mode: the network is cut, or may be at any hour."
    )
    group.command(name="on")(turn_on)
    group.command(name="off")(turn_off)
    group.command()(status)
    app.add_typer(group, name="shutdown")


def turn_on() -> None:
    """Begin it, at once: officials' clocks stand still, and every page says so. Signed, logged."""
    _turn(is_on=True)
    remark(
        "Shutdown mode is on. Bundles grow by a part each hour: cast them, hand them on "
        "(docs/bundles.md), and go over what works today."
    )


def turn_off() -> None:
    """End it, at once: the clocks of officials run again. Signed, logged."""
    _turn(is_on=False)
    remark("Shutdown mode is off: clocks run again, without the days in between.")


def status(
    *, as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False
) -> None:
    """Say whether it is on, and on which days it was: the first day, and the first one after it."""
    from app import hearings

    with opened_house() as house, house.db.read() as work:
        found = hearings.list_pauses(work, house.door.instance_did)
    spans = [
        (each.begun_on.isoformat(), each.ended_on.isoformat() if each.ended_on else "")
        for each in found
    ]
    if as_json:
        is_on = bool(spans) and not spans[-1][1]
        emit_json({"on": is_on, "pauses": [{"from": a, "until": b or None} for a, b in spans]})
        return
    for first, last in spans:
        emit(f"{first}\t{last or 'on'}")
    if not spans or spans[-1][1]:
        remark("Shutdown mode is off.")


def _turn(*, is_on: bool) -> None:
    from app import hearings

    with opened_house() as house, house.db.write() as work:
        is_new = hearings.set_shutdown(work, house.door, is_on=is_on)
    if not is_new:
        remark("It was so already; nothing was signed.")
