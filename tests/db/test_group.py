"""Steps that queue together share a commit, and each answers for itself alone."""

from threading import Barrier, Event, Thread

import pytest
from app.db import Work
from app.wiring import House
from sqlalchemy import text

COUNT = text("SELECT tick_s FROM tlog_lane WHERE name = 'house'")
ADD_ONE = text("UPDATE tlog_lane SET tick_s = tick_s + 1 WHERE name = 'house'")


def add_one(work: Work) -> None:
    """Do a step that would lose updates if two steps saw the same state."""
    work.session.execute(ADD_ONE)


def read_count(house: House) -> int:
    """Return what the steps counted."""
    with house.db.read() as work:
        return int(work.session.execute(COUNT).scalar_one())


def test_no_update_is_lost_when_eight_threads_write(house: House) -> None:
    before = read_count(house)
    start = Barrier(8)

    def write() -> None:
        start.wait()
        for _ in range(25):
            house.db.write_together(add_one)

    threads = [Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert read_count(house) == before + 200


def test_step_that_fails_keeps_nothing_and_harms_nobody(house: House) -> None:
    before = read_count(house)

    def fail(work: Work) -> None:
        add_one(work)
        raise LookupError("a step's own error")

    with pytest.raises(LookupError):
        house.db.write_together(fail)
    house.db.write_together(add_one)

    assert read_count(house) == before + 1


def test_erasure_that_was_rolled_back_is_told_to_nobody(house: House) -> None:
    told: list[bytes] = []
    house.db.erasure_listeners.append(told.extend)

    def fail(work: Work) -> None:
        work.erased.append(b"not erased")
        raise LookupError("a step's own error")

    failed = house.db.queue(fail)
    house.db.queue(lambda work: work.erased.append(b"erased")).result()

    assert isinstance(failed.exception(), LookupError)
    assert told == [b"erased"]


def test_result_of_a_step_is_returned(house: House) -> None:
    assert house.db.write_together(lambda work: work.now) == house.clock.now()


def test_step_given_up_before_its_turn_is_not_done(house: House) -> None:
    before = read_count(house)

    with house.db.write():
        # The writer is busy: one step waits at the door of the database, the next behind it.
        first = house.db.queue(add_one)
        while not first.running():
            pass
        given_up = house.db.queue(add_one)
        assert given_up.cancel()
    first.result()
    house.db.write_together(add_one)

    assert read_count(house) == before + 2


def test_whoever_gives_way_waits_for_what_is_queued_but_not_for_ever(house: House) -> None:
    may_go_on = Event()
    queued = house.db.queue(lambda _work: may_go_on.wait(10))

    house.db.give_way(0.01)
    was_done_early = queued.done()
    may_go_on.set()
    house.db.give_way(10)

    assert not was_done_early
    assert queued.done()
