"""Signed notes against those that others publish, and against what is none."""

from typing import Any

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.note_keys import COSIGNATURE, SIGNATURE, VerifierKey, parse_verifier_key
from app.crypto.notes import (
    NoteSignature,
    UnverifiedNote,
    find_signatures,
    parse_note,
    parse_signatures,
    sign_note,
    verify_note,
)
from app.kernel.errors import MalformedError, TooLargeError, VerificationError
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import flipped
from tests.vectors import read_json

PUBLISHED = read_json("tlog-notes/notes.json")
KEY = SigningKey(b"somebody".ljust(32))
NAME = "somebody.example/کلید"
VERIFIER = VerifierKey(NAME, SIGNATURE, KEY.public)

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=60).map(
    lambda text: text + "\n"
)
key_names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"),
    min_size=1,
    max_size=12,
)
signatures = st.builds(
    NoteSignature,
    name=key_names,
    key_id=st.binary(min_size=4, max_size=4),
    value=st.binary(min_size=1, max_size=80),
)


@pytest.mark.parametrize("vector", PUBLISHED["notes"], ids=lambda vector: vector["name"])
def test_published_note_verifies_and_no_changed_one_does(vector: dict[str, Any]) -> None:
    key = parse_verifier_key(vector["vkey"])
    raw = vector["note"].encode()
    note = parse_note(raw)

    assert len(verify_note(note, key)) == 1
    assert note.encode() == raw
    assert key.encode() == vector["vkey"]
    with pytest.raises(VerificationError):
        verify_note(UnverifiedNote(note.text + "more\n", note.signatures), key)


@pytest.mark.parametrize("vector", PUBLISHED["bad_vkeys"], ids=lambda vector: vector["why"])
def test_published_bad_key_is_refused(vector: dict[str, str]) -> None:
    with pytest.raises(MalformedError):
        parse_verifier_key(vector["vkey"])


@given(texts, st.lists(signatures, min_size=1, max_size=5))
def test_note_is_read_as_it_was_written(text: str, lines: list[NoteSignature]) -> None:
    note = UnverifiedNote(text, tuple(lines))

    assert parse_note(note.encode()) == note
    written = "".join(line.encode() for line in lines).encode()
    assert parse_signatures(written) == note.signatures


@given(st.data())
def test_note_with_any_bit_flipped_is_refused_or_not_signed(data: st.DataObject) -> None:
    """A flip in name or id makes it somebody else's signature: then there is none of ours."""
    signed = sign_note("text\n", NAME, KEY)
    raw = data.draw(flipped(UnverifiedNote("text\n", (signed,)).encode()))

    try:
        found = verify_note(parse_note(raw), VERIFIER)
    except (MalformedError, VerificationError):
        return
    assert found == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"text",
        b"text\n",
        b"text\n\n",
        b"\n\n",
        "text\n\n— name AAAAAAA=".encode(),  # no line's end
        "text\n\n— name AAAAAAA=\n\n".encode(),
        "text\n— name AAAAAAA=\n".encode(),  # no empty line
        "— name AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA=\n— name AAAAAAA=".encode(),
        b"text\n\n- name AAAAAAA=\n",  # a hyphen
        "text\n\n—name AAAAAAA=\n".encode(),
        "text\n\n— name\n".encode(),
        "text\n\n— name \n".encode(),
        "text\n\n—  AAAAAAA=\n".encode(),
        "text\n\n— na+me AAAAAAA=\n".encode(),
        "text\n\n— na\u2003me AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA\n".encode(),  # no padding
        "text\n\n— name AAAAAAB=\n".encode(),  # bits beyond the last byte
        "text\n\n— name AAAA AAA=\n".encode(),
        "text\n\n— name AAAAAA==\n".encode(),  # an id and nothing signed
        "text\n\n— name AAAAAAA=\nmore\n".encode(),
        "te\rxt\n\n— name AAAAAAA=\n".encode(),
        "te\0xt\n\n— name AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA=\r\n".encode(),
        b"te\xffxt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        "text\n\n— name ÄAAAAAA=\n".encode(),
    ],
)
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_note(raw)


def test_text_may_have_empty_lines_and_what_looks_like_a_signature() -> None:
    """The last empty line divides: what stands above it is text, however it looks."""
    forged = sign_note("other\n", NAME, KEY).encode()
    text = f"first\n\n{forged}\n\n"
    note = UnverifiedNote(text, (sign_note(text, NAME, KEY),))

    assert parse_note(note.encode()) == note
    assert len(verify_note(note, VERIFIER)) == 1


def test_line_ends_of_other_kinds_end_no_line() -> None:
    text = "one\u2028still one\x7f\u0085still one\n"

    assert parse_note(UnverifiedNote(text, (sign_note(text, NAME, KEY),)).encode()).text == text


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    """Name and id must both match; whether such a signature holds is nobody's question."""
    signed = sign_note("text\n", NAME, KEY)
    strangers = (
        NoteSignature("stranger.example", signed.key_id, bytes(64)),
        NoteSignature(NAME, b"\1\2\3\4", bytes(64)),
    )
    note = UnverifiedNote("text\n", (strangers[0], signed, strangers[1]))

    assert verify_note(note, VERIFIER) == (signed,)
    assert find_signatures(note.signatures, VERIFIER) == (signed,)
    assert verify_note(UnverifiedNote("text\n", strangers), VERIFIER) == ()


def test_bad_signature_behind_a_good_one_of_the_same_key_is_found() -> None:
    signed = sign_note("text\n", NAME, KEY)
    bad = NoteSignature(NAME, signed.key_id, bytes(64))

    for lines in ((signed, bad), (bad, signed)):
        with pytest.raises(VerificationError):
            verify_note(UnverifiedNote("text\n", lines), VERIFIER)


def test_cosigning_key_signs_no_text() -> None:
    """The same key as a witness: what it signs is not the text alone, so that nothing here is its."""
    witness = VerifierKey(NAME, COSIGNATURE, KEY.public)
    line = NoteSignature(NAME, witness.key_id, KEY.sign(b"text\n"))

    assert verify_note(UnverifiedNote("text\n", (line,)), witness) == ()


def test_note_beyond_the_limits_is_refused() -> None:
    line = sign_note("text\n", NAME, KEY).encode()
    assert len(parse_note(f"text\n\n{line * 100}".encode()).signatures) == 100

    with pytest.raises(TooLargeError):
        parse_note(f"text\n\n{line * 101}".encode())
    with pytest.raises(TooLargeError):
        parse_note(b"a" * 1_000_001)
    with pytest.raises(TooLargeError):
        parse_signatures(b"a" * 1_000_001)


@given(key_names, st.sampled_from([SIGNATURE, COSIGNATURE]))
def test_verifier_key_is_read_as_it_was_written(name: str, algorithm: int) -> None:
    text = VerifierKey(name, algorithm, KEY.public).encode()

    assert parse_verifier_key(text) == VerifierKey(name, algorithm, KEY.public)


OURS = VerifierKey(NAME, SIGNATURE, KEY.public).encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        OURS.replace("somebody", "nobody"),
        OURS.replace("somebody", "some body"),
        OURS.replace("somebody", "some\ud800body"),
        OURS.replace("+", "-"),
        OURS.split("+")[0],
        "n+a4fb6214+",  # nothing, under the id of nothing
        OURS.upper(),
        f"+{OURS}",
        f"{OURS} ",
        f"{OURS}=",
        OURS[:-1],
    ],
)
def test_verifier_key_that_was_changed_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_verifier_key(text)


def test_verifier_key_that_is_no_point_is_refused() -> None:
    """Its id is right: what is wrong is the key itself, here one of low order."""
    low_order = type(KEY.public)(b"\1" + bytes(31))

    with pytest.raises(MalformedError, match="no acceptable key"):
        parse_verifier_key(VerifierKey(NAME, SIGNATURE, low_order).encode())
