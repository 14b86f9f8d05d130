"""Consultations: opened, changed and closed by the home instance's records."""

from collections.abc import Mapping
from datetime import date

from app import forum, identity, records, tlog
from app.crypto.blind import BlindSigningKey
from app.crypto.multikey import encode_digest
from app.db import Work
from app.forum import Thread, ThreadId
from app.identity.model.ballots import BallotKind
from app.kernel.clock import day_of
from app.opinion import codec, rules, store
from app.opinion.errors import (
    ConversationOpenError,
    NoConversationError,
    NoStatementError,
)
from app.opinion.model import Change, Conversation, ConversationState, Question, Statement
from app.records import VerifiedRecord, sign_record
from app.records.codec import audience_of


def accept_question(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Open a consultation on a thread, at once.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        UnknownPostError: it names no post that opened a thread which readers can see.
        ConversationOpenError: the thread has a consultation.

    """
    forum.require_home(record.signer, instance_did)
    board = audience_of(record.document)
    thread = forum.require_opening(work, record.document["inReplyTo"], board)
    if store.find_conversation(work, thread=thread.id) is not None:
        raise ConversationOpenError("the thread has a consultation already")
    question = codec.decode_question(record.document)
    store.add_conversation(
        work,
        Conversation(
            thread=thread.id,
            board=board,
            record_id=record.id,
            question=question.question,
            language=question.language,
            results=question.results,
            asks_side=question.asks_side,
            state=ConversationState.OPEN,
            opened_on=record.day,
            until=question.until,
            keys=tuple(record.document["urn:goftogu:ballotKeys"]),
            head=record.digest,
        ),
    )
    work.changed.update(forum.subjects_of(thread.id, thread.board))
    return tlog.HOUSE_LANE


def accept_change(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Close or archive a consultation, merge its statements or set its last day, at once.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        NoConversationError: it is about none.
        ConversationClosedError: it opens anew, or counts otherwise, what was closed, and whose
            results were seen.
        StaleConversationError: it was built on something else than what holds.
        SelfMergeError, NoStatementError: it merges what it cannot.

    """
    forum.require_home(record.signer, instance_did)
    conversation = store.find_conversation(work, record_id=record.document["object"])
    if conversation is None or conversation.board != audience_of(record.document):
        raise NoConversationError("no such consultation")
    change = codec.decode_change(record.document)
    rules.require_onward(conversation.state, change.state)
    rules.require_head(record.document["urn:goftogu:previous"], encode_digest(conversation.head))
    rules.require_merged(change.merged)
    rules.require_counted_alike(conversation, list_merged(work, conversation), change.merged)
    numbers = _numbers_of(work, conversation, [*change.merged, *change.merged.values()])
    merged = {numbers[one]: numbers[target] for one, target in change.merged.items()}
    store.change_conversation(work, conversation.thread, change, record.digest)
    store.set_merged(work, conversation.thread, merged)
    if change.state is not ConversationState.OPEN:
        identity.close_ballots(work, conversation.record_id)
    store.make_analysis_due(work, conversation.thread)
    thread = forum.get_thread(work, conversation.thread)
    work.changed.update(forum.subjects_of(thread.id, thread.board))
    return tlog.HOUSE_LANE


def accept_results(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Let the log name a table of results that is published.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        NoConversationError: it is about none.

    """
    forum.require_home(record.signer, instance_did)
    conversation = store.find_conversation(work, record_id=record.document["object"])
    if conversation is None or conversation.board != audience_of(record.document):
        raise NoConversationError("no such consultation")
    return tlog.HOUSE_LANE


def open_conversation(
    work: Work, door: records.Door, thread: Thread, question: Question, keys: tuple[bytes, ...]
) -> Conversation:
    """Sign a consultation with the instance's key and hand it in; `keys` let its ballots in.

    Raises:
        ConversationOpenError: the thread has a consultation.

    """
    opening = forum.get_post(work, thread.opening)
    digests = tuple(encode_digest(key) for key in keys)
    members = codec.question_members(question, opening.board, opening.record_id, digests)
    _submit(work, door, "Question", members)
    return get_conversation(work, thread.id)


def open_with_ballots(
    work: Work,
    door: records.Door,
    thread: Thread,
    question: Question,
    keys: Mapping[BallotKind, BlindSigningKey],
) -> Conversation:
    """Open a consultation, and give it the issuers of its ballots.

    `keys` come from `identity.make_ballot_keys`, which no transaction waits for.

    Raises:
        ConversationOpenError: the thread has a consultation.

    """
    conversation = open_conversation(work, door, thread, question, codec.encode_keys(keys))
    identity.open_ballots(work, door.key, conversation.record_id, keys)
    return conversation


def change_conversation(
    work: Work, door: records.Door, conversation: Conversation, change: Change
) -> None:
    """Sign what is to change of a consultation with the instance's key and hand it in.

    Raises:
        StaleConversationError, SelfMergeError, NoStatementError: see `accept_change`.

    """
    _submit(work, door, "Update", codec.change_members(conversation, change))


def list_over(work: Work, instance_did: str) -> list[Conversation]:
    """Return the consultations of this home whose last day has passed, and that are open still."""
    return [
        conversation
        for conversation in store.list_due(work, day_of(work.now))
        if forum.is_at_home(work, conversation.board, instance_did)
    ]


def close_due(work: Work, door: records.Door, thread: str) -> None:
    """Close a consultation if its last day has passed; one that is closed stays as it is.

    Raises:
        NoConversationError: the thread has none.
        AppError: see `change_conversation`.

    """
    conversation = get_conversation(work, thread)
    if conversation.state is ConversationState.OPEN and is_over(work, conversation):
        merged = list_merged(work, conversation)
        closed = ConversationState.CLOSED
        change = Change(state=closed, until=conversation.until, merged=merged)
        change_conversation(work, door, conversation, change)


def list_merged(work: Work, conversation: Conversation) -> dict[str, str]:
    """Return the record ids of merged statements, with those of what stands for them."""
    statements = store.list_statements(work, conversation.thread)
    ids = {each.number: each.record_id for each in statements}
    return {each.record_id: ids[each.merged_into] for each in statements if each.merged_into}


def get_conversation(work: Work, thread: str) -> Conversation:
    """Return a thread's consultation.

    Raises:
        NoConversationError: it has none.

    """
    conversation = store.find_conversation(work, thread=thread)
    if conversation is None:
        raise NoConversationError("the thread has no consultation")
    return conversation


def list_asked(work: Work, thread: ThreadId) -> list[Statement]:
    """Return the statements that voters are asked about, by their numbers."""
    return [each for each in store.list_statements(work, thread) if each.is_asked]


def is_over(work: Work, conversation: Conversation) -> bool:
    """Return whether a consultation's last day has passed, closed yet or not."""
    return rules.is_over(conversation, _today(work))


def is_cut(work: Work, conversation: Conversation, instance_did: str) -> bool:
    """Return whether nobody takes votes any more: the home that had the keys is gone.

    This home took the consultation over without them, or nobody did and its home was wound down.
    """
    if forum.is_at_home(work, conversation.board, instance_did):
        return not identity.ballot_keys(work, conversation.record_id)
    board = forum.find_board(work, did=conversation.board)
    ended = records.list_by_signers(work, [board.home], "Delete/instance") if board else []
    return bool(ended)


def _today(work: Work) -> date:
    return day_of(work.now)


def _numbers_of(work: Work, conversation: Conversation, ids: list[str]) -> dict[str, int]:
    """Return the numbers of the statements with these record ids.

    Raises:
        NoStatementError: one is none of this consultation's.

    """
    known = {
        each.record_id: each.number for each in store.list_statements(work, conversation.thread)
    }
    if not known.keys() >= set(ids):
        raise NoStatementError("no such statement")
    return known


def _submit(work: Work, door: records.Door, wire_type: str, members: dict[str, object]) -> None:
    nonce, day = identity.encode_id(work), _today(work)
    door.submit(work, sign_record(door.key, wire_type, members, nonce=nonce, day=day))
