"""Statements about actions, proposals and appeals."""

from datetime import date
from typing import Final

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import Instant
from app.moderation.model import (
    Action,
    ActionKind,
    Appeal,
    Outcome,
    Proposal,
    Rule,
    Subject,
    SubjectKind,
)
from app.moderation.rules import AnotherPerson
from app.moderation.tables import ActionRow, AppealRow, ProposalRow

_ACTION: Final = columns_of(ActionRow)
_HOLDS_ATTACK_MODE: Final = (
    select(_ACTION.c.digest)
    .where(
        _ACTION.c.kind == ActionKind.ATTACK_MODE.value,
        (_ACTION.c.board == "") | (_ACTION.c.board == bindparam("board")),
        _ACTION.c.taken_at > bindparam("since"),
        _ACTION.c.undoing.is_(None),
        _ACTION.c.until.is_(None) | (_ACTION.c.until > bindparam("day")),
    )
    .limit(1)
)


def add_action(work: Work, action: Action) -> None:
    """Keep what an act did."""
    values = {
        "digest": action.digest,
        "record_id": action.record_id,
        "kind": action.kind.value,
        "subject_kind": action.subject.kind.value,
        "subject": action.subject.name,
        "board": action.board,
        "desk": action.desk,
        "second": action.second,
        "rule": action.rule.value,
        "words": action.words,
        "day": action.day,
        "until": action.until,
        "taken_at": action.taken_at,
        "undoing": action.undoing,
        "binds": action.binds,
    }
    work.session.execute(insert(ActionRow).values(values))


def find_action(work: Work, digest: bytes) -> Action | None:
    """Return an action by the digest of its record, or None."""
    row = work.session.get(ActionRow, digest)
    return None if row is None else action_of(row)


def list_actions_on(work: Work, *subjects: Subject) -> list[Action]:
    """Return what was done to some subjects, the newest first."""
    of = (
        (ActionRow.subject_kind == subject.kind.value) & (ActionRow.subject == subject.name)
        for subject in subjects
    )
    rows = work.session.scalars(select(ActionRow).where(or_(*of)))
    return sorted(
        map(action_of, rows), key=lambda action: (action.taken_at, action.digest), reverse=True
    )


def holds_hiding(work: Work, *subjects: Subject) -> bool:
    """Return whether an action that nobody undid hides any of some subjects."""
    kinds = {ActionKind.HIDE, ActionKind.QUARANTINE}
    return any(a.kind in kinds and a.undoing is None for a in list_actions_on(work, *subjects))


def list_actions_of(work: Work, desk: str, *, since: date = date.min) -> list[Action]:
    """Return what a desk did from a day on, the newest first."""
    rows = work.session.scalars(
        select(ActionRow)
        .where(ActionRow.desk == desk, ActionRow.day >= since)
        .order_by(ActionRow.taken_at.desc(), ActionRow.digest)
    )
    return [action_of(row) for row in rows]


def list_standing_until(work: Work, day: date) -> list[Action]:
    """Return the actions that nobody undid and that hold no more on a day."""
    over = (ActionRow.until <= day) & ActionRow.undoing.is_(None)
    return [action_of(row) for row in work.session.scalars(select(ActionRow).where(over))]


def holds_attack_mode(work: Work, board: str, since: Instant, day: date) -> bool:
    """Return whether attack mode was accepted since a moment for a board, or for all of them."""
    # Objects of the session may wait to be written: an answer that is remembered must know them.
    work.flush_session()
    return bool(work.recall(_HOLDS_ATTACK_MODE, {"board": board, "since": since, "day": day}))


def list_hidden_by(work: Work, desk: str, since: Instant) -> list[Action]:
    """Return what a desk, or the instance, has hidden since a moment, given back or not."""
    lately = (ActionRow.desk == desk) & (ActionRow.taken_at > since)
    hidden = select(ActionRow).where(lately, ActionRow.kind == ActionKind.HIDE.value)
    return [action_of(row) for row in work.session.scalars(hidden)]


def count_actions(work: Work, desk: str, since: Instant) -> int:
    """Return how often a desk acted by itself since a moment."""
    by_itself = (ActionRow.desk == desk) & (ActionRow.taken_at > since) & (ActionRow.second == "")
    query = select(func.count()).select_from(ActionRow).where(by_itself)
    return work.session.scalars(query).one()


def set_undone(work: Work, digest: bytes, by: bytes) -> None:
    """Mark an action as undone by a record."""
    rows = update(ActionRow).where(ActionRow.digest == digest)
    work.session.execute(rows.values(undoing=by))


def add_proposal(work: Work, proposal: Proposal) -> None:
    """Keep an action that waits for a second desk."""
    values = {
        "id": proposal.id,
        "case": proposal.case or None,
        "members": proposal.members,
        "desk": proposal.desk,
        "ends_at": proposal.ends_at,
    }
    work.session.execute(insert(ProposalRow).values(values))


def find_proposal(work: Work, proposal_id: str) -> Proposal | None:
    """Return a proposal that has not ended, or None."""
    row = work.session.get(ProposalRow, proposal_id)
    return None if row is None or row.ends_at <= work.now else _proposal(row)


def list_proposals(work: Work, *, case: str = "") -> list[Proposal]:
    """Return the proposals that have not ended, of all cases or of one, the first to end first."""
    query = select(ProposalRow).where(ProposalRow.ends_at > work.minute)
    if case:
        query = query.where(ProposalRow.case == case)
    rows = work.session.scalars(query.order_by(ProposalRow.ends_at, ProposalRow.id))
    return [_proposal(row) for row in rows]


def use_proposal(work: Work, members: str) -> bool:
    """Take a proposal that waits, so that nobody else can; returns whether there was one."""
    same = (ProposalRow.members == members) & (ProposalRow.ends_at > work.minute)
    return work.session.connection().execute(delete(ProposalRow).where(same)).rowcount > 0


def remove_proposals(work: Work, case: str) -> None:
    """Take back what was proposed about a case."""
    work.session.execute(delete(ProposalRow).where(ProposalRow.case == case))


def remove_ended_proposals(work: Work) -> None:
    """Forget proposals that nobody seconded."""
    work.session.execute(delete(ProposalRow).where(ProposalRow.ends_at <= work.minute))


def add_appeal(work: Work, appeal: Appeal) -> None:
    """Keep an appeal, unanswered."""
    actor, second = (*appeal.actors, b"", b"")[:2]
    values = {
        "action": appeal.action,
        "text": appeal.text,
        "actor": actor,
        "second": second,
        "decider": None,
        "opened_at": appeal.opened_at,
        "due_at": appeal.due_at,
        "outcome": None,
        "answer": "",
    }
    work.session.execute(insert(AppealRow).values(values))


def find_appeal(work: Work, action: bytes) -> Appeal | None:
    """Return the appeal against an action, or None."""
    row = work.session.get(AppealRow, action)
    return None if row is None else _appeal(row)


def list_appeals(work: Work) -> list[Appeal]:
    """Return the appeals that nobody has decided, the first due first."""
    undecided = select(AppealRow).where(AppealRow.outcome.is_(None))
    rows = work.session.scalars(undecided.order_by(AppealRow.due_at, AppealRow.action))
    return [_appeal(row) for row in rows]


def decide_appeal(work: Work, action: bytes, *, decider: AnotherPerson, outcome: Outcome) -> bool:
    """Keep how an appeal was decided; returns whether it was undecided until now.

    Raises:
        IntegrityError: whoever decides is whoever acted.

    """
    undecided = (AppealRow.action == action) & AppealRow.outcome.is_(None)
    changed = work.session.connection().execute(
        update(AppealRow).where(undecided).values(decider=decider, outcome=outcome.value)
    )
    return changed.rowcount == 1


def set_answer(work: Work, action: bytes, text: str) -> None:
    """Keep what the author is told."""
    rows = update(AppealRow).where(AppealRow.action == action)
    work.session.execute(rows.values(answer=text))


def action_of(row: ActionRow) -> Action:
    """Return what a row says."""
    return Action(
        digest=row.digest,
        record_id=row.record_id,
        kind=ActionKind(row.kind),
        subject=Subject(kind=SubjectKind(row.subject_kind), name=row.subject),
        board=row.board,
        desk=row.desk,
        second=row.second,
        rule=Rule(row.rule),
        words=row.words,
        day=row.day,
        until=row.until,
        taken_at=row.taken_at,
        undoing=row.undoing,
        binds=row.binds,
    )


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        id=row.id,
        case=row.case or "",
        members=row.members,
        desk=row.desk,
        ends_at=row.ends_at,
    )


def _appeal(row: AppealRow) -> Appeal:
    return Appeal(
        action=row.action,
        text=row.text,
        opened_at=row.opened_at,
        due_at=row.due_at,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        answer=row.answer,
        actors=tuple(mark for mark in (row.actor, row.second) if mark),
    )
