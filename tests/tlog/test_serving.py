"""The log over HTTP: its files, and the proof of one record; nothing else of the folder."""

import pytest
from app.records.codec import encode_leaf
from app.tlog.proof_files import parse_proof_file, verify_proof_file
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish, submit, tick
from tests.tlog.strangers import files_of, policy_of, public_checkpoint

POST = factories.note(factories.person("Ava"), board=factories.LIVE)
DIGEST = factories.digest_of(POST)
PROOF = f"/receipts/{DIGEST.hex()}.tlog-proof"


@pytest.fixture
def shown(house: House) -> House:
    """An instance that has shown a post."""
    submit(house, POST)
    tick(house)
    return house


# Only tiles never change; the rest leaves caches so soon that an erasure holds.
KEPT = (
    ("tlog/checkpoint", "max-age=5"),
    ("tlog/tile/", "max-age=31536000, immutable"),
    ("records/", "max-age=3600"),
    ("receipts/", "max-age=3600"),
    (".well-known/goftogu", "max-age=300"),
)


def test_every_published_file_is_served_as_it_is(shown: House, client: TestClient) -> None:
    files = {p: raw for p, raw in files_of(shown).items() if p.startswith("public/")}

    assert len(files) > 2
    for path, raw in files.items():
        answer = client.get("/" + path.removeprefix("public/"))
        assert (answer.status_code, answer.content) == (200, raw)
        assert "set-cookie" not in answer.headers
        kept = next(kept for start, kept in KEPT if path.startswith(f"public/{start}"))
        assert answer.headers["cache-control"] == f"public, {kept}"


def test_hashes_are_not_packed(shown: House, client: TestClient) -> None:
    """They gain nothing, and packing takes its time from everybody."""
    publish(shown, *(factories.note(factories.person("Ava")) for _ in range(20)))
    files = files_of(shown)
    path = max(
        (p for p in files if p.startswith("public/tlog/tile/0/")), key=lambda p: len(files[p])
    )

    answer = client.get("/" + path.removeprefix("public/"), headers={"Accept-Encoding": "br"})

    assert len(answer.content) > 500
    assert "content-encoding" not in answer.headers


def test_file_that_is_known_is_not_sent_again(shown: House, client: TestClient) -> None:
    tag = client.get("/tlog/checkpoint").headers["etag"]

    assert client.get("/tlog/checkpoint", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path",
    ["", "lock", "checkpoint.part", "checkpoint/", "tile/0/000", "tile/0/000.p/4.part", "tile/0",
     "..%2F..%2Fkeys%2Flog.key", "%2e%2e/goftogu.db", "tile/0/..%2f..%2fcheckpoint", "checkpoint%00"],
)  # fmt: skip
def test_nothing_else_is_served(shown: House, client: TestClient, path: str) -> None:
    answer = client.get(f"/tlog/{path}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_proof_convinces_a_stranger_who_has_record_and_card(
    shown: House, client: TestClient
) -> None:
    answer = client.get(PROOF)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=60"
    leaf = encode_leaf(DIGEST, "Note")
    found = verify_proof_file(parse_proof_file(answer.content), leaf, policy_of(shown))
    assert found.accepted.checkpoint.tree == public_checkpoint(shown).tree


def test_no_proof_before_the_entry_is_signed(house: House, client: TestClient) -> None:
    assert client.get(PROOF).status_code == 404
    submit(house, POST)
    assert client.get(PROOF).status_code == 404
    receipt = client.get(f"/en/receipts/{DIGEST.hex()}").text
    assert f'href="{PROOF}"' not in receipt
    assert PROOF in receipt, "it says where the proof will be"
    assert "Until then the address answers “not found”." in receipt

    tick(house)

    assert client.get(PROOF).status_code == 200


def test_receipt_and_post_lead_to_the_proof(shown: House, client: TestClient) -> None:
    for path in ("receipts", "p"):
        assert f'href="{PROOF}"' in client.get(f"/en/{path}/{DIGEST.hex()}").text


def test_proof_of_an_older_entry_comes_with_the_newest_checkpoint(
    shown: House, client: TestClient
) -> None:
    client.get(PROOF)
    submit(shown, factories.note(factories.person("Babak"), board=factories.LIVE))
    tick(shown)

    found = parse_proof_file(client.get(PROOF).content)
    assert found.checkpoint.tree == public_checkpoint(shown).tree
