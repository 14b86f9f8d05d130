"""What a hostile bundle can cost whoever checks it or takes it in: bounded memory, bounded time.

Each is handed to the commands in a process of its own, to which the system gives no more.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from app.federation.bundles.archive import MAX_ARCHIVE_BYTES, MAX_TOTAL_BYTES, write_archive
from app.wiring import House

from tests.factories import note, person
from tests.federation.made import export, remade, zipped
from tests.federation.test_archive import duplicated, entries_of_nothing, entry, overlapping
from tests.houses import publish

MOST_BYTES: Final = 256 * 2**20
MOST_S: Final = 30
ROOM: Final = MAX_TOTAL_BYTES - 2**20
DOES_NOT_VERIFY: Final = 3
_RUN = f"""
import json, resource, sys
resource.setrlimit(resource.RLIMIT_DATA, ({MOST_BYTES}, {MOST_BYTES}))
resource.setrlimit(resource.RLIMIT_CPU, ({MOST_S}, {MOST_S}))
from pathlib import Path
from app.cli import main
codes = []
for command in ("verify", "import"):
    sys.argv = ["goftogu", "bundle", command, sys.argv[-1]]
    try:
        main()
        codes.append(0)
    except SystemExit as end:
        codes.append(end.code)
used = resource.getrusage(resource.RUSAGE_SELF)
# Not `ru_maxrss`: that remembers the process that started this one.
status = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()
print()
print(json.dumps([codes, int(status[0]) * 1024, used.ru_utime + used.ru_stime]))
"""
_brackets = b'{"a":' + b"[" * 32_000 + b"]" * 32_000 + b"}\n"
_names = b"{" + b",".join(b'"%05d":1' % n for n in range(6_000)) + b"}\n"
CONTENTS = {
    "lines": ("data/records.jsonl", b"\n" * ROOM),
    "short records": ("data/records.jsonl", b"{}\n" * 20_000),
    "deep records": ("data/records.jsonl", _brackets * (ROOM // len(_brackets))),
    "wide records": ("data/records.jsonl", _names * (ROOM // len(_names))),
    "one line": ("data/records.jsonl", b"x" * ROOM + b"\n"),
    "proofs": ("data/proofs.txt", b"\n" * ROOM),
    "one proof": ("data/proofs.txt", b"index " + b"9" * ROOM + b"\n\n"),
    "checkpoint": ("data/checkpoint", b"a\n" * (ROOM // 2)),
    "policy": ("data/policy", b"x " * (ROOM // 2)),
    "card": ("data/instance.json", b"[" * ROOM),
}
FILES: dict[str, Callable[[], bytes]] = {
    "traversal": lambda: zipped([entry("../../../etc/cron.d/x")]),
    "link": lambda: zipped([entry("bag/a", attributes=0o120777 << 16)]),
    "duplicates": duplicated,
    "overlapping": overlapping,
    "bomb": lambda: zipped({"bag/a": bytes(MAX_TOTAL_BYTES + 1)}),
    "bombs": lambda: zipped({f"bag/{number:02}": bytes(MAX_TOTAL_BYTES // 8) for number in range(16)}),
    "largest of zeros": lambda: write_archive({"bag/a": bytes(MAX_TOTAL_BYTES)}),
    "a million entries": lambda: entries_of_nothing(1_000_000, 16),
    "all entries that fit": lambda: entries_of_nothing(600_000, 16),
    "endless": lambda: b"PK\3\4" * (MAX_ARCHIVE_BYTES // 2),
}  # fmt: skip
LINES = {
    "short lines": b"{}\n" * (MAX_ARCHIVE_BYTES // 3),
    "as many lines as are taken": b"{}\n" * 20_000,
    "deep lines": _brackets * (MAX_ARCHIVE_BYTES // len(_brackets)),
    "wide lines": _names * (MAX_ARCHIVE_BYTES // len(_names)),
    "one endless line": b'{"' + b"x" * MAX_ARCHIVE_BYTES,
}
"""Handed to `import` alone: it takes records in lines as well."""

pytestmark = pytest.mark.slow


def cost_of(raw: bytes, house: House, tmp_path: Path) -> tuple[list[int], int, float]:
    """Let `bundle verify` and `bundle import` have a file; return exit codes, bytes, seconds."""
    (tmp_path / "hostile").write_bytes(raw)
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(tmp_path / "hostile")],
        env={"GOFTOGU_DATA": str(house.settings.data)},
        cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False, timeout=MOST_S * 4,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    codes, memory, seconds = json.loads(done.stdout.splitlines()[-1])
    return codes, memory, seconds


def assert_little(memory: int, seconds: float) -> None:
    """Look at what was used; the system would have ended it soon after."""
    assert memory < MOST_BYTES
    assert seconds < MOST_S


@pytest.mark.parametrize("name", FILES)
def test_hostile_archive_costs_little(name: str, house: House, tmp_path: Path) -> None:
    codes, memory, seconds = cost_of(FILES[name](), house, tmp_path)

    assert codes == [DOES_NOT_VERIFY, DOES_NOT_VERIFY]
    assert_little(memory, seconds)


@pytest.mark.parametrize("name", CONTENTS)
def test_hostile_contents_cost_little(name: str, house: House, tmp_path: Path) -> None:
    """Their maker signs them as a host of their own, so that the reader comes to every part."""
    publish(house, note(person("Ava"), title="Water"))
    file, content = CONTENTS[name]
    raw = remade(export(house), lambda files: files.update({file: content}), house.keys["instance"])

    codes, memory, seconds = cost_of(raw, house, tmp_path)

    assert codes[0] == DOES_NOT_VERIFY
    assert_little(memory, seconds)


def test_large_page_costs_little(house: House, tmp_path: Path) -> None:
    """It is the host's own, and nobody reads it here."""
    publish(house, note(person("Ava"), title="Water"))
    page = {"index.html": b"<p>" * (ROOM // 3)}
    raw = remade(export(house), lambda files: files.update(page), house.keys["instance"])

    codes, memory, seconds = cost_of(raw, house, tmp_path)

    assert codes == [0, 0]
    assert_little(memory, seconds)


@pytest.mark.parametrize("name", LINES)
def test_hostile_lines_cost_little(name: str, house: House, tmp_path: Path) -> None:
    codes, memory, seconds = cost_of(LINES[name], house, tmp_path)

    assert codes[1] != 0
    assert_little(memory, seconds)
