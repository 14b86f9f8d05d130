"""What is red, from values alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from app.federation.partners import UNVERIFIED, Grant, Partner, PartnerState, Replica, Right
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, Instant, day_of
from app.tlog import Witnessed

from .model import GOOD, NONE, Line

LAG_S: Final = HOUR_S
WITNESS_HOURS: Final = 24
BUNDLE_DAYS: Final = 1
DRILL_DAYS: Final = 8
"""A drill a week, and a day for a machine that was off."""
GRANT_DAYS: Final = 14
"""For two operators to find each other."""
LEAST_FREE: Final = 10
FULL_FREE: Final = 2
"""Per cent of the disk."""
_CLOCK_S: Final = 2 * HOUR_S
_TROUBLES: Final = {
    "wrong-card": "wrong-card",
    "disk": "disk",
    "log-shrunk": "shrunk",
    "newer-record": "newer",
    UNVERIFIED: "unverified",
}


def judge_partner(
    partner: Partner, replica: Replica, grants: Sequence[Grant], now: Instant, *, ahead: int = 0
) -> Line:
    """Return how far behind a partner's replica is, in minutes, and why.

    `ahead` is how many of its entries are of days that have not come here.
    """
    heard = replica.heard_at
    lag = None if heard is None else max(now - heard, 0) // MINUTE_S
    said = Line(what="partner", about=partner.name, value=lag)
    state = _state_of(partner, replica, grants, now)
    return _with(said, "ahead" if ahead and state == GOOD else state)


def _state_of(partner: Partner, replica: Replica, grants: Sequence[Grant], now: Instant) -> str:
    if partner.state is PartnerState.FROZEN and partner.why.partition(":")[0] == UNVERIFIED:
        return "frozen-unverified"
    if partner.state is not PartnerState.ACTIVE:
        return partner.state.value
    today, trouble = day_of(now), replica.trouble.partition(":")[0]
    if trouble in _TROUBLES:
        return _TROUBLES[trouble]
    accepted = [each for each in grants if each.accepted_on and each.ended_on is None]
    if accepted and not any(each.holds(today) for each in accepted):
        return "expired"
    if replica.heard_at is None:
        return "never" if replica.tried_at else NONE
    return GOOD if now - replica.heard_at <= LAG_S else "behind"


def judge_grants(
    partner: Partner, grants: Sequence[Grant], slugs: Mapping[tuple[str, str], str], today: date
) -> Iterator[Line]:
    """Yield for how many days rights hold that end soon, or ended; a line a board.

    `grants` are those between the two, `slugs` the boards' short names here by home and key. What
    was granted anew for longer, later or with as many rights, stands instead of what was before.
    """
    is_active = partner.state is PartnerState.ACTIVE
    for place, until in sorted(_list_ends(grants).items()) if is_active else ():
        days = (until - today).days
        if days <= GRANT_DAYS and place in slugs:
            state = ("taken" if place[0] == partner.did else "given") + "-over" * (days <= 0)
            about = f"{partner.name} {slugs[place]}"
            yield Line(what="grant", about=about, state=state, value=max(days, 0))


def _list_ends(grants: Sequence[Grant]) -> dict[tuple[str, str], date]:
    """Return by giver and board the first day without some right, of what nothing replaces."""
    ends: dict[tuple[str, str], date] = {}
    longer: dict[tuple[str, str], tuple[date, frozenset[frozenset[Right]]]] = {}
    for grant in sorted(grants, key=lambda each: each.until, reverse=True):
        accepted_on = grant.accepted_on
        if accepted_on is None or grant.ended_on is not None:
            continue
        for board, rights in grant.boards.items():
            place = (grant.giver, board)
            newest, others = longer.get(place, (date.min, frozenset()))
            if accepted_on >= newest and not any(rights <= each for each in others):
                ends[place] = grant.until
            longer[place] = (max(newest, accepted_on), others | {rights})
    return ends


def judge_witness(witness: Witnessed, entries: int, now: Instant) -> Line:
    """Return for how many hours a witness has signed nothing new; of an idle log it may be any."""
    hours = witness.hours_since(now)
    said = Line(what="witness", about=witness.name, value=hours)
    if hours is None:
        return _with(said, "never")
    is_good = witness.tree_size >= entries or hours < WITNESS_HOURS
    return _with(said, GOOD if is_good else "behind")


def judge_bundles(newest: date | None, last_post: date | None, today: date) -> Line:
    """Return how many days old the newest bundle is, if a later day has posts."""
    age = None if newest is None else (today - newest).days
    said = Line(what="bundles", value=age)
    if last_post is None or (newest is not None and last_post <= newest):
        return said
    due = last_post + timedelta(days=BUNDLE_DAYS)
    return said if today <= due else _with(said, "old")


def judge_disk(free: int, total: int) -> Line:
    """Return how many per cent of the disk are free."""
    percent = 100 * free // max(total, 1)
    said = Line(what="disk", value=percent)
    return _with(said, "full" if percent < FULL_FREE else "low" if percent < LEAST_FREE else GOOD)


def judge_drill(raw: bytes | None, today: date) -> Line:
    """Return how many days ago a backup was last restored to try it; `raw` is `drill.json`."""
    if raw is None:
        return Line(what="drill", state=NONE)
    try:
        document = json.loads(raw)
        age = (today - date.fromisoformat(document["day"])).days
        is_green = document["result"] == "green"
    except (ValueError, KeyError, TypeError):
        return Line(what="drill", state="unreadable")
    state = "failed" if not is_green else GOOD if 0 <= age <= DRILL_DAYS else "old"
    return Line(what="drill", state=state, value=max(age, 0))


def judge_clock(
    witnesses: Sequence[Witnessed], entries: int, published_on: date | None, now: Instant
) -> Line:
    """Compare our clock with the seconds in what witnesses signed: half of them decide.

    Nobody signs in the future, and nobody signs a tree on a day before it was there.
    """
    off = 0
    known = [each for each in witnesses if each.signed_at is not None]
    for each in known:
        at = each.signed_at or 0
        ahead = at - now
        behind = 0
        if each.tree_size == entries and published_on is not None:
            behind = (published_on - date(1970, 1, 1)).days * DAY_S - at
        off += max(ahead, behind) > _CLOCK_S
    return Line(what="clock", state="off" if known and 2 * off >= len(known) else GOOD)


def _with(line: Line, state: str) -> Line:
    return Line(what=line.what, about=line.about, state=state, value=line.value)
