"""The disk answers EIO: nothing is promised that is not on it, people hear a clear 503, and nobody restarts anything."""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from app import wiring
from app.kernel.clock import SystemClock
from app.settings import Settings
from sqlalchemy import text

from tests import factories
from tests.faults.failing import READ, SYNC, WRITE, failing, list_children
from tests.faults.host import Host, running_host
from tests.faults.load import (
    CLIENTS,
    SCRIBE,
    Heard,
    assert_good,
    assert_promises_kept,
    load_on,
    new_post,
    wait_for,
    wait_until,
)
from tests.faults.test_sync import CALLS, count_answers, list_unsynced
from tests.houses import invite, open_at, submit, tick
from tests.postgres.server import Postgres, running_postgres
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

LOG, FILE = "goftogu.db-wal", "goftogu.db"
REFUSALS = 8
POSTS = 30
PAGES = ("/", "/boards", "/latest", "/b/live", "/search?q=water")


class Fault(NamedTuple):
    """What fails of the database's files, and whether anything can be taken in meanwhile."""

    calls: str
    files: tuple[str, ...]
    when: str = "1+"
    takes_in: bool = False


FAULTS = {
    "the log is not synced": Fault(SYNC, (LOG,)),
    "the log is synced at times": Fault(SYNC, (LOG,), "1+2", takes_in=True),
    "the log is not written": Fault(WRITE, (LOG,)),
    "the log is written at times": Fault(WRITE, (LOG,), "7+9", takes_in=True),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_disk_that_answers_with_an_error(template: Path, tmp_path: Path, fault: Fault) -> None:
    data = tmp_path / "instance"
    shutil.copytree(template, data)
    paths = tuple(data / name for name in fault.files)
    with running_host(data) as host, load_on(host.address) as heard:
        wait_for(heard, CLIENTS)
        with failing(host.pid, calls=fault.calls, paths=paths, when=fault.when):
            # What was on its way when the disk began to fail has been answered by then.
            wait_until(lambda: heard.statuses[503] >= CLIENTS, heard)
            before, refused = len(heard.taken_in), heard.statuses[503]
            wait_until(lambda: heard.statuses[503] > refused + REFUSALS, heard)
            assert fault.takes_in or len(heard.taken_in) == before
            assert_told(host)
        before = len(heard.taken_in)
        wait_until(lambda: len(heard.taken_in) > before + CLIENTS, heard)
        assert host.request("GET", "/en/b/live")[0] == 200

    assert heard.unanswered == []
    assert set(heard.statuses) == {201, 503}
    assert_whole(data, heard)


def test_file_that_cannot_be_read_is_told_and_forgotten_when_it_can(
    template: Path, tmp_path: Path
) -> None:
    """SQLite calls it a damaged file; what is in memory is shown, the rest is a 503 and no crash."""
    data, heard = tmp_path / "instance", Heard()
    shutil.copytree(template, data)
    with running_host(data) as host:
        with failing(host.pid, calls=READ, paths=(data / LOG, data / FILE)):
            pages = [host.request("GET", f"/fr{path}") for path in PAGES]
            post = new_post()
            refused = host.submit(post)
        assert {status for status, _ in pages} <= {200, 503}
        told = [page.decode() for status, page in pages if status == 503]
        assert told
        assert all('<html lang="fr"' in page and "503" in page for page in told)
        assert refused == 503
        assert [host.request("GET", f"/fr{path}")[0] for path in PAGES] == [200] * len(PAGES)
        assert host.submit(post) == 201
        heard.taken_in.append(post)

    assert_whole(data, heard)


def test_answer_means_synced_also_where_one_sync_of_three_fails(
    template: Path, tmp_path: Path
) -> None:
    data, trace = tmp_path / "instance", tmp_path / "trace"
    shutil.copytree(template, data)
    with (
        running_host(data) as host,
        failing(host.pid, calls=SYNC, when="3+3", seen=CALLS, record=trace),
    ):
        # A board that waits a quarter of an hour: no tick syncs anything meanwhile.
        posts = [new_post(board=factories.SQUARE) for _ in range(POSTS)]
        statuses = [host.submit(post) for post in posts]

    calls = trace.read_text(errors="replace")
    assert set(statuses) == {201, 503}
    assert "(INJECTED)" in calls
    assert count_answers(calls) == statuses.count(201)
    assert list_unsynced(calls) == []


def test_posts_are_taken_in_and_erased_while_the_log_cannot_be_emptied(
    template: Path, tmp_path: Path
) -> None:
    """The log alone is a promise; it is emptied into the file, and of erased words, once that works."""
    data, needle = tmp_path / "instance", "Needle under a failing disk."
    shutil.copytree(template, data)
    post = new_post(needle)
    with running_host(data) as host:
        assert host.submit(post) == 201
        with failing(host.pid, calls=f"{SYNC},{WRITE}", paths=(data / FILE,)):
            assert host.submit(factories.erasure(SCRIBE, post)) == 201
            assert host.submit(new_post()) == 201
            assert holds(data, needle)
        deadline = time.monotonic() + 30
        while holds(data, needle):
            assert time.monotonic() < deadline, "erased words stay on the disk"
            time.sleep(0.05)
    assert_whole(data, Heard())


def test_typed_words_are_on_the_page_that_tells_of_a_failing_disk(
    template: Path, tmp_path: Path
) -> None:
    data, words = tmp_path / "instance", "آب کجا می‌رود؟ Where does it go?"
    shutil.copytree(template, data)
    with running_host(data) as host, httpx.Client(base_url=f"http://{host.address}") as client:
        client.headers["Origin"] = f"http://{host.address}"
        visitor = Typist(client)  # type: ignore[arg-type]  # What a visitor asks of it is the same.
        visitor.join("Ava")
        form = visitor.open_form("/b/live/new")
        typed = {"do": "send", "title": "Water", "text": words}
        with failing(host.pid, calls=SYNC, paths=(data / LOG,)):
            answer = visitor.send(form, **typed)

            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "5"
            assert words in answer.text
        assert visitor.send(form, **typed).status_code == 303


@pytest.fixture
def careful(postgres: Postgres) -> Iterator[Postgres]:
    """A cluster that syncs what it commits."""
    with running_postgres(postgres.programs, syncs=True) as cluster:
        yield cluster


@pytest.mark.postgres
def test_postgres_whose_disk_answers_with_an_error(careful: Postgres, tmp_path: Path) -> None:
    """It stops itself rather than go on after a failed sync; started again, it has what was promised."""
    data, url = tmp_path / "instance", careful.create_database()
    house = wiring.init_house(Settings(data=data, database_url=url, origin=""))
    with closing(house.db):
        submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
        invite(house, SCRIBE)
        tick(house)
        with running_host(data, url) as host, load_on(host.address) as heard:
            wait_for(heard, CLIENTS)
            with failing(careful.pid, *list_children(careful.pid), calls=SYNC):
                wait_until(lambda: heard.statuses[503] >= CLIENTS, heard)
                before = len(heard.taken_in)
                assert_told(host)
                assert len(heard.taken_in) == before
            careful.stop()
            careful.start()
            wait_until(lambda: len(heard.taken_in) > before + CLIENTS, heard)

        assert heard.unanswered == []
        assert set(heard.statuses) == {201, 503}
        assert_promises_kept(house, heard)
        assert_good(house)


class Typist(Visitor):
    """A browser that talks to a real server."""

    def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        return super().post(path, fields, **{"Origin": self.client.headers["Origin"], **headers})


def assert_told(host: Host) -> None:
    """Look at what a program hears while the disk fails."""
    status, body = host.request("POST", "/api/v1/records", new_post())
    assert status in {201, 503}
    if status == 503:
        assert b'"code":"unavailable"' in body


def assert_whole(data: Path, heard: Heard) -> None:
    """Open the instance after its server: nothing is damaged, nothing that was promised is lost."""
    with closing((house := open_at(data, SystemClock())).db):
        with house.db.read() as work:
            assert work.session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert_promises_kept(house, heard)
        assert_good(house)


def holds(data: Path, words: str) -> bool:
    """Return whether words are in a file of an instance."""
    return any(words.encode() in path.read_bytes() for path in data.glob("goftogu.db*"))
