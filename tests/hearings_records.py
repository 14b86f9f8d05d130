"""Valid records of hearings and of the listening post, one of each type, for tests."""

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest
from app.kernel.strict_json import JsonObject
from app.records.codec import sign_record
from app.records.model import PREVIOUS

MINISTRY: Final = SigningKey(sha256(b"ministry").digest())
UNIVERSITY: Final = SigningKey(sha256(b"university").digest())
OFFICIAL: Final = SigningKey(sha256(b"official").digest())

AIMS: Final = [
    {"text": "People know what is planned for the river.", "measure": "Nine of ten answers say it."}
]


def charter_members(today: date) -> JsonObject:
    """Return a charter that opens tomorrow."""
    return {
        "opens": (today + timedelta(days=1)).isoformat(),
        "chooses": (today + timedelta(days=6)).isoformat(),
        "ends": (today + timedelta(days=15)).isoformat(),
        "languages": ["fa", "en"],
        "excluded": ["Cases before a court"],
        "top": 20,
        "lot": 10,
        "aims": AIMS,
        "isLive": False,
    }


def one_of_each_hearing(
    post: str,
    digest: bytes,
    board: str,
    instance: SigningKey,
    day: date,
    nonce: Callable[[], str],
) -> dict[str, bytes]:
    """Return a valid record of each type of hearings; what they are about is the post."""
    named = {"id": post, "digestMultibase": encode_digest(digest)}
    until = (day + timedelta(days=365)).isoformat()
    on_board: JsonObject = {"audience": f"ap://{board}/actor"}
    about: JsonObject = {**on_board, "object": post}
    charter = charter_members(day)

    def sign(key: SigningKey, wire_type: str, members: JsonObject) -> bytes:
        return sign_record(key, wire_type, members, nonce=nonce(), day=day)

    return {
        "Offer/official": sign(
            MINISTRY,
            "Offer",
            {
                "object": f"ap://{encode_did(OFFICIAL.public)}/actor",
                "urn:goftogu:office": {
                    "title": "Deputy minister for water",
                    "institution": "Ministry of Energy",
                    "domain": "water.example.org",
                    "topics": "Rivers, dams and drinking water",
                    "languages": ["fa", "en"],
                },
                "urn:goftogu:until": until,
            },
        ),
        "Accept/official": sign(
            UNIVERSITY,
            "Accept",
            {"object": named, "urn:goftogu:attests": "A university", "urn:goftogu:until": until},
        ),
        "Undo/official": sign(
            UNIVERSITY, "Undo", {"object": named, "urn:goftogu:ends": "Left the office."}
        ),
        "Event": sign(
            instance,
            "Event",
            {
                **on_board,
                "inReplyTo": post,
                "object": f"ap://{encode_did(OFFICIAL.public)}/actor",
                "contentMap": {"en": "Questions about the river."},
                "urn:goftogu:charter": charter,
            },
        ),
        "Accept/charter": sign(
            OFFICIAL, "Accept", {**on_board, "object": named, "urn:goftogu:binds": True}
        ),
        "Accept/lot": sign(
            OFFICIAL, "Accept", {**on_board, "object": named, "urn:goftogu:draws": True}
        ),
        "Update/charter": sign(
            instance,
            "Update",
            {**about, PREVIOUS: encode_digest(digest), "urn:goftogu:charter": charter},
        ),
        "Update/question": sign(
            instance,
            "Update",
            {**about, "urn:goftogu:question": "declined", "urn:goftogu:code": "excluded"},
        ),
        "Update/appeal": sign(
            OFFICIAL,
            "Update",
            {**about, "urn:goftogu:custody": "device", "urn:goftogu:appeals": True},
        ),
        "Update/choice": sign(
            instance,
            "Update",
            {
                **about,
                "urn:goftogu:chosen": [{"object": post, "by": "vote"}],
                "urn:goftogu:seed": "0123456789abcdef",
                "urn:goftogu:tallies": encode_digest(digest),
            },
        ),
        "Accept/commitment": sign(
            OFFICIAL, "Accept", {**on_board, "object": named, "urn:goftogu:owns": True}
        ),
        "Update/commitment": sign(
            OFFICIAL,
            "Update",
            {
                **about,
                PREVIOUS: encode_digest(digest),
                "urn:goftogu:status": "kept",
                "urn:goftogu:evidence": "https://water.example.org/weir",
                "urn:goftogu:why": "The weir is open since March.",
            },
        ),
        "Update/outcome": sign(
            instance,
            "Update",
            {
                **about,
                "urn:goftogu:verdicts": [{"aim": 1, "verdict": "met", "why": "Nine of ten did."}],
                "urn:goftogu:report": encode_digest(digest),
            },
        ),
        "Announce/shutdown": sign(
            instance, "Announce", {"urn:goftogu:shutdown": "off", PREVIOUS: encode_digest(digest)}
        ),
        "Announce/release": sign(
            instance,
            "Announce",
            {
                "urn:goftogu:release": {
                    "week": day.isoformat(),
                    "codebook": encode_digest(digest),
                    "table": encode_digest(digest),
                    "page": encode_digest(digest),
                    "people": 0,
                }
            },
        ),
    }
