"""Proofs of holding a key, with which a device or a command logs in: bytes to nouns and back."""

import re
from datetime import date
from typing import Final

from app.crypto.ed25519 import SigningKey
from app.crypto.integrity import add_proof, verify_proof
from app.crypto.multikey import decode_did, encode_did, verification_method
from app.identity.model import LoginProof
from app.kernel import strict_json
from app.kernel.errors import MalformedError
from app.kernel.strict_json import JsonObject
from app.records.codec import encode_day, proof_options
from app.records.model import CONTEXT

_LOGIN_TYPE: Final = "urn:goftogu:Login"
_CONTEXT: Final = list(CONTEXT)
_MOST_CHARACTERS: Final = 200
_expiry = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def sign_login_proof(
    key: SigningKey, *, domain: str, challenge: str, expires: str, day: date
) -> bytes:
    """Return a proof of holding `key` for one challenge of the instance `domain`."""
    did = encode_did(key.public)
    document: JsonObject = {
        "@context": _CONTEXT,
        "type": _LOGIN_TYPE,
        "attributedTo": f"ap://{did}/actor",
    }
    options = {
        **proof_options(did, encode_day(day), purpose="authentication"),
        "domain": domain,
        "challenge": challenge,
        "expires": expires,
    }
    return strict_json.encode(add_proof(document, options, key))


def verify_login_proof(raw: bytes) -> LoginProof:
    """Verify a login proof's signature; the caller compares domain and challenge.

    Raises:
        MalformedError: not a login proof.
        VerificationError: the signature does not hold.

    """
    document = strict_json.decode(raw)
    if document.keys() != {"@context", "type", "attributedTo", "proof"}:
        raise MalformedError("not a login proof")
    proof = document["proof"]
    expected = {
        "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "@context",
        "proofValue", "domain", "challenge", "expires",
    }  # fmt: skip
    if not isinstance(proof, dict) or proof.keys() != expected:
        raise MalformedError("not the proof of a login")
    names = ("verificationMethod", "domain", "challenge", "expires", "created")
    texts = [proof[name] for name in names]
    if not all(isinstance(text, str) and len(text) < _MOST_CHARACTERS for text in texts):
        raise MalformedError("not the proof of a login")
    if not _expiry.fullmatch(texts[3]) or not _expiry.fullmatch(texts[4]):
        raise MalformedError("not the proof of a login")
    did = texts[0].split("#")[0]
    fixed = (
        document["type"] == _LOGIN_TYPE
        and document["@context"] == _CONTEXT
        and document["attributedTo"] == f"ap://{did}/actor"
        and proof["type"] == "DataIntegrityProof"
        and proof["cryptosuite"] == "eddsa-jcs-2022"
        and proof["proofPurpose"] == "authentication"
        and proof["@context"] == _CONTEXT
        and texts[0] == verification_method(did)
    )
    if not fixed:
        raise MalformedError("not the proof of a login")
    verify_proof(document, decode_did(did))
    return LoginProof(did=did, domain=texts[1], challenge=texts[2], expires=texts[3])
