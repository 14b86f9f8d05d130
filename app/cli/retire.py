"""`goftogu retire`: an instance is wound down, its boards handed over, its keys destroyed."""

import json
import os
import shutil
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from .opened import opened_house
from .output import counted, emit, remark

if TYPE_CHECKING:
    from app.forum import Board
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
        _leave_notice(house, ended)
        house.db.close()
        _destroy(house)
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
    from app.kernel.errors import AppError

    keeper, until, trouble = wiring.open_partner_keeper(house), time.monotonic() + wait, ""
    while True:
        worker.tick(house)
        for act in keeper.list_due():
            try:
                act()
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


def _leave_notice(house: "House", ended: frozenset[str]) -> None:
    """Write what stays: the signed record with its proof, and the page for readers."""
    from app import forum, records, site
    from app.federation import partners
    from app.federation.mirror_page import PAGE_PATH, SHEET_PATH
    from app.federation.retired import NOTICE, BoardHome, render_retired
    from app.kernel import strict_json
    from app.kernel.errors import ConflictError, NotFoundError
    from app.settings import ROOT
    from app.web.languages import load_languages
    from app.web.templating import Templates

    with house.db.read() as work:
        own = house.door.instance_did
        digest, raw = records.list_by_signers(work, [own], "Delete/instance")[0]
        try:
            proof = house.sequencer.published.prove(records.find_place(work, digest))
        except NotFoundError as error:
            raise ConflictError(
                "the log does not show it yet: run this again in an hour"
            ) from error
        kept = set(_list_heirs(strict_json.decode(raw)))
        names, homes = {}, []
        for board, _ in forum.list_boards(work):
            names[board.slug] = board.name.get("en") or next(iter(board.name.values()), board.slug)
            if board.did in kept and board.home != own:
                address = partners.get_partner(work, board.home).url
                homes.append(BoardHome(board=names[board.slug], address=address))
        name = site.get_card(work).name
        languages = load_languages(ROOT / "translations").values()
        page = render_retired(
            name,
            records.verify_record(records.parse_record(raw)).day,
            tuple(homes),
            tuple(names[slug] for slug in sorted(ended)),
            Templates(ROOT / "templates"),
            languages,
        )
    notice = {
        "record": json.loads(raw),
        "proof": proof.decode(),
        "homes": [{"board": each.board, "address": each.address} for each in homes],
        "destroyed": sorted(path.stem for path in (house.settings.data / "keys").iterdir()),
    }
    told = json.dumps(notice, ensure_ascii=False, indent=2).encode() + b"\n"
    public = house.settings.data / "public"
    sheet = (ROOT / "static" / "goftogu.css").read_bytes()
    for path, content in (
        (public / PAGE_PATH, page), (public / SHEET_PATH, sheet), (public / NOTICE, told),
        (house.settings.data / NOTICE, told),
    ):  # fmt: skip
        path.write_bytes(content)
        path.chmod(0o644)
    emit(str(house.settings.data / NOTICE))


def _list_heirs(document: "dict[str, object]") -> list[str]:
    from app.records.codec import actor_did

    listed = document["urn:goftogu:heirs"]
    return [actor_did(each["board"]) for each in listed] if isinstance(listed, list) else []


def _destroy(house: "House") -> None:
    """Overwrite keys and database, and remove all that was not published."""
    from app.federation.retired import NOTICE

    from . import dumps

    data = house.settings.data
    if house.settings.database_url:
        dumps.drop_all(house.settings.database_url)
    for path in [*(data / "keys").iterdir(), *data.glob("goftogu.db*")]:
        _overwrite(path)
    for path in data.iterdir():
        if path.name in {"public", NOTICE, "worker.lock"}:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _overwrite(path: Path) -> None:
    """Write noise over a file and remove it. A disk may keep what it had: encrypt it (docs)."""
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left:
            left -= file.write(os.urandom(min(left, 1024**2)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
