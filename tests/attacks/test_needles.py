"""A real server, somebody who says everything that identifies them, and a search of what it left."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import pytest
from app.crypto.seed import parse_words
from httpx import Response

from tests.journeys import instance as served
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

# Who they are: no line of these may be anywhere.
AGENT: Final = "NeedleBrowser-7f3a"
REFERER: Final = "https://needle-came-from.example/"
ADDRESS: Final = "203.0.113.77"
TRACES: Final = {
    "User-Agent": AGENT,
    "Referer": REFERER,
    "X-Forwarded-For": ADDRESS,
    "X-Real-IP": ADDRESS,
    "Forwarded": f"for={ADDRESS}",
    "From": "needle-person@mail.example",
    "X-Needle": "needle-header-51c0",
}
PASSPHRASE: Final = "needle passphrase quartz"
TYPED: Final = {
    "wrong passphrase": "needle wrong sapphire",
    "search": "needlesearchopal",
    "previewed text": "needle preview topaz",
    "text of a refused form": "needle refused garnet",
    "text of a huge form": "needle huge agate",
    "body of a refused record": "needle record jasper",
    "address of no page": "needle-path-onyx",
    "day of a search": "needle-day-beryl",
    "pasted proof": "needle proof zircon",
    "wrong words": "needle zebra wrong words",
    "refused report": "needle report beryllonite",
    "report that was taken back": "needle report citrine",
    "refused legal notice": "needle notice danburite",
    "wrong words of a notice": "needle zebra notice zoo",
}
KEPT: Final = "The kept needle stands in a post."
ERASED: Final = "The erased needle stood in a post."
ERASED_TITLE: Final = "A title that is erased"
# Folders and files of an instance; `erased.log` and `output.log` are all its logs.
KNOWN: Final = (
    r"goftogu\.db(-wal|-shm)?|worker\.lock|erased\.log|changed|output\.log|keys/(\w+\.key|[a-z-]+\.txt)|log/(checkpoint|lock|turn)"
    r"|log/witness/key|bundles/[\w/.-]+|public/[\w/.+-]+"
)
_WAIT_S: Final = 30.0
_DUMPS_AT_MOST: Final = 5
_PAGES_BETWEEN: Final = 60


class Stranger(Visitor):
    """A browser that talks to a real server and says too much."""

    def __init__(self, client: httpx.Client, origin: str) -> None:
        super().__init__(client)  # type: ignore[arg-type]  # What a visitor asks of it is the same.
        self._origin = origin

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Response:
        return super().post(path, fields, **{"Origin": self._origin, **headers})


@dataclass
class Searched:
    """What a scenario left behind, and the secrets that it used."""

    data: Path
    temporary: Path
    secrets: dict[str, bytes] = field(default_factory=dict)
    core: bytes | None = None
    seized: list[Path] = field(default_factory=list)
    """Copies of the instance as it was while it ran, with the database's own log."""

    def in_memory(self) -> dict[str, int]:
        """Return how often each secret stands in the memory of the server, as far as it was read."""
        secrets = {"passphrase": PASSPHRASE.encode(), **self.secrets}
        # A cookie comes with every request; of a session that has ended it opens nothing.
        del secrets["session"], secrets["session of joining"]
        return {what: (self.core or b"").count(secret) for what, secret in secrets.items()}

    def files(self) -> dict[str, bytes]:
        """Return what stands in every file of the instance, its logs and its temporary folder."""
        found = {}
        for folder in (self.data, self.temporary, *self.seized):
            for path in folder.rglob("*"):
                if path.is_file():
                    found[str(path.relative_to(folder.parent))] = path.read_bytes()
        return found

    def holding(self, needle: bytes) -> list[str]:
        """Return the files that hold some bytes, as they are or as a reader of dumps writes them."""
        forms = (needle, needle.hex().encode(), needle.decode("latin-1").encode("utf-16-le"))
        return [
            name for name, content in self.files().items() if any(form in content for form in forms)
        ]


@contextmanager
def serving(data: Path, temporary: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `goftogu serve` with a temporary folder of its own; yield its origin and process."""
    address = f"127.0.0.1:{served.free_port()}"
    log = data / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [served.COMMAND, "serve", "--listen", address],
            env={**served.environment_of(data), "TMPDIR": str(temporary)},
            stdout=output,
            stderr=output,
        )
        try:
            served.wait_until_healthy(f"http://{address}", process, log)
            yield f"http://{address}", process
        finally:
            served._stop(process)


def until(holds: Callable[[], bool], what: str) -> None:
    """Look again and again until something holds."""
    deadline = time.monotonic() + _WAIT_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def act(visitor: Stranger, searched: Searched) -> None:
    """Do everything that a person does, and everything that goes wrong."""
    words = visitor.join("Needlewoman", PASSPHRASE)
    seed = parse_words(words)
    searched.secrets["recovery words"] = words.encode()
    searched.secrets["entropy"] = bytes(seed._entropy)
    searched.secrets["session of joining"] = visitor.client.cookies["s"].encode()
    visitor.log_out()
    assert visitor.log_in("Needlewoman", TYPED["wrong passphrase"]).status_code == 403
    visitor.send(visitor.open_form("/restore"), words=TYPED["wrong words"], passphrase="x")
    visitor.send(visitor.open_form("/login", "/login/key"), pasted=TYPED["pasted proof"])
    assert visitor.log_in("Needlewoman", PASSPHRASE).status_code == 303
    searched.secrets["session"] = visitor.client.cookies["s"].encode()
    go_wrong(visitor)
    visitor.open_thread("Kept", KEPT, board="live")
    erased = visitor.open_thread(ERASED_TITLE, ERASED, board="live")
    until(lambda: ERASED in visitor.get(f"/t/{erased[:20]}").text, "the post never showed")
    report(visitor, erased, searched)
    visitor.get("/search?q=needle")
    answer = visitor.send(visitor.open_form(f"/p/{erased}/erase"))
    assert answer.status_code in {200, 303}, answer.text


def report(visitor: Stranger, post: str, searched: Searched) -> None:
    """Report a post and take it back, and send a legal notice; first in ways that are refused."""
    form = visitor.open_form(f"/p/{post}/report")
    assert visitor.send(form, do="send", report=TYPED["refused report"]).status_code == 400
    words = TYPED["report that was taken back"]
    assert visitor.send(form, do="send", rule="spam", report=words).status_code == 303
    assert visitor.send(visitor.open_form("/reports")).status_code == 303
    form = visitor.open_form(f"/legal-notice?place=/p/{post}")
    assert visitor.send(form, report=TYPED["refused legal notice"]).status_code == 400
    typed = {"law": "Act 1", "country": "Canada", "report": "Against Act 1."}
    answer = visitor.send(form, **typed, good_faith="yes")
    shown = re.findall(r'<p class="question"[^>]*>([^<]+)</p>', answer.text)
    searched.secrets["words of a legal notice"] = shown[0].encode()
    form = visitor.open_form("/legal-notice/outcome")
    assert visitor.send(form, words=TYPED["wrong words of a notice"]).status_code == 400
    assert visitor.send(form, words=shown[0]).status_code == 200


def go_wrong(visitor: Stranger) -> None:
    """Search, preview, and send what is refused."""
    form = visitor.open_form("/b/live/new")
    visitor.send(form, do="preview", title="x", text=TYPED["previewed text"])
    visitor.post(form.action, {"token": "none", "text": TYPED["text of a refused form"]})
    huge = TYPED["text of a huge form"] * 20_000
    assert visitor.post(form.action, {"text": huge}).status_code == 413
    visitor.get(f"/search?q={TYPED['search']}")
    visitor.get(f"/search?day={TYPED['day of a search']}")
    visitor.get(f"/search?day={'9' * 40}-1-1&q={TYPED['search']}")
    visitor.get(f"/{TYPED['address of no page']}")
    raw = f'{{"a":1e400,"b":"{TYPED["body of a refused record"]}"}}'
    assert visitor.client.post("/api/v1/records", content=raw).status_code == 400


def dump(process: subprocess.Popen[bytes], folder: Path) -> bytes | None:
    """Return the memory of a process, if the machine lets us have it."""
    program = shutil.which("gcore")
    if program is None:
        return None
    place = folder / "core"
    subprocess.run(
        [program, "-o", place, str(process.pid)], check=False, capture_output=True, timeout=120
    )
    found = list(folder.glob("core.*"))
    return found[0].read_bytes() if found else None


@pytest.fixture(scope="module")
def searched(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Searched:
    """An instance that lived through the scenario and was switched off."""
    folder = tmp_path_factory.mktemp("needles")
    found = Searched(folder / "instance", folder / "temporary")
    shutil.copytree(template, found.data)
    found.temporary.mkdir()
    with serving(found.data, found.temporary) as (origin, process):
        with httpx.Client(base_url=origin, headers=TRACES, timeout=30) as client:
            act(Stranger(client, origin), found)
        # The worker's next steps take the erased words out of the log of the database as well.
        until(lambda: not found.holding(ERASED.encode()), "erased words stay on the disk")
        shutil.copytree(found.data, folder / "seized")
        found.seized.append(folder / "seized")
        # What was freed is overwritten by what comes next, sooner or later: others read on.
        for _ in range(_DUMPS_AT_MOST):
            found.core = dump(process, tmp_path_factory.mktemp("dump"))
            if not any(found.in_memory().values()):
                break
            with httpx.Client(base_url=origin, timeout=30) as client:
                for number in range(_PAGES_BETWEEN):
                    client.get(f"/en/search?q={number}")
                    # Other pages need other sizes of memory: a piece is used again by its like.
                    client.get(f"/en/legal-notice?place=/p/{number}")
                    client.post(
                        "/en/legal-notice/outcome", data={"words": f"{number} words of nobody"}
                    )
    return found


def test_files_of_an_instance_are_those_that_we_know(searched: Searched) -> None:
    """A file that nobody decided about may keep what nobody thought of; of logs there is one."""
    names = {
        str(path.relative_to(folder))
        for folder in (searched.data, *searched.seized)
        for path in folder.rglob("*")
        if path.is_file()
    }

    assert {name for name in names if not re.fullmatch(KNOWN, name)} == set()
    assert {name for name in names if name.endswith(".log")} == {"output.log", "erased.log"}
    assert not list(searched.temporary.rglob("*"))


def test_search_finds_what_is_there(searched: Searched) -> None:
    assert searched.holding(KEPT.encode())
    assert searched.holding(b"Needlewoman")


@pytest.mark.parametrize("header", TRACES)
def test_nothing_of_the_reader_is_on_the_disk(searched: Searched, header: str) -> None:
    assert searched.holding(TRACES[header].encode()) == []


@pytest.mark.parametrize("what", TYPED)
def test_what_was_only_typed_is_not_on_the_disk(searched: Searched, what: str) -> None:
    assert searched.holding(TYPED[what].encode()) == []


def test_secrets_are_not_on_the_disk(searched: Searched) -> None:
    assert searched.holding(PASSPHRASE.encode()) == []
    for what, secret in searched.secrets.items():
        assert searched.holding(secret) == [], what


def test_erased_words_are_not_on_the_disk(searched: Searched) -> None:
    assert searched.holding(ERASED.encode()) == []
    assert searched.holding(ERASED_TITLE.encode()) == []


def test_memory_keeps_no_passphrase_and_no_words(searched: Searched) -> None:
    """The last requests do stay in memory for a while, headers and all: that is not promised.

    So a crash leaves no copy of it (test_crash.py); only who may look into any process can.
    """
    if searched.core is None:
        pytest.skip("no gcore, or this machine lets nobody read a process's memory")
    kept = searched.in_memory()

    assert not any(kept.values()), kept
