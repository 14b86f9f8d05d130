"""A checkpoint that somebody cut off, forged, or split: `goftogu log verify` says what and what it means."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.cli.command import goftogu
from tests.cli.test_monitor import Quiet, serving
from tests.federation import test_monitor as attacks
from tests.federation.hosts import Host, posts, published

DOES_NOT_VERIFY = 3
SENTENCES: dict[attacks.Attack, tuple[str, str]] = {
    attacks.truncated: ("the checkpoint ends too early", "cut off on its way, or is another file"),
    attacks.of_another_log: ("the checkpoint is of another log", "says nothing about the one"),
    attacks.signed_by_another: ("not signed with the log's key", "somebody else made it"),
    attacks.changed: ("does not hold", "changed after it was signed"),
    attacks.shrunk: ("has 3 entries and had 4 before", "an old copy, or entries were taken away"),
    attacks.split: ("signed two histories", "shows different things to different readers"),
    attacks.forked: ("signed two histories", "shows different things to different readers"),
    attacks.key_changed: ("not signed with the log's key", "a new key only from the host's signed"),
    attacks.without_checkpoint: ("tlog/checkpoint is not there", "no whole copy of an instance"),
    attacks.bent_tile: ("does not belong to the log", "this copy is damaged or forged"),
}
by_attack = pytest.mark.parametrize("attack", SENTENCES, ids=lambda attack: attack.__name__)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A host with three posts."""
    return published(tmp_path / "host", posts(3))


@pytest.fixture
def folder(host: Host) -> str:
    """Its folder."""
    return str(host.folder)


@pytest.fixture
def address(host: Host) -> Iterator[str]:
    """Its address, at which it is served."""
    with serving(partial(Quiet, directory=host.folder)) as origin:
        yield origin


@by_attack
def test_folder_is_refused_in_words(
    attack: attacks.Attack, folder: str, host: Host, tmp_path: Path
) -> None:
    require_told(attack, folder, host, tmp_path)


@pytest.mark.slow
@by_attack
def test_address_is_refused_in_words(
    attack: attacks.Attack, address: str, host: Host, tmp_path: Path
) -> None:
    require_told(attack, address, host, tmp_path)


def require_told(attack: attacks.Attack, source: str, host: Host, tmp_path: Path) -> None:
    """Let a host attack; require that the command says what is wrong, what it means, and ends with 3."""
    state, seen = tmp_path / "state" / "seen", attack(host, tmp_path)
    if seen is not None:
        state.parent.mkdir()
        state.write_bytes(seen)

    done = goftogu("log", "verify", source, "--state", state)

    wrong, meaning = SENTENCES[attack]
    assert (done.code, done.out) == (DOES_NOT_VERIFY, b"")
    *others, sentence = done.err.splitlines()
    assert sentence.startswith(f"{source}: does not verify: ")
    assert wrong in sentence
    assert meaning in sentence.partition(": does not verify: ")[2]
    assert "Traceback" not in done.err
    # Of a split view the evidence is kept, and nothing else that failed is remembered.
    kept = list(tmp_path.glob("state/split-view-*.txt"))
    assert len(kept) == len(others) == ("two histories" in wrong)
    assert (state.read_bytes() if state.exists() else None) == seen


def test_five_ways_to_be_wrong_have_five_sentences() -> None:
    ways = (attacks.truncated, attacks.of_another_log, attacks.signed_by_another, attacks.shrunk,
            attacks.split)  # fmt: skip
    assert len({SENTENCES[way] for way in ways}) == len(ways)
