"""When pending entries are integrated. Values in, a decision out."""

from app.kernel.clock import HOUR_S, MINUTE_S, Instant, round_up

from .model import Lane, LaneFacts, TickPolicy


def decide_due_at(lane: Lane, now: Instant) -> Instant:
    """Return the tick at which an entry that arrives now falls due.

    Ticks stand on a fixed grid, so that what is stored says which batch an entry is in and nothing
    finer about when it came. A live lane stores the day.
    """
    if lane.is_live:
        return Instant(now - now % (24 * HOUR_S))
    # A tick that is not in whole minutes is stored as the minute that it ends in.
    return round_up(round_up(Instant(now + 1), lane.tick_s), MINUTE_S)


def decide_include_by(lane: Lane, now: Instant, policy: TickPolicy) -> Instant:
    """Return the promise: the hour by which an entry that arrives now is in the log."""
    latest = decide_due_at(lane, now) + policy.cap_s if not lane.is_live else now + MINUTE_S
    return round_up(Instant(latest), HOUR_S)


def decide_tick(facts: LaneFacts, now: Instant, policy: TickPolicy) -> bool:
    """Decide whether a lane's due entries are integrated now.

    A shuffle of one hides nothing: a batch waits for company, but not beyond the cap.
    """
    if not facts.due_entries:
        return False
    if facts.lane.is_live or facts.due_entries >= policy.least_entries:
        return True
    return now >= facts.oldest_due_at + policy.cap_s
