"""`goftogu retire`: an instance is wound down, its boards handed over, its keys destroyed."""

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Final

import typer

from . import ending
from .opened import opened_house
from .output import counted, remark

if TYPE_CHECKING:
    from app.forum import Board
    from app.settings import Settings
    from app.wiring import House

_LOOK_AGAIN_S: Final = 5.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(retire)


def retire(
    end: Annotated[
        list[str] | None,
        typer.Option("--end", help="A board that nobody is to keep; may be given more than once."),
    ] = None,
    yes: Annotated[
        str, typer.Option(help="This host's fingerprint, where nobody can be asked.")
    ] = "",
    wait: Annotated[
        int, typer.Option(min=0, help="Seconds to wait for those who take boards over.")
    ] = 600,
) -> None:
    """Wind this instance down for good. Run it again until it says that it is done.

    The forum only reads meanwhile: `GOFTOGU_READ_ONLY=1 goftogu serve --apart`. First it says in
    the log that this host ends, then its successors take the boards over, last its keys and its
    database are destroyed. What was published stays.
    """
    from app import worker
    from app.settings import Settings

    settings = Settings()
    if ending.has_begun(settings.data):
        # There may be no key left to open it with, nor a table.
        with worker.only_worker(settings.data):
            _destroy(settings)
        return
    with opened_house() as house, ExitStack() as stack:
        stack.enter_context(worker.only_worker(house.settings.data))
        ended = _require_heirs(house, frozenset(end or ()))
        if not _has_said(house):
            _require_nothing_waits(house)
            _require_consent(house, ended, yes)
            _say(house, ended)
        if not _wait_for_heirs(house, ended, wait):
            raise typer.Exit(1)
        _require_consent(house, ended, yes, is_last=True)
        ending.leave_notice(house, ended)
        house.db.close()
        _destroy(settings)


def _destroy(settings: "Settings") -> None:
    ending.destroy(settings.data, settings.database_url)
    remark("Done. `goftogu serve` shows a page that says where the boards are, for as long as")
    remark("you like; the folder `public` beside it is what anyone may copy.")


def _own_boards(house: "House") -> "list[Board]":
    from app import forum

    with house.db.read() as work:
        boards = [board for board, _ in forum.list_boards(work)]
    return [board for board in boards if board.home == house.door.instance_did]


def _require_heirs(house: "House", end: frozenset[str]) -> frozenset[str]:
    """Return the boards that end; each of the others has somebody who may take it over."""
    from app.federation import partners
    from app.federation.partners.errors import SuccessionError

    boards = _own_boards(house)
    unknown = end - {board.slug for board in boards}
    if unknown:
        raise typer.BadParameter(f"no board here: {', '.join(sorted(unknown))}", param_hint="--end")
    for board in boards:
        with house.db.read() as work:
            try:
                partners.find_order(work, board.did)
            except SuccessionError as error:
                if board.slug not in end:
                    raise SuccessionError(
                        f"nobody may take {board.slug} over: sign an order with its key "
                        f"(`goftogu succession order`), or let it end (`--end {board.slug}`)"
                    ) from error
    return end


def _has_said(house: "House") -> bool:
    from app import records

    with house.db.read() as work:
        own = house.door.instance_did
        return bool(records.list_by_signers(work, [own], "Delete/instance"))


def _require_nothing_waits(house: "House") -> None:
    """Require that all that was taken in is in the log: nothing that was promised is lost."""
    from app import tlog, worker
    from app.kernel.errors import ConflictError

    worker.tick(house)
    with house.db.read() as work:
        waiting = sum(tlog.count_pending(work).values())
    if waiting:
        raise ConflictError(
            f"{counted(waiting, 'record waits', 'records wait')} for the tick, which comes within "
            "an hour, or when its author chose: let `goftogu worker` run until then"
        )


def _require_consent(
    house: "House", ended: frozenset[str], yes: str, *, is_last: bool = False
) -> None:
    from app.crypto.multikey import decode_did, fingerprint

    mark = fingerprint(decode_did(house.door.instance_did))
    if is_last:
        remark("Now all keys of this host are destroyed, and its database with what only it has:")
        remark("log-ins, drafts, reports, votes that were not published. Nothing brings them back.")
    else:
        remark(f"This winds down {house.settings.name} ({mark}) in {house.settings.data}.")
        remark("Its log says so for good, and its successors take its boards over.")
        if ended:
            remark(f"These boards end: {', '.join(sorted(ended))}.")
        remark("Have you told people to write their twelve words down? They log in with them.")
    typed = yes or str(typer.prompt("Type this host's fingerprint to go on", err=True))
    if "".join(typed.split()).lower() != "".join(mark.split()).lower():
        raise typer.BadParameter("another fingerprint than this host's: nothing was done")


def _say(house: "House", ended: frozenset[str]) -> None:
    """Sign that this instance ends, and publish it."""
    from app import worker
    from app.federation import partners

    heirs = {}
    with house.db.write() as work:
        for board in _own_boards(house):
            if board.slug not in ended:
                heirs[board.did] = partners.find_order(work, board.did).successors[0]
        partners.retire(work, house.door, heirs)
    worker.tick(house)
    remark("Said in the log. Partners read it with their next look.")


def _wait_for_heirs(house: "House", ended: frozenset[str], wait: int) -> bool:
    """Look at partners until all boards that are to be kept are at home elsewhere."""
    from app import wiring, worker
    from app.federation import partners
    from app.kernel.errors import AppError

    keeper, until, trouble = wiring.open_partner_keeper(house), time.monotonic() + wait, ""
    while True:
        worker.tick(house)
        with house.db.read() as work:
            believed = [
                each
                for each in partners.list_partners(work)
                if each.state is partners.PartnerState.ACTIVE
            ]
        for each in believed:
            try:
                keeper.keep_up(each)
            except AppError as error:
                trouble = str(error)
        left = [board for board in _own_boards(house) if board.slug not in ended]
        if not left or time.monotonic() >= until:
            break
        time.sleep(min(_LOOK_AGAIN_S, max(until - time.monotonic(), 0)))
    for board in left:
        remark(f"Still at home here: {board.slug}. {trouble}")
    if left:
        remark(
            "Nothing is destroyed. Have a successor run `goftogu succession take`; run this again."
        )
    return not left
