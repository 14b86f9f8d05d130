"""When pending entries are integrated. Values in, a decision out."""

from app.kernel.clock import HOUR_S, MINUTE_S, Instant, round_up

from .model import Lane, LaneFacts, TickPolicy


def decide_due_at(lane: Lane, now: Instant, wait_s: int = 0) -> Instant:
    """Return the tick at which an entry that arrives now falls due.

    Ticks stand on a fixed grid, so that what is stored says which batch an entry is in and nothing
    finer about when it came. Who chose to wait longer falls due at a tick of the same grid. A live
    lane stores the day, or the hour that a longer wait ends in.
    """
    if lane.is_live:
        day = Instant(now - now % (24 * HOUR_S))
        return round_up(Instant(now + wait_s), HOUR_S) if wait_s else day
    # A tick that is not in whole minutes is stored as the minute that it ends in.
    return round_up(round_up(Instant(now + 1 + wait_s), lane.tick_s), MINUTE_S)


def decide_include_by(lane: Lane, now: Instant, policy: TickPolicy, wait_s: int = 0) -> Instant:
    """Return the promise: the hour by which an entry that arrives now is in the log."""
    if lane.is_live:
        start = decide_due_at(lane, now, wait_s) if wait_s else now
        return round_up(Instant(start + MINUTE_S), HOUR_S)
    return round_up(Instant(decide_due_at(lane, now, wait_s) + policy.cap_s), HOUR_S)


def decide_tick(facts: LaneFacts, now: Instant, policy: TickPolicy) -> bool:
    """Decide whether a lane's due entries are integrated now.

    A shuffle of one hides nothing: a batch waits for company, but not beyond the cap.
    """
    if not facts.due_entries:
        return False
    if facts.lane.is_live or facts.due_entries >= policy.least_entries:
        return True
    return now >= facts.oldest_due_at + policy.cap_s


def count_most(witnesses: int) -> int:
    """Return how many of the witnesses that a log asks are enough, as its policy says."""
    return witnesses // 2 + 1
