"""Erasing oneself over HTTP: twelve words, and nothing of a persona is left but the shape of threads."""

import pytest
from app import forum
from app.site import service
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import (
    count_records,
    crash_after,
    find_record,
    publish,
    read_rows,
    release,
    require_post,
    submit,
)
from tests.visitor import Visitor

WORDS = " ".join(factories.person("Nobody here").seed.words())


def test_erased_persona_leaves_nothing_that_it_kept_for_itself(
    house: House, visitor: Visitor
) -> None:
    words = visitor.join("Quiet orchard")
    digest = visitor.open_thread("Pistachios", "They drink the river.")
    release(house)
    opening = require_digest(house, digest)
    publish(house, factories.note(factories.person("Babak"), reply_to=opening))
    visitor.log_in("Quiet orchard")
    visitor.send(visitor.open_form("/b/square/new"), do="keep", text="Half a thought.")
    thread = f"/t/{digest[:20]}"
    visitor.send(visitor.open_form(thread, f"{thread}/save"), do="save")
    visitor.send(visitor.open_form("/notices"))
    kept = {"draft", "saved_thread", "notice", "notices_read"}
    assert kept <= {table for table, _ in read_rows(house)}

    erase(visitor, words)

    assert not kept & {table for table, _ in read_rows(house)}


def require_digest(house: House, digest: str) -> str:
    """Return the record id of a post by its digest in hex."""
    with house.db.read() as work:
        return forum.get_post(work, bytes.fromhex(digest)).record_id


@pytest.fixture
def visitor(client: TestClient) -> Visitor:
    """Somebody in an instance of their own."""
    return Visitor(client)


def erase(visitor: Visitor, words: str) -> str:
    """Send the form; return the page that answers."""
    return visitor.send(visitor.open_form("/erase-me"), words=words).text


def everything(house: House) -> str:
    """Return every row of the database, the index of words included, as one text."""
    return repr(read_rows(house))


def test_erased_persona_leaves_neither_words_nor_name_nor_login(
    house: House, visitor: Visitor
) -> None:
    words = visitor.join("Quiet orchard")
    thread = visitor.open_thread("Pistachios", "They drink the river.")
    release(house)
    waiting = visitor.open_thread("Walnuts", "They wait.")

    answer = erase(visitor, words)

    assert "You are erased here" in answer
    kept = everything(house)
    for gone in ("uiet orchard", "istachios", "drink the river", "alnuts", "They wait"):
        assert gone not in kept
    assert not visitor.client.cookies
    assert "No name here has this passphrase" in visitor.log_in("Quiet orchard").text
    release(house)
    for digest in (thread, waiting):
        assert visitor.get(f"/p/{digest}").status_code == 200
        assert visitor.client.get(f"/records/{digest}").status_code == 410


def test_thread_keeps_its_shape_when_an_answerer_erases_themselves(
    house: House, visitor: Visitor
) -> None:
    ava, babak = factories.person("Ava"), factories.person("Babak")
    opening = factories.note(ava)
    answer = factories.note(babak, reply_to=opening, text="Into the pistachios.")
    reply = factories.note(ava, reply_to=answer, text="All of it?")
    for raw in (factories.card(ava), factories.card(babak), opening, answer, reply):
        publish(house, raw)

    erase(visitor, " ".join(babak.seed.words()))

    numbers = [require_post(house, raw).number for raw in (opening, answer, reply)]
    assert numbers == [1, 2, 3]
    assert require_post(house, answer).erased_on is not None
    assert require_post(house, reply).erased_on is None
    thread = visitor.get(f"/t/{require_post(house, opening).thread}").text
    persona = visitor.get(f"/persona/{babak.mark.replace(' ', '')}")
    assert persona.status_code == 200
    assert babak.mark in persona.text
    assert "Babak" not in thread + persona.text


def test_erased_persona_signs_no_more(house: House, visitor: Visitor) -> None:
    ava = factories.person("Ava")
    submit(house, factories.card(ava))

    erase(visitor, " ".join(ava.seed.words()))

    answer = visitor.client.post("/api/v1/records", content=factories.note(ava))
    assert answer.status_code == 403
    assert answer.json()["code"] == "key-inactive"


def test_key_without_a_card_is_erased_by_its_words(house: House, visitor: Visitor) -> None:
    lone = factories.person("Lone")
    post = factories.note(lone, text="Nobody signed this.")
    publish(house, post)

    erase(visitor, " ".join(lone.seed.words()))

    assert require_post(house, post).erased_on is not None
    stored = find_record(house, post)
    assert stored is not None
    assert stored.raw is None


def test_erased_card_that_is_carried_again_brings_no_name_back(
    house: House, visitor: Visitor
) -> None:
    ava = factories.person("Ava")
    card = factories.card(ava)
    submit(house, card)
    erase(visitor, " ".join(ava.seed.words()))

    submit(house, card)

    stored = find_record(house, card)
    assert stored is not None
    assert stored.raw is None
    assert "'name': 'Ava'" not in everything(house)


def test_erased_persona_comes_back_under_a_new_name(house: House, visitor: Visitor) -> None:
    words = visitor.join("Quiet orchard")
    erase(visitor, words)
    form = visitor.open_form("/restore")

    unnamed = visitor.send(form, words=words, passphrase="four unrelated words")
    named = visitor.send(form, words=words, passphrase="four unrelated words", name="Salt bridge")

    assert unnamed.status_code == 400
    assert named.status_code == 303
    assert "Salt bridge" in visitor.get("/keys").text
    assert "uiet orchard" not in everything(house)


def test_erasing_twice_is_no_error(visitor: Visitor) -> None:
    words = visitor.join("Quiet orchard")

    answers = [erase(visitor, words) for _ in range(2)]

    assert all("You are erased here" in answer for answer in answers)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "These are not twelve words of the list."),
        ("one two three", "These are not twelve words of the list."),
        (WORDS, "This host does not know these words."),
    ],
)
def test_bad_words_erase_nothing_and_are_kept_nowhere(
    house: House, visitor: Visitor, words: str, sentence: str
) -> None:
    visitor.join("Quiet orchard")
    before = count_records(house)

    answer = visitor.send(visitor.open_form("/erase-me"), words=words)

    assert answer.status_code == 400
    assert sentence in answer.text
    assert "one two three" not in answer.text
    assert WORDS not in answer.text
    assert count_records(house) == before
    assert visitor.get("/keys").status_code == 200


def test_power_cut_while_erasing_leaves_all_as_it_was(house: House) -> None:
    ava = factories.person("Ava")
    post = factories.note(ava)
    publish(house, factories.card(ava), post)
    before = everything(house)

    crash_after(house, lambda work: service.erase_persona(work, house.door, ava.seed))

    assert everything(house) == before
