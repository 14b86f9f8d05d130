"""Acts as lines of the European Union's database of reasons (DSA, Articles 17 and 24(5)).

Names of fields and values are those of its programming interface. What our records do not say stays
empty: the language and the day of a text that must not be told, and who reported it.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Final

from app.moderation.model import ActionKind, Ground, Rule, Source

from .ledger import Ledger, LoggedAct
from .numbers import end_of_month

FIELDS: Final = (
    "decision_visibility", "decision_visibility_other", "decision_monetary", "decision_provision",
    "decision_account", "decision_ground", "decision_ground_reference_url",
    "illegal_content_legal_ground", "illegal_content_explanation", "incompatible_content_ground",
    "incompatible_content_explanation", "category", "decision_facts", "content_type",
    "content_language", "application_date", "end_date_visibility_restriction",
    "end_date_service_restriction", "source_type", "source_identity", "automated_detection",
    "automated_decision", "puid",
)  # fmt: skip
_VISIBILITY: Final = {
    ActionKind.HIDE: "CONTENT_DISABLED",
    ActionKind.QUARANTINE: "CONTENT_DISABLED",
    ActionKind.ERASE: "CONTENT_REMOVED",
    ActionKind.LABEL: "CONTENT_LABELLED",
    ActionKind.LOCK: "CONTENT_INTERACTION_RESTRICTED",
    ActionKind.SLOW: "CONTENT_INTERACTION_RESTRICTED",
    ActionKind.MOVE: "OTHER",
}
_CATEGORY: Final = {
    Rule.THREAT: "VIOLENCE",
    Rule.PRIVATE_DATA: "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    Rule.MINORS: "PROTECTION_OF_MINORS",
    Rule.HATE: "ILLEGAL_OR_HARMFUL_SPEECH",
    Rule.HARASSMENT: "CYBER_VIOLENCE",
    Rule.IMPERSONATION: "SCAMS_AND_FRAUD",
    Rule.SPAM: "OTHER_VIOLATION_TC",
    Rule.OFF_TOPIC: "OTHER_VIOLATION_TC",
    Rule.BOARD: "OTHER_VIOLATION_TC",
    Rule.LAW: "ILLEGAL_OR_HARMFUL_SPEECH",
}
_SOURCE: Final = {
    Source.REPORT: "SOURCE_TYPE_OTHER_NOTIFICATION",
    Source.LEGAL_NOTICE: "SOURCE_ARTICLE_16",
    Source.OWN: "SOURCE_VOLUNTARY",
    Source.AUTOMATIC: "SOURCE_VOLUNTARY",
}


def list_statements(ledger: Ledger, month: date, rules_address: str) -> Iterator[dict[str, str]]:
    """Yield a line for each act of a month that takes something from somebody, by `FIELDS`."""
    end = end_of_month(month)
    for logged in ledger.acts:
        kind = logged.act.decision.kind
        if month <= logged.day < end and (kind in _VISIBILITY or kind is ActionKind.LIMIT):
            yield dict.fromkeys(FIELDS, "") | _describe(logged, rules_address)


def _describe(logged: LoggedAct, rules_address: str) -> dict[str, str]:
    kind, reasons = logged.act.decision.kind, logged.act.decision.reasons
    until = "" if reasons.until is None else reasons.until.isoformat()
    is_seen_by_a_rule = reasons.is_automatic or reasons.source is Source.AUTOMATIC
    line = {
        "category": f"STATEMENT_CATEGORY_{_CATEGORY[reasons.rule]}",
        "decision_facts": reasons.facts,
        "content_type": json.dumps(["CONTENT_TYPE_TEXT"]),
        "application_date": logged.day.isoformat(),
        "source_type": _SOURCE[reasons.source],
        "automated_detection": "Yes" if is_seen_by_a_rule else "No",
        "automated_decision": "AUTOMATED_DECISION_"
        + ("FULLY" if reasons.is_automatic else "NOT_AUTOMATED"),
        "puid": logged.digest.hex(),
    }
    if kind is ActionKind.LIMIT:
        line["decision_provision"] = "DECISION_PROVISION_PARTIAL_SUSPENSION"
        line["end_date_service_restriction"] = until
    else:
        line["decision_visibility"] = json.dumps([f"DECISION_VISIBILITY_{_VISIBILITY[kind]}"])
        line["end_date_visibility_restriction"] = until
    if kind is ActionKind.MOVE:
        line["decision_visibility_other"] = "moved to another board"
    if reasons.ground is Ground.LAW:
        line["decision_ground"] = "DECISION_GROUND_ILLEGAL_CONTENT"
        line["illegal_content_legal_ground"] = reasons.law
        line["illegal_content_explanation"] = reasons.facts
    else:
        line["decision_ground"] = "DECISION_GROUND_INCOMPATIBLE_CONTENT"
        line["decision_ground_reference_url"] = rules_address
        line["incompatible_content_ground"] = reasons.rule.value
        line["incompatible_content_explanation"] = reasons.facts
    return line
