"""The `.tlog-proof` file: all a stranger needs, offline, beside the entry and a policy."""

from dataclasses import replace

import pytest
from app.crypto.note_keys import COSIGNATURE, SIGNATURE, VerifierKey
from app.kernel.clock import Instant
from app.kernel.errors import AppError, MalformedError, TooLargeError
from app.tlog import tree
from app.tlog.checkpoints import VerifiedCheckpoint, with_signatures
from app.tlog.cosignatures import cosign
from app.tlog.errors import (
    InclusionError,
    QuorumError,
    TruncatedCheckpointError,
    WrongKeyError,
    WrongOriginError,
)
from app.tlog.policies import Policy, parse_policy
from app.tlog.proof_files import encode_proof_file, parse_proof_file, verify_proof_file
from app.tlog.tiles import VerifiedTiles
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import flipped
from tests.tlog import logs

NOW = Instant(1_700_000_000)
LOG = logs.log_of(300)
LEAF = logs.leaf(270)


def policy(quorum: str = "w") -> Policy:
    log = VerifierKey(logs.ORIGIN, SIGNATURE, logs.KEY.public).encode()
    witness = VerifierKey(logs.WITNESSES[0].name, COSIGNATURE, logs.WITNESS_KEYS[0].public).encode()
    return parse_policy(f"log {log}\nwitness w {witness}\nquorum {quorum}\n".encode())


def witnessed() -> VerifiedCheckpoint:
    signed = LOG.checkpoint()
    line = cosign(signed, logs.WITNESSES[0].name, logs.WITNESS_KEYS[0], NOW)
    return with_signatures(signed, [line])


PATH = tree.prove_inclusion(270, 300, VerifiedTiles(LOG.head, LOG.read).read_node)
RAW = encode_proof_file(270, PATH, witnessed())


def test_file_verifies_against_the_entry_and_the_policy() -> None:
    found = verify_proof_file(parse_proof_file(RAW), LEAF, policy())

    assert (found.leaf, found.index) == (LEAF, 270)
    assert found.accepted.checkpoint.tree == LOG.head
    assert [item.time for item in found.accepted.cosignatures] == [NOW]


def test_file_has_the_lines_of_the_specification() -> None:
    head, _, rest = RAW.decode().partition("\n\n")

    assert head.split("\n")[:2] == ["c2sp.org/tlog-proof@v1", "index 270"]
    assert len(head.split("\n")) == 2 + len(PATH)
    assert rest.encode() == witnessed().note.encode()


@given(st.integers(0, 299), st.none() | st.binary(max_size=40))
def test_file_is_read_as_it_was_written(index: int, extra: bytes | None) -> None:
    path = tree.prove_inclusion(index, 300, VerifiedTiles(LOG.head, LOG.read).read_node)

    raw = encode_proof_file(index, path, witnessed(), extra)
    found = parse_proof_file(raw)

    assert (found.index, found.path, found.extra) == (index, path, extra)
    assert found.checkpoint.note == witnessed().note
    verify_proof_file(found, logs.leaf(index), policy())


def test_log_of_one_entry_needs_no_hashes() -> None:
    log = logs.log_of(1)
    raw = encode_proof_file(0, (), log.checkpoint())

    assert b"index 0\n\ngoftogu" in raw
    verify_proof_file(parse_proof_file(raw), logs.leaf(0), policy("none"))


@given(flipped(RAW))
def test_file_with_any_bit_flipped_proves_nothing(raw: bytes) -> None:
    """A flip in the witness's name leaves a stranger's signature: then the quorum is not met."""
    with pytest.raises(AppError):
        verify_proof_file(parse_proof_file(raw), LEAF, policy())


def test_every_beginning_of_a_file_is_refused() -> None:
    cut = RAW.index(b"\n\n") + 2
    # Behind the log's own signature a cut leaves a whole file with fewer witnesses.
    whole = RAW.index("— w1".encode())
    for end in range(len(RAW)):
        if end == whole:
            with pytest.raises(QuorumError):
                verify_proof_file(parse_proof_file(RAW[:end]), LEAF, policy())
            continue
        with pytest.raises(TruncatedCheckpointError if end >= cut else MalformedError):
            parse_proof_file(RAW[:end])


def test_another_entry_is_not_proven() -> None:
    with pytest.raises(InclusionError, match="does not show that the log holds this entry"):
        verify_proof_file(parse_proof_file(RAW), logs.leaf(271), policy())
    with pytest.raises(InclusionError):
        verify_proof_file(replace(parse_proof_file(RAW), index=271), LEAF, policy())
    with pytest.raises(InclusionError):
        verify_proof_file(replace(parse_proof_file(RAW), path=PATH[:-1]), LEAF, policy())


def test_proof_is_good_for_its_own_policy_only() -> None:
    unwitnessed = encode_proof_file(270, PATH, LOG.checkpoint())
    other_log = encode_proof_file(270, PATH, LOG.checkpoint(logs.OTHER_KEY, "goftogu/other"))
    other_key = encode_proof_file(270, PATH, LOG.checkpoint(logs.OTHER_KEY))

    with pytest.raises(QuorumError):
        verify_proof_file(parse_proof_file(unwitnessed), LEAF, policy())
    verify_proof_file(parse_proof_file(unwitnessed), LEAF, policy("none"))
    with pytest.raises(WrongOriginError):
        verify_proof_file(parse_proof_file(other_log), LEAF, policy("none"))
    with pytest.raises(WrongKeyError):
        verify_proof_file(parse_proof_file(other_key), LEAF, policy("none"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"@v1\n", b"@v2\n"),
        (b"@v1\n", b"@v1\r\n"),
        (b"index 270", b"index 0270"),
        (b"index 270", b"index  270"),
        (b"index 270", b"index -1"),
        (b"index 270", b"270"),
        (b"index 270", b"index"),
        (b"index 270", b"extra AAAA"),
        (b"index 270", b"index 270\nindex 270"),
        (b"index 270", b"extra AAA\nindex 270"),
        (b"index 270", b"extra AAAA\nextra AAAA\nindex 270"),
        (b"index 270", b"index 270\nextra AAAA"),
        (b"index 270", b"index 270\n\n"),
        (b"index 270", b"index 270\nAAAA"),
        (b"index 270", b"index 270" + (b"\n" + b"A" * 43 + b"=") * 63),
        (b"index 270", b"index 270\n\xff"),
    ],
)
def test_what_is_no_proof_is_refused(old: bytes, new: bytes) -> None:
    assert old in RAW
    with pytest.raises(MalformedError):
        parse_proof_file(RAW.replace(old, new, 1))


def test_file_beyond_its_limit_is_refused() -> None:
    with pytest.raises(TooLargeError):
        parse_proof_file(RAW + b"a" * 1_000_000)


def test_extra_is_not_part_of_what_is_proven() -> None:
    """Anyone can put anything there; the proof holds all the same, and vouches for none of it."""
    raw = RAW.replace(b"index 270", b"extra AAAA\nindex 270")

    assert parse_proof_file(raw).extra == bytes(3)
    assert verify_proof_file(parse_proof_file(raw), LEAF, policy()) == verify_proof_file(
        parse_proof_file(RAW), LEAF, policy()
    )
