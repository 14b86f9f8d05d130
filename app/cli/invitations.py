"""`goftogu invitations`: the months whose invitations are good here, and freezing one."""

from typing import Annotated

import typer

from .opened import opened_house
from .output import emit, emit_json, remark

Month = Annotated[str, typer.Argument(help="Like 2026-11; `goftogu invitations list` shows them.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Months of invitations: a whole month can be frozen, none alone."
    )
    group.command(name="list")(list_all)
    group.command()(freeze)
    group.command()(unfreeze)
    app.add_typer(group, name="invitations")


def list_all(
    as_json: Annotated[bool, typer.Option("--json", help="Print for a program.")] = False,
) -> None:
    """Print each month, how many came with its invitations, and whether it is frozen."""
    from app import identity

    with opened_house() as house, house.db.read() as work:
        months = [
            (cohort.name, identity.count_spent(work, cohort.name), cohort.is_frozen)
            for cohort in identity.list_cohorts(work)
        ]
    if as_json:
        names = ("month", "spent", "is_frozen")
        emit_json([dict(zip(names, month, strict=True)) for month in months])
        return
    for name, spent, is_frozen in months:
        emit(f"{name}\t{spent}\t{'frozen' if is_frozen else 'open'}")


def freeze(month: Month) -> None:
    """Let nobody give or use a month's invitations; who came with one is on probation again."""
    _set(month, is_frozen=True)
    remark(f"The invitations of {month} are frozen. `goftogu invitations unfreeze` undoes it.")


def unfreeze(month: Month) -> None:
    """Let a frozen month's invitations be used again."""
    _set(month, is_frozen=False)
    remark(f"The invitations of {month} are good again.")


def _set(month: str, *, is_frozen: bool) -> None:
    from app import identity

    with opened_house() as house, house.db.write() as work:
        identity.freeze_cohort(work, month, is_frozen=is_frozen)
