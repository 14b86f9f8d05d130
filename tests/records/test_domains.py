"""A signature made for one thing is worth nothing for another: types, boards, ids, purposes, instances."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.integrity import add_proof, verify_proof
from app.crypto.multikey import encode_did
from app.identity.codec.login_proofs import sign_login_proof, verify_login_proof
from app.kernel.clock import HOUR_S, Instant
from app.kernel.errors import MalformedError, VerificationError
from app.kernel.strict_json import JsonObject
from app.records import parse_record, verify_receipt, verify_record
from app.records.codec import sign_receipt, sign_record
from app.records.registry import COMMON_MEMBERS

from tests import factories

KEY = SigningKey(bytes(32))
DID = encode_did(KEY.public)
NONCE = factories.nonce()

# One key, one day and one id for a record of every type: all that differs is what each is for.
RECORDS = {
    kind: sign_record(
        KEY,
        kind,
        {k: v for k, v in factories.decode(raw).items() if k not in COMMON_MEMBERS},
        nonce=NONCE,
        day=factories.TODAY,
    )
    for kind, raw in factories.one_of_each_type().items()
}
LOGIN = sign_login_proof(
    KEY,
    domain=DID,
    challenge="challenge",
    expires="2026-11-21T11:00:00Z",
    day=factories.TODAY,
)
RECEIPT = sign_receipt(
    KEY, digest="zQm", kind="Note", include_by=Instant(factories.NOW // HOUR_S * HOUR_S)
)
SIGNED = {**RECORDS, "Login": LOGIN, "Receipt": RECEIPT}


@pytest.mark.parametrize(("made_for", "used_as"), list(permutations(SIGNED, 2)))
def test_signature_for_one_type_never_verifies_as_another(made_for: str, used_as: str) -> None:
    proof_value = factories.decode(SIGNED[made_for])["proof"]["proofValue"]

    document = factories.decode(SIGNED[used_as])
    document["proof"]["proofValue"] = proof_value

    with pytest.raises(VerificationError):
        verify_proof(document, KEY.public)


@pytest.mark.parametrize(("made_for", "used_as"), list(permutations(RECORDS, 2)))
def test_record_renamed_to_another_type_is_refused(made_for: str, used_as: str) -> None:
    renamed = factories.altered(RECORDS[made_for], lambda document: document.update(type=used_as))

    with pytest.raises((MalformedError, VerificationError)):
        verify_record(parse_record(renamed))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda d: d.update(audience=f"ap://{factories.LIVE.did}/actor"), id="another board"
        ),
        pytest.param(
            lambda d: d.update(id=f"ap://{DID}/objects/{factories.nonce()}"), id="another id"
        ),
        pytest.param(
            lambda d: (
                d.update(published="2026-11-20T00:00:00Z"),
                d["proof"].update(created="2026-11-20T00:00:00Z"),
            ),
            id="another day",
        ),
        pytest.param(lambda d: d.update({"urn:goftogu:custody": "unlocked"}), id="another custody"),
        pytest.param(lambda d: d.update(contentMap={"en": "No."}), id="another text"),
        pytest.param(
            lambda d: d.update(contentMap={"fr": d["contentMap"]["en"]}), id="another language"
        ),
        pytest.param(lambda d: d.update(name="Fire"), id="another title"),
        pytest.param(lambda d: d.pop("name"), id="no title"),
    ],
)
def test_post_used_for_anything_else_is_refused(change: Callable[[JsonObject], Any]) -> None:
    changed = factories.altered(RECORDS["Note"], change)

    with pytest.raises(VerificationError):
        verify_record(parse_record(changed))


def test_record_under_another_persons_name_is_refused() -> None:
    victim = encode_did(factories.person("Babak").key.public)

    stolen = factories.altered(
        RECORDS["Note"],
        lambda document: (
            document.update(
                id=document["id"].replace(DID, victim), attributedTo=f"ap://{victim}/actor"
            ),
            document["proof"].update(verificationMethod=f"{victim}#{victim[8:]}"),
        ),
    )

    with pytest.raises(VerificationError):
        verify_record(parse_record(stolen))


@pytest.mark.parametrize("raw", [LOGIN, RECEIPT], ids=["login proof", "receipt"])
def test_what_is_no_record_is_not_taken_for_one(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_record(raw)


@pytest.mark.parametrize("raw", [*RECORDS.values(), RECEIPT], ids=[*RECORDS, "receipt"])
def test_what_is_no_login_is_not_taken_for_one(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        verify_login_proof(raw)


@pytest.mark.parametrize("raw", [*RECORDS.values(), LOGIN], ids=[*RECORDS, "login proof"])
def test_what_is_no_receipt_is_not_taken_for_one(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        verify_receipt(raw)


def test_purpose_is_inside_the_signature() -> None:
    document = factories.decode(RECORDS["Note"])
    options = document.pop("proof")
    del options["proofValue"]

    secured = add_proof(document, {**options, "proofPurpose": "authentication"}, KEY)
    secured["proof"]["proofPurpose"] = "assertionMethod"

    with pytest.raises(VerificationError):
        verify_proof(secured, KEY.public)
