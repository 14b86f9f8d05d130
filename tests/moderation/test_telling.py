"""What authors are told of actions on what they wrote: all of it, they alone, until they read it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from app import forum, identity, moderation
from app.db import Work
from app.identity import Viewer
from app.kernel.errors import NotFoundError
from app.moderation import service
from app.moderation.model import Action, ActionKind, Proposal, Subject, SubjectKind
from app.records.model import Custody
from app.wiring import House

from tests import factories
from tests.houses import publish
from tests.moderation.desks import Seat, act, decision, seat
from tests.moderation.samples import REASONS

pytestmark = pytest.mark.slow

AVA, BABAK, CYRA, DARA = (factories.person(name) for name in ("Ava", "Babak", "Cyra", "Dara"))
POST = factories.note(AVA, title="Water", text="I know where your children go to school.")
OTHER = factories.note(DARA, title="Bread", text="Where is it sold?")


def viewer_of(person: factories.Person) -> Viewer:
    """Return a persona as it is when it is logged in."""
    return Viewer(
        root=person.root, name=person.name, fingerprint=person.mark, posting_did=person.did,
        custody=Custody.DEVICE, has_unlocked=False,
    )  # fmt: skip


@pytest.fixture
def told(house: House) -> House:
    cards = [factories.card(person) for person in (AVA, BABAK, CYRA, DARA)]
    publish(house, *cards, POST, OTHER)
    return house


@pytest.fixture
def first(told: House) -> Seat:
    return seat(told, BABAK)


def hide(house: House, at: Seat, raw: bytes = POST) -> Action:
    found = act(house, at, raw, ActionKind.HIDE)
    assert isinstance(found, Action)
    return found


def list_of(house: House, person: factories.Person) -> tuple[list[ActionKind], int]:
    """Return the kinds of what is listed for a persona, the newest first, and how much is unread."""
    with house.db.read() as work:
        actions, unread = service.list_own_actions(work, viewer_of(person))
        assert service.count_unread(work, person.root) == len(unread)
    return [action.kind for action in actions], len(unread)


def test_author_is_told_and_nobody_else(told: House, first: Seat) -> None:
    hidden = hide(told, first)

    assert list_of(told, AVA) == ([ActionKind.HIDE], 1)
    assert list_of(told, DARA) == ([], 0)
    with told.db.read() as work:
        action, said = service.get_own_action(work, viewer_of(AVA), hidden.digest)
        assert said.decision.reasons == REASONS
        words = service.read_words(work, action)
        assert words is not None
        assert words.markdown.startswith("I know")
        for person in (BABAK, DARA):
            with pytest.raises(NotFoundError):
                service.get_own_action(work, viewer_of(person), hidden.digest)


def test_what_was_read_is_read_for_its_author_alone(told: House, first: Seat) -> None:
    hidden = hide(told, first)
    with told.db.write() as work:
        service.say_read(work, viewer_of(DARA), [hidden.digest])
    assert list_of(told, AVA)[1] == 1

    with told.db.write() as work:
        service.say_read(work, viewer_of(AVA), [hidden.digest])

    assert list_of(told, AVA) == ([ActionKind.HIDE], 0)


def test_undoing_several_tells_every_author(told: House, first: Seat) -> None:
    both = [hide(told, first, POST).digest, hide(told, first, OTHER).digest]

    with told.db.write() as work:
        service.undo(work, told.door, first.at(told), both, REASONS)

    for person in (AVA, DARA):
        kinds, unread = list_of(told, person)
        assert (sorted(kinds), unread) == ([ActionKind.HIDE, ActionKind.UNDO], 2)
    with told.db.read() as work:
        for person in (AVA, DARA):
            undone = service.list_own_actions(work, viewer_of(person))[0]
            last = next(action for action in undone if action.kind is ActionKind.UNDO)
            service.get_own_action(work, viewer_of(person), last.digest)


def test_looking_and_finding_nothing_tells_nobody(told: House, first: Seat) -> None:
    act(told, first, POST, ActionKind.CLEAR)

    assert list_of(told, AVA) == ([], 0)


def test_limited_persona_is_told(told: House, first: Seat) -> None:
    limit(told, first)

    assert list_of(told, AVA) == ([ActionKind.LIMIT], 1)


def limit(house: House, at: Seat) -> Action | Proposal:
    """Limit Ava for a week."""
    wanted = decision(ActionKind.LIMIT, replace(REASONS, until=factories.TODAY + timedelta(days=7)))
    subject = Subject(kind=SubjectKind.PERSONA, name=AVA.root)
    with house.db.write() as work:
        return service.act_on(work, house.door, at.at(house), subject, wanted)


def test_name_for_one_thread_is_told_by_no_row(told: House, first: Seat) -> None:
    """A row that joins a persona to its name would be the list that must not exist."""
    lone = factories.person("Lone")
    answer = factories.note(lone, reply_to=POST, text="It is mine, and nobody knows.")
    publish(told, answer)

    hide(told, first, answer)

    with told.db.read() as work:
        assert unread_everywhere(work) == 0
        post = forum.get_post(work, factories.digest_of(answer))
        as_name = viewer_of(DARA)
        named = Viewer(
            root=as_name.root, name="", fingerprint="", posting_did=as_name.posting_did,
            custody=Custody.UNLOCKED, has_unlocked=True, thread_did=post.author.did,
        )  # fmt: skip
        assert post.act is not None
        service.get_own_action(work, named, post.act)


def unread_everywhere(work: Work) -> int:
    return sum(moderation.count_unread(work, person.root) for person in (AVA, BABAK, CYRA, DARA))


def test_who_leaves_is_told_nothing_any_more(told: House, first: Seat) -> None:
    hide(told, first)
    with told.db.write() as work:
        identity.erase_persona(work, told.door, AVA.seed, factories.TODAY)
        moderation.forget_told(work, AVA.root)

    assert list_of(told, AVA)[1] == 0
