"""What was counted in memory for a work is given back if nothing comes of it, and only then."""

import pytest
from app.db import Work
from app.wiring import House
from sqlalchemy import event

from tests.db.test_group import add_one


class FaultError(Exception):
    """Something goes wrong on the way."""


def counting(work: Work, given_back: list[str], name: str) -> None:
    work.undo.append(lambda: given_back.append(name))


def test_work_that_is_done_gives_nothing_back(house: House) -> None:
    given_back: list[str] = []
    with house.db.write() as work:
        counting(work, given_back, "a")

    assert given_back == []


def test_work_that_fails_gives_all_back(house: House) -> None:
    given_back: list[str] = []

    def fail() -> None:
        with house.db.write() as work:
            counting(work, given_back, "a")
            counting(work, given_back, "b")
            raise FaultError

    with pytest.raises(FaultError):
        fail()

    assert sorted(given_back) == ["a", "b"]


def test_work_that_cannot_be_committed_gives_all_back(house: House) -> None:
    given_back: list[str] = []

    def fail(_connection: object) -> None:
        raise FaultError

    event.listen(house.db.engine, "commit", fail)
    with pytest.raises(FaultError), house.db.write() as work:
        counting(work, given_back, "a")
    event.remove(house.db.engine, "commit", fail)

    assert given_back == ["a"]


def test_part_that_fails_gives_back_its_own(house: House) -> None:
    given_back: list[str] = []

    def fail(work: Work) -> None:
        with work.attempt():
            counting(work, given_back, "within")
            work.accepted.append("Person")
            raise FaultError

    with house.db.write() as work:
        counting(work, given_back, "before")
        work.accepted.append("Note")
        with pytest.raises(FaultError):
            fail(work)
        accepted = list(work.accepted)

    assert given_back == ["within"]
    assert accepted == ["Note"]


def test_step_that_fails_gives_back_its_own_and_keeps_nobody_elses(house: House) -> None:
    given_back: list[str] = []

    def fail(work: Work) -> None:
        counting(work, given_back, "failing")
        raise FaultError

    def succeed(work: Work) -> None:
        counting(work, given_back, "succeeding")
        add_one(work)

    with house.db.write():
        # They queue behind this one, and share a transaction.
        steps = [house.db.queue(step) for step in (succeed, fail, succeed)]
    with pytest.raises(FaultError):
        steps[1].result()
    steps[0].result()
    steps[2].result()

    assert given_back == ["failing"]
