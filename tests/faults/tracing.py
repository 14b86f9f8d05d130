"""A server under strace from its first moment: which of its bytes reached the disk, and when."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.failing import find_strace
from tests.faults.host import Address, find_port, wait_until_healthy


@contextmanager
def traced_host(
    template: Path, folder: Path, command: list[str], *options: str
) -> Iterator[Address]:
    """Serve a copy of an instance for the length of a block; its system calls are in `folder/trace`.

    `options` are strace's: which calls, and how much of them.
    """
    data, address = folder / "instance", f"127.0.0.1:{find_port()}"
    shutil.copytree(template, data)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOFTOGU_")}
    words = [find_strace(), "-f", "-y", *options, "-o", str(folder / "trace"), *command, address]
    with (data / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            words,
            env={**kept, "GOFTOGU_DATA": str(data)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_until_healthy(address)
            yield Address(address)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
