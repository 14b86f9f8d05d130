"""Cards, login proofs and invitations: bytes to nouns and back."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from hashlib import sha256
from typing import Final

from app.crypto.blind import LEAST_BITS, PREFIX_BYTES, BlindPublicKey
from app.crypto.ed25519 import SigningKey, verify_signature
from app.crypto.integrity import add_proof, verify_proof
from app.crypto.multikey import (
    decode_did,
    decode_multibase,
    encode_did,
    encode_multibase,
)
from app.kernel import strict_json
from app.kernel.errors import MalformedError
from app.kernel.strict_json import JsonObject
from app.records.model import CONSENT, CONTEXT, CUSTODY, PREVIOUS, Custody, VerifiedRecord

from .model import Card, Invitation, KeyState, LoginProof, NameToken, PostingKey

STATE: Final = "urn:goftogu:state"
KEYS: Final = "urn:goftogu:postingKeys"
SEQUENCE: Final = "urn:goftogu:sequence"
INVITATION_BYTES: Final = PREFIX_BYTES + LEAST_BITS // 8
_LOGIN_TYPE: Final = "urn:goftogu:Login"
_CONTEXT: Final = list(CONTEXT)
_MOST_CHARACTERS: Final = 200
_CHARACTERS: Final = INVITATION_BYTES * 4 // 3
_invitation = re.compile(
    rf"(?P<month>[0-9]{{4}}-(0[1-9]|1[0-2]))\.(?P<data>[A-Za-z0-9_-]{{{_CHARACTERS}}})"
)
_expiry = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def decode_card(record: VerifiedRecord) -> Card:
    """Read a verified `Person` record and verify each posting key's consent.

    Raises:
        MalformedError: a key stands twice, or is the root itself.
        VerificationError: a key did not consent to this root.

    """
    document = record.document
    keys = tuple(
        PostingKey(
            did=item["id"],
            custody=Custody(item[CUSTODY]),
            state=KeyState(item[STATE]),
            consent=item[CONSENT],
        )
        for item in document[KEYS]
    )
    if len({record.signer, *(key.did for key in keys)}) != len(keys) + 1:
        raise MalformedError("a posting key stands twice, or is the root")
    for key in keys:
        # Without it anyone's card could list your key, and your posts would carry their name.
        verify_signature(
            decode_did(key.did),
            _consent_to(record.signer),
            decode_multibase(key.consent, 64),
        )
    return Card(
        root=record.signer,
        name=document["name"],
        sequence=document[SEQUENCE],
        previous=document.get(PREVIOUS),
        keys=keys,
    )


def card_members(card: Card) -> JsonObject:
    """Return the members of a card's record."""
    members: JsonObject = {
        "name": card.name,
        SEQUENCE: card.sequence,
        KEYS: [
            {
                "id": key.did,
                CUSTODY: key.custody,
                STATE: key.state,
                CONSENT: key.consent,
            }
            for key in card.keys
        ],
    }
    return members if card.previous is None else {**members, PREVIOUS: card.previous}


def new_posting_key(key: SigningKey, root: str, custody: Custody) -> PostingKey:
    """Return the line of an active posting key for the card of `root`."""
    return PostingKey(
        did=encode_did(key.public),
        custody=custody,
        state=KeyState.ACTIVE,
        consent=encode_multibase(key.sign(_consent_to(root))),
    )


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
    options: JsonObject = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": f"{day.isoformat()}T00:00:00Z",
        "verificationMethod": f"{did}#{did.removeprefix('did:key:')}",
        "proofPurpose": "authentication",
        "@context": _CONTEXT,
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
        and texts[0] == f"{did}#{did.removeprefix('did:key:')}"
    )
    if not fixed:
        raise MalformedError("not the proof of a login")
    verify_proof(document, decode_did(did))
    return LoginProof(did=did, domain=texts[1], challenge=texts[2], expires=texts[3])


def encode_invitation(invitation: Invitation) -> str:
    """Return an invitation as a text: its month, a full stop, 384 characters of base64url."""
    data = invitation.prefix + invitation.signature
    return f"{invitation.cohort}.{urlsafe_b64encode(data).decode()}"


def parse_invitation(text: str) -> Invitation:
    """Read an invitation; whether it is good, the instance says.

    Raises:
        MalformedError: not in the form above.

    """
    found = _invitation.fullmatch(text)
    if found is None:
        raise MalformedError("not an invitation")
    # A multiple of three bytes has one form in base64, and no padding.
    data = urlsafe_b64decode(found["data"])
    prefix, signature = data[:PREFIX_BYTES], data[PREFIX_BYTES:]
    return Invitation(cohort=found["month"], prefix=prefix, signature=signature)


def invitation_message(key: BlindPublicKey) -> bytes:
    """Return what invitations of a cohort say. Only their prefixes tell them apart."""
    return b"goftogu/v1/invitation\0" + sha256(key.raw).digest()


def mark_of(prepared: bytes) -> bytes:
    """Return what is remembered of a spent invitation; its signature has no part in it."""
    return sha256(b"goftogu/v1/spent-invitation\0" + prepared).digest()


def encode_name_token(token: NameToken) -> str:
    """Return a right to a name as a text of the form that invitations have."""
    data = token.prefix + token.signature
    return f"{token.cohort}.{urlsafe_b64encode(data).decode()}"


def parse_name_token(text: str) -> NameToken:
    """Read a right to a name; whether it is good, the instance says.

    Raises:
        MalformedError: not in the form that invitations have.

    """
    found = parse_invitation(text)
    return NameToken(cohort=found.cohort, prefix=found.prefix, signature=found.signature)


def name_message(key: BlindPublicKey, thread: str, did: str) -> bytes:
    """Return what a right to a name says: the issuer signs it unseen, and the door reads it."""
    return b"goftogu/v1/thread-name\0" + sha256(key.raw).digest() + f"{thread}\0{did}".encode()


def _consent_to(root: str) -> bytes:
    return f"goftogu/v1/posting-key\n{root}".encode()
