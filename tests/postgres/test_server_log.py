"""PostgreSQL's own log: as it comes it repeats what failed, values and all; set as docs/operating.md says it does not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.postgres.server import Postgres

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

NEEDLE = "needle-in-a-draft-onyx"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
_setting = re.compile(r"`(log_\w+) = (\w+)`")


def fail_with(cluster: Postgres, needle: str) -> str:
    """Let statements fail in the ways that show values; return what the server's log says of it."""
    before = (cluster.folder / "log").stat().st_size
    with cluster.connect() as connection:
        connection.execute("CREATE TEMP TABLE said (words text PRIMARY KEY CHECK (words <> ''))")
        connection.execute("INSERT INTO said VALUES (%s)", (needle,))
        for statement, words in (
            ("INSERT INTO said VALUES (%s)", needle),
            ("INSERT INTO said VALUES (substr(%s, 99))", needle),
            ("SELECT %s::int", needle),
            ("SELECT 1 / (length(%s) - length(%s))", needle),
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(statement.encode(), (words,) * statement.count("%s"))
    return (cluster.folder / "log").read_text()[before:]


@contextmanager
def told_so(cluster: Postgres, settings: list[tuple[str, str]]) -> Iterator[None]:
    """Set a server for the length of a block; whoever connects then has it so."""

    def tell(statements: list[str]) -> None:
        with cluster.connect() as connection:
            for statement in (*statements, "SELECT pg_reload_conf()"):
                connection.execute(statement.encode())

    tell([f"ALTER DATABASE postgres SET {name} = {value}" for name, value in settings])
    try:
        yield
    finally:
        tell([f"ALTER DATABASE postgres RESET {name}" for name, _ in settings])


def test_log_of_the_server_repeats_nothing_when_set_as_the_manual_says(postgres: Postgres) -> None:
    settings = _setting.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert len(settings) >= 2

    assert NEEDLE in fail_with(postgres, NEEDLE)
    with told_so(postgres, settings):
        assert NEEDLE not in fail_with(postgres, NEEDLE)
