"""witness add, ask, remove, list and renew; three instances that look after each other's logs."""

import re
from contextlib import ExitStack, closing
from pathlib import Path
from time import monotonic

import pyrage
import pytest
from app import wiring
from app.crypto.note_keys import COSIGNATURE, SIGNATURE, VerifierKey
from app.kernel.clock import SystemClock
from app.records.codec import encode_leaf
from app.settings import Settings
from app.tlog.checkpoints import parse_checkpoint
from app.tlog.errors import QuorumError
from app.tlog.policies import Policy, parse_policy
from app.tlog.proof_files import parse_proof_file, verify_proof_file
from app.tlog.witness import hash_origin
from app.web import outbound

from tests import factories
from tests.cli.command import Done, goftogu
from tests.houses import open_at
from tests.journeys.instance import free_port, serving
from tests.tlog import logs

WITNESSED_S = 60
KEY = VerifierKey(logs.ORIGIN, SIGNATURE, logs.KEY.public).encode()
WITNESS = VerifierKey("w1.example", COSIGNATURE, logs.WITNESS_KEYS[0].public).encode()


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


def test_name_that_is_on_no_list_is_told_with_where_the_names_are(data: Path) -> None:
    done = witness(data, "remove", "nobody")

    assert done.code == 1
    assert "`goftogu witness list`: nobody" in done.err


def test_no_host_is_its_own_witness(data: Path) -> None:
    own = key_of(data)
    key = VerifierKey(own.name, COSIGNATURE, own.key).encode()

    done = witness(data, "ask", "https://here.example/witness", key)

    assert (done.code, "our own witness" in done.err) == (1, True)
    assert listed(data) == []


def test_no_host_looks_after_its_own_log(data: Path) -> None:
    house = open_at(data, SystemClock())
    with closing(house.db):
        own = house.sequencer.published.key.encode()

    done = witness(data, "add", own)

    assert (done.code, "our own log" in done.err) == (1, True)
    assert listed(data) == []


def test_empty_list_says_what_fills_it(data: Path) -> None:
    assert "`goftogu witness add`" in witness(data, "list").err


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
    assert renewed.out.decode() == VerifierKey(after.name, COSIGNATURE, after.key).encode() + "\n"
    assert before.name == after.name
    assert before.key != after.key
    checkpoint = data / "public" / "tlog" / "checkpoint"
    assert goftogu("log", "resume", checkpoint, data=new).code == 0
    assert witness(new, "remove", "w1.example").code == 0
    assert goftogu("check", data=new).code == 0


def key_of(data: Path) -> VerifierKey:
    """Return what an instance's cosignatures are verified with."""
    house = open_at(data, SystemClock())
    with closing(house.db):
        return wiring.open_witness(house).verifier


@pytest.mark.slow
def test_three_instances_look_after_each_others_logs(tmp_path: Path) -> None:
    """Over loopback, from the cards to a proof that a stranger verifies; a fourth witness is gone."""
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        found(folder)
    gone = f"http://127.0.0.1:{free_port()}"
    with ExitStack() as servers:
        origins = [servers.enter_context(serving(folder)) for folder in folders]
        for command in ("add", "ask"):
            for folder, own in zip(folders, origins, strict=True):
                for other in set(origins) - {own}:
                    done = witness(folder, command, other)
                    assert done.code == 0, done.err
                    assert re.search(r"fingerprint is (\w{4} ){3}\w{4}:", done.err)
        for folder in folders:
            assert witness(folder, "ask", gone, WITNESS).code == 0
        for folder, origin in zip(folders, origins, strict=True):
            for number in range(2):
                raw = factories.note(
                    factories.person("Ava"), board=factories.LIVE, text=f"{number}"
                )
                require_witnessed(folder, origin, raw)
        size = listed(folders[0])[0][2]
        monitored = outbound.exchange("GET", monitor_path(origins[1], folders[0]), within_s=10)

    assert monitored.status == 200
    assert str(parse_checkpoint(monitored.body).tree.size) == size
    for folder in folders:
        lines = listed(folder)
        assert [line[0] for line in lines] == ["asked"] * 3 + ["looked after"] * 2
        assert [line[2] for line in lines if line[1] == "w1.example"] == ["0"]
        assert all(int(line[2]) > 2 for line in lines if line[1] != "w1.example")


def found(folder: Path) -> None:
    """Make an instance with a live board."""
    house = wiring.init_house(Settings(data=folder, database_url="", origin=""))
    with closing(house.db), house.db.write() as work:
        house.door.submit(work, factories.board(factories.LIVE, home=house.keys["instance"]))


def require_witnessed(folder: Path, origin: str, raw: bytes) -> None:
    """Post, and wait until the proof satisfies the policy that the host offers."""
    digest = factories.digest_of(raw)
    taken = outbound.exchange(
        "POST", f"{origin}/api/v1/records", raw, media_type="application/json", within_s=10
    )
    assert taken.status == 201
    policy = parse_policy(get(f"{origin}/.well-known/goftogu-policy").body)
    assert (len(policy.witnesses), policy.groups[0].threshold) == (3, 2)
    end = monotonic() + WITNESSED_S
    while not is_witnessed(f"{origin}/receipts/{digest.hex()}.tlog-proof", digest, policy):
        assert monotonic() < end, "the proof never had a quorum"
    own = (folder / "log" / "checkpoint").read_bytes()
    assert len(parse_checkpoint(own).note.signatures) == 1


def is_witnessed(address: str, digest: bytes, policy: Policy) -> bool:
    """Verify a proof as a stranger does; whether it is there and has its quorum by now."""
    answer = get(address)
    if answer.status != 200:
        return False
    try:
        found = verify_proof_file(
            parse_proof_file(answer.body), encode_leaf(digest, "Note"), policy
        )
    except QuorumError:
        return False
    assert len(found.accepted.cosignatures) == 2
    return True


def get(address: str) -> outbound.Received:
    """Ask a host."""
    return outbound.exchange("GET", address, within_s=10)


def monitor_path(origin: str, folder: Path) -> str:
    """Return where an instance shows what it cosigned of the log in a folder."""
    house = wiring.open_house(Settings(data=folder, database_url="", origin=""))
    with closing(house.db):
        name = house.sequencer.published.key.name
    return f"{origin}/witness/{hash_origin(name)}/checkpoint"
