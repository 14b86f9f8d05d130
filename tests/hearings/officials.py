"""A ministry, a university and the official whom the two sign for."""

from datetime import date, timedelta
from typing import Any, Final

from app import hearings
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest
from app.hearings.model import Attester, AttesterKind
from app.kernel.strict_json import JsonObject
from app.records.codec import sign_record
from app.wiring import House

from tests import factories
from tests.factories import TODAY, Person
from tests.hearings_records import MINISTRY, UNIVERSITY
from tests.houses import submit

DOMAIN: Final = "water.example.org"
UNTIL: Final = TODAY + timedelta(days=365)
OFFICE: Final = {
    "title": "Deputy minister for water",
    "institution": "Ministry of Energy",
    "domain": DOMAIN,
    "topics": "Rivers, dams and drinking water",
    "languages": ["fa", "en"],
}


def believe(house: House, key: SigningKey, kind: AttesterKind, domain: str = "") -> None:
    """Let the house believe a key about offices."""
    named = {AttesterKind.MINISTRY: "Ministry of Energy", AttesterKind.UNIVERSITY: "A university"}
    attester = Attester(
        did=encode_did(key.public), kind=kind, name=named[kind], domain=domain, checked_on=TODAY
    )
    with house.db.write() as work:
        hearings.believe(work, attester)


def believe_both(house: House) -> None:
    """Let the house believe the ministry of the tests, and their university."""
    believe(house, MINISTRY, AttesterKind.MINISTRY, DOMAIN)
    believe(house, UNIVERSITY, AttesterKind.UNIVERSITY)


def offer(
    official: Person,
    *,
    key: SigningKey = MINISTRY,
    until: date = UNTIL,
    day: date = TODAY,
    **office: Any,
) -> bytes:
    """Return the record by which a ministry offers an office."""
    members: JsonObject = {
        "object": f"ap://{official.root}/actor",
        "urn:goftogu:office": {**OFFICE, **office},
        "urn:goftogu:until": until.isoformat(),
    }
    return sign_record(key, "Offer", members, nonce=factories.nonce(), day=day)


def attest(
    offered: bytes, *, key: SigningKey = UNIVERSITY, until: date = UNTIL, day: date = TODAY
) -> bytes:
    """Return the record by which a university attests an office."""
    members: JsonObject = {
        "object": _named(offered),
        "urn:goftogu:attests": "A university",
        "urn:goftogu:until": until.isoformat(),
    }
    return sign_record(key, "Accept", members, nonce=factories.nonce(), day=day)


def end(offered: bytes, *, key: SigningKey, day: date = TODAY) -> bytes:
    """Return the record by which a key ends an office."""
    members: JsonObject = {"object": _named(offered), "urn:goftogu:ends": "Left the office."}
    return sign_record(key, "Undo", members, nonce=factories.nonce(), day=day)


def make_official(
    house: House, official: Person, *, day: date = TODAY, until: date | None = None, **office: Any
) -> bytes:
    """Give a persona that is known to the house an office that holds; return its offer."""
    believe_both(house)
    last = until or day + timedelta(days=365)
    offered = offer(official, day=day, until=last, **office)
    submit(house, offered, attest(offered, day=day, until=last))
    return offered


def _named(record: bytes) -> JsonObject:
    digest = encode_digest(factories.digest_of(record))
    return {"id": factories.id_of(record), "digestMultibase": digest}
