"""Valid records of partners and of succession, one of each type, for tests."""

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest, encode_multibase
from app.kernel.strict_json import JsonObject
from app.records.codec import sign_record

PARTNER: Final = SigningKey(sha256(b"partner").digest())


def one_of_each_partnership(
    post: str,
    digest: bytes,
    board: str,
    instance: SigningKey,
    board_key: SigningKey,
    day: date,
    nonce: Callable[[], str],
) -> dict[str, bytes]:
    """Return a valid record of each type of partnerships; signatures inside them are of nobody."""
    named = {"id": post, "digestMultibase": encode_digest(digest)}
    actor, partner = f"ap://{board}/actor", f"ap://{encode_did(PARTNER.public)}/actor"
    final = {"origin": "goftogu/abcdefgh", "size": 7, "root": digest.hex()}
    consent = {"by": encode_did(PARTNER.public), "consent": encode_multibase(bytes(64))}
    found: dict[str, tuple[SigningKey, JsonObject]] = {
        "Offer/partner": (
            instance,
            {
                "object": partner,
                "urn:goftogu:grants": [{"board": actor, "rights": ["read", "carry"]}],
                "urn:goftogu:until": (day + timedelta(days=365)).isoformat(),
            },
        ),
        "Accept/partner": (PARTNER, {"object": named, "urn:goftogu:carries": [actor]}),
        "Accept/erasure": (
            PARTNER,
            {"object": partner, "urn:goftogu:erased": [encode_digest(digest)]},
        ),
        "Undo/partner": (
            instance,
            {"object": named, "urn:goftogu:withdraws": "The contract ended."},
        ),
        "Flag": (
            instance,
            {
                "object": partner,
                "urn:goftogu:lie": "split-view",
                "urn:goftogu:kept": encode_digest(digest),
            },
        ),
        "Update/succession": (
            board_key,
            {
                "audience": actor,
                "object": actor,
                "urn:goftogu:successors": [encode_did(PARTNER.public)],
                "urn:goftogu:quorum": 1,
            },
        ),
        "Delete/instance": (
            instance,
            {
                "object": f"ap://{encode_did(instance.public)}/actor",
                "urn:goftogu:heirs": [{"board": actor, "home": partner}],
            },
        ),
        "Move": (
            PARTNER,
            {
                "object": actor,
                "target": partner,
                "urn:goftogu:final": final,
                "urn:goftogu:consents": [consent],
            },
        ),
    }
    return {
        name: sign_record(key, name.partition("/")[0], members, nonce=nonce(), day=day)
        for name, (key, members) in found.items()
    }
