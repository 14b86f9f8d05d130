"""When waiting entries are integrated, and what is stored and promised about it."""

import pytest
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, Instant
from app.tlog.model import Lane, LaneFacts, TickPolicy, Witnessed
from app.tlog.rules import decide_due_at, decide_include_by, decide_tick
from hypothesis import given
from hypothesis import strategies as st

POLICY = TickPolicy()
QUARTER = Lane(name="quarter", tick_s=15 * MINUTE_S)
LIVE = Lane(name="live", tick_s=1)
NOON = 20_000 * DAY_S + 12 * HOUR_S

instants = st.integers(0, 4_000_000_000).map(Instant)
batching = st.integers(MINUTE_S, DAY_S).map(lambda tick_s: Lane(name="b", tick_s=tick_s))
lanes = batching | st.integers(1, MINUTE_S - 1).map(lambda tick_s: Lane(name="l", tick_s=tick_s))


def facts(due_entries: int, lane: Lane = QUARTER) -> LaneFacts:
    """Return a lane whose oldest waiting entry fell due at noon."""
    return LaneFacts(lane=lane, due_entries=due_entries, oldest_due_at=Instant(NOON))


@pytest.mark.parametrize(
    ("arrives_s", "due_s"),
    [(0, 900), (1, 900), (899, 900), (900, 1800), (901, 1800), (-1, 0)],
)
def test_entry_falls_due_at_the_next_quarter_of_an_hour(arrives_s: int, due_s: int) -> None:
    assert decide_due_at(QUARTER, Instant(NOON + arrives_s)) == NOON + due_s


@given(batching, instants)
def test_due_time_is_a_later_tick_in_whole_minutes(lane: Lane, now: Instant) -> None:
    due_at = decide_due_at(lane, now)

    assert due_at % MINUTE_S == 0
    assert now < due_at < now + lane.tick_s + MINUTE_S


@given(batching, instants, st.integers(0, DAY_S))
def test_entries_of_one_batch_are_stored_alike(lane: Lane, now: Instant, later: int) -> None:
    """Whatever falls between two ticks cannot be told apart afterwards."""
    tick = now // lane.tick_s * lane.tick_s
    first, last = Instant(tick), Instant(tick + later % lane.tick_s)

    assert decide_due_at(lane, first) == decide_due_at(lane, last)


@given(instants)
def test_live_lane_stores_no_more_than_the_day(now: Instant) -> None:
    due_at = decide_due_at(LIVE, now)

    assert due_at % DAY_S == 0
    assert now - DAY_S < due_at <= now


@given(instants, st.integers(1, DAY_S))
def test_live_lane_stores_no_more_of_a_wait_than_the_hour(now: Instant, wait_s: int) -> None:
    due_at = decide_due_at(LIVE, now, wait_s)

    assert due_at % HOUR_S == 0
    assert now + wait_s <= due_at < now + wait_s + HOUR_S
    assert decide_include_by(LIVE, now, POLICY, wait_s) == due_at + HOUR_S


@given(lanes, instants)
def test_promise_is_an_hour_after_the_latest_release(lane: Lane, now: Instant) -> None:
    include_by = decide_include_by(lane, now, POLICY)

    assert include_by % HOUR_S == 0
    assert include_by > now
    assert lane.is_live or include_by >= decide_due_at(lane, now) + POLICY.cap_s


@pytest.mark.parametrize(
    ("due_entries", "after_s", "is_integrated"),
    [
        pytest.param(0, 0, False, id="nothing waits"),
        pytest.param(0, DAY_S, False, id="nothing waits, for long"),
        pytest.param(1, 0, False, id="one waits for company"),
        pytest.param(4, 0, False, id="four wait for company"),
        pytest.param(5, 0, True, id="five are company"),
        pytest.param(500, 0, True, id="so are five hundred"),
        pytest.param(4, HOUR_S - 1, False, id="four, a second before the cap"),
        pytest.param(4, HOUR_S, True, id="four, at the cap"),
        pytest.param(1, HOUR_S, True, id="one, at the cap"),
    ],
)
def test_batch_waits_for_company_but_not_beyond_the_cap(
    due_entries: int, after_s: int, *, is_integrated: bool
) -> None:
    assert decide_tick(facts(due_entries), Instant(NOON + after_s), POLICY) is is_integrated


def test_live_lane_waits_for_nobody() -> None:
    assert decide_tick(facts(1, LIVE), Instant(NOON), POLICY)
    assert not decide_tick(facts(0, LIVE), Instant(NOON), POLICY)


@pytest.mark.parametrize(("tick_s", "is_live"), [(1, True), (59, True), (60, False), (900, False)])
def test_lane_is_live_below_a_minute(tick_s: int, *, is_live: bool) -> None:
    assert Lane(name="x", tick_s=tick_s).is_live is is_live


@given(lanes, instants, st.integers(1, 4))
def test_promise_is_kept_by_a_worker_that_runs(lane: Lane, now: Instant, entries: int) -> None:
    """Whatever the batch, at the promised hour the tick has come."""
    waiting = LaneFacts(lane=lane, due_entries=entries, oldest_due_at=decide_due_at(lane, now))

    assert decide_tick(waiting, decide_include_by(lane, now, POLICY), POLICY)


@pytest.mark.parametrize(
    ("ago_s", "hours"),
    [(None, None), (0, 0), (HOUR_S - 1, 0), (HOUR_S, 1), (2 * DAY_S, 48), (-DAY_S, 0)],
)
def test_witness_is_silent_for_whole_hours(ago_s: int | None, hours: int | None) -> None:
    """A witness whose clock runs ahead is not silent."""
    now = Instant(100 * DAY_S)
    signed_at = None if ago_s is None else Instant(now - ago_s)
    witness = Witnessed(name="w", url="", tree_size=7, signed_at=signed_at)

    assert witness.hours_since(now) == hours
