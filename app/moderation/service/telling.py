"""What whoever was acted on is told: the statement of reasons, at the next login (DSA, Article 17).

A name for one thread is told nothing here: nothing joins it to a persona that logs in. Whoever can
sign under it finds the reasons at the post.
"""

from collections.abc import Sequence

from app import forum, identity
from app.db import Work
from app.forum.model import Text
from app.identity import Viewer
from app.kernel.errors import NotFoundError
from app.moderation import store
from app.moderation.model import Act, Action, ActionKind, Subject, SubjectKind

from .subjects import get_action, list_same, read_act

_TELLS_NOTHING = frozenset({ActionKind.CLEAR, ActionKind.CLOSE_DESK, ActionKind.ATTACK_MODE})


def list_own_actions(work: Work, viewer: Viewer) -> tuple[list[Action], set[bytes]]:
    """Return what was done about a persona and its posts, newest first, and which it has not read.

    It looks through all of the persona's posts: for the one page that lists them.
    """
    unread = store.list_unread(work, viewer.root)
    keys = [did for did, *_ in identity.list_keys(work, viewer.root)]
    digests = forum.list_digests_by_authors(work, keys)
    threads = forum.list_threads_opened_by(work, keys)
    subjects = [
        Subject(kind=SubjectKind.PERSONA, name=viewer.root),
        *(Subject(kind=SubjectKind.POST, name=digest.hex()) for digest in digests),
        *(Subject(kind=SubjectKind.THREAD, name=thread) for thread in threads),
    ]
    found = {action.digest: action for action in store.list_actions_on_any(work, subjects)}
    found |= {action.digest: action for action in unread}
    told = (action for action in found.values() if action.kind not in _TELLS_NOTHING)
    newest = sorted(told, key=lambda action: (action.taken_at, action.digest), reverse=True)
    return newest, {action.digest for action in unread}


def get_own_action(work: Work, viewer: Viewer, digest: bytes) -> tuple[Action, Act]:
    """Return an action about the viewer, and what its record says.

    `viewer` knows its name in the thread that the action is about, if it has one there.

    Raises:
        NotFoundError: there is none, or it is about somebody else.

    """
    action = get_action(work, digest)
    act = read_act(work, action)
    if not any(concerns(work, viewer, subject) for subject in _subjects_of(work, action, act)):
        raise NotFoundError("about somebody else")
    return action, act


def is_own(work: Work, viewer: Viewer, digest: bytes) -> bool:
    """Return whether an action is about the viewer, or what the viewer wrote."""
    action = store.find_action(work, digest)
    return action is not None and concerns(work, viewer, action.subject)


def find_thread_of(work: Work, digest: bytes) -> str:
    """Return the thread that an action is about, or in which its post stands; empty for others.

    Raises:
        NotFoundError: there is no such action.

    """
    subject = get_action(work, digest).subject
    if subject.kind is SubjectKind.THREAD:
        return subject.name
    if subject.kind is not SubjectKind.POST:
        return ""
    post = forum.find_post(work, digest=bytes.fromhex(subject.name))
    return post.thread if post else ""


def number_desks(work: Work, action: Action) -> tuple[int, ...]:
    """Return the numbers of the desks that took an action; none for what was automatic."""
    desks = (store.find_desk(work, did) for did in (action.desk, action.second) if did)
    return tuple(desk.number for desk in desks if desk is not None)


def is_unread(work: Work, viewer: Viewer, digest: bytes) -> bool:
    """Return whether the viewer has not said that it read of an action."""
    return store.is_told(work, viewer.root, digest)


def concerns(work: Work, viewer: Viewer, subject: Subject) -> bool:
    """Return whether a subject is the viewer, or what the viewer wrote."""
    author = find_author(work, subject)
    return author in {viewer.root, viewer.thread_did} if author else False


def read_words(work: Work, action: Action) -> Text | None:
    """Return the words that an action keeps from readers, for their author; None for none."""
    if action.subject.kind is not SubjectKind.POST:
        return None
    post = forum.find_post(work, digest=bytes.fromhex(action.subject.name))
    return forum.get_words(work, post) if post is not None and post.is_hidden else None


def say_read(work: Work, viewer: Viewer, actions: Sequence[bytes]) -> None:
    """Take note that the viewer has read of some actions; of others nothing changes."""
    store.remove_told(work, viewer.root, actions)


def forget_told(work: Work, root: str) -> None:
    """Forget what a persona was to be told of."""
    store.remove_told(work, root)


def count_unread(work: Work, root: str) -> int:
    """Return of how many actions a persona has not read."""
    return store.count_unread(work, root)


def tell_authors(work: Work, action: Action, act: Act) -> None:
    """Have whoever an action is about told of it."""
    if action.kind in _TELLS_NOTHING:
        return
    authors = {find_author(work, subject) for subject in _subjects_of(work, action, act)}
    for author in sorted(filter(None, authors)):
        if identity.find_persona(work, author):
            store.tell(work, author, action.digest)


def list_appealed(work: Work, subject: Subject) -> list[ActionKind]:
    """Return of which kinds the actions are against which an appeal is open.

    Those on a post, and on the thread that it opened: an act on either reaches both.
    """
    return [kind for same in list_same(work, subject) for kind in store.list_appealed(work, same)]


def find_author(work: Work, subject: Subject) -> str:
    """Return what stands for who wrote a subject, or is it; empty where nobody does."""
    if subject.kind is SubjectKind.PERSONA:
        return subject.name
    if subject.kind is SubjectKind.THREAD:
        return forum.get_post(work, forum.get_thread(work, subject.name).opening).author.hand
    is_post = subject.kind is SubjectKind.POST
    post = forum.find_post(work, digest=bytes.fromhex(subject.name)) if is_post else None
    return post.author.hand if post else ""


def _subjects_of(work: Work, action: Action, act: Act) -> list[Subject]:
    """Return all that an action is about: those that undo can take back several."""
    if action.kind is not ActionKind.UNDO:
        return [action.subject]
    undone = (store.find_action(work, named.digest) for named in act.about)
    return [one.subject for one in undone if one is not None]
