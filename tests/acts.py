"""One valid record of every act of moderation."""

from datetime import date
from hashlib import sha256
from typing import Final

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.kernel.strict_json import JsonObject
from app.moderation import codec
from app.moderation.model import ActionKind, Ground, Named, Reasons, Rule, Scope, Source
from app.records import sign_record
from app.records.model import ACT, APPEALED, CONSENT
from app.records.model import REASONS as REASONS_MEMBER

DESK, OTHER_DESK = (SigningKey(sha256(name).digest()) for name in (b"desk", b"other desk"))
REASONS: Final = Reasons(
    rule=Rule.THREAT,
    ground=Ground.LAW,
    law="A law, § 1",
    facts="It says what would be done to a family.",
    language="en",
    scope=Scope.POST,
    until=date(2027, 1, 1),
    is_automatic=False,
    source=Source.REPORT,
)


def act_members(
    kind: ActionKind, audience: str, about: Named, reasons: Reasons, **more: object
) -> JsonObject:
    """Return the members of an act about one record; `more` are those of its kind."""
    return {
        "audience": f"ap://{audience}/actor",
        "object": codec.named_members(about),
        REASONS_MEMBER: codec.encode_reasons(reasons),
        ACT: kind.value,
        **more,
    }


def one_of_each_act(post_id: str, digest: bytes, board: str, day: date) -> dict[str, bytes]:
    """Return a valid act of every type about a post of a board, by type."""
    instance = SigningKey(sha256(b"instance").digest())
    about, actor = Named(id=post_id, digest=digest), f"ap://{board}/actor"
    reasons = codec.encode_reasons(REASONS)

    def act(kind: ActionKind, **more: object) -> JsonObject:
        return act_members(kind, board, about, REASONS, **more)

    several = {**act(ActionKind.UNDO), "object": [codec.named_members(about)]}
    limit = {"audience": actor, "object": actor, REASONS_MEMBER: reasons, ACT: "limit"}
    measure = act(
        ActionKind.MOVE,
        target=actor,
        **{"urn:goftogu:label": "sensitive", "urn:goftogu:delay": 600},
    )
    offer: JsonObject = {
        "object": f"ap://{encode_did(DESK.public)}/actor",
        "urn:goftogu:role": "moderator",
        "urn:goftogu:boards": [actor],
        "urn:goftogu:until": "2027-02-01",
        "urn:goftogu:sealed": ["c2VhbGVk"] * 3,
        CONSENT: codec.consent_to_desk(DESK, encode_did(instance.public)),
    }
    demand: JsonObject = {
        "from": "government",
        "country": "CA",
        "asked": "data",
        "received": "2026-11-20",
        "answer": "refused",
        "sealed": False,
        "contentMap": {"en": "They asked who wrote a post. There is nothing to give."},
    }
    ended = {APPEALED: "2026-11-20"}
    of_desk = {
        "Remove": ("Remove", act(ActionKind.HIDE)),
        "Update/measure": ("Update", measure),
        "Block": ("Block", codec.propose(limit, OTHER_DESK)),
        "Delete/desk": ("Delete", codec.propose(act(ActionKind.ERASE), OTHER_DESK)),
        "Undo": (
            "Undo",
            codec.propose({**several, **ended, "urn:goftogu:outcome": "reversed"}, OTHER_DESK),
        ),
        "Ignore": ("Ignore", act(ActionKind.CLEAR)),
        "Reject": ("Reject", {**act(ActionKind.CLEAR), ACT: "uphold", **ended}),
    }
    signed = {
        name: sign_record(DESK, wire, members, nonce=_nonce(name), day=day)
        for name, (wire, members) in of_desk.items()
    }
    for name, members in (("Offer", offer), ("Announce", {"urn:goftogu:demand": demand})):
        signed[name] = sign_record(instance, name, members, nonce=_nonce(name), day=day)
    return signed


def _nonce(name: str) -> str:
    return (name.lower().replace("/", "") + "a" * 26)[:26]
