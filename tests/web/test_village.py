"""The whole village, link by link: nothing on any page leads nowhere, and every post verifies from its address."""

import re
from html import unescape

import pytest
from app import records
from app.db import Work
from app.kernel.errors import GoneError
from app.records import parse_record, verify_record
from app.wiring import House
from starlette.testclient import TestClient

LINK = re.compile(r'(?:href|src|action)="([^"#]*)')
# Opened in one language only: there are hundreds, and they differ in nothing but their sentences.
TOO_MANY = re.compile(r"/(en|fr)/(p|t|receipts|persona|search)|/fa/(p/\w+/\w+|login\?|t/\w+/reply)")


@pytest.mark.slow
def test_every_link_leads_somewhere(village: TestClient) -> None:
    waiting, seen, broken, outside = ["/"], {"/"}, [], set()

    while waiting:
        path = waiting.pop()
        answer = village.get(path)
        if answer.status_code >= 400:
            broken.append((path, answer.status_code))
        found = [unescape(link) for link in LINK.findall(answer.text)]
        found += [answer.headers.get("location", "/")]
        outside |= {link for link in found if "//" in link and "testserver" not in link}
        new = {link for link in found if re.match(r"/(?!/)", link)} - seen - {"/exit"}
        seen |= new
        waiting += [link for link in new if not TOO_MANY.match(link)]

    # A form's address answers a GET as well, or is for sending only.
    sent_only = {path for path, status in broken if status == 405}
    assert [item for item in broken if item[0] not in sent_only] == []
    assert all(path.endswith(("/logout", "/key", "/device")) for path in sent_only)
    assert all(link.startswith(("https://", "http://")) for link in outside)
    assert len(seen) > 300


@pytest.mark.slow
def test_every_record_verifies_from_its_address(village: TestClient, village_house: House) -> None:
    with village_house.db.read() as work:
        digests = records.list_digests(work)
        erased = [digest for digest in digests if is_erased(work, digest)]

    for digest in digests:
        answer = village.get(f"/records/{digest.hex()}")
        if digest in erased:
            assert answer.status_code == 410
        else:
            record = verify_record(parse_record(answer.content))
            assert record.digest == digest

    assert len(digests) > 100
    assert erased


def is_erased(work: Work, digest: bytes) -> bool:
    """Return whether a record's text was erased."""
    try:
        records.get_public_bytes(work, digest)
    except GoneError:
        return True
    return False
