"""Commands about words that only the host's legal contact can open."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .opened import opened_house
from .output import emit, remark

Digest = Annotated[str, typer.Argument(help="The post's digest, as in its address.")]


def add_to(group: typer.Typer) -> None:
    """Add the commands to those of moderation."""
    contact = typer.Typer(no_args_is_help=True, help="To whom quarantined words are sealed.")
    contact.command(name="set")(set_contact)
    contact.command(name="show")(show_contact)
    group.add_typer(contact, name="legal-contact")
    group.command(name="sealed")(write_sealed)
    group.command(name="give-back")(give_back)


def set_contact(
    key: Annotated[str, typer.Argument(help="A public key of age (age1…); empty for nobody.")],
) -> None:
    """Seal quarantined words to this key from now on. Nobody here can open them."""
    from app.moderation.files import set_legal_contact

    with opened_house() as house:
        set_legal_contact(house.settings.data, key)
    remark("Quarantined words are sealed to this key." if key else "Quarantine only hides now.")


def show_contact() -> None:
    """Print the key that quarantined words are sealed to."""
    from app.moderation.files import read_legal_contact

    with opened_house() as house:
        key = read_legal_contact(house.settings.data)
    if key:
        emit(key)
    else:
        remark("There is none: `goftogu moderation legal-contact set KEY` names one.")


def write_sealed(digest: Digest) -> None:
    """Write what is sealed of a post to standard output, for the legal contact's copy of age."""
    from app import moderation

    with opened_house() as house, house.db.read() as work:
        sealed = moderation.get_sealed(work, _digest(digest))
    sys.stdout.buffer.write(sealed.box)


def give_back(
    digest: Digest,
    identity: Annotated[
        Path, typer.Option(help="A file with the legal contact's AGE-SECRET-KEY-1…")
    ],
) -> None:
    """Bring the words of a quarantined post back. Each must be what its author signed."""
    from app import moderation

    with opened_house() as house:
        with house.db.write() as work:
            is_shown = moderation.give_back(work, _digest(digest), _read_identity(identity))
        house.db.scrub()
    if is_shown:
        remark("The words are back, and readers see them.")
    else:
        remark("The words are back. They stay hidden until a desk undoes its act.")


def _digest(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise typer.BadParameter("a digest has 64 letters from 0 to f") from error


def _read_identity(path: Path) -> str:
    """Return the secret key in a file as `age-keygen` writes it."""
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return next((line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")), "")
