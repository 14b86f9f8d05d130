"""Commitments by the door: filed, owned, judged on evidence, and overdue by themselves."""

from datetime import timedelta

import pytest
from app import hearings
from app.crypto.ed25519 import SigningKey
from app.hearings import service
from app.hearings.errors import (
    CommitmentOwnedError,
    CommitmentUnfitError,
    IllegalChangeError,
    JudgedWordsError,
    NoCommitmentError,
    NotOwnerError,
    OwnerUnknownError,
    StaleCommitmentError,
)
from app.hearings.model import Change, CommitmentState, Shows
from app.hearings.rules import commitments as rules
from app.hearings.store import commitments as store
from app.hearings.store import count_past_due
from app.kernel.clock import DAY_S, day_of
from app.kernel.errors import AppError, MalformedError
from app.wiring import House
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.factories import TODAY
from tests.hearings.officials import make_official
from tests.hearings.promising import (
    DUE,
    LINK,
    STATES,
    commitment,
    evidence,
    find,
    note,
    owning,
    status,
)
from tests.houses import advance, publish, require_post, submit

pytestmark = pytest.mark.slow

READER, OFFICIAL, OTHER = (factories.person(name) for name in ("Ava", "Babak", "Cyrus"))
CARD = factories.card(OFFICIAL)


@pytest.fixture
def opening(house: House) -> bytes:
    """A thread, in a house where Babak holds an office."""
    submit(house, factories.card(READER), CARD, factories.card(OTHER))
    make_official(house, OFFICIAL)
    raw = factories.note(READER, board=factories.LIVE, title="The river")
    publish(house, raw)
    return raw


def instance(house: House) -> SigningKey:
    return house.keys["instance"]


def test_citizens_file_a_public_promise(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening)
    publish(house, raw)

    found = find(house, raw)

    assert found.state is CommitmentState.NOT_STARTED
    assert (found.promise.owner, found.due_on) == ("The deputy minister for water", DUE)
    assert (found.owned_on, found.hearing, found.filer) == (None, None, READER.root)
    with house.db.read() as work:
        assert service.commitments.list_shown(work) == [found]


def test_waiting_commitment_is_in_no_list(house: House, opening: bytes) -> None:
    submit(house, commitment(READER, opening))

    with house.db.read() as work:
        assert service.commitments.list_shown(work) == []


def test_official_confirms_and_nobody_else(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening, of=OFFICIAL.root)
    publish(house, raw)
    for key in (READER.key, OTHER.key, instance(house)):
        with pytest.raises(NotOwnerError):
            submit(house, owning(key, raw))

    submit(house, owning(OFFICIAL.key, raw))

    assert find(house, raw).owned_on == TODAY
    with pytest.raises(CommitmentOwnedError):
        submit(house, owning(OFFICIAL.key, raw))


def test_promise_of_nobody_here_is_confirmed_by_nobody(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening)
    publish(house, raw)

    with pytest.raises(NotOwnerError):
        submit(house, owning(OFFICIAL.key, raw))


def test_official_who_files_it_stands_by_it(house: House, opening: bytes) -> None:
    raw = commitment(OFFICIAL, opening, of=OFFICIAL.root)
    publish(house, raw)

    assert find(house, raw).owned_on == TODAY


def test_key_that_is_no_longer_in_use_confirms_nothing(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening, of=OFFICIAL.root)
    publish(house, raw)
    keys = [factories.key_line(OFFICIAL, state="revoked"), factories.key_line(OFFICIAL, 1)]
    submit(house, factories.card(OFFICIAL, after=CARD, keys=keys, sequence=2))

    with pytest.raises(AppError, match="no longer in use"):
        submit(house, owning(OFFICIAL.key, raw))


def test_official_has_to_be_one_here(house: House, opening: bytes) -> None:
    with pytest.raises(OwnerUnknownError):
        submit(house, commitment(READER, opening, of=OTHER.root))


def test_commitment_answers_something_and_has_what_makes_it_one(
    house: House, opening: bytes
) -> None:
    raw = commitment(READER, opening)
    publish(house, raw)

    with pytest.raises(CommitmentUnfitError):
        submit(house, commitment(READER, raw))
    with pytest.raises(CommitmentUnfitError):
        submit(house, note(READER, opening, "commitment", "We will.", {}))
    with pytest.raises(CommitmentUnfitError):
        submit(house, evidence(READER, opening))
    shown = {"urn:goftogu:evidence": LINK, "urn:goftogu:shows": "done"}
    with pytest.raises(CommitmentUnfitError):
        submit(house, note(READER, opening, "", "Rivers belong to all.", shown))


def test_status_changes_by_the_host_or_who_owns_it(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening, of=OFFICIAL.root)
    publish(house, raw)
    for key in (READER.key, OFFICIAL.key):
        with pytest.raises(NotOwnerError):
            submit(house, status(key, raw, "kept"))
    submit(house, owning(OFFICIAL.key, raw))

    first = status(OFFICIAL.key, raw, "in-progress")
    submit(house, first)
    second = status(instance(house), raw, "broken", after=first)
    submit(house, second)

    assert find(house, raw).state is CommitmentState.BROKEN
    with house.db.read() as work:
        changes = store.list_changes(work, [factories.digest_of(raw)])[factories.digest_of(raw)]
    told = [(each.number, each.state.value, each.by, each.evidence) for each in changes]
    assert told == [(1, "in-progress", OFFICIAL.root, LINK), (2, "broken", "", LINK)]
    assert [each.record for each in changes] == [*map(factories.digest_of, (first, second))]


def test_official_alone_does_not_turn_broken_into_kept(house: House, opening: bytes) -> None:
    """Any link would do: so what they say is told as their word, until the host has looked."""
    raw = commitment(READER, opening, of=OFFICIAL.root)
    publish(house, raw)
    broken = status(instance(house), raw, "broken")
    kept = status(OFFICIAL.key, raw, "kept", after=broken)
    submit(house, owning(OFFICIAL.key, raw), broken, kept)

    assert find(house, raw).state is CommitmentState.KEPT
    assert find(house, raw).is_contested
    with pytest.raises(IllegalChangeError):
        submit(house, status(OFFICIAL.key, raw, "kept", after=kept))
    begun = status(OFFICIAL.key, raw, "in-progress", after=kept)
    again = status(OFFICIAL.key, raw, "kept", after=begun)
    submit(house, begun, again)
    assert find(house, raw).is_contested

    submit(house, status(instance(house), raw, "kept", after=again))

    assert not find(house, raw).is_contested
    assert find(house, raw).state is CommitmentState.KEPT


def test_official_alone_does_not_end_what_is_overdue(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening, of=OFFICIAL.root, due=TODAY + timedelta(days=1))
    publish(house, raw)
    submit(house, owning(OFFICIAL.key, raw))
    advance(house, 2 * DAY_S)
    today = day_of(house.clock.now())

    kept = status(OFFICIAL.key, raw, "kept", day=today)
    submit(house, kept)
    late = find(house, raw)
    with house.db.read() as work:
        assert count_past_due(work, today) == {None: 1}
    submit(house, status(instance(house), raw, "kept", after=kept, day=today))

    assert late.is_contested
    assert rules.is_overdue(late, today)
    assert not rules.is_overdue(find(house, raw), today)
    with house.db.read() as work:
        assert count_past_due(work, today) == {CommitmentState.KEPT: 1}


BY_HOST, BY_OWNER = "", "did:key:owner"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], False),
        ([(BY_OWNER, "kept", 0)], False),
        ([(BY_OWNER, "kept", 2)], True),
        ([(BY_OWNER, "compromise", 2)], True),
        ([(BY_OWNER, "in-progress", 2)], False),
        ([(BY_OWNER, "broken", 2)], False),
        ([(BY_HOST, "kept", 2)], False),
        ([(BY_HOST, "broken", 0), (BY_OWNER, "in-progress", 0)], True),
        ([(BY_HOST, "compromise", 0), (BY_OWNER, "kept", 0)], True),
        ([(BY_HOST, "kept", 0), (BY_OWNER, "broken", 0)], False),
        ([(BY_HOST, "in-progress", 0), (BY_OWNER, "kept", 0)], False),
        ([(BY_HOST, "kept", 2), (BY_OWNER, "in-progress", 2), (BY_OWNER, "kept", 2)], False),
    ],
)
def test_status_is_contested(said: list[tuple[str, str, int]], *, expected: bool) -> None:
    changes = [
        Change(
            post=b"",
            number=number,
            record=b"",
            state=CommitmentState(state),
            evidence=LINK,
            why="",
            day=TODAY + timedelta(days=after),
            by=by,
        )
        for number, (by, state, after) in enumerate(said, 1)
    ]

    assert rules.is_contested(changes, TODAY + timedelta(days=1)) is expected


def test_status_that_was_built_on_another_is_refused(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening)
    publish(house, raw)
    submit(house, status(instance(house), raw, "in-progress"))

    with pytest.raises(StaleCommitmentError):
        submit(house, status(instance(house), raw, "kept"))


@pytest.mark.parametrize("link", ["", "soon", "https://", "ftp://water.example.org/", "the gauge"])
def test_status_without_a_link_to_evidence_is_refused(
    house: House, opening: bytes, link: str
) -> None:
    raw = commitment(READER, opening)
    publish(house, raw)

    with pytest.raises(MalformedError):
        submit(house, status(instance(house), raw, "kept", link=link))
    assert find(house, raw).state is CommitmentState.NOT_STARTED


@given(path=st.lists(st.sampled_from(STATES), max_size=8))
def test_status_goes_only_where_it_may(path: list[str]) -> None:
    """A status changes to another one; what has ended does not go back to nothing begun."""
    state = CommitmentState.NOT_STARTED
    for wanted in map(CommitmentState, path):
        may = wanted is not state and not (
            wanted is CommitmentState.NOT_STARTED and state in rules.ENDED
        )
        if not may:
            with pytest.raises(IllegalChangeError):
                rules.require_status(state, wanted, LINK)
            continue
        rules.require_status(state, wanted, LINK)
        state = wanted


def test_evidence_is_put_beside_by_anyone(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening)
    publish(house, raw)
    shown = evidence(OTHER, raw)
    publish(house, shown)

    with house.db.read() as work:
        (found,) = store.list_evidence(work, factories.digest_of(raw))
    assert (found.link, found.shows) == (LINK, Shows.NOT_DONE)
    # It changes nothing by itself.
    assert find(house, raw).state is CommitmentState.NOT_STARTED


def test_what_people_judge_keeps_its_words(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening)
    publish(house, raw)
    shown = evidence(OTHER, raw)
    publish(house, shown)

    for author, post in ((READER, raw), (OTHER, shown)):
        with pytest.raises(JudgedWordsError):
            submit(house, factories.update(author, post))


def test_erased_commitment_leaves_nothing_that_was_typed(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening)
    shown = evidence(READER, raw)
    publish(house, raw)
    publish(house, shown)
    submit(house, factories.erasure(READER, shown), factories.erasure(READER, raw))

    found = find(house, raw)

    assert (found.promise.owner, found.promise.measure, found.promise.theme) == ("", "", "")
    with house.db.read() as work:
        (left,) = store.list_evidence(work, factories.digest_of(raw))
        assert service.commitments.list_shown(work) == [found]
    assert left.link == ""
    assert require_post(house, raw).erased_on is not None


def test_commitment_is_overdue_by_itself_across_a_jump_of_time(
    house: House, opening: bytes
) -> None:
    raw = commitment(READER, opening, due=TODAY + timedelta(days=10))
    publish(house, raw)
    told = []
    for days in (9, 1, 1, 400):
        advance(house, days * DAY_S)
        told.append(rules.is_overdue(find(house, raw), day_of(house.clock.now())))

    assert told == [False, False, True, True]
    submit(house, status(instance(house), raw, "kept", day=day_of(house.clock.now())))
    assert not rules.is_overdue(find(house, raw), day_of(house.clock.now()))


def test_reminders_come_by_themselves_and_end_with_a_change(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening, of=OFFICIAL.root)
    publish(house, raw)

    def asked() -> list[int]:
        with house.db.read() as work:
            both = [
                service.commitments.list_reminders(work, who.root) for who in (OFFICIAL, READER)
            ]
            assert hearings.count_reminders(work, OTHER.root) == 0
            assert hearings.count_reminders(work, OFFICIAL.root) == len(both[0])
            assert hearings.count_reminders(work, READER.root) == 0
        assert both[0] == both[1]
        return [after for _, after in both[0]]

    told = []
    for days in (29, 1, 29, 1, 30, 30, 245, 40):
        advance(house, days * DAY_S)
        told.append(asked())
    assert told == [[], [30], [30], [], [90], [], [365], []]


def test_change_of_status_answers_a_reminder(house: House, opening: bytes) -> None:
    raw = commitment(READER, opening)
    publish(house, raw)
    advance(house, 31 * DAY_S)
    submit(house, status(instance(house), raw, "in-progress", day=TODAY + timedelta(days=31)))

    with house.db.read() as work:
        assert service.commitments.list_reminders(work, READER.root) == []
        assert rules.count_reminders(find(house, raw), TODAY + timedelta(days=31)) == 1


def test_commitment_that_is_not_there_is_neither_owned_nor_changed(
    house: House, opening: bytes
) -> None:
    with pytest.raises(NoCommitmentError):
        submit(house, owning(OFFICIAL.key, opening))
    with pytest.raises(NoCommitmentError):
        submit(house, status(instance(house), opening, "kept"))
