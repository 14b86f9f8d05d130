"""What holds of hearings, from values alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from app.hearings.errors import (
    AppealedBeforeError,
    CharterFixedError,
    CharterUnfitError,
    CodeMissingError,
    HearingNotOpenError,
    IllegalChangeError,
    MandateMissingError,
    NotMinistryError,
    NotTheAskerError,
    NotUniversityError,
    OfficeAttestedError,
    OfficeOverError,
    OwnDeclineError,
    QuestionUnfitError,
    WrongDomainKeyError,
)
from app.hearings.model import (
    Attester,
    AttesterKind,
    Charter,
    DeclineCode,
    HeardQuestion,
    Hearing,
    HearingState,
    Office,
    QuestionState,
    Tally,
)
from app.kernel.errors import MalformedError
from app.kernel.fold import words_of

MAX_QUESTION_CHARACTERS: Final = 200
MAX_REASONS_CHARACTERS: Final = 1_000
MAX_TEXT_CHARACTERS: Final = 280
LEAST_MANDATE: Final = 10
"""So many of those drawn by lot vote on a changed charter at least."""
MOST_AIMS: Final = 10
MOST_CHOSEN: Final = 100
LONGEST: Final = timedelta(days=92)
DRAW_WAITS: Final = timedelta(days=2)

_link: Final = re.compile(r"\b(https?|hxxps?|ap)://|\bwww\.", re.IGNORECASE)
_Q = QuestionState
_QUESTIONS: Final[Mapping[QuestionState, frozenset[QuestionState]]] = {
    _Q.ASKED: frozenset({_Q.MERGED, _Q.ACCEPTED, _Q.DECLINED}),
    # What was merged can be taken out again; a declined question has one appeal.
    _Q.MERGED: frozenset({_Q.ASKED}),
    _Q.ACCEPTED: frozenset({_Q.MERGED, _Q.DECLINED, _Q.WAITING}),
    _Q.DECLINED: frozenset({_Q.ACCEPTED}),
    _Q.WAITING: frozenset({_Q.ANSWERED, _Q.DECLINED}),
    _Q.ANSWERED: frozenset({_Q.RATED, _Q.FOLLOWED_UP}),
    _Q.RATED: frozenset({_Q.FOLLOWED_UP}),
    _Q.FOLLOWED_UP: frozenset({_Q.SETTLED}),
    _Q.SETTLED: frozenset(),
}


def require_offer(office: Office, ministry: Attester) -> None:
    """Require that a ministry offers an office of its own.

    Raises:
        NotMinistryError: the key is a university's.
        WrongDomainKeyError: the office is of another domain than the one where the key stands.

    """
    if ministry.kind is not AttesterKind.MINISTRY:
        raise NotMinistryError("a university offers no office")
    if office.domain != ministry.domain:
        raise WrongDomainKeyError("the key stands at another domain than the office")


def require_attester(office: Office, university: Attester) -> None:
    """Require that a university may be an office's second signature.

    Raises:
        NotUniversityError: the key is a ministry's: the same side would sign twice.
        OfficeAttestedError: it has its second signature.

    """
    if university.kind is not AttesterKind.UNIVERSITY:
        raise NotUniversityError("a ministry attests no office")
    if office.attested_by:
        raise OfficeAttestedError("a university attests the office already")


def require_not_over(office: Office, day: date) -> None:
    """Require that an office has neither ended nor run out on a day.

    Raises:
        OfficeOverError: it has.

    """
    if office.ended_on is not None or day >= office.until:
        raise OfficeOverError("the office is over")


def choose_office(offices: Sequence[Office], day: date) -> Office | None:
    """Return which office of a persona counts on a day: one that holds before one that did."""
    return max(
        offices,
        key=lambda each: (each.holds(day), bool(each.attested_by), each.until, each.offer),
        default=None,
    )


MOST_CARRIED_D: Final = 3
"""So many days an official's act may be on its way."""


def names_of(office: Office, name: str) -> tuple[str, ...]:
    """Return what an official is known by: a name, a title, an institution, and two together."""
    title, institution = office.title, office.institution
    both = (f"{title} {institution}", f"{title}, {institution}")
    return tuple(filter(None, (name, title, institution, office.domain, *both)))


def require_recent(day: date, today: date) -> None:
    """Refuse what is dated back: by its day readers see how long somebody took.

    Raises:
        MalformedError: it is older than what was carried here could be.

    """
    if day < today - timedelta(days=MOST_CARRIED_D):
        raise MalformedError("an official's act is of the day on which it comes")


def require_change(before: QuestionState, after: QuestionState, *, appeals: int = 0) -> None:
    """Require that a question may go from one state to another.

    `appeals` is how often a decline of it was appealed before.

    Raises:
        IllegalChangeError: it may not; or it was declined, appealed and declined again.

    """
    if after not in _QUESTIONS[before] or (before is _Q.DECLINED and appeals):
        raise IllegalChangeError(f"a question goes not from {before} to {after}")


def has_clock(state: QuestionState) -> bool:
    """Return whether a question waits for the official."""
    return state in {_Q.WAITING, _Q.FOLLOWED_UP}


def require_charter(charter: Charter) -> None:
    """Require that a charter makes a hearing.

    Raises:
        CharterUnfitError: its days are out of order or too many, it has no aim, no language, no
            question to be answered, or too many of them.

    """
    days = (charter.opens_on, charter.chooses_on, charter.ends_on)
    if sorted(set(days)) != list(days) or charter.ends_on - charter.opens_on > LONGEST:
        raise CharterUnfitError("days in their order, three months at most")
    if not charter.languages or not 1 <= len(charter.aims) <= MOST_AIMS:
        raise CharterUnfitError("a language, and one to ten aims")
    if min(charter.top, charter.lot) < 0 or not 1 <= charter.top + charter.lot <= MOST_CHOSEN:
        raise CharterUnfitError("a hundred questions at most, and one at least")


def require_movable(charter: Charter, changed: Charter, today: date, *, has_mandate: bool) -> None:
    """Require that a charter may become another one.

    Before the hearing opens it may; afterwards with the participants' sampled vote.

    Raises:
        CharterFixedError: the hearing has opened, and no vote allows it.

    """
    if changed != charter and today >= charter.opens_on and not has_mandate:
        raise CharterFixedError("the charter holds since the hearing opened")


def require_question(markdown: str) -> str:
    """Return the line that a question is, without the reasons below it.

    Raises:
        QuestionUnfitError: the line is empty, long or holds a link, or the reasons are long.

    """
    line, _, reasons = markdown.partition("\n")
    fits = len(line) <= MAX_QUESTION_CHARACTERS and len(reasons.strip()) <= MAX_REASONS_CHARACTERS
    if not words_of(line) or not fits or _link.search(line):
        raise QuestionUnfitError("a line of 200 characters, and 1,000 of reasons")
    return line


def require_asking(hearing: Hearing, today: date) -> None:
    """Require that a hearing takes questions and votes on a day.

    Raises:
        HearingNotOpenError: it has not opened, or the days for questions are over.

    """
    if hearing.state is not HearingState.OPEN or today >= hearing.charter.chooses_on:
        raise HearingNotOpenError("the hearing takes no questions")


def has_opened(hearing: Hearing, today: date) -> bool:
    """Return whether a hearing's charter holds for good.

    One whose days for questions passed before it could open, as while its host was away, has not:
    nobody was asked anything under it.
    """
    if hearing.state is HearingState.BOUND:
        return hearing.charter.opens_on <= today < hearing.charter.chooses_on
    return hearing.state is not HearingState.OFFERED


def decide_question(
    question: HeardQuestion,
    state: QuestionState,
    code: DeclineCode | None,
    why: str,
    signer: str,
) -> HeardQuestion:
    """Return a question as it stands once somebody accepted or declined it.

    A declined one is changed by an appeal alone, which another hand decides than declined it; and
    there is one appeal. `signer` is who decides: the host's did:key, or the official's root. A
    chosen question that comes back waits on, since the day on which it was chosen.

    Raises:
        IllegalChangeError: it stands elsewhere, or nobody appealed.
        CodeMissingError: a decline without a code, or a code without a decline.
        OwnDeclineError: who declined it decides about its appeal.

    """
    if (code is not None) != (state is QuestionState.DECLINED):
        raise CodeMissingError("a decline has a code")
    decliner = signer if code else ""
    decided = replace(question, state=state, code=code, why=why if code else "", decliner=decliner)
    if question.state is not QuestionState.DECLINED:
        require_change(question.state, state)
        return decided
    if not question.is_appealed:
        raise IllegalChangeError("nobody appealed")
    if question.decliner == signer:
        raise OwnDeclineError("another hand decides about an appeal")
    decided = replace(decided, is_appealed=False, appeals=question.appeals + 1)
    if state is QuestionState.ACCEPTED:
        require_change(question.state, state, appeals=question.appeals)
        return replace(decided, state=QuestionState.WAITING) if question.chosen else decided
    return decided


def require_deciding(hearing: Hearing) -> None:
    """Require that questions of a hearing are accepted and declined at all.

    Raises:
        HearingNotOpenError: it has not opened, or is closed.

    """
    if hearing.state not in {HearingState.OPEN, HearingState.CHOSEN}:
        raise HearingNotOpenError("the hearing is not open")


def require_appeal(question: HeardQuestion, *, is_own: bool) -> None:
    """Require that who asked a question may appeal against its decline.

    Raises:
        NotTheAskerError: somebody else asked it.
        IllegalChangeError: it is not declined.
        AppealedBeforeError: it was appealed before.

    """
    if not is_own:
        raise NotTheAskerError("whoever asked appeals")
    if question.state is not QuestionState.DECLINED:
        raise IllegalChangeError("the question is not declined")
    if question.is_appealed or question.appeals:
        raise AppealedBeforeError("there is one appeal")


def awaits_draw(hearing: Hearing, today: date | None = None) -> bool:
    """Return whether the official may still let the lot be drawn; with a day, whether it waits.

    Two days, so that nobody keeps a hearing from its questions by staying away.
    """
    is_open = hearing.state is HearingState.OPEN and hearing.drawn is None
    if not is_open or hearing.lot is None or not hearing.charter.lot:
        return False
    return today is None or today < hearing.charter.chooses_on + DRAW_WAITS


def require_mandate(tally: Tally | None) -> None:
    """Require that people drawn by lot want what a question asks for: ten of them, more than half.

    Raises:
        MandateMissingError: too few voted on it, or too few agreed.

    """
    if tally is None or tally.sampled_voters < LEAST_MANDATE:
        raise MandateMissingError("too few of those drawn by lot voted on it")
    if 2 * tally.sampled <= tally.sampled_voters:
        raise MandateMissingError("those drawn by lot did not agree")


def choose(charter: Charter, tallies: Sequence[Tally], seed: bytes) -> tuple[list[str], list[str]]:
    """Return the questions chosen by vote, the best first, and those chosen by lot.

    The vote of those drawn by lot decides; between questions on which none of them voted, that of
    those who came. The lot is in the order of SHA-256 of the seed and the question, so that anybody
    can draw it again. It decides as well between questions that are supported alike, as many are
    where counts are rounded: who asks chooses the question's address, and could choose one that
    comes first.
    """
    drawn = sorted(tallies, key=lambda each: sha256(seed + each.question.encode()).digest())
    best = sorted(drawn, key=_support, reverse=True)[: charter.top]
    by_vote = [each.question for each in best]
    left = [each.question for each in drawn if each.question not in by_vote]
    return by_vote, left[: charter.lot]


def _support(tally: Tally) -> tuple[float, float]:
    """Return how far those drawn by lot support a question; where none voted, who came as well.

    Each is the mean of a prior of one vote for and one against: a question that the lot has not
    judged, as one that is asked late, stands at one half, and no crowd lifts it above what the lot
    wants.
    """
    sampled = (tally.sampled + 1) / (tally.sampled_voters + 2)
    came = 0.0 if tally.sampled_voters else (tally.came + 1) / (tally.came_voters + 2)
    return sampled, came
