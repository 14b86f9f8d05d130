"""A backup of PostgreSQL comes back into an empty database, and into no other."""

import os
import shutil
from pathlib import Path
from unittest.mock import patch

import pyrage
import pytest
from app import wiring
from app.cli import archive
from app.kernel.clock import FixedClock
from app.kernel.errors import ConflictError
from app.settings import Settings

from tests import factories
from tests.houses import count_records, find_record, publish
from tests.postgres.server import Postgres, find_programs

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def test_backup_comes_back_into_an_empty_database_only(postgres: Postgres, tmp_path: Path) -> None:
    secret, ava = pyrage.x25519.Identity.generate(), factories.person("Ava")
    (tmp_path / "secret").write_text(str(secret))
    post = factories.note(ava, text="It is tahdig.")
    old, new = (
        Settings(data=tmp_path / name, database_url=postgres.create_database(), origin="")
        for name in ("old", "new")
    )
    house = wiring.init_house(old, clock=FixedClock(factories.NOW))
    with house.db.write() as work:
        house.door.submit(work, factories.board(factories.SQUARE, home=house.keys["instance"]))
    publish(house, post)
    before = count_records(house)

    programs = f"{find_programs()}{os.pathsep}{os.environ['PATH']}"
    with patch.dict(os.environ, {"PATH": programs}):
        archive.write(house, tmp_path / "b", [str(secret.to_public())])
        with pytest.raises(ConflictError):
            archive.restore(
                old.model_copy(update={"data": tmp_path / "x"}),
                tmp_path / "b", tmp_path / "secret", [],
            )  # fmt: skip
        erased = archive.restore(
            new, tmp_path / "b", tmp_path / "secret", [factories.digest_of(post)]
        )
    house.db.close()
    shutil.rmtree(tmp_path / "old")

    restored = wiring.open_house(new, clock=FixedClock(factories.NOW))
    kept = find_record(restored, post)
    assert (erased, count_records(restored)) == (1, before)
    assert kept is not None
    assert kept.raw is None
    restored.db.close()
