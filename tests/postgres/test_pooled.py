"""An instance behind PgBouncer with our configuration, which hands connections on after each transaction; and the other engines' own tools on theirs."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp

import pytest
from app.kernel.clock import FixedClock
from app.settings import ROOT, Settings
from app.wiring import init_house

from tests import factories
from tests.houses import find_post, publish, submit, tick
from tests.listeners.fronts import make_certificate
from tests.postgres.server import Postgres, _account

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

SCALING = ROOT / "deploy" / "scaling"


@pytest.fixture
def pooled_url(postgres: Postgres) -> Iterator[str]:
    """A new database by way of a PgBouncer that runs our configuration, but for its places."""
    if shutil.which("pgbouncer") is None:
        pytest.skip("pgbouncer is not installed")
    url = postgres.create_database()
    name = re.findall(r"@/(\w+)\?", url)[0]
    folder = Path(mkdtemp(prefix="pb", dir="/tmp"))
    folder.chmod(0o755)
    text = (SCALING / "pgbouncer.ini").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^goftogu = .*$", f"{name} = host={postgres.folder} dbname={name}", text)
    text = text.replace("/run/pgbouncer", str(folder)).replace("= peer", "= any")
    # The cluster here is on a socket, where there is no TLS.
    text = re.sub(r"(?m)^server_tls_.*\n", "", text)
    # `any` lets anybody in, as one user: nobody else is on this machine's socket.
    text = text.replace(f"dbname={name}", f"dbname={name} user=goftogu")
    (folder / "ini").write_text(text, encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    process = subprocess.Popen(
        ["pgbouncer", "-q", folder / "ini"], stderr=subprocess.DEVNULL, cwd="/", **_account()
    )
    try:
        deadline = time.monotonic() + 10
        while not (folder / ".s.PGSQL.6432").exists():
            assert process.poll() is None, "PgBouncer did not take its configuration"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"postgresql+psycopg://goftogu@/{name}?host={folder}&port=6432"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def test_instance_works_where_no_statement_outlives_its_transaction(
    pooled_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    settings = Settings(data=tmp_path / "instance", database_url=pooled_url, pooled=True, origin="")
    with closing(init_house(settings, clock=clock)) as house:
        submit(house, factories.board(factories.SQUARE, home=house.keys["instance"]))
        tick(house)
        ava = factories.person("Ava")
        # More often than psycopg waits before it would prepare a statement.
        posts = [factories.note(ava, title=f"Water {n}", text="Where?") for n in range(8)]
        publish(house, *posts)

        assert all(find_post(house, post) for post in posts)


def test_pool_leads_to_the_one_place_that_knows_the_primary() -> None:
    """Of a list PgBouncer takes each host in turn, standbys and the dead among them."""
    pool = (SCALING / "pgbouncer.ini").read_text(encoding="utf-8")
    (place,) = re.findall(r"(?m)^goftogu = host=([0-9.]+) port=([0-9]+) ", pool)
    fronts = (SCALING / "haproxy.cfg").read_text(encoding="utf-8").split("\n\n")

    (front,) = (each for each in fronts if f"bind {':'.join(place)}\n" in each)
    (backend,) = re.findall(r"default_backend (\w+)", front)
    (servers,) = (
        each for each in fronts if f"backend {backend}\n" in each and "server db1" in each
    )
    assert "option httpchk GET /primary\n" in servers


def test_haproxy_takes_its_configuration(tmp_path: Path) -> None:
    program = shutil.which("haproxy") or "/usr/sbin/haproxy"
    if not Path(program).exists():
        pytest.skip("haproxy is not installed")
    text = (SCALING / "haproxy.cfg").read_text(encoding="utf-8")
    authority = str(make_certificate(tmp_path))
    (tmp_path / "cfg").write_text(text.replace("/etc/goftogu/db-ca.crt", authority))
    subprocess.run([program, "-c", "-q", "-f", tmp_path / "cfg"], check=True)


def test_redis_takes_its_configuration_and_keeps_nothing(tmp_path: Path) -> None:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    text = (SCALING / "redis.conf").read_text(encoding="utf-8")
    (tmp_path / "conf").write_text(
        text.replace("/run/redis/redis.sock", str(tmp_path / "s")), encoding="utf-8"
    )
    process = subprocess.Popen(
        ["redis-server", tmp_path / "conf"], cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 10
        while not (tmp_path / "s").exists():
            assert process.poll() is None, "Redis did not take its configuration"
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        process.terminate()
        process.wait()

    assert {path.name for path in tmp_path.iterdir()} <= {"conf", "s"}
