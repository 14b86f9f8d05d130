"""The background process: ticks, and forgetting what has ended. One runs at a time.

Every step is idempotent, and of several durable parts the next run finishes what a crash left open.
"""

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Final

from sqlalchemy.exc import OperationalError

from app import forum, hearings, identity, moderation, opinion, records, site, tlog
from app.crypto.blind import make_key
from app.db import EVERYTHING, Work
from app.db.erased import ErasedList
from app.federation.shelving import ShelfKeeper
from app.keeping import Keeper, PatientKeeper, list_keepers
from app.kernel.clock import HOUR_S, MINUTE_S, day_of
from app.kernel.errors import ConflictError, CorruptStateError
from app.web.logs import log_error, log_event, place_of
from app.wiring import House, open_shelf_keeper

TICK_EVERY_S: Final = 0.5
_RESTS: Final = 9
"""How many times as long as it worked the shelf's keeper rests: pages, posts and ticks of this
process come first."""
_BATCHES_AT_MOST: Final = 400
_BUSY_FROM: Final = 25
"""Entries of one tick."""
# A little longer than a witness may take to answer directly: what it signed should not be lost.
_WITNESSES_S: Final = 6.0
_FORGET_EVERY_TICKS: Final = int(HOUR_S / TICK_EVERY_S)
_SESSIONS_EVERY_TICKS: Final = int(MINUTE_S / TICK_EVERY_S)
_REWRITTEN: Final = "rewritten"
# Where words of somebody stand. Log-ins and drafts go without an erasure, and are few.
_WITH_WORDS: Final = (
    "version", "record", "post_search", "persona", "withheld", "sealed_copy", "machine_translation",
)  # fmt: skip
_ALWAYS: Final = (
    "draft", "login", "login_session", "invitation_cohort", "invitation_box", "invitations_given",
    "spent_invitation", "thread_name_cohort", "thread_names_taken", "ballot_issuer", "ballot_given",
    "panel_duty", "rating", "ratings_count", "answer_draft", "answer_rating", "hearing_staff",
)  # fmt: skip


class WorkerRunningError(ConflictError):
    """Another worker of this instance runs already."""

    code = "worker-running"


@contextmanager
def only_worker(data: Path) -> Iterator[None]:
    """Hold the worker's lock for the length of a block.

    Raises:
        WorkerRunningError: another process holds it.

    """
    with (data / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkerRunningError(
                "this instance runs already: stop the forum or its worker first"
            ) from error
        yield


def run(house: House, stop: Event) -> None:
    """Tick until told to stop; so that no tick waits, all else is kept beside it."""
    beside = [
        Thread(target=_keep_shelf, args=(house, stop), name="shelf"),
        *(
            Thread(target=_keep, args=(house, stop, *keeper), name=name)
            for name, keeper in list_keepers(house).items()
        ),
    ]
    for thread in beside:
        thread.start()
    try:
        steps = 0
        while not stop.is_set():
            step(house, steps)
            steps += 1
            stop.wait(TICK_EVERY_S)
    finally:
        for thread in beside:
            thread.join()
        house.asker.wait(_WITNESSES_S)


def _keep_shelf(house: House, stop: Event) -> None:
    """Make bundles and bulletins, and take away what holds erased words, until told to stop."""
    if house.db.is_read_only:
        return
    keeper, rested = open_shelf_keeper(house), 0.0
    while not stop.is_set():
        begun = monotonic()
        if begun < rested:
            # An erasure waits for no rest.
            _attempt_for_shelf(house, keeper.take_back)
        elif keep_shelf(house, keeper):
            rested = monotonic() + _RESTS * (monotonic() - begun)
        left = rested - monotonic()
        stop.wait(left if 0 < left < TICK_EVERY_S else TICK_EVERY_S)


def keep_shelf(house: House, keeper: ShelfKeeper) -> bool:
    """Do one thing for the shelf; return whether there may be more. A failure is told, and passed.

    What failed is tried again: an erasure at once, a file within the hour.
    """
    return bool(_attempt_for_shelf(house, partial(keeper.step, house.clock.now())))


def _attempt_for_shelf(house: House, act: Callable[[], bool | None]) -> bool | None:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 (this is a door)
        house.db.counters.add("failures")
        log_error("shelf-failed", error)
        return None


def _keep(house: House, stop: Event, make: Callable[[], Keeper], every_s: float) -> None:
    """Do what a keeper has to do, until told to stop."""
    if house.db.is_read_only:
        return
    keeper = make()
    while not stop.is_set():
        look_after(house, keeper)
        stop.wait(every_s)
    if isinstance(keeper, PatientKeeper):
        keeper.wait()


def look_after(house: House, keeper: Keeper) -> None:
    """Do what is due; what fails is told, and tried again."""

    def act_on_all(house: House) -> None:
        for act in keeper.list_due():
            _attempt(partial(_act, act), house)

    def _act(act: Callable[[], object], _house: House) -> None:
        act()

    _attempt(act_on_all, house)


def step(house: House, number: int) -> None:
    """Do one step; what goes wrong is logged and tried again at the next, or within the hour.

    Each part is a transaction of its own, so a failure leaves nothing half done, and keeps none of
    the others from being done: words leave the disk although no file can be published. The loop
    must outlive it: pages would go on without anybody seeing that nothing is released any more.
    """
    _attempt(_hear_commands, house)
    if house.db.is_read_only:
        return
    is_first, is_hourly = number == 0, number % _FORGET_EVERY_TICKS == 0
    for part, is_due in (
        (_show_aside, is_first),
        (_tick_unless_halted, True),
        (_give_back, True),
        (_ask_witnesses, True),
        (fill_index, is_first),
        (_forget_sessions, number % _SESSIONS_EVERY_TICKS == 0),
        (_forget_ended, is_hourly),
        (close_consultations, is_hourly),
        (list_erased, is_hourly),
        (open_issuers, is_hourly),
        (draw_panels, is_hourly),
        (rewrite, is_hourly),
        (_settle, is_hourly),
    ):
        if is_due:
            _attempt(part, house)


def _attempt(part: Callable[[House], object], house: House) -> None:
    try:
        part(house)
    except OperationalError as error:
        house.db.counters.add("failures")
        # The class alone: a database's message may hold a statement's values.
        log_event("database-unavailable", kind=type(error.orig).__name__, level=logging.WARNING)
    except Exception as error:  # noqa: BLE001 (this is a door)
        house.db.counters.add("failures")
        log_error("step-failed", error)


def _hear_commands(house: House) -> None:
    if house.beside.has_changed():
        house.db.hear({EVERYTHING})


def _forget_sessions(house: House) -> None:
    # Every minute: one that has ended must not live again because the clock is set back.
    with house.db.write() as work:
        identity.forget_ended_sessions(work)
        moderation.forget_ended(work)


def _forget_ended(house: House) -> None:
    # Drafts, log-ins and what a crash kept from being scrubbed leave the disk as well.
    house.db.must_scrub = True
    with house.db.write() as work:
        identity.forget_old_invitations(work)
        identity.forget_old_names_taken(work)
        identity.even_out_ballots(work)
        forum.forget_old_drafts(work)
        forum.forget_old_notices(work)
        hearings.forget_old_drafts(work)
        forum.forget_ended_shields(work)
        moderation.forget_sealed(work)
        opinion.forget_old_counts(work)
        opinion.even_out_ratings(work)
        opinion.forget_old_asked(work)
        identity.forget_ended_limits(work)
        opinion.forget_old_panels(work)
        hearings.tell_ended(work)


def draw_panels(house: House) -> None:
    """Draw who is asked to vote this week, for consultations that have asked nobody yet."""
    with house.db.write() as work:
        opinion.draw_panels(work, house.marks_key, house.door.instance_did)


def close_consultations(house: House) -> None:
    """Close consultations whose last day has passed, each in a transaction of its own."""

    def close(house: House, thread: str) -> None:
        with house.db.write() as work:
            opinion.close_due(work, house.door, thread)

    with house.db.read() as work:
        due = opinion.list_over(work, house.door.instance_did)
    for each in due:
        _attempt(partial(close, thread=each.thread), house)


def open_issuers(house: House) -> None:
    """Give this month its issuers' keys, and name on the card those that are good.

    Key and card are one transaction, so that nothing is ever issued that not everybody could see.
    A database behind its own log might make a month's key twice: it makes none.
    """
    if house.sequencer.halted is not None:
        return
    instance = house.keys["instance"]
    with house.db.read() as work:
        opening = [
            (identity.open_cohort, identity.find_issuer(work)),
            (identity.open_names, identity.find_name_issuer(work)),
        ]
    # Drawing the primes takes its time: no transaction is open meanwhile.
    keys = [(open_month, make_key()) for open_month, found in opening if found is None]
    with house.db.write() as work:
        for open_month, key in keys:
            open_month(work, instance, key)
        issuers = [*identity.list_issuers(work), *identity.list_name_issuers(work)]
        site.announce_issuers(work, house.door, instance, issuers)


def _give_back(house: House) -> None:
    house.publisher.give_back()


def _settle(house: House) -> None:
    house.publisher.settle()


def fill_index(house: House) -> None:
    """Index what is not indexed yet, as after the index was made anew; ticks come between."""
    while True:
        with house.db.write() as work:
            if not forum.fill_index(work):
                return
        _tick_unless_halted(house)


def list_erased(house: House) -> None:
    """Finish what a crash or a full disk kept of erasures: their list, and the public files.

    The files of what a desk hid as well; no list names those, they may come back.
    """
    with house.db.read() as work:
        digests, hidden = records.list_erased(work), records.list_hidden(work)
    ErasedList(house.settings.data).complete(digests)
    house.publisher.remove([*digests, *hidden])


def rewrite(house: House) -> None:
    """Take what was erased out of PostgreSQL's files, once a day if anything was.

    The first step after midnight UTC does it; a file in the instance's folder remembers the day and
    how many erasures there were, so that a restart neither forgets nor repeats it.
    """
    if not house.settings.database_url:
        return
    path = house.settings.data / _REWRITTEN
    with house.db.read() as work:
        day, count = day_of(work.now).isoformat(), _count_taken(work)
    last_day, _, last = (path.read_text("ascii") if path.exists() else "").partition(" ")
    if last_day != day:
        house.db.rewrite(_ALWAYS if last == count else (*_WITH_WORDS, *_ALWAYS))
        path.write_text(f"{day} {count}", "ascii")


def _count_taken(work: Work) -> str:
    """Return how many erasures there were, and how many sealed copies there are."""
    return f"{len(records.list_erased(work))}+{moderation.count_sealed(work)}"


def tick(house: House) -> int:
    """Run one tick: sign the log with what is due in it, and show it. Returns how many entries.

    Raises:
        CorruptStateError, OSError: see `records.advance` and `Publisher.keep_up`.

    """
    house.db.scrub()
    published = 0
    for _ in range(_BATCHES_AT_MOST):
        with house.db.read() as work:
            if not house.sequencer.has_work(work):
                break
        shown = records.advance(house.db, house.door, house.sequencer)
        published += shown.entries
        _tell(house, shown)
        house.db.counters.add("ticks")
        if shown.entries < tlog.LIVE_BATCH:
            # What has come since waits for the next step: each signature costs several syncs.
            break
    house.db.counters.add("entries", count=published)
    # In a turn, too: another process may tick, such as a command.
    with house.sequencer.turn():
        house.publisher.keep_up(is_busy=published > _BUSY_FROM)
    return published


def _tick_unless_halted(house: House) -> None:
    """Run one tick. A log that may not sign is told once; pages and all else go on."""
    if house.sequencer.halted is not None:
        return
    try:
        tick(house)
    except CorruptStateError as error:
        house.db.counters.add("failures")
        # The class says why, and `goftogu check` in a sentence what to do.
        log_error("log-halted", error)


def _ask_witnesses(house: House) -> None:
    """Have the log's newest checkpoint cosigned; what comes of it is published at a later tick."""
    checkpoint = house.sequencer.checkpoint
    if checkpoint is not None:
        prove = partial(house.sequencer.published.prove_growth, checkpoint.tree)
        house.asker.offer(checkpoint, prove, house.clock.now())


def _show_aside(house: House) -> None:
    """Try again what could not be shown: perhaps this is a newer version of the program."""
    with house.db.read() as work:
        entries = tlog.list_aside(work)
    if not entries:
        return
    with house.db.write() as work:
        shown = house.door.show_aside(work)
    house.publisher.write(entries, is_synced=True)
    _tell(house, shown)


def _tell(house: House, shown: records.Shown) -> None:
    """Write down why effects failed, once for each cause; their entries stay in the log."""
    house.db.counters.add("failures", count=len(shown.failures))
    for kind, place in sorted({(type(e).__name__, place_of(e)) for e in shown.failures}):
        log_event("effect-failed", kind=kind, place=place)
