"""A newer version is tried on a copy, takes over and is taken back, while people post: nothing is lost."""

import http.client
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pyrage
import pytest
from app.kernel.clock import SystemClock
from sqlalchemy import text

from tests.deploy.tree import CHECKOUT, Tree, made_tree, make_source
from tests.faults.load import SCRIBE, assert_good, new_post
from tests.houses import find_record, invite, open_at, tick

pytestmark = pytest.mark.slow

_NEWEST = max(path.name for path in (CHECKOUT / "migrations/versions").glob("[0-9]*.py"))[:4]
_GOOD = f"""
from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = "9999", "{_NEWEST}", None, None


def upgrade():
    op.create_table("trial", sa.Column("n", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("trial")
"""
_BAD = _GOOD.replace(
    "    op.create_table", "    op.execute('DELETE FROM tlog_lane')\n    op.create_table"
)


@dataclass
class Posting:
    """Somebody who sends posts one after the other, each until it is answered."""

    tree: Tree
    taken_in: list[bytes] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def run(self) -> None:
        while not self.stop.is_set():
            raw = new_post()
            while not self.stop.is_set():
                try:
                    status = submit(self.tree.socket, raw)
                except (OSError, http.client.HTTPException):
                    time.sleep(0.05)
                    continue
                if status in {200, 201}:
                    self.taken_in.append(raw)
                else:
                    self.refused.append(status)
                break


def submit(path: Path, raw: bytes) -> int:
    """Hand a record in at a unix socket; return the status."""
    connection = http.client.HTTPConnection("forum.example", timeout=30)
    connection.sock = socket.socket(socket.AF_UNIX)
    with closing(connection):
        connection.sock.connect(str(path))
        connection.request("POST", "/api/v1/records", raw)
        return connection.getresponse().status


@contextmanager
def posting(tree: Tree) -> Iterator[Posting]:
    """Let somebody post for the length of a block."""
    person = Posting(tree)
    thread = Thread(target=person.run)
    thread.start()
    try:
        yield person
    finally:
        person.stop.set()
        thread.join()


@pytest.fixture
def tree(template: Path, tmp_path: Path) -> Iterator[Tree]:
    """A tree with the version that stands here, with SQLite."""
    with made_tree() as made:
        source = make_source(tmp_path / "first")
        shutil.copytree(template, made.data)
        with closing((house := open_at(made.data, SystemClock())).db):
            invite(house, SCRIBE)
        done = made.run(
            source / "deploy/install", "--origin", "https://forum.example", "--root", made.root
        )
        assert done.returncode == 0, done.stderr
        settings = made.root / "etc/goftogu/environment"
        lines = [
            x for x in settings.read_text().splitlines() if "DATABASE" not in x and "TOR_" not in x
        ]
        settings.write_text("\n".join([*lines, ""]))
        name = made.stage(source)
        (made.root / "opt/goftogu/current").symlink_to(f"releases/{name}")
        yield made


def revision_of(tree: Tree) -> str:
    """Return the schema's revision."""
    with closing((house := open_at(tree.data, SystemClock())).db), house.db.read() as work:
        return str(work.session.scalar(text("SELECT version_num FROM alembic_version")))


def test_nothing_is_lost_by_an_upgrade_and_its_rollback_while_people_post(
    tree: Tree, tmp_path: Path
) -> None:
    old, source = tree.current, make_source(tmp_path / "second", _GOOD)
    new = tree.stage(source)
    tree.control("start", "goftogu")

    with posting(tree) as person:
        up = tree.run(source / "deploy/upgrade")
        assert up.returncode == 0, up.stdout + up.stderr
        assert (tree.current, revision_of(tree)) == (new, "9999")
        between = len(person.taken_in)
        while len(person.taken_in) < between + 5:
            time.sleep(0.05)
        back = tree.run(tree.root / "opt/goftogu/current/deploy/rollback")
        assert back.returncode == 0, back.stdout + back.stderr
        assert (tree.current, revision_of(tree)) == (old, _NEWEST)
        after = len(person.taken_in)
        while len(person.taken_in) < after + 5:
            time.sleep(0.05)
    tree.control("stop", "goftogu")

    assert between > 5
    assert person.refused == []
    assert re.search(r"the forum was away for \d+ s", up.stdout)
    with closing((house := open_at(tree.data, SystemClock())).db):
        tick(house)
        assert [raw for raw in person.taken_in if find_record(house, raw) is None] == []
        assert_good(house)
    assert tree.run(tree.root / "opt/goftogu/current/deploy/rollback").returncode == 1, (
        "there is no other"
    )


@pytest.mark.nightly
def test_version_whose_migration_does_not_hold_is_tried_on_a_copy_alone(
    tree: Tree, tmp_path: Path
) -> None:
    old, source = tree.current, make_source(tmp_path / "second", _BAD)
    tree.stage(source)

    done = tree.run(source / "deploy/upgrade")

    assert done.returncode == 1
    assert "red: the backup does not come back" in done.stdout
    assert "no go: nothing was changed" in done.stderr
    assert (tree.current, revision_of(tree)) == (old, _NEWEST)
    assert not (tree.root / "pid").exists(), "the forum was not touched"


def spoil(tree: Tree, release: str, command: str, end: str) -> None:
    """Let a command of a version end otherwise than it should."""
    program = tree.root / "opt/goftogu/releases" / release / ".venv/bin/goftogu"
    line = f'#!/bin/sh\n[ "$1" != {command} ] || {{ {end}; }}\n'
    program.write_text(program.read_text().replace("#!/bin/sh\n", line))


@pytest.mark.nightly
def test_version_that_does_not_answer_is_taken_back_at_once(tree: Tree, tmp_path: Path) -> None:
    """Nor does it make a backup any more: that keeps nobody from going back."""
    old, source = tree.current, make_source(tmp_path / "second", _GOOD)
    new = tree.stage(source)
    recipient = pyrage.x25519.Identity.generate().to_public()
    (tree.root / "etc/goftogu/recipients").write_text(f"{recipient}\n")
    (tree.root / "var/backups/goftogu").mkdir(parents=True)
    spoil(tree, new, "serve", "exit 1")
    spoil(tree, new, "backup", "exit 1")

    done = tree.run(source / "deploy/upgrade")

    assert done.returncode == 1
    assert "it is taken back" in done.stderr
    assert (tree.current, revision_of(tree)) == (old, _NEWEST)
    assert tree.control("is-active", "--quiet", "goftogu")


@pytest.mark.nightly
def test_power_cut_while_the_schema_changes_leaves_a_version_that_starts(
    tree: Tree, tmp_path: Path
) -> None:
    source = make_source(tmp_path / "second", _GOOD)
    new = tree.stage(source)
    program = f"{tree.root}/opt/goftogu/releases/{new}/.venv/bin/python"
    migrate = f"cd {tree.root}/opt/goftogu/releases/{new} && {program} -m alembic upgrade head"
    spoil(tree, new, "init", f"({migrate}); kill -9 $PPID; exit 1")
    tree.control("start", "goftogu")

    done = tree.run(source / "deploy/upgrade")
    assert done.returncode < 0
    assert revision_of(tree) == "9999"
    tree.control("start", "goftogu")

    assert answers(tree)
    assert tree.current == new
    back = tree.run(tree.root / "opt/goftogu/current/deploy/rollback")
    assert back.returncode == 0, back.stdout + back.stderr
    assert revision_of(tree) == _NEWEST


@pytest.mark.nightly
def test_disk_that_is_full_during_an_upgrade_leaves_a_forum_that_serves(
    tree: Tree, tmp_path: Path
) -> None:
    source = make_source(tmp_path / "second", _GOOD)
    tree.stage(source)
    tree.control("start", "goftogu")
    full = tree.root / "bin/ln"
    full.write_text("#!/bin/sh\necho 'No space left on device' >&2\nexit 1\n")
    full.chmod(0o755)

    done = tree.run(source / "deploy/upgrade")

    assert done.returncode == 1
    assert answers(tree)


def answers(tree: Tree) -> bool:
    """Return whether the forum takes posts before a minute has passed."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError, http.client.HTTPException):
            return submit(tree.socket, new_post()) in {200, 201}
        time.sleep(0.2)
    return False
