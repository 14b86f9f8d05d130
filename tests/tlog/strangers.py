"""What a stranger makes of an instance's public folder, with nothing but its card."""

from pathlib import Path
from typing import Any

from app import records, site
from app.crypto.note_keys import VerifierKey, parse_verifier_key
from app.kernel import strict_json
from app.tlog.checkpoints import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from app.tlog.policies import Policy, parse_policy
from app.tlog.publication import CHECKPOINT_PATH, path_of
from app.tlog.tables import EntryRow
from app.tlog.tiles import WIDTH, VerifiedTiles
from app.wiring import House
from sqlalchemy import select

_keys: dict[Path, VerifierKey] = {}


def read_card(house: House) -> dict[str, Any]:
    """Return what the instance says of itself."""
    with house.db.read() as work:
        record = records.find_record(work, site.get_card(work).digest)
    assert record is not None
    assert record.raw is not None
    card: dict[str, Any] = strict_json.decode(record.raw)
    return card


def policy_of(house: House) -> Policy:
    """Return a policy that believes the key on the card, and asks for no witness."""
    return parse_policy(f"log {read_card(house)['urn:goftogu:logKey']}\nquorum none\n".encode())


def verified(house: House, raw: bytes) -> VerifiedCheckpoint:
    """Return a checkpoint of the instance's log."""
    data = house.settings.data
    if data not in _keys:
        # A card names its log's key for good, and is asked for hundreds of times.
        _keys[data] = parse_verifier_key(read_card(house)["urn:goftogu:logKey"])
    return verify_checkpoint(parse_checkpoint(raw), [_keys[data]])


def public_checkpoint(house: House) -> VerifiedCheckpoint:
    """Return the checkpoint that is published."""
    return verified(house, (public(house) / CHECKPOINT_PATH).read_bytes())


def public(house: House) -> Path:
    """Return the folder that anyone may read."""
    return house.settings.data / "public"


def read_tiles(house: House) -> VerifiedTiles:
    """Return the published tiles, of which none is believed before it was verified."""
    folder = public(house)
    tree = public_checkpoint(house).tree
    return VerifiedTiles(tree, lambda tile: (folder / path_of(tile)).read_bytes())


def read_log(house: House) -> list[bytes]:
    """Return all entries of the published log; every one of them was verified."""
    tiles = read_tiles(house)
    count = -(-tiles.tree.size // WIDTH)
    return [leaf for index in range(count) for leaf in tiles.read_entries(index)]


def assert_log_good(house: House, *seen: bytes) -> None:
    """Look whether the published log is the database's, and continues checkpoints seen before."""
    with house.db.read() as work:
        rows = work.session.scalars(select(EntryRow.leaf).order_by(EntryRow.index))
        assert read_log(house) == list(rows)
    tiles = read_tiles(house)
    for raw in seen:
        tree = verified(house, raw).tree
        assert tiles.root_at(tree.size) == tree.root


def files_of(house: House) -> dict[str, bytes]:
    """Return what the log has written: public files, and the checkpoint that is its own."""
    data = house.settings.data
    paths = [*(data / "public").rglob("*"), data / "log" / "checkpoint"]
    return {str(p.relative_to(data)): p.read_bytes() for p in sorted(paths) if p.is_file()}
