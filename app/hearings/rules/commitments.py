"""What holds of commitments, their evidence, and of the outcome of a hearing, from values alone."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from app.hearings.errors import (
    AimOpenError,
    CommitmentUnfitError,
    EvidenceMissingError,
    IllegalChangeError,
    NotOwnerError,
    StaleCommitmentError,
)
from app.hearings.model import (
    AimVerdict,
    Change,
    Commitment,
    CommitmentState,
    Hearing,
    HearingState,
)
from app.kernel.errors import MalformedError
from app.records import registry

MAX_COMMITMENT_CHARACTERS: Final = 600
_MOST_OFFERED: Final = 10
_sentence = re.compile(r"[^.!?؟\n]+[.!?؟]?")
_will = re.compile(
    r"\b(we|i|the (ministry|government|office|department)) (will|shall|commit|promise|pledge)\b"
    r"|\b(we|i)[’']ll\b"
    r"|\b(nous nous engageons|je m[’']engage|nous allons|je vais)\b"
    r"|\b(nous \w+rons|je \w+rai|j[’']\w+rai)\b"
    r"|خواه(یم|م)\b|متعهد|(قول|تعهد) می[\u200c ]?(ده|کن)(یم|م)",
    re.IGNORECASE,
)
REMINDERS_D: Final = (30, 90, 365)
"""Days after it was filed on which a commitment that has not ended is asked about."""
REMINDED_D: Final = 30
"""For so many days a reminder stands, unless the status changes."""
_C = CommitmentState
_COMMITMENTS: Final[Mapping[CommitmentState, frozenset[CommitmentState]]] = {
    _C.NOT_STARTED: frozenset({_C.IN_PROGRESS, _C.KEPT, _C.BROKEN, _C.COMPROMISE}),
    _C.IN_PROGRESS: frozenset({_C.NOT_STARTED, _C.KEPT, _C.BROKEN, _C.COMPROMISE}),
    # A verdict can turn out wrong: with new evidence it is open again.
    _C.KEPT: frozenset({_C.IN_PROGRESS, _C.BROKEN, _C.COMPROMISE}),
    _C.BROKEN: frozenset({_C.IN_PROGRESS, _C.KEPT, _C.COMPROMISE}),
    _C.COMPROMISE: frozenset({_C.IN_PROGRESS, _C.KEPT, _C.BROKEN}),
}
ENDED: Final = frozenset({_C.KEPT, _C.BROKEN, _C.COMPROMISE})


def may_change(before: CommitmentState, after: CommitmentState, *, confirms: bool = False) -> bool:
    """Return whether a commitment may go from one status to another, on evidence.

    `confirms` is whether a contested status is looked at by the host, which may say it again.
    """
    return after in _COMMITMENTS[before] or (confirms and after is before)


def is_contested(changes: Sequence[Change], due_on: date) -> bool:
    """Return whether a status is its owner's own word against another; `changes` in their order.

    It is from when the official says better of a promise than the host's last verdict did, or says
    that it ended well only once its day had passed, until the host looks at it: an official's link
    cannot turn "broken" into "kept" by itself (ADR-0061).
    """
    if not changes or not changes[-1].by or changes[-1].state is _C.BROKEN:
        return False
    last = changes[-1]
    verdict = next((each.state for each in reversed(changes) if not each.by), None)
    if verdict in ENDED and verdict is not last.state:
        return True
    return last.state in ENDED and last.day > due_on and verdict is not last.state


def require_present(commitment: Commitment, previous: str) -> None:
    """Require that a form was built on the present status; `previous` is the head it showed.

    Raises:
        StaleCommitmentError: the status changed meanwhile.

    """
    if previous != commitment.head.hex():
        raise StaleCommitmentError("another status than the present one")


def require_status(
    before: CommitmentState, after: CommitmentState, evidence: str, *, confirms: bool = False
) -> None:
    """Require that a commitment may change its status, on evidence; see `may_change`.

    Raises:
        IllegalChangeError: it is there already.
        EvidenceMissingError: nothing is linked.

    """
    if not may_change(before, after, confirms=confirms):
        raise IllegalChangeError(f"a commitment goes not from {before} to {after}")
    require_link(evidence)


def require_link(evidence: str) -> None:
    """Require that evidence is linked. Its form is looked at; this host opens no link.

    Raises:
        EvidenceMissingError: nothing is linked, or it is no address.

    """
    try:
        registry.link(evidence)
    except MalformedError as error:
        raise EvidenceMissingError("a link to evidence") from error


def require_commitment(text: str) -> None:
    """Require that the words of a commitment are few enough to be judged.

    Raises:
        CommitmentUnfitError: they are too many.

    """
    if len(text) > MAX_COMMITMENT_CHARACTERS:
        raise CommitmentUnfitError("a commitment is one thing that can be seen")


def find_promises(text: str) -> list[str]:
    """Return the sentences of an answer that promise something, as far as their words show it.

    They are offered to the official, who files those that are commitments; nothing is filed by
    itself. Persian, English and French are looked for at once: answers mix them.
    """
    sentences = (" ".join(found.split()) for found in _sentence.findall(text))
    promising = (one for one in sentences if _will.search(one))
    return [one for one in promising if len(one) <= MAX_COMMITMENT_CHARACTERS][:_MOST_OFFERED]


def is_overdue(commitment: Commitment, today: date) -> bool:
    """Return whether a commitment's day has passed and nothing ended it; kept late ends it.

    What its owner alone says ends nothing while it is contested.
    """
    has_ended = commitment.state in ENDED and not commitment.is_contested
    return not has_ended and commitment.due_on < today


def find_reminder(commitment: Commitment, today: date) -> int | None:
    """Return which reminder stands on a day, as its days after the filing, or None.

    It follows from the day alone, so that a host that slept for a month forgets none. A change of
    status answers it.
    """
    if commitment.state in ENDED:
        return None
    for after in reversed(REMINDERS_D):
        begins = commitment.filed_on + timedelta(days=after)
        if begins <= today < begins + timedelta(days=REMINDED_D):
            is_answered = commitment.changed_on is not None and commitment.changed_on >= begins
            return None if is_answered else after
    return None


def count_reminders(commitment: Commitment, today: date) -> int:
    """Return how many of a commitment's reminders have come by a day."""
    last = today
    if commitment.state in ENDED and commitment.changed_on is not None:
        last = min(last, commitment.changed_on)
    return sum(commitment.filed_on + timedelta(days=after) <= last for after in REMINDERS_D)


def require_owner(commitment: Commitment, hand: str) -> None:
    """Require that whoever confirms a commitment is the official whose promise it is.

    Raises:
        NotOwnerError: it is somebody else, or the promise is nobody's who is here.

    """
    if commitment.promise.official is None or commitment.promise.official != hand:
        raise NotOwnerError("another than the official whose promise it is")


def may_close(hearing: Hearing) -> bool:
    """Return whether a hearing can close once its aims have their verdicts."""
    return hearing.state is HearingState.CHOSEN


def require_closing(hearing: Hearing, verdicts: Sequence[AimVerdict]) -> None:
    """Require that a hearing may close: its questions were chosen, each aim has one verdict.

    Raises:
        IllegalChangeError: its questions are not chosen, or it is closed; or a verdict is on no
            aim of the charter, or a second one on the same.
        AimOpenError: an aim has no verdict.

    """
    if not may_close(hearing):
        raise IllegalChangeError("a hearing closes once its questions were chosen")
    judged = [each.aim for each in verdicts]
    numbers = set(range(1, len(hearing.charter.aims) + 1))
    if len(set(judged)) != len(judged) or not set(judged) <= numbers:
        raise IllegalChangeError("a verdict on each aim of the charter, and on no other")
    if numbers - set(judged):
        raise AimOpenError("an aim without a verdict")


def find_median(days: Collection[tuple[int, bool]]) -> int | None:
    """Return the day by which half of the questions were answered, or None while fewer were.

    Each question is told by the days to its answer, and whether it was answered; one that was not
    is known to have waited for so long, and for nothing after that. Kaplan and Meier,
    "Nonparametric estimation from incomplete observations" (1958), in whole numbers: what is
    signed must not hang on how a machine rounds.
    """
    waiting = Fraction(1)
    for day in sorted({day for day, was_answered in days if was_answered}):
        at_risk = sum(waited >= day for waited, _ in days)
        came = sum(waited == day and was_answered for waited, was_answered in days)
        waiting *= Fraction(at_risk - came, at_risk)
        if waiting <= Fraction(1, 2):
            return day
    return None
