"""The witness over HTTP, held against C2SP tlog-witness: statuses, bodies, types."""

import pytest
from app.crypto.note_keys import VerifierKey
from app.kernel.clock import FixedClock
from app.tlog import Witness
from app.tlog.checkpoints import parse_checkpoint, sign_checkpoint, verify_checkpoint
from app.tlog.cosignatures import add_cosignatures, verify_cosignatures
from app.tlog.tree import TreeHead
from app.tlog.witness import encode_request, hash_origin
from app.wiring import House
from starlette.testclient import TestClient

from tests.tlog import logs
from tests.tlog.witnesses import ADD, ask, forked, grown, request, witness_of

FIVE, NINE = logs.log_of(5), logs.log_of(9)
SEEN = request(FIVE, 0)
ZEROS = bytes(32)


@pytest.fixture
def witness(house: House) -> Witness:
    """The instance behind `client`, which looks after a log."""
    return witness_of(house)


def test_log_gets_a_cosignature_that_holds(
    client: TestClient, witness: Witness, clock: FixedClock
) -> None:
    answer = ask(client, SEEN)

    assert answer.status_code == 200
    cosigned = add_cosignatures(FIVE.checkpoint(), answer.content, witness.verifier)
    assert cosigned.tree == FIVE.head
    (cosignature,) = verify_cosignatures(cosigned, [witness.verifier])
    assert cosignature.time == clock.now()
    assert answer.text.count("\n") == 1
    assert "set-cookie" not in answer.headers


def test_log_that_grew_is_cosigned_again(client: TestClient, witness: Witness) -> None:
    ask(client, SEEN)

    answer = ask(client, request(NINE, 5))

    assert answer.status_code == 200
    cosigned = add_cosignatures(NINE.checkpoint(), answer.content, witness.verifier)
    assert cosigned.tree == NINE.head


UNTRUE = sign_checkpoint(logs.ORIGIN, TreeHead(5, ZEROS), logs.KEY)
EMPTY = sign_checkpoint(logs.ORIGIN, TreeHead(0, ZEROS), logs.KEY)
REFUSED = {
    "origin that nobody looks after": (request(FIVE, 0, origin="goftogu/other"), 404),
    "no signature of the log's key": (request(NINE, 5, key=logs.OTHER_KEY), 403),
    "signature that does not hold": (request(NINE, 5).replace(b"\n9\n", b"\n8\n"), 403),
    "old size beyond the new one": (request(NINE, 5).replace(b"old 5", b"old 10"), 400),
    "old size that is too small": (request(NINE, 4), 409),
    "old size that is too large": (request(NINE, 6), 409),
    "smaller checkpoint": (request(logs.log_of(4), 4), 409),
    "empty log with a root": (encode_request(0, (), EMPTY), 409),
    "another tree of the same size": (encode_request(5, (), UNTRUE), 422),
    "another history": (request(forked(9), 5), 422),
    "no proof": (request(NINE, 5, path=()), 422),
    "proof too long": (request(NINE, 5, path=(ZEROS,) * 20), 422),
    "proof that none is needed for": (request(FIVE, 5, path=(ZEROS,)), 422),
    "64 lines of proof": (request(NINE, 5, path=(ZEROS,) * 64), 400),
    "nothing": (b"", 400),
    "no old size": (request(NINE, 5).partition(b"\n")[2], 400),
    "leading zero": (request(NINE, 5).replace(b"old 5", b"old 05"), 400),
    "line ends of another system": (request(NINE, 5).replace(b"\n", b"\r\n"), 400),
    "no base64": (request(NINE, 5, path=()).replace(b"old 5\n", b"old 5\n!\n"), 400),
    "cut off": (request(NINE, 5)[:-1], 400),
    "no UTF-8": (b"\xff" + request(NINE, 5), 400),
    "JSON": (b'{"old":5}', 400),
    "beyond the witness's limit": (request(NINE, 5) + b"a" * 65_536, 413),
    "beyond every limit": (b"a" * 300_000, 413),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_request_gets_its_status_and_changes_nothing(
    client: TestClient, witness: Witness, case: str
) -> None:
    raw, status = REFUSED[case]
    ask(client, SEEN)

    answer = ask(client, raw)

    assert answer.status_code == status
    assert "—" not in answer.text
    if status == 409:
        assert (answer.text, answer.headers["content-type"]) == ("5\n", "text/x.tlog.size")
    else:
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    latest = witness.memory.find_latest(hash_origin(logs.ORIGIN))
    assert latest is not None
    assert latest.tree == FIVE.head


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        pytest.param(encode_request(0, (), EMPTY), 422, id="empty log with a root"),
        pytest.param(request(FIVE, 0, path=(ZEROS,)), 422, id="a proof from nothing"),
        pytest.param(request(NINE, 5), 409, id="it was told another size"),
    ],
)
def test_first_request_is_held_to_the_rules_as_well(
    client: TestClient, witness: Witness, raw: bytes, status: int
) -> None:
    answer = ask(client, raw)

    assert answer.status_code == status
    assert witness.memory.find_latest(hash_origin(logs.ORIGIN)) is None


def test_another_method_is_not_answered(client: TestClient, witness: Witness) -> None:
    assert client.get(ADD).status_code in {404, 405}
    assert client.put(ADD, content=SEEN).status_code == 405


def test_log_that_lost_the_answer_gets_the_same_one(
    client: TestClient, witness: Witness, clock: FixedClock
) -> None:
    """The instance may have stopped between keeping the checkpoint and sending its cosignature."""
    first = ask(client, SEEN)
    clock.advance(60)

    stale, again = ask(client, SEEN), ask(client, request(FIVE, 5))

    assert (stale.status_code, stale.text) == (409, "5\n")
    assert again.content == first.content
    cosigned = add_cosignatures(FIVE.checkpoint(), again.content, witness.verifier)
    assert cosigned.tree == FIVE.head


def test_latest_checkpoint_is_there_for_monitors(client: TestClient, witness: Witness) -> None:
    path = f"/witness/{hash_origin(logs.ORIGIN)}/checkpoint"
    before = client.get(path)
    line = ask(client, SEEN).content

    found = client.get(path)

    assert before.status_code == 404
    assert found.content.endswith(line)
    seen = verify_checkpoint(parse_checkpoint(found.content), [logs.LOG])
    assert seen.tree == FIVE.head
    assert len(verify_cosignatures(seen, [witness.verifier])) == 1


@pytest.mark.parametrize("name", ["0" * 64, hash_origin(logs.ORIGIN).upper(), "..", "%2e%2e%2fkey"])
def test_checkpoint_of_another_log_is_not_found(
    client: TestClient, witness: Witness, name: str
) -> None:
    ask(client, SEEN)

    assert client.get(f"/witness/{name}/checkpoint").status_code == 404


@pytest.mark.slow
def test_log_that_goes_on_too_often_waits_and_no_other_does(
    client: TestClient, witness: Witness, clock: FixedClock
) -> None:
    other_key = VerifierKey("goftogu/other", 1, logs.OTHER_KEY.public)
    witness.memory.add(other_key)
    log = logs.MemoryLog()
    statuses = []
    for _ in range(121):
        size, log = len(log.leaves), grown(log, 1)
        statuses.append(ask(client, request(log, size)).status_code)

    other = ask(client, request(FIVE, 0, key=logs.OTHER_KEY, origin="goftogu/other"))
    repeated = [ask(client, request(logs.log_of(120), 120)).status_code for _ in range(3)]
    clock.advance(60)
    later = ask(client, request(log, 120))

    assert statuses == [200] * 120 + [429]
    assert other.status_code == 200
    assert repeated == [200] * 3
    assert later.status_code == 200


def test_host_that_only_reads_cosigns_nothing(house: House, client: TestClient) -> None:
    witness = witness_of(house)
    house.db.is_read_only = True

    answer = ask(client, SEEN)

    assert answer.status_code == 503
    assert witness.memory.find_latest(hash_origin(logs.ORIGIN)) is None


def test_policy_of_a_log_without_witnesses_asks_for_none(client: TestClient) -> None:
    answer = client.get("/.well-known/goftogu-policy")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    log, quorum = answer.text.splitlines()
    assert log.startswith("log goftogu/")
    assert log.endswith(" http://testserver/tlog")
    assert quorum == "quorum none"
