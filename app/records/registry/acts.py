"""Acts of moderation. What they look like stands here; who may do what, `moderation` decides."""

from typing import Final

from app.records.model import ACT, APPEALED, CONSENT, PROPOSED, REASONS

from .kinds import RecordType
from .shapes import (
    actor,
    base64_text,
    country,
    day,
    did,
    digest,
    in_one_language,
    language,
    line,
    list_of,
    members,
    one_of,
    record_id,
    signature,
    whole,
    yes_or_no,
)

RULES: Final = (
    "threat", "private-data", "minors", "hate", "harassment", "impersonation", "spam", "off-topic",
    "board", "law",
)  # fmt: skip
LABELS: Final = ("sensitive", "unconfirmed", "off-topic", "duplicate")
MOST_UNDONE: Final = 200
MOST_BOARDS: Final = 50
_SEALED_CHARACTERS: Final = 2_000
_DAY_S: Final = 86_400

_reasons = members(
    {
        "rule": one_of(*RULES),
        "ground": one_of("rule", "law"),
        "facts": line(600),
        "language": language,
        "scope": one_of("post", "thread", "board", "instance"),
        "automatic": yes_or_no,
        "source": one_of("report", "legal-notice", "own", "automatic"),
    },
    {"law": line(200), "until": day},
)
_proposed = members({"by": did, CONSENT: signature})
record = members({"id": record_id, "digestMultibase": digest})
_demand = members(
    {
        "from": one_of("government", "sponsor", "court", "other"),
        "asked": one_of("content", "data", "emphasis", "other"),
        "received": day,
        "answer": one_of("open", "refused", "partly", "granted"),
        "sealed": yes_or_no,
    },
    {"country": country, "contentMap": in_one_language},
)
_ABOUT_ONE: Final = {"audience": actor, "object": record, REASONS: _reasons}

ACTS: Final = (
    RecordType(
        name="Remove",
        signer="a desk; the instance key, where it hides by itself",
        effect="hides a post at once, and can be undone; `quarantine` also seals it, by law",
        required={**_ABOUT_ONE, ACT: one_of("hide", "quarantine")},
    ),
    RecordType(
        name="Update/measure",
        mark=ACT,
        signer="a desk",
        effect="labels a post; locks, slows or moves a thread; proposes and begins attack mode",
        required={**_ABOUT_ONE, ACT: one_of("label", "lock", "slow", "move", "attack-mode")},
        optional={
            "target": actor,
            "urn:goftogu:label": one_of(*LABELS),
            "urn:goftogu:delay": whole(60, _DAY_S),
        },
    ),
    RecordType(
        name="Block",
        signer="a desk; two for more than seven days",
        effect="limits a persona to reading, for a time",
        required={"audience": actor, "object": actor, REASONS: _reasons, ACT: one_of("limit")},
        optional={PROPOSED: _proposed},
    ),
    RecordType(
        name="Delete/desk",
        mark=ACT,
        signer="a desk, with another's consent",
        effect="erases a post for good: its text is gone at once, a tombstone names the rule",
        required={**_ABOUT_ONE, ACT: one_of("erase"), PROPOSED: _proposed},
    ),
    RecordType(
        name="Undo",
        signer="a desk; two where another's act is undone without an appeal; "
        "the instance key, where it gives back what hid by itself, or closes a desk",
        effect="undoes acts: what they hid is back as it was, byte for byte",
        required={
            "audience": actor,
            "object": list_of(record, MOST_UNDONE, 1),
            REASONS: _reasons,
            ACT: one_of("undo", "close-desk"),
        },
        optional={
            PROPOSED: _proposed,
            APPEALED: day,
            "urn:goftogu:outcome": one_of("reversed", "amended"),
        },
    ),
    RecordType(
        name="Ignore",
        signer="a desk",
        effect="says that a version was looked at and nothing is to be done",
        required={**_ABOUT_ONE, ACT: one_of("clear")},
    ),
    RecordType(
        name="Reject",
        signer="a desk of another person than the act's",
        effect="upholds an act that was appealed",
        required={**_ABOUT_ONE, ACT: one_of("uphold"), APPEALED: day},
    ),
    RecordType(
        name="Offer",
        signer="the instance key",
        effect="opens a desk: a key that moderates some boards for a term, and consents to it",
        required={
            "object": actor,
            "urn:goftogu:role": one_of("moderator", "steward"),
            "urn:goftogu:boards": list_of(actor, MOST_BOARDS),
            "urn:goftogu:until": day,
            "urn:goftogu:sealed": list_of(base64_text(_SEALED_CHARACTERS), 3, 3),
            CONSENT: signature,
        },
    ),
    RecordType(
        name="Announce",
        signer="the instance key",
        effect="says what a government, a sponsor or a court demanded, and what came of it",
        required={"urn:goftogu:demand": _demand},
        optional={"object": record},
    ),
)
