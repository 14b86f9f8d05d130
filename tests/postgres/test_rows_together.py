"""Posts that queue together are written together, and each is answered for itself alone."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from app import identity, records, tlog
from app.crypto.multikey import encode_did
from app.db import Work
from app.identity.errors import PersonaLimitedError
from app.identity.model import Limit
from app.kernel.clock import Instant, day_of
from app.kernel.errors import AppError
from app.records import Receipt, parse_record, store, verify_record
from app.records.errors import IdTakenError
from app.wiring import House
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.houses import find_record, invite, submit, tick
from tests.postgres.test_two_hosts import add_one, find_faults, read_count

AVA = factories.person("Ava")


@pytest.fixture(autouse=True)
def _invited(house: House) -> None:
    invite(house, AVA)
    tick(house)


def new_post(title: str) -> bytes:
    """Return a post that opens a thread."""
    return factories.note(AVA, board=factories.LIVE, title=title)


def hand_in(house: House, raw: bytes) -> Future[Receipt]:
    """Queue a record as the web process does."""
    return house.door.queue(house.db, verify_record(parse_record(raw)))


def together(
    house: House, *acts: Callable[[], Future[Receipt]] | Callable[[], Future[None]]
) -> list[Receipt | BaseException | None]:
    """Queue steps so that one transaction takes all; return what each came to."""
    began, go = Event(), Event()

    def hold(_work: Work) -> None:
        began.set()
        go.wait(10)

    held = house.db.queue(hold)
    began.wait(10)
    queued = [act() for act in acts]
    go.set()
    held.result()
    return [one.exception() or one.result() for one in queued]


def posts_together(house: House, *raws: bytes) -> list[Receipt | BaseException | None]:
    """Hand records in so that one transaction takes all."""
    return together(house, *(lambda raw=raw: hand_in(house, raw) for raw in raws))


@contextmanager
def heard(house: House) -> Iterator[list[str]]:
    """Yield the statements that are run meanwhile."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        said.append(sql.split("(", maxsplit=1)[0].strip())

    event.listen(house.db.engine, "before_cursor_execute", note)
    yield said
    event.remove(house.db.engine, "before_cursor_execute", note)


def are_kept(house: House, raws: Sequence[bytes]) -> list[bool]:
    """Return which records are there."""
    return [find_record(house, raw) is not None for raw in raws]


def test_posts_of_a_group_are_one_statement_for_each_table(house: House) -> None:
    raws = [new_post(f"Water {number}") for number in range(6)]

    with heard(house) as said:
        answers = posts_together(house, *raws)

    assert all(isinstance(answer, Receipt) for answer in answers)
    written = [line for line in said if line.startswith("INSERT")]
    assert [line.split()[2] for line in written] == [
        "record", "tlog_pending", "thread", "post", "version",
    ]  # fmt: skip
    assert not any("SAVEPOINT" in line for line in said)
    assert are_kept(house, raws) == [True] * 6
    assert tick(house) == 6
    assert find_faults(house) == []


def test_post_that_is_refused_harms_nobody_beside_it(house: House) -> None:
    elsewhere = factories.note(AVA, board=factories.board_key("nowhere"), title="Lost")
    raws = [new_post("First"), elsewhere, new_post("Last")]

    first, refused, last = posts_together(house, *raws)

    assert isinstance(first, Receipt)
    assert isinstance(refused, AppError)
    assert isinstance(last, Receipt)
    assert are_kept(house, raws) == [True, False, True]
    assert tick(house) == 2


def test_row_that_the_database_refuses_harms_nobody_beside_it(house: House) -> None:
    """Nobody can tell whose of many rows it was: all is done once more, each by itself."""
    kept, raws, counted = new_post("Kept"), [new_post("First"), new_post("Last")], list[str]()
    submit(house, kept)

    def add_again(work: Work) -> None:
        counted.append("counted")
        work.undo.append(counted.clear)
        # What no rule lets through: the same record a second time.
        store.add_record(work, verify_record(parse_record(kept)), Instant(0))

    first, refused, last = together(
        house,
        lambda: hand_in(house, raws[0]),
        lambda: house.db.queue(add_again),
        lambda: hand_in(house, raws[1]),
    )

    assert isinstance(first, Receipt)
    assert isinstance(refused, IntegrityError)
    assert isinstance(last, Receipt)
    assert counted == []
    assert are_kept(house, raws) == [True, True]
    assert tick(house) == 3
    assert find_faults(house) == []


def test_step_that_passes_over_an_error_never_loses_the_rows_of_another(house: House) -> None:
    """The error that it catches may be about rows of the step before."""
    kept, good = new_post("Kept"), new_post("Good")
    submit(house, kept)

    def add_again(work: Work) -> None:
        store.add_record(work, verify_record(parse_record(kept)), Instant(0))

    def look_away(work: Work) -> None:
        try:
            with work.attempt():
                add_one(work)
        except IntegrityError:
            return

    before = read_count(house)
    first, refused, passed = together(
        house,
        lambda: hand_in(house, good),
        lambda: house.db.queue(add_again),
        lambda: house.db.queue(look_away),
    )

    assert isinstance(first, Receipt)
    assert isinstance(refused, IntegrityError)
    assert passed is None
    assert are_kept(house, [good]) == [True]
    assert read_count(house) == before + 1


def test_step_that_only_adds_is_undone_by_itself(house: House) -> None:
    raws = [new_post("First"), new_post("Second"), new_post("Third")]

    def fail(work: Work) -> None:
        house.door.submit(work, raws[1])
        raise LookupError("a step's own error")

    first, failed, last = together(
        house,
        lambda: hand_in(house, raws[0]),
        lambda: house.db.queue(fail),
        lambda: hand_in(house, raws[2]),
    )

    assert isinstance(first, Receipt)
    assert isinstance(failed, LookupError)
    assert isinstance(last, Receipt)
    assert are_kept(house, raws) == [True, False, True]


def test_step_that_writes_by_itself_is_undone_by_itself(house: House) -> None:
    before, raws = read_count(house), [new_post("First"), new_post("Second"), new_post("Third")]

    def fail(work: Work) -> None:
        house.door.submit(work, raws[1])
        add_one(work)
        raise LookupError("a step's own error")

    first, failed, added, last = together(
        house,
        lambda: hand_in(house, raws[0]),
        lambda: house.db.queue(fail),
        lambda: house.db.queue(add_one),
        lambda: hand_in(house, raws[2]),
    )

    assert isinstance(first, Receipt)
    assert isinstance(failed, LookupError)
    assert added is None
    assert isinstance(last, Receipt)
    assert are_kept(house, raws) == [True, False, True]
    assert read_count(house) == before + 1


def test_of_two_records_with_one_id_in_a_group_the_first_is_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factories, "nonce", lambda: "a" * 26)
    raws = [new_post("One"), new_post("Another")]

    first, same, other = posts_together(house, raws[0], raws[0], raws[1])

    assert isinstance(first, Receipt)
    assert isinstance(same, Receipt)
    assert (first.is_new, same.is_new, same.raw) == (True, False, first.raw)
    assert isinstance(other, IdTakenError)
    assert are_kept(house, raws) == [True, False]


def test_answer_to_a_post_of_the_same_group_finds_it(house: House) -> None:
    opening = new_post("Water")
    answer = factories.note(AVA, board=factories.LIVE, reply_to=opening)

    answers = posts_together(house, opening, answer, new_post("Another"))

    assert all(isinstance(one, Receipt) for one in answers)
    assert tick(house) == 3
    assert find_faults(house) == []


def test_what_fails_in_the_commit_is_not_done_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may have kept it and only its answer was lost: a vote would count double."""
    done: list[str] = []

    def fail(_dialect: object, _connection: object) -> None:
        raise IntegrityError("COMMIT", None, OSError("the answer was lost"))

    def count(_work: Work) -> None:
        if not done:
            monkeypatch.setattr(type(house.db.engine.dialect), "do_commit", fail)
        done.append("done")

    answers = together(house, *(lambda: house.db.queue(count) for _ in range(2)))
    monkeypatch.undo()

    assert [type(answer) for answer in answers] == [IntegrityError] * 2
    assert done == ["done", "done"]


def test_crash_between_the_commit_and_the_answers_makes_no_second_record(house: House) -> None:
    raws = [new_post(f"Water {number}") for number in range(3)]

    def crash(_changed: set[str]) -> None:
        raise SystemError("the process dies")

    def change(work: Work) -> None:
        work.changed.add("front")

    house.db.listeners.append(crash)
    answers = together(
        house,
        lambda: house.db.queue(change),
        *(lambda raw=raw: hand_in(house, raw) for raw in raws),
    )
    house.db.listeners.remove(crash)

    assert [type(answer) for answer in answers] == [SystemError] * 4
    again = [submit(house, raw) for raw in raws]
    assert [receipt.is_new for receipt in again] == [False] * 3
    assert tick(house) == 3
    assert find_faults(house) == []


def test_places_in_the_log_say_nothing_of_the_order_in_a_group(house: House) -> None:
    raws = [new_post(f"Water {number}") for number in range(12)]
    posts_together(house, *raws)
    tick(house)

    with house.db.read() as work:
        places = [records.find_place(work, factories.digest_of(raw)) for raw in raws]
        entries = tlog.count_entries(work)
        assert work.session.scalar(text("SELECT count(*) FROM tlog_pending")) == 0

    assert sorted(places) == list(range(entries - 12, entries))
    assert places != sorted(places)


def test_group_asks_with_its_turn_what_the_one_before_asked(house: House) -> None:
    hand_in(house, new_post("First")).result()

    with heard(house) as said:
        hand_in(house, new_post("Second")).result()

    # By the driver, all in one way there and back: SQLAlchemy hears nothing of it.
    is_postgres = house.db.engine.dialect.name == "postgresql"
    asked = [line for line in said if line.startswith("SELECT posting_key.")]
    assert len(asked) == (0 if is_postgres else 1)


def test_what_changed_since_the_group_before_holds(house: House) -> None:
    """From group to group the questions are kept, and never the answers."""
    hand_in(house, new_post("First")).result()
    with house.db.write() as work:
        author = identity.find_author(work, encode_did(AVA.key.public))
        assert author is not None
        limit = Limit(act=b"a" * 32, until=day_of(work.now) + timedelta(days=1))
        identity.limit_persona(work, author.hand, limit)

    refused = hand_in(house, new_post("Second")).exception()

    assert isinstance(refused, PersonaLimitedError)


@pytest.mark.parametrize("is_refused", [False, True])
def test_who_awaits_is_told_what_its_step_came_to(house: House, *, is_refused: bool) -> None:
    board = factories.board_key("nowhere") if is_refused else factories.LIVE
    raws = [new_post("First"), factories.note(AVA, board=board, title="Second")]

    async def wait() -> list[Receipt | BaseException]:
        waiting = (house.db.arrival(hand_in(house, raw)) for raw in raws)
        async with asyncio.timeout(10):
            return await asyncio.gather(*waiting, return_exceptions=True)

    first, second = asyncio.run(wait())

    assert isinstance(first, Receipt)
    assert isinstance(second, AppError if is_refused else Receipt)
