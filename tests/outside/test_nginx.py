"""The published files behind `deploy/front/web.conf`, the real nginx before an instance that is served."""

import http.client
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from app import worker
from app.federation.folders import CARD_PATH, path_of_receipt, path_of_record
from app.keeping import open_watcher
from app.kernel.clock import FixedClock
from app.tlog.publication import CHECKPOINT_PATH, SEEN_PATH, WITNESSED_PATH

from tests import factories
from tests.cli.command import goftogu
from tests.controls.control import ROOT
from tests.houses import open_at, submit, tick
from tests.journeys.instance import Instance, free_port, serving, wait_until_healthy

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
POST, GONE = (factories.note(AVA, board=factories.LIVE, text=text) for text in ("Stays.", "Goes."))
FILES = (
    CHECKPOINT_PATH,
    SEEN_PATH,
    WITNESSED_PATH,
    CARD_PATH,
    path_of_record(factories.digest_of(POST)),
    path_of_receipt(factories.digest_of(POST)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fronted:
    """An instance, and the front server before it."""

    data: Path
    port: int
    """The instance's; nobody may be there."""
    front: Instance


def nginx() -> str:
    """Return the program."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is not installed")
        pytest.skip("nginx is not installed")
    return program


def file_of(fronted: Fronted, folder: Path) -> str:
    """Return the file in `deploy/` with what its operators change, and without TLS."""
    text = (ROOT / "deploy" / "front" / "web.conf").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("ssl_")]
    changed = {
        "listen 443 ssl default_server;": "",
        "listen 443 ssl http2;": f"listen {urlsplit(fronted.front.origin).netloc};",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "forum.example": "127.0.0.1",
        "unix:/run/goftogu/web.sock": f"127.0.0.1:{fronted.port}",
        "$http_host": f"127.0.0.1:{fronted.port}",
        "/var/lib/goftogu": str(fronted.data),
        "/run/goftogu/": f"{folder}/",
    }
    site = "\n".join(lines)
    for old, new in changed.items():
        assert old in site, old
        site = site.replace(old, new)
    return site


@contextmanager
def fronting(fronted: Fronted, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run nginx for the length of a block. As root it reads files as another user does."""
    (folder / "web.conf").write_text(file_of(fronted, folder))
    process = subprocess.Popen([nginx(), "-p", str(folder), "-c", str(folder / "web.conf")])
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def fronted(template: Path) -> Iterator[Fronted]:
    """An instance whose owner lets others enter its folder, with a post and one that is erased."""
    nginx()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        data = folder / "instance"
        shutil.copytree(template, data)
        with closing((house := open_at(data, FixedClock(factories.NOW))).db):
            submit(house, POST, GONE)
            tick(house)
            submit(house, factories.erasure(AVA, GONE))
            for number in range(2):
                worker.step(house, number)
            open_watcher(house).publish()
            # What most of its witnesses have signed; it has none.
            log = data / "public"
            shutil.copyfile(log / CHECKPOINT_PATH, log / WITNESSED_PATH)
        data.chmod(0o711)
        front = Instance(origin=f"http://127.0.0.1:{free_port()}", data=data, logins=())
        with serving(data) as origin:
            fronted = Fronted(data=data, port=urlsplit(origin).port or 0, front=front)
            with fronting(fronted, folder) as process:
                wait_until_healthy(front.origin, process)
                yield fronted


@pytest.fixture(scope="module")
def alone(fronted: Fronted) -> Iterator[Fronted]:
    """The same files behind a front server whose instance is away."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        front = Instance(origin=f"http://127.0.0.1:{free_port()}", data=fronted.data, logins=())
        away = Fronted(data=fronted.data, port=free_port(), front=front)
        with fronting(away, Path(name)) as process:
            wait_for_answer(front, process)
            yield away


def wait_for_answer(front: Instance, process: subprocess.Popen[bytes]) -> None:
    """Ask until the front server answers anything."""
    while process.poll() is None:
        try:
            front.get("/")
        except OSError:
            continue
        return


def ask(origin: str, path: str) -> tuple[int, dict[str, str], bytes]:
    """Return one answer with its headers."""
    with closing(http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def table_of(headers: dict[str, str]) -> dict[str, str]:
    """Return what an answer says beside its time, its server and how it travels."""
    of_the_way = {"connection", "content-encoding", "content-length", "date", "server", "vary"}
    own = {name: value for name, value in headers.items() if name not in of_the_way}
    # The instance's own tags are of the content.
    return {
        name: value
        for name, value in own.items()
        if name not in {"accept-ranges", "etag", "cdn-cache-control"}
    }


def tiles(data: Path) -> list[str]:
    """Return the addresses of all tiles."""
    return [
        f"{p.relative_to(data / 'public')}"
        for p in (data / "public/tlog/tile").rglob("*")
        if p.is_file()
    ]


def test_files_are_served_as_the_instance_serves_them(fronted: Fronted) -> None:
    paths = [*FILES, *tiles(fronted.data)]
    assert len(paths) > len(FILES)
    for path in paths:
        ours, theirs = (
            ask(origin, f"/{path}")
            for origin in (f"http://127.0.0.1:{fronted.port}", fronted.front.origin)
        )
        assert (theirs[0], theirs[2]) == (ours[0], ours[2]) == (200, ours[2]), path
        # Nothing else either, such as when the file was written, or a tag that is made of that.
        assert not {"last-modified", "etag"} & theirs[1].keys(), path
        assert theirs[1].pop("strict-transport-security") == "max-age=31536000", path
        assert table_of(theirs[1]) == table_of(ours[1]), path


def test_erased_record_is_gone_and_pages_and_proofs_are_the_instances(fronted: Fronted) -> None:
    gone, proof = (
        f"/{path_of_record(factories.digest_of(GONE))}",
        f"/receipts/{factories.digest_of(POST).hex()}.tlog-proof",
    )

    assert fronted.front.get(gone)[0] == 410
    assert fronted.front.get(proof)[0] == 200
    assert b"Stays." in fronted.front.get(f"/en/p/{factories.digest_of(POST).hex()}")[1]
    assert fronted.front.get("/records/" + "0" * 64)[0] == 404


def test_published_files_need_no_instance_and_verify(alone: Fronted, tmp_path: Path) -> None:
    done = goftogu("log", "verify", alone.front.origin, "--state", tmp_path / "seen")

    assert alone.front.get("/en/")[0] == 503
    assert done.code in {0, 5}, done.err
    for path in FILES:
        assert alone.front.get(f"/{path}")[0] == 200, path


@pytest.mark.parametrize(
    "path",
    ["/.written", "/records/", "/records", "/records/.written", "/../keys/log.key", "/..%2fkeys/log.key",
     "/records/..%2f..%2fkeys%2flog.key", "/tlog/../../goftogu.db", "/tlog/tile/", "/tlog/tile/0/000.part"],
)  # fmt: skip
def test_nothing_else_is_served(alone: Fronted, path: str) -> None:
    (alone.data / "public/records/.written").write_text("1")

    status, body = alone.front.get(path)

    assert status in {400, 404, 503}
    assert b"goftogu" not in body
