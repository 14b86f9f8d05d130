"""Imported posts: wherever a byline stands it names the first author, and search finds the words."""

import pytest
from app import forum
from app.records import sign_record
from app.records.model import CUSTODY, IMPORTED, Custody
from app.wiring import House
from sqlalchemy import event
from starlette.testclient import TestClient

from tests import factories
from tests.factories import digest_of
from tests.houses import publish, release, require_post
from tests.visitor import Visitor

SENTENCE = "Imported: written by {} on {}, from {}."


def imported(house: House, **origin: str) -> bytes:
    """Return an opening that the instance imports."""
    members = {
        "audience": f"ap://{factories.SQUARE.did}/actor",
        "contentMap": {"en": "The qanat is dry."},
        "mediaType": "text/markdown",
        "name": "Water",
        CUSTODY: Custody.INSTANCE.value,
        IMPORTED: {"day": "2009-06-15", "source": "A forum", **origin},
    }
    key = house.keys["instance"]
    return sign_record(key, "Note", members, nonce=factories.nonce(), day=factories.TODAY)


@pytest.mark.parametrize(
    "path", ["/t/{thread}", "/t/{thread}/print", "/p/{digest}"], ids=["thread", "print", "post"]
)
def test_letter_says_who_wrote_it_where_and_when(
    client: TestClient, house: House, path: str
) -> None:
    post = imported(house, author="Old Hand")
    publish(house, post)

    page = Visitor(client).get(
        path.format(thread=require_post(house, post).thread, digest=digest_of(post).hex())
    )

    day = '<time class="num" datetime="2009-06-15">15 June 2009</time>'
    assert SENTENCE.format("<bdi>Old Hand</bdi>", day, "<bdi>A forum</bdi>") in page.text
    assert 'aria-label="Post 1, Old Hand"' in page.text


@pytest.mark.parametrize(
    "path", ["/", "/latest", "/b/square", "/search?q=qanat", "/persona/{host}"]
)
def test_line_of_a_list_names_the_first_author(client: TestClient, house: House, path: str) -> None:
    post = imported(house, author="Old <b>Hand</b>")
    publish(house, post)
    host = require_post(house, post).author.fingerprint.replace(" ", "")

    page = Visitor(client).get(path.format(host=host)).text

    assert "Imported: <bdi>Old &lt;b&gt;Hand&lt;/b&gt;</bdi>" in page


def test_line_without_a_known_author_says_that_it_is_imported(
    client: TestClient, house: House
) -> None:
    publish(house, imported(house))

    page = Visitor(client).get("/b/square").text

    assert '<li>Imported <span class="fp"' in page


def test_notice_names_the_first_author(client: TestClient, house: House) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "Where?")
    release(house)
    with house.db.read() as work:
        record_id = forum.get_post(work, bytes.fromhex(digest)).record_id
    answer = factories.forged(
        imported(house, author="Old Hand"),
        house.keys["instance"],
        lambda document: (document.pop("name"), document.update(inReplyTo=record_id)),
    )
    publish(house, answer)
    visitor.log_in("Ava")

    assert "Imported: <bdi>Old Hand</bdi>" in visitor.get("/notices").text


def test_plain_text_and_feeds_name_the_first_author(client: TestClient, house: House) -> None:
    post = imported(house, author="Old Hand")
    publish(house, post)
    thread = f"/en/t/{require_post(house, post).thread}"
    sentence = SENTENCE.format("Old Hand", "15 June 2009", "A forum")

    assert sentence in client.get(f"{thread}.txt").text
    for feed in (f"{thread}/feed.atom", "/en/b/square/feed.atom"):
        assert f"<name>{sentence}</name>" in client.get(feed).text


def test_page_of_imported_posts_asks_for_their_bytes_once(house: House) -> None:
    """Twenty questions for twenty bylines would make an archive slow."""
    publish(house, *(imported(house, author=f"Hand {number}") for number in range(5)))
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    with house.db.read() as work:
        event.listen(house.db.engine, "before_cursor_execute", note)
        try:
            order = forum.ThreadSort.NEW
            threads, _ = forum.list_threads(work, board=None, sort=order, page=1)
        finally:
            event.remove(house.db.engine, "before_cursor_execute", note)

    assert {item.opening.origin and item.opening.origin.author for item in threads} == {
        f"Hand {number}" for number in range(5)
    }
    assert len([text for text in asked if "record.raw" in text]) == 1
