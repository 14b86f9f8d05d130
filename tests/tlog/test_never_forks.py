"""Whatever an operator restores, loses or starts twice: the log never signs two histories.

Hypothesis draws what happens to an instance, from posts and failing disks to older databases and
lost folders. Each checkpoint that it ever shows or keeps is held against the longest history that
anyone could have read.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest
from app.kernel.clock import FixedClock
from app.kernel.errors import AppError, CorruptStateError
from app.tlog.publication import CHECKPOINT_PATH
from app.tlog.tree import EMPTY_ROOT, hash_leaf, hash_row
from app.wiring import House
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests import factories
from tests.faults.rounds import HISTORIES
from tests.houses import open_at, submit, tick
from tests.tlog.faults import Fate, Faults
from tests.tlog.strangers import read_log, verified
from tests.tlog.test_sequencer import live

DATABASE = "goftogu.db*"
LOST = st.sampled_from([[], ["log"], ["public"], ["log", "public"]])
"""Folders that no backup holds."""


class Operator(RuleBasedStateMachine):
    """An instance in the hands of somebody who does everything that can be done to it."""

    template: Path
    signed = 0
    refused = 0
    """In all examples together: what nothing was signed and nothing refused in shows nothing."""

    @initialize()
    def begin(self) -> None:
        """Start an instance."""
        self.folder = Path(mkdtemp())
        self.data = self.folder / "instance"
        shutil.copytree(self.template, self.data)
        self.backups: list[Path] = []
        self.history: list[bytes] = []
        self.newest = b""
        self.posts = 0
        self.house = self.other = self.open()
        self.look()
        self.back_up()

    def open(self) -> House:
        """Open the instance, as a process that starts."""
        return open_at(self.data, FixedClock(factories.NOW))

    def close(self) -> None:
        """Stop its processes."""
        self.house.db.close()
        if self.other is not self.house:
            self.other.db.close()

    def reopened(self, change: Callable[[], object]) -> None:
        """Stop it, do something to its folder, and start it."""
        self.close()
        change()
        self.house = self.other = self.open()

    def run(self, house: House) -> None:
        """Let a worker run, and look at what it has signed."""
        try:
            tick(house)
            Operator.signed += 1
        except CorruptStateError:
            Operator.refused += 1
        self.look()

    def look(self) -> None:
        """Hold what is published, and what the log signed last, against what anyone has read."""
        public, own = self.data / "public" / CHECKPOINT_PATH, self.data / "log" / "checkpoint"
        for path in (public, own):
            raw = path.read_bytes() if path.exists() else b""
            if not raw:
                continue
            tree = verified(self.house, raw).tree
            if path == public and tree.size > len(self.history):
                entries = read_log(self.house)
                assert entries[: len(self.history)] == self.history
                self.history, self.newest = entries, raw
            # What was signed and never published is no history yet: nobody has read it.
            if tree.size <= len(self.history):
                hashes = [hash_leaf(leaf) for leaf in self.history[: tree.size]]
                assert tree.root == (hash_row(hashes) if hashes else EMPTY_ROOT), "the log forked"

    @rule(count=st.integers(1, 3))
    def post(self, count: int) -> None:
        """Let people write."""
        for _ in range(count):
            self.posts += 1
            submit(self.house, live(f"Post {self.posts}."))

    @rule()
    def run_worker(self) -> None:
        """Let the worker run."""
        self.run(self.house)

    @rule()
    def run_a_second_worker(self) -> None:
        """Let another process of the instance run, which has a memory of its own."""
        if self.other is self.house:
            self.other = self.open()
        self.run(self.other)

    @rule(at=st.integers(0, 25), fate=st.sampled_from([Fate.FAILS, Fate.PERSISTS]))
    def run_on_a_failing_disk(self, at: int, fate: Fate) -> None:
        """Let the worker run while the disk fails at one of its steps."""
        with pytest.MonkeyPatch.context() as patch:
            Faults(patch, self.house, at, fate)
            with suppress(OSError, CorruptStateError):
                tick(self.house)
        self.look()

    @rule()
    def restart(self) -> None:
        """Stop and start."""
        self.reopened(lambda: None)

    @rule()
    def back_up(self) -> None:
        """Copy the database."""

        def copy() -> None:
            to = self.folder / f"backup-{len(self.backups)}"
            to.mkdir()
            for path in self.data.glob(DATABASE):
                shutil.copy(path, to)
            self.backups.append(to)

        self.reopened(copy)

    @rule(data=st.data(), names=LOST)
    def restore(self, data: st.DataObject, names: list[str]) -> None:
        """Go on, put an older copy of the database in place, perhaps elsewhere, and go on again."""
        self.post(1)
        self.run(self.house)
        backup = data.draw(st.sampled_from(self.backups))

        def put_back() -> None:
            for path in self.data.glob(DATABASE):
                path.unlink()
            for path in backup.iterdir():
                shutil.copy(path, self.data)
            for name in names:
                shutil.rmtree(self.data / name, ignore_errors=True)

        self.reopened(put_back)
        self.post(2)
        self.run(self.house)

    @rule(names=LOST)
    def lose(self, names: list[str]) -> None:
        """Lose folders that no backup holds."""

        def lost() -> None:
            for name in names:
                shutil.rmtree(self.data / name, ignore_errors=True)

        self.reopened(lost)

    @rule()
    def resume(self) -> None:
        """Give the log its newest checkpoint, which mirrors and witnesses have."""
        with suppress(AppError):
            self.house.sequencer.resume(self.newest)
        self.reopened(lambda: None)

    def teardown(self) -> None:
        """Run once more, and look."""
        self.run(self.house)
        self.close()
        shutil.rmtree(self.folder)


@pytest.mark.slow
def test_log_never_forks_whatever_is_restored_or_lost(template: Path) -> None:
    Operator.template = template

    run_state_machine_as_test(
        Operator,
        # The history that shows a fork is told as it was drawn: making it short takes minutes.
        settings=settings(
            settings(), max_examples=HISTORIES, stateful_step_count=15, phases=[Phase.generate]
        ),
    )

    assert Operator.signed > HISTORIES
    assert Operator.refused > HISTORIES / 2
