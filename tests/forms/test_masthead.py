"""The number of unread notices in the masthead: for whoever is logged in, and cheap."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from app.wiring import House
from sqlalchemy import event
from starlette.testclient import TestClient

from tests import factories
from tests.forms.test_keeping import house_post
from tests.houses import publish, release
from tests.visitor import Visitor, find_form

PATHS = ["/", "/boards", "/b/square", "/b/square/new", "/notices", "/keys", "/about", "/search"]


@pytest.fixture
def answered(house: House, client: TestClient) -> Visitor:
    """Ava, logged in, whose post was answered twice."""
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "Where?")
    release(house)
    post = house_post(house, digest)
    for name in ("Babak", "Cyrus"):
        publish(house, factories.note(factories.person(name), reply_to=post.record_id))
    visitor.log_in("Ava")
    return visitor


def masthead(page: str) -> str:
    """Return the masthead of a page."""
    return page.split("<header")[1].split("</header>", maxsplit=1)[0]


def test_number_of_unread_notices_is_in_the_masthead(answered: Visitor) -> None:
    told = (
        '<span class="num" aria-hidden="true">2</span><span class="unseen">, 2 not read yet</span>'
    )

    for path in PATHS:
        assert masthead(answered.get(path).text).count(told) == 1, path


def test_number_goes_once_they_are_read_and_zero_is_not_said(answered: Visitor) -> None:
    answered.send(find_form(answered.get("/notices"), "/en/notices"))

    page = masthead(answered.get("/boards").text)
    assert "Notices</a>" in page
    assert "not read" not in page


def test_number_is_in_the_readers_digits(answered: Visitor) -> None:
    assert '<span class="num" aria-hidden="true">۲</span>' in masthead(answered.client.get("/fa/boards").text)  # fmt: skip


def test_page_for_everyone_says_nothing_of_anybodys_notices(answered: Visitor) -> None:
    for path in PATHS[:3]:
        answered.get(path)
    answered.client.cookies.clear()

    for path in PATHS[:3]:
        assert "not read" not in answered.get(path).text


def test_number_costs_one_statement_and_no_second_connection(
    answered: Visitor, house: House
) -> None:
    for path in PATHS:
        with watched(house) as (statements, held):
            answered.get(path)

        asked = [text for text in statements if "notices_read" in text and "count(" in text]
        assert (len(asked), max(held)) == (1, 1), path


@contextmanager
def watched(house: House) -> Iterator[tuple[list[str], list[int]]]:
    """Return the statements of a block and how many connections were held at once."""
    statements: list[str] = []
    held: list[int] = [0]
    engine = house.db.engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    def take(*_: object) -> None:
        held.append(held[-1] + 1)

    def give(*_: object) -> None:
        held.append(held[-1] - 1)

    watches: list[tuple[object, str, Callable[..., None]]] = [
        (engine, "before_cursor_execute", note),
        (engine.pool, "checkout", take),
        (engine.pool, "checkin", give),
    ]
    for target, name, listener in watches:
        event.listen(target, name, listener)
    try:
        yield statements, held
    finally:
        for target, name, listener in watches:
            event.remove(target, name, listener)
