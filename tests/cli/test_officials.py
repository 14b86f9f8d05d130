"""`goftogu official`: a ministry's key from its domain, a university's, and what the two sign."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app import hearings
from app.kernel.clock import SystemClock
from app.kernel.errors import TooLargeError, UnavailableError
from app.web import outbound
from app.web.outbound import Received

from tests import factories
from tests.cli.command import Done, goftogu
from tests.factories import person
from tests.hearings.officials import make_official
from tests.houses import open_at

pytestmark = pytest.mark.slow

DOMAIN = "water.example.org"
URL = f"https://{DOMAIN}/.well-known/goftogu-official"
KAVE = person("Kave")
UNTIL = "2999-01-01"


def make_key(folder: Path, name: str) -> tuple[Path, str]:
    """Return a key's file and its did:key."""
    file = folder / f"{name}.key"
    done = goftogu("keygen", "--out", file, "--json")
    return file, json.loads(done.out)["did"]


def serve_from(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[], Received]
) -> list[tuple[str, str]]:
    """Let the way out answer; return what it was asked."""
    asked: list[tuple[str, str]] = []

    def exchange(method: str, url: str, *_: Any, most: int, within_s: float, way: Any) -> Received:
        assert most <= 4096
        assert within_s <= 60
        assert way is None
        asked.append((method, url))
        return answer()

    monkeypatch.setattr(outbound, "exchange", exchange)
    return asked


def answered(body: bytes, status: int = 200) -> Callable[[], Received]:
    return lambda: Received(status=status, media_type="text/plain", body=body)


def raising(error: Exception) -> Callable[[], Received]:
    def answer() -> Received:
        raise error

    return answer


def add_ministry(data: Path, domain: str = DOMAIN) -> Done:
    return goftogu("official", "ministry", domain, "--name", "Ministry of Energy", data=data)


def test_office_by_two_signatures_from_the_commands_alone(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ministry, did = make_key(tmp_path, "ministry")
    university, other = make_key(tmp_path, "university")
    line = goftogu("official", "line", "--key", ministry).out
    asked = serve_from(monkeypatch, answered(b"# Ours\r\n\r\n" + line))

    added = add_ministry(data)
    named = goftogu("official", "university", other, "--name", "A university", data=data)

    assert (added.code, named.code) == (0, 0), added.err + named.err
    assert asked == [("GET", URL)]
    assert added.out.decode().strip() == did == line.decode().strip()
    assert "compare it" in added.err
    listed = goftogu("official", "list", data=data).out.decode().splitlines()
    assert listed == [
        f"ministry\t{did}\t{DOMAIN}\tMinistry of Energy",
        f"university\t{other}\t\tA university",
    ]
    offered = goftogu(
        "official", "offer", "--key", ministry, "--for", KAVE.root, "--title", "Deputy minister",
        "--institution", "Ministry of Energy", "--domain", DOMAIN, "--topics", "Rivers", "--lang",
        "fa", "--lang", "en", "--lang", "fa", "--until", UNTIL,
    )  # fmt: skip
    assert offered.code == 0, offered.err
    (tmp_path / "offer").write_bytes(offered.out)
    attested = goftogu(
        "official", "attest", tmp_path / "offer", "--key", university, "--name", "A university",
        "--until", UNTIL,
    )  # fmt: skip
    ended = goftogu(
        "official", "end", tmp_path / "offer", "--key", university, "--why", "Left the office."
    )
    house = open_at(data, SystemClock())
    with house.db.write() as work:
        for raw in (factories.card(KAVE), offered.out, attested.out):
            house.door.submit(work, raw)
        office = hearings.find_office(work, KAVE.root)
        assert office is not None
        assert office.attested_by == "A university"
        assert office.languages == ("fa", "en")
        house.door.submit(work, ended.out)
    house.db.close()

    removed = goftogu("official", "remove", did, data=data)

    assert removed.code == 0, removed.err
    assert (
        goftogu("official", "list", data=data).out.decode().splitlines()[0].startswith("ministry")
    )
    assert goftogu("official", "remove", KAVE.root, data=data).code == 1


BAD = {
    "no file": (answered(b"Not found", 404), "404"),
    "elsewhere": (answered(b"", 301), "leads to no other address"),
    "not reachable": (raising(UnavailableError(f"not reachable: {URL}")), "ot reachable"),
    "endless": (raising(TooLargeError("the answer is longer than 4,096 bytes")), "longer"),
    "a page": (answered(b"<!doctype html>\n<p>Welcome</p>"), "no key, or several"),
    "bytes": (answered(b"\xff\xfe"), "plain text"),
    "empty": (answered(b"# soon\n"), "no key, or several"),
    "two keys": (answered(f"{KAVE.root}\n{KAVE.did}\n".encode()), "no key, or several"),
    "no did": (answered(b"z6Mk"), "did:key:z6Mk"),
}

CODES = {"no file": 5, "elsewhere": 5, "endless": 5, "not reachable": 4}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_at_a_domain_is_said_and_nobody_is_believed(
    data: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    answer, words = BAD[what]
    serve_from(monkeypatch, answer)

    done = add_ministry(data)

    assert done.code == CODES.get(what, 1)
    assert words in done.err
    assert "Traceback" not in done.err
    assert goftogu("official", "list", data=data).out == b""


@pytest.mark.parametrize("domain", ["https://water.example.org", "WATER.example", "water", "a b.c"])
def test_something_else_than_a_domain_is_asked_for_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    asked = serve_from(monkeypatch, answered(KAVE.root.encode()))

    assert add_ministry(data, domain).code == 1

    assert asked == []


def test_key_is_one_side_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_from(monkeypatch, answered(KAVE.root.encode()))
    assert add_ministry(data).code == 0

    also = goftogu("official", "university", KAVE.root, "--name", "A university", data=data)
    elsewhere = add_ministry(data, "dam.example.org")

    assert (also.code, elsewhere.code) == (1, 1)
    assert add_ministry(data).code == 0, "again is no change"


def test_what_is_no_office_is_not_attested(tmp_path: Path) -> None:
    key, _ = make_key(tmp_path, "university")
    (tmp_path / "note").write_bytes(factories.note(person("Ava")))
    for words in (
        ("attest", tmp_path / "note", "--key", key, "--name", "A", "--until", UNTIL),
        ("end", tmp_path / "note", "--key", key, "--why", "Over."),
    ):
        done = goftogu("official", *words)
        assert done.code == 1
        assert "offers no office" in done.err
    past = goftogu(
        "official", "offer", "--key", key, "--for", KAVE.root, "--title", "T", "--institution", "I",
        "--domain", DOMAIN, "--topics", "R", "--lang", "fa", "--until", "2026-01-01",
    )  # fmt: skip
    assert past.code == 2
    assert "passed" in past.err


def test_sponsors_domain_is_named_and_nobody_with_an_office_there_is_appointed(
    data: Path,
) -> None:
    house = open_at(data, SystemClock())
    with house.db.write() as work:
        house.door.submit(work, factories.card(KAVE))
    make_official(house, KAVE)
    house.db.close()
    named = goftogu("sponsor", "domain", "example.org", "--name", "The Lake Fund", data=data)
    assert named.code == 0, named.err

    appointed = goftogu("steward", "grant", KAVE.mark, data=data)

    assert appointed.code == 1
    assert goftogu("steward", "list", data=data).out == b""
    assert goftogu("sponsor", "list", data=data).out == b"The Lake Fund\n"
    assert goftogu("sponsor", "domain", "https://x", "--name", "X", data=data).code == 1
