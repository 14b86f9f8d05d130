"""Other people's verifiers, which share no code with us, on our posts: what we sign they accept, what is changed they refuse."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from app import forum
from app.kernel.errors import AppError
from app.records import Custody, parse_record, verify_record
from apsig import ProofVerifier

from tests import factories
from tests.browser_module import node
from tests.cli.command import goftogu

pytestmark = pytest.mark.slow

FOLDER = node.ROOT / "tests" / "outside"
AVA = factories.person("Ava")
TITLE, TEXT = "Water — آب", 'آب کجا می‌رود؟\n\nInto *whose* fields? 💧 "\\'


def from_browser(_folder: Path) -> bytes:
    """Sign a post in the browser module."""
    command = {
        "op": "note",
        "entropy": AVA.seed.entropy().hex(),
        "nonce": factories.nonce(),
        "day": factories.TODAY.isoformat(),
        "board": factories.SQUARE.did,
        "language": "fa",
        "text": TEXT,
        "title": TITLE,
    }
    (answer,) = node.ask("browser_module/records.mjs", [json.dumps(command)])
    return answer.encode()


def from_command_line(folder: Path) -> bytes:
    """Sign a post with `goftogu sign`."""
    key = folder / "ava.key"
    assert goftogu("keygen", "--out", key).code == 0
    words = ("sign", "--key", key, "--board", factories.SQUARE.did, "--title", TITLE)
    return goftogu(*words, given=TEXT).out


def from_server(custody: Custody) -> Callable[[Path], bytes]:
    """Sign a post on the server, for a persona without scripts or for somebody else."""

    def sign(_folder: Path) -> bytes:
        draft = forum.Draft(
            text=forum.Text(language="fa", markdown=TEXT, title=TITLE),
            board=factories.SQUARE.did,
            reply_to=None,
            quotes=(),
            custody=custody,
        )
        return forum.sign_post(AVA.key, draft, nonce=factories.nonce(), day=factories.TODAY)

    return sign


WAYS: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "browser": (from_browser, "device"),
    "command line": (from_command_line, "device"),
    "server, unlocked": (from_server(Custody.UNLOCKED), "unlocked"),
    "server, instance": (from_server(Custody.INSTANCE), "instance"),
}


@pytest.fixture(scope="module", params=list(WAYS.values()), ids=list(WAYS))
def post(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A post as one of the ways of signing makes it."""
    sign, custody = request.param
    raw: bytes = sign(tmp_path_factory.mktemp("post"))
    assert json.loads(raw)["urn:goftogu:custody"] == custody
    return raw


@pytest.fixture(scope="module")
def digitalbazaar() -> Callable[[list[str]], list[str]]:
    """Digital Bazaar's suite: records as JSON to "ok" or "refused: …"."""
    if not (FOLDER / "node_modules").exists():
        flags = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")
        done = node.run(node.NODE, node.NPM, *flags, cwd=FOLDER)
        node.skip_without_registry(done, "there is no outside verifier to ask")
        assert done.returncode == 0, done.stderr
    return lambda records: node.ask("outside/verify.mjs", records)


def apsig_accepts(document: dict[str, Any]) -> bool:
    """Return apsig's verdict with the key that the proof itself names."""
    try:
        method = document["proof"]["verificationMethod"]
        key = method.removeprefix("did:key:").split("#")[0]
        # It takes the proof's value out of what it is given.
        return bool(ProofVerifier(key).verify(json.loads(json.dumps(document))) == method)
    except Exception:  # noqa: BLE001 (whatever another library raises, it does not accept)
        return False


def we_accept(raw: bytes) -> bool:
    """Return our own verdict."""
    try:
        verify_record(parse_record(raw))
    except AppError:
        return False
    return True


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], int]]:
    """Yield every character of every string value, as the path to the string and a position."""
    if isinstance(value, str):
        yield from ((path, position) for position in range(len(value)))
    elif isinstance(value, (dict, list)):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, name))


def flipped(raw: bytes, path: tuple[Any, ...], position: int) -> dict[str, Any]:
    """Return a record with the lowest bit of one character turned over."""
    document = factories.decode(raw)
    holder: Any = document
    for name in path[:-1]:
        holder = holder[name]
    text = holder[path[-1]]
    holder[path[-1]] = text[:position] + chr(ord(text[position]) ^ 1) + text[position + 1 :]
    return document


def spread(raw: bytes, count: int) -> list[dict[str, Any]]:
    """Return `count` records or a few more, each with another character flipped, all over."""
    found = list(places(factories.decode(raw)))
    return [flipped(raw, path, position) for path, position in found[:: len(found) // count]]


def test_post_is_accepted_by_us(post: bytes) -> None:
    assert we_accept(post)


def test_post_is_accepted_by_apsig(post: bytes) -> None:
    assert apsig_accepts(factories.decode(post))


@pytest.mark.slow
def test_post_is_accepted_by_digitalbazaar_and_no_flipped_byte_is(
    post: bytes, digitalbazaar: Callable[[list[str]], list[str]]
) -> None:
    changed = spread(post, 200)

    first, *others = digitalbazaar([post.decode(), *map(json.dumps, changed)])

    assert first == "ok"
    assert len(others) >= 200
    assert [answer for answer in others if not answer.startswith("refused: ")] == []


def test_no_flipped_byte_is_accepted_by_apsig(post: bytes) -> None:
    assert [document for document in spread(post, 200) if apsig_accepts(document)] == []


def test_no_flipped_byte_is_accepted_by_us(post: bytes) -> None:
    accepted = []
    for position in range(len(post)):
        changed = bytearray(post)
        changed[position] ^= 1 << position % 8
        if we_accept(bytes(changed)):
            accepted.append(position)

    assert accepted == []


def test_other_records_are_accepted_by_apsig_and_digitalbazaar(
    digitalbazaar: Callable[[list[str]], list[str]],
) -> None:
    records = factories.one_of_each_type()

    answers = digitalbazaar([raw.decode() for raw in records.values()])

    assert dict(zip(records, answers, strict=True)) == dict.fromkeys(records, "ok")
    assert [name for name, raw in records.items() if not apsig_accepts(factories.decode(raw))] == []
