"""A day in 8,192 bytes: signed, bounded whatever people write, checked offline."""

from dataclasses import replace
from random import Random

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.crypto.notes import UnverifiedNote, parse_note, sign_note
from app.federation.bundles.bulletins import (
    MAX_BULLETIN_BYTES,
    Issue,
    is_bulletin,
    verify_bulletin,
    write_bulletin,
)
from app.kernel.errors import AppError, MalformedError, TooLargeError, VerificationError
from app.tlog.checkpoints import with_signatures
from app.tlog.cosignatures import cosign
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, TODAY
from tests.tlog import logs

HOST = SigningKey(b"host".ljust(32))
CHECKPOINT = logs.log_of(300).checkpoint()
ISSUE = Issue(
    day=TODAY,
    name="Sepidar",
    addresses=("http://" + "a" * 56 + ".onion/", "https://mirror.example"),
    summary="What was said here.",
    left_out="There is more.",
    advice="goftogu verify FILE",
)
THREADS = [("Water", "Into the pistachios.", "square · Babak", "ab" * 32), ("—", "live · c")]
LINES = st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)


def written(*threads: tuple[str, ...], issue: Issue = ISSUE) -> bytes:
    return write_bulletin(issue, threads, CHECKPOINT, logs.LOG, HOST)


def test_bulletin_is_text_that_a_person_reads_and_a_stranger_verifies() -> None:
    raw = written(*THREADS)
    found = verify_bulletin(raw)

    assert is_bulletin(raw)
    assert raw.decode().startswith("Goftogu · گفتگو 2026-11-21\nSepidar · ")
    assert "\n\nWater\nInto the pistachios.\nsquare · Babak\n" in raw.decode()
    assert "There is more." not in raw.decode()
    assert (found.day, found.host) == (TODAY, encode_did(HOST.public))
    assert found.checkpoint == CHECKPOINT


def test_same_day_is_the_same_bytes() -> None:
    assert written(*THREADS) == written(*THREADS)


def test_cosignatures_take_no_room_of_the_threads() -> None:
    line = cosign(CHECKPOINT, logs.WITNESSES[0].name, logs.WITNESS_KEYS[0], NOW)
    witnessed = with_signatures(CHECKPOINT, [line])

    assert write_bulletin(ISSUE, THREADS, witnessed, logs.LOG, HOST) == written(*THREADS)


@given(
    threads=st.lists(st.tuples(LINES, LINES, LINES), max_size=90),
    name=LINES.map(lambda text: text[:60]),
    addresses=st.lists(LINES, max_size=50),
    repeat=st.integers(1, 40),
)
def test_it_is_never_longer_whatever_people_write(
    threads: list[tuple[str, ...]], name: str, addresses: list[str], repeat: int
) -> None:
    issue = replace(ISSUE, name=name, addresses=tuple(addresses))
    raw = written(*(threads * repeat), issue=issue)

    assert len(raw) <= MAX_BULLETIN_BYTES
    assert verify_bulletin(raw).day == TODAY


def test_addresses_that_find_no_room_are_left_out() -> None:
    """The most useful come first: a short one does not pass those before it."""
    long = [f"https://{number}.mirror.example/{'x' * 160}" for number in range(5)]
    mirrors = (*long, "https://short.example")
    text = written(issue=replace(ISSUE, addresses=mirrors)).decode()

    assert [mirror in text for mirror in mirrors] == [True] * 3 + [False] * 3


def test_what_finds_no_room_is_left_out_and_told() -> None:
    threads = [(f"Thread {number}", "word " * 60) for number in range(60)]
    text = written(*threads).decode()

    assert "Thread 0" in text
    assert "Thread 59" not in text
    assert "There is more." in text
    assert len(text.encode()) > MAX_BULLETIN_BYTES - 400


def test_thread_that_finds_no_room_at_all_is_told_too() -> None:
    raw = written(("x" * MAX_BULLETIN_BYTES,))

    assert "There is more." in raw.decode()
    assert len(raw) < 2000


def test_head_that_leaves_no_room_is_an_error() -> None:
    with pytest.raises(TooLargeError):
        written(issue=replace(ISSUE, name="x" * MAX_BULLETIN_BYTES))


@pytest.mark.parametrize("flips", [200, pytest.param(20_000, marks=pytest.mark.nightly)])
def test_any_flipped_bit_is_found(flips: int) -> None:
    raw, random = written(*THREADS), Random(flips)

    for _ in range(flips):
        flipped = bytearray(raw)
        flipped[random.randrange(len(raw))] ^= 1 << random.randrange(8)
        with pytest.raises(AppError):
            verify_bulletin(bytes(flipped))


def test_bulletin_that_was_cut_off_is_found() -> None:
    raw = written(*THREADS)

    for end in range(0, len(raw), 7):
        with pytest.raises(AppError):
            verify_bulletin(raw[:end])


def test_somebody_else_who_signs_it_is_found() -> None:
    raw = written(*THREADS).decode()
    other = write_bulletin(ISSUE, THREADS, CHECKPOINT, logs.LOG, SigningKey(b"else".ljust(32)))
    mine, theirs = raw.rsplit("— ", 1)[0], other.decode().rsplit("— ", 1)[1]

    with pytest.raises(VerificationError, match="did not sign it"):
        verify_bulletin(f"{mine}— {theirs}".encode())


def test_bulletin_without_its_hosts_signature_is_found() -> None:
    bare = written(*THREADS).rpartition(b"\n\n")[0] + b"\n"

    with pytest.raises(AppError):
        verify_bulletin(bare)


def test_checkpoint_that_the_log_did_not_sign_is_found() -> None:
    forged = logs.log_of(301).checkpoint(logs.OTHER_KEY)

    with pytest.raises(AppError):
        verify_bulletin(write_bulletin(ISSUE, THREADS, forged, logs.LOG, HOST))


def test_words_cannot_pass_for_the_end_of_a_bulletin() -> None:
    end = written(*THREADS).decode().split("\n\n")[-4:]
    raw = written((" ".join(end).replace("\n", " "),))

    assert verify_bulletin(raw).host == encode_did(HOST.public)


def test_day_that_no_calendar_has_is_refused() -> None:
    note = parse_note(written(*THREADS))
    text = note.text.replace("2026-11-21", "2026-11-31", 1)
    line = sign_note(text, note.signatures[0].name, HOST)

    with pytest.raises(MalformedError, match="not a day"):
        verify_bulletin(UnverifiedNote(text, (line,)).encode())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Goftogu",
        "Goftogu · گفتگو 2026-11-21\n".encode(),
        "Goftogu · گفتگو 2026-11-21\n\na\n\nb\n\n— c QUFBQUFB\n".encode(),
        CHECKPOINT.note.encode(),
    ],
)
def test_other_texts_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        verify_bulletin(raw)


def test_longer_files_are_not_read() -> None:
    with pytest.raises(TooLargeError):
        verify_bulletin(b"x" * (MAX_BULLETIN_BYTES + 1))
