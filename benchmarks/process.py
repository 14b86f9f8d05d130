"""What a process used, as Linux tells it."""

import os
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure

_SEEDED_MB: Final = 120.0
_LOADED_MB: Final = 250.0


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, its own and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_with_seed(pid: int) -> Figure:
    """Return what a process holds now."""
    return Figure(
        name="memory, serving the seed", unit="MB", samples=[_status(pid, "VmRSS")], bar=_SEEDED_MB
    )


def memory_under_load(pid: int) -> Figure:
    """Return the most that a process ever held."""
    return Figure(
        name="memory, most under load", unit="MB", samples=[_status(pid, "VmHWM")], bar=_LOADED_MB
    )


def most_memory_mb() -> float:
    """Return the most that this process ever held."""
    return _status(os.getpid(), "VmHWM")


def resident_mb() -> float:
    """Return what this process holds now."""
    return _status(os.getpid(), "VmRSS")


def _status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0]) * 1024 / 1e6
    raise RuntimeError(f"the system does not tell {name}")
