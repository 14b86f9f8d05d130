"""What a run ran on: enough to compare runs, nothing that names the machine or its owner."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pysqlite3 import sqlite_version_info
from tests.journeys.chromium import EXECUTABLE


def describe() -> dict[str, Any]:
    """Return the processor, the memory and the versions that matter to the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": ".".join(map(str, sqlite_version_info)),
        "chromium": _chromium(),
        **{name: version(name) for name in ("cryptography", "pynacl", "uvicorn")},
    }


def _processor() -> str:
    """Return the processor's name as Linux tells it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _chromium() -> str:
    done = subprocess.run([EXECUTABLE, "--version"], capture_output=True, text=True, check=False)
    return " ".join(done.stdout.split()[:2])
