"""seizure and evidence: what whoever takes the machine gets, and one post with its proofs."""

import json
from hashlib import sha256
from pathlib import Path

import app.main  # noqa: F401 (every room's tables must be known)
import pytest
from app.cli.held import HELD, render_retention
from app.db import Base
from app.kernel.clock import FixedClock
from app.records import parse_record, verify_record
from app.settings import ROOT

from tests import factories
from tests.cli.command import goftogu, start
from tests.houses import open_at, publish

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")


def test_every_table_is_told_once() -> None:
    told = [table for held in HELD for table in held.tables]

    assert sorted(told) == sorted(Base.metadata.tables)


def test_retention_table_says_what_the_program_does(data: Path) -> None:
    written = (ROOT / "docs" / "legal" / "retention.md").read_text("utf-8")

    assert written == render_retention()
    assert goftogu("seizure", "--retention", data=data).out.decode() == written
    assert "7 days" in written


def test_seizure_counts_what_is_there(data: Path) -> None:
    # In a process of its own, which has loaded what a command loads and no more.
    found = json.loads(start("seizure", "--json", data=data).out)

    rows = {each["what"]: each["rows"] for each in found["kept"]}
    assert rows["what was published"] > 0
    assert rows["drafts"] == 0
    assert "Database: SQLite." in found["machine"]
    assert any("instance.key" in fact for fact in found["machine"])
    assert goftogu("seizure", data=data).code == 0


def test_evidence_is_one_post_with_what_proves_it(data: Path, tmp_path: Path) -> None:
    note = factories.note(AVA, title="Whose water?")
    house = open_at(data, FixedClock(factories.NOW))
    publish(house, factories.card(AVA), note)
    house.db.close()
    to = tmp_path / "evidence"

    done = goftogu("evidence", factories.digest_of(note).hex(), "--to", to, data=data)

    assert done.code == 0, done.err
    assert verify_record(parse_record((to / "record.json").read_bytes())).raw == note
    assert b"tlog-proof" in (to / "record.tlog-proof").read_bytes()
    for line in (to / "SHA256SUMS").read_text("ascii").splitlines():
        digest, name = line.split("  ")
        assert sha256((to / name).read_bytes()).hexdigest() == digest


def test_evidence_of_nothing_is_refused(data: Path, tmp_path: Path) -> None:
    done = goftogu("evidence", "00" * 32, "--to", tmp_path / "evidence", data=data)

    assert done.code == 1
    assert not (tmp_path / "evidence").exists()
