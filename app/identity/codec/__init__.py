"""Cards: bytes to nouns and back."""

from typing import Final

from app.crypto.ed25519 import SigningKey, verify_signature
from app.crypto.multikey import (
    decode_did,
    decode_multibase,
    encode_did,
    encode_multibase,
)
from app.identity.model import Card, KeyState, PostingKey
from app.kernel.errors import MalformedError
from app.kernel.strict_json import JsonObject
from app.records.model import CONSENT, CUSTODY, PREVIOUS, Custody, VerifiedRecord

STATE: Final = "urn:goftogu:state"
KEYS: Final = "urn:goftogu:postingKeys"
SEQUENCE: Final = "urn:goftogu:sequence"


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


def _consent_to(root: str) -> bytes:
    return f"goftogu/v1/posting-key\n{root}".encode()
