"""A throw-away Redis: a unix socket in a folder, nothing on the disk."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

_READY_S = 10.0


@dataclass
class RedisServer:
    """A server that may be killed and started again; what it held is gone then."""

    socket: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """What `GOFTOGU_REDIS_URL` says."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it, and return once it answers."""
        words = [
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self._process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _READY_S
        while not self.socket.exists():
            assert time.monotonic() < deadline, "Redis did not come up"
            time.sleep(0.01)

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.socket.unlink(missing_ok=True)


def has_redis() -> bool:
    """Whether the server's program is installed."""
    return shutil.which("redis-server") is not None


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Run a server for the length of a block."""
    with TemporaryDirectory(prefix="rd", dir="/tmp") as folder:
        server = RedisServer(Path(folder) / "socket")
        server.start()
        try:
            yield server
        finally:
            server.kill()
