"""Answers and follow-ups: what the door's records do to a hearing's questions."""

from dataclasses import dataclass, replace

from app import forum, identity
from app.db import Work
from app.forum import Post
from app.hearings import codec, rules, store
from app.hearings.errors import (
    AnswerUnfitError,
    NoQuestionError,
    NotTheirHearingError,
)
from app.hearings.model import Answer, Found, HeardQuestion, Hearing, QuestionState
from app.hearings.rules import answers as answer_rules
from app.hearings.store import answers as answer_store
from app.hearings.store import drafts
from app.kernel.clock import day_of
from app.records import VerifiedRecord

from .charters import get_hearing, tell_changed
from .offices import require_office
from .questions import get_question


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A post that is to be answered: a question or its follow-up, and whose hearing it is in."""

    hearing: Hearing
    question: HeardQuestion
    post: Post

    @property
    def is_follow_up(self) -> bool:
        """Whether it is the follow-up."""
        return self.post.digest == self.question.follow_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question with what was answered, each with its post; in the order in which they came."""

    question: HeardQuestion
    asked: Post
    answers: tuple[tuple[Answer, Post], ...]
    follow_up: Post | None


def get_asked(work: Work, digest: bytes) -> Asked:
    """Return a question or a follow-up that readers can see.

    Raises:
        NotFoundError: it is none of a hearing's.

    """
    post = forum.get_post(work, digest)
    if post.kind is forum.PostKind.FOLLOW_UP and post.parent is not None:
        answered = answer_store.find_answers(work, [post.parent]).get(post.parent)
        question = get_question(work, answered.question if answered else b"")
    else:
        question = get_question(work, post.digest)
    return Asked(hearing=get_hearing(work, question.hearing), question=question, post=post)


def accept_answer(work: Work, record: VerifiedRecord, post: Post) -> None:
    """Take in an answer: at once the question's clock stops. Its draft is gone.

    Whoever brings it, the key is the official's: people who write drafts for them sign nothing.

    Raises:
        NotFoundError: it answers no question.
        AnswerUnfitError: it does not say as what it is given and how far it answers.
        NotTheirHearingError: somebody else than the hearing's official gives it.
        NotOfficialError: the official's office has ended.
        MalformedError: it is dated back.
        CharterUnboundError, NotYetChosenError, HearingOverError: the hearing takes no answers.
        NotChosenError, AnsweredError: see `answer_rules.decide_answer`.

    """
    if post.parent is None:
        raise AnswerUnfitError("an answer is in reply to a question")
    asked = get_asked(work, post.parent)
    answer = codec.decode_answer(record, asked.question.post, is_second=asked.is_follow_up)
    is_new = record.digest not in work.logged
    if post.author.hand != asked.hearing.official:
        raise NotTheirHearingError("the official of the hearing answers")
    if is_new:
        require_office(work, asked.hearing.official, day_of(work.now))
        rules.require_recent(record.day, day_of(work.now))
    states = answer_rules.decide_answer(asked.hearing, asked.question, post.parent)
    question = _go(asked.question, states)
    if not asked.is_follow_up:
        question = replace(question, answer=post.digest, answered_on=record.day)
    store.set_question(work, question)
    share = answer_rules.share_drawn(len(identity.list_answered_for(work)))
    answer_store.add_answer(work, replace(answer, share=share))
    drafts.remove_draft(work, post.parent)
    tell_changed(work, asked.hearing.thread)


def accept_follow_up(work: Work, _record: VerifiedRecord, post: Post) -> None:
    """Take in a question that is asked once more after its answer: its clock runs again.

    Raises:
        FollowUpElsewhereError, FollowedUpError: see `answer_rules.require_follow_up`.
        CharterUnboundError, NotYetChosenError, HearingOverError: the hearing takes none.

    """
    found = answer_store.find_answers(work, [post.parent or b""])
    question = get_question(work, next((each.question for each in found.values()), b""))
    hearing = get_hearing(work, question.hearing)
    answer_rules.require_answering(hearing)
    asked = forum.get_post(work, question.post)
    is_asker = post.author.hand == asked.author.hand
    answer_rules.require_follow_up(question, post.parent, is_asker=is_asker)
    question = _go(question, (QuestionState.FOLLOWED_UP,))
    changed = replace(question, follow_up=post.digest, waits_since=day_of(work.now))
    store.set_question(work, changed)
    tell_changed(work, hearing.thread)


def list_exchanges(work: Work, hearing: Hearing) -> list[Exchange]:
    """Return the questions of a hearing that were answered, by the places of their answers."""
    found: dict[bytes, list[Answer]] = {}
    for answer in answer_store.list_answers(work, hearing.thread):
        found.setdefault(answer.question, []).append(answer)
    exchanges = [
        exchange for digest, given in found.items() if (exchange := _exchange(work, digest, given))
    ]
    return sorted(exchanges, key=lambda each: each.answers[0][1].number or 0)


def get_exchange(work: Work, answer: Answer) -> Exchange:
    """Return the question that an answer is to, with all that was said.

    Raises:
        NoQuestionError: readers do not see it.

    """
    hearing = get_question(work, answer.question).hearing
    given = [
        each
        for each in answer_store.list_answers(work, hearing)
        if each.question == answer.question
    ]
    exchange = _exchange(work, answer.question, given)
    if exchange is None:
        raise NoQuestionError("nobody sees it")
    return exchange


def _exchange(work: Work, digest: bytes, given: list[Answer]) -> Exchange | None:
    question = get_question(work, digest)
    asked = forum.find_post(work, digest=digest)
    posts = {each.post: forum.find_post(work, digest=each.post) for each in given}
    shown = [
        (each, post)
        for each in given
        if (post := posts[each.post]) is not None and post.number is not None
    ]
    if asked is None or not shown:
        return None
    follow_up = forum.find_post(work, digest=question.follow_up) if question.follow_up else None
    return Exchange(
        question=question,
        asked=asked,
        answers=tuple(sorted(shown, key=lambda pair: pair[1].number or 0)),
        follow_up=follow_up if follow_up and follow_up.number is not None else None,
    )


def _go(question: HeardQuestion, states: tuple[QuestionState, ...]) -> HeardQuestion:
    for state in states:
        rules.require_change(question.state, state, appeals=question.appeals)
        question = replace(question, state=state)
    return question


def list_told(work: Work, hearing: Hearing) -> dict[bytes, dict[Found, int | None]]:
    """Return what readers are told of the answers in a hearing: ten people and more."""
    answers = answer_store.list_answers(work, hearing.thread)
    return {each.post: dict(each.told.counts) for each in answers if each.told}
