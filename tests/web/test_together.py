"""Several files in one answer: what is asked, what is answered, and what is refused."""

import pytest
from app.kernel.errors import MalformedError
from app.web.together import (
    MOST_BYTES,
    MOST_FILES,
    encode_files,
    encode_paths,
    parse_files,
    parse_paths,
)

ASKED = ["records/a", "receipts/a.json", "records/b"]


def test_what_was_asked_is_what_is_read() -> None:
    assert parse_paths(encode_paths(ASKED)) == ASKED


def test_answer_has_each_file_in_its_order_and_what_is_not_there() -> None:
    files = [b"one\ntwo", None, b""]

    assert parse_files(encode_files(files), ASKED, 10) == files


def test_answer_ends_early_when_it_is_long() -> None:
    half = bytes(MOST_BYTES // 2)

    answer = encode_files([half] * 3)

    assert parse_files(answer, ASKED, len(half)) == [half] * 2
    assert len(answer) < 2 * MOST_BYTES


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"/etc/passwd\n", b"records/a\n../x\n", b"\xff\n", b"records/a\n" * (MOST_FILES + 1),
        b"records/" + bytes(40_000),
    ],
)  # fmt: skip
def test_other_questions_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_paths(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"3\nab", b"11\n12345678901", b"-", b"-1\n", b"x\n", b"1" * 5_000, b"-\n" * 4,
        b"1\na1\nb1\nc1\nd", "³\nabc".encode(),
    ],
)  # fmt: skip
def test_other_answers_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_files(raw, ASKED, 10)
