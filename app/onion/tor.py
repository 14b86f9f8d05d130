"""Where a tor comes from: one that runs already, or one that we start and that ends with us."""

import os
import shutil
import subprocess
from pathlib import Path
from time import monotonic
from typing import Final, Protocol

from .address import expand
from .errors import TorError
from .model import Service, State
from .socket import require_plain
from .torrc import own_lines, service_lines

_SECRET: Final = b"== ed25519v1-secret: type0 ==".ljust(32, b"\0")
_PUBLIC: Final = b"== ed25519v1-public: type0 ==".ljust(32, b"\0")
_START_S: Final = 20.0
_POLL_S: Final = 0.05
_END_S: Final = 10.0
_PLACES: Final = "/usr/sbin:/sbin"
"""Where Debian's tor may be, and the path of a plain user does not lead."""


class Tor(Protocol):
    """A tor with a control port."""

    @property
    def is_ours(self) -> bool:
        """Whether it was started by us, with the service in its configuration."""

    def summon(self, service: Service) -> str:
        """See that it is there, and return its control address: `unix:/path` or `host:port`.

        Raises:
            TorError: it cannot be started.

        """

    def dismiss(self) -> None:
        """Let it end if it is ours."""


class RunningTor:
    """A tor that somebody else looks after. It is told the service and nothing else."""

    is_ours = False

    def __init__(self, control: str) -> None:
        self._control = control

    def summon(self, service: Service) -> str:  # noqa: ARG002 (the protocol's)
        """Return where it is."""
        return self._control

    def dismiss(self) -> None:
        """Leave it alone."""


class OwnTor:
    """A tor of our own, with its files in a folder of the instance."""

    is_ours = True

    def __init__(self, folder: Path, more: Path | None = None) -> None:
        """`more` is a file of further lines for it, such as bridges."""
        self._folder = folder.resolve()
        self._more = more.resolve() if more else None
        self._process: subprocess.Popen[bytes] | None = None

    def summon(self, service: Service) -> str:
        """Start it unless it runs, and return its control socket.

        Raises:
            TorError: no tor is installed, or it ends at once; its log says why.
            SocketPlaceError: the folder is of no use for its socket.

        """
        control = self._folder / "control"
        if self._process is None or self._process.poll() is not None:
            program = find_program()
            if program is None:
                raise TorError(State.TOR_MISSING)
            self._write_files(service, control)
            own = str(self._folder / "torrc")
            self._process = subprocess.Popen(  # noqa: S603 (a program that we looked up)
                [program, "-f", own, "--defaults-torrc", os.devnull, "--quiet"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._wait_for(control, self._process)
        return f"unix:{control}"

    def dismiss(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _write_files(self, service: Service, control: Path) -> None:
        for path in (control, service.socket):
            require_plain(path)
        onion = self._folder / "onion"
        for folder in (self._folder, self._folder / "data", onion):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        # A socket that a killed tor left would look as if the next one were there.
        control.unlink(missing_ok=True)
        _write(onion / "hs_ed25519_secret_key", _SECRET + expand(service.key))
        _write(onion / "hs_ed25519_public_key", _PUBLIC + service.key.public.raw)
        _write(onion / "hostname", f"{service.address}\n".encode("ascii"))
        lines = [
            *own_lines(self._folder, control, os.getpid(), self._more),
            *service_lines(onion, service.socket),
        ]
        _write(self._folder / "torrc", "".join(f"{line}\n" for line in lines).encode())

    def _wait_for(self, control: Path, process: subprocess.Popen[bytes]) -> None:
        end = monotonic() + _START_S
        while not control.exists():
            try:
                process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                if monotonic() < end:
                    continue
            self.dismiss()
            raise TorError(State.TOR_ENDED)


def find_program() -> str | None:
    """Return where tor is installed, or None."""
    return shutil.which("tor") or shutil.which("tor", path=_PLACES)


def _write(path: Path, content: bytes) -> None:
    """Write a file that its owner alone reads; a crash leaves the old one or the new one."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600, exist_ok=False)
    fresh.write_bytes(content)
    fresh.replace(path)
