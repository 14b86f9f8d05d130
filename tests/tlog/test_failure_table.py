"""The failure table: each durable step of a run of the sequencer, times what may become of it.

Rows are runs, and in each of them every step that lasts: a commit, a sync, a rename, a new folder.
Columns are a step that failed, one that failed and yet happened, each with and without a restart,
and a power cut before and after it, of which the disk keeps what was synced, or some more. Whatever
the box, the next run ends with the log that an undisturbed one ends with.
"""

import re
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from app import tlog
from app.kernel.clock import FixedClock
from app.tlog.errors import OlderCheckpointError
from app.tlog.publication import CHECKPOINT_PATH
from app.tlog.tiles import WIDTH
from app.wiring import House

from tests import factories
from tests.houses import SeededRandomness, open_at, queue, submit, tick
from tests.tlog.faults import Fate, Faults, PowerCut
from tests.tlog.strangers import assert_log_good, files_of, verified
from tests.tlog.test_sequencer import live

NEVER = -1
LAST = "last-checkpoint"


def with_posts(house: House) -> None:
    """Three posts fall due."""
    submit(house, *(live(f"Post {number}.") for number in range(3)))


def over_a_tile(house: House) -> None:
    """Entries fall due that fill a second tile, after which partial ones of the first go."""
    for end, prefix in ((200, "some"), (2 * WIDTH - 2, "nearly")):
        with house.db.read() as work:
            queue(house, end - tlog.count_entries(work), prefix)
        tick(house)
    queue(house, 4, "last")


def without_public(house: House) -> None:
    """The operator lost the folder that everybody reads."""
    queue(house, 300)
    tick(house)
    shutil.rmtree(house.settings.data / "public")


def never_signed(house: House) -> None:
    """The log has entries, and has never been signed: as one of an older version."""
    with house.db.write() as work:
        tlog.forgo_checkpoint(work)
    shutil.rmtree(house.settings.data / "public")
    shutil.rmtree(house.settings.data / "log")


def restored(house: House) -> None:
    """A backup was restored, and the log's last checkpoint is at hand."""
    with_posts(house)
    tick(house)
    data = house.settings.data
    shutil.copy(data / "log" / "checkpoint", data / LAST)
    shutil.rmtree(data / "public")
    shutil.rmtree(data / "log")
    submit(house, live("Since then."))


def resume(house: House) -> None:
    """Give the log its last checkpoint, unless it has signed more since then, and run it."""
    with suppress(OlderCheckpointError):
        house.sequencer.resume((house.settings.data / LAST).read_bytes())
    tick(house)


class Run(NamedTuple):
    """A row of the table."""

    prepare: Callable[[House], None]
    act: Callable[[House], object] = tick


RUNS = {
    "a tick": Run(with_posts),
    "a tick over a tile": Run(over_a_tile),
    "files written again": Run(without_public),
    "the first signature": Run(never_signed),
    "a resumed log": Run(restored, resume),
}


class Column(NamedTuple):
    """What becomes of the step, and what then."""

    fate: Fate
    restarts: bool
    seed: int | None = None
    """Of what the disk keeps though it was not synced; None: nothing."""


COLUMNS = {
    "failed": Column(Fate.FAILS, restarts=False),
    "failed, restart": Column(Fate.FAILS, restarts=True),
    "failed but persisted": Column(Fate.PERSISTS, restarts=False),
    "failed but persisted, restart": Column(Fate.PERSISTS, restarts=True),
    "power cut before": Column(Fate.CUT_BEFORE, restarts=True),
    "power cut after": Column(Fate.CUT_AFTER, restarts=True),
    "power cut before, some kept": Column(Fate.CUT_BEFORE, restarts=True, seed=1),
    "power cut after, some kept": Column(Fate.CUT_AFTER, restarts=True, seed=2),
}


UNDISTURBED = Column(Fate.FAILS, restarts=True)
"""With a step that never comes."""


@pytest.fixture(scope="module")
def prepare(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """What makes the folder in which a run begins, once for each."""
    made: dict[str, Path] = {}

    def prepare(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("run") / "instance"
            shutil.copytree(template, made[name])
            with closing((house := reopened(made[name])).db):
                RUNS[name].prepare(house)
        return made[name]

    return prepare


def reopened(data: Path) -> House:
    """Open an instance whose time stands and whose randomness is always the same."""
    return open_at(data, FixedClock(factories.NOW), SeededRandomness(1))


class Ended(NamedTuple):
    """What a run and the one after it left."""

    steps: list[str]
    files: dict[str, bytes]
    shown: int


def run(name: str, begin: Path, to: Path, at: int, column: Column) -> Ended:
    """Disturb a run at one step, let another one follow, and look at what is there then."""
    act = RUNS[name].act
    shutil.copytree(begin, to)
    house = reopened(to)
    seen, shown = read_checkpoints(to), count_shown(house)
    with pytest.MonkeyPatch.context() as patch:
        disk = Faults(patch, house, at, column.fate)
        with suppress(OSError, PowerCut):
            act(house)
    seen |= read_checkpoints(to)
    assert_shown_is_signed(house, shown)
    if column.fate in {Fate.CUT_BEFORE, Fate.CUT_AFTER}:
        kept = to.with_name(f"{to.name}-kept")
        chance = None if column.seed is None else Random(f"{column.seed} {at}")
        disk.disk.write_kept(kept, chance)
        to = kept
    if column.restarts:
        house.db.close()
        house = reopened(to)
        assert_shown_is_signed(house, shown)
    act(house)
    assert_log_good(house, *seen)
    with closing(house.db):
        return Ended(disk.steps, files_of(house), count_shown(house))


def read_checkpoints(data: Path) -> set[bytes]:
    """Return what the log has signed, and what anybody may have read."""
    paths = [data / "log" / "checkpoint", data / "public" / CHECKPOINT_PATH]
    return {path.read_bytes() for path in paths if path.exists()}


def count_shown(house: House) -> int:
    """Return how many entries are shown."""
    with house.db.read() as work:
        return tlog.get_state(work).shown


def assert_shown_is_signed(house: House, before: int) -> None:
    """Look whether more is shown than before that the log's own checkpoint does not hold."""
    own = house.settings.data / "log" / "checkpoint"
    signed = verified(house, own.read_bytes()).tree.size if own.exists() else 0
    assert count_shown(house) <= max(signed, before)


@pytest.mark.slow
@pytest.mark.parametrize(
    "column",
    [
        pytest.param(name, marks=[] if column.seed is None else pytest.mark.nightly)
        for name, column in COLUMNS.items()
    ],
)
@pytest.mark.parametrize("name", RUNS)
def test_failure_table(
    name: str, column: str, prepare: Callable[[str], Path], tmp_path: Path
) -> None:
    box = partial(run, name, prepare(name), column=COLUMNS[column])
    whole = box(tmp_path / "whole", NEVER, column=UNDISTURBED)
    assert len(whole.steps) > 5

    for number, step in enumerate(whole.steps):
        found = box(tmp_path / str(number), number)

        assert found.steps[number] == step
        assert found.shown == whole.shown, step
        # Where no place was given yet and nothing was started anew, another shuffle may come out.
        if COLUMNS[column].restarts:
            assert whole.files.items() <= found.files.items(), step
            # A crash may leave what a later full tile has made superfluous, and nothing else.
            assert all(".p/" in path for path in found.files.keys() - whole.files), step


@pytest.mark.slow
def test_run_has_its_five_steps_in_their_order(
    prepare: Callable[[str], Path], tmp_path: Path
) -> None:
    """Places, tiles, the log's own checkpoint, everybody's checkpoint, what is shown; each synced.

    The records' own files come after them, and the disk may lose those (`federation.publishing`).
    """
    steps = run("a tick", prepare("a tick"), tmp_path / "whole", NEVER, UNDISTURBED).steps

    named = [step for step in steps if re.match("commit|replace (log|public/tlog)/", step)]
    others = [at for at, step in enumerate(steps) if re.match("replace public/re", step)]
    assert min(others) > max(at for at, step in enumerate(steps) if step == "commit")
    own, public = "replace log/checkpoint", f"replace public/{CHECKPOINT_PATH}"
    assert (named[0], named[-3:]) == ("commit", [own, public, "commit"])
    tiles = named[1:-3]
    assert tiles
    assert all(step.startswith("replace public/tlog/tile/") for step in tiles)
    for step in (*tiles, own, public):
        assert f"fsync {step.removeprefix('replace ')}.part" in steps[: steps.index(step)]
    for step in tiles:
        folder = step.removeprefix("replace ").rpartition("/")[0]
        assert f"fsync {folder}" in steps[steps.index(step) : steps.index(own)]
    assert "fsync log" in steps[steps.index(own) : steps.index(public)]
