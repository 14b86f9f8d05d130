"""Commands that appoint the stewards of an instance's boards."""

from typing import Annotated

import typer

from .opened import opened_house
from .output import emit, remark

Fingerprint = Annotated[
    str, typer.Argument(help="A persona's fingerprint, with or without spaces.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Appoint who looks after the boards.")
    group.command()(grant)
    group.command()(revoke)
    group.command(name="list")(list_all)
    app.add_typer(group, name="steward")


def grant(fingerprint: Fingerprint) -> None:
    """Make a persona a steward. May be repeated."""
    from app import identity, moderation

    with opened_house() as house, house.db.write() as work:
        persona = identity.grant_stewardship(work, fingerprint)
        mark = moderation.mark_of(house.marks_key, persona.root)
        moderation.require_no_sponsor(work, persona.root, mark=mark)
    remark(f"{persona.name} ({persona.fingerprint}) is a steward.")


def revoke(fingerprint: Fingerprint) -> None:
    """Take stewardship from a persona. May be repeated."""
    from app import identity

    with opened_house() as house, house.db.write() as work:
        persona = identity.revoke_stewardship(work, fingerprint)
    remark(f"{persona.name} ({persona.fingerprint}) is not a steward.")


def list_all() -> None:
    """Print the stewards: fingerprint and name."""
    from app import identity

    with opened_house() as house, house.db.read() as work:
        stewards = identity.list_stewards(work)
    if not stewards:
        remark("Nobody is a steward: `goftogu steward grant FINGERPRINT` makes a persona one.")
    for persona in stewards:
        emit(f"{persona.fingerprint}\t{persona.name}")
