"""A log that shows two histories: it gets one of them cosigned, whatever it tries at the witness."""

import json
from threading import Barrier, Thread

from app.tlog import Witness
from app.tlog.checkpoints import parse_checkpoint, sign_checkpoint, verify_checkpoint
from app.tlog.tree import TreeHead
from app.tlog.witness import Answer, encode_request, hash_origin
from app.wiring import House

from tests import factories
from tests.tlog import logs
from tests.tlog.witnesses import forked, grown, request, witness_of

FIVE = logs.log_of(5)
OTHER = sign_checkpoint(logs.ORIGIN, TreeHead(5, bytes(32)), logs.KEY)


def asked(witness: Witness, raw: bytes) -> Answer:
    """Ask a witness, without a limit of how often."""
    return witness.answer(raw, factories.NOW, lambda _origin: None)


def test_two_trees_of_one_size_are_refused_and_kept_as_evidence(house: House) -> None:
    witness = witness_of(house)
    asked(witness, request(FIVE, 0))

    answer = asked(witness, encode_request(5, (), OTHER))

    assert answer.status == 422
    folder = house.settings.data / "log" / "witness" / "evidence"
    trees = [
        verify_checkpoint(
            parse_checkpoint((folder / f"{hash_origin(logs.ORIGIN)}.{name}").read_bytes()),
            [logs.LOG],
        ).tree
        for name in ("seen", "later")
    ]
    assert trees == [FIVE.head, OTHER.tree]
    assert witness.memory.has_evidence(logs.ORIGIN)


def test_evidence_fills_no_disk_and_the_first_stays(house: House) -> None:
    witness = witness_of(house)
    asked(witness, request(FIVE, 0))
    folder = house.settings.data / "log" / "witness" / "evidence"

    for number in range(5):
        other = sign_checkpoint(logs.ORIGIN, TreeHead(5, bytes([number]) * 32), logs.KEY)
        assert asked(witness, encode_request(5, (), other)).status == 422

    assert len(list(folder.iterdir())) == 2
    later = folder / f"{hash_origin(logs.ORIGIN)}.later"
    assert parse_checkpoint(later.read_bytes()).tree == OTHER.tree


def test_strangers_forgery_is_no_evidence(house: House) -> None:
    witness = witness_of(house)
    asked(witness, request(FIVE, 0))
    forged = sign_checkpoint(logs.ORIGIN, TreeHead(5, bytes(32)), logs.OTHER_KEY)

    assert asked(witness, encode_request(5, (), forged)).status == 403
    assert not witness.memory.has_evidence(logs.ORIGIN)


def test_other_history_is_refused_at_every_size(house: House) -> None:
    witness = witness_of(house)
    asked(witness, request(FIVE, 0))

    for size in range(5, 20):
        assert asked(witness, request(forked(size), 5)).status == 422
        assert asked(witness, request(forked(size), 0, path=())).status == 409


def test_of_requests_at_once_from_one_size_one_history_wins(house: House) -> None:
    """Each history is whole and honest in itself; what was cosigned first excludes the others."""
    witness = witness_of(house)
    asked(witness, request(FIVE, 0))
    histories = []
    for number in range(8):
        history = grown(FIVE, 0)
        history.append([b"history %d" % number])
        histories.append(history)
    answers: list[Answer] = []
    start = Barrier(len(histories))

    def run(raw: bytes) -> None:
        start.wait()
        answers.append(asked(witness, raw))

    threads = [Thread(target=run, args=(request(history, 5),)) for history in histories]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert {answer.body for answer in answers if answer.status == 409} == {b"6\n"}
    latest = witness.memory.find_latest(hash_origin(logs.ORIGIN))
    assert latest is not None
    assert latest.tree in [history.head for history in histories]


def test_what_others_wrote_under_a_checkpoint_is_not_kept(house: House) -> None:
    witness = witness_of(house)
    raw = request(FIVE, 0)
    stranger = "— stranger.example AAAAAAEC\n".encode()

    assert asked(witness, raw + stranger * 50).status == 200

    path = house.settings.data / "log" / "witness" / "logs" / f"{hash_origin(logs.ORIGIN)}.json"
    assert "stranger" not in json.loads(path.read_text())["checkpoint"]
