"""Bundles of an instance whose log stands in its public folder, and archives that lie."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256

from app.cli import bundle as commands
from app.crypto.ed25519 import SigningKey
from app.crypto.note_keys import parse_verifier_key
from app.federation.bundles import codec
from app.federation.bundles.archive import read_archive, write_archive
from app.federation.bundles.bag import TAG_MANIFEST, build_bag
from app.tlog.publication import CHECKPOINT_PATH
from app.wiring import House

from tests import factories
from tests.tlog.logs import MemoryLog

_SEALED = len("sha256 ") + 64


def publish_log(house: House) -> None:
    """Write the log's files below an instance's public folder, as the sequencer would now."""
    memory = MemoryLog()
    with house.db.read() as work:
        rows = work.connection.exec_driver_sql('SELECT leaf FROM tlog_entry ORDER BY "index"')
        memory.append([row[0] for row in rows])
        cards = work.connection.exec_driver_sql("SELECT raw FROM record WHERE type = 'Application'")
        # A later card differs in other things.
        log_key = factories.decode(cards.scalars().all()[-1])["urn:goftogu:logKey"]
    origin = parse_verifier_key(log_key).name
    checkpoint = memory.checkpoint(house.keys["log"], origin).note.encode()
    files = {f"tlog/{path}": content for path, content in memory.files.items()}
    for path, content in {**files, CHECKPOINT_PATH: checkpoint}.items():
        to = house.settings.data / "public" / path
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(content)


def export(house: House, day: date | None = None, since: int = 0, board: str = "square") -> bytes:
    """Publish the log and return a bundle of a board."""
    publish_log(house)
    return commands._export(house, board, day, -1 if day else since).raw


def remade(
    raw: bytes, change: Callable[[dict[str, bytes]], object], key: SigningKey | None = None
) -> bytes:
    """Return a bundle with its files changed and every manifest made anew; signed anew with a key.

    It is what somebody on the way can make who has read all of our code, and what the host can.
    """
    whole = read_archive(raw)
    base = next(iter(whole)).partition("/")[0]
    files = {name.removeprefix(f"{base}/"): content for name, content in whole.items()}
    info = files["bag-info.txt"].decode()
    change(files)
    made = {"bagit.txt", "manifest-sha256.txt", TAG_MANIFEST, "signature.json", "bag-info.txt"}
    kept = {name: content for name, content in files.items() if name not in made}
    payload = [content for name, content in kept.items() if name.startswith("data/")]
    head = info[: info.index("Payload-Oxum")]
    oxum = f"Payload-Oxum: {sum(map(len, payload))}.{len(payload)}\n"
    bag = build_bag({**kept, "bag-info.txt": (head + oxum).encode()})
    newest = date.fromisoformat(info.split()[1])
    bag["signature.json"] = (
        codec._sign(bag[TAG_MANIFEST], newest, key) if key else files["signature.json"]
    )
    return write_archive({f"{base}/{name}": content for name, content in bag.items()})


def zipped(files: Mapping[str, bytes] | list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    """Return what Python's own library makes of files, in the form of ours where it can be."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        entries = files.items() if isinstance(files, Mapping) else files
        for name, content in entries:
            info = name if isinstance(name, zipfile.ZipInfo) else plain(name)
            opened.writestr(info, content, compresslevel=9)
        opened.comment = b"0" * _SEALED
    return resealed(stream.getvalue())


def plain(name: str) -> zipfile.ZipInfo:
    """Return how our archives tell of a file."""
    info = zipfile.ZipInfo(name)
    info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
    info.external_attr = 0o100644 << 16
    return info


def resealed(raw: bytes) -> bytes:
    """Return an archive with the digest at its end made anew: whoever harms us can do that."""
    whole = raw[:-_SEALED]
    return whole + b"sha256 " + sha256(whole).hexdigest().encode()
