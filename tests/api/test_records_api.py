"""The door over HTTP: what comes in and is refused, and the exact bytes that come out."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from app.crypto.multikey import encode_multibase
from app.records import verify_receipt
from app.wiring import House
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_add
from starlette.testclient import TestClient

from tests import factories, strategies
from tests.forum.test_filters import settle
from tests.houses import count_records, publish, release, submit
from tests.visitor import Visitor

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
WORDS = "sphinx of black quartz"
"""Stands in every refused record, and must stand in no answer and no log."""

OPENING = factories.note(AVA, title=WORDS, text=WORDS)
CARD = factories.card(AVA, name=WORDS)
FUTURE = factories.TODAY + timedelta(days=3)


def hand_in(client: TestClient, raw: bytes) -> Response:
    """POST a record."""
    answer: Response = client.post("/api/v1/records", content=raw)
    return answer


def read(client: TestClient, raw: bytes) -> Response:
    """GET a record by its digest."""
    answer: Response = client.get(f"/records/{factories.digest_of(raw).hex()}")
    return answer


def with_mixed_key() -> bytes:
    """Return a record whose key has a part of low order: libraries differ about its signatures."""
    low = bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")
    mixed = crypto_core_ed25519_add(AVA.key.public.raw, low)
    did = "did:key:" + encode_multibase(b"\xed\x01" + mixed)
    raw = factories.note(AVA, text=WORDS)
    return raw.replace(AVA.did.encode(), did.encode()).replace(
        AVA.did[8:].encode(), did[8:].encode()
    )


MALFORMED = [
    pytest.param(b"", 400, "malformed", id="nothing"),
    pytest.param(b"null", 400, "malformed", id="null"),
    pytest.param(b"[]", 400, "malformed", id="an array"),
    pytest.param(WORDS.encode(), 400, "malformed", id="no JSON"),
    pytest.param(b"\xff\xfe" + WORDS.encode("utf-16-le"), 400, "malformed", id="UTF-16"),
    pytest.param(b"\xef\xbb\xbf" + OPENING, 400, "malformed", id="a byte-order mark"),
    pytest.param(OPENING + b"\n", 400, "malformed", id="a line end behind it"),
    pytest.param(b"[" * 60_000, 400, "malformed", id="nested to break parsers"),
    pytest.param(b'{"a":' * 10_000, 400, "malformed", id="objects to break parsers"),
    pytest.param(b'{"a":' + b"9" * 60_000 + b"}", 400, "malformed", id="sixty thousand digits"),
    pytest.param(OPENING.replace(b"Note", b"Like"), 400, "unknown-type", id="an unknown type"),
    pytest.param(b" " * 65_537, 413, "record-too-large", id="over the size of a record"),
    pytest.param(b" " * 262_145, 413, "too-large", id="over the size of a body"),
    pytest.param(with_mixed_key(), 400, "does-not-verify", id="a key of mixed order"),
    pytest.param(
        factories.altered(OPENING, lambda d: d.update(name=f"{WORDS}!")),
        400,
        "does-not-verify",
        id="changed after signing",
    ),
    pytest.param(factories.note(AVA, title=WORDS, day=FUTURE), 400, "future-day", id="the future"),
    pytest.param(
        factories.card(BABAK, name=WORDS, keys=[factories.key_line(AVA)]),
        400,
        "does-not-verify",
        id="a card with another's key",
    ),
]

REFUSED = [
    pytest.param(lambda: factories.note(AVA, title=WORDS, board=factories.board_key("elsewhere")), 409, "unknown-board", id="a board elsewhere"),
    pytest.param(lambda: factories.note(AVA, title=WORDS, board=factories.NOTICES), 403, "thread-closed", id="a closed board"),
    pytest.param(lambda: factories.note(AVA, text=WORDS, reply_to=factories.note(BABAK)), 409, "unknown-post", id="an answer to nothing"),
    pytest.param(lambda: factories.note(AVA, text=WORDS, key=AVA.root_key), 403, "wrong-signer", id="a post by a root"),
    pytest.param(lambda: factories.forged(factories.note(AVA, title=WORDS), AVA.key, lambda d: d.update({"urn:goftogu:custody": "unlocked"})), 403, "custody-differs", id="another custody"),
    pytest.param(lambda: factories.update(BABAK, OPENING, text=WORDS), 403, "wrong-signer", id="a revision of another's post"),
    pytest.param(lambda: factories.update(AVA, OPENING, after=CARD, text=WORDS), 409, "stale-revision", id="a stale revision"),
    pytest.param(lambda: factories.erasure(BABAK, OPENING), 403, "wrong-signer", id="an erasure of another's post"),
    pytest.param(lambda: factories.card(AVA, name=WORDS), 409, "stale-card", id="a first card again"),
    pytest.param(lambda: factories.card(BABAK, name=WORDS, keys=[factories.key_line(AVA, root=BABAK.root)]), 409, "key-taken", id="a key of another persona"),
    pytest.param(lambda: factories.forged(OPENING, AVA.key, lambda d: d.update(contentMap={"en": WORDS + "!"})), 409, "id-taken", id="an id again"),
]  # fmt: skip


def require_problem(answer: Response, status: int, code: str) -> None:
    """Check that an answer is a problem document that repeats nothing."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() == {"type", "title", "status", "detail", "code"}
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"urn:goftogu:error:{code}"
    assert "sphinx" not in answer.text


@pytest.mark.parametrize(("raw", "status", "code"), MALFORMED)
def test_bad_record_is_a_problem_and_leaves_nothing(
    house: House,
    client: TestClient,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    raw: bytes,
    status: int,
    code: str,
) -> None:
    before = count_records(house)

    require_problem(hand_in(client, raw), status, code)

    assert count_records(house) == before
    assert release(house) == 0
    assert "sphinx" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(("make", "status", "code"), REFUSED)
def test_refused_record_is_a_problem_and_leaves_nothing(
    house: House,
    client: TestClient,
    capfd: pytest.CaptureFixture[str],
    make: Callable[[], bytes],
    status: int,
    code: str,
) -> None:
    publish(house, CARD, OPENING)
    before = count_records(house)

    require_problem(hand_in(client, make()), status, code)

    assert count_records(house) == before
    assert release(house) == 0
    assert "sphinx" not in "".join(capfd.readouterr())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | strategies.json_values.map(lambda value: json.dumps(value).encode())
    | strategies.flipped(OPENING)
)
def test_any_bytes_are_answered(client: TestClient, raw: bytes) -> None:
    answer = hand_in(client, raw)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_record_is_taken_in_once_and_its_receipt_is_the_same_again(
    house: House, client: TestClient
) -> None:
    before = count_records(house)

    first, again = hand_in(client, OPENING), hand_in(client, OPENING)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    assert first.headers["content-type"] == "application/activity+json"
    assert first.headers["location"] == f"/records/{factories.digest_of(OPENING).hex()}"
    assert verify_receipt(first.content)["urn:goftogu:recordType"] == "Note"
    assert count_records(house) == before + 1


@pytest.mark.parametrize(
    "media_type", ["application/activity+json", "application/json", "text/plain", "", "x/y; q=1"]
)
def test_record_is_taken_in_whatever_it_is_called(client: TestClient, media_type: str) -> None:
    """What counts is inside the signature."""
    answer = client.post(
        "/api/v1/records", content=factories.note(AVA), headers={"Content-Type": media_type}
    )

    assert answer.status_code == 201


def test_exact_bytes_are_read_from_the_tick_on(house: House, client: TestClient) -> None:
    hand_in(client, OPENING)
    require_problem(read(client, OPENING), 404, "not-found")

    release(house)

    answer = read(client, OPENING)
    assert answer.status_code == 200
    assert answer.content == OPENING
    assert answer.headers["content-type"] == "application/activity+json"
    assert answer.headers["cache-control"] == "public, max-age=3600"


def test_bytes_are_gone_after_an_erasure_at_once(house: House, client: TestClient) -> None:
    publish(house, OPENING)
    assert read(client, OPENING).status_code == 200

    hand_in(client, factories.erasure(AVA, OPENING))

    answer = read(client, OPENING)
    require_problem(answer, 410, "gone")
    assert answer.headers["cache-control"] == "no-store"


def test_receipt_is_read_back_by_its_digest(client: TestClient) -> None:
    receipt = hand_in(client, OPENING).content

    answer = client.get(f"/receipts/{factories.digest_of(OPENING).hex()}.json")

    assert answer.status_code == 200
    assert answer.content == receipt


@pytest.mark.parametrize("path", ["/records/{}", "/receipts/{}.json"])
@pytest.mark.parametrize(
    "digest",
    [
        pytest.param("00" * 32, id="unknown"),
        pytest.param("00" * 31, id="short"),
        pytest.param("00" * 33, id="long"),
        pytest.param("0" * 63, id="odd"),
        pytest.param("zz" * 32, id="no hex"),
        pytest.param("AB" * 32, id="in capitals"),
        pytest.param("ab " * 32, id="with blanks"),
        pytest.param("٠" * 64, id="Arabic digits"),
        pytest.param("%00" * 32, id="nul"),
        pytest.param("..%2f..%2fetc%2fpasswd", id="a path"),
        pytest.param("' OR 1=1 --", id="SQL"),
    ],
)
def test_address_without_a_known_digest_is_not_found(
    stranger: Visitor, path: str, digest: str
) -> None:
    require_problem(stranger.client.get(path.format(digest)), 404, "not-found")


def test_digest_in_capitals_names_nothing_though_the_record_is_there(
    house: House, client: TestClient
) -> None:
    publish(house, OPENING)

    upper = factories.digest_of(OPENING).hex().upper()

    assert client.get(f"/records/{upper}").status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_no_way_in(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/records")

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


def test_boards_are_listed_for_programs(client: TestClient) -> None:
    boards = client.get("/api/v1/boards").json()["boards"]

    assert {board["slug"]: board["did"] for board in boards} == {
        board.slug: board.did for board in (factories.SQUARE, factories.LIVE, factories.NOTICES)
    }


def test_programs_learn_of_a_board_what_decides_about_a_post(
    house: House, client: TestClient
) -> None:
    settle(house, tags=("water",), filters=("casino",), holds_first=True, delay_s=600)

    boards = client.get("/api/v1/boards").json()["boards"]

    told = next(board for board in boards if board["slug"] == "square")
    names = ("openers", "tags", "archived", "filters", "holdsFirst", "delay")
    assert [told[name] for name in names] == ["anyone", ["water"], False, ["casino"], True, 600]


def test_instance_card_is_read_at_its_well_known_address(house: House, client: TestClient) -> None:
    answer = client.get("/.well-known/goftogu")

    assert answer.status_code == 200
    assert answer.json()["attributedTo"] == f"ap://{house.door.instance_did}/actor"


def test_openapi_names_the_door_and_no_form(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    assert "/api/v1/records" in paths
    assert not [path for path in paths if path.startswith("/{language}")]


def test_carried_records_of_many_hands_are_all_taken_in(house: House, client: TestClient) -> None:
    raws = [factories.note(factories.person(f"Person {n}")) for n in range(5)]

    answers = [hand_in(client, raw).status_code for raw in raws]

    assert answers == [201] * 5
    submit(house, raws[0])
    assert release(house) == 5
    assert [read(client, raw).content for raw in raws] == raws
