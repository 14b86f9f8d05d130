"""Each type of record, of each board, in the log of each instance: taken in at its home alone (SECURITY.md C11, D4)."""

from collections.abc import Mapping
from datetime import date
from functools import partial

import pytest
from app import forum
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.db import Work
from app.federation.partners import Partner, PartnerState
from app.forum.errors import UnknownBoardError
from app.kernel.errors import AppError
from app.moderation.files import read_legal_contact
from app.owning import owners, owners_of
from app.records import Owner, VerifiedRecord, parse_record, verify_record
from app.records.registry import RECORD_TYPES
from app.wiring import House
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.factories import SQUARE
from tests.houses import crash_after, publish

pytestmark = pytest.mark.slow

# A card says who somebody is, wherever it comes; whose succession it is the board's key says.
ANYWHERE = {"Person"}
SAMPLES = {
    kind: verify_record(parse_record(raw)) for kind, raw in factories.one_of_each_type().items()
}


def partner_called(name: str) -> Partner:
    key = SigningKey((name * 32)[:32].encode())
    return Partner(
        did=encode_did(key.public),
        name=name,
        url=f"https://{name}.example",
        log_origin=f"goftogu/{name}",
        log_key="",
        witness_key="",
        met_on=date(2026, 11, 1),
        state=PartnerState.ACTIVE,
    )


HERE, NEAR, FAR = "here", partner_called("near"), partner_called("far")


def owners_at(house: House, at: str | Partner) -> Mapping[str, Owner]:
    """Return who takes records in as in an instance's log."""
    if isinstance(at, Partner):
        return owners_of(at, house.marks_key, house.settings.data)
    contact = partial(read_legal_contact, house.settings.data)
    return owners(house.door.instance_did, house.marks_key, contact, house.settings.data)


def refusal(
    house: House, owned: Owner, record: VerifiedRecord, home: str, *, logged: bool
) -> Exception | None:
    """Try a record where the board's home is `home`, and undo it; return why it is refused."""
    told: list[Exception] = []

    def attempt(work: Work) -> None:
        board = forum.find_board(work, did=SQUARE.did)
        assert board is not None
        forum.move_home(work, board, home)
        if logged:
            work.logged.add(record.digest)
        try:
            owned.accept(work, record)
        except (AppError, IntegrityError) as error:
            told.append(error)

    crash_after(house, attempt)
    return told[0] if told else None


def test_every_type_is_tried() -> None:
    assert SAMPLES.keys() == RECORD_TYPES.keys()


@pytest.mark.parametrize("logged", [False, True])
@pytest.mark.parametrize("at", [HERE, NEAR, FAR], ids=["here", "near", "far"])
def test_record_is_taken_in_at_its_home_alone(
    house: House, at: str | Partner, *, logged: bool
) -> None:
    publish(house, SAMPLES["Person"].raw, SAMPLES["Note"].raw)
    another = factories.note(factories.person("Ava"))
    tried = {**SAMPLES, "Note": verify_record(parse_record(another))}
    dids = {house.door.instance_did, NEAR.did, FAR.did}
    own = at.did if isinstance(at, Partner) else house.door.instance_did
    found = owners_at(house, at)
    crossed = [
        (kind, home)
        for kind, record in tried.items()
        for home in dids - {own}
        if kind not in ANYWHERE and refusal(house, found[kind], record, home, logged=logged) is None
    ]
    at_home = [
        kind
        for kind, record in tried.items()
        if "audience" in record.document
        and isinstance(refusal(house, found[kind], record, own, logged=logged), UnknownBoardError)
    ]

    assert crossed == []
    assert at_home == []
