"""One valid record of every type of consultations."""

from collections.abc import Callable
from datetime import date
from hashlib import sha256

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_digest
from app.kernel.strict_json import JsonObject
from app.records import sign_record

KEYS = tuple(sha256(name).digest() for name in (b"vouched", b"unvouched", b"invited"))


def one_of_each_consultation(
    post_id: str,
    digest: bytes,
    board: str,
    home: SigningKey,
    day: date,
    new_nonce: Callable[[], str],
) -> dict[str, bytes]:
    """Return a valid record of every type of consultations, by type."""
    audience = {"audience": f"ap://{board}/actor"}
    keys = [encode_digest(key) for key in KEYS]
    question: JsonObject = {
        **audience,
        "inReplyTo": post_id,
        "contentMap": {"en": "Whose water is it?"},
        "urn:goftogu:results": "voted",
        "urn:goftogu:sides": True,
        "urn:goftogu:ballotKeys": keys,
        "urn:goftogu:until": "2026-12-31",
    }
    change: JsonObject = {
        **audience,
        "object": post_id,
        "urn:goftogu:previous": encode_digest(digest),
        "urn:goftogu:consultation": "open",
        "urn:goftogu:merged": [{"object": post_id, "target": post_id}],
        "urn:goftogu:until": "2026-12-31",
    }
    results: JsonObject = {
        **audience,
        "object": post_id,
        "urn:goftogu:sequence": 1,
        "urn:goftogu:table": encode_digest(digest),
        "urn:goftogu:people": 20,
    }
    found = {"Question": question, "Update/conversation": change, "Update/results": results}
    return {
        name: sign_record(home, name.partition("/")[0], members, nonce=new_nonce(), day=day)
        for name, members in found.items()
    }
