"""The witness: what it cosigns, what it refuses and with which answer, named after what is tried."""

from collections.abc import Collection
from typing import Any

import pytest
from app.crypto.note_keys import VerifierKey, parse_verifier_key
from app.crypto.notes import NoteSignature, UnverifiedNote, sign_note
from app.kernel.clock import Instant
from app.kernel.errors import AppError, ConflictError, MalformedError, TooLargeError
from app.tlog import tree, witness
from app.tlog.checkpoints import (
    VerifiedCheckpoint,
    encode_body,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from app.tlog.cosignatures import add_cosignatures, cosign
from app.tlog.errors import (
    BadSignatureError,
    ConsistencyError,
    SplitViewError,
    StaleSizeError,
    TruncatedCheckpointError,
    UnknownLogError,
    WrongKeyError,
)
from app.tlog.tiles import VerifiedTiles
from app.tlog.tree import TreeHead
from app.tlog.witness import Answer
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import flipped
from tests.tlog import logs
from tests.vectors import read_json

NOW = Instant(1_700_000_000)
PUBLISHED = read_json("tlog-notes/witness-add-checkpoint.json")
# All that they refuse is refused here, two with another status than theirs, which is 403: the second
# has bits beyond the signature's last byte, and we read one form of base64 only, so that no bit of a
# note can change unseen; and version 1.0.0 of the specification, newer than they, says 404 of an
# unknown log.
DIFFERENT = {1: 400, 2: 404}


def answered(
    raw: bytes, keys: Collection[VerifierKey], latest: VerifiedCheckpoint | None
) -> tuple[Answer, VerifiedCheckpoint | None]:
    """Answer a request as an instance does, and return what it then has stored."""
    try:
        request = witness.parse_request(raw)
        latest = witness.decide_cosigning(request, keys, latest)
    except AppError as error:
        return witness.answer_refused(error), latest
    line = cosign(latest, logs.WITNESSES[0].name, logs.WITNESS_KEYS[0], NOW)
    return witness.answer_cosigned([line]), latest


def test_published_requests_get_their_answers_in_turn() -> None:
    key = parse_verifier_key(PUBLISHED["log_vkey"])
    latest = None

    for number, request in enumerate(PUBLISHED["requests"]):
        raw = request["body"].encode()
        answer, latest = answered(raw, [key], latest)

        assert answer.status == DIFFERENT.get(number, request["status"]), number
        if answer.status == 409:
            assert request["body_assert"] == f'== "{answer.body.decode()[:-1]}\\n"'
            assert answer.media_type == "text/x.tlog.size"
        if answer.status == 200:
            sent = verify_checkpoint(witness.parse_request(raw).checkpoint, [key])
            assert add_cosignatures(sent, answer.body, logs.WITNESSES[0]).tree == sent.tree


def request(log: logs.MemoryLog, old: int, **changes: Any) -> bytes:
    """Return the request that an honest log makes."""
    path = tree.prove_consistency(old, len(log.leaves), VerifiedTiles(log.head, log.read).read_node)
    return witness.encode_request(old, changes.pop("path", path), log.checkpoint(**changes))


def grown(log: logs.MemoryLog, count: int) -> logs.MemoryLog:
    """Return a log with more entries."""
    more = logs.MemoryLog(list(log.leaves), log.edge, dict(log.files))
    more.append([logs.leaf(len(log.leaves) + number) for number in range(count)])
    return more


@given(st.lists(st.integers(0, 20), min_size=1, max_size=6))
def test_honest_log_is_cosigned_at_every_size(steps: list[int]) -> None:
    log, latest = logs.MemoryLog(), None
    for step in steps:
        old = len(log.leaves)
        log = grown(log, step)
        answer, latest = answered(request(log, old), [logs.LOG], latest)

        assert answer.status == 200
        assert answer.media_type.startswith("text/plain")
        cosigned = add_cosignatures(log.checkpoint(), answer.body, logs.WITNESSES[0])
        assert cosigned.tree == log.head
    assert latest is not None
    assert latest.tree == log.head


def test_what_is_returned_to_be_stored_is_the_signed_checkpoint() -> None:
    """A witness that is asked later must be able to show what it saw."""
    latest = witness.decide_cosigning(
        witness.parse_request(request(logs.log_of(5), 0)), [logs.LOG], None
    )

    assert verify_checkpoint(parse_checkpoint(latest.note.encode()), [logs.LOG]) == latest


def seen(size: int = 5) -> VerifiedCheckpoint:
    return logs.log_of(size).checkpoint()


def refused(
    raw: bytes, latest: VerifiedCheckpoint | None, keys: Collection[VerifierKey] = (logs.LOG,)
) -> AppError:
    """Return why a request is refused."""
    with pytest.raises(AppError) as caught:
        witness.decide_cosigning(witness.parse_request(raw), keys, latest)
    return caught.value


def status_of(error: AppError) -> int:
    return witness.answer_refused(error).status


def test_log_that_nobody_asked_it_to_look_after_is_refused() -> None:
    raw = request(logs.log_of(5), 0)

    for keys in ([], [VerifierKey("goftogu/other", 1, logs.KEY.public)]):
        error = refused(raw, None, keys)
        assert isinstance(error, UnknownLogError)
        assert status_of(error) == 404


def test_log_with_another_key_is_refused() -> None:
    error = refused(request(logs.log_of(5), 0, key=logs.OTHER_KEY), None)

    assert isinstance(error, WrongKeyError)
    assert status_of(error) == 403


def test_checkpoint_that_was_changed_is_refused_before_anything_is_compared() -> None:
    raw = request(logs.log_of(9), 5).replace(b"\n9\n", b"\n8\n")
    error = refused(raw, seen())

    assert isinstance(error, BadSignatureError)
    assert status_of(error) == 403


@pytest.mark.parametrize("latest", [None, seen(4), seen(6), seen(9)])
def test_old_size_that_is_not_the_witnesses_is_told_the_right_one(
    latest: VerifiedCheckpoint | None,
) -> None:
    error = refused(request(logs.log_of(9), 5), latest)
    answer = witness.answer_refused(error)

    assert isinstance(error, StaleSizeError)
    assert isinstance(error, ConflictError)
    assert (answer.status, answer.media_type) == (409, "text/x.tlog.size")
    assert witness.parse_stale_size(answer.body) == (latest.tree.size if latest else 0)


def test_replayed_older_checkpoint_never_rolls_the_witness_back() -> None:
    """The race of the specification: a request for 7 arrives after one for 9 was cosigned."""
    error = refused(request(logs.log_of(7), 5), seen(9))

    assert isinstance(error, StaleSizeError)
    assert error.size == 9


def test_old_size_beyond_the_checkpoint_is_refused() -> None:
    raw = request(logs.log_of(5), 0).replace(b"old 0", b"old 6")
    error = refused(raw, seen(6))

    assert isinstance(error, MalformedError)
    assert status_of(error) == 400


def test_split_view_of_one_size_is_refused_with_the_evidence() -> None:
    other = sign_checkpoint(logs.ORIGIN, TreeHead(5, bytes(32)), logs.KEY)
    error = refused(witness.encode_request(5, (), other), seen())

    assert isinstance(error, SplitViewError)
    assert error.evidence == (seen().note.encode(), other.note.encode())
    assert status_of(error) == 422


def test_rewritten_past_is_refused() -> None:
    rewritten = logs.MemoryLog()
    rewritten.append([b"rewritten", *(logs.leaf(number) for number in range(1, 9))])
    error = refused(request(rewritten, 5), seen())

    assert isinstance(error, ConsistencyError)
    assert status_of(error) == 422


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [(0, 5, (bytes(32),)), (5, 5, (bytes(32),)), (5, 9, ()), (0, 0, (bytes(32),))],
)
def test_proof_of_another_length_is_refused(old: int, size: int, path: tuple[bytes, ...]) -> None:
    log = logs.log_of(size)
    error = refused(request(log, old, path=path), seen(old) if old else None)

    assert isinstance(error, ConsistencyError)
    assert status_of(error) == 422


def test_empty_log_with_a_root_is_refused() -> None:
    false = sign_checkpoint(logs.ORIGIN, TreeHead(0, bytes(32)), logs.KEY)
    raw = witness.encode_request(0, (), false)

    for latest in (None, logs.MemoryLog().checkpoint()):
        assert status_of(refused(raw, latest)) == 422


def test_same_checkpoint_again_is_cosigned_again() -> None:
    """The log lost the answer: it asks again, and the witness says what it said."""
    log = logs.log_of(5)

    answer, latest = answered(request(log, 5), [logs.LOG], seen())

    assert answer.status == 200
    assert latest == seen()


def test_signatures_of_strangers_are_no_obstacle() -> None:
    text = encode_body(logs.ORIGIN, logs.log_of(5).head)
    stranger = NoteSignature("stranger.example", b"\0\0\0\0", b"\1")
    note = UnverifiedNote(text, (stranger, sign_note(text, logs.ORIGIN, logs.KEY)))
    raw = b"old 0\n\n" + note.encode()

    assert answered(raw, [logs.LOG], None)[0].status == 200


RAW = request(logs.log_of(9), 5)


@given(flipped(RAW))
def test_request_with_any_bit_flipped_is_refused(raw: bytes) -> None:
    answer, latest = answered(raw, [logs.LOG], seen())

    assert 400 <= answer.status < 500
    assert latest == seen()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"old\n\n",
        RAW.replace(b"old 5", b"5"),
        RAW.replace(b"old 5", b"old 05"),
        RAW.replace(b"old 5", b"old -5"),
        RAW.replace(b"old 5", b"old  5"),
        RAW.replace(b"old 5", b"Old 5"),
        RAW.replace(b"old 5", b"old 9223372036854775808"),
        RAW.replace(b"old 5\n", b"old 5\r\n"),
        RAW.replace(b"old 5\n", b"old 5\nAAAA\n"),
        RAW.replace(b"old 5\n", b"old 5\n\xff\n"),
        RAW.replace(b"old 5\n", b"old 5\n" + (b"A" * 43 + b"=\n") * 63),
        RAW.replace(b"\n\n", b"\n"),
    ],
)
def test_what_is_no_request_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        witness.parse_request(raw)
    assert status_of(caught.value) == 400


def test_request_that_is_cut_off_is_told_as_such() -> None:
    start = RAW.index(b"\n\n") + 2
    for end in range(start, len(RAW)):
        with pytest.raises(TruncatedCheckpointError):
            witness.parse_request(RAW[:end])


def test_request_beyond_its_limit_is_refused() -> None:
    with pytest.raises(TooLargeError) as caught:
        witness.parse_request(b"a" * (witness.MAX_REQUEST_BYTES + 1))
    assert status_of(caught.value) == 413


def test_request_is_read_as_it_was_written() -> None:
    found = witness.parse_request(RAW)

    assert found.old_size == 5
    assert witness.encode_request(5, found.path, logs.log_of(9).checkpoint()) == RAW


@pytest.mark.parametrize("body", [b"", b"5", b"05\n", b"5\n\n", b" 5\n", b"\xff\n", b"5\r\n"])
def test_what_is_no_size_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedError):
        witness.parse_stale_size(body)


def test_log_has_its_place_at_the_witness() -> None:
    assert witness.hash_origin("example.com/behind-the-sofa") == (
        "5fd2dc0beb4ce54da5050cf6d5c75248b023abad441c3cecde3976fbe9da4fe4"
    )
