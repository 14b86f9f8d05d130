"""A persona that may only read: what it cannot do by any way, and what nobody can take from it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from app import forum, identity
from app.identity.errors import PersonaLimitedError
from app.identity.model import Limit
from app.kernel.clock import DAY_S, day_of
from app.moderation import service
from app.moderation.errors import SecondNeededError
from app.moderation.model import Action, ActionKind, Proposal, Subject, SubjectKind
from app.wiring import House

from tests import factories
from tests.houses import advance, publish, read_rows, submit
from tests.moderation.desks import decision, seat
from tests.moderation.samples import REASONS

AVA, BABAK, CYRA = (factories.person(name) for name in ("Ava", "Babak", "Cyra"))
OPENING = factories.note(AVA, title="Water", text="Where does it go?")


@pytest.fixture
def settled(house: House) -> House:
    publish(house, *(factories.card(person) for person in (AVA, BABAK, CYRA)), OPENING)
    return house


def limit(house: House, days: int | None = 3) -> None:
    with house.db.write() as work:
        until = None if days is None else day_of(work.now) + timedelta(days=days)
        identity.limit_persona(work, AVA.root, Limit(act=b"a" * 32, until=until))


def test_limited_persona_writes_by_no_key(settled: House) -> None:
    limit(settled)

    for raw in (
        factories.note(AVA, title="Bread"),
        factories.note(AVA, reply_to=OPENING),
        factories.update(AVA, OPENING),
    ):
        with pytest.raises(PersonaLimitedError):
            submit(settled, raw)


def test_limited_persona_erases_and_leaves(settled: House) -> None:
    limit(settled)
    submit(settled, factories.erasure(AVA, OPENING))
    with settled.db.write() as work:
        identity.erase_persona(work, settled.door, AVA.seed, factories.TODAY)

    assert "persona_limit" not in {table for table, _ in read_rows(settled)}
    with settled.db.read() as work:
        assert forum.get_post(work, factories.digest_of(OPENING)).erased_on is not None


def test_limited_persona_invites_nobody_and_takes_no_name(settled: House) -> None:
    limit(settled)
    blinded = bytes(256)

    with settled.db.write() as work:
        with pytest.raises(PersonaLimitedError):
            identity.sign_invitation(work, settled.keys["instance"], AVA.root, blinded, named=[])
        with pytest.raises(PersonaLimitedError):
            identity.sign_name(work, settled.keys["instance"], AVA.root, blinded, named=[])
        assert identity.count_names_left(work, AVA.root) is None


def test_limit_ends_by_itself(settled: House) -> None:
    limit(settled, days=3)
    advance(settled, 2 * DAY_S)
    with settled.db.write() as work:
        identity.forget_ended_limits(work)
        assert identity.NAMES not in work.changed
    with pytest.raises(PersonaLimitedError):
        submit(settled, factories.note(AVA, reply_to=OPENING))

    advance(settled, DAY_S)
    submit(settled, factories.note(AVA, reply_to=OPENING))
    with settled.db.write() as work:
        identity.forget_ended_limits(work)
        assert identity.NAMES in work.changed, "pages that named it are made anew"
    assert "persona_limit" not in {table for table, _ in read_rows(settled)}


def test_limit_without_an_end_holds_until_it_is_lifted(settled: House) -> None:
    limit(settled, days=None)
    advance(settled, 400 * DAY_S)
    with settled.db.read() as work, pytest.raises(PersonaLimitedError):
        identity.require_unlimited(work, AVA.root)
    with settled.db.write() as work:
        identity.lift_limit(work, AVA.root, b"b" * 32)
        assert identity.find_limit(work, AVA.root) is not None, "another act's"
        identity.lift_limit(work, AVA.root, b"a" * 32)

        identity.require_unlimited(work, AVA.root)


@pytest.mark.parametrize("days", [8, None])
def test_limit_of_more_than_seven_days_takes_two_people(settled: House, days: int | None) -> None:
    first, second = seat(settled, BABAK), seat(settled, CYRA)
    until = None if days is None else day_of(settled.clock.now()) + timedelta(days=days)
    wanted = decision(ActionKind.LIMIT, replace(REASONS, until=until))
    about = Subject(kind=SubjectKind.PERSONA, name=AVA.root)
    with settled.db.write() as work:
        proposal = service.act_on(work, settled.door, first.at(settled), about, wanted)
    assert isinstance(proposal, Proposal)
    submit(settled, factories.note(AVA, reply_to=OPENING, text="Nothing holds yet."))
    with settled.db.write() as work, pytest.raises(SecondNeededError):
        service.second(work, settled.door, first.at(settled), proposal.id)

    with settled.db.write() as work:
        service.second(work, settled.door, second.at(settled), proposal.id)

    with pytest.raises(PersonaLimitedError):
        submit(settled, factories.note(AVA, reply_to=OPENING, text="Now it does."))


def test_limit_of_a_week_takes_one_and_is_undone_as_it_was(settled: House) -> None:
    first = seat(settled, BABAK)
    until = day_of(settled.clock.now()) + timedelta(days=7)
    wanted = decision(ActionKind.LIMIT, replace(REASONS, until=until))
    about = Subject(kind=SubjectKind.PERSONA, name=AVA.root)
    with settled.db.write() as work:
        action = service.act_on(work, settled.door, first.at(settled), about, wanted)
        assert isinstance(action, Action)
        assert identity.find_limit(work, AVA.root) == Limit(act=action.digest, until=until)
        service.undo(work, settled.door, first.at(settled), [action.digest], REASONS)

    submit(settled, factories.note(AVA, reply_to=OPENING))
