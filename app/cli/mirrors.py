"""`goftogu mirrors`: which mirrors this host's card lists."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from .opened import opened_house
from .output import emit, remark

if TYPE_CHECKING:
    from app.db import Work
    from app.wiring import House

Address = Annotated[str, typer.Argument(help="Like https://mirror.example/goftogu")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="The mirrors that this host's signed card lists."
    )
    group.command()(add)
    group.command()(remove)
    group.command(name="list")(list_all)
    app.add_typer(group, name="mirrors")


def add(address: Address) -> None:
    """List a mirror on the card. Check it first: `goftogu log verify ADDRESS`."""
    from app import site

    def change(house: "House", work: "Work") -> None:
        site.add_mirror(work, house.door, house.keys["instance"], address)

    _change(change)


def remove(address: Address) -> None:
    """List a mirror no more. Cards that people printed list it still."""
    from app import site

    def change(house: "House", work: "Work") -> None:
        site.remove_mirror(work, house.door, house.keys["instance"], address)

    _change(change)


def list_all() -> None:
    """Print the mirrors that the card lists."""
    from app import site

    with opened_house() as house, house.db.read() as work:
        mirrors = site.list_mirrors(work)
    if not mirrors:
        remark("The card lists no mirror: `goftogu mirrors add ADDRESS` lists one.")
    for mirror in mirrors:
        emit(mirror)


def _change(change: "Callable[[House, Work], None]") -> None:
    from app import site

    with opened_house() as house, house.db.write() as work:
        change(house, work)
        count = len(site.list_mirrors(work))
    remark(f"Mirrors on the card: {count}. /.well-known/goftogu shows it now.")
