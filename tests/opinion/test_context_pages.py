"""Proposing and rating context by plain forms, in Persian and English."""

import re

import pytest
from app import records
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish, release, submit
from tests.opinion.notes import SOURCED, context
from tests.opinion.samples import AVA, BABAK
from tests.visitor import Form, Visitor, find_form

pytestmark = pytest.mark.slow


@pytest.fixture
def post(house: House) -> str:
    raw = factories.note(AVA, board=factories.LIVE, title="Water")
    submit(house, factories.card(AVA), factories.card(BABAK))
    publish(house, raw)
    return factories.digest_of(raw).hex()


def propose_form(visitor: Visitor, post: str) -> Form:
    return visitor.open_form(f"/p/{post}/context")


def rate_form(visitor: Visitor, post: str) -> Form:
    return visitor.open_form(f"/p/{post}/context", f"/p/{post}/context/rate")


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
def test_context_is_proposed_rated_and_the_rating_taken_back(
    house: House, client: TestClient, post: str, language: str
) -> None:
    writer, path = Visitor(client, language), f"/p/{post}/context"
    writer.join("Mina")
    writer.digest_after(writer.send(propose_form(writer, post), text=SOURCED))
    assert "dammed above" not in writer.get(path).text
    release(house)
    assert "dammed above" in writer.get(path).text
    assert "dammed above" not in writer.get(f"/t/{post[:20]}").text
    assert f"/{language}{path}" in writer.get(f"/t/{post[:20]}").text
    # Whoever wrote it has no form to rate it.
    assert f"{path}/rate" not in writer.get(path).text

    writer.log_out()
    rater = Visitor(client, language)
    rater.join("Bahar")
    done = rater.send(rate_form(rater, post), do="rate", helps="2", reason="sources")
    assert done.status_code == 303
    form = rate_form(rater, post)
    assert (form.fields["helps"], form.fields["reason"]) == ("2", "sources")
    assert rater.send(form, do="take-back").status_code == 303
    assert "helps" not in rate_form(rater, post).fields


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "empty"), ("The river is dammed.", "source"), (f"{SOURCED} " + "x" * 600, "600")],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: TestClient, post: str, text: str, said: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")

    answer = visitor.send(propose_form(visitor, post), text=text)

    assert answer.status_code == 400
    assert said in re.sub(r"<textarea.*?</textarea>", "", answer.text, flags=re.DOTALL)
    assert find_form(answer, f"/en/p/{post}/context").fields["text"] == text


def test_refusal_of_the_door_keeps_what_was_typed(
    house: House, client: TestClient, post: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")
    visitor.send(propose_form(visitor, post), text=SOURCED)

    answer = visitor.send(propose_form(visitor, post), text=f"{SOURCED} Again.")

    assert answer.status_code == 409
    assert "no room for more context" in answer.text
    assert "Again." in find_form(answer, f"/en/p/{post}/context").fields["text"]


def test_private_data_is_asked_about_once(client: TestClient, post: str) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")
    text = f"{SOURCED} Ask ali.reza@example.com."

    asked = visitor.send(propose_form(visitor, post), text=text)

    assert asked.status_code == 200
    assert "ali.reza@example.com" in asked.text
    visitor.digest_after(visitor.send(find_form(asked, f"/en/p/{post}/context")))


def test_rating_says_how_far_and_why(house: House, client: TestClient, post: str) -> None:
    raw = context(BABAK, _raw_of(house, post))
    publish(house, raw)
    visitor = Visitor(client)
    visitor.join("Mina")

    answer = visitor.send(rate_form(visitor, post), do="rate", helps="2")

    assert answer.status_code == 400
    assert "choose a reason" in answer.text
    assert visitor.send(rate_form(visitor, post), do="rate", reason="clear").status_code == 400
    other = {**rate_form(visitor, post).fields, "note": post, "do": "rate", "helps": "2"}
    gone = visitor.post(f"/en/p/{post}/context/rate", {**other, "reason": "clear"})
    assert gone.status_code == 409


def test_page_of_context_leads_to_that_of_its_post(
    house: House, client: TestClient, post: str
) -> None:
    raw = context(BABAK, _raw_of(house, post))
    publish(house, raw)

    answer = client.get(f"/en/p/{factories.digest_of(raw).hex()}/context", follow_redirects=False)

    assert answer.headers["location"] == f"/en/p/{post}/context"


def test_page_without_a_name_has_no_form_and_no_script(client: TestClient, post: str) -> None:
    page = client.get(f"/en/p/{post}/context").text

    assert "<script" not in page
    assert 'method="post"' not in page.split("<main")[1]
    assert "/en/context" in page


def _raw_of(house: House, digest: str) -> bytes:
    with house.db.read() as work:
        found = records.find_record(work, bytes.fromhex(digest))
    assert found is not None
    assert found.raw is not None
    return found.raw
