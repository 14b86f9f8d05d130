"""Hearings: members of records to nouns and back."""

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Final

from app.crypto.multikey import encode_digest
from app.forum.model import PostKind, Text
from app.hearings.errors import AnswerUnfitError, CommitmentUnfitError
from app.hearings.model import (
    Aim,
    AimVerdict,
    Answer,
    Charter,
    Commitment,
    CommitmentState,
    DeclineCode,
    Hearing,
    Promise,
    QuestionState,
    Says,
    Shows,
    SpeaksAs,
    Verdict,
)
from app.kernel import strict_json
from app.kernel.strict_json import JsonObject
from app.records.codec import actor_did
from app.records.model import (
    CUSTODY,
    DUE,
    EVIDENCE,
    KIND,
    MEASURE,
    OFFICIAL,
    PREVIOUS,
    PROMISED_BY,
    SAYS,
    SHOWS,
    SPEAKS_AS,
    SPOKEN,
    THEME,
    Custody,
    VerifiedRecord,
)

CHARTER: Final = "urn:goftogu:charter"
APPEALS: Final = "urn:goftogu:appeals"
MANDATE: Final = "urn:goftogu:mandate"
_QUESTION: Final = "urn:goftogu:question"
_CODE: Final = "urn:goftogu:code"
_WHY: Final = "urn:goftogu:why"
_PROMISE: Final = frozenset({PROMISED_BY, MEASURE, DUE, THEME})
_EVIDENCE: Final = frozenset({EVIDENCE, SHOWS})
JUDGED: Final = _PROMISE | _EVIDENCE | {OFFICIAL}
"""Members of posts by which people judge a promise."""
_VERDICTS: Final = "urn:goftogu:verdicts"
_REPORT: Final = "urn:goftogu:report"
OWNS: Final = "urn:goftogu:owns"
_STATUS: Final = "urn:goftogu:status"
_LINK: Final = "urn:goftogu:evidence"
LOT: Final = "urn:goftogu:lot"


def encode_charter(charter: Charter) -> JsonObject:
    """Return a charter as records have it."""
    return {
        "opens": charter.opens_on.isoformat(),
        "chooses": charter.chooses_on.isoformat(),
        "ends": charter.ends_on.isoformat(),
        "languages": list(charter.languages),
        "excluded": list(charter.excluded),
        "top": charter.top,
        "lot": charter.lot,
        "aims": [{"text": aim.text, "measure": aim.measure} for aim in charter.aims],
        "isLive": charter.is_live,
    }


def decode_charter(members: JsonObject) -> Charter:
    """Read the charter of a verified record."""
    return Charter(
        opens_on=date.fromisoformat(members["opens"]),
        chooses_on=date.fromisoformat(members["chooses"]),
        ends_on=date.fromisoformat(members["ends"]),
        languages=tuple(members["languages"]),
        excluded=tuple(members["excluded"]),
        top=members["top"],
        lot=members["lot"],
        aims=tuple(Aim(text=aim["text"], measure=aim["measure"]) for aim in members["aims"]),
        is_live=members["isLive"],
    )


def write_charter(charter: Charter) -> str:
    """Return a charter as it is kept: canonical JSON."""
    return strict_json.encode(encode_charter(charter)).decode()


def read_kept_charter(kept: str) -> Charter:
    """Return the charter that `write_charter` wrote."""
    return decode_charter(json.loads(kept))


def digest_charter(charter: Charter) -> str:
    """Return the digest by which a question names a charter that is to hold: 64 hex digits.

    SHA-256 of the charter as canonical JSON, as records have it.
    """
    return sha256(write_charter(charter).encode()).hexdigest()


def event_members(
    *,
    board: str,
    opening_id: str,
    official: str,
    text: str,
    language: str,
    charter: Charter,
    lot: bytes,
) -> JsonObject:
    """Return the members of the record that offers a hearing on a thread; `lot` is sealed in it."""
    return {
        "audience": f"ap://{board}/actor",
        "inReplyTo": opening_id,
        "object": f"ap://{official}/actor",
        "contentMap": {language: text},
        CHARTER: encode_charter(charter),
        LOT: encode_digest(lot),
    }


def decode_official(document: JsonObject) -> str:
    """Return the root of the official whom a verified `Event` is about."""
    return actor_did(document["object"])


def bind_members(hearing: Hearing) -> JsonObject:
    """Return the members of the record by which the official is bound to a charter."""
    return {
        "audience": f"ap://{hearing.board}/actor",
        "object": {"id": hearing.record_id, "digestMultibase": encode_digest(hearing.head)},
        "urn:goftogu:binds": True,
    }


def charter_change_members(
    hearing: Hearing, charter: Charter, mandate: tuple[str, bytes] | None = None
) -> JsonObject:
    """Return the members of the record that changes a charter.

    `mandate` is the question that was voted on, by its id, and the digest of the table of tallies.
    """
    named = mandate and {MANDATE: {"object": mandate[0], "table": encode_digest(mandate[1])}}
    return {
        "audience": f"ap://{hearing.board}/actor",
        "object": hearing.record_id,
        PREVIOUS: encode_digest(hearing.head),
        CHARTER: encode_charter(charter),
        **(named or {}),
    }


def question_change_members(
    board: str,
    question_id: str,
    state: QuestionState,
    code: DeclineCode | None = None,
    why: str = "",
) -> JsonObject:
    """Return the members of the record that accepts or declines a question."""
    return {
        "audience": f"ap://{board}/actor",
        "object": question_id,
        _QUESTION: state.value,
        **({_CODE: code.value} if code else {}),
        **({_WHY: why} if why else {}),
    }


def decode_question_change(document: JsonObject) -> tuple[QuestionState, DeclineCode | None, str]:
    """Read a verified `Update` of a question: its state, the code and words of a decline."""
    code = document.get(_CODE)
    return (
        QuestionState(document[_QUESTION]),
        DeclineCode(code) if code else None,
        document.get(_WHY, ""),
    )


def appeal_members(board: str, question_id: str, custody: Custody) -> JsonObject:
    """Return the members of the record by which a question's decline is appealed."""
    return {
        "audience": f"ap://{board}/actor",
        "object": question_id,
        CUSTODY: custody.value,
        APPEALS: True,
    }


def require_members(document: JsonObject, kind: PostKind) -> None:
    """Require that a post promises, or gives evidence, where it says so and nowhere else.

    Raises:
        CommitmentUnfitError: it lacks its members, or has another kind's.

    """
    needed = {PostKind.COMMITMENT: _PROMISE, PostKind.EVIDENCE: _EVIDENCE}.get(kind, frozenset())
    allowed = needed | {OFFICIAL} if kind is PostKind.COMMITMENT else needed
    present = JUDGED & document.keys()
    if not needed <= present <= allowed:
        raise CommitmentUnfitError("members of another kind of post")


def promise_members(promise: Promise) -> JsonObject:
    """Return what makes a post a commitment, as records have it."""
    of = {} if promise.official is None else {OFFICIAL: f"ap://{promise.official}/actor"}
    return {
        PROMISED_BY: promise.owner,
        MEASURE: promise.measure,
        DUE: promise.due_on.isoformat(),
        THEME: promise.theme,
        **of,
    }


def decode_promise(document: JsonObject) -> Promise:
    """Read what a verified `Note` of kind commitment promises."""
    return Promise(
        owner=document[PROMISED_BY],
        measure=document[MEASURE],
        due_on=date.fromisoformat(document[DUE]),
        theme=document[THEME],
        official=actor_did(document[OFFICIAL]) if OFFICIAL in document else None,
    )


def evidence_members(link: str, shows: Shows) -> JsonObject:
    """Return what makes a post evidence, as records have it."""
    return {EVIDENCE: link, SHOWS: shows.value}


def decode_evidence(document: JsonObject) -> tuple[str, Shows]:
    """Read the link of a verified `Note` of kind evidence, and what it is said to show."""
    return document[EVIDENCE], Shows(document[SHOWS])


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


def outcome_members(hearing: Hearing, verdicts: Sequence[AimVerdict], report: bytes) -> JsonObject:
    """Return the members of the record that closes a hearing; `report` is the report's digest."""
    return {
        "audience": f"ap://{hearing.board}/actor",
        "object": hearing.record_id,
        _VERDICTS: [
            {"aim": each.aim, "verdict": each.verdict.value, "why": each.why} for each in verdicts
        ],
        _REPORT: encode_digest(report),
    }


def decode_outcome(document: JsonObject) -> tuple[list[AimVerdict], str]:
    """Read a verified `Update` that closes: the verdicts, the report's digest as sent."""
    return [_verdict(each) for each in document[_VERDICTS]], document[_REPORT]


def write_verdicts(verdicts: Sequence[AimVerdict]) -> str:
    """Return verdicts as they are kept."""
    return json.dumps([[each.aim, each.verdict.value, each.why] for each in verdicts])


def read_verdicts(kept: str) -> list[AimVerdict]:
    """Return the verdicts that `write_verdicts` wrote; none of an empty text."""
    found = json.loads(kept) if kept else []
    return [AimVerdict(aim=aim, verdict=Verdict(said), why=why) for aim, said, why in found]


def _verdict(members: JsonObject) -> AimVerdict:
    return AimVerdict(aim=members["aim"], verdict=Verdict(members["verdict"]), why=members["why"])


def answer_members(
    text: Text,
    *,
    board: str,
    reply_to: str,
    custody: Custody,
    speaks_as: SpeaksAs,
    says: Says,
    is_spoken: bool,
) -> JsonObject:
    """Return the members of the record that answers a question, whose id is `reply_to`."""
    return {
        "audience": f"ap://{board}/actor",
        "contentMap": {text.language: text.markdown},
        "mediaType": "text/markdown",
        "inReplyTo": reply_to,
        CUSTODY: custody.value,
        KIND: PostKind.ANSWER.value,
        SPEAKS_AS: speaks_as.value,
        SAYS: says.value,
        **({SPOKEN: "aloud"} if is_spoken else {}),
    }


def decode_answer(record: VerifiedRecord, question: bytes, *, is_second: bool) -> Answer:
    """Read a verified answer to a question or, as the second one, to its follow-up.

    Raises:
        AnswerUnfitError: it does not say as what it is given, or how far it answers.

    """
    document = record.document
    if SPEAKS_AS not in document or SAYS not in document:
        raise AnswerUnfitError("as what, and how far")
    return Answer(
        post=record.digest,
        question=question,
        is_second=is_second,
        speaks_as=SpeaksAs(document[SPEAKS_AS]),
        says=Says(document[SAYS]),
        is_spoken=SPOKEN in document,
        share=0,
    )
