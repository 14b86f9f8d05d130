"""The log's records of moderation as values: what was done, which desks there were, who demanded.

Anyone makes it from a copy of the log; nothing here asks a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from app.crypto.multikey import decode_digest
from app.kernel.errors import VerificationError
from app.moderation import codec
from app.moderation.model import Act, Role
from app.records.codec import actor_did
from app.records.model import VerifiedRecord

ACT_TYPES: Final = frozenset(
    {"Remove", "Update/measure", "Block", "Delete/desk", "Undo", "Ignore", "Reject"}
)
TYPES: Final = ACT_TYPES | {"Offer", "Announce"}
"""Every type of record that the ledger is made of."""
TOLD_DAYS: Final = 3
"""A demand that is logged later than this counts as sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAct:
    """An act with its record."""

    digest: bytes
    day: date
    desk: str
    """did:key that signed it: a desk's, or the instance's for what was automatic."""
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A desk as its attestation opens it."""

    digest: bytes
    did: str
    role: Role
    boards: tuple[str, ...]
    begins_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What somebody in power asked of the host, and what came of it."""

    digest: bytes
    logged_on: date
    who: str
    """`government`, `sponsor`, `court` or `other`."""
    country: str
    asked: str
    """`content`, `data`, `emphasis` or `other`."""
    received_on: date
    answer: str
    """`open`, `refused`, `partly` or `granted`."""
    is_sealed: bool
    text: str
    language: str
    answers: bytes | None
    """The record of the demand that this one answers."""

    @property
    def counts_as_sealed(self) -> bool:
        """Whether it may not be told, or was told too late."""
        return self.is_sealed or self.logged_on - self.received_on > timedelta(days=TOLD_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All of it, in the order of the records that it was made from."""

    acts: tuple[LoggedAct, ...]
    terms: tuple[Term, ...]
    demands: tuple[Demand, ...]
    """Each as it stands now: an answered one once, with the day on which it was told first."""


def read_ledger(records: Iterable[VerifiedRecord], instance_did: str) -> Ledger:
    """Read verified records; those of other types than `TYPES` are passed over.

    Raises:
        VerificationError: a desk's or a demand's record is not the instance's.

    """
    acts, terms, demands = list[LoggedAct](), list[Term](), list[Demand]()
    for record in records:
        if record.type in {"Offer", "Announce"} and record.signer != instance_did:
            raise VerificationError("a desk or a demand that the instance did not sign")
        if record.type in ACT_TYPES:
            acts.append(read_act(record))
        elif record.type == "Offer":
            terms.append(read_term(record))
        elif record.type == "Announce":
            demands.append(read_demand(record))
    return Ledger(acts=tuple(acts), terms=tuple(terms), demands=_join(demands))


def require_desks(ledger: Ledger, instance_did: str) -> None:
    """Require of a whole log that desks, or the instance, signed every act.

    Raises:
        VerificationError: a key signed or proposed one that no attestation makes a desk.

    """
    desks = {instance_did, *(term.did for term in ledger.terms)}
    for logged in ledger.acts:
        if not {logged.desk, logged.act.proposed_by or logged.desk} <= desks:
            raise VerificationError(
                f"act {logged.digest.hex()} is signed by a key that no attestation makes a desk"
            )


def read_act(record: VerifiedRecord) -> LoggedAct:
    """Read a verified act; raises as `codec.decode_act` does."""
    return LoggedAct(
        digest=record.digest, day=record.day, desk=record.signer, act=codec.decode_act(record)
    )


def read_term(record: VerifiedRecord) -> Term:
    """Read a verified attestation of a desk; raises as `codec.verify_desk` does."""
    document = record.document
    return Term(
        digest=record.digest,
        did=codec.verify_desk(record),
        role=Role(document["urn:goftogu:role"]),
        boards=tuple(actor_did(board) for board in document["urn:goftogu:boards"]),
        begins_on=record.day,
        ends_on=date.fromisoformat(document["urn:goftogu:until"]),
    )


def read_demand(record: VerifiedRecord) -> Demand:
    """Read a verified demand."""
    said: Mapping[str, Any] = record.document["urn:goftogu:demand"]
    language, text = next(iter(said.get("contentMap", {"": ""}).items()))
    named = record.document.get("object")
    return Demand(
        digest=record.digest,
        logged_on=record.day,
        who=said["from"],
        country=said.get("country", ""),
        asked=said["asked"],
        received_on=date.fromisoformat(said["received"]),
        answer=said["answer"],
        is_sealed=said["sealed"],
        text=text,
        language=language,
        answers=None if named is None else decode_digest(named["digestMultibase"]),
    )


def _join(demands: Iterable[Demand]) -> tuple[Demand, ...]:
    """Return each demand once, as its last answer leaves it."""
    by_digest = {demand.digest: demand for demand in demands}
    answered = {demand.answers for demand in by_digest.values()}
    return tuple(
        replace(demand, logged_on=_first_of(demand, by_digest).logged_on)
        for demand in by_digest.values()
        if demand.digest not in answered
    )


def _first_of(demand: Demand, by_digest: Mapping[bytes, Demand]) -> Demand:
    # No record names itself or a later one by its digest: this ends.
    while demand.answers is not None and demand.answers in by_digest:
        demand = by_digest[demand.answers]
    return demand
