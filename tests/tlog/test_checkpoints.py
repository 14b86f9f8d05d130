"""Checkpoints: each way to be wrong has its own error, and two of them are compared."""

from dataclasses import replace

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.note_keys import COSIGNATURE, SIGNATURE, VerifierKey
from app.crypto.notes import NoteSignature, UnverifiedNote, sign_note
from app.kernel.errors import AppError, MalformedError
from app.tlog import tree
from app.tlog.checkpoints import (
    UnverifiedCheckpoint,
    VerifiedCheckpoint,
    encode_body,
    parse_checkpoint,
    require_same_past,
    sign_checkpoint,
    verify_checkpoint,
    verify_growth,
    with_signatures,
)
from app.tlog.errors import (
    BadSignatureError,
    ConsistencyError,
    ShrunkLogError,
    SplitViewError,
    TruncatedCheckpointError,
    WrongKeyError,
    WrongOriginError,
)
from app.tlog.tiles import VerifiedTiles
from app.tlog.tree import TreeHead
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import flipped
from tests.tlog import logs

SIGNED = logs.log_of(9).checkpoint()
RAW = SIGNED.note.encode()

origins = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"),
    min_size=1,
    max_size=20,
)


def signed_text(text: str, *, name: str = logs.ORIGIN, key: SigningKey = logs.KEY) -> bytes:
    """Return any text under the log's signature."""
    return UnverifiedNote(text, (sign_note(text, name, key),)).encode()


@given(origins, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_checkpoint_is_read_and_verified_as_it_was_signed(
    origin: str, size: int, root: bytes
) -> None:
    signed = sign_checkpoint(origin, TreeHead(size, root), logs.KEY)
    key = VerifierKey(origin, SIGNATURE, logs.KEY.public)

    assert verify_checkpoint(parse_checkpoint(signed.note.encode()), [key]) == signed


def test_every_beginning_of_a_checkpoint_is_told_as_cut_off() -> None:
    for end in range(len(RAW)):
        with pytest.raises(TruncatedCheckpointError, match="ends too early"):
            parse_checkpoint(RAW[:end])


BODY = encode_body(logs.ORIGIN, TreeHead(9, bytes(32)))


@pytest.mark.parametrize(
    "text",
    [
        "one line\n",
        "two\nlines\n",
        BODY.replace("\n9\n", "\n09\n"),
        BODY.replace("\n9\n", "\n-9\n"),
        BODY.replace("\n9\n", "\n+9\n"),
        BODY.replace("\n9\n", "\n 9\n"),
        BODY.replace("\n9\n", "\n٩\n"),
        BODY.replace("\n9\n", "\n1٩\n"),
        BODY.replace("\n9\n", "\n9.0\n"),
        BODY.replace("\n9\n", f"\n{2**63}\n"),
        BODY.replace("\n9\n", f"\n{'9' * 5000}\n"),
        BODY.replace("AAA=", "AA=="),
        BODY.replace("AAA=", "AAB="),
        BODY.replace("AAA=", "AAA"),
        BODY.replace(logs.ORIGIN, ""),
        f"{BODY}\nmore\n",
        f"{BODY}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused_though_it_is_signed(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_checkpoint(signed_text(text))


def test_extension_lines_are_kept_and_signed() -> None:
    raw = signed_text(f"{BODY}one\ntwo three\n")
    found = verify_checkpoint(parse_checkpoint(raw), [logs.LOG])

    assert found.extensions == ("one", "two three")
    with pytest.raises(BadSignatureError):
        verify_checkpoint(parse_checkpoint(raw.replace(b"two", b"too")), [logs.LOG])


def test_checkpoint_of_another_log_is_told_as_such() -> None:
    other = logs.log_of(9).checkpoint(logs.OTHER_KEY, "goftogu/other")

    with pytest.raises(WrongOriginError, match="another log") as caught:
        verify_checkpoint(parse_checkpoint(other.note.encode()), [logs.LOG])
    assert caught.value.origin == "goftogu/other"


def test_checkpoint_of_the_log_that_claims_another_origin_is_told_as_such() -> None:
    """The key is right and the line above is not: a log speaks for its own origin only."""
    raw = signed_text(BODY.replace(logs.ORIGIN, "goftogu/other"))

    with pytest.raises(WrongOriginError):
        verify_checkpoint(parse_checkpoint(raw), [logs.LOG])


@pytest.mark.parametrize(
    "raw",
    [
        signed_text(BODY, key=logs.OTHER_KEY),
        signed_text(BODY, name="goftogu/other"),
    ],
    ids=["another key under the name", "the key under another name"],
)
def test_checkpoint_without_the_logs_signature_is_told_as_such(raw: bytes) -> None:
    with pytest.raises(WrongKeyError, match="not signed with the log's key"):
        verify_checkpoint(parse_checkpoint(raw), [logs.LOG])


def test_key_of_a_witness_is_no_key_of_a_log() -> None:
    witness = VerifierKey(logs.ORIGIN, COSIGNATURE, logs.KEY.public)
    line = NoteSignature(logs.ORIGIN, witness.key_id, logs.KEY.sign(BODY.encode()))
    raw = UnverifiedNote(BODY, (line,)).encode()

    with pytest.raises(WrongKeyError):
        verify_checkpoint(parse_checkpoint(raw), [witness])


def test_checkpoint_that_was_changed_is_told_as_such() -> None:
    with pytest.raises(BadSignatureError, match="changed after it was signed"):
        verify_checkpoint(parse_checkpoint(RAW.replace(b"\n9\n", b"\n8\n")), [logs.LOG])


@given(flipped(RAW))
def test_checkpoint_with_any_bit_flipped_does_not_verify(raw: bytes) -> None:
    with pytest.raises(AppError):
        verify_checkpoint(parse_checkpoint(raw), [logs.LOG])


def test_one_of_several_keys_is_enough_and_a_bad_signature_of_any_is_too_much() -> None:
    """A log that changes its key signs with both for a while."""
    second = VerifierKey(logs.ORIGIN, SIGNATURE, logs.OTHER_KEY.public)
    lines = [sign_note(BODY, logs.ORIGIN, key) for key in (logs.KEY, logs.OTHER_KEY)]

    for signatures in ([lines[0]], [lines[1]], lines):
        raw = UnverifiedNote(BODY, tuple(signatures)).encode()
        verify_checkpoint(parse_checkpoint(raw), [logs.LOG, second])
    raw = UnverifiedNote(BODY, (lines[0], replace(lines[1], value=bytes(64)))).encode()
    with pytest.raises(BadSignatureError):
        verify_checkpoint(parse_checkpoint(raw), [logs.LOG, second])


def history() -> tuple[logs.MemoryLog, VerifiedCheckpoint, VerifiedCheckpoint]:
    """Return a log of 9 entries, and its checkpoints at 5 and at 9."""
    log = logs.log_of(5)
    seen = log.checkpoint()
    log.append([logs.leaf(number) for number in range(5, 9)])
    return log, seen, log.checkpoint()


def test_log_that_grew_is_shown_to_have_grown() -> None:
    log, seen, later = history()
    found = VerifiedTiles(later.tree, log.read)

    verify_growth(seen, later, tree.prove_consistency(5, 9, found.read_node))
    verify_growth(seen, seen, [])
    require_same_past(seen, later, found.root_at(5))


def test_log_that_shrank_is_told_as_such() -> None:
    _, seen, later = history()

    with pytest.raises(ShrunkLogError, match="has 5 entries and had 9 before") as caught:
        verify_growth(later, seen, [])
    assert (caught.value.seen, caught.value.size) == (9, 5)
    with pytest.raises(ShrunkLogError):
        require_same_past(later, seen, seen.tree.root)


def test_two_trees_of_one_size_are_told_as_a_split_view_with_the_evidence() -> None:
    _, _, later = history()
    other = sign_checkpoint(logs.ORIGIN, TreeHead(9, bytes(32)), logs.KEY)

    with pytest.raises(SplitViewError, match="keep both checkpoints") as caught:
        verify_growth(later, other, [])

    mine, theirs = (
        verify_checkpoint(parse_checkpoint(raw), [logs.LOG]) for raw in caught.value.evidence
    )
    assert (mine, theirs) == (later, other)


def test_rewritten_past_is_told_as_a_split_view_when_the_tree_is_there() -> None:
    _, seen, _ = history()
    other = logs.MemoryLog()
    other.append([b"rewritten", *(logs.leaf(number) for number in range(1, 9))])
    found = VerifiedTiles(other.head, other.read)

    with pytest.raises(SplitViewError):
        require_same_past(seen, other.checkpoint(), found.root_at(5))


def test_growth_without_its_proof_is_not_believed_and_not_called_a_split() -> None:
    _, seen, later = history()

    with pytest.raises(ConsistencyError, match="only grew"):
        verify_growth(seen, later, [bytes(32)] * 3)


def test_checkpoints_of_two_logs_are_not_compared() -> None:
    _, seen, later = history()
    other = sign_checkpoint("goftogu/other", later.tree, logs.OTHER_KEY)

    for first, second in ((seen, other), (other, seen)):
        with pytest.raises(WrongOriginError):
            verify_growth(first, second, [])
        with pytest.raises(WrongOriginError):
            require_same_past(first, second, seen.tree.root)


def test_newer_signature_takes_the_place_of_the_older_one_of_its_key() -> None:
    one, two = (NoteSignature("w", b"\0\0\0\1", bytes([value])) for value in (1, 2))
    other = NoteSignature("w", b"\0\0\0\2", b"\1")

    found = with_signatures(with_signatures(SIGNED, [one, other]), [two])

    assert found.note.signatures == (*SIGNED.note.signatures, other, two)


def test_parsed_is_not_verified() -> None:
    assert isinstance(parse_checkpoint(RAW), UnverifiedCheckpoint)
    assert not isinstance(parse_checkpoint(RAW), VerifiedCheckpoint)
