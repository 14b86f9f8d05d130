"""Actions and their records: what they are about, and who has to do with that."""

from collections.abc import Collection

from app import forum, records
from app.db import Work
from app.forum import Post
from app.kernel.errors import CorruptStateError, NotFoundError
from app.moderation import codec, rules, store
from app.moderation.errors import NoDeskError
from app.moderation.model import Act, Action, ActionKind, Desk, Scope, Subject, SubjectKind

from .reporting import mark_of

OF_POSTS = frozenset({SubjectKind.POST, SubjectKind.THREAD})


def find_subject(work: Work, act: Act) -> Subject:
    """Return what an act is about.

    Raises:
        NotFoundError: it is not here.

    """
    if act.persona:
        return Subject(kind=SubjectKind.PERSONA, name=act.persona)
    named = act.about[0]
    if act.decision.kind in rules.ABOUT_ACTS:
        return get_action(work, named.digest).subject
    found = records.find_by_id(work, named.id)
    if found is None:
        raise NotFoundError("no such record")
    if found.type == "Person":
        return Subject(kind=SubjectKind.PERSONA, name=found.signer)
    if found.type in {"Group", "Offer"}:
        return Subject(kind=SubjectKind.BOARD, name=act.board)
    post = forum.find_post(work, record_id=named.id)
    if post is None:
        raise NotFoundError("no such post")
    kind = act.decision.kind
    # What takes words away takes those of the post that is named, whatever scope it says.
    is_case = kind is ActionKind.CLEAR and act.decision.reasons.scope is Scope.THREAD
    if kind in rules.OF_THREADS or is_case:
        return Subject(kind=SubjectKind.THREAD, name=post.thread)
    return Subject(kind=SubjectKind.POST, name=post.digest.hex())


def get_action(work: Work, digest: bytes) -> Action:
    """Return an action by its record.

    Raises:
        NotFoundError: there is none.

    """
    action = store.find_action(work, digest)
    if action is None:
        raise NotFoundError("no such action")
    return action


def read_act(work: Work, action: Action) -> Act:
    """Return what the record of an action says.

    Raises:
        CorruptStateError: the record is not here.

    """
    found = records.find_record(work, action.digest)
    if found is None or found.raw is None:
        raise CorruptStateError("an action without its record")
    return codec.decode_act(records.verify_record(records.parse_record(found.raw)))


def get_post_of(work: Work, subject: Subject) -> Post:
    """Return the post that is a subject, or that opened the thread which is.

    Raises:
        NotFoundError: there is none.

    """
    if subject.kind is SubjectKind.THREAD:
        return forum.get_post(work, forum.get_thread(work, subject.name).opening)
    if subject.kind is not SubjectKind.POST:
        raise NotFoundError("no post")
    post = forum.find_post(work, digest=bytes.fromhex(subject.name))
    if post is None:
        raise NotFoundError("no such post")
    return post


def list_same(work: Work, subject: Subject) -> list[Subject]:
    """Return a subject and what is the same words: a thread and the post that opened it."""
    same = [subject]
    if subject.kind is SubjectKind.THREAD:
        opening = forum.get_thread(work, subject.name).opening
        same.append(Subject(kind=SubjectKind.POST, name=opening.hex()))
    elif subject.kind is SubjectKind.POST:
        post = forum.find_post(work, digest=bytes.fromhex(subject.name))
        if post is not None and post.parent is None:
            same.append(Subject(kind=SubjectKind.THREAD, name=post.thread))
    return same


def list_around(work: Work, subject: Subject) -> list[Subject]:
    """Return a subject and what a desk may act on beside it: its thread and its author."""
    if subject.kind not in OF_POSTS:
        return [subject]
    post = get_post_of(work, subject)
    thread = Subject(kind=SubjectKind.THREAD, name=post.thread)
    author = Subject(kind=SubjectKind.PERSONA, name=post.author.hand)
    return list(dict.fromkeys([*list_same(work, subject), thread, author]))


def find_involved(work: Work, subject: Subject, marks_key: bytes) -> Collection[bytes]:
    """Return the marks of who wrote a subject and of who reported it."""
    hand = subject.name
    if subject.kind in OF_POSTS:
        hand = get_post_of(work, subject).author.hand
    cases = (store.find_newest_case(work, same) for same in list_same(work, subject))
    reports = (report for case in cases if case for report in store.list_reports(work, case.id))
    return {mark_of(marks_key, hand), *(report.mark for report in reports if report.mark)}


def require_desk(work: Work, did: str) -> Desk:
    """Return a desk by its key.

    Raises:
        NoDeskError: there is none.

    """
    desk = store.find_desk(work, did)
    if desk is None:
        raise NoDeskError("no such desk")
    return desk


def marks_of(work: Work, action: Action) -> tuple[bytes, ...]:
    """Return the marks of whoever took an action; none for what was automatic."""
    desks = (store.find_desk(work, did) for did in (action.desk, action.second) if did)
    return tuple(desk.person for desk in desks if desk is not None)
