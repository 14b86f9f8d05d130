"""A week's release: made once, signed, verified from outside, and read by anybody."""

from hashlib import sha256

import pytest
from app.crypto.multikey import decode_digest
from app.records import parse_record, verify_record
from app.wiring import House
from starlette.testclient import TestClient

from tests.houses import release
from tests.listening.crowds import publish_now, with_people

pytestmark = pytest.mark.slow

DAY_S = 86_400


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
def test_week_is_read_in_every_language(house: House, client: TestClient, language: str) -> None:
    conversation, _ = with_people(house, 60)
    publish_now(house)

    page = client.get(f"/{language}/listening")

    assert page.status_code == 200
    assert conversation.question in page.text
    week = page.text.split("/listening/")[-1][:10]
    detail = client.get(f"/{language}/listening/{week}/{conversation.thread}")
    assert detail.status_code == 200
    assert detail.text.index('id="card"') < detail.text.index("<progress")


def test_release_is_verified_from_outside(house: House, client: TestClient) -> None:
    with_people(house, 60)
    publish_now(house)
    release(house)
    page = client.get("/en/listening").text
    week = page.split('datetime="', 1)[1][:10]
    digest = page.split("/records/", 1)[1][:64]

    record = verify_record(parse_record(client.get(f"/records/{digest}").content))

    named = record.document["urn:goftogu:release"]
    assert record.signer == house.door.instance_did
    assert named["week"] == week
    for name, address in (("table", ".csv"), ("codebook", "/codebook"), ("page", "/file")):
        raw = client.get(f"/en/listening/{week}{address}").content
        assert decode_digest(named[name]) == sha256(raw).digest(), name
        assert len(raw) > 200
