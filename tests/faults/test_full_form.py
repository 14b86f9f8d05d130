"""Somebody writes by form while the disk is full: they are told, and their words are on the page."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from app.kernel.clock import FixedClock
from app.main import create_app
from app.wiring import House
from sqlalchemy import event
from starlette.testclient import TestClient

from tests.houses import open_at, release
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.slow

LONG = "آب کجا می‌رود؟ " * 600


@pytest.fixture
def small(template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """An instance on SQLite."""
    shutil.copytree(template, tmp_path / "small")
    with closing((house := open_at(tmp_path / "small", clock)).db):
        yield house


def allow_no_growth(connection: Any, _record: object) -> None:
    """Let SQLite find no space beyond what its file has now."""
    connection.execute("PRAGMA max_page_count=1")


def test_words_typed_while_the_disk_is_full_are_kept_on_the_page(small: House) -> None:
    with TestClient(create_app(small, ORIGIN), ORIGIN, follow_redirects=False) as client:
        visitor = Visitor(client)
        visitor.join("آوا")
        form = visitor.open_form("/b/square/new")
        event.listen(small.db.engine, "connect", allow_no_growth)
        small.db.engine.dispose()

        answer = visitor.send(form, do="send", title="Water", text=LONG)

        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert LONG.strip() in answer.text
        assert visitor.get("/boards").status_code == 200

        event.remove(small.db.engine, "connect", allow_no_growth)
        small.db.engine.dispose()
        digest = visitor.digest_after(visitor.send(form, do="send", title="Water", text=LONG))
        release(small)
        assert visitor.get(f"/p/{digest}").status_code == 200
