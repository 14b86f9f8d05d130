"""witness add, ask, remove, list and renew; two instances that look after each other's logs."""

import re
from contextlib import closing
from pathlib import Path

import pyrage
import pytest
from app import tlog, wiring
from app.crypto.note_keys import COSIGNATURE, VerifierKey, encode_verifier_key
from app.kernel.clock import SystemClock
from app.settings import Settings
from app.tlog.asking import Asker
from app.tlog.checkpoints import parse_checkpoint, sign_checkpoint, verify_checkpoint
from app.tlog.cosignatures import verify_cosignatures
from app.tlog.policies import parse_policy, verify_by_policy
from app.tlog.witness import hash_origin
from app.web import outbound

from tests.cli.command import Done, goftogu
from tests.houses import open_at
from tests.journeys.instance import serving
from tests.tlog import logs
from tests.tlog.witnesses import prove

KEY = encode_verifier_key(logs.ORIGIN, logs.KEY.public)
WITNESS = encode_verifier_key("w1.example", logs.WITNESS_KEYS[0].public, COSIGNATURE)


def listed(data: Path) -> list[list[str]]:
    """Return what `witness list` prints."""
    done = goftogu("witness", "list", data=data)
    assert done.code == 0, done.err
    return [line.split("\t") for line in done.out.decode().splitlines()]


def witness(data: Path, *words: str) -> Done:
    """Run a command of the group."""
    return goftogu("witness", *words, data=data)


def test_log_is_listed_until_it_is_removed(data: Path) -> None:
    first, second = witness(data, "add", KEY), witness(data, "add", KEY)

    assert (first.code, second.code) == (0, 0)
    assert listed(data) == [["looked after", logs.ORIGIN, "0"]]
    assert witness(data, "remove", logs.ORIGIN).code == 0
    assert listed(data) == []


def test_witness_is_listed_until_it_is_removed(data: Path) -> None:
    first, second = (witness(data, "ask", "https://w1.example/w/", WITNESS) for _ in range(2))

    assert (first.code, second.code) == (0, 0)
    assert listed(data) == [["asked", "w1.example", "0", "https://w1.example/w"]]
    assert witness(data, "remove", "w1.example").code == 0
    assert listed(data) == []


@pytest.mark.parametrize(
    "words",
    [
        ("add", "no key"),
        ("add", WITNESS),
        ("ask", "https://w1.example", KEY),
        ("ask", "w1.example", WITNESS),
        ("remove", "nobody"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(data: Path, words: tuple[str, ...]) -> None:
    done = witness(data, *words)

    assert done.code == 1
    assert done.out == b""
    assert done.err.count("\n") == 1
    assert listed(data) == []


def test_restored_instance_looks_after_nobody_until_its_key_is_new(
    data: Path, tmp_path: Path
) -> None:
    """A backup has the witness's key, and must not have its memory."""
    secret = pyrage.x25519.Identity.generate()
    drawer, file, new = tmp_path / "drawer.txt", tmp_path / "backup.age", tmp_path / "new"
    drawer.write_text(str(secret))
    witness(data, "add", KEY)
    witness(data, "ask", "https://w1.example", WITNESS)
    assert (
        goftogu("backup", "--to", file, "--recipient", str(secret.to_public()), data=data).code == 0
    )

    restored = goftogu("restore", file, "--identity", drawer, "--data", new)

    assert restored.code == 0, restored.err
    assert "goftogu witness renew" in restored.err
    assert listed(new) == [["asked", "w1.example", "0", "https://w1.example"]]
    refused = witness(new, "add", KEY)
    assert refused.code == 1
    assert "goftogu witness renew" in refused.err
    renewed = witness(new, "renew")
    assert renewed.code == 0, renewed.err
    assert witness(new, "add", KEY).code == 0
    before, after = key_of(data), key_of(new)
    assert renewed.out.decode() == encode_verifier_key(after.name, after.key, COSIGNATURE) + "\n"
    assert before.name == after.name
    assert before.key != after.key
    checkpoint = data / "public" / "tlog" / "checkpoint"
    assert goftogu("log", "resume", checkpoint, data=new).code == 0
    assert goftogu("check", data=new).code == 0


def key_of(data: Path) -> VerifierKey:
    """Return what an instance's cosignatures are verified with."""
    house = open_at(data, SystemClock())
    with closing(house.db):
        return wiring.open_witness(house).verifier


@pytest.mark.slow
def test_two_instances_look_after_each_others_logs(tmp_path: Path) -> None:
    """Over loopback, from the cards to policies that hold."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        assert goftogu("init", data=folder).code == 0
    with serving(folders[0]) as first, serving(folders[1]) as second:
        for folder, other in zip(folders, (second, first), strict=True):
            added, asking = witness(folder, "add", other), witness(folder, "ask", other)
            assert (added.code, asking.code) == (0, 0), added.err + asking.err
            assert re.search(r"fingerprint is (\w{4} ){3}\w{4}:", added.err)
        for folder, origin in zip(folders, (first, second), strict=True):
            for size in (5, 9):
                require_witnessed(folder, origin, size)
        monitored = outbound.exchange("GET", monitor_path(first, folders[1]), within_s=10)

    assert monitored.status == 200
    assert parse_checkpoint(monitored.body).tree.size == 9
    for folder in folders:
        asked, looked_after = listed(folder)
        assert (asked[0], asked[2], looked_after[0], looked_after[2]) == (
            "asked", "9", "looked after", "9",
        )  # fmt: skip


def require_witnessed(folder: Path, origin: str, size: int) -> None:
    """Let an instance's log be `size` entries and asked for; its own policy must be content."""
    house = wiring.open_house(Settings(data=folder, database_url="", origin=""))
    with closing(house.db):
        key = wiring.find_log_key(house)
        log = logs.log_of(size)
        checkpoint = sign_checkpoint(key.name, log.head, house.keys["log"])
        asker = Asker(house.db, wiring.ask_by_http)
        asker.offer(checkpoint, lambda old: prove(log, old), house.clock.now())
        asker.wait(10)
        with house.db.read() as work:
            published = tlog.with_cosignatures(work, checkpoint).note.encode()
    offered = outbound.exchange("GET", f"{origin}/.well-known/goftogu-policy", within_s=10)
    accepted = verify_by_policy(parse_checkpoint(published), parse_policy(offered.body))
    assert len(accepted.cosignatures) == 1
    assert verify_checkpoint(parse_checkpoint(published), [key]).tree == log.head
    assert verify_cosignatures(parse_checkpoint(published), [accepted.cosignatures[0].witness])


def monitor_path(origin: str, folder: Path) -> str:
    """Return where an instance shows what it cosigned of the log in a folder."""
    house = wiring.open_house(Settings(data=folder, database_url="", origin=""))
    with closing(house.db):
        name = wiring.find_log_key(house).name
    return f"{origin}/witness/{hash_origin(name)}/checkpoint"
