"""What readers take along: the shelf's page and files, one post as text and as a QR code, the card."""

from asyncio import run

import pytest
from app import site
from app.federation.routes import bundle_file
from app.federation.shelf import Shelf
from app.federation.texts import verify_text
from app.kernel.clock import HOUR_S, FixedClock
from app.records import parse_record, verify_record
from app.tlog.files import PublicFolder
from app.web.coding import etag_of
from app.web.qr import MOST_QR_BYTES, draw_qr
from app.wiring import House
from starlette.requests import ClientDisconnect, Request
from starlette.testclient import TestClient
from starlette.types import Message

from tests.factories import TODAY, card, digest_of, erasure, note, person, update
from tests.federation.test_shelving import keep
from tests.forms.languages import CODES
from tests.houses import publish, release, submit
from tests.scanner import scan
from tests.visitor import ORIGIN, Visitor, app_of

AVA = person("Ava")
POST = note(AVA, title="آب", text="آب کجا می\u200cرود؟", language="fa")
ADDRESS = f"/posts/{digest_of(POST).hex()}"


@pytest.fixture
def told(house: House) -> House:
    publish(house, card(AVA))
    publish(house, POST)
    return house


def test_post_as_text_verifies(told: House, client: TestClient) -> None:
    answer = client.get(f"{ADDRESS}.txt")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert verify_text(answer.content).raw == POST
    again = client.get(f"{ADDRESS}.txt", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_scanned_post_is_its_signed_bytes(told: House, client: TestClient) -> None:
    answer = client.get(f"{ADDRESS}.png")

    assert answer.headers["content-type"] == "image/png"
    assert scan(answer.content) == POST


def test_long_post_is_scanned_as_its_address(told: House, client: TestClient) -> None:
    long = note(AVA, title="Long", text="word " * 300)
    publish(told, long)

    scanned = scan(client.get(f"/posts/{digest_of(long).hex()}.png").content).decode()

    assert len(long) > MOST_QR_BYTES
    assert scanned == f"{ORIGIN}/records/{digest_of(long).hex()}"
    assert client.get(scanned.removeprefix(ORIGIN)).content == long


def test_revised_post_is_taken_as_it_reads_now(told: House, client: TestClient) -> None:
    revision = update(AVA, POST)
    publish(told, revision)

    assert scan(client.get(f"{ADDRESS}.png").content) == revision
    assert verify_text(client.get(f"{ADDRESS}.txt").content).raw == revision


def test_erased_post_is_taken_no_more(told: House, client: TestClient) -> None:
    before = [client.get(f"{ADDRESS}.{end}").status_code for end in ("txt", "png")]
    submit(told, erasure(AVA, POST))
    after = [client.get(f"{ADDRESS}.{end}").status_code for end in ("txt", "png")]

    assert (before, after) == ([200, 200], [410, 410])
    assert Visitor(client).get(f"/p/{digest_of(POST).hex()}/take").status_code == 410


def test_bundle_is_read_piece_by_piece_and_not_packed_again(
    told: House, client: TestClient
) -> None:
    keep(told)
    path = f"/bundles/square/{TODAY}.zip"
    whole = Shelf(PublicFolder(told.settings.data / "public")).read(path.removeprefix("/bundles/"))
    with client.stream("GET", path, headers={"Accept-Encoding": "br, gzip"}) as answer:
        raw = b"".join(answer.iter_raw())

    assert raw == whole
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-length"] == str(len(whole))
    assert answer.headers["cache-control"] == "public, max-age=3600"
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"] == etag_of(whole)
    assert client.head(path).headers["content-length"] == str(len(whole))


def test_bundle_is_closed_when_its_reader_leaves_before_the_first_byte(
    told: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(told)
    shelf = Shelf(PublicFolder(told.settings.data / "public"))
    opened = shelf.open(f"square/{TODAY}.zip")
    monkeypatch.setattr(shelf, "open", lambda path: opened)
    scope = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.4"}}

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        raise OSError

    answer = bundle_file(Request(scope), f"square/{TODAY}.zip", shelf)
    with pytest.raises(ClientDisconnect):
        run(answer(scope, receive, send))

    assert opened[0].closed


def test_pictures_of_erased_words_are_not_remembered(told: House, client: TestClient) -> None:
    client.get(f"{ADDRESS}.png?again=1")
    client.get(f"{ADDRESS}.png?again=2")
    before = draw_qr.cache_info()

    submit(told, erasure(AVA, POST))

    assert before.hits > 0
    assert draw_qr.cache_info().currsize == 0


def test_waiting_post_is_not_taken(house: House, client: TestClient) -> None:
    submit(house, card(AVA), POST)

    for end in ("txt", "png"):
        answer = client.get(f"{ADDRESS}.{end}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("digest", ["", "x", "0" * 64, "0" * 63, "A" * 64, "%00", ".."])
def test_no_post_is_no_file(digest: str, told: House, client: TestClient) -> None:
    assert client.get(f"/posts/{digest}.png").status_code == 404


@pytest.mark.parametrize("code", CODES)
def test_page_of_a_post_leads_to_its_text_and_its_code(
    code: str, told: House, client: TestClient
) -> None:
    visitor = Visitor(client, code)
    take = f"/p/{digest_of(POST).hex()}/take"

    assert visitor.address(take) in visitor.get(f"/p/{digest_of(POST).hex()}").text
    page = visitor.get(take).text
    assert f'href="{ADDRESS}.txt"' in page
    assert f'<img src="{ADDRESS}.png"' in page
    assert "<script" not in page


def test_page_says_where_a_long_post_does_not_fit(told: House, client: TestClient) -> None:
    long = note(AVA, title="Long", text="word " * 300)
    publish(told, long)

    page = Visitor(client).get(f"/p/{digest_of(long).hex()}/take").text

    assert "holds 2,000" in page
    assert "holds the whole signed post" not in page


@pytest.mark.parametrize("code", CODES)
def test_shelf_lists_each_day(code: str, told: House, client: TestClient) -> None:
    visitor = Visitor(client, code)
    empty = visitor.get("/bundles").text
    keep(told)
    page = visitor.get("/bundles").text

    assert f"/bundles/square/{TODAY}.zip" not in empty
    for path in (f"square/{TODAY}.zip", f"{TODAY}.txt", "SHA256SUMS"):
        assert f'href="/bundles/{path}"' in page
        assert client.get(f"/bundles/{path}").status_code == 200
    assert visitor.address("/bundles") in visitor.get("/boards").text


def test_files_live_in_caches_for_an_hour_at_most(told: House, client: TestClient) -> None:
    keep(told)
    answer = client.get(f"/bundles/square/{TODAY}.zip")
    tag = {"If-None-Match": answer.headers["etag"]}

    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert client.get(f"/bundles/square/{TODAY}.zip", headers=tag).status_code == 304
    submit(told, erasure(AVA, POST))
    keep(told)
    assert client.get(f"/bundles/square/{TODAY}.zip", headers=tag).status_code == 200


@pytest.mark.parametrize(
    "path", ["", "x", "square/", "../keys/instance.key", "%2e%2e/keys/instance.key", "SHA256SUMS"]
)
def test_other_paths_are_no_files(path: str, house: House, client: TestClient) -> None:
    assert client.get(f"/bundles/{path}").status_code == 404


def test_shelf_of_many_days_has_pages(told: House, client: TestClient) -> None:
    shelf: Shelf = app_of(client).state.shelf
    for day in range(1, 29):
        shelf.put(f"square/2025-02-{day:02}.zip", b"a day")

    first, second = (Visitor(client).get(f"/bundles{query}").text for query in ("", "?page=2"))

    assert "2025-02-28.zip" in first
    assert "2025-02-14.zip" not in first
    assert "2025-02-14.zip" in second
    assert Visitor(client).get("/bundles?page=3").status_code == 404


def test_scanned_card_names_the_mirrors(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    with house.db.write() as work:
        site.add_mirror(work, house.door, house.keys["instance"], "https://mirror.example/")
    clock.advance(HOUR_S)
    release(house)

    scanned = scan(client.get("/.well-known/goftogu.png").content)

    assert scanned == client.get("/.well-known/goftogu").content
    found = verify_record(parse_record(scanned))
    assert found.document["urn:goftogu:mirrors"] == ["https://mirror.example"]
    for page in ("/card", "/status"):
        assert "https://mirror.example" in Visitor(client).get(page).text
    assert '<img src="/.well-known/goftogu.png"' in Visitor(client).get("/card").text
