"""The benchmarks' posts, made in bulk, are what the door would have made of the same records."""

from pathlib import Path
from typing import Any

import pytest
from app.kernel.clock import SystemClock
from app.settings import Settings
from app.wiring import House, init_house
from benchmarks.population import Population

from tests.houses import read_rows, submit, tick

POSTS = 40
# The promise depends on the hour in which a record came, and the instance's own records on its keys.
DEPENDING = {"include_by"}
TABLES = {"thread", "post", "version", "posting_key", "record", "tlog_entry", "post_search_content"}


def open_new(data: Path) -> House:
    """Make an instance in a folder."""
    return init_house(Settings(data=data, database_url="", origin=""), clock=SystemClock())


def rows_of(house: House, first: int) -> list[tuple[str, dict[str, Any]]]:
    """Return what posts left in the tables, without what the instance itself put there before."""
    return [
        (table, {name: value for name, value in row.items() if name not in DEPENDING})
        for table, row in read_rows(house)
        if table in TABLES
        and not (table == "record" and row["type"] != "Note")
        and not (table == "tlog_entry" and int(str(row["index"])) < first)
    ]


@pytest.mark.slow
def test_posts_made_in_bulk_have_the_rows_that_the_door_makes(tmp_path: Path) -> None:
    bulk, door = open_new(tmp_path / "bulk"), open_new(tmp_path / "door")
    population = Population(bulk)
    Population(door)
    population.grow(POSTS)
    with bulk.db.engine.connect() as connection:
        raws = (
            connection.exec_driver_sql(
                "SELECT raw FROM record JOIN post USING (digest) ORDER BY log_index"
            )
            .scalars()
            .all()
        )
        first = connection.exec_driver_sql("SELECT min(log_index) FROM post").scalar_one()

    for raw in raws:
        submit(door, raw)
        tick(door)

    assert len(raws) == POSTS
    assert rows_of(bulk, first) == rows_of(door, first)
    bulk.db.close()
    door.db.close()
