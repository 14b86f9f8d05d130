"""The fronts of `deploy/front`, run as an operator does but for their paths, ports and certificate."""

import http.client
import os
import socket
import ssl
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.journeys.instance import COMMAND, free_port
from tests.listeners.ways import ADDRESS

NGINX: Final = Path("/usr/sbin/nginx")
HAPROXY: Final = Path("/usr/sbin/haproxy")
HOST: Final = "forum.example"
_FILES: Final = Path(__file__).parents[2] / "deploy" / "front"
_READY_S: Final = 30.0


class Way(ABC):
    """How a client reaches a front: one connection of its own for each request."""

    host: str

    @abstractmethod
    def connect(self, circuit: int = 1) -> socket.socket:
        """Return a connection that HTTP can be spoken on."""

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        circuit: int = 1,
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Return status, headers and body of one answer."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.sock = self.connect(circuit)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


class Web(Way):
    """Over TLS, from an address of the loopback that nothing else uses."""

    host = HOST
    source: Final = "127.0.0.77"

    def __init__(self, port: int, certificate: Path) -> None:
        self._port = port
        self._context = ssl.create_default_context(cafile=str(certificate))

    def connect(self, circuit: int = 1) -> socket.socket:
        # Readers have an address each; a reader's number makes one.
        source = self.source if circuit == 1 else f"127.0.{circuit // 250 + 1}.{circuit % 250 + 1}"
        plain = socket.create_connection(("127.0.0.1", self._port), 30, (source, 0))
        return self._context.wrap_socket(plain, server_hostname=HOST)


class Onion(Way):
    """As tor reaches it: a line about the circuit first."""

    host = ADDRESS

    def __init__(self, path: Path) -> None:
        self._path = path

    def connect(self, circuit: int = 1) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(30)
        made.connect(str(self._path))
        made.sendall(f"PROXY TCP6 fc00:dead:beef:4dad::0:{circuit:x} ::1 50 80\r\n".encode())
        return made


@contextmanager
def serving_sockets(data: Path, folder: Path) -> Iterator[int]:
    """Serve an instance on both sockets of a folder; yield the process's id."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOFTOGU_")}
    environment = {
        **kept,
        "GOFTOGU_DATA": str(data),
        "GOFTOGU_ORIGIN": f"https://{HOST}",
        "GOFTOGU_ONION": ADDRESS,
        "GOFTOGU_ONION_SOCKET": str(folder / "onion.sock"),
    }
    command = [str(COMMAND), "serve", "--listen", f"unix:{folder / 'web.sock'}"]
    with running(command, folder / "serve.log", environment) as pid:
        wait_for(folder / "web.sock")
        wait_for(folder / "onion.sock")
        yield pid


@contextmanager
def running_nginx(folder: Path) -> Iterator[tuple[Web, int]]:
    """Run the front of the web; yield how to reach it and its process."""
    certificate = make_certificate(folder)
    port, plain = free_port(), free_port()
    lines = (_FILES / "web.conf").read_text(encoding="utf-8")
    for old, new in {
        "/run/goftogu/": f"{folder}/",
        "/var/lib/goftogu/": f"{folder}/instance/",
        "/etc/goftogu/fullchain.pem": str(certificate),
        "/etc/goftogu/privkey.pem": str(folder / "key.pem"),
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{plain}",
    }.items():
        assert old in lines
        lines = lines.replace(old, new)
    # Its own people may not enter a test's folder.
    lines = ("user root;\n" if os.geteuid() == 0 else "") + lines
    (folder / "web.conf").write_text(lines, encoding="utf-8")
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "web.conf")]
    with running(command, folder / "nginx.log") as pid:
        wait_for(("127.0.0.1", port))
        yield Web(port, certificate), pid


@contextmanager
def running_haproxy(folder: Path) -> Iterator[tuple[Onion, int]]:
    """Run the front of the onion; yield how to reach it and its process."""
    lines = (_FILES / "onion.cfg").read_text(encoding="utf-8")
    assert "/run/goftogu/" in lines
    (folder / "onion.cfg").write_text(
        lines.replace("/run/goftogu/", f"{folder}/"), encoding="utf-8"
    )
    command = [str(HAPROXY), "-db", "-f", str(folder / "onion.cfg")]
    with running(command, folder / "haproxy.log") as pid:
        wait_for(folder / "onion-front.sock")
        yield Onion(folder / "onion-front.sock"), pid


@contextmanager
def running(
    command: list[str], log: Path, environment: dict[str, str] | None = None
) -> Iterator[int]:
    """Run a program for the length of a block; yield its id."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            yield process.pid
            assert process.poll() is None, log.read_text()
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(place: Path | tuple[str, int]) -> None:
    """Wait until somebody listens at a place."""
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        family = socket.AF_UNIX if isinstance(place, Path) else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(place) if isinstance(place, Path) else place)
            except OSError:
                time.sleep(0.05)
            else:
                return
    raise RuntimeError(f"nobody listens at {place}")


def make_certificate(folder: Path) -> Path:
    """Make a certificate for the web's name that signs itself; return its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    no_secret = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, form, no_secret))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    return folder / "certificate.pem"


def memory_of(pid: int) -> int:
    """Return the resident bytes of a process and its children."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(memory_of(int(child)) for child in children)
