"""One post as text: read by anyone, changed by nobody."""

import pytest
from app.federation.texts import MAX_TEXT_BYTES, encode_text, is_text, verify_text
from app.kernel.errors import AppError, MalformedError, TooLargeError, VerificationError
from app.records import parse_record, verify_record

from tests.factories import card, erasure, note, person, update

AVA = person("Ava")
OPENING = note(AVA, title="Water", text="Where does it go?\n\nAnd why?")
ANSWER = note(AVA, reply_to=OPENING, text="{not a record}\n")


def as_text(raw: bytes) -> bytes:
    return encode_text(verify_record(parse_record(raw)))


@pytest.mark.parametrize("raw", [OPENING, ANSWER, update(AVA, OPENING), update(AVA, ANSWER)])
def test_post_as_text_verifies(raw: bytes) -> None:
    text = as_text(raw)

    assert is_text(text)
    assert verify_text(text).raw == raw
    assert text == as_text(raw)


def test_words_stand_above_the_signed_line() -> None:
    head, line, end = as_text(OPENING).decode().rsplit("\n", 2)

    assert head.startswith("Water\n\nWhere does it go?\n\nAnd why?\n\n2026-11-21 · ")
    assert line.encode() == OPENING
    assert end == ""


@pytest.mark.parametrize("change", ["crlf", "no end", "more ends"])
def test_what_mail_and_messengers_do_to_ends_of_lines_is_forgiven(change: str) -> None:
    text = as_text(OPENING)
    changed = {
        "crlf": text.replace(b"\n", b"\r\n"),
        "no end": text.removesuffix(b"\n"),
        "more ends": b"\n\n" + text + b"\n\n",
    }[change]

    assert verify_text(changed).raw == OPENING


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Where does", b"Nowhere does"),
        (b"Water\n", b"Wine\n"),
        (b"Water\n", b"Water\n\nI take it all back.\n"),
        (b"2026-11-21 ", b"2026-11-20 "),
        (b"Water\n", b""),
    ],
)
def test_courier_who_changes_the_words_is_found(old: bytes, new: bytes) -> None:
    with pytest.raises(VerificationError, match="words above the signed line"):
        verify_text(as_text(OPENING).replace(old, new, 1))


def test_courier_who_changes_the_line_is_found() -> None:
    with pytest.raises(VerificationError):
        verify_text(as_text(OPENING).replace(b"Where does", b"Nowhere does"))


def test_line_of_another_post_is_found() -> None:
    head = as_text(OPENING).removesuffix(OPENING + b"\n")

    with pytest.raises(VerificationError, match="words above the signed line"):
        verify_text(head + ANSWER + b"\n")


@pytest.mark.parametrize("raw", [card(AVA), erasure(AVA, OPENING)])
def test_what_says_nothing_is_no_text(raw: bytes) -> None:
    with pytest.raises(MalformedError, match="only posts"):
        as_text(raw)
    with pytest.raises(AppError):
        verify_text(b"words\n" + raw)


@pytest.mark.parametrize("raw", [b"", b"{}", OPENING, OPENING + b"\n", b"water\n", b"\xff\n{}"])
def test_other_files_are_refused(raw: bytes) -> None:
    with pytest.raises(AppError):
        verify_text(raw)


def test_longest_file_is_not_read() -> None:
    with pytest.raises(TooLargeError):
        verify_text(b" " * (MAX_TEXT_BYTES + 1))
