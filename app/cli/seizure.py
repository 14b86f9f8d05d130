"""`goftogu seizure`: what whoever takes this machine gets. `goftogu evidence`: one post, whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .opened import opened_house
from .output import emit, emit_json, remark

if TYPE_CHECKING:
    from app.wiring import House


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(seizure)
    app.command()(evidence)


def seizure(
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
    retention: Annotated[
        bool, typer.Option("--retention", help="Print the table of what is kept for how long.")
    ] = False,
) -> None:
    """Say what whoever takes this machine gets: counted here, from what is really set and there."""
    from .held import HELD, render_retention

    if retention:
        emit(render_retention().rstrip("\n"))
        return
    with opened_house() as house:
        facts = _list_facts(house)
        counts = [(held, _count(house, held.tables)) for held in HELD]
    if as_json:
        kept = [
            {"what": held.what, "rows": count, "tells": held.tells, "until": held.until}
            for held, count in counts
        ]
        emit_json({"machine": facts, "kept": kept})
        return
    for fact in facts:
        emit(fact)
    for held, count in counts:
        emit(f"{count}\t{held.what}: {held.tells}. Until: {held.until}.")
    remark("Who has the folder's keys as well can sign as this host: docs/seizure.md says more.")


def evidence(
    digest: Annotated[str, typer.Argument(help="Of the post's record, in hexadecimal.")],
    to: Annotated[Path, typer.Option(help="A new folder.")],
) -> None:
    """Export a published record with all that proves it, for a court or an expert, and no more."""
    from hashlib import sha256

    from app import records, tlog
    from app.kernel.errors import NotFoundError
    from app.records.codec import encode_leaf
    from app.records.routes import parse_hex

    with opened_house() as house, house.db.read() as work:
        key = parse_hex(digest)
        record = records.find_record(work, key)
        if record is None:
            raise NotFoundError("there is no such record here")
        raw = records.get_public_bytes(work, key)
        index = tlog.find_index(work, encode_leaf(key, record.type))
        if index is None:
            raise NotFoundError("the record waits for its tick: nothing proves it yet")
        files = {
            "record.json": raw,
            "record.tlog-proof": house.sequencer.published.prove(index),
            "receipt.json": house.door.make_receipt(record).raw,
            "README.txt": _HOW.encode(),
        }
    to.mkdir(mode=0o700)
    for name, content in files.items():
        (to / name).write_bytes(content)
    sums = "".join(f"{sha256(raw).hexdigest()}  {name}\n" for name, raw in files.items())
    (to / "SHA256SUMS").write_text(sums, "ascii")
    remark(f"Written to {to}. It names the key that signed, and nobody: this host knows no more.")


_HOW = """record.json        what was published, as its author's key signed it
record.tlog-proof  that the host's log holds it, with the witnesses' signatures
receipt.json       the host's promise of the hour by which it would

goftogu verify record.json   checks the author's signature, offline
sha256sum --check SHA256SUMS checks that nothing here was changed since the export

The day in the record is all that is known of when it was written. The host keeps no network
address, no browser, no name and no e-mail of anybody, so it can hand over none.
"""


def _list_facts(house: "House") -> list[str]:
    """Return what is set and there on this machine, as sentences."""
    data, settings = house.settings.data, house.settings
    keys = sorted(path.name for path in (data / "keys").iterdir())
    server = "PostgreSQL, with its own write-ahead log" if settings.database_url else "SQLite"
    mounted = "encrypted" if _is_encrypted(data) else "NOT known to be encrypted"
    facts = [
        f"Database: {server}.",
        f"Keys in the folder: {', '.join(keys)}.",
        f"The disk below the folder: {mounted}.",
        f"Swap: {'there, encrypt it or turn it off' if _has_swap() else 'none'}.",
    ]
    if settings.tor_socks:
        facts.append("It goes out over Tor: partners' addresses stand in the table of partners.")
    if settings.origin:
        facts.append(f"A front server at {settings.origin} may keep logs of its own: look there.")
    return facts


def _count(house: "House", tables: tuple[str, ...]) -> int:
    from sqlalchemy import func, select, table

    with house.db.read() as work:
        return sum(
            # By its name: a command has not loaded every room.
            int(work.run(select(func.count()).select_from(table(name))).scalar_one())
            for name in tables
        )


def _is_encrypted(path: Path) -> bool:
    """Return whether the disk below a path is one of dm-crypt's, as Linux tells it."""
    device: Any = path.stat().st_dev
    major, minor = device >> 8 & 0xFFF, device & 0xFF
    try:
        kind = Path(f"/sys/dev/block/{major}:{minor}/dm/uuid").read_text("ascii")
    except OSError:
        return False
    return kind.startswith("CRYPT-")


def _has_swap() -> bool:
    try:
        return len(Path("/proc/swaps").read_text("ascii").splitlines()) > 1
    except OSError:
        return False
