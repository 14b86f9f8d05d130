"""Pages about what readers do not see yet, and about what nobody sees any more."""

from app.web.markup import render_difference
from app.wiring import House
from starlette.testclient import TestClient

from tests.houses import release
from tests.visitor import Visitor


def test_author_sees_a_revision_that_waits_and_revises_that_one(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "One well.")
    release(house)
    assert visitor.send_post(f"/p/{digest}/revise", text="Two wells.").status_code == 303

    own = visitor.get(f"/p/{digest}").text
    assert "The new version waits to be released" in own
    assert "<ins>Two</ins>" in own
    assert visitor.open_form(f"/p/{digest}/revise").fields["text"] == "Two wells."
    client.cookies.clear()
    others = visitor.get(f"/p/{digest}").text
    assert "One well." in others
    assert "Two" not in others
    assert "waits to be released" not in others


def test_revision_of_a_post_that_waits_itself_is_shown_to_its_author(client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "One well.")

    assert "The new version waits" not in visitor.get(f"/p/{digest}").text
    assert visitor.send_post(f"/p/{digest}/revise", text="Two wells.").status_code == 303
    assert "<ins>Two</ins>" in visitor.get(f"/p/{digest}").text
    assert visitor.send_post(f"/p/{digest}/erase").status_code == 303
    gone = visitor.get(f"/p/{digest}")
    assert gone.status_code == 200
    assert "Two" not in gone.text
    assert "The new version waits" not in gone.text


def test_thread_is_read_after_one_erased_an_answer_that_still_waited(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    thread = f"/t/{visitor.open_thread('Water', 'One well.')[:20]}"
    release(house)
    sent = visitor.send_post(f"{thread}/reply", text="It is dry.")
    answer = visitor.digest_after(sent)
    assert "It is dry." in visitor.get(thread).text
    assert visitor.send_post(f"/p/{answer}/erase").status_code == 303

    page = visitor.get(thread)

    assert page.status_code == 200
    assert "Yours, not yet released" not in page.text


def test_thread_without_a_word_left_is_not_among_the_new_ones(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "One well.")
    release(house)
    thread = f"/en/t/{digest[:20]}"
    assert thread in visitor.get("/latest").text

    assert visitor.send_post(f"/p/{digest}/erase").status_code == 303

    assert thread not in visitor.get("/latest").text
    assert thread in visitor.get("/b/square").text, "its place stays on its board"


def test_words_taken_out_and_added_do_not_run_into_each_other() -> None:
    assert render_difference("one well", "two wells") == (
        "<del>one</del> <ins>two</ins> <del>well</del> <ins>wells</ins>"
    )
    assert render_difference("a b c", "a x c") == "a <del>b</del> <ins>x</ins> c"
    assert render_difference("a b", "a") == "a<del> b</del>"


def test_address_that_lacks_a_part_is_a_page_that_is_not_there(client: TestClient) -> None:
    answer = Visitor(client).get("/leaving")

    assert answer.status_code == 404
    assert "This page was not found" in answer.text
