"""Commitments: members of records to nouns and back."""

from datetime import date
from typing import Final

from app.crypto.multikey import encode_digest
from app.hearings.model import Commitment, CommitmentState, Promise, Shows
from app.kernel.strict_json import JsonObject
from app.records.codec import actor_did
from app.records.model import EVIDENCE, PREVIOUS, PROMISE

OWNS: Final = "urn:goftogu:owns"
_STATUS: Final = "urn:goftogu:status"
_LINK: Final = "urn:goftogu:evidence"
_WHY: Final = "urn:goftogu:why"


def promise_members(promise: Promise) -> JsonObject:
    """Return what makes a post a commitment, as records have it."""
    of = {} if promise.official is None else {"of": f"ap://{promise.official}/actor"}
    return {
        PROMISE: {
            "owner": promise.owner,
            "measure": promise.measure,
            "due": promise.due_on.isoformat(),
            "theme": promise.theme,
            **of,
        }
    }


def decode_promise(document: JsonObject) -> Promise:
    """Read what a verified `Note` of kind commitment promises."""
    members = document[PROMISE]
    return Promise(
        owner=members["owner"],
        measure=members["measure"],
        due_on=date.fromisoformat(members["due"]),
        theme=members["theme"],
        official=actor_did(members["of"]) if "of" in members else None,
    )


def evidence_members(link: str, shows: Shows) -> JsonObject:
    """Return what makes a post evidence, as records have it."""
    return {EVIDENCE: {"link": link, "shows": shows.value}}


def decode_evidence(document: JsonObject) -> tuple[str, Shows]:
    """Read the link of a verified `Note` of kind evidence, and what it is said to show."""
    members = document[EVIDENCE]
    return members["link"], Shows(members["shows"])


def own_members(commitment: Commitment) -> JsonObject:
    """Return the members of the record by which an official confirms a commitment."""
    return {
        "audience": f"ap://{commitment.board}/actor",
        "object": {
            "id": commitment.record_id,
            "digestMultibase": encode_digest(commitment.post),
        },
        OWNS: True,
    }


def status_members(
    commitment: Commitment, state: CommitmentState, evidence: str, why: str
) -> JsonObject:
    """Return the members of the record that changes a commitment's status."""
    return {
        "audience": f"ap://{commitment.board}/actor",
        "object": commitment.record_id,
        PREVIOUS: encode_digest(commitment.head),
        _STATUS: state.value,
        _LINK: evidence,
        _WHY: why,
    }


def decode_status(document: JsonObject) -> tuple[CommitmentState, str, str]:
    """Read a verified `Update` of a commitment: its status, the evidence, and why."""
    return CommitmentState(document[_STATUS]), document[_LINK], document[_WHY]
