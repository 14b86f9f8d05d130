"""Measures on threads: what they do, who may, and that each comes undone as if it had not been."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from app import forum
from app.crypto.multikey import encode_digest
from app.forum import Facets, ThreadSort
from app.forum import service as forum_service
from app.forum import store as forum_store
from app.forum.errors import (
    BoardArchivedError,
    SamePlaceError,
    ThreadLockedError,
    UnknownBoardError,
    UnknownPostError,
)
from app.forum.model import Measures, Thread, ThreadState
from app.kernel.clock import DAY_S, HOUR_S, day_of
from app.kernel.errors import MalformedError
from app.moderation import service, store
from app.moderation.errors import NotAllowedError
from app.moderation.model import (
    Action,
    ActionKind,
    CaseState,
    Named,
    Reasons,
    Role,
    Scope,
    Subject,
    SubjectKind,
)
from app.moderation.service.acting import take_back
from app.records import sign_record
from app.wiring import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.acts import act_members
from tests.houses import advance, publish, submit, tick
from tests.moderation.desks import Seat, decision, report, seat
from tests.moderation.samples import REASONS

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
OPENING = factories.note(AVA, title="Water", text="Where does the water go?", tags=())
ANSWER = factories.note(BABAK, reply_to=OPENING, text="Into the pistachios.")
THREAD = factories.digest_of(OPENING).hex()[:20]
SUBJECT = Subject(kind=SubjectKind.THREAD, name=THREAD)
SQUARE, LIVE, NOTICES = (
    board.did for board in (factories.SQUARE, factories.LIVE, factories.NOTICES)
)
OF_THREAD = replace(REASONS, scope=Scope.THREAD)


@pytest.fixture
def told(house: House) -> House:
    publish(house, *map(factories.card, (AVA, BABAK)), OPENING)
    publish(house, ANSWER)
    return house


@pytest.fixture
def desk(told: House) -> Seat:
    return seat(told, factories.person("Cyra"), role=Role.STEWARD)


def measure(
    house: House, at: Seat, kind: ActionKind, reasons: Reasons = OF_THREAD, **more: object
) -> Action:
    """Act on the thread."""
    with house.db.write() as work:
        wanted = decision(kind, reasons, **more)
        done = service.act_on(work, house.door, at.at(house), SUBJECT, wanted)
    assert isinstance(done, Action)
    return done


def undo(house: House, at: Seat, digests: Sequence[bytes]) -> None:
    with house.db.write() as work:
        service.undo(work, house.door, at.at(house), digests, REASONS)


def thread(house: House) -> Thread:
    with house.db.read() as work:
        return forum.get_thread(work, THREAD)


def counts(house: House) -> dict[str, int]:
    with house.db.read() as work:
        return {board.did: count for board, count in forum.list_boards(work)}


def answer(house: House, *, board: factories.BoardKey = factories.SQUARE) -> bytes:
    raw = factories.note(AVA, board=board, reply_to=OPENING)
    submit(house, raw)
    return raw


def test_locked_thread_takes_no_answers_until_it_is_undone(told: House, desk: Seat) -> None:
    locked = measure(told, desk, ActionKind.LOCK)

    assert (thread(told).state, thread(told).measures.lock) == (ThreadState.LOCKED, locked.digest)
    with pytest.raises(ThreadLockedError):
        answer(told)
    undo(told, desk, [locked.digest])
    answer(told)
    assert thread(told).measures == Measures()


def test_steward_opens_no_thread_that_a_desk_locked_and_goes_on_setting_it(
    told: House, desk: Seat
) -> None:
    home = told.keys["instance"]
    before = factories.mark(OPENING, home=home, pinned=True)
    submit(told, before)
    locked = measure(told, desk, ActionKind.LOCK)

    opened = factories.mark(OPENING, home=home, after=before, pinned=False, state="open")
    submit(told, opened)
    with pytest.raises(ThreadLockedError):
        answer(told)
    archived = factories.mark(OPENING, home=home, after=opened, state="archived")
    submit(told, archived)
    assert thread(told).state is ThreadState.ARCHIVED

    undo(told, desk, [locked.digest])
    assert (thread(told).state, thread(told).is_pinned) == (ThreadState.ARCHIVED, False)


def test_thread_that_stewards_locked_stays_so_when_a_desk_takes_its_lock_back(
    told: House, desk: Seat
) -> None:
    locked = measure(told, desk, ActionKind.LOCK)
    submit(told, factories.mark(OPENING, home=told.keys["instance"], state="locked"))

    undo(told, desk, [locked.digest])

    with pytest.raises(ThreadLockedError):
        answer(told)


def test_moved_thread_is_on_its_new_board_in_lists_counts_feeds_and_search(
    told: House, desk: Seat
) -> None:
    before = counts(told)
    moved = measure(told, desk, ActionKind.MOVE, target=LIVE)

    assert counts(told) == {**before, SQUARE: before[SQUARE] - 1, LIVE: before[LIVE] + 1}
    with told.db.read() as work:
        for board, expected in ((SQUARE, []), (LIVE, [THREAD])):
            listed, _ = forum.list_threads(work, board=board, sort=ThreadSort.REPLY, page=1)
            assert [item.thread.id for item in listed] == expected
            posts = forum_store.list_latest_posts(work, board, 20, "")
            assert [post.number for post in posts] == [2, 1][: 2 * len(expected)]
        for slug, expected_count in (("square", 0), ("live", 1)):
            found = forum.find_posts(work, "pistachios", Facets(board=slug), before=None, limit=5)
            assert len(found) == expected_count
        listed, _ = forum.list_threads(work, board=None, sort=ThreadSort.REPLY, page=1)
        assert THREAD in {item.thread.id for item in listed}
    assert thread(told).measures.move == moved.digest

    undo(told, desk, [moved.digest])
    assert counts(told) == before
    with told.db.read() as work:
        assert forum.find_posts(work, "pistachios", Facets(board="square"), before=None, limit=5)
        assert len(forum_store.list_latest_posts(work, SQUARE, 20, "")) == 2
        assert forum_store.list_latest_posts(work, LIVE, 20, "") == []


def test_answers_and_changes_in_a_moved_thread_are_signed_for_its_first_board(
    told: House, desk: Seat
) -> None:
    measure(told, desk, ActionKind.MOVE, target=LIVE)

    later = answer(told)
    submit(told, factories.update(AVA, OPENING), factories.erasure(BABAK, ANSWER))
    submit(told, factories.mark(OPENING, home=told.keys["instance"], pinned=True))
    # The board that it stands on now is live: it holds nothing back.
    advance(told, 60)
    tick(told)

    assert thread(told).is_pinned
    with told.db.read() as work:
        shown = forum.find_post(work, digest=factories.digest_of(later))
        assert shown is not None
        assert (shown.number, shown.board) == (3, SQUARE)
        assert shown in forum_store.list_latest_posts(work, LIVE, 20, "")
    with pytest.raises(UnknownPostError):
        answer(told, board=factories.LIVE)


def test_thread_is_moved_only_to_another_living_board_of_this_home(told: House, desk: Seat) -> None:
    elsewhere = factories.board_key("elsewhere").did
    for target, refusal in (
        (SQUARE, SamePlaceError),
        (elsewhere, UnknownBoardError),
        ("", MalformedError),
    ):
        with pytest.raises(refusal):
            measure(told, desk, ActionKind.MOVE, target=target)
    with told.db.write() as work:
        board = forum.find_board(work, did=LIVE)
        assert board is not None
        forum_service.change_board(work, told.door, replace(board, is_archived=True))
    with pytest.raises(BoardArchivedError):
        measure(told, desk, ActionKind.MOVE, target=LIVE)
    assert thread(told).board == SQUARE


def test_desk_moves_nothing_to_a_board_that_it_does_not_work_on(told: House) -> None:
    one = seat(told, factories.person("Elahe"))
    both = seat(told, factories.person("Dara"), boards=(SQUARE, LIVE))
    with pytest.raises(NotAllowedError):
        measure(told, one, ActionKind.MOVE, target=LIVE)

    measure(told, both, ActionKind.MOVE, target=LIVE)

    with pytest.raises(NotAllowedError):
        measure(told, one, ActionKind.LOCK)
    measure(told, both, ActionKind.LOCK)


def test_desk_names_no_board_of_its_own_for_a_post_on_another(told: House) -> None:
    """An act says on which board it is; the desk that signs it could say what it likes."""
    of_live = seat(told, factories.person("Dara"), boards=(LIVE,))
    about = Named(id=factories.id_of(OPENING), digest=factories.digest_of(OPENING))
    members = act_members(ActionKind.HIDE, LIVE, about, REASONS)
    raw = sign_record(of_live.key, "Remove", members, nonce=factories.nonce(), day=factories.TODAY)

    with pytest.raises(NotAllowedError):
        submit(told, raw)

    with told.db.read() as work:
        assert not forum.get_post(work, factories.digest_of(OPENING)).is_hidden


@pytest.mark.parametrize("kind", [ActionKind.SLOW, ActionKind.MOVE, ActionKind.LABEL])
def test_measure_without_what_its_kind_needs_is_refused(
    told: House, desk: Seat, kind: ActionKind
) -> None:
    with pytest.raises(MalformedError):
        measure(told, desk, kind)
    assert thread(told).measures == Measures()


def test_measure_ends_on_its_day_and_an_earlier_one_holds_again(told: House, desk: Seat) -> None:
    today = day_of(told.clock.now())
    slow = measure(told, desk, ActionKind.SLOW, delay_s=3600)
    advance(told, HOUR_S)
    until = replace(OF_THREAD, until=today.replace(day=today.day + 1))
    slower = measure(told, desk, ActionKind.SLOW, until, delay_s=7200)
    assert thread(told).measures == Measures(slow=slower.digest, delay_s=7200)

    advance(told, DAY_S)
    with told.db.write() as work:
        (over,) = store.list_standing_until(work, day_of(work.now))
        take_back(work, over)

    assert thread(told).measures == Measures(slow=slow.digest, delay_s=3600)


def test_later_of_two_acts_of_the_same_ten_minutes_holds_when_the_earlier_is_undone(
    told: House, desk: Seat
) -> None:
    """No row says which of them came first, so that it must not be asked."""
    acts = [measure(told, desk, ActionKind.SLOW, delay_s=60)]
    while acts[-1].digest >= max(action.digest for action in acts) or len(acts) < 3:
        acts.append(measure(told, desk, ActionKind.SLOW, delay_s=60 * (len(acts) + 1)))

    undo(told, desk, [acts[0].digest])

    assert thread(told).measures == Measures(slow=acts[-1].digest, delay_s=60 * len(acts))


def test_lock_of_its_thread_decides_the_case_of_a_post_and_its_undo_opens_it(
    told: House, desk: Seat
) -> None:
    report(told, ANSWER, factories.person("Dara"))
    with told.db.write() as work:
        case = service.claim(work, desk.desk)
        assert case is not None
        wanted = decision(ActionKind.LOCK, OF_THREAD)
        locked = service.decide(work, told.door, desk.at(told), case.id, wanted)
    assert isinstance(locked, Action)

    def state() -> CaseState | None:
        with told.db.read() as work:
            found = store.find_case(work, case.id)
            return None if found is None else found.state

    assert (thread(told).measures.lock, state()) == (locked.digest, CaseState.DECIDED)
    undo(told, desk, [locked.digest])
    assert state() is CaseState.OPEN


def test_label_that_is_taken_back_leaves_the_one_before_it(told: House, desk: Seat) -> None:
    first = measure(told, desk, ActionKind.LABEL, label="sensitive")
    advance(told, HOUR_S)
    second = measure(told, desk, ActionKind.LABEL, label="unconfirmed")

    def label() -> str:
        with told.db.read() as work:
            return forum.get_post(work, factories.digest_of(OPENING)).label

    undo(told, desk, [second.digest])
    assert label() == "sensitive"
    undo(told, desk, [first.digest])
    assert label() == ""


def test_lease_and_pace_are_looked_at_at_any_second_of_a_minute(told: House, desk: Seat) -> None:
    advance(told, 17)
    locked = measure(told, desk, ActionKind.LOCK)
    undo(told, desk, [locked.digest])
    assert thread(told).state is ThreadState.OPEN


_steps = st.lists(
    st.sampled_from(["lock", "slow", "slower", "to live", "to notices", "home", "undo first",
                     "undo last", "steward locks", "steward opens", "an answer"]),
    max_size=8,
)  # fmt: skip


@pytest.mark.slow
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=_steps)
def test_whatever_was_done_all_of_it_comes_undone_as_stewards_left_it(
    told: House, desk: Seat, steps: list[str]
) -> None:
    """Acts, undos, stewards and answers in any order; then every act is undone, in any order."""
    before, standing = counts(told), list[Action]()
    targets = {"to live": LIVE, "to notices": NOTICES, "home": SQUARE}
    for step in steps:
        advance(told, HOUR_S)
        if step == "lock":
            standing.append(measure(told, desk, ActionKind.LOCK))
        elif step in {"slow", "slower"}:
            delay_s = 600 if step == "slow" else 6000
            standing.append(measure(told, desk, ActionKind.SLOW, delay_s=delay_s))
        elif step in targets and thread(told).board != targets[step]:
            standing.append(measure(told, desk, ActionKind.MOVE, target=targets[step]))
        elif step.startswith("undo") and standing:
            undo(told, desk, [standing.pop(0 if step == "undo first" else -1).digest])
        elif step.startswith("steward"):
            state = ThreadState.LOCKED if step == "steward locks" else ThreadState.OPEN
            with told.db.write() as work:
                found = forum.get_thread(work, THREAD)
                mark = forum_store.get_mark(work, found.id)
                previous = encode_digest(mark.head) if mark.head else ""
                forum_service.mark_thread(
                    work, told.door, found, replace(mark, state=state), previous=previous
                )
        elif step == "an answer" and thread(told).state is ThreadState.OPEN:
            publish(told, factories.note(AVA, reply_to=OPENING))
        assert sum(counts(told).values()) == sum(before.values())
        assert thread(told).board in counts(told)
        _require_newest(told, standing)
    with told.db.read() as work:
        last = forum_store.get_mark(work, forum.get_thread(work, THREAD).id)
    if standing:
        undo(told, desk, [action.digest for action in reversed(standing)])

    now = thread(told)
    assert (now.measures, now.board, counts(told)) == (Measures(), SQUARE, before)
    assert now.state is last.state


def _require_newest(house: House, standing: list[Action]) -> None:
    """Of each kind the newest act that nobody took back holds, and it is named."""
    now = thread(house).measures
    named = {ActionKind.LOCK: now.lock, ActionKind.SLOW: now.slow, ActionKind.MOVE: now.move}
    for kind, digest in named.items():
        newest = next((a.digest for a in reversed(standing) if a.kind is kind), None)
        assert digest == newest
