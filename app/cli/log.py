"""`goftogu log`: what an operator does with the instance's own log; what anyone does with any."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from .monitor import Memory, ending_with_three, keeping_evidence, open_source, show, verify
from .output import counted, emit, remark


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Check any log; let this instance's sign again.")
    group.command()(resume)
    group.command()(refetch)
    group.command()(compare)
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
        raise typer.BadParameter("give CHECKPOINT, or --never-signed")
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
    signed = counted(given.tree.size, "entry", "entries")
    if entries < given.tree.size:
        remark(
            f"The log has signed {signed} and the database has {entries}: nothing is signed until"
            " the missing ones are back: `goftogu log refetch --from MIRROR`."
        )
    else:
        remark(f"The log goes on after {signed}.")


def compare(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint of this log, of any age.")],
) -> None:
    """Say whether the database begins with exactly what a checkpoint signed. Changes nothing."""
    from .opened import opened_house

    with opened_house() as house:
        size = house.sequencer.compare(checkpoint.read_bytes())
    emit(f"{counted(size, 'entry', 'entries')} of the log verify")


def refetch(
    source: Annotated[
        str, typer.Option("--from", help="A mirror's address, or the folder of one.")
    ],
) -> None:
    """Fetch what the log has signed since an older backup. Stop the forum first.

    All of it is verified against the log's own last checkpoint, and comes back as a whole or not at
    all; what was erased stays erased. The log then signs again, and shows what came back.
    """
    from app import site, tlog, wiring
    from app import worker as worker_process
    from app.federation.refetch import look_at_copy
    from app.federation.refetch import refetch as bring_back
    from app.settings import Settings

    settings = Settings()
    house = wiring.open_house(settings)
    with worker_process.only_worker(settings.data), closing(house.db):
        own = house.sequencer.get_own()
        with (
            ending_with_three(source),
            open_source(source) as files,
            keeping_evidence(Memory(None)),
        ):
            shown = look_at_copy(files, own, house.sequencer.published.key)
            with house.db.write() as work:
                start = house.sequencer.require_beginning(work, shown.tiles)
                found = bring_back(
                    work, house.door, files, shown, start, site.erase_again, show("Fetching")
                )
        house.sequencer.resume(found.checkpoint.note.encode())
        worker_process.tick(house)
        with house.db.read() as work:
            entries = tlog.count_entries(work)
    back = counted(found.entries, "entry", "entries")
    emit(f"Back in the database: {back}, {found.erased} of them of erased records")
    if found.refused:
        remark(f"Kept, and not shown: {found.refused}. `goftogu check` names them.")
    remark(f"The log goes on after {counted(entries, 'entry', 'entries')}.")
