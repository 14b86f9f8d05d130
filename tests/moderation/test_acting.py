"""Acts by the one door: what they do at once, who may, and that they come undone as they were."""

from dataclasses import replace

import pytest
from app import forum, records
from app.kernel.errors import GoneError, NotFoundError
from app.kernel.strict_json import JsonObject
from app.moderation import codec, service, store
from app.moderation.errors import (
    CaseChangedError,
    CaseDecidedError,
    CaseTakenError,
    NotAllowedError,
    OwnMatterError,
    QuotedTextError,
    SecondNeededError,
)
from app.moderation.model import Action, ActionKind, CaseState, Named, Proposal, Role, Scope
from app.records import sign_record
from app.records.model import APPEALED
from app.wiring import House

from tests import factories
from tests.acts import act_members
from tests.houses import advance, publish, require_post, submit
from tests.moderation.desks import Seat, act, decision, post_subject, report, seat
from tests.moderation.samples import REASONS

AVA, BABAK, CYRA, DARA = (factories.person(name) for name in ("Ava", "Babak", "Cyra", "Dara"))
POST = factories.note(AVA, title="Water", text="I know where your children go to school.")
DIGEST = factories.digest_of(POST)


@pytest.fixture
def told(house: House) -> House:
    publish(house, *map(factories.card, (AVA, BABAK, CYRA, DARA)), POST)
    return house


@pytest.fixture
def first(told: House) -> Seat:
    return seat(told, BABAK)


@pytest.fixture
def second(told: House) -> Seat:
    return seat(told, CYRA)


def read_bytes(house: House) -> bytes:
    with house.db.read() as work:
        return records.get_public_bytes(work, DIGEST)


def test_hidden_post_is_gone_at_once_and_comes_back_byte_for_byte(told: House, first: Seat) -> None:
    before = read_bytes(told)
    hidden = act(told, first, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)

    with told.db.read() as work:
        post = forum.get_post(work, DIGEST)
        assert (post.is_hidden, post.version.text.markdown, post.version.text.title) == (
            True, "", "",
        )  # fmt: skip
        assert forum.get_words(work, post).markdown.startswith("I know")
        with pytest.raises(GoneError):
            records.get_public_bytes(work, DIGEST)
    with told.db.write() as work:
        service.undo(work, told.door, first.at(told), [hidden.digest], REASONS)

    assert read_bytes(told) == before
    with told.db.read() as work:
        post = forum.get_post(work, DIGEST)
    assert not post.is_hidden
    assert post.version.text.title == "Water"


def test_erasing_needs_two_persons(told: House, first: Seat, second: Seat) -> None:
    proposal = act(told, first, POST, ActionKind.ERASE)
    assert isinstance(proposal, Proposal)
    with told.db.write() as work, pytest.raises(SecondNeededError):
        service.second(work, told.door, first.at(told), proposal.id)

    with told.db.write() as work:
        action = service.second(work, told.door, second.at(told), proposal.id)

    assert (action.desk, action.second) == (second.desk.did, first.desk.did)
    with told.db.read() as work:
        assert forum.get_post(work, DIGEST).erased_on is not None


def test_second_desk_of_the_same_person_is_no_second(told: House, first: Seat) -> None:
    again = seat(told, BABAK)
    proposal = act(told, first, POST, ActionKind.ERASE)
    assert isinstance(proposal, Proposal)

    with told.db.write() as work, pytest.raises(SecondNeededError):
        service.second(work, told.door, again.at(told), proposal.id)


def test_desk_alone_does_not_undo_what_another_did(told: House, first: Seat, second: Seat) -> None:
    hidden = act(told, first, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    with told.db.write() as work:
        proposal = service.undo(work, told.door, second.at(told), [hidden.digest], REASONS)
    assert isinstance(proposal, Proposal)

    third = seat(told, DARA)
    with told.db.write() as work:
        service.second(work, told.door, third.at(told), proposal.id)

    assert read_bytes(told) == POST


def test_nobody_decides_about_their_own_words_or_reports(told: House, first: Seat) -> None:
    with pytest.raises(OwnMatterError):
        act(told, seat(told, AVA), POST, ActionKind.HIDE)
    report(told, POST, BABAK)
    with pytest.raises(OwnMatterError):
        act(told, first, POST, ActionKind.HIDE)


def test_desk_of_another_board_may_not(told: House) -> None:
    elsewhere = seat(
        told, BABAK, boards=("did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH",)
    )
    with pytest.raises(NotAllowedError):
        act(told, elsewhere, POST, ActionKind.HIDE)


def test_facts_that_repeat_the_text_are_refused(told: House, first: Seat) -> None:
    with pytest.raises(QuotedTextError):
        act(told, first, POST, ActionKind.HIDE, facts="I know where your children go to school.")


def test_case_is_decided_once(told: House, first: Seat, second: Seat) -> None:
    report(told, POST, DARA)
    with told.db.write() as work:
        case = service.claim(work, first.desk)
        assert case is not None
    with told.db.write() as work, pytest.raises(CaseTakenError):
        service.decide(work, told.door, second.at(told), case.id, decision(ActionKind.HIDE))
    with told.db.write() as work:
        service.decide(work, told.door, first.at(told), case.id, decision(ActionKind.CLEAR))

    with told.db.write() as work, pytest.raises(CaseDecidedError):
        service.decide(work, told.door, first.at(told), case.id, decision(ActionKind.HIDE))
    with told.db.read() as work:
        found = store.find_case(work, case.id)
    assert found is not None
    assert found.state is CaseState.DECIDED


def test_every_act_is_in_the_log(told: House, first: Seat) -> None:
    action = act(told, first, POST, ActionKind.HIDE)
    assert isinstance(action, Action)
    publish(told, factories.note(AVA, title="Another", text="Bread."))

    with told.db.read() as work:
        assert records.find_place(work, action.digest) > 0
        record = records.verify_record(
            records.parse_record(records.get_public_bytes(work, action.digest))
        )
    assert b"children" not in record.raw


def test_erasure_by_its_author_wins_over_hiding(told: House, first: Seat) -> None:
    hidden = act(told, first, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    submit(told, factories.erasure(AVA, POST))
    with told.db.write() as work:
        service.undo(work, told.door, first.at(told), [hidden.digest], REASONS)

    with told.db.read() as work:
        post = forum.get_post(work, DIGEST)
        assert (post.erased_on is not None, post.is_hidden) == (True, False)
        with pytest.raises(GoneError):
            records.get_public_bytes(work, DIGEST)
        assert records.list_withheld(work, [DIGEST]) == {}


def test_steward_works_on_every_board(told: House) -> None:
    assert isinstance(
        act(told, seat(told, BABAK, role=Role.STEWARD), POST, ActionKind.HIDE), Action
    )


def test_post_of_another_board_is_not_reached_by_naming_ones_own(told: House) -> None:
    other = factories.board_key("bazaar")
    publish(told, factories.board(other, home=told.keys["instance"]))
    elsewhere = seat(told, BABAK, boards=(other.did,))
    about = Named(id=factories.id_of(POST), digest=DIGEST)
    members = act_members(ActionKind.HIDE, other.did, about, REASONS)

    with pytest.raises(NotAllowedError):
        submit(told, signed(elsewhere, "Remove", members))


def test_act_on_another_board_is_not_undone_by_naming_ones_own(
    told: House, first: Seat, second: Seat
) -> None:
    hidden = act(told, first, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    other = factories.board_key("bazaar")
    publish(told, factories.board(other, home=told.keys["instance"]))
    elsewhere = seat(told, DARA, boards=(other.did,))
    about = Named(id=hidden.record_id, digest=hidden.digest)
    members = act_members(ActionKind.UNDO, other.did, about, REASONS)
    members = {**members, "object": [members["object"]]}

    with pytest.raises(NotAllowedError):
        submit(told, signed(elsewhere, "Undo", codec.propose(members, second.key)))


def test_undoing_for_an_appeal_that_nobody_made_is_refused(
    told: House, first: Seat, second: Seat
) -> None:
    hidden = act(told, first, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    about = Named(id=hidden.record_id, digest=hidden.digest)
    members = act_members(ActionKind.UNDO, factories.SQUARE.did, about, REASONS)
    appealed = {APPEALED: hidden.day.isoformat(), "urn:goftogu:outcome": "reversed"}
    members = {**members, "object": [members["object"]], **appealed}

    with pytest.raises(NotFoundError):
        submit(told, signed(second, "Undo", members))


def test_version_that_nobody_looked_at_is_not_cleared(told: House, first: Seat) -> None:
    publish(told, factories.update(AVA, POST, text="Something else altogether."))

    wanted = decision(ActionKind.CLEAR, version=DIGEST)
    with told.db.write() as work, pytest.raises(CaseChangedError):
        service.act_on(work, told.door, first.at(told), post_subject(POST), wanted)


def test_erased_post_is_not_hidden(told: House, first: Seat) -> None:
    submit(told, factories.erasure(AVA, POST))

    with pytest.raises(GoneError):
        act(told, first, POST, ActionKind.HIDE)


def test_instance_alone_hides_automatically_and_does_nothing_else(told: House, first: Seat) -> None:
    about = Named(id=factories.id_of(POST), digest=DIGEST)
    members = act_members(ActionKind.HIDE, factories.SQUARE.did, about, REASONS)
    instance = replace(first, key=told.keys["instance"])

    with pytest.raises(NotAllowedError):
        submit(told, signed(instance, "Remove", members))
    automatic = replace(REASONS, is_automatic=True)
    members = act_members(ActionKind.LABEL, factories.SQUARE.did, about, automatic)
    with pytest.raises(NotAllowedError):
        submit(told, signed(instance, "Update", members))
    hidden = act(told, first, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    about = Named(id=hidden.record_id, digest=hidden.digest)
    members = act_members(ActionKind.UNDO, factories.SQUARE.did, about, automatic)
    with pytest.raises(SecondNeededError):
        submit(told, signed(instance, "Undo", {**members, "object": [members["object"]]}))


def signed(by: Seat, kind: str, members: JsonObject) -> bytes:
    return sign_record(by.key, kind, members, nonce=factories.nonce(), day=factories.TODAY)


def test_acts_at_seconds_that_begin_no_minute_are_counted_and_seconded(
    told: House, first: Seat, second: Seat
) -> None:
    """No stored time is as precise as that, and none that it is compared with."""
    advance(told, 17)
    assert isinstance(act(told, first, POST, ActionKind.HIDE), Action)
    proposal = act(told, first, POST, ActionKind.ERASE)
    assert isinstance(proposal, Proposal)

    with told.db.write() as work:
        assert store.list_proposals(work) == [proposal]
        store.remove_ended_proposals(work)
        service.second(work, told.door, second.at(told), proposal.id)


@pytest.mark.parametrize("first_undone", [Scope.POST, Scope.THREAD])
def test_opening_that_two_acts_hide_is_back_when_both_are_undone(
    told: House, first: Seat, first_undone: Scope
) -> None:
    """One says the post, one says its thread: they are the same words."""
    scopes = (first_undone, *{Scope.POST, Scope.THREAD} - {first_undone})
    hidden = [act(told, first, POST, ActionKind.HIDE, scope=scope) for scope in scopes]
    seen = []
    for done in hidden:
        assert isinstance(done, Action)
        with told.db.write() as work:
            service.undo(work, told.door, first.at(told), [done.digest], REASONS)
        seen.append(require_post(told, POST).is_hidden)

    assert seen == [True, False]


def test_undo_of_the_log_does_what_is_left_when_a_backup_lost_one_of_its_acts(
    told: House, first: Seat
) -> None:
    hidden = act(told, first, POST, ActionKind.HIDE)
    assert isinstance(hidden, Action)
    lost = Named(id=factories.id_of(POST), digest=DIGEST)
    both = (lost, Named(id=hidden.record_id, digest=hidden.digest))
    kind, board = ActionKind.UNDO, factories.SQUARE.did
    members = act_members(kind, board, lost, REASONS)
    objects = [act_members(kind, board, one, REASONS)["object"] for one in both]
    raw = signed(first, "Undo", {**members, "object": objects})

    with pytest.raises(NotFoundError):
        submit(told, raw)
    with told.db.write() as work:
        work.logged.add(factories.digest_of(raw))
        told.door.submit(work, raw)
        assert store.find_action(work, factories.digest_of(raw)) is not None
    assert not require_post(told, POST).is_hidden
