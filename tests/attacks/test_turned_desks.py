"""Desks and hosts that turned: each tries to do alone what takes two, or what nobody should see."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from app import identity
from app.kernel import strict_json
from app.kernel.clock import DAY_S, HOUR_S
from app.kernel.errors import MalformedError
from app.kernel.strict_json import JsonObject
from app.moderation import codec, service, store
from app.moderation.errors import (
    CaseChangedError,
    NoDeskError,
    NotAllowedError,
    OwnMatterError,
    SecondNeededError,
)
from app.moderation.model import (
    Action,
    ActionKind,
    CaseState,
    Matter,
    Named,
    Proposal,
    Reasons,
    Rule,
    Scope,
    Source,
    Subject,
    SubjectKind,
)
from app.records import sign_record
from app.wiring import House

from tests import factories
from tests.acts import act_members
from tests.factories import TODAY
from tests.houses import advance, publish, require_post, submit
from tests.moderation.desks import Seat, act, decision, seat
from tests.moderation.samples import REASONS

pytestmark = pytest.mark.slow

AVA, BABAK, CYRA, DARA = (factories.person(name) for name in ("Ava", "Babak", "Cyra", "Dara"))
POST = factories.note(AVA, title="Water", text="The well of the village is dry.")
ANSWER = factories.note(AVA, reply_to=POST, text="Since the spring, says the council.")
ONE_DAY = timedelta(days=1)
AUTHOR = Subject(kind=SubjectKind.PERSONA, name=AVA.root)


@pytest.fixture
def told(house: House) -> House:
    publish(house, *map(factories.card, (AVA, BABAK, CYRA, DARA)), POST)
    publish(house, ANSWER)
    return house


@pytest.fixture
def turned(told: House) -> Seat:
    return seat(told, BABAK)


@pytest.fixture
def honest(told: House) -> Seat:
    return seat(told, CYRA)


@pytest.fixture
def other(told: House) -> Seat:
    return seat(told, DARA)


def members_of(
    kind: ActionKind, raw: bytes = POST, *, digest: bytes = b"", reasons: Reasons = REASONS
) -> JsonObject:
    """Return what an act about a post says, as its desk would write it by hand."""
    about = Named(id=factories.id_of(raw), digest=digest or factories.digest_of(raw))
    return act_members(kind, factories.SQUARE.did, about, reasons)


def sign(by: Seat, wire: str, members: JsonObject, *, day: date = TODAY) -> bytes:
    """Sign an act with a desk's key by hand, past all pages."""
    return sign_record(by.key, wire, members, nonce=factories.nonce(), day=day)


def on(house: House, by: Seat, subject: Subject, kind: ActionKind, **reasons: Any) -> Any:
    """Act on any subject, as a desk's page does."""
    with house.db.write() as work:
        wanted = decision(kind, replace(REASONS, **reasons))
        return service.act_on(work, house.door, by.at(house), subject, wanted)


def agree(house: House, by: Seat, proposal: Proposal) -> Action:
    with house.db.write() as work:
        return service.second(work, house.door, by.at(house), proposal.id)


def undo(house: House, by: Seat, action: Action) -> Any:
    with house.db.write() as work:
        return service.undo(work, house.door, by.at(house), [action.digest], REASONS)


def limit_of(house: House) -> date | str | None:
    """Return until when the author may only read; `nothing` if it may write."""
    with house.db.read() as work:
        found = identity.find_limit(work, AVA.root)
    return found.until if found else "nothing"


def test_hiding_the_thread_and_undoing_that_gives_back_nothing_that_another_desk_hid(
    told: House, turned: Seat, honest: Seat
) -> None:
    """One desk alone would undo what another did."""
    hidden = act(told, honest, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    thread = Subject(kind=SubjectKind.THREAD, name=require_post(told, POST).thread)

    own = on(told, turned, thread, ActionKind.HIDE, scope=Scope.THREAD)
    undo(told, turned, own)

    post = require_post(told, POST)
    assert (post.is_hidden, post.act) == (True, hidden.digest)


def test_thread_that_one_reported_is_not_ones_own_to_hide(told: House, turned: Seat) -> None:
    thread = Subject(kind=SubjectKind.THREAD, name=require_post(told, POST).thread)
    matter = Matter(subject=thread, board=factories.SQUARE.did, version=factories.digest_of(POST))
    with told.db.write() as work:
        mark = service.mark_of(told.marks_key, BABAK.root)
        service.report(work, matter, Rule.SPAM, "", mark=mark)

    for scope in (Scope.POST, Scope.THREAD):
        with pytest.raises(OwnMatterError):
            act(told, turned, POST, ActionKind.HIDE, scope=scope)


def test_hiding_an_opening_for_its_thread_decides_the_case_of_the_thread(
    told: House, honest: Seat
) -> None:
    thread = Subject(kind=SubjectKind.THREAD, name=require_post(told, POST).thread)
    matter = Matter(subject=thread, board=factories.SQUARE.did, version=factories.digest_of(POST))
    with told.db.write() as work:
        mark = service.mark_of(told.marks_key, DARA.root)
        service.report(work, matter, Rule.SPAM, "", mark=mark)

    on(told, honest, thread, ActionKind.HIDE, scope=Scope.THREAD)

    with told.db.read() as work:
        (case,) = store.list_cases_on(work, thread)
    assert case.state is CaseState.DECIDED


def test_act_that_names_an_answer_does_not_hide_what_it_answers(told: House, turned: Seat) -> None:
    """The log would name another post than the one that is gone."""
    reasons = replace(REASONS, scope=Scope.THREAD)
    submit(told, sign(turned, "Remove", members_of(ActionKind.HIDE, ANSWER, reasons=reasons)))

    assert not require_post(told, POST).is_hidden
    assert require_post(told, ANSWER).is_hidden


def test_act_that_names_no_version_of_its_post_is_refused(told: House, turned: Seat) -> None:
    members = members_of(ActionKind.HIDE, digest=factories.digest_of(ANSWER))

    with pytest.raises(CaseChangedError):
        submit(told, sign(turned, "Remove", members))


@pytest.mark.parametrize("is_undone", [True, False])
def test_short_limit_of_one_desk_is_no_way_around_the_long_one_of_two(
    told: House, turned: Seat, honest: Seat, other: Seat, *, is_undone: bool
) -> None:
    agree(told, other, on(told, honest, AUTHOR, ActionKind.LIMIT, until=None))

    own = on(told, turned, AUTHOR, ActionKind.LIMIT, until=TODAY + timedelta(days=2))
    if is_undone:
        undo(told, turned, own)

    assert limit_of(told) is None


def test_limit_that_another_desk_set_stands_when_the_longer_one_is_undone(
    told: House, turned: Seat, honest: Seat
) -> None:
    on(told, honest, AUTHOR, ActionKind.LIMIT, until=TODAY + timedelta(days=3))
    own = on(told, turned, AUTHOR, ActionKind.LIMIT, until=TODAY + timedelta(days=5))
    assert limit_of(told) == TODAY + timedelta(days=5)

    undo(told, turned, own)

    assert limit_of(told) == TODAY + timedelta(days=3)


def test_limits_of_one_person_one_after_another_are_one_long_limit(
    told: House, turned: Seat, honest: Seat
) -> None:
    """Seven days, and seven more before they are over: nobody else would ever look."""
    on(told, turned, AUTHOR, ActionKind.LIMIT, until=TODAY + timedelta(days=7))
    advance(told, 5 * DAY_S)
    again = seat(told, BABAK)

    for desk in (turned, again):
        longer = on(told, desk, AUTHOR, ActionKind.LIMIT, until=TODAY + timedelta(days=12))
        assert isinstance(longer, Proposal)
    about = {"object": f"ap://{AVA.root}/actor"}
    reasons = replace(REASONS, until=TODAY + timedelta(days=12))
    members = members_of(ActionKind.LIMIT, reasons=reasons) | about
    instance = f"ap://{told.door.instance_did}/actor"
    forged = sign(turned, "Block", {**members, "audience": instance}, day=TODAY + 5 * ONE_DAY)
    with pytest.raises(SecondNeededError):
        submit(told, forged)
    mine = on(told, honest, AUTHOR, ActionKind.LIMIT, until=TODAY + timedelta(days=12))
    assert isinstance(mine, Action)


@pytest.mark.parametrize("days", [2, 40])
def test_act_that_is_dated_back_is_refused(told: House, turned: Seat, days: int) -> None:
    """The days for an appeal would be over, and the month's numbers told long ago."""
    members = members_of(ActionKind.HIDE)

    with pytest.raises(MalformedError):
        submit(told, sign(turned, "Remove", members, day=TODAY - timedelta(days=days)))


def test_desk_that_was_closed_does_not_date_its_acts_back(
    told: House, turned: Seat, honest: Seat
) -> None:
    with told.db.write() as work:
        store.close_desk(work, turned.desk.did, TODAY)
    members = members_of(ActionKind.HIDE)

    with pytest.raises(NoDeskError):
        submit(told, sign(turned, "Remove", members, day=TODAY - ONE_DAY))


def test_act_of_a_desk_that_calls_it_automatic_is_refused(told: House, turned: Seat) -> None:
    """It would be counted as nobody's decision."""
    reasons = replace(REASONS, is_automatic=True, source=Source.AUTOMATIC)

    with pytest.raises(NotAllowedError):
        submit(told, sign(turned, "Remove", members_of(ActionKind.HIDE, reasons=reasons)))


@pytest.mark.parametrize("days", [None, 3, 3_000])
def test_host_that_hides_for_longer_than_a_day_is_refused(
    told: House, turned: Seat, days: int | None
) -> None:
    until = None if days is None else TODAY + timedelta(days=days)
    reasons = replace(REASONS, is_automatic=True, source=Source.AUTOMATIC, until=until)
    host = replace(turned, key=told.door.key)

    with pytest.raises(NotAllowedError):
        submit(told, sign(host, "Remove", members_of(ActionKind.HIDE, reasons=reasons)))


def long_limit(house: House, first: Seat) -> JsonObject:
    """Return what a desk consented to: the author's limit for good."""
    proposal = on(house, first, AUTHOR, ActionKind.LIMIT, until=None)
    return strict_json.decode(proposal.members.encode())


def test_consent_is_good_once(told: House, turned: Seat, honest: Seat, other: Seat) -> None:
    """What two persons did, and others undid, one of the two would do again alone."""
    consented = long_limit(told, honest)
    done = submit(told, sign(turned, "Block", consented)).digest
    with told.db.read() as work:
        action = service.get_action(work, done)
    agree(told, other, undo(told, honest, action))
    assert limit_of(told) == "nothing"

    with pytest.raises(SecondNeededError):
        submit(told, sign(turned, "Block", consented))

    assert limit_of(told) == "nothing"


def test_consent_ends_with_its_proposal(told: House, turned: Seat, honest: Seat) -> None:
    consented = long_limit(told, honest)
    advance(told, 72 * HOUR_S)

    with pytest.raises(SecondNeededError):
        submit(told, sign(turned, "Block", consented, day=TODAY + 3 * ONE_DAY))


def test_consent_that_was_never_proposed_is_none(told: House, turned: Seat, honest: Seat) -> None:
    """Whoever holds a desk's key for a moment leaves nothing behind that acts later."""
    consented = codec.propose(members_of(ActionKind.ERASE), honest.key)

    with pytest.raises(SecondNeededError):
        submit(told, sign(turned, "Delete", consented))


def test_undoing_is_not_undone(told: House, turned: Seat) -> None:
    """The log would say that a post is hidden which everybody reads."""
    hidden = act(told, turned, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    undone = undo(told, turned, hidden)
    assert isinstance(undone, Action)

    with pytest.raises(NotAllowedError):
        undo(told, turned, undone)
