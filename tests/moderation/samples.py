"""Desks, cases and reasons to try rules with."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.kernel.clock import DAY_S, Instant
from app.moderation.model import (
    Case,
    CaseState,
    Desk,
    DeskSession,
    Ground,
    Reasons,
    Role,
    Rule,
    Scope,
    Source,
    Subject,
    SubjectKind,
)

DAY = date(2026, 11, 22)
NOW = Instant(1_795_305_600 // DAY_S * DAY_S)
BOARD, OTHER = "did:key:board", "did:key:other"

DESK = Desk(
    did="did:key:desk", number=3, role=Role.MODERATOR, boards=(BOARD,), person=b"a" * 32,
    ends_on=date(2027, 2, 1),
)  # fmt: skip
STEWARD = replace(
    DESK, did="did:key:steward", number=4, role=Role.STEWARD, boards=(), person=b"b" * 32
)
REASONS = Reasons(
    rule=Rule.THREAT, ground=Ground.RULE, law="", facts="It says what would be done to a family.",
    language="en", scope=Scope.POST, until=None, is_automatic=False, source=Source.REPORT,
)  # fmt: skip
CASE = Case(
    id="a" * 20, subject=Subject(kind=SubjectKind.POST, name="00" * 32), board=BOARD,
    version=b"v" * 32, state=CaseState.OPEN, is_dangerous=False, weight=1, report_count=1,
    opened_at=NOW, rules={Rule.SPAM: 1},
)  # fmt: skip


def session(desk: Desk, *, age_s: int = 3600) -> DeskSession:
    return DeskSession(desk=desk, began_at=Instant(NOW - age_s))


def reasons(**changed: Any) -> Reasons:
    return replace(REASONS, **changed)
