"""Joining and coming back: bad input keeps what may be kept, and nothing is stored before the words were typed back."""

from collections.abc import Callable
from hashlib import sha256
from itertools import count

import pytest
from app.crypto.seed import Seed, parse_words
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import LANGUAGES, by_turns, named
from tests.houses import count_records, submit
from tests.place import Place
from tests.visitor import Form, Visitor, find_form, read_words

PASSPHRASE = "four unrelated words"

NO_NAME = "Choose a name. It need not, and should not, be your own."
SHORT = "Use at least 10 characters: four unrelated words are easy to keep in mind."
LONG = "Use at most 200 characters."
MIXED = "The name mixes scripts. Write it in the letters of one script, so that nobody takes it for another name."
TAKEN = "This name is taken here. Choose another one."
NOT_THE_WORD = "This is not the word with that number. Look at your paper again."

_numbers = count(1)
UNFIT = ["x" * 41, "A\u202eva", "A\u200bva", "A\x07va", "\u200c", "---", "A\u2066va"]


@pytest.fixture(scope="module")
def words_page(place: Place) -> Response:
    """The second step of joining, whose words nobody has typed back."""
    return begin(Visitor(place.stranger.client))


def begin(visitor: Visitor, name: str = "") -> Response:
    """Send the first step of joining; return the page with the words.

    The name is another one each time, unless one is given: ten attempts at one name are enough.
    """
    name = name or f"Babak {next(_numbers)}"
    return visitor.send(visitor.open_form("/join"), name=name, passphrase=PASSPHRASE)


def confirm(visitor: Visitor, answer: Response) -> tuple[Form, dict[str, str]]:
    """Return the second step's form and the two words that it asks for."""
    words, first, second = read_words(answer)
    form = find_form(answer, visitor.address("/join/confirm"))
    return form, {"word_first": words[first - 1], "word_second": words[second - 1]}


UNFIT_FORMS = [
    pytest.param({"name": ""}, NO_NAME, id="no name"),
    pytest.param({"name": " \t "}, NO_NAME, id="a blank name"),
    pytest.param({"passphrase": ""}, SHORT, id="no passphrase"),
    pytest.param({"passphrase": "x" * 9}, SHORT, id="a short passphrase"),
    pytest.param({"passphrase": "x" * 201}, LONG, id="a long passphrase"),
    pytest.param({"name": "Ava"}, TAKEN, id="a taken name"),
    pytest.param({"name": "Аva"}, MIXED, id="a Cyrillic letter in a taken name"),
    pytest.param({"name": "Ava آوا"}, MIXED, id="a name in two directions"),
    pytest.param({"name": "  AVA "}, TAKEN, id="a name that reads like a taken one"),
]


@pytest.mark.parametrize(("typed", "sentence", "code"), by_turns(UNFIT_FORMS))
def test_unfit_name_or_passphrase_is_explained(
    place: Place, stranger: Visitor, typed: dict[str, str], sentence: str, code: str
) -> None:
    before = place.changes()
    stranger.language = code
    fields = {"name": "Babak", "passphrase": PASSPHRASE, **typed}

    answer = stranger.send(stranger.open_form("/join"), **fields)

    assert answer.status_code == 400
    assert f'<html lang="{code}"' in answer.text
    assert LANGUAGES[code].gettext(sentence) in answer.text
    form = find_form(answer, f"/{code}/join")
    assert form.fields["name"] == " ".join(fields["name"].split())
    assert form.fields["passphrase"] == "", "a passphrase is typed anew, never sent back"
    assert place.changes() == before


@pytest.mark.parametrize("name", UNFIT)
def test_name_that_would_not_show_is_refused(place: Place, stranger: Visitor, name: str) -> None:
    before = place.changes()

    answer = stranger.send(stranger.open_form("/join"), name=name, passphrase=PASSPHRASE)

    assert answer.status_code == 400
    assert place.changes() == before


def test_nothing_is_stored_before_two_words_are_typed_back(place: Place, stranger: Visitor) -> None:
    before = place.changes()

    answer = begin(stranger)

    words, first, second = read_words(answer)
    assert len(words) == 12
    assert first < second
    parse_words(" ".join(words))
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert place.changes() == before


WRONG_WORDS = [
    pytest.param({"word_first": ""}, id="nothing"),
    pytest.param({"word_second": "zoo"}, id="another word"),
    pytest.param({"word_first": "x" * 10_000}, id="a long word"),
    pytest.param({"word_first": "آب"}, id="a Persian word"),
]


@pytest.mark.parametrize(("typed", "code"), by_turns(WRONG_WORDS))
def test_wrong_word_shows_the_same_words_again(
    place: Place, stranger: Visitor, words_page: Response, typed: dict[str, str], code: str
) -> None:
    before = place.changes()
    form, right = confirm(stranger, words_page)

    answer = stranger.post(f"/{code}/join/confirm", {**form.fields, **right, **typed})

    assert answer.status_code == 400
    assert LANGUAGES[code].gettext(NOT_THE_WORD) in answer.text
    assert read_words(answer) == read_words(words_page)
    assert place.changes() == before


SPOILT = [
        pytest.param(lambda sealed: "", id="nothing"),
        pytest.param(lambda sealed: "A" * 400, id="made up"),
        pytest.param(lambda sealed: sealed[:-4], id="cut short"),
        pytest.param(lambda sealed: "B" + sealed[1:] if sealed[0] == "A" else "A" + sealed[1:], id="changed"),
        pytest.param(lambda sealed: "é" + sealed, id="no base64"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "path", "code"), by_turns(SPOILT, named("/join/confirm", "/join/words"))
)
def test_step_that_is_not_ours_begins_anew(
    place: Place,
    stranger: Visitor,
    words_page: Response,
    spoil: Callable[[str], str],
    path: str,
    code: str,
) -> None:
    before = place.changes()
    form, right = confirm(stranger, words_page)

    form.fields["sealed"] = spoil(form.fields["sealed"])
    answer = stranger.post(f"/{code}{path}", {**form.fields, **right})

    assert answer.status_code == 403
    assert LANGUAGES[code].gettext("Too much time has passed") in answer.text
    assert place.changes() == before


def test_step_older_than_an_hour_begins_anew(
    place: Place, stranger: Visitor, words_page: Response
) -> None:
    before = place.changes()
    form, right = confirm(stranger, words_page)

    place.clock.advance(61 * 60)
    answer = stranger.send(form, **right)
    place.clock.advance(-61 * 60)

    assert answer.status_code == 403
    assert place.changes() == before


def test_other_words_are_other_words(place: Place, stranger: Visitor, words_page: Response) -> None:
    before = place.changes()
    form, _ = confirm(stranger, words_page)

    answer = stranger.post("/en/join/words", {**form.fields, "again": "1"})

    assert answer.status_code == 200
    assert read_words(answer)[0] != read_words(words_page)[0]
    assert place.changes() == before


def test_words_page_sent_twice_makes_one_persona(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    form, right = confirm(visitor, begin(visitor))
    token = form.fields["token"]
    before = count_records(house)

    first = visitor.send(form, **right)
    client.cookies.clear()
    again = visitor.send(form, **right)

    assert first.status_code == 303
    assert again.status_code == 409
    assert token
    assert count_records(house) == before + 1


def test_two_people_who_begin_with_one_name_do_not_both_get_it(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    (one, ones), (other, others) = (confirm(visitor, begin(visitor, "Babak")) for _ in range(2))
    before = count_records(house)

    assert visitor.send(one, **ones).status_code == 303
    client.cookies.clear()
    assert visitor.send(other, **others).status_code == 409
    assert count_records(house) == before + 1


@pytest.mark.parametrize("name", ["Zoe\u0301", "می‌نا", "O'Neil <b>&amp;"])
def test_name_is_taken_as_people_type_it(house: House, client: TestClient, name: str) -> None:
    """Some keyboards send an accent apart from its letter."""
    visitor = Visitor(client)

    visitor.join(name)

    assert "<b>&amp;" not in visitor.get("/boards").text.replace("&lt;b&gt;", "")


def card_of(name: str, sequence: int | None = None) -> str:
    """Return a card as the browser module makes it."""
    return factories.card(factories.person(name), sequence=sequence).decode()


def hand_in_card(visitor: Visitor, record: str) -> Response:
    """Send the joining form as the browser module does when the key stays on the device."""
    form = visitor.open_form("/join")
    return visitor.post(visitor.address("/join/device"), {**form.fields, "record": record})


BAD_CARDS = [
    pytest.param("", id="nothing"),
    pytest.param("{}", id="an empty object"),
    pytest.param("[" * 10_000, id="nested to break parsers"),
    pytest.param(factories.note(factories.person("Farid")).decode(), id="a post"),
    pytest.param(card_of("Ava"), id="a taken name"),
    pytest.param(card_of("Farid", 2), id="a second card"),
    pytest.param(card_of("Farid").replace("Farid", "Ferid"), id="a changed card"),
]


@pytest.mark.parametrize(("record", "code"), by_turns(BAD_CARDS))
def test_card_that_is_refused_leaves_nothing(
    place: Place, stranger: Visitor, record: str, code: str
) -> None:
    before = place.changes()
    stranger.language = code

    answer = hand_in_card(stranger, record)

    assert 400 <= answer.status_code < 500
    assert f'<html lang="{code}"' in answer.text
    assert "set-cookie" not in answer.headers
    assert place.changes() == before


@pytest.mark.parametrize("name", ["Ava", "Ava of the hills"])
def test_card_of_somebody_else_opens_no_session(
    house: House, client: TestClient, name: str
) -> None:
    """Cards are public: handing one in again logs nobody in, even when its name is free by now."""
    ava = factories.person("Ava")
    card = factories.card(ava)
    submit(house, card, factories.card(ava, name=name, after=card))
    visitor = Visitor(client)

    answer = hand_in_card(visitor, card.decode())

    assert 400 <= answer.status_code < 500
    assert "set-cookie" not in answer.headers


WORDS = " ".join(Seed(sha256(b"restored").digest()[:16]).words())


NO_WORDS = [
    pytest.param("", id="nothing"),
    pytest.param("abandon " * 12, id="a wrong checksum"),
    pytest.param("abandon " * 11, id="eleven"),
    pytest.param("x" * 5000, id="no words"),
    pytest.param(WORDS + " zoo", id="thirteen"),
    pytest.param(WORDS.replace(" ", "-"), id="hyphens"),
]


@pytest.mark.parametrize(
    ("words", "path", "code"), by_turns(NO_WORDS, named("/restore", "/revoke"))
)
def test_words_that_are_none_are_not_sent_back(
    place: Place, stranger: Visitor, words: str, path: str, code: str
) -> None:
    before = place.changes()
    stranger.language = code

    answer = stranger.send(
        stranger.open_form(path), words=words, name="Farid", passphrase=PASSPHRASE
    )

    assert answer.status_code in {400, 429}
    assert f'<html lang="{code}"' in answer.text
    assert not words.strip() or words.strip() not in answer.text
    assert place.changes() == before


def test_words_of_nobody_revoke_nothing(place: Place, stranger: Visitor) -> None:
    before = place.changes()

    answer = stranger.send(stranger.open_form("/revoke"), words=WORDS)

    assert answer.status_code == 400
    assert place.changes() == before


def test_words_bring_a_persona_back_with_a_new_passphrase(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    words = visitor.join("Ava")
    visitor.log_out()

    answer = visitor.send(
        visitor.open_form("/restore"), words=words.upper(), passphrase="another passphrase"
    )

    assert answer.status_code == 303
    visitor.log_out()
    assert visitor.log_in("Ava").status_code == 403
    assert visitor.log_in("Ava", "another passphrase").status_code == 303


def test_words_revoke_a_persona_at_once(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    words = visitor.join("Ava")
    form = visitor.open_form("/b/square/new")

    assert visitor.send(visitor.open_form("/revoke"), words=words).status_code == 200

    assert visitor.send(form, do="send", title="Water", text="Not mine.").status_code == 403
    visitor.client.cookies.clear()
    assert visitor.log_in("Ava").status_code == 403
