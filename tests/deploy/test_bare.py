"""A bare Debian becomes an instance by one command: web, onion service, witness, backup and drill work in it."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import httpx
import pytest
from app.crypto.checksum import checksum_words
from app.crypto.note_keys import parse_verifier_key
from app.kernel.clock import SystemClock
from app.tlog.checkpoints import parse_checkpoint, verify_checkpoint
from app.tlog.cosignatures import add_cosignatures
from httpx_socks import ProxyError

from tests.deploy.tree import make_source
from tests.deploy.units import command_in, command_of, run_in, running
from tests.houses import open_at, tick
from tests.journeys.instance import free_port
from tests.listeners.fronts import wait_for
from tests.onion.network import Network, wait_until
from tests.onion.served import visiting

pytestmark = [pytest.mark.nightly, pytest.mark.tor]

DEBIAN: Final = "http://deb.debian.org/debian"
HOST: Final = "forum.example.org"
_AT_MOST_S: Final = 20 * 60
_LIVES: Final = ("proc", "sys", "dev", "run", "tmp", "var/log", "var/lib/postgresql", "var/lib/tor")
_CERTIFICATES: Final = Path("/usr/local/share/ca-certificates")


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def tree(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A bare Debian, as `mmdebstrap` makes it; as little as boots."""
    # On a disk, and with a path that is short enough for sockets.
    root = Path(tempfile.mkdtemp(prefix="bare-", dir="/tmp"))
    made = ["mmdebstrap", "--quiet", "--variant=minbase", request.param, root, DEBIAN]
    subprocess.run(made, check=True)
    for name in ("resolv.conf", "hosts"):
        shutil.copy(Path("/etc") / name, root / "etc" / name)
    # A machine that goes out by a proxy of its own has its certificate, and the tree needs it too.
    for path in _CERTIFICATES.glob("*.crt"):
        (root / str(_CERTIFICATES).lstrip("/")).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / str(_CERTIFICATES).lstrip("/"))
    # What is installed here is run by the test alone.
    (root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    make_source(root / "root/src")
    yield root
    shutil.rmtree(root)


def install(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an administrator would."""
    told = [f"PIP_CERT={os.environ['PIP_CERT']}"] if "PIP_CERT" in os.environ else []
    return run_in(tree, *told, "/root/src/deploy/install", *words)


def ask(port: int, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Ask the front over TLS; its stand-in of a certificate signs itself."""
    context = ssl._create_unverified_context()
    # Of the usual port, as readers see it: the forum answers for its own address alone.
    connection = http.client.HTTPSConnection(HOST, timeout=60, context=context)
    with closing(connection):
        plain = socket.create_connection(("127.0.0.1", port), 60)
        connection.sock = context.wrap_socket(plain, server_hostname=HOST)
        connection.request("POST" if body else "GET", path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_bare_debian_serves_within_twenty_minutes_and_a_second_run_changes_nothing(
    tree: Path, network: Network, template: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(template, tmp_path / "other")
    with closing((house := open_at(other, SystemClock())).db):
        tick(house)
    drawer = subprocess.run(["age-keygen"], check=True, capture_output=True, text=True).stdout
    recipient = next(x.split()[-1] for x in drawer.splitlines() if x.startswith("# public key"))
    begun = time.monotonic()

    first = install(tree, "--origin", f"https://{HOST}", "--recipient", recipient)

    assert first.returncode == 0, first.stdout[-2000:] + first.stderr[-2000:]
    (onion,) = [x.split()[1] for x in first.stdout.splitlines() if x.startswith("Onion:")]
    address = onion.removeprefix("http://").removesuffix("/")
    for language in ("en", "fa", "fr"):
        assert f"        {' '.join(checksum_words(address, language))}\n" in first.stdout
    ports = free_port(), free_port()
    with ExitStack() as services:
        start(services, tree, network, ports, tmp_path)
        status, page = ask(ports[1], "/en/")
        assert (status, b"<html" in page) == (200, True)
        assert b"goftogu/" in ask(ports[1], "/tlog/checkpoint")[1]
        with visiting(network, address) as visitor:
            wait_until(lambda: is_found(visitor), "the onion service")
        assert cosigns(tree, ports[1], other)
        took = time.monotonic() - begun
        assert took < _AT_MOST_S
        assert_backups_come_back(tree)
        assert reds_of(tree) == []
        # Its name leads nowhere from here, and its certificate is a stand-in.
        assert [red.split(":")[0] for red in reds_of(tree, "--running")] == ["listener"]
    assert_begins_with_the_machine(tree)
    assert_nothing_is_inside_but_what_is_listed(tree)
    print(f"from the command to pages, onion and witness: {took:.0f} s")

    web = tree / "etc/goftogu/web.conf"
    again = install(tree)
    assert "changed  /etc/goftogu/web.conf" in again.stdout, "the test gave it other ports"
    assert f"server_name {HOST};" in web.read_text()
    before = look_at(tree)
    again = install(tree)
    assert again.returncode == 0, again.stderr
    assert look_at(tree) == before
    assert [line for line in again.stdout.splitlines() if line.startswith("changed")] == []
    assert "\n0 changed, in " in again.stdout


def look_at(tree: Path) -> str:
    """Return what the system tells of each file, its time too; but for those of the database, which is started."""
    lives = " -o ".join(f"-path {tree}/{name}" for name in _LIVES).split()
    told = ["-printf", "%P %y %m %u:%g %s %T@ %l\\n"]
    words: list[str | Path] = ["find", tree, "-xdev", "(", *lives, ")", "-prune", "-o", *told]
    found = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert found.count("\n") > 10_000
    return "\n".join(sorted(found.splitlines()))


def start(
    services: ExitStack, tree: Path, network: Network, ports: tuple[int, int], logs: Path
) -> None:
    """Start what the units start, by hand; the front at other ports, the tor in a network of our own."""
    web = tree / "etc/goftogu/web.conf"
    text = web.read_text()
    for old, new in (("listen 443", ports[1]), ("listen 80", ports[0])):
        text = text.replace(old, f"listen 127.0.0.1:{new}")
    web.write_text(text)
    (cluster,) = (tree / "etc/postgresql").iterdir()
    database = ("pg_ctlcluster", cluster.name, "main", "start", "--foreground")
    services.enter_context(running(command_in(tree, *database), logs / "postgres"))
    wait_for(tree / "run/postgresql/.s.PGSQL.5432")
    # Lines of its network, by which no tor outside is asked; they go before the unit's own file.
    (tree / "etc/goftogu/network.torrc").write_text(network.client_lines())
    for unit in ("goftogu-onion", "goftogu-out", "goftogu", "goftogu-front"):
        command = command_of(tree, unit)
        command = ["/etc/goftogu/network.torrc" if x == "/dev/null" else x for x in command]
        services.enter_context(running(command, logs / unit))
    wait_for(tree / "run/goftogu/web.sock")
    wait_for(("127.0.0.1", ports[1]))


def is_found(visitor: httpx.Client) -> bool:
    """Return whether a page comes by the onion service; its descriptor takes a while."""
    try:
        return visitor.get("/en/").status_code == 200
    except (httpx.HTTPError, ProxyError):
        return False


def reds_of(tree: Path, *words: str) -> list[str]:
    """Return what the instance says is wrong with itself."""
    done = run_in(tree, "/usr/local/bin/goftogu", "check", "--json", *words)
    found = json.loads(done.stdout)
    assert len(found) > 5, done.stderr
    return [each["what"] for each in found if not each["is_good"]]


def assert_backups_come_back(tree: Path) -> None:
    """Run what the timers run."""
    for unit in ("goftogu-backup", "goftogu-drill"):
        done = subprocess.run(command_of(tree, unit), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((tree / "var/lib/goftogu/drill.json").read_text())
    assert told["result"] == "green"


def assert_begins_with_the_machine(tree: Path) -> None:
    """Require that what should run is wanted at each start."""
    wanted = tree / "etc/systemd/system"
    for unit in ("goftogu", "goftogu-front", "goftogu-onion", "goftogu-out"):
        assert (wanted / f"multi-user.target.wants/{unit}.service").is_symlink(), unit
    for unit in ("goftogu-backup", "goftogu-drill"):
        assert (wanted / f"timers.target.wants/{unit}.timer").is_symlink(), unit


def assert_nothing_is_inside_but_what_is_listed(tree: Path) -> None:
    """Require that the environment has the packages of `requirements/inside.json` and no other."""
    done = run_in(
        tree, "/opt/goftogu/current/.venv/bin/python", "-m", "pip", "list", "--format", "json"
    )
    found = {
        f"pkg:pypi/{each['name'].lower().replace('_', '-')}@{each['version']}"
        for each in json.loads(done.stdout)
    }
    listed = json.loads((tree / "opt/goftogu/current/requirements/inside.json").read_bytes())
    python = {x["purl"] for x in listed["components"] if x["purl"].startswith("pkg:pypi/")}
    # What installs, and the forum itself.
    assert {x.split("@")[0] for x in found ^ python} == {"pkg:pypi/pip", "pkg:pypi/goftogu"}


def cosigns(tree: Path, port: int, other: Path) -> bool:
    """Return whether the instance, told to look after another's log, signs that it grew."""
    card = json.loads((other / "public/.well-known/goftogu").read_bytes())
    done = run_in(tree, "/usr/local/bin/goftogu", "witness", "add", card["urn:goftogu:logKey"])
    assert done.returncode == 0, done.stderr
    checkpoint = (other / "public/tlog/checkpoint").read_bytes()
    status, signed = ask(port, "/witness/add-checkpoint", b"old 0\n\n" + checkpoint)
    assert status == 200, signed
    key = parse_verifier_key(card["urn:goftogu:logKey"])
    sent = verify_checkpoint(parse_checkpoint(checkpoint), [key])
    own = json.loads(ask(port, "/.well-known/goftogu")[1])["urn:goftogu:witnessKey"]
    return add_cosignatures(sent, signed, parse_verifier_key(own)).tree == sent.tree
