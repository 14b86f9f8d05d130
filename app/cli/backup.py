"""`goftogu backup` and `goftogu restore`: a copy of an instance that its own host cannot open."""

import json
import os
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from .opened import opened_house
from .output import counted, emit, remark

LAST: Final = "backup.json"
"""In the instance's folder: on which day the last backup was written."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)
    app.command()(drill)


def backup(
    to: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
    recipient: Annotated[
        list[str] | None, typer.Option(help="age1…, whose secret key is kept elsewhere.")
    ] = None,
    recipients: Annotated[
        Path | None, typer.Option(help="A file with such keys, one a line.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="A folder of backups: a day's, and old ones removed.")
    ] = None,
    erasures: Annotated[
        bool, typer.Option("--erasures", help="Print the digests of what was erased instead.")
    ] = False,
) -> None:
    """Write database and keys into one file, sealed with age; may run while the forum is served."""
    from app import records
    from app.kernel.clock import day_of

    from . import archive, rotation

    known = [*(recipient or []), *_list_recipients(recipients)]

    with opened_house() as house:
        if erasures:
            with house.db.read() as work:
                for digest in sorted(records.list_erased(work)):
                    emit(digest.hex())
            return
        if (to is None) == (into is None) or not known:
            raise typer.BadParameter("give --to FILE and at least one --recipient age1…")
        if to is not None:
            archive.write(house, to, known)
        elif into is not None:
            write = partial(archive.write, house, recipients=known)
            to = rotation.add(into, day_of(house.clock.now()), write)
        day = day_of(house.clock.now()).isoformat()
        (house.settings.data / LAST).write_text(json.dumps({"day": day}) + "\n", "ascii")
    remark(f"Backup written to {to}. Copy it, and {house.settings.data / 'erased.log'}, elsewhere.")


def drill(
    backups: Annotated[
        Path | None, typer.Option(help="Look over the backups kept in this folder as well.")
    ] = None,
    program: Annotated[
        Path | None,
        typer.Option("--with", help="Another version's goftogu, to try its migrations on a copy."),
    ] = None,
) -> None:
    """Make a backup, bring it back beside the instance, verify all of it, remove it: green or red.

    What is found stands in drill.json, for the health page; a trial of another version leaves that.
    """
    from . import drill as drills

    # Files that we make are ours alone.
    os.umask(0o077)
    with opened_house() as house:
        result, why = drills.run(house, program, backups)
        if program is None:
            result.write(house.settings.data)
    emit(f"{'green' if result.is_green else 'red'}: {result.note}")
    if not result.is_green:
        remark(why)
        raise typer.Exit(1)


def _list_recipients(path: Path | None) -> list[str]:
    lines = path.read_text("utf-8").splitlines() if path else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def restore(
    file: Annotated[Path, typer.Argument(help="What `backup` wrote.")],
    identity: Annotated[Path, typer.Option(help="File with the secret key of a recipient.")],
    data: Annotated[Path | None, typer.Option(help="An empty folder; else GOFTOGU_DATA.")] = None,
    erasures: Annotated[
        Path | None, typer.Option(help="erased.log: what was erased since must not come back.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="The newest checkpoint of the log, or see `log resume`.")
    ] = None,
) -> None:
    """Bring a backup back into an empty folder: all of it, verified, or nothing."""
    from app.db.erased import read_digests
    from app.settings import Settings

    from . import archive

    settings = Settings()
    if data is not None:
        settings = settings.model_copy(update={"data": data})
    # Files that we make are ours alone.
    before = os.umask(0o077)
    try:
        digests = read_digests(erasures) if erasures else []
        signed = checkpoint.read_bytes() if checkpoint else None
        erased = archive.restore(settings, file, identity, digests, signed)
    finally:
        os.umask(before)
    remark(
        f"Instance restored in {settings.data}. Erased again: {counted(erased, 'post', 'posts')}."
    )
    remark(
        "Its witness key signs nothing: if it is to look after logs, run `goftogu witness renew`."
    )
    if erasures is None:
        remark("Without --erasures, what was erased after the backup is readable again.")
    if checkpoint is None:
        remark(
            "The log signs nothing, and nothing new is shown, until it has its newest checkpoint: "
            "fetch it from a mirror or a witness and run `goftogu log resume FILE`."
        )
