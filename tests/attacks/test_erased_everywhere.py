"""Erased words leave everything that an instance keeps, shows or publishes, and every copy made from it."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from app import worker
from app.federation.errors import ErasuresPendingError
from app.federation.folders import Folder
from app.federation.mirror import keep_up
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.factories import digest_of
from tests.federation.hosts import leave_unsynced
from tests.federation.made import export
from tests.federation.test_shelving import keep
from tests.houses import publish, release, require_post, submit

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
NEEDLES = (b"thetitleneedle", b"thefirstneedle", b"thesecondneedle")
SHARED_CACHES_S = 3600
POST = factories.note(AVA, title="Thetitleneedle", text="Thefirstneedle, which I regret.")
REVISION = factories.update(AVA, POST, title="Thetitleneedle", text="Thesecondneedle, too.")
ANSWER = factories.note(BABAK, reply_to=POST, text="Why?")


@pytest.fixture
def told(house: House) -> House:
    """An instance with a post in two versions, and an answer."""
    publish(house, factories.card(AVA), factories.card(BABAK), POST)
    publish(house, REVISION, ANSWER)
    worker.step(house, 0)
    # The card that names the month's issuers.
    release(house)
    keep(house)
    return house


def erase(house: House) -> None:
    """Take the post back, and let the hours pass within which an erasure is logged."""
    submit(house, factories.erasure(AVA, POST, after=REVISION))
    release(house)
    worker.step(house, 0)
    worker.step(house, 1)
    keep(house)


def inflated(raw: bytes) -> Iterator[bytes]:
    """Yield bytes, and what is in them if they are an archive."""
    yield raw
    if zipfile.is_zipfile(BytesIO(raw)):
        with zipfile.ZipFile(BytesIO(raw)) as opened:
            yield from map(opened.read, opened.namelist())


def found_in(pieces: Iterable[bytes]) -> set[bytes]:
    """Return the needles that are in bytes, however they are written."""
    folded = [part.lower() for piece in pieces for part in inflated(piece)]
    return {needle for needle in NEEDLES for part in folded if needle in part}


def found_below(folder: Path) -> set[bytes]:
    """Return the needles that any file below a folder has."""
    return found_in(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def addresses(house: House) -> list[str]:
    """Return every address at which the post's words, or a part of them, can be read."""
    thread = f"/en/t/{require_post(house, POST).thread}"
    digest = digest_of(POST).hex()
    return [
        "/en/", "/en/boards", "/en/latest", "/en/b/square", "/en/b/square/feed.atom",
        thread, f"{thread}/print", f"{thread}.txt", f"{thread}/feed.atom",
        f"/en/p/{digest}", f"/en/p/{digest_of(ANSWER).hex()}", f"/en/persona/{AVA.mark}",
        "/en/search?q=thetitleneedle", "/en/search?q=thesecondneedle",
        f"/records/{digest}", f"/records/{digest_of(REVISION).hex()}",
        f"/receipts/{digest}.json", f"/receipts/{digest}.tlog-proof", "/api/v1/boards",
        f"/posts/{digest}.txt", f"/posts/{digest}.png", f"/en/p/{digest}/take", "/en/transparency",
        "/en/search?q=thetitleneedle&sort=fit", "/en/bundles", "/bundles/SHA256SUMS",
    ]  # fmt: skip


def test_no_file_of_the_instance_keeps_erased_words(told: House) -> None:
    """Tables, index of words, journal, free pages, and whatever is published as files."""
    data = told.settings.data
    assert found_below(data) == set(NEEDLES)

    erase(told)

    assert found_below(data) == set()


def test_no_address_shows_erased_words(told: House, client: TestClient) -> None:
    """Asked for before, so that every cache of the instance has had them."""
    paths = addresses(told)
    before = [client.get(path) for path in paths]
    assert found_in(answer.content for answer in before) == set(NEEDLES)
    for answer in before:
        # Caches that are not ours keep records as long as this, and an erasure holds there then.
        kept = answer.headers.get("cache-control", "").partition("max-age=")[2].partition(",")[0]
        assert int(kept or 0) <= SHARED_CACHES_S or not found_in([answer.content])

    submit(told, factories.erasure(AVA, POST, after=REVISION))

    at_once = {path: client.get(path) for path in paths}
    # The search page repeats what was asked for, and finds nothing.
    asked = {path: path.partition("?q=")[2].partition("&")[0].encode() for path in paths}
    for path, answer in at_once.items():
        assert found_in([answer.content]) <= {asked[path]}, path
    assert [at_once[path].status_code for path in paths if path.startswith("/records/")] == [
        410
    ] * 2


def test_tombstone_says_who_erased_and_why_there_is_no_text(
    told: House, client: TestClient
) -> None:
    erase(told)

    page = client.get(f"/en/t/{require_post(told, POST).thread}").text

    assert "The author erased this post." in page
    assert "Its text is no longer on this host; its place stays" in page
    assert "Erased on" in page
    assert "Why?" in page
    assert require_post(told, POST).erased_on == factories.TODAY


def test_erased_words_are_in_no_bundle_of_any_scope(told: House) -> None:
    scopes = ({"day": factories.TODAY}, {"since": 0})
    before = [export(told, **scope) for scope in scopes]
    assert found_in(before) == set(NEEDLES)

    erase(told)

    after = [export(told, **scope) for scope in scopes]
    assert found_in(after) == set()


class Served:
    """An instance as a mirror sees it: what its addresses answer."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def read(self, path: str, most: int) -> bytes | None:
        """Return what an address answers, if anything is there."""
        answer = self.client.get(f"/{path}")
        return bytes(answer.content[:most]) if answer.status_code == 200 else None

    def read_many(self, paths: Sequence[str], most: int) -> list[bytes | None]:
        """Return what several answer."""
        return [self.read(path, most) for path in paths]

    def is_gone(self, path: str) -> bool:
        """Whether the instance says that it was erased."""
        return bool(self.client.get(f"/{path}").status_code == 410)


def test_erased_words_leave_a_mirror_at_its_next_run(
    told: House, client: TestClient, tmp_path: Path
) -> None:
    copy = tmp_path / "mirror"
    copy.mkdir()

    def copy_all() -> None:
        with Folder(copy) as files, files.hold(), suppress(ErasuresPendingError):
            keep_up(files, Served(client), lambda _shown: {}, settle=leave_unsynced)

    copy_all()
    assert found_below(copy) == set(NEEDLES)

    # The host has it gone at once; a mirror believes that once the log says so.
    submit(told, factories.erasure(AVA, POST, after=REVISION))
    copy_all()
    erase_logged = release(told)
    copy_all()

    assert erase_logged == 1
    assert found_below(copy) == set()
