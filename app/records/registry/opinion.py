"""Consultations. What their records look like stands here; what they do, `opinion` decides."""

from typing import Final

from app.records.model import PREVIOUS

from .kinds import RecordType
from .shapes import (
    actor,
    day,
    digest,
    in_one_language,
    list_of,
    members,
    one_of,
    record_id,
    whole,
    yes_or_no,
)

KINDS: Final = ("statement", "context", "translation", "summary")
MOST_MERGED: Final = 1_000
_MOST_PEOPLE: Final = 100_000_000

_merged = members({"object": record_id, "target": record_id})

OPINION: Final = (
    RecordType(
        name="Question",
        signer="the key of the board's home instance",
        effect="opens a consultation on a thread, at once: its question, its last day, when its "
        "results are shown, and the keys that let ballots in",
        required={
            "audience": actor,
            "inReplyTo": record_id,
            "contentMap": in_one_language,
            "urn:goftogu:results": one_of("voted", "closed"),
            "urn:goftogu:sides": yes_or_no,
            "urn:goftogu:ballotKeys": list_of(digest, 3, 3),
        },
        optional={"urn:goftogu:until": day},
    ),
    RecordType(
        name="Update/conversation",
        mark="urn:goftogu:consultation",
        signer="the key of the board's home instance",
        effect="closes or archives a consultation, merges its statements, changes its last day, "
        "at once",
        required={
            "audience": actor,
            "object": record_id,
            PREVIOUS: digest,
            "urn:goftogu:consultation": one_of("open", "closed", "archived"),
            "urn:goftogu:merged": list_of(_merged, MOST_MERGED),
        },
        optional={"urn:goftogu:until": day},
    ),
    RecordType(
        name="Update/results",
        mark="urn:goftogu:sequence",
        signer="the key of the board's home instance",
        effect="names the table of results that is published from then on",
        required={
            "audience": actor,
            "object": record_id,
            "urn:goftogu:sequence": whole(1, 1_000_000),
            "urn:goftogu:table": digest,
            "urn:goftogu:people": whole(0, _MOST_PEOPLE),
        },
    ),
)
