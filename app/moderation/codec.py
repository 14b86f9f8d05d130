"""Acts of moderation: members of records to nouns and back."""

from datetime import date

from app.crypto.ed25519 import SigningKey, verify_signature
from app.crypto.multikey import (
    decode_did,
    decode_digest,
    decode_multibase,
    encode_did,
    encode_digest,
    encode_multibase,
)
from app.kernel import strict_json
from app.kernel.strict_json import JsonObject
from app.records.codec import actor_did
from app.records.model import ACT, APPEALED, CONSENT, PROPOSED, REASONS, VerifiedRecord

from .model import Act, ActionKind, Decision, Ground, Named, Outcome, Reasons, Rule, Scope, Source

WIRE_TYPES = {
    ActionKind.HIDE: "Remove",
    ActionKind.QUARANTINE: "Remove",
    ActionKind.LABEL: "Update",
    ActionKind.LOCK: "Update",
    ActionKind.SLOW: "Update",
    ActionKind.MOVE: "Update",
    ActionKind.ATTACK_MODE: "Update",
    ActionKind.LIMIT: "Block",
    ActionKind.ERASE: "Delete",
    ActionKind.UNDO: "Undo",
    ActionKind.CLOSE_DESK: "Undo",
    ActionKind.CLEAR: "Ignore",
    ActionKind.UPHOLD: "Reject",
}
_LABEL, _DELAY, _OUTCOME = "urn:goftogu:label", "urn:goftogu:delay", "urn:goftogu:outcome"
_OF_SEVERAL = frozenset({ActionKind.UNDO, ActionKind.CLOSE_DESK})
_PROPOSED = ("audience", "object", REASONS, ACT, APPEALED, _OUTCOME)


def encode_reasons(reasons: Reasons) -> JsonObject:
    """Return reasons as records write them; what is not said is left out."""
    members: JsonObject = {
        "rule": reasons.rule.value,
        "ground": reasons.ground.value,
        "facts": reasons.facts,
        "language": reasons.language,
        "scope": reasons.scope.value,
        "automatic": reasons.is_automatic,
        "source": reasons.source.value,
    }
    if reasons.law:
        members["law"] = reasons.law
    if reasons.until is not None:
        members["until"] = reasons.until.isoformat()
    return members


def decode_reasons(members: JsonObject) -> Reasons:
    """Read the reasons of a verified record."""
    until = members.get("until")
    return Reasons(
        rule=Rule(members["rule"]),
        ground=Ground(members["ground"]),
        law=members.get("law", ""),
        facts=members["facts"],
        language=members["language"],
        scope=Scope(members["scope"]),
        until=None if until is None else date.fromisoformat(until),
        is_automatic=members["automatic"],
        source=Source(members["source"]),
    )


def encode_act(act: Act) -> JsonObject:
    """Return the members of an act, without a proposal's consent."""
    decision, members = act.decision, JsonObject()
    members["audience"] = f"ap://{act.board}/actor"
    if act.persona:
        members["object"] = f"ap://{act.persona}/actor"
    elif decision.kind in _OF_SEVERAL:
        members["object"] = [named_members(about) for about in act.about]
    else:
        members["object"] = named_members(act.about[0])
    members[REASONS] = encode_reasons(decision.reasons)
    members[ACT] = decision.kind.value
    if decision.target:
        members["target"] = f"ap://{decision.target}/actor"
    if decision.label:
        members[_LABEL] = decision.label
    if decision.delay_s:
        members[_DELAY] = decision.delay_s
    if act.outcome is not None:
        members[_OUTCOME] = act.outcome.value
    if act.appealed_on is not None:
        members[APPEALED] = act.appealed_on.isoformat()
    return members


def decode_act(record: VerifiedRecord) -> Act:
    """Read what a verified record of moderation says; whoever proposed it has consented.

    Raises:
        VerificationError: whoever is said to have proposed it did not.

    """
    document = record.document
    named = document["object"]
    is_persona = isinstance(named, str)
    listed = named if isinstance(named, list) else [] if is_persona else [named]
    appealed, outcome = document.get(APPEALED), document.get(_OUTCOME)
    return Act(
        decision=Decision(
            kind=ActionKind(document[ACT]),
            reasons=decode_reasons(document[REASONS]),
            label=document.get(_LABEL, ""),
            delay_s=document.get(_DELAY, 0),
            target=actor_did(document["target"]) if "target" in document else "",
        ),
        board=actor_did(document["audience"]),
        about=tuple(decode_named(members) for members in listed),
        persona=actor_did(named) if is_persona else "",
        proposed_by=verify_proposal(record),
        outcome=None if outcome is None else Outcome(outcome),
        appealed_on=None if appealed is None else date.fromisoformat(appealed),
    )


def named_members(about: Named) -> JsonObject:
    """Return how an act names a record."""
    return {"id": about.id, "digestMultibase": encode_digest(about.digest)}


def decode_named(members: JsonObject) -> Named:
    """Read which record an act is about."""
    return Named(id=members["id"], digest=decode_digest(members["digestMultibase"]))


def propose(members: JsonObject, desk: SigningKey) -> JsonObject:
    """Return an act's members with the consent of the desk that proposes it.

    The consent is over all of them: whoever signs the record later can change none.
    """
    consent = encode_multibase(desk.sign(_proposal(members)))
    return {**members, PROPOSED: {"by": encode_did(desk.public), CONSENT: consent}}


def encode_proposal(members: JsonObject) -> str:
    """Return what a proposal is kept as; an act's record holds the same members."""
    proposed = {name: members[name] for name in (*_PROPOSED, PROPOSED) if name in members}
    return strict_json.encode(proposed).decode()


def verify_proposal(record: VerifiedRecord) -> str:
    """Return the did:key of the desk that proposed an act, or nothing if nobody did.

    Raises:
        VerificationError: it consented to something else.

    """
    proposed = record.document.get(PROPOSED)
    if proposed is None:
        return ""
    members = {name: record.document[name] for name in _PROPOSED if name in record.document}
    consent = decode_multibase(proposed[CONSENT], 64)
    verify_signature(decode_did(proposed["by"]), _proposal(members), consent)
    by: str = proposed["by"]
    return by


def consent_to_desk(desk: SigningKey, instance: str) -> str:
    """Return a desk key's own signature: nobody makes a desk of somebody else's key."""
    return encode_multibase(desk.sign(_desk(encode_did(desk.public), instance)))


def verify_desk(record: VerifiedRecord) -> str:
    """Return the did:key of the desk that a verified attestation opens.

    Raises:
        VerificationError: the desk's key did not consent.

    """
    did = actor_did(record.document["object"])
    consent = decode_multibase(record.document[CONSENT], 64)
    verify_signature(decode_did(did), _desk(did, record.signer), consent)
    return did


def _proposal(members: JsonObject) -> bytes:
    return b"goftogu/v1/proposal\n" + strict_json.encode(members)


def _desk(did: str, instance: str) -> bytes:
    return f"goftogu/v1/desk\n{did}\n{instance}".encode()
