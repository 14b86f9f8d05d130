"""What a hostile bundle can cost whoever checks it or takes it in: bounded memory, bounded time.

Each is handed to the commands in a process of its own, to which the system gives no more.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Final

import pytest
from app.federation.bundles.archive import MAX_ARCHIVE_BYTES, MAX_TOTAL_BYTES, write_archive
from app.settings import ROOT
from app.wiring import House

from tests.factories import note, person
from tests.federation.made import export, remade, zipped
from tests.federation.test_archive import duplicated, entries_of_nothing, entry, overlapping
from tests.houses import publish

Cost = tuple[list[int], int, float]
CostOf = Callable[[bytes], Cost]
MOST_BYTES: Final = 256 * 2**20
MOST_S: Final = 30
ROOM: Final = MAX_TOTAL_BYTES - 2**20
DOES_NOT_VERIFY: Final = 3
_SERVE = f"""
import json, os, resource, sys
from pathlib import Path
from app.cli import main
start = resource.getrusage(resource.RUSAGE_SELF)
for line in sys.stdin:
    data, file = json.loads(line)
    child = os.fork()
    if child:
        print(json.dumps(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])), flush=True)
        continue
    resource.setrlimit(resource.RLIMIT_DATA, ({MOST_BYTES}, {MOST_BYTES}))
    resource.setrlimit(resource.RLIMIT_CPU, ({MOST_S}, {MOST_S}))
    sys.stdout = open(file + ".said", "w")
    os.environ["GOFTOGU_DATA"] = data
    codes = []
    for command in ("verify", "import"):
        sys.argv = ["goftogu", "bundle", command, file]
        try:
            main()
            codes.append(0)
        except SystemExit as end:
            codes.append(end.code)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = sum(each.ru_utime + each.ru_stime for each in (start, used))
    # Not `ru_maxrss`: that remembers the process that started this one.
    status = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()
    Path(file + ".cost").write_text(json.dumps([codes, int(status[0]) * 1024, seconds]))
    os._exit(0)
"""
"""Starts once what takes longest to load; each file is handed to a copy of it, whose start is counted."""
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


@pytest.fixture(scope="module")
def reader() -> Iterator[Popen[str]]:
    """Whoever starts those who read."""
    words = [sys.executable, "-c", _SERVE]
    with Popen(words, cwd=ROOT, env={}, stdin=PIPE, stdout=PIPE, text=True) as process:
        yield process


@pytest.fixture
def cost_of(reader: Popen[str], house: House, tmp_path: Path) -> CostOf:
    """Let `bundle verify` and `bundle import` have a file; return exit codes, bytes, seconds."""

    def cost_of(raw: bytes) -> Cost:
        file = tmp_path / "hostile"
        file.write_bytes(raw)
        assert reader.stdin is not None
        assert reader.stdout is not None
        print(json.dumps([str(house.settings.data), str(file)]), file=reader.stdin, flush=True)
        assert json.loads(reader.stdout.readline()) == 0
        codes, memory, seconds = json.loads(file.with_name("hostile.cost").read_text())
        return codes, memory, seconds

    return cost_of


def assert_little(memory: int, seconds: float) -> None:
    """Look at what was used; the system would have ended it soon after."""
    assert memory < MOST_BYTES
    assert seconds < MOST_S


@pytest.mark.parametrize("name", FILES)
def test_hostile_archive_costs_little(name: str, house: House, cost_of: CostOf) -> None:
    codes, memory, seconds = cost_of(FILES[name]())

    assert codes == [DOES_NOT_VERIFY, DOES_NOT_VERIFY]
    assert_little(memory, seconds)


@pytest.mark.parametrize("name", CONTENTS)
def test_hostile_contents_cost_little(name: str, house: House, cost_of: CostOf) -> None:
    """Their maker signs them as a host of their own, so that the reader comes to every part."""
    publish(house, note(person("Ava"), title="Water"))
    file, content = CONTENTS[name]
    raw = remade(export(house), lambda files: files.update({file: content}), house.keys["instance"])

    codes, memory, seconds = cost_of(raw)

    assert codes[0] == DOES_NOT_VERIFY
    assert_little(memory, seconds)


def test_large_page_costs_little(house: House, cost_of: CostOf) -> None:
    """It is the host's own, and nobody reads it here."""
    publish(house, note(person("Ava"), title="Water"))
    page = {"index.html": b"<p>" * (ROOM // 3)}
    raw = remade(export(house), lambda files: files.update(page), house.keys["instance"])

    codes, memory, seconds = cost_of(raw)

    assert codes == [0, 0]
    assert_little(memory, seconds)


@pytest.mark.parametrize("name", LINES)
def test_hostile_lines_cost_little(name: str, house: House, cost_of: CostOf) -> None:
    codes, memory, seconds = cost_of(LINES[name])

    assert codes[1] != 0
    assert_little(memory, seconds)
