"""W3C Data Integrity proofs, suite `eddsa-jcs-2022` (Recommendation of 2025-05-15, section 3.3).

The signature covers SHA-256(JCS(proof without proofValue)) ‖ SHA-256(JCS(document without proof)).
Everything here works on values of the strict JSON profile; the caller decides which proof options
and purposes it accepts.
"""

from hashlib import sha256

from app.kernel import strict_json
from app.kernel.errors import MalformedError
from app.kernel.strict_json import JsonObject

from .ed25519 import SIGNATURE_BYTES, PublicKey, SigningKey, verify_signature
from .multikey import decode_multibase, encode_multibase


def signed_hash(document: JsonObject, options: JsonObject) -> bytes:
    """Return the 64 bytes that an `eddsa-jcs-2022` signature covers (section 3.3.4)."""
    return (
        sha256(strict_json.encode(options)).digest() + sha256(strict_json.encode(document)).digest()
    )


def add_proof(document: JsonObject, options: JsonObject, key: SigningKey) -> JsonObject:
    """Return `document` with a proof made of `options` and the signature of `key`."""
    signature = key.sign(signed_hash(document, options))
    return {**document, "proof": {**options, "proofValue": encode_multibase(signature)}}


def verify_proof(secured: JsonObject, key: PublicKey) -> None:
    """Verify the one proof of a secured document against `key`.

    Raises:
        MalformedError: there is no single proof with a proof value.
        VerificationError: the signature does not hold.

    """
    proof = secured.get("proof")
    if not isinstance(proof, dict) or not isinstance(proof.get("proofValue"), str):
        raise MalformedError("no single proof with a proof value")
    signature = decode_multibase(proof["proofValue"], SIGNATURE_BYTES)
    document = {name: value for name, value in secured.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    verify_signature(key, signed_hash(document, options), signature)
