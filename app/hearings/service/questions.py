"""Questions of a hearing: asked, accepted or declined, appealed."""

from dataclasses import replace

from app import forum, identity, opinion, records, tlog
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.hearings import codec, rules, store
from app.hearings.errors import (
    HearingNotOpenError,
    NoHearingError,
    NoQuestionError,
    QuestionLanguageError,
    QuestionsOnlyError,
)
from app.hearings.model import DeclineCode, HeardQuestion, Hearing, HearingState, QuestionState
from app.kernel.clock import day_of
from app.opinion.rules import fold_statement
from app.records import VerifiedRecord, sign_record
from app.records.codec import audience_of
from app.records.errors import WrongSignerError

from .charters import submit, tell_changed


def accept_question_note(work: Work, record: VerifiedRecord, post: forum.Post) -> None:
    """Take a post in as a question of its thread's hearing.

    Raises:
        NoHearingError: its thread has none.
        HearingNotOpenError: the hearing takes no questions now.
        QuestionUnfitError: see `rules.require_question`.
        QuestionLanguageError: the charter names other languages.
        StatementKnownError, TooManyStatementsError, StatementUnfitError: see
            `opinion.admit_statement`.

    """
    hearing = store.find_hearing(work, thread=post.thread)
    if hearing is None:
        raise NoHearingError("the thread has no hearing")
    words = ""
    if record.digest not in work.logged:
        rules.require_asking(hearing, day_of(work.now))
        text = post.version.text
        words = fold_statement(rules.require_question(text.markdown))
        if text.language not in hearing.charter.languages:
            raise QuestionLanguageError("the charter names other languages")
    opinion.admit_statement(work, record, post, words)
    store.add_question(work, post.digest, post.thread, record.day)


def refuse_statement(work: Work, record: VerifiedRecord, post: forum.Post) -> None:
    """Refuse a plain statement where a hearing asks for questions.

    Raises:
        QuestionsOnlyError: the thread has a hearing.

    """
    is_new = record.digest not in work.logged
    if is_new and store.find_hearing(work, thread=post.thread) is not None:
        raise QuestionsOnlyError("a hearing takes questions")


def accept_question_change(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Accept or decline a question, or decide about the appeal of one.

    Raises:
        NoQuestionError: it names none of this board.
        WrongSignerError: neither the home instance nor the official signed it.
        KeyInactiveError: the key is no longer in use.
        HearingNotOpenError: the hearing has not opened, or is closed.
        IllegalChangeError, CodeMissingError, OwnDeclineError: see `rules.decide_question`.

    """
    post = forum.find_post(work, record_id=record.document["object"])
    found = store.find_question(work, post.digest) if post else None
    if post is None or found is None or post.board != audience_of(record.document):
        raise NoQuestionError("no such question on this board")
    hearing = store.find_hearing(work, thread=found.hearing)
    if hearing is None:
        raise NoQuestionError("a question without a hearing")
    if record.signer == instance_did:
        forum.require_home(record.signer, instance_did)
        signer = instance_did
    else:
        signer = identity.require_hand(work, record)
        if signer != hearing.official:
            raise WrongSignerError("neither the host nor the official")
    rules.require_deciding(hearing)
    state, code, why = codec.decode_question_change(record.document)
    decided = rules.decide_question(found, state, code, why, signer)
    store.set_question(work, decided)
    is_declined = decided.state is QuestionState.DECLINED
    if hearing.state is HearingState.OPEN or not is_declined:
        # While people vote they are not asked for what nobody would answer. Later its figures stay.
        opinion.leave_out(work, post.digest, is_left_out=is_declined)
    tell_changed(work, hearing.thread)
    return tlog.HOUSE_LANE


def sign_decision(
    work: Work,
    key: SigningKey,
    hearing: Hearing,
    post: forum.Post,
    state: QuestionState,
    code: DeclineCode | None = None,
    why: str = "",
) -> bytes:
    """Return the record that accepts or declines a question, signed by the official's key."""
    members = codec.question_change_members(hearing.board, post.record_id, state, code, why)
    nonce, day = identity.encode_id(work), day_of(work.now)
    return sign_record(key, "Update", members, nonce=nonce, day=day)


def decide_as_host(
    work: Work,
    door: records.Door,
    hearing: Hearing,
    post: forum.Post,
    state: QuestionState,
    code: DeclineCode | None = None,
    why: str = "",
) -> None:
    """Accept or decline a question with the instance's key.

    Raises:
        AppError: see `accept_question_change`.

    """
    members = codec.question_change_members(hearing.board, post.record_id, state, code, why)
    submit(work, door, "Update", members)


def accept_appeal(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Let whoever asked a question appeal against its decline, once.

    Raises:
        NoQuestionError: it names none of this board.
        KeyInactiveError: the key is no longer in use.
        HearingNotOpenError: the hearing is closed.
        NotTheAskerError, IllegalChangeError, AppealedBeforeError: see `rules.require_appeal`.

    """
    post = forum.find_post(work, record_id=record.document["object"])
    if post is None or post.board != audience_of(record.document):
        raise NoQuestionError("no such question on this board")
    hand = identity.require_hand(work, record)
    is_own = hand == post.author.hand and bool(record.document[codec.APPEALS])
    question = require_appeal(work, post, is_own=is_own)
    store.set_question(work, replace(question, is_appealed=True))
    tell_changed(work, question.hearing)
    return tlog.HOUSE_LANE


def require_appeal(work: Work, post: forum.Post, *, is_own: bool) -> HeardQuestion:
    """Return a question whose decline can be appealed; `is_own` if by whoever asked it.

    Raises:
        NoQuestionError: the post is none.
        HearingNotOpenError: the hearing is closed.
        NotTheAskerError, IllegalChangeError, AppealedBeforeError: see `rules.require_appeal`.

    """
    question = get_question(work, post.digest)
    hearing = store.find_hearing(work, thread=question.hearing)
    if hearing is None or hearing.state is HearingState.CLOSED:
        raise HearingNotOpenError("the hearing is closed")
    rules.require_appeal(question, is_own=is_own)
    return question


def require_decision(
    work: Work,
    hearing: Hearing,
    post: forum.Post,
    form: tuple[QuestionState, DeclineCode | None, str],
    signer: str,
) -> None:
    """Require that a question may be decided so, before somebody is asked to sign it.

    Raises:
        NoQuestionError: the post is none of this hearing.
        HearingNotOpenError: the hearing has not opened, or is closed.
        IllegalChangeError, CodeMissingError, OwnDeclineError: see `rules.decide_question`.

    """
    question = get_question(work, post.digest)
    if question.hearing != hearing.thread:
        raise NoQuestionError("a question of another hearing")
    rules.require_deciding(hearing)
    rules.decide_question(question, *form, signer)


def get_question(work: Work, post: bytes) -> HeardQuestion:
    """Return a question by the digest of its post.

    Raises:
        NoQuestionError: the post is none.

    """
    question = store.find_question(work, post)
    if question is None:
        raise NoQuestionError("no such question")
    return question
