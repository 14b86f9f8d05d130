"""Appeals: one for each action, by its author, answered by somebody else; until then nothing goes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from app import forum, records
from app.kernel.clock import DAY_S, HOUR_S
from app.kernel.errors import NotFoundError
from app.moderation import codec, service, store
from app.moderation.errors import (
    AppealedError,
    AppealLateError,
    AppealOpenError,
    CaseDecidedError,
    NotAllowedError,
    NothingToAppealError,
    OwnMatterError,
)
from app.moderation.model import (
    Action,
    ActionKind,
    Ground,
    Outcome,
    Proposal,
    Role,
    Scope,
    Source,
    Subject,
    SubjectKind,
)
from app.moderation.rules import require_another
from app.moderation.service.deciding import Answer, make_act, submit_act
from app.wiring import House
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.houses import advance, publish, release
from tests.moderation.desks import Seat, act, decision, post_subject, seat
from tests.moderation.samples import DESK, REASONS
from tests.moderation.test_telling import AVA, BABAK, CYRA, DARA, POST, viewer_of

pytestmark = pytest.mark.slow

DIGEST = factories.digest_of(POST)
WORDS = "It quotes a song. Nobody is threatened."


@pytest.fixture
def told(house: House) -> House:
    cards = [factories.card(person) for person in (AVA, BABAK, CYRA, DARA)]
    publish(house, *cards, POST)
    return house


@pytest.fixture(autouse=True)
def odd_second(house: House) -> None:
    """Nothing waits for a whole minute."""
    advance(house, 17)


@pytest.fixture
def first(told: House) -> Seat:
    return seat(told, BABAK)


@pytest.fixture
def second(told: House) -> Seat:
    return seat(told, CYRA)


@pytest.fixture
def hidden(told: House, first: Seat) -> Action:
    found = act(told, first, POST, ActionKind.HIDE)
    assert isinstance(found, Action)
    return found


def appeal(house: House, action: Action) -> None:
    with house.db.write() as work:
        service.appeal(work, viewer_of(AVA), action.digest, WORDS)


def answer(house: House, at: Seat, action: Action, outcome: Outcome) -> Action:
    said = Answer(outcome=outcome, reasons=REASONS, text="We looked at it again.")
    with house.db.write() as work:
        return service.decide_appeal(work, house.door, at.at(house), action.digest, said)


def test_overturned_means_restored_everywhere_and_the_log_says_so(
    told: House, second: Seat, hidden: Action
) -> None:
    appeal(told, hidden)
    release(told)
    undo = answer(told, second, hidden, Outcome.REVERSED)
    publish(told, factories.note(DARA, title="Another", text="Bread."))
    with told.db.write() as work:
        # As the worker does: the post was the only one of its part of the index.
        forum.fill_index(work)

    with told.db.read() as work:
        assert records.get_public_bytes(work, DIGEST) == POST
        post = forum.get_post(work, DIGEST)
        assert (post.is_hidden, post.act, post.version.text.title) == (False, None, "Water")
        found = forum.find_posts(work, "children", forum.Facets(), before=None, limit=5)
        assert [item.digest for item in found] == [DIGEST]
        record = records.verify_record(
            records.parse_record(records.get_public_bytes(work, undo.digest))
        )
        said = codec.decode_act(record)
        assert records.find_place(work, undo.digest) > records.find_place(work, hidden.digest)
        kept = store.find_appeal(work, hidden.digest)
        assert [action.kind for action in store.list_actions_on(work, post_subject(POST))] == [
            ActionKind.UNDO, ActionKind.HIDE,
        ]  # fmt: skip
    assert (said.outcome, said.appealed_on) == (Outcome.REVERSED, factories.TODAY)
    assert said.about[0].digest == hidden.digest
    assert WORDS.encode() not in record.raw
    assert kept is not None
    assert (kept.outcome, kept.answer) == (Outcome.REVERSED, "We looked at it again.")


def test_upheld_stays_hidden_and_its_author_hears_of_it(
    told: House, second: Seat, hidden: Action
) -> None:
    appeal(told, hidden)
    with told.db.read() as work:
        assert service.count_unread(work, AVA.root) == 0, "who appeals has read of it"

    upheld = answer(told, second, hidden, Outcome.UPHELD)

    with told.db.read() as work:
        assert forum.get_post(work, DIGEST).is_hidden
        assert service.list_own_actions(work, viewer_of(AVA))[1] == {upheld.digest}


def test_one_appeal_for_each_action(told: House, hidden: Action) -> None:
    appeal(told, hidden)

    with pytest.raises(AppealedError):
        appeal(told, hidden)


def test_appeal_comes_within_thirty_days(told: House, hidden: Action) -> None:
    advance(told, 31 * DAY_S)

    with pytest.raises(AppealLateError):
        appeal(told, hidden)


def test_appeal_on_the_thirtieth_day_is_taken(told: House, hidden: Action) -> None:
    advance(told, 30 * DAY_S)

    appeal(told, hidden)


def test_somebody_else_appeals_for_nobody(told: House, hidden: Action) -> None:
    with told.db.write() as work, pytest.raises(NotFoundError):
        service.appeal(work, viewer_of(DARA), hidden.digest, WORDS)


def test_nothing_is_appealed_that_takes_nothing(told: House, first: Seat, hidden: Action) -> None:
    with told.db.write() as work:
        undo = service.undo(work, told.door, first.at(told), [hidden.digest], REASONS)
    assert isinstance(undo, Action)

    for action in (hidden, undo):
        with pytest.raises(NothingToAppealError):
            appeal(told, action)


def test_what_hid_by_itself_can_be_appealed(told: House, second: Seat) -> None:
    reasons = replace(
        REASONS, is_automatic=True, source=Source.AUTOMATIC, until=factories.TODAY + timedelta(1)
    )
    with told.db.write() as work:
        made = make_act(
            work, told.door.instance_did, post_subject(POST), decision(ActionKind.HIDE, reasons)
        )
        action = submit_act(
            work, told.door, told.keys["instance"], codec.encode_act(made), ActionKind.HIDE
        )
    appeal(told, action)

    answer(told, second, action, Outcome.REVERSED)

    with told.db.read() as work:
        assert not forum.get_post(work, DIGEST).is_hidden


def test_nothing_is_erased_while_an_appeal_is_open(
    told: House, first: Seat, second: Seat, hidden: Action
) -> None:
    begun = act(told, first, POST, ActionKind.ERASE)
    assert isinstance(begun, Proposal)
    appeal(told, hidden)

    with told.db.write() as work, pytest.raises(AppealOpenError):
        service.second(work, told.door, second.at(told), begun.id)
    with pytest.raises(AppealOpenError):
        act(told, first, POST, ActionKind.ERASE)
    answer(told, second, hidden, Outcome.UPHELD)
    with told.db.write() as work:
        service.second(work, told.door, second.at(told), begun.id)

    with told.db.read() as work:
        assert forum.get_post(work, DIGEST).erased_on is not None


@pytest.mark.parametrize(
    ("appealed", "erased"), [(Scope.POST, Scope.THREAD), (Scope.THREAD, Scope.POST)]
)
def test_erasing_by_another_scope_is_no_way_around_an_appeal(
    told: House, first: Seat, appealed: Scope, erased: Scope
) -> None:
    action = act(told, first, POST, ActionKind.HIDE, scope=appealed)
    assert isinstance(action, Action)
    appeal(told, action)

    with pytest.raises(AppealOpenError):
        act_on_either(told, first, erased)


def act_on_either(house: House, at: Seat, scope: Scope) -> Action | Proposal:
    """Erase the post, or the thread that it opened."""
    subject = post_subject(POST)
    if scope is Scope.THREAD:
        subject = Subject(kind=SubjectKind.THREAD, name=DIGEST.hex()[:20])
    wanted = decision(ActionKind.ERASE, replace(REASONS, scope=scope))
    with house.db.write() as work:
        return service.act_on(work, house.door, at.at(house), subject, wanted)


def test_what_a_law_forbids_may_go_before_the_answer(told: House, first: Seat) -> None:
    by_law = {"ground": Ground.LAW, "law": "A law, § 1"}
    quarantine = act(told, first, POST, ActionKind.QUARANTINE, **by_law)
    assert isinstance(quarantine, Action)
    appeal(told, quarantine)

    with pytest.raises(AppealOpenError):
        act(told, first, POST, ActionKind.ERASE)
    assert isinstance(act(told, first, POST, ActionKind.ERASE, **by_law), Proposal)


def test_author_erases_in_spite_of_their_appeal(told: House, hidden: Action) -> None:
    appeal(told, hidden)

    publish(told, factories.erasure(AVA, POST))

    with told.db.read() as work:
        assert forum.get_post(work, DIGEST).erased_on is not None


def test_overdue_appeals_are_counted_after_72_hours(
    told: House, second: Seat, hidden: Action
) -> None:
    appeal(told, hidden)
    for hours, overdue in ((71, 0), (2, 1)):
        advance(told, hours * HOUR_S)
        with told.db.read() as work:
            assert store.count_appeals_due(work, work.minute) == overdue
            assert (
                store.count_appeals_due(work, work.minute, boards=[factories.SQUARE.did]) == overdue
            )
            assert store.count_appeals_due(work, work.minute, boards=["elsewhere"]) == 0

    answer(told, second, hidden, Outcome.UPHELD)

    with told.db.read() as work:
        assert store.count_appeals_due(work, work.minute) == 0


def test_no_row_of_an_appeal_says_who_wrote_it(told: House, hidden: Action) -> None:
    appeal(told, hidden)

    with told.db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM appeal").all()
    assert AVA.root not in repr(rows)
    assert AVA.did not in repr(rows)


@pytest.mark.parametrize("person", [BABAK, CYRA])
def test_neither_who_proposed_nor_who_agreed_answers(
    told: House, first: Seat, second: Seat, person: factories.Person
) -> None:
    """Also not at another desk of theirs."""
    begun = act(told, first, POST, ActionKind.ERASE)
    assert isinstance(begun, Proposal)
    with told.db.write() as work:
        erased = service.second(work, told.door, second.at(told), begun.id)
    appeal(told, erased)

    with pytest.raises(OwnMatterError):
        answer(told, seat(told, person), erased, Outcome.UPHELD)
    answer(told, seat(told, DARA), erased, Outcome.UPHELD)


def test_second_answer_is_refused_and_changes_nothing(
    told: House, second: Seat, hidden: Action
) -> None:
    appeal(told, hidden)
    answer(told, second, hidden, Outcome.UPHELD)

    with pytest.raises(CaseDecidedError):
        answer(told, seat(told, DARA), hidden, Outcome.REVERSED)
    with told.db.read() as work:
        assert forum.get_post(work, DIGEST).is_hidden
        kept = store.find_appeal(work, hidden.digest)
    assert kept is not None
    assert kept.outcome is Outcome.UPHELD


@given(
    actors=st.lists(st.sampled_from([bytes([n]) * 32 for n in range(4)]), max_size=2),
    person=st.sampled_from([bytes([n]) * 32 for n in range(4)]),
)
def test_appeal_is_never_decided_by_who_acted(actors: list[bytes], person: bytes) -> None:
    desk = replace(DESK, person=person)
    if person in actors:
        with pytest.raises(OwnMatterError):
            require_another(desk, actors)
    else:
        assert require_another(desk, actors) == person


def test_moderators_undo_nothing_that_only_stewards_do(told: House) -> None:
    stewards = [seat(told, person, role=Role.STEWARD) for person in (BABAK, CYRA)]
    moderators = [seat(told, person) for person in (AVA, DARA)]
    closed = seat(told, DARA)
    with told.db.write() as work:
        at = stewards[0].at(told)
        begun = service.close_desk(work, told.door, at, closed.desk.did, REASONS)
        action = service.second(work, told.door, stewards[1].at(told), begun.id)
        at = moderators[0].at(told)
        undoing = service.undo(work, told.door, at, [action.digest], REASONS)
    assert isinstance(undoing, Proposal)

    with told.db.write() as work, pytest.raises(NotAllowedError):
        service.second(work, told.door, moderators[1].at(told), undoing.id)
