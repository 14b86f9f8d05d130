"""The page that says a post is genuine looks at the signature each time it is made."""

from app.wiring import House
from sqlalchemy import text
from starlette.testclient import TestClient

from tests import factories
from tests.factories import digest_of
from tests.houses import publish, submit

AVA = factories.person("Ava")


def page_of(client: TestClient, post: bytes) -> str:
    """Return the page of one post, made anew."""
    path, headers = f"/en/p/{digest_of(post).hex()}", {"cookie": "theme=light"}
    page: str = client.get(path, headers=headers).text
    return page


def test_signed_words_are_called_genuine(house: House, client: TestClient) -> None:
    post = factories.note(AVA)
    publish(house, post)

    assert "exactly what the holder of this key signed" in page_of(client, post)


def test_words_that_the_host_changed_are_not(house: House, client: TestClient) -> None:
    post = factories.note(AVA)
    publish(house, post)
    with house.db.write() as work:
        work.session.execute(text("UPDATE version SET text = 'Other words.'"))

    page = page_of(client, post)

    assert "exactly what the holder of this key signed" not in page
    assert "The signature does not fit this text" in page


def test_record_that_the_host_rewrote_is_not(house: House, client: TestClient) -> None:
    """The words and the record say the same; only the signature tells."""
    post = factories.note(AVA, text="The words.")
    publish(house, post)
    rewritten = post.replace(b"The words.", b"Other ones")
    with house.db.write() as work:
        work.session.execute(text("UPDATE record SET raw = :raw"), {"raw": rewritten})
        work.session.execute(text("UPDATE version SET text = 'Other ones'"))

    page = page_of(client, post)

    assert "exactly what the holder of this key signed" not in page
    assert "The signature does not fit this text" in page


def test_post_by_a_key_that_was_revoked_since_says_so(house: House, client: TestClient) -> None:
    card, post = factories.card(AVA), factories.note(AVA)
    publish(house, card, post)
    assert "revoked since" not in page_of(client, post)

    line = factories.key_line(AVA, state="revoked")
    submit(house, factories.card(AVA, after=card, keys=[line]))

    assert "This key was revoked since" in page_of(client, post)
