"""Every list is read through an index: no page grows slower with what it does not show."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from app import forum, records
from app.db import Work
from app.forum import search, store
from app.forum.model import ThreadId, ThreadSort
from app.forum.store import counting, ground
from app.wiring import House
from sqlalchemy import event
from starlette.testclient import TestClient

from tests import factories
from tests.houses import release, require_post, submit

BIG = ("post", "thread", "version", "record", "tlog_entry")
BOARD = "did:key:board"
AVA, BABAK = factories.person("Ava"), factories.person("Babak")


def list_threads(board: str | None, sort: ThreadSort, work: Work) -> object:
    """Return one page of threads, and how many there are."""
    return (
        store.list_threads(work, board=board, sort=sort, offset=20, limit=20),
        store.count_threads(work, board=board, sort=sort),
    )


LISTS: dict[str, Callable[[Work], object]] = {
    "a page of a thread": lambda work: store.list_posts(work, ThreadId("a"), 1, 20),
    "authors of a thread": lambda work: store.count_authors(work, ThreadId("a")),
    "a board's feed": lambda work: store.list_latest_posts(work, BOARD, 20, ""),
    "a persona's posts": lambda work: store.list_by_authors(work, ["did:key:ava"], 20),
    "how many those are": lambda work: counting.count_by_authors(work, ["did:key:ava"]),
    "what a search found": lambda work: store.list_at_places(work, [1, 2]),
    "homes": lambda work: forum.list_homes(work, [ThreadId("a")]),
    "titles": lambda work: forum.list_titles(work, [ThreadId("a")]),
    "threads with a place": lambda work: ground.list_ranked_threads(work, BOARD, ""),
    "threads without one": lambda work: ground.list_plain_threads(work, BOARD, "", 20, 20),
    "posts with a place": lambda work: ground.list_ranked_posts(work, ThreadId("a")),
    "posts by their numbers": lambda work: store.list_numbered(work, ThreadId("a"), [1, 7]),
    "what was erased": records.list_erased,
    "what is to be indexed": lambda work: search.list_below(work, 7, 500),
    **{
        f"threads of {board or 'all boards'} by {sort}": partial(list_threads, board, sort)
        for board, sort in ((None, ThreadSort.REPLY), *((BOARD, sort) for sort in ThreadSort))
    },
}


@pytest.mark.parametrize("name", LISTS)
def test_no_list_reads_a_whole_table(house: House, name: str) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(
        house.db.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, values, *_: asked.append((statement, values)),
    )

    with house.db.read() as work:
        LISTS[name](work)
        selects = [pair for pair in asked if pair[0].startswith("SELECT")]
        steps = [
            row.detail
            for statement, values in selects
            for row in work.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", values
            )
        ]

    assert steps
    scans = [step for step in steps if step.startswith("SCAN") and " USING " not in step]
    assert [step for step in scans if step.split()[1] in BIG] == []
    # Nor is a long thread read for one of its pages, but those few that a desk moved to a board.
    whole = [step for step in steps if step.endswith("ix_post_place (thread=?)")]
    assert len(whole) == sum("ix_thread_moved" in step for step in steps if whole)


def test_long_and_deep_thread_takes_as_many_questions_as_a_short_one(
    house: House, client: TestClient
) -> None:
    """Of fifty answers each answers the one before it; officials' badges come with the hearing."""
    short, newest = factories.note(BABAK), factories.note(AVA)
    long = newest
    submit(house, short, long)
    for _ in range(50):
        newest = factories.note(AVA, reply_to=newest)
        submit(house, newest)
    release(house)

    def count(opening: bytes) -> int:
        asked: list[str] = []
        thread = require_post(house, opening).thread

        def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(house.db.engine, "before_cursor_execute", note)
        answer = client.get(f"/en/t/{thread}")
        event.remove(house.db.engine, "before_cursor_execute", note)
        assert answer.status_code == 200
        return sum(statement.startswith("SELECT") for statement in asked)

    # A process asks once whether it shows copies of boards at all.
    client.get(f"/en/p/{factories.digest_of(short).hex()}")
    assert count(long) == count(short) <= 6
