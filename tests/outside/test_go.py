"""Golang's own log (x/mod sumdb/note and tlog), which shares no code with us, on what we publish."""

import json
import os
import re
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from app import tlog, worker
from app.crypto.note_keys import COSIGNATURE, SIGNATURE, VerifierKey
from app.kernel.clock import Instant
from app.main import create_app
from app.records.codec import encode_leaf
from app.settings import ROOT
from app.tlog import tree
from app.tlog.checkpoints import VerifiedCheckpoint, with_signatures
from app.tlog.cosignatures import cosign
from app.tlog.proof_files import parse_proof_file
from app.tlog.tiles import VerifiedTiles
from app.tlog.witness import Answer
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import submit, tick
from tests.tlog import logs, strangers
from tests.tlog.witnesses import cosign_blindly
from tests.visitor import ORIGIN

SOURCE = Path(__file__).parent / "tlog.go"
GO_PATH = Path("/usr/share/gocode")
NOTE = GO_PATH / "src/golang.org/x/mod/sumdb/note/note.go"
SIZES = (1, 255, 256, 257, 70_000)
WITNESS = logs.WITNESSES[0]
KEYS = {
    "log_key": VerifierKey(logs.ORIGIN, SIGNATURE, logs.KEY.public).encode(),
    "witness_key": VerifierKey(WITNESS.name, COSIGNATURE, WITNESS.key).encode(),
}

Ask = Callable[[Path, dict[str, Any]], subprocess.CompletedProcess[str]]


def compiled(source: Path, folder: Path) -> Path:
    """Return a program, built from Debian's packages, without any network."""
    compiler = shutil.which("go")
    if compiler is None or not NOTE.exists():
        if os.environ.get("CI"):
            pytest.fail("golang-go and golang-golang-x-mod-dev are not installed")
        pytest.skip("golang-go and golang-golang-x-mod-dev are not installed")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GOCACHE": str(folder / "cache"),
        "GOPATH": str(GO_PATH),
        "GO111MODULE": "off",
        "CGO_ENABLED": "0",
    }
    program = folder / source.stem
    build = [compiler, "build", "-o", str(program), str(source)]
    subprocess.run(build, env=environment, check=True)
    return program


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The program in `tlog.go`."""
    program = compiled(SOURCE, tmp_path_factory.mktemp("go"))

    def ask(published: Path, questions: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, published],
            input=json.dumps(KEYS | questions),
            capture_output=True,
            check=False,
            text=True,
        )

    return ask


def publish(log: logs.MemoryLog, folder: Path) -> VerifiedCheckpoint:
    """Write a log's files, and a checkpoint with a witness's cosignature."""
    for path, raw in log.files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
    signed = log.checkpoint()
    line = cosign(signed, WITNESS.name, logs.WITNESS_KEYS[0], Instant(1_700_000_000))
    cosigned = with_signatures(signed, [line])
    (folder / "checkpoint").write_bytes(cosigned.note.encode())
    return cosigned


def encoded(hashes: Sequence[bytes]) -> list[str]:
    return [b64encode(value).decode() for value in hashes]


def some(size: int) -> list[int]:
    """Return places around every edge of a log."""
    near = {0, 1, size // 2, size - 2, size - 1, 254, 255, 256, 257, 65_535, 65_536}
    return sorted(near & set(range(size)))


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program that the page of a post offers to who wants none of our software."""
    return compiled(ROOT / "static" / "check.go", tmp_path_factory.mktemp("check"))


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_golang_verifies_checkpoint_tiles_entries_and_proofs(
    size: int, go: Ask, tmp_path: Path
) -> None:
    log = logs.log_of(size)
    publish(log, tmp_path)
    found = VerifiedTiles(log.head, log.read)
    inclusion = {index: tree.prove_inclusion(index, size, found.read_node) for index in some(size)}
    olds = [old + 1 for old in some(size)]
    consistency = {old: tree.prove_consistency(old, size, found.read_node) for old in olds}

    done = go(
        tmp_path,
        {
            "inclusion": [
                {"index": index, "leaf": encoded([log.leaves[index]])[0], "path": encoded(path)}
                for index, path in inclusion.items()
            ],
            "consistency": [
                {"size": old, "root": encoded([found.root_at(old)])[0], "path": encoded(path)}
                for old, path in consistency.items()
            ],
        },
    )

    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert (answers["size"], b64decode(answers["root"])) == (size, log.head.root)
    assert answers["signers"] == [logs.ORIGIN, WITNESS.name]
    assert answers["entries"] == size
    # Not only does it accept our proofs: from our tiles it makes the same ones.
    ours = [encoded(path) for path in inclusion.values()]
    assert [path or [] for path in answers["inclusion"]] == ours
    ours = [encoded(path) for path in consistency.values()]
    assert [path or [] for path in answers["consistency"]] == ours


@pytest.mark.slow
def test_golang_refuses_what_we_refuse(go: Ask, tmp_path: Path) -> None:
    """Were it to accept anything, its verdict above would be worth nothing."""
    log = logs.log_of(257)
    publish(log, tmp_path)
    checkpoint = tmp_path / "checkpoint"
    path = encoded(tree.prove_inclusion(3, 257, VerifiedTiles(log.head, log.read).read_node))
    leaf = encoded([log.leaves[4]])[0]

    assert go(tmp_path, {}).returncode == 0
    assert go(tmp_path, {"inclusion": [{"index": 3, "leaf": leaf, "path": path}]}).returncode == 3
    for file in (
        checkpoint,
        tmp_path / "tile/0/000",
        tmp_path / "tile/0/001.p/1",
        tmp_path / "tile/1/000.p/1",
        tmp_path / "tile/entries/000",
    ):
        raw = file.read_bytes()
        file.write_bytes(raw[:20] + bytes([raw[20] ^ 1]) + raw[21:])
        assert go(tmp_path, {}).returncode == 3, file
        file.write_bytes(raw)


def _sign(_url: str, body: bytes) -> Answer:
    return cosign_blindly(WITNESS.name, logs.WITNESS_KEYS[0], body)


@pytest.mark.slow
def test_golang_verifies_what_an_instance_publishes(go: Ask, house: House) -> None:
    """With the card and a witness's key: the folder as the worker left it, and a receipt's proof."""
    with house.db.write() as work:
        tlog.begin_asking(work, WITNESS, "https://w1.example")
    house = replace(house, asker=tlog.Asker(house.db, house.settings.data, _sign))
    posts = [
        factories.note(factories.person("Ava"), board=factories.LIVE, text=f"{n}")
        for n in range(40)
    ]
    for post in posts:
        submit(house, post)
        if len(post) % 3:
            worker.step(house, 1)
            house.asker.wait(10)
    for _ in range(2):
        worker.step(house, 1)
        house.asker.wait(10)
    card = strangers.read_card(house)
    leaf = encode_leaf(factories.digest_of(posts[7]), "Note")
    index = strangers.read_log(house).index(leaf)
    proof = parse_proof_file(house.sequencer.published.prove(index))

    asked = {"index": index, "leaf": encoded([leaf])[0], "path": encoded(proof.path)}
    keys = {"log_key": card["urn:goftogu:logKey"]}
    done = go(strangers.public(house) / "tlog", keys | {"inclusion": [asked]})

    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert answers["signers"] == [card["urn:goftogu:logOrigin"], WITNESS.name]
    assert answers["entries"] == answers["size"] == len(strangers.read_log(house))


def fetched(house: House, record: bytes, folder: Path) -> list[str]:
    """Fetch what the page of a post says; return the arguments of its last command."""
    digest = factories.digest_of(record).hex()
    with TestClient(create_app(house, ORIGIN), ORIGIN) as client:
        for path in (f"records/{digest}", f"receipts/{digest}.tlog-proof"):
            answer = client.get(f"/{path}")
            assert answer.status_code == 200
            (folder / path.rpartition("/")[2]).write_bytes(answer.content)
        page = client.get(f"/en/p/{digest}").text
    command = re.findall(
        r"go run check.go (\S+) &#39;(\S+)&#39;|go run check.go (\S+) '(\S+)'", page
    )
    return [part for part in command[0] if part]


@pytest.mark.slow
def test_program_of_the_page_verifies_posts_and_finds_every_lie(
    check: Path, house: House, tmp_path: Path
) -> None:
    ava = factories.person("Ava")
    post = factories.note(ava, title="آب <b> & x", text='« 💧 "\\ </b>\t»', board=factories.LIVE)
    others = [factories.note(ava, board=factories.LIVE, text=f"{n}") for n in range(9)]
    for record in (*others, post):
        submit(house, record)
    tick(house)
    arguments = fetched(house, post, tmp_path)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [check, *words], cwd=tmp_path, capture_output=True, check=False, text=True
        )

    good = run(*arguments)
    assert good.returncode == 0, good.stderr
    assert ava.did in good.stdout
    assert "log        good: place " in good.stdout
    digest, key = arguments
    other = VerifierKey(logs.ORIGIN, SIGNATURE, logs.KEY.public).encode()
    assert run(digest, other).returncode == 3
    for file in (tmp_path / digest, tmp_path / f"{digest}.tlog-proof"):
        raw = file.read_bytes()
        for at in range(0, len(raw), 7):
            # The last character of base64 holds bits that mean nothing: Go does not look at them.
            if raw[at + 1 : at + 2] == b"=" or at + 1 == len(raw):
                continue
            file.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            assert run(digest, key).returncode == 3, (file, at)
        file.write_bytes(raw)
    forged = factories.forged(post, factories.person("Babak").key, lambda document: document)
    name = factories.digest_of(forged).hex()
    (tmp_path / name).write_bytes(forged)
    (tmp_path / f"{name}.tlog-proof").write_bytes((tmp_path / f"{digest}.tlog-proof").read_bytes())
    assert run(name, key).returncode == 3
