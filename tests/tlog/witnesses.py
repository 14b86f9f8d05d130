"""Instances that witness: the requests of a log in memory, and what an instance is asked with."""

from typing import Any

from app import wiring
from app.crypto.ed25519 import SigningKey
from app.kernel.clock import Instant
from app.tlog import Witness, tree
from app.tlog.checkpoints import VerifiedCheckpoint
from app.tlog.cosignatures import cosign
from app.tlog.tiles import VerifiedTiles
from app.tlog.witness import Answer, answer_cosigned, encode_request, parse_request
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests.tlog import logs

ADD = "/witness/add-checkpoint"


def prove(log: logs.MemoryLog, old: int) -> tuple[bytes, ...]:
    """Return the consistency proof from a size to a log as it is."""
    tiles = VerifiedTiles(log.head, log.read)
    return tuple(tree.prove_consistency(old, len(log.leaves), tiles.read_node))


def request(log: logs.MemoryLog, old: int, **changes: Any) -> bytes:
    """Return the request that an honest log makes, but for what is changed."""
    path = changes.pop("path") if "path" in changes else prove(log, old)
    return encode_request(old, path, log.checkpoint(**changes))


def grown(log: logs.MemoryLog, count: int) -> logs.MemoryLog:
    """Return a log with more entries."""
    more = logs.MemoryLog(list(log.leaves), log.edge, dict(log.files))
    more.append([logs.leaf(len(log.leaves) + number) for number in range(count)])
    return more


def forked(size: int) -> logs.MemoryLog:
    """Return the log that the same key shows to others: its first entry is another."""
    other = logs.MemoryLog()
    other.append([b"rewritten", *(logs.leaf(number) for number in range(1, size))])
    return other


def witness_of(house: House) -> Witness:
    """Return the instance as a witness that looks after the log in memory."""
    witness = wiring.open_witness(house)
    witness.memory.add(logs.LOG)
    return witness


def ask(client: TestClient, raw: bytes) -> Response:
    """Ask an instance for its cosignature."""
    answer: Response = client.post(ADD, content=raw)
    return answer


def cosign_blindly(name: str, key: SigningKey, body: bytes) -> Answer:
    """Answer a log's request with a cosignature that nobody has thought about."""
    claimed = parse_request(body).checkpoint
    checkpoint = VerifiedCheckpoint(note=claimed.note, origin=claimed.origin, tree=claimed.tree)
    return answer_cosigned([cosign(checkpoint, name, key, Instant(1_700_000_000))])
