"""Data Integrity proofs, suite `eddsa-jcs-2022`: the W3C's own vector, and FEP-8b32's."""

import json
import re
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from app.crypto.ed25519 import SigningKey, verify_signature
from app.crypto.integrity import add_proof, signed_hash, verify_proof
from app.crypto.multikey import decode_base58, decode_did, decode_multibase, encode_multibase
from app.kernel import strict_json
from app.kernel.errors import MalformedError, VerificationError

from tests import vectors

FOLDER = "w3c-vc-di-eddsa/eddsa-jcs-2022"
PAIR: dict[str, str] = vectors.read_json("w3c-vc-di-eddsa/keyPair.json")
# A private Multikey is two bytes of codec and the seed.
KEY = SigningKey(decode_base58(PAIR["privateKeyMultibase"][1:])[2:])
UNSIGNED: dict[str, Any] = vectors.read_json("w3c-vc-di-eddsa/unsigned.json")
OPTIONS: dict[str, Any] = vectors.read_json(f"{FOLDER}/proofConfigJCS.json")
SIGNED: dict[str, Any] = vectors.read_json(f"{FOLDER}/signedJCS.json")


def test_w3c_vector_has_the_public_key() -> None:
    assert decode_did("did:key:" + PAIR["publicKeyMultibase"]) == KEY.public


def test_w3c_vector_canonicalises_and_hashes_step_by_step() -> None:
    document, options = strict_json.encode(UNSIGNED), strict_json.encode(OPTIONS)

    assert document.decode() == vectors.read_text(f"{FOLDER}/canonDocJCS.txt")
    assert options.decode() == vectors.read_text(f"{FOLDER}/proofCanonJCS.txt")
    assert sha256(document).hexdigest() == vectors.read_text(f"{FOLDER}/docHashJCS.txt")
    assert sha256(options).hexdigest() == vectors.read_text(f"{FOLDER}/proofHashJCS.txt")
    combined = vectors.read_text(f"{FOLDER}/combinedHashJCS.txt")
    assert signed_hash(UNSIGNED, OPTIONS).hex() == combined


def test_w3c_vector_verifies_and_is_signed_to_the_same_bytes() -> None:
    secured = add_proof(UNSIGNED, OPTIONS, KEY)

    assert secured == SIGNED
    assert secured["proof"]["proofValue"] == vectors.read_text(f"{FOLDER}/sigBTC58JCS.txt")
    verify_proof(SIGNED, KEY.public)


def fep_8b32() -> tuple[dict[str, Any], str]:
    """Return the signed document of FEP-8b32 and its secret key."""
    feature = vectors.read_text("fep/fep-8b32.feature")
    documents = [
        json.loads(block) for block in re.findall(r'"""\s*(\{.*?\})\s*"""', feature, re.DOTALL)
    ]
    secret = re.search(r'secret key "(\w+)"', feature)
    assert secret is not None
    return next(item for item in documents if "proof" in item), secret[1]


def test_fep_8b32_vector_verifies_and_is_signed_to_the_same_bytes() -> None:
    document, secret = fep_8b32()
    options = document.pop("proof")
    signature = decode_multibase(options.pop("proofValue"), 64)

    # Its coordinates are floats, which our profile refuses: another package writes its canonical bytes.
    message = sha256(rfc8785.dumps(options)).digest() + sha256(rfc8785.dumps(document)).digest()

    verify_signature(KEY.public, message, signature)
    assert PAIR["privateKeyMultibase"] == secret
    assert KEY.sign(message) == signature


@pytest.mark.parametrize("member", sorted(UNSIGNED))
def test_changed_document_is_refused(member: str) -> None:
    with pytest.raises(VerificationError):
        verify_proof({**SIGNED, member: "changed"}, KEY.public)


@pytest.mark.parametrize("member", sorted(UNSIGNED))
def test_document_without_a_member_is_refused(member: str) -> None:
    shorter = {name: value for name, value in SIGNED.items() if name != member}

    with pytest.raises(VerificationError):
        verify_proof(shorter, KEY.public)


@pytest.mark.parametrize("option", sorted(OPTIONS))
def test_changed_proof_option_is_refused(option: str) -> None:
    proof = {**SIGNED["proof"], option: "changed"}

    with pytest.raises(VerificationError):
        verify_proof({**SIGNED, "proof": proof}, KEY.public)


def test_added_proof_option_is_refused() -> None:
    proof = {**SIGNED["proof"], "domain": "https://example.org"}

    with pytest.raises(VerificationError):
        verify_proof({**SIGNED, "proof": proof}, KEY.public)


def test_document_moved_into_the_options_is_refused() -> None:
    """Proof and document are hashed apart, so that nothing slides from one into the other."""
    moved = {**SIGNED, "proof": {**SIGNED["proof"], "name": SIGNED["name"]}}
    del moved["name"]

    with pytest.raises(VerificationError):
        verify_proof(moved, KEY.public)


@pytest.mark.parametrize(
    "proof",
    [
        pytest.param(None, id="none"),
        pytest.param("proof", id="a string"),
        pytest.param([SIGNED["proof"]], id="a list of one"),
        pytest.param([SIGNED["proof"], SIGNED["proof"]], id="two"),
        pytest.param({}, id="empty"),
        pytest.param(OPTIONS, id="without a value"),
        pytest.param({**OPTIONS, "proofValue": 1}, id="a number as its value"),
        pytest.param({**OPTIONS, "proofValue": ""}, id="an empty value"),
        pytest.param({**OPTIONS, "proofValue": encode_multibase(bytes(63))}, id="63 bytes"),
        pytest.param({**OPTIONS, "proofValue": encode_multibase(bytes(65))}, id="65 bytes"),
        pytest.param({**OPTIONS, "proofValue": "u" + "A" * 86}, id="base 64"),
    ],
)
def test_anything_but_one_proof_with_a_value_is_malformed(proof: object) -> None:
    with pytest.raises(MalformedError):
        verify_proof({**UNSIGNED, "proof": proof}, KEY.public)


def test_document_without_a_proof_is_malformed() -> None:
    with pytest.raises(MalformedError):
        verify_proof(UNSIGNED, KEY.public)


def test_another_key_does_not_verify() -> None:
    with pytest.raises(VerificationError):
        verify_proof(SIGNED, SigningKey(bytes(32)).public)
