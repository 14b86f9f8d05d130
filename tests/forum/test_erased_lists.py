"""A thread whose opening was erased names nobody in lists, and stands on the front page only for its answers."""

import pytest
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
ERASED = "Erased or hidden"


@pytest.fixture
def opening(house: House) -> bytes:
    """A thread that somebody opened and that readers can see."""
    post = factories.note(AVA, title="Where I live")
    publish(house, factories.card(AVA), factories.card(BABAK), post)
    return post


@pytest.mark.parametrize("path", ["/en/", "/en/latest", "/en/b/square"])
def test_lists_do_not_name_who_erased(
    house: House, client: TestClient, opening: bytes, path: str
) -> None:
    before = client.get(path).text
    publish(house, factories.erasure(AVA, opening))

    after = client.get(path).text

    assert "Ava" in before
    assert "Where I live" in before
    assert "Ava" not in after
    assert "No replies yet" not in after


@pytest.mark.parametrize("path", ["/en/", "/en/latest"])
def test_list_of_all_boards_leaves_out_what_gives_nothing_to_read(
    house: House, client: TestClient, opening: bytes, path: str
) -> None:
    before = client.get(path).text
    publish(house, factories.erasure(AVA, opening))

    assert "Where I live" in before
    assert ERASED not in client.get(path).text


def test_front_page_keeps_the_answers_to_an_erased_opening(
    house: House, client: TestClient, opening: bytes
) -> None:
    publish(house, factories.note(BABAK, reply_to=opening), factories.erasure(AVA, opening))

    front = client.get("/en/").text

    assert ERASED in front
    assert "1 reply" in front
    assert "Ava" not in front
