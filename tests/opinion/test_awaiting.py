"""The list of readers' context that awaits one's rating: what can be rated, and nothing else."""

import pytest
from app import forum
from app.opinion import Helps
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish, release, require_post, submit
from tests.opinion.notes import SOURCED, context, rate, settle
from tests.opinion.samples import AVA, BABAK
from tests.opinion.test_context import RATERS, disagree
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

PAGE = "/context/rate"


def propose(house: House, title: str, words: str) -> tuple[bytes, bytes]:
    """Publish a post of Ava's and context of it by Babak; return both records."""
    post = factories.note(AVA, board=factories.LIVE, title=title)
    publish(house, post)
    note = context(BABAK, post, f"{words} <https://example.org/dam>.")
    publish(house, note)
    return post, note


@pytest.fixture
def rater(house: House, client: TestClient) -> Visitor:
    """Mina, who is logged in, beside two who write."""
    submit(house, factories.card(AVA), factories.card(BABAK))
    visitor = Visitor(client)
    visitor.join("Mina")
    return visitor


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
def test_list_leads_to_where_it_is_rated_and_forgets_what_was(
    house: House, client: TestClient, rater: Visitor, language: str
) -> None:
    visitor = Visitor(client, language)
    post, note = propose(house, "Water", "One.")
    propose(house, "Dams", "Two.")
    rater.log_in("Mina")
    page, place = visitor.get(PAGE).text, f"/p/{factories.digest_of(post).hex()}/context"
    number = require_post(house, note).number
    assert f'href="/{language}{place}#p{number}"' in page
    assert "One." in page
    assert f'href="/{language}{PAGE}"' in visitor.get("/notices").text

    form = visitor.open_form(place, f"{place}/rate")
    assert visitor.send(form, do="rate", helps="2", reason="sources").status_code == 303

    page = visitor.get(PAGE).text
    assert "One." not in page
    assert "Two." in page


def test_only_who_is_logged_in_has_a_list(client: TestClient) -> None:
    assert Visitor(client).get(PAGE).status_code == 303


def test_ones_own_context_is_not_on_the_list(
    house: House, client: TestClient, rater: Visitor
) -> None:
    post, _ = propose(house, "Water", "One.")
    rater.log_in("Mina")
    form = rater.open_form(f"/p/{factories.digest_of(post).hex()}/context")
    rater.digest_after(rater.send(form, text=SOURCED))
    release(house)
    rater.log_in("Mina")

    page = rater.get(PAGE).text

    assert "One." in page
    assert "dammed above" not in page


def test_what_was_decided_hidden_or_lost_its_post_awaits_nothing(
    house: House, rater: Visitor
) -> None:
    post, note = propose(house, "Water", "Decided.")
    _, hidden = propose(house, "Dams", "Hidden.")
    beside, _ = propose(house, "Lakes", "Alone.")
    propose(house, "Rain", "Open.")
    disagree(house, post)
    rate(house, note, dict.fromkeys(RATERS, Helps.YES), "sources")
    assert settle(house) == 1
    withheld = require_post(house, hidden)
    with house.db.write() as work:
        forum.hide_post(work, withheld, act=b"a" * 32, rule="spam")
    submit(house, factories.erasure(AVA, beside))
    rater.log_in("Mina")

    page = rater.get(PAGE).text

    assert "Open." in page
    assert page.count("/context#p") == 1
    assert not [word for word in ("Decided.", "Hidden.", "Alone.") if word in page]


def test_in_a_week_with_very_much_context_the_list_has_what_one_is_drawn_for(
    house: House, rater: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.opinion.service.standings.MOST_CONTEXT_A_WEEK", 0)
    propose(house, "Water", "One.")
    rater.log_in("Mina")

    assert rater.get(PAGE).status_code == 200
    assert "One." not in rater.get(PAGE).text
