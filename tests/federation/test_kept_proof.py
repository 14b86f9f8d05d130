"""Evidence on a disk that filled up: what is half is no proof, and keeps nobody from the others."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from app.federation.partners.evidence import evidence_of, list_contradictions, write_evidence
from app.federation.partners.gossip import Contradiction
from app.tlog.errors import SplitViewError

PROOF = Contradiction(seen=b"a note\n", later=b"a later one\n", root=bytes(32), path=())
LIE = SplitViewError(PROOF.seen, PROOF.later)


@contextmanager
def disk_that_takes(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_proof_that_did_not_fit_on_the_disk_is_none_and_comes_whole_later(tmp_path: Path) -> None:
    copy = tmp_path / "sepidar"
    with disk_that_takes(100), pytest.raises(OSError, match="large"):
        write_evidence(copy, LIE, contradiction=PROOF)
    assert list_contradictions(copy) == []

    write_evidence(copy, LIE, contradiction=PROOF)

    assert list_contradictions(copy) == [PROOF]
    (kept,) = evidence_of(copy).iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_damaged_proof_hides_no_other(tmp_path: Path) -> None:
    copy = tmp_path / "sepidar"
    write_evidence(copy, LIE, contradiction=PROOF)
    (whole,) = evidence_of(copy).iterdir()
    (evidence_of(copy) / f"{'0' * 64}.json").write_bytes(whole.read_bytes()[:100])
    (evidence_of(copy) / f"{'1' * 64}.json").write_bytes(b'{"contradiction": {"seen": 1}}')

    assert list_contradictions(copy) == [PROOF]
