"""`goftogu backup` and `goftogu restore`: a copy of an instance that its own host cannot open."""

import json
import os
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


def backup(
    to: Annotated[Path | None, typer.Option(help="The file to write.")] = None,
    recipient: Annotated[
        list[str] | None, typer.Option(help="age1…, whose secret key is kept elsewhere.")
    ] = None,
    erasures: Annotated[
        bool, typer.Option("--erasures", help="Print the digests of what was erased instead.")
    ] = False,
) -> None:
    """Write database and keys into one file, sealed with age; may run while the forum is served."""
    from app import records
    from app.kernel.clock import day_of

    from . import archive

    with opened_house() as house:
        if erasures:
            with house.db.read() as work:
                for digest in sorted(records.list_erased(work)):
                    emit(digest.hex())
            return
        if to is None or not recipient:
            raise typer.BadParameter("give --to FILE and at least one --recipient age1…")
        archive.write(house, to, recipient)
        day = day_of(house.clock.now()).isoformat()
        (house.settings.data / LAST).write_text(json.dumps({"day": day}) + "\n", "ascii")
    remark(f"Backup written to {to}. Copy it, and {house.settings.data / 'erased.log'}, elsewhere.")


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
