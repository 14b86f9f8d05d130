"""What a command changes in a process of its own, pages that are kept here show at the next step."""

import pytest
from app import worker
from app.cli.opened import opened_house
from app.web.markup import render_post
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish, submit

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
OUT = factories.note(AVA, text="The needle.")


def test_kept_page_shows_nothing_that_a_command_took_away(
    house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Redis nobody tells this process, which keeps pages until it hears."""
    publish(house, factories.card(AVA), OUT)
    worker.step(house, 1)
    address = f"/en/p/{factories.digest_of(OUT).hex()}"
    assert "The needle." in client.get(address).text
    assert render_post.cache_info().currsize > 0

    monkeypatch.setenv("GOFTOGU_DATA", str(house.settings.data))
    with opened_house() as command:
        submit(command, factories.erasure(AVA, OUT))
    worker.step(house, 1)

    assert render_post.cache_info().currsize == 0, "rendered words stay in memory"
    assert "The needle." not in client.get(address).text


def test_kept_pages_stay_where_a_command_only_looked(
    house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/en/boards")
    monkeypatch.setenv("GOFTOGU_DATA", str(house.settings.data))

    with opened_house() as command, command.db.read():
        pass

    assert not house.beside.has_changed()
