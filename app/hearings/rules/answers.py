"""What holds of answers, follow-ups and of what is told of their ratings, from values alone."""

from collections.abc import Mapping
from typing import Final

from app.hearings.errors import (
    AnsweredError,
    AnswerUnfitError,
    CharterUnboundError,
    FollowedUpError,
    FollowUpElsewhereError,
    HearingOverError,
    NotChosenError,
    NotYetChosenError,
)
from app.hearings.model import (
    Found,
    HeardQuestion,
    Hearing,
    HearingState,
    QuestionState,
    Told,
    round_count,
)

LEAST_TOLD: Final = 10
"""Of fewer people nothing is told."""
MOST_DRAWN: Final = 200
"""About so many people are drawn to rate an answer; all where there are no more."""
ALL_DRAWN: Final = 65_536
_Q = QuestionState


def decide_answer(
    hearing: Hearing, question: HeardQuestion, parent: bytes
) -> tuple[QuestionState, ...]:
    """Return the states through which a question goes when the official answers a post.

    The charter says which questions are answered: before they are chosen an answer would tell
    voters what to choose, and afterwards one to a question of the official's own choice would fill
    the share of answers with easy ones. To any other question the official replies as everybody
    does, which counts nowhere. On a live evening questions come as they come: there one that
    nobody chose can be taken up, and is not counted among the chosen.

    Raises:
        CharterUnboundError, NotYetChosenError, HearingOverError: the hearing takes no answers.
        NotChosenError: it is not to be answered: merged, declined, or left by vote and lot.
        AnsweredError: it has its answer.
        AnswerUnfitError: the post is neither the question nor its follow-up.

    """
    require_answering(hearing)
    state = question.state
    if parent == question.follow_up:
        if state is not _Q.FOLLOWED_UP:
            raise AnsweredError("the follow-up has its answer")
        return (_Q.SETTLED,)
    if parent != question.post:
        raise AnswerUnfitError("neither a question nor its follow-up")
    if question.answer is not None:
        raise AnsweredError("the question has its answer")
    if hearing.charter.is_live and state in {_Q.ASKED, _Q.ACCEPTED}:
        first = (_Q.ACCEPTED,) if state is _Q.ASKED else ()
        return (*first, _Q.WAITING, _Q.ANSWERED)
    if state is not _Q.WAITING:
        raise NotChosenError("not among the chosen questions")
    return (_Q.ANSWERED,)


def require_answering(hearing: Hearing) -> None:
    """Require that a hearing takes answers and follow-ups now.

    Raises:
        CharterUnboundError, NotYetChosenError, HearingOverError: see `decide_answer`.

    """
    if hearing.bound_on is None:
        raise CharterUnboundError("the official is not bound to the charter")
    if hearing.state is HearingState.CLOSED:
        raise HearingOverError("the hearing is closed")
    if hearing.state is not HearingState.CHOSEN:
        raise NotYetChosenError("the questions are not chosen yet")


def require_follow_up(question: HeardQuestion, parent: bytes | None, *, is_asker: bool) -> None:
    """Require that a question may be asked once more, in reply to its answer.

    Raises:
        FollowUpElsewhereError: somebody else asked it, or it answers another post.
        FollowedUpError: it was followed up.

    """
    if not is_asker or question.answer is None or parent != question.answer:
        raise FollowUpElsewhereError("whoever asked follows up the answer")
    if question.follow_up is not None or question.state not in {_Q.ANSWERED, _Q.RATED}:
        raise FollowedUpError("followed up already")


def tell_ratings(counts: Mapping[Found, int], before: Told | None) -> Told | None:
    """Return what readers are told of ratings, given what they are told now.

    By tens, as of votes (ADR-0049): other figures once ten people more, or fewer, rated; so nobody
    finds one person's in a difference. Below ten people nothing, of fewer than ten the cell alone.
    """
    people = sum(counts.values())
    if abs(people - (before.people if before else 0)) < LEAST_TOLD:
        return before
    if people < LEAST_TOLD:
        return None
    rounded = {
        found: round_count(counts[found]) if counts.get(found, 0) >= LEAST_TOLD else None
        for found in Found
    }
    return Told(people=people, counts=rounded)


def share_drawn(people: int) -> int:
    """Return how many of 65,536 are drawn to rate an answer, of so many that could be."""
    return ALL_DRAWN if people <= MOST_DRAWN else max(ALL_DRAWN * MOST_DRAWN // people, 1)
