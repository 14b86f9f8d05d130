"""`goftogu mirror`: an instance as static files, for any web server, disk or stick."""

import os
from pathlib import Path
from typing import Annotated

import typer

from app.federation.folders import Folder
from app.federation.monitor import Shown
from app.tlog.errors import SplitViewError

from .monitor import ending_with_three, read_policy, show
from .output import complain, counted, emit
from .transport import Address


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(mirror)


def mirror(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new folder, or one that this command filled.")
    ],
    source: Annotated[str, typer.Option("--from", help="An instance's or a mirror's address.")],
    policy: Annotated[
        Path | None, typer.Option(help="Which logs and witnesses you believe (C2SP tlog-policy).")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Ask for all of it again, also for what is here already.")
    ] = False,
) -> None:
    """Copy an instance into a folder, or bring the copy up to date; everything is verified first.

    Run it again to keep up. A run that was cut off goes on where it was.
    """
    from app.federation.mirror import keep_up
    from app.federation.mirror_page import render_pages
    from app.settings import ROOT
    from app.web.languages import load_languages
    from app.web.templating import Templates

    if not source.startswith(("http://", "https://")):
        raise typer.BadParameter("begin with http:// or https://", param_hint="--from")
    templates, languages = Templates(ROOT / "templates"), load_languages(ROOT / "translations")
    sheet = (ROOT / "static" / "goftogu.css").read_bytes()

    def make_pages(shown: Shown) -> dict[str, bytes]:
        return render_pages(shown, templates, languages.values(), sheet)

    believed = read_policy(policy)
    folder.mkdir(parents=True, exist_ok=True)
    with ending_with_three(source), Folder(folder) as files, files.hold(), Address(source) as host:
        try:
            copied = keep_up(
                files,
                host,
                make_pages,
                # One call for any number of files; a sync of each would take an hour for a million.
                settle=os.sync,
                policy=believed,
                everything=everything,
                progress=show("Copying"),
            )
        except SplitViewError:
            complain(f"Both checkpoints are in {folder}/split-view-….txt: publish them.")
            raise
    size = copied.shown.checkpoint.tree.size
    new = counted(copied.records, "record", "records")
    emit(f"{counted(size, 'entry', 'entries')}; {new} new, {copied.removed} taken away")
