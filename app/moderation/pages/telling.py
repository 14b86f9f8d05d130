"""The log's values as lines of pages, in a reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.crypto.multikey import decode_did, fingerprint
from app.moderation.model import (
    Action,
    ActionKind,
    Desk,
    Ground,
    Outcome,
    Source,
    SubjectKind,
)
from app.moderation.rules.ledger import Demand, LoggedAct, Term
from app.moderation.rules.numbers import Numbers, days_to_answer
from app.moderation.service import Logged
from app.web.languages import Language
from app.web.markup import direction_of
from app.web.rules import LABEL_NAMES, RULE_NAMES
from app.web.sentences import gettext_noop as _

from .log import ActLine, ActPage, AppealLine, Choice, CountLine, DemandLine, DeskLine, SubjectLink
from .naming import GROUND_NAMES, KIND_NAMES, OUTCOME_NAMES, ROLE_NAMES, SCOPE_NAMES, SOURCE_NAMES

WHO_NAMES: Final = {
    "government": _("A government"),
    "sponsor": _("A sponsor"),
    "court": _("A court"),
    "other": _("Somebody else"),
}
ASKED_NAMES: Final = {
    "content": _("that content go or stay"),
    "data": _("data about people"),
    "emphasis": _("that something be shown more or less"),
    "other": _("something else"),
}
ANSWER_NAMES: Final = {
    "open": _("Not answered yet"),
    "refused": _("Refused"),
    "partly": _("Granted in part"),
    "granted": _("Granted"),
}
_MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What lines need to know: the language, and what boards and desks are called."""

    language: Language
    boards: Mapping[str, tuple[str, str]]
    """Short name and name of each board by its did:key."""
    desks: Mapping[str, Desk]
    """By did:key."""

    def act_line(self, logged: Logged) -> ActLine:
        """Show an act in a list."""
        action = logged.action
        return ActLine(
            digest=action.digest.hex(),
            kind=self.say(KIND_NAMES[action.kind]),
            rule=self.say(RULE_NAMES[action.rule.value]),
            board=self.board_name(action.board),
            desk=self._number(action.desk),
            second=self._number(action.second),
            day=action.day,
            is_automatic=logged.act.act.decision.reasons.is_automatic,
            is_undone=action.undoing is not None,
            is_logged=logged.is_logged,
        )

    def act_page(
        self, logged: Logged, *, about: SubjectLink, appeal: AppealLine | None, place: int,
        origin: str,
    ) -> ActPage:  # fmt: skip
        """Show one act with all of its reasons."""
        action, act = logged.action, logged.act.act
        decision, desk = act.decision, self.desks.get(action.desk)
        reasons = decision.reasons
        names_acts = decision.kind in {ActionKind.UNDO, ActionKind.UPHOLD}
        return ActPage(
            act=self.act_line(logged),
            ground=self.say(GROUND_NAMES[reasons.ground]),
            law=reasons.law,
            facts=reasons.facts,
            language=reasons.language,
            direction=direction_of(reasons.facts),
            scope=self.say(SCOPE_NAMES[reasons.scope]),
            until=reasons.until,
            source=self.say(SOURCE_NAMES[reasons.source]),
            label=self.say(LABEL_NAMES[decision.label]) if decision.label else "",
            delay_minutes=decision.delay_s // _MINUTE_S,
            target=self.board_name(decision.target),
            desk_ends_on=desk.ends_on if desk else None,
            about=about,
            undoes=tuple(named.digest.hex() for named in act.about) if names_acts else (),
            undone_by=action.undoing.hex() if action.undoing else "",
            appeal=appeal,
            answered_after=days_to_answer(logged.act),
            place=place,
            origin=origin,
        )

    def subject_link(self, action: Action, desk: int) -> SubjectLink:
        """Show where it is what an act is about; `desk` is the number of a desk that it closes."""
        subject = action.subject
        if desk:
            return SubjectLink(kind="desk", path="/moderation/desks", text=str(desk))
        if subject.kind is SubjectKind.POST:
            return SubjectLink(kind="post", path=f"/p/{subject.name}", text="")
        if subject.kind is SubjectKind.THREAD:
            return SubjectLink(kind="thread", path=f"/t/{subject.name}", text="")
        if subject.kind is SubjectKind.PERSONA:
            mark = fingerprint(decode_did(subject.name))
            path = f"/persona/{mark.replace(' ', '')}"
            return SubjectLink(kind="persona", path=path, text=mark)
        slug, name = self.boards.get(subject.name, ("", ""))
        return SubjectLink(kind="board", path=f"/b/{slug}" if slug else "", text=name)

    def appeal_line(self, answer: LoggedAct) -> AppealLine:
        """Show how an appeal was answered."""
        outcome = answer.act.outcome or Outcome.UPHELD
        return AppealLine(
            outcome=self.say(OUTCOME_NAMES[outcome]),
            days=days_to_answer(answer),
            digest=answer.digest.hex(),
        )

    def desk_line(self, desk: Desk, term: Term, acts: int, *, is_over: bool) -> DeskLine:
        """Show a desk."""
        return DeskLine(
            number=desk.number,
            role=self.say(ROLE_NAMES[desk.role]),
            boards=tuple(filter(None, map(self.board_name, desk.boards))),
            begins_on=term.begins_on,
            ends_on=desk.ends_on,
            acts=acts,
            digest=term.digest.hex(),
            is_over=is_over,
        )

    def demand_line(self, demand: Demand) -> DemandLine:
        """Show a demand that may be told."""
        return DemandLine(
            who=self.say(WHO_NAMES[demand.who]),
            country=demand.country,
            asked=self.say(ASKED_NAMES[demand.asked]),
            received_on=demand.received_on,
            answer=self.say(ANSWER_NAMES[demand.answer]),
            text=demand.text,
            language=demand.language,
            direction=direction_of(demand.text),
            is_late=demand.counts_as_sealed,
            digest=demand.digest.hex(),
        )

    def totals(self, numbers: Numbers) -> tuple[CountLine, ...]:
        """Show what a month comes to."""
        lines = (
            (_("Acts"), numbers.acts),
            (_("Of these by an automatic rule"), numbers.automatic),
            (_("Of these undone since"), numbers.undone),
            (_("Automatic ones undone since"), numbers.automatic_undone),
            (_("Personas limited to reading"), numbers.kinds.get(ActionKind.LIMIT, 0)),
            (_("Appeals answered"), sum(numbers.appeals.values())),
            (_("Appeals that took longer than three days"), numbers.appeals_late),
            (_("Desks that could act"), numbers.desks),
            (_("Demands by those in power"), sum(numbers.demands.values())),
            (_("Demands that may not be told, or were told too late"), numbers.demands_sealed),
        )
        return tuple(CountLine(name=self.say(name), count=count) for name, count in lines)

    def groups(self, numbers: Numbers) -> tuple[tuple[str, tuple[CountLine, ...]], ...]:
        """Show a month's acts, appeals and demands by what they are; empty groups are left out."""
        boards = {did: name for did, (_slug, name) in self.boards.items()}
        groups: tuple[tuple[str, Mapping[str, int], Mapping[str, str]], ...] = (
            (_("By what was done"), numbers.kinds, {k.value: KIND_NAMES[k] for k in ActionKind}),
            (_("By the rule"), numbers.rules, RULE_NAMES),
            (_("By the ground"), numbers.grounds, {g.value: GROUND_NAMES[g] for g in Ground}),
            (_("By how it came to a desk"), numbers.sources,
             {s.value: SOURCE_NAMES[s] for s in Source}),
            (_("Appeals by their outcome"), numbers.appeals,
             {o.value: OUTCOME_NAMES[o] for o in Outcome}),
            (_("Demands by who made them"), numbers.demands, WHO_NAMES),
        )  # fmt: skip
        told = [(head, _lines(self, counts, names)) for head, counts, names in groups]
        by_board = tuple(
            CountLine(name=boards.get(did) or self.say(_("No board")), count=count)
            for did, count in numbers.boards.items()
        )
        told.append((_("By board"), by_board))
        return tuple((self.say(heading), lines) for heading, lines in told if lines)

    def choices(self, names: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
        """Show the values of a closed list that the log can be narrowed to."""
        return tuple(
            Choice(value=value, text=self.say(name), is_chosen=value == chosen)
            for value, name in names.items()
        )

    def board_name(self, did: str) -> str:
        """Return what a board is called; empty for what is on none, or on one that is not here."""
        return self.boards.get(did, ("", ""))[1]

    def say(self, message: str) -> str:
        """Return a message in the reader's language."""
        return self.language.gettext(message)

    def _number(self, did: str) -> int:
        desk = self.desks.get(did)
        return desk.number if desk else 0


def _lines(
    teller: Teller, counts: Mapping[str, int], names: Mapping[str, str]
) -> tuple[CountLine, ...]:
    return tuple(
        CountLine(name=teller.say(names[value]), count=count) for value, count in counts.items()
    )
