"""The instance's signed promise: what it says, and that nobody else can make it."""

from collections.abc import Callable
from typing import Any

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest
from app.kernel.clock import HOUR_S, Instant
from app.kernel.errors import MalformedError, VerificationError
from app.kernel.strict_json import JsonObject
from app.records import verify_receipt
from app.records.codec import sign_receipt
from hypothesis import given
from hypothesis import strategies as st

from tests import factories, strategies

INSTANCE = SigningKey(bytes(32))
DIGEST = encode_digest(bytes(32))
NOON = Instant(factories.NOW // (24 * HOUR_S) * 24 * HOUR_S + 12 * HOUR_S)
RECEIPT = sign_receipt(INSTANCE, digest=DIGEST, kind="Note", include_by=NOON)


def test_receipt_says_what_is_promised_and_until_when() -> None:
    document = verify_receipt(RECEIPT)

    assert document["urn:goftogu:digest"] == DIGEST
    assert document["urn:goftogu:recordType"] == "Note"
    assert document["urn:goftogu:includeBy"] == "2026-11-21T12:00:00Z"
    assert document["attributedTo"] == f"ap://{encode_did(INSTANCE.public)}/actor"


def test_receipt_is_the_same_however_often_it_is_asked_for() -> None:
    again = sign_receipt(INSTANCE, digest=DIGEST, kind="Note", include_by=NOON)

    assert again == RECEIPT


@given(st.integers(0, 100_000))
def test_receipt_names_an_hour_and_nothing_finer(hours: int) -> None:
    moment = Instant(NOON + hours * HOUR_S)

    document = verify_receipt(sign_receipt(INSTANCE, digest=DIGEST, kind="Note", include_by=moment))

    assert document["urn:goftogu:includeBy"].endswith(":00:00Z")
    assert document["proof"]["created"].endswith("T00:00:00Z")


@given(st.data())
def test_flipping_any_bit_of_a_receipt_is_refused(data: st.DataObject) -> None:
    with pytest.raises((MalformedError, VerificationError)):
        verify_receipt(data.draw(strategies.flipped(RECEIPT)))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda d: d.update({"@context": d["@context"][::-1]}), id="another context"),
        pytest.param(lambda d: d.update(type="Note"), id="another type"),
        pytest.param(lambda d: d.update(to=["x"]), id="an unknown member"),
        pytest.param(lambda d: d.pop("urn:goftogu:includeBy"), id="no hour"),
        pytest.param(lambda d: d.update(attributedTo=d["attributedTo"][5:-6]), id="a bare did"),
        pytest.param(lambda d: d.update(attributedTo="https://example.org"), id="a host"),
        pytest.param(lambda d: d["proof"].update(proofPurpose="authentication"), id="a login"),
        pytest.param(lambda d: d["proof"].update(domain="x"), id="a domain"),
    ],
)
def test_receipt_against_the_rules_is_refused_however_well_signed(
    change: Callable[[JsonObject], Any],
) -> None:
    with pytest.raises(MalformedError):
        verify_receipt(factories.forged(RECEIPT, INSTANCE, change))
