"""`goftogu log`: what an operator does with the instance's own log; what anyone does with any."""

from pathlib import Path
from typing import Annotated

import typer

from .monitor import verify
from .output import remark


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Check any log; let this instance's sign again.")
    group.command()(resume)
    group.command()(verify)
    app.add_typer(group, name="log")


def resume(
    checkpoint: Annotated[
        Path | None, typer.Argument(help="The newest checkpoint, from a mirror or a witness.")
    ] = None,
    never_signed: Annotated[
        bool,
        typer.Option(
            "--never-signed", help="The backup is of an instance whose log was never published."
        ),
    ] = False,
) -> None:
    """Let the log sign again after a backup was restored. Stop the forum first."""
    from app import tlog, wiring
    from app import worker as worker_process
    from app.settings import Settings

    if (checkpoint is None) != never_signed:
        raise typer.BadParameter("give FILE, or --never-signed")
    settings = Settings()
    house = wiring.open_house(settings)
    with worker_process.only_worker(settings.data):
        try:
            if checkpoint is None:
                with house.db.write() as work:
                    tlog.forgo_checkpoint(work)
                remark("The log begins to sign with the next start.")
                return
            given = house.sequencer.resume(checkpoint.read_bytes())
            with house.db.read() as work:
                entries = tlog.count_entries(work)
        finally:
            house.db.close()
    if entries < given.tree.size:
        remark(
            f"The log has signed {given.tree.size} entries and the database has {entries}: nothing "
            "is signed until the missing ones are back."
        )
    else:
        remark(f"The log goes on after {given.tree.size} entries.")
