"""The form that decides: what to do, and the statement of reasons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.moderation.model import (
    ActionKind,
    Decision,
    Ground,
    Reasons,
    Rule,
    Scope,
    Source,
    SubjectKind,
)
from app.web.forms import Fields
from app.web.rules import LABEL_NAMES
from app.web.sentences import gettext_noop as _

MOST_FACTS: Final = 600
MOST_LAW: Final = 200
DAYS: Final = (1, 3, 7, 30, 90, 365)
DELAYS_S: Final = (60, 600, 3600)
_SCOPES: Final = {
    SubjectKind.POST: Scope.POST,
    SubjectKind.THREAD: Scope.THREAD,
    SubjectKind.PERSONA: Scope.INSTANCE,
    SubjectKind.BOARD: Scope.BOARD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionForm:
    """What was typed, and what is wrong with it: sentences by field."""

    kind: str
    rule: str
    ground: str
    law: str
    facts: str
    days: str
    """For how many days; empty for as long as nobody undoes it."""
    label: str
    delay: str
    board: str
    """Short name of the board that a thread is moved to."""
    errors: dict[str, str]

    def reasons(self, language: str, day: date, scope: Scope, source: Source) -> Reasons:
        """Return the statement of reasons; the form has no errors."""
        return Reasons(
            rule=Rule(self.rule),
            ground=Ground(self.ground),
            law=self.law,
            facts=self.facts,
            language=language,
            scope=scope,
            until=day + timedelta(days=int(self.days)) if self.days else None,
            is_automatic=False,
            source=source,
        )

    def decision(
        self, language: str, day: date, on: SubjectKind, source: Source, target: str = ""
    ) -> Decision:
        """Return what is decided about a subject of some kind; the form has no errors."""
        kind = ActionKind(self.kind)
        return Decision(
            kind=kind,
            reasons=self.reasons(language, day, _SCOPES[on], source),
            label=self.label if kind is ActionKind.LABEL else "",
            delay_s=int(self.delay) if kind is ActionKind.SLOW else 0,
            target=target if kind is ActionKind.MOVE else "",
        )


def empty_decision(rule: str = "", facts: str = "") -> DecisionForm:
    """Return the form as a page first shows it."""
    return DecisionForm(
        kind="", rule=rule, ground=Ground.RULE.value, law="", facts=facts, days="", label="",
        delay="", board="", errors={},
    )  # fmt: skip


def parse_decision(fields: Fields, kinds: Collection[ActionKind]) -> DecisionForm:
    """Read what a desk decides, among the kinds that the page offers."""
    facts, law = (" ".join(fields[name].split()) for name in ("facts", "law"))
    typed = {name: fields[name] for name in ("kind", "rule", "days", "label", "delay", "board")}
    form = DecisionForm(**typed, ground=fields["ground"], law=law, facts=facts, errors={})
    return DecisionForm(
        **typed, ground=form.ground, law=law, facts=facts, errors=_errors(form, kinds)
    )


def _errors(form: DecisionForm, kinds: Collection[ActionKind]) -> dict[str, str]:
    errors = {}
    if form.kind not in kinds:
        errors["kind"] = _("Choose what to do.")
    if form.kind == ActionKind.LABEL and form.label not in LABEL_NAMES:
        errors["label"] = _("Choose a label.")
    if form.kind == ActionKind.SLOW and form.delay not in set(map(str, DELAYS_S)):
        errors["delay"] = _("Choose how slow.")
    if form.kind == ActionKind.MOVE and not form.board:
        errors["board"] = _("Choose the board that it goes to.")
    return errors | reasons_errors(form)


def reasons_errors(form: DecisionForm) -> dict[str, str]:
    """Return what is wrong with the reasons alone."""
    errors = {}
    if form.rule not in set(Rule):
        errors["rule"] = _("Name the rule. Nothing is done without one.")
    if form.ground not in set(Ground):
        errors["ground"] = _("Say whether a rule or a law is the ground.")
    elif (form.ground == Ground.LAW) != bool(form.law):
        errors["law"] = _("If a law is the ground, name it and its article; else leave this empty.")
    elif form.rule == Rule.LAW and form.ground != Ground.LAW:
        errors["ground"] = _("For “what the law forbids” the ground is a law.")
    if not form.facts:
        errors["facts"] = _("Say in a sentence what was relied on. Nothing is done without it.")
    if len(form.facts) > MOST_FACTS or len(form.law) > MOST_LAW:
        name = "facts" if len(form.facts) > MOST_FACTS else "law"
        errors[name] = _("Shorter: 600 characters for the facts, 200 for the law.")
    if form.days and form.days not in set(map(str, DAYS)):
        errors["days"] = _("Choose a number of days from the list.")
    return errors
