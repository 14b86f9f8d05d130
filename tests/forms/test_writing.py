"""Writing: what may not be signed comes back with a sentence in the reader's language and the text still in the form."""

import pytest
from app import forum, identity
from app.identity.rules import IDLE_S
from app.kernel.clock import HOUR_S, FixedClock
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import LANGUAGES, by_turns, named
from tests.houses import count_records, find_record, publish, release, submit
from tests.place import Place
from tests.visitor import Form, Visitor, find_form

COMPOSERS = ["/b/square/new", "/t/{thread}/reply", "/p/{digest}/revise"]
TEXT = "نخست <i>آب</i> و سپس «نان» & 'bread'"

EMPTY = "The text is empty. Write something first."
LONG = "The text is too long. Shorten it or split it into several posts."
TRICKS = "The text has characters that turn the direction of lines or are not shown. Type those words anew, without pasting."
NO_TITLE = "Give the thread a title: one line that says what it is about."
BAD_TITLE = "The title is too long or has characters that are not shown. Use at most 200 visible characters."
NO_LANGUAGE = "Choose the language you wrote in."

BAD_TEXTS = [
    pytest.param({"text": ""}, EMPTY, id="no text"),
    pytest.param({"text": " \r\n\t "}, EMPTY, id="a blank text"),
    pytest.param({"text": "x" * 20_001}, LONG, id="a long text"),
    pytest.param({"text": "ب" * 10_001}, LONG, id="a text long in bytes"),
    pytest.param({"text": TEXT + "\u202e"}, TRICKS, id="a bidirectional override"),
    pytest.param({"text": TEXT + "\u2066"}, TRICKS, id="a bidirectional isolate"),
    pytest.param({"text": TEXT + "\x1b[31m"}, TRICKS, id="an escape to a terminal"),
    pytest.param({"text": TEXT, "language": "xx"}, NO_LANGUAGE, id="an unknown language"),
    pytest.param({"text": TEXT, "language": ""}, NO_LANGUAGE, id="no language"),
]
BAD_TITLES = [
    pytest.param({"title": ""}, NO_TITLE, id="no title"),
    pytest.param({"title": " \u3000 "}, NO_TITLE, id="a blank title"),
    pytest.param({"title": "x" * 201}, BAD_TITLE, id="a long title"),
    pytest.param({"title": "Wa\u202eter"}, BAD_TITLE, id="a title with an override"),
    pytest.param({"title": "Wa\u200bter"}, BAD_TITLE, id="a title with a space of no width"),
]


def in_language(place: Place, code: str) -> Visitor:
    """Return the place's visitor, reading in a language."""
    return Visitor(place.visitor.client, code)


def open_composer(place: Place, code: str, path: str) -> Form:
    """Open a composer in a language."""
    return in_language(place, code).open_form(place.path(path))


def require_complaint(answer: Response, code: str, sentence: str) -> None:
    """Check that an answer is the form again, with a sentence in the reader's language."""
    language = LANGUAGES[code]
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-language"] == code
    assert f'<html lang="{code}" dir="{language.direction}"' in answer.text
    assert language.gettext(sentence) in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence", "path", "code"), by_turns(BAD_TEXTS, named(*COMPOSERS))
)
def test_text_that_may_not_be_signed_stays_in_the_form(
    place: Place, code: str, path: str, typed: dict[str, str], sentence: str
) -> None:
    before = place.changes()
    form = open_composer(place, code, path)

    answer = place.visitor.send(form, **{"do": "send", "title": "Water", **typed})

    require_complaint(answer, code, sentence)
    again = find_form(answer, form.action)
    assert again.fields["text"] == typed["text"].replace("\r\n", "\n").strip()
    assert again.fields["nonce"] == form.fields["nonce"]
    assert place.changes() == before


@pytest.mark.parametrize(("typed", "sentence", "code"), by_turns(BAD_TITLES))
def test_title_that_may_not_be_signed_leaves_the_text_in_the_form(
    place: Place, code: str, typed: dict[str, str], sentence: str
) -> None:
    before = place.changes()
    form = open_composer(place, code, "/b/square/new")

    answer = place.visitor.send(form, do="send", text=TEXT, **typed)

    require_complaint(answer, code, sentence)
    assert find_form(answer, form.action).fields["text"] == TEXT
    assert place.changes() == before


@pytest.mark.parametrize(("path", "code"), by_turns(named(*COMPOSERS)))
def test_preview_stores_nothing_and_keeps_everything(place: Place, code: str, path: str) -> None:
    before = place.changes()
    form = open_composer(place, code, path)

    answer = place.visitor.send(form, do="preview", title="Water", text=TEXT, language="fa")

    again = find_form(answer, form.action)
    assert answer.status_code == 200
    assert again.fields["text"] == TEXT
    assert again.fields["language"] == "fa"
    assert "نخست &lt;i&gt;آب&lt;/i&gt;" in answer.text
    assert "<i>آب</i>" not in answer.text
    assert place.changes() == before


NOT_THERE = [
    pytest.param("/b/nowhere/new", {}, 404, id="a board that is none"),
    pytest.param("/b/notices/new", {}, 403, id="a closed board"),
    pytest.param("/t/00000000000000000000/reply", {}, 404, id="a thread that is none"),
    pytest.param("/t/{thread}/reply", {"reply": "00" * 32}, 404, id="an answer to nothing"),
    pytest.param("/t/{thread}/reply", {"reply": "zz"}, 404, id="an answer to no digest"),
    pytest.param("/t/{thread}/reply", {"quote": "00" * 32}, 404, id="a quote of nothing"),
    pytest.param("/p/" + "00" * 32 + "/revise", {}, 404, id="a revision of nothing"),
    pytest.param("/p/zz/revise", {}, 404, id="a revision of no digest"),
    pytest.param("/p/" + "00" * 32 + "/erase", {}, 404, id="an erasure of nothing"),
]


@pytest.mark.parametrize(("path", "fields", "status", "code"), by_turns(NOT_THERE))
def test_writing_to_what_is_not_there_keeps_the_text(
    place: Place, code: str, path: str, fields: dict[str, str], status: int
) -> None:
    before = place.changes()
    token = open_composer(place, code, "/b/square/new").fields["token"]

    answer = place.visitor.post(
        f"/{code}{place.path(path)}",
        {"token": token, "do": "send", "title": "Water", "language": "fa", "text": TEXT, **fields},
    )

    assert answer.status_code == status
    assert answer.headers["content-language"] == code
    assert "نخست &lt;i&gt;آب&lt;/i&gt;" in answer.text
    assert place.changes() == before


@pytest.mark.parametrize(("path", "code"), by_turns(named(*COMPOSERS, "/p/{digest}/erase")))
def test_writing_without_a_session_asks_to_log_in_and_keeps_the_text(
    place: Place, stranger: Visitor, path: str, code: str
) -> None:
    answer = stranger.post(
        f"/{code}{place.path(path)}", {"token": place.others_token, "text": TEXT, "title": "x"}
    )

    assert answer.status_code == 403
    assert LANGUAGES[code].gettext("Log in again") in answer.text
    assert "نخست &lt;i&gt;آب&lt;/i&gt;" in answer.text
    assert f'href="/{code}/login?next=/{code}{place.path(path)}"' in answer.text


def test_text_sent_after_the_session_ended_is_shown_and_the_log_in_leads_back(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    """Reading extends nothing: whoever writes for long finds the session ended, and loses no word."""
    visitor = Visitor(client)
    visitor.join("Quiet orchard")
    form = visitor.open_form("/b/square/new")
    clock.advance(IDLE_S + HOUR_S)
    before = count_records(house)

    answer = visitor.send(form, do="send", title="Water", text=TEXT)

    assert answer.status_code == 403
    assert "Log in again" in answer.text
    assert "نخست &lt;i&gt;آب&lt;/i&gt;" in answer.text
    assert "Water" in answer.text
    assert count_records(house) == before
    back = visitor.open_form("/login?next=/en/b/square/new", "/login")
    assert 'href="/en/login?next=/en/b/square/new"' in answer.text
    again = visitor.send(back, name="Quiet orchard", passphrase="four unrelated words")
    assert again.headers["location"] == "/en/b/square/new"


def test_reading_does_not_extend_a_session(client: TestClient, clock: FixedClock) -> None:
    visitor = Visitor(client)
    visitor.join("Quiet orchard")

    for _ in range(5):
        clock.advance(HOUR_S)
        visitor.get("/boards")

    assert visitor.get("/keys").status_code == 303


def test_form_whose_address_has_no_page_leads_to_the_log_in_alone(
    client: TestClient, clock: FixedClock
) -> None:
    visitor = Visitor(client)
    visitor.join("Quiet orchard")
    form = visitor.open_form("/keys", "/keys/sessions")
    clock.advance(IDLE_S + HOUR_S)

    answer = visitor.send(form)

    assert answer.status_code == 403
    assert 'href="/en/login"' in answer.text
    assert "/login?next=/en/keys/sessions" not in answer.text


def test_form_sent_twice_is_taken_in_once(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    form = visitor.open_form("/b/square/new")
    before = count_records(house)

    first, again = (
        visitor.send(form, do="send", title="Water", text="Where does it go?") for _ in range(2)
    )

    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert count_records(house) == before + 1


def test_form_sent_again_with_other_words_says_that_it_was_sent(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client, "fr")
    visitor.join("Ava")
    form = visitor.open_form("/b/square/new")
    visitor.send(form, do="send", title="Water", text="One.")
    before = count_records(house)

    answer = visitor.send(form, do="send", title="Water", text="Other.")

    assert answer.status_code == 409
    assert LANGUAGES["fr"].gettext("This was sent before") in answer.text
    assert find_form(answer, form.action).fields["text"] == "Other."
    assert count_records(house) == before


@pytest.mark.parametrize("nonce", ["", "x", "A" * 26, "../../../etc", "a" * 27])
def test_nonce_that_is_none_is_replaced(client: TestClient, nonce: str) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    form = visitor.open_form("/b/square/new")

    answer = visitor.send(form, do="send", title="Water", text="Where?", nonce=nonce)

    assert answer.status_code == 303


def test_anothers_post_can_be_neither_revised_nor_erased(house: House, client: TestClient) -> None:
    post = factories.note(factories.person("Babak"), text="Mine.")
    publish(house, post)
    visitor = Visitor(client)
    visitor.join("Ava")
    token = visitor.open_form("/settings").fields["token"]
    digest = factories.digest_of(post).hex()

    for action in ("revise", "erase"):
        assert visitor.get(f"/p/{digest}/{action}").status_code == 403
        answer = visitor.post(f"/en/p/{digest}/{action}", {"token": token, "text": "x", "do": "send", "language": "en", "title": "x"})  # fmt: skip
        assert answer.status_code == 403

    stored = find_record(house, post)
    assert stored is not None
    assert stored.raw == post


def test_erased_post_can_be_neither_revised_nor_erased_again(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "Where does it go?")
    revise, erase = (visitor.open_form(f"/p/{digest}/{action}") for action in ("revise", "erase"))
    assert visitor.send(erase, do="send").status_code == 303

    assert visitor.send(revise, do="send", text="It is back.").status_code == 409
    other = visitor.post(erase.action, {**erase.fields, "nonce": "a" * 26})
    assert other.status_code == 409


def test_revision_begun_before_another_does_not_overwrite_it(
    house: House, client: TestClient
) -> None:
    """Two windows of one author: the second form remembers the version it was begun from."""
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "One.")
    first, second = (visitor.open_form(f"/p/{digest}/revise") for _ in range(2))
    assert visitor.send(first, do="send", text="Two.").status_code == 303

    refused = visitor.send(second, do="send", text="Three.")

    assert refused.status_code == 409
    assert "Three." in refused.text
    release(house)
    with house.db.read() as work:
        post = forum.find_post(work, digest=bytes.fromhex(digest))
    assert post is not None
    assert post.version.text.markdown == "Two."


def test_receipt_of_a_waiting_answer_leads_its_author_back_to_the_thread(place: Place) -> None:
    thread = f"/en{place.path('/t/{thread}')}"
    waiting = place.visitor.digest_after(
        place.visitor.send_post(place.path("/t/{thread}/reply"), text=TEXT)
    )

    assert f'href="{thread}"' in place.visitor.get(f"/receipts/{waiting}").text
    assert f'href="{thread}"' not in place.stranger.get(f"/receipts/{waiting}").text


def test_receipt_of_an_erasure_leads_back_to_the_thread(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    post = visitor.open_thread("Water", "One.")
    release(house)

    erasure = visitor.digest_after(visitor.send_post(f"/p/{post}/erase"))

    assert f'href="/en/t/{post[:20]}"' in visitor.get(f"/receipts/{erasure}").text


def test_receipt_of_a_waiting_thread_does_not_lead_to_a_page_that_is_not_there(
    place: Place,
) -> None:
    waiting = place.visitor.open_thread("Bread", TEXT)

    receipt = place.visitor.get(f"/receipts/{waiting}").text
    board = '<a class="button" href="/en/b/square">'
    assert "/t/" not in receipt
    assert board in receipt
    assert board not in place.stranger.get(f"/receipts/{waiting}").text


def test_waiting_post_can_be_revised_and_the_form_says_that_nothing_is_hidden(
    client: TestClient,
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    waiting = visitor.open_thread("Water", "One.")

    assert f'href="/en/p/{waiting}/revise"' in visitor.get(f"/p/{waiting}").text

    form = visitor.get(f"/p/{waiting}/revise").text
    assert "A revision hides nothing" in form
    assert f'<a href="/en/p/{waiting}/erase">erase the post</a>' in form
    assert "A revision hides nothing" not in visitor.get("/b/square/new").text


DEVICE = "Your key is on your own device, so the text must be signed there: with scripts on, by this page; else with the command line, and then handed in."


def test_device_persona_without_scripts_is_told_how_to_sign(
    house: House, client: TestClient
) -> None:
    ava = factories.person("Ava")
    submit(house, factories.card(ava))
    visitor = Visitor(client, "fa")
    log_in_device(visitor, house, ava)
    before = count_records(house)

    answer = visitor.send_post("/b/square/new", title="Water", text=TEXT)

    assert answer.status_code == 400
    assert LANGUAGES["fa"].gettext(DEVICE) in answer.text
    assert find_form(answer, "/fa/b/square/new").fields["text"] == TEXT
    assert count_records(house) == before


def log_in_device(visitor: Visitor, house: House, person: factories.Person) -> None:
    """Give a visitor the session of a device key."""
    with house.db.write() as work:
        visitor.client.cookies.set("s", identity.open_device_session(work, person.did))


def test_record_signed_on_the_device_is_taken_in_by_the_composer(
    house: House, client: TestClient
) -> None:
    ava = factories.person("Ava")
    submit(house, factories.card(ava))
    visitor = Visitor(client)
    log_in_device(visitor, house, ava)
    record = factories.note(ava, title="Water", text="Signed here.")

    answer = visitor.send_post(
        "/b/square/new", title="Water", text="Signed here.", record=record.decode()
    )

    assert visitor.digest_after(answer) == factories.digest_of(record).hex()


BAD_RECORDS = [
        pytest.param("", id="nothing"),
        pytest.param(TEXT, id="no record"),
        pytest.param("{}", id="an empty object"),
        pytest.param("[" * 50_000, id="nested to break parsers"),
        pytest.param(factories.altered(factories.note(factories.person("Ava")), lambda d: d.update(name=TEXT)).decode(), id="a changed record"),
        pytest.param(factories.note(factories.person("Ava"), title="Water", board=factories.board_key("x")).decode(), id="a board elsewhere"),
        pytest.param("x" * 70_000, id="over the size of a record"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "code"), by_turns(BAD_RECORDS))
def test_carried_record_that_is_refused_stays_in_the_form(
    place: Place, record: str, code: str
) -> None:
    before = place.changes()
    visitor = in_language(place, code)
    form = visitor.open_form("/carry")

    answer = visitor.send(form, record=record)

    assert answer.status_code in {400, 409, 413}
    assert answer.headers["content-language"] == code
    assert find_form(answer, form.action).fields["record"] == record
    assert place.changes() == before


def test_carried_record_is_taken_in_with_blanks_around_it(house: House, client: TestClient) -> None:
    record = factories.note(factories.person("Ava"))
    visitor = Visitor(client)

    answer = visitor.send(visitor.open_form("/carry"), record=f"\r\n  {record.decode()}\r\n")

    assert visitor.digest_after(answer) == factories.digest_of(record).hex()
