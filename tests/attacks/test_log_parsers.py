"""Every parser of the log fed with noise: it reads, or it refuses with an error of its own, and soon."""

from collections.abc import Callable
from typing import Final

from app.crypto.note_keys import parse_verifier_key
from app.crypto.notes import parse_note, parse_signatures
from app.tlog.checkpoints import parse_checkpoint
from app.tlog.policies import encode_policy, parse_policy
from app.tlog.proof_files import encode_proof_file, parse_proof_file
from app.tlog.tiles import encode_bundle, parse_bundle, parse_path
from app.tlog.witness import encode_request, parse_request, parse_stale_size
from hypothesis import example, given
from hypothesis import strategies as st

from tests.attacks.test_parsers import read
from tests.tlog import logs
from tests.tlog.test_policies import SPEC
from tests.tlog.test_proof_files import PATH

SIGNED = logs.log_of(300).checkpoint()
VALID: Final = {
    parse_note: SIGNED.note.encode(),
    parse_signatures: SIGNED.note.signatures[0].encode().encode(),
    parse_checkpoint: SIGNED.note.encode(),
    parse_policy: SPEC.encode(),
    parse_proof_file: encode_proof_file(270, PATH, SIGNED, b"extra"),
    parse_bundle: encode_bundle([b"one", b"", b"three"]),
    parse_request: encode_request(5, PATH, SIGNED),
    parse_stale_size: b"12\n",
}
PIECES: Final = (
    b"\n", b"\n\n", b" ", b"+", b"=", b"A", b"\xe2\x80\x94 ", b"\xff", b"\0", b"\r", "\u2028".encode(),
    b"9" * 40, b"-1", b"old ", b"index ", b"extra ", b"log ", b"group ", b"quorum none\n", b"#", b"\t",
)  # fmt: skip


@st.composite
def bent(draw: st.DrawFn) -> tuple[Callable[[bytes], object], bytes]:
    """Return a parser, and what it reads with some of its bytes taken out, put in or changed."""
    parse = draw(st.sampled_from(list(VALID)))
    raw = bytearray(VALID[parse])
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(raw)))
        length = draw(st.integers(0, 12))
        raw[place : place + length] = draw(st.binary(max_size=12) | st.sampled_from(PIECES))
    return parse, bytes(raw)


@given(bent())
def test_bent_file_is_read_or_refused(case: tuple[Callable[[bytes], object], bytes]) -> None:
    parse, raw = case
    read(lambda: parse(raw))


@given(st.sampled_from(list(VALID)), st.binary(max_size=400))
@example(parse_note, b"\n" * 1_000_000)
@example(parse_checkpoint, b"a\n" * 499_999 + b"\n\n")
@example(parse_policy, b"group g any " + b"x " * 499_000 + b"\n")
@example(parse_policy, b"\xff" * 999_999 + b"\n")
@example(parse_bundle, b"\0\0" * 500_000)
@example(parse_proof_file, b"c2sp.org/tlog-proof@v1\nindex " + b"9" * 900_000)
@example(parse_request, b"old 1\n" + b"\n" * 900_000)
@example(parse_request, b"old 1\n" + b"AAAA\n" * 180_000 + b"\n")
@example(parse_stale_size, b"9" * 1_000_000 + b"\n")
def test_noise_is_read_or_refused(parse: Callable[[bytes], object], raw: bytes) -> None:
    read(lambda: parse(raw))


@given(st.text(max_size=80) | st.text("tile/0123456789x.pnrs", max_size=40).map("tile/{}".format))
@example("tile/0/" + "x001/" * 100_000 + "000")
def test_path_and_key_are_read_or_refused(text: str) -> None:
    read(lambda: parse_path(text))
    read(lambda: parse_verifier_key(text))


@given(bent())
def test_what_is_read_is_written_back_alike(
    case: tuple[Callable[[bytes], object], bytes],
) -> None:
    """A note has one form: no byte of it can change without changing what it says."""
    found = read(lambda: parse_note(case[1]))

    assert found is None or found.encode() == case[1]


def test_valid_files_are_read() -> None:
    for parse, raw in VALID.items():
        assert parse(raw) is not None
    assert encode_policy(parse_policy(SPEC.encode())).startswith(b"log goftogu/test+")
