"""An empty database at each revision, made once from the one before; tests get copies."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app.db.engine import sqlite_url

from tests.migrations.schema import BASE, before, upgrade
from tests.postgres.server import Postgres

At = Callable[[str], str]
"""What makes a database of one's own at a revision, and returns its URL."""

_FILE = "goftogu.db"


@pytest.fixture(scope="session")
def sqlite_at(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what returns the folder of the database at a revision."""
    made: dict[str, Path] = {}

    def folder_at(revision: str) -> Path:
        if revision not in made:
            folder = tmp_path_factory.mktemp("revision")
            if revision != BASE:
                _copy(folder_at(before(revision)), folder)
                upgrade(sqlite_url(folder), revision)
            made[revision] = folder
        return made[revision]

    return folder_at


@pytest.fixture(scope="session")
def postgres_at(postgres: Postgres) -> Callable[[str], str]:
    """Return what returns the name of the database at a revision."""
    made = {BASE: "template1"}

    def name_at(revision: str) -> str:
        if revision not in made:
            url = postgres.create_database(copy_of=name_at(before(revision)))
            upgrade(url, revision)
            made[revision] = postgres.name_of(url)
        return made[revision]

    return name_at


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[At]:
    """Databases of each kind."""
    if request.param == "sqlite":
        folder_at: Callable[[str], Path] = request.getfixturevalue("sqlite_at")

        def copy(revision: str) -> str:
            _copy(folder_at(revision), tmp_path)
            return sqlite_url(tmp_path)

        yield copy
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name_at: At = request.getfixturevalue("postgres_at")
    urls: list[str] = []

    def create(revision: str) -> str:
        urls.append(postgres.create_database(copy_of=name_at(revision)))
        return urls[-1]

    yield create
    for url in urls:
        postgres.drop_database(url)


@pytest.fixture
def url(at: At) -> str:
    """An empty database of each kind."""
    return at(BASE)


def _copy(source: Path, target: Path) -> None:
    if (source / _FILE).exists():
        shutil.copy(source / _FILE, target / _FILE)
