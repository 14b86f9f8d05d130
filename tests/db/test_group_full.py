"""A disk that fills up in the middle of a shared transaction: SQLite then takes all of it back by itself."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from app.db import Work
from app.kernel.errors import UnavailableError
from app.records import Receipt
from app.wiring import House
from sqlalchemy import text
from starlette.testclient import TestClient

from tests import factories
from tests.houses import find_record, submit
from tests.visitor import app_of

POSTS = [factories.note(factories.person("Ava"), text="x" * 9_000) for _ in range(6)]
THE_ONE_FOR_WHICH_THERE_IS_NO_SPACE = 3


def hand_in(house: House, number: int) -> Receipt | UnavailableError:
    """Hand in one of the posts together with the others."""

    def step(work: Work) -> Receipt:
        if number == THE_ONE_FOR_WHICH_THERE_IS_NO_SPACE:
            pages = work.session.scalar(text("PRAGMA page_count"))
            work.session.execute(text(f"PRAGMA max_page_count={pages}"))
        else:
            work.session.execute(text("PRAGMA max_page_count=1000000"))
        return house.door.submit(work, POSTS[number])

    try:
        return house.db.write_together(step)
    except UnavailableError as error:
        return error


def test_steps_before_the_one_that_found_no_space_are_not_acknowledged(house: House) -> None:
    began, go = Event(), Event()

    def hold(work: Work) -> None:
        began.set()
        go.wait()

    with ThreadPoolExecutor(8) as pool:
        holder = pool.submit(house.db.write_together, hold)
        began.wait()
        # All of them queue while the first holds the writer, and so share the next transaction.
        waiting = [pool.submit(hand_in, house, number) for number in range(len(POSTS))]
        while len(house.db._group._waiting) < len(POSTS):
            pass
        go.set()
        holder.result()
        answers = [one.result() for one in waiting]

    for answer, post in zip(answers, POSTS, strict=True):
        assert (find_record(house, post) is not None) == isinstance(answer, Receipt)
    assert any(isinstance(answer, UnavailableError) for answer in answers)
    for post in POSTS:
        with house.db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        submit(house, post)
        assert find_record(house, post) is not None


def test_who_shared_the_transaction_is_told_when_to_come_again(client: TestClient) -> None:
    with app_of(client).state.site.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")

    answers = (client.post("/api/v1/records", content=post) for post in POSTS)
    answer = next(answer for answer in answers if answer.status_code != 201)

    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert answer.headers["retry-after"]
