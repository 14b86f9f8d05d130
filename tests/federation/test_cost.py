"""What a hostile bundle can cost: bounded memory, bounded time."""

import subprocess
import sys
from pathlib import Path

import pytest
from app.federation.bundles.archive import MAX_TOTAL_BYTES
from app.wiring import House

from tests.factories import note, person
from tests.federation.made import export, remade
from tests.houses import publish

MOST_BYTES = 256 * 2**20
MOST_S = 30
ROOM = MAX_TOTAL_BYTES - 2**20
_READ = """
import resource, sys
from pathlib import Path
from app.federation.bundles.checking import verify_bundle
from app.kernel.errors import AppError
said = "good"
try:
    verify_bundle(Path(sys.argv[1]).read_bytes())
except AppError as error:
    said = type(error).__name__
used = resource.getrusage(resource.RUSAGE_SELF)
# Not `ru_maxrss`: that remembers the process that started this one.
status = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()
print(said, int(status[0]) * 1024, used.ru_utime + used.ru_stime)
"""
_brackets = b'{"a":' + b"[" * 32_000 + b"]" * 32_000 + b"}\n"
_names = b"{" + b",".join(b'"%05d":1' % n for n in range(6_000)) + b"}\n"
HOSTILE = {
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
    "page": ("index.html", b"<p>" * (ROOM // 3)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bundle_costs_little(name: str, house: House, tmp_path: Path) -> None:
    """Its maker signs it as a host of their own, so that the reader comes to every part of it."""
    publish(house, note(person("Ava"), title="Water"))
    file, content = HOSTILE[name]
    raw = remade(export(house), lambda files: files.update({file: content}), house.keys["instance"])
    (tmp_path / "hostile.zip").write_bytes(raw)

    done = subprocess.run(
        [sys.executable, "-c", _READ, str(tmp_path / "hostile.zip")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    said, memory, seconds = done.stdout.split()
    assert (said == "good") == (name == "page")
    assert int(memory) < MOST_BYTES
    assert float(seconds) < MOST_S
