"""The last two steps of an instance: what stays of it is written, and all else is destroyed."""

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from .output import counted, emit, remark

if TYPE_CHECKING:
    from app.wiring import House


def leave_notice(house: "House", ended: frozenset[str]) -> None:
    """Write what stays: the signed record with its proof, and the page for readers."""
    from app import forum, records, site
    from app.federation import partners
    from app.federation.mirror_page import PAGE_PATH, SHEET_PATH
    from app.federation.retired import NOTICE, render_retired
    from app.forum.pages.build import in_language
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
        # Some may have been taken over long before.
        kept = {*_list_heirs(strict_json.decode(raw)), *partners.list_final_sizes(work, own)}
        boards, homes = {}, []
        for board, _ in forum.list_boards(work):
            boards[board.slug] = board
            if board.did in kept and board.home != own:
                homes.append((board, partners.get_partner(work, board.home).url))
        name = site.get_card(work).name
        languages = load_languages(ROOT / "translations").values()
        page = render_retired(
            name,
            records.verify_record(records.parse_record(raw)).day,
            homes,
            [boards[slug] for slug in sorted(ended)],
            Templates(ROOT / "templates"),
            languages,
        )
    notice = {
        "record": json.loads(raw),
        "proof": proof.decode(),
        "homes": [
            {"board": in_language(board.name, "en"), "address": address} for board, address in homes
        ],
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


def has_begun(data: Path) -> bool:
    """Return whether what is left of an instance is only to be destroyed, or is already."""
    from app.federation.retired import NOTICE

    return (data / NOTICE).exists()


def destroy(data: Path, database_url: str) -> None:
    """Overwrite keys and database, and remove all that was not published. Again goes on with it."""
    from app.federation.retired import NOTICE

    from . import drill

    # Without keys it is done: by now another instance may use that database.
    if database_url and (data / "keys").exists():
        _empty(database_url)
    # A drill that was cut off left keys and rows.
    left = [
        path
        for path in (data / drill.FOLDER).rglob("*")
        if path.is_file() and not path.is_symlink()
    ]
    for path in [*(data / "keys").glob("*"), *data.glob("goftogu.db*"), *left]:
        _overwrite(path)
    for path in data.iterdir():
        if path.name in {"public", NOTICE, "worker.lock"}:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _empty(database_url: str) -> None:
    """Leave no table in the instance's database, nor in the one of a drill that was cut off."""
    from . import dumps

    url = dumps.beside(database_url)
    name = make_url(url).database
    if dumps.is_there(database_url, name) and (count := dumps.drop_all(url)):
        remark(f"Emptied what a drill left in {name}: {counted(count, 'table', 'tables')}.")
    count = dumps.drop_all(database_url)
    name = make_url(database_url).database
    remark(f"Emptied PostgreSQL's database {name}: {counted(count, 'table', 'tables')}. Its")
    remark("write-ahead log, replicas and backups keep what they have: destroy them as well.")


def _overwrite(path: Path) -> None:
    """Write noise over a file and remove it. A disk may keep what it had: encrypt it (docs)."""
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left:
            left -= file.write(os.urandom(min(left, 1024**2)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
