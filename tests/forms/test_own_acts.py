"""What an author sees of an action on what they wrote, and how they appeal: pages for them alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from app.kernel.clock import day_of
from app.main import create_app
from app.moderation import service
from app.moderation.model import Action, ActionKind, Outcome, Subject, SubjectKind
from app.moderation.service.deciding import Answer
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import CODES, LANGUAGES
from tests.houses import advance, publish, read_rows, release
from tests.moderation.desks import Seat, decision, seat
from tests.moderation.samples import REASONS
from tests.visitor import ORIGIN, Visitor

BABAK, CYRA = factories.person("Babak"), factories.person("Cyra")
WORDS = "It quotes <a song> & threatens nobody."


@pytest.fixture
def visitor(house: House, client: TestClient) -> Visitor:
    """Ava, who is logged in, before a host with two moderators."""
    publish(house, factories.card(BABAK), factories.card(CYRA))
    visitor = Visitor(client)
    visitor.join("Ava")
    return visitor


@pytest.fixture
def digest(house: House, visitor: Visitor) -> str:
    """A post of hers."""
    digest = visitor.open_thread("Pistachios", "They drink the river.")
    release(house)
    visitor.log_in("Ava")
    return digest


@pytest.fixture
def first(house: House, digest: str) -> Seat:
    return seat(house, BABAK)


def hide(house: House, at: Seat, digest: str) -> Action:
    subject = Subject(kind=SubjectKind.POST, name=digest)
    with house.db.write() as work:
        found = service.act_on(work, house.door, at.at(house), subject, decision(ActionKind.HIDE))
    assert isinstance(found, Action)
    return found


def root_of(house: House, name: str) -> str:
    """Return the root of the persona with a name."""
    return next(
        str(row["root"])
        for table, row in read_rows(house)
        if table == "persona" and row["name"] == name
    )


def page_of(action: Action) -> str:
    return f"/notices/acts/{action.digest.hex()}"


def test_author_finds_the_reasons_at_the_next_login(
    house: House, visitor: Visitor, first: Seat, digest: str
) -> None:
    visitor.log_out()
    action = hide(house, first, digest)
    visitor.log_in("Ava")

    assert "1 not read yet" in visitor.get("/boards").text
    assert "1 decision about what you wrote, not read yet" in visitor.get("/notices").text
    listed = visitor.get("/notices/acts").text
    assert "Your post was hidden" in listed
    assert "Pistachios" in listed, "which one, to who has several"
    assert f"/en{page_of(action)}" in listed
    page = visitor.get(page_of(action)).text
    for said in (REASONS.facts, "The rule on threats and violence", "desk 1", "Not by itself",
                 "Somebody reported it.", "They drink the river.", "Pistachios"):  # fmt: skip
        assert said in page
    assert f"/en/p/{digest}/erase" in page
    assert f"/en/moderation/acts/{action.digest.hex()}" in page


def test_list_opens_for_the_author_of_what_was_hidden_before_anybody_saw_it(
    house: House, visitor: Visitor, first: Seat
) -> None:
    waiting = visitor.open_thread("Saffron", "It is dear.")
    hide(house, first, waiting)

    listed = visitor.get("/notices/acts")

    assert listed.status_code == 200
    assert "Saffron" in listed.text


def test_reading_changes_nothing_and_saying_so_does(
    house: House, visitor: Visitor, first: Seat, digest: str
) -> None:
    action = hide(house, first, digest)
    visitor.get(page_of(action))
    assert "1 not read yet" in visitor.get("/boards").text

    answer = visitor.send(visitor.open_form("/notices/acts"))

    assert answer.headers["location"] == "/en/notices/acts"
    assert "not read yet" not in visitor.get("/boards").text
    assert "Your post was hidden" in visitor.get("/notices/acts").text
    assert "action_told" not in {table for table, _ in read_rows(house)}


def test_nobody_else_opens_the_pages(
    house: House, visitor: Visitor, first: Seat, digest: str
) -> None:
    action = hide(house, first, digest)
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        other = Visitor(client)
        assert other.get(page_of(action)).status_code == 303, "to log in"
        other.join("Dara")
        token = other.open_form("/settings").fields["token"]

        assert other.get(page_of(action)).status_code == 404
        sent = other.post(f"/en{page_of(action)}", {"token": token, "text": WORDS})
        assert sent.status_code == 404
        assert "drink the river" not in other.get("/notices/acts").text + sent.text
        other.post("/en/notices/acts", {"token": token, "seen": action.digest.hex()})
    assert "appeal" not in {table for table, _ in read_rows(house)}
    assert "1 not read yet" in visitor.get("/boards").text
    assert visitor.get("/notices/acts/" + "0" * 64).status_code == 404
    assert visitor.get("/notices/acts?page=2").status_code == 404


@pytest.mark.parametrize("language", CODES)
def test_appeal_is_sent_once_and_answered_on_the_same_page(
    house: House, visitor: Visitor, first: Seat, digest: str, language: str
) -> None:
    action = hide(house, first, digest)
    visitor.language, gettext = language, LANGUAGES[language].gettext

    sent = visitor.send(visitor.open_form(page_of(action)), text=WORDS)

    assert sent.headers["location"] == f"/{language}{page_of(action)}#appeal"
    page = visitor.get(page_of(action)).text
    assert "It quotes &lt;a song&gt; &amp; threatens nobody." in page
    assert f'action="/{language}{page_of(action)}"' not in page, "there is one appeal"
    assert gettext("Appealed, not answered yet") in visitor.get("/notices/acts").text

    said = Answer(outcome=Outcome.UPHELD, reasons=REASONS, text="We read the song.")
    other = seat(house, CYRA)
    with house.db.write() as work:
        service.decide_appeal(work, house.door, other.at(house), action.digest, said)
    page = visitor.get(page_of(action)).text
    assert "We read the song." in page
    assert gettext("Appealed: the decision stays") in page
    listed = visitor.get("/notices/acts").text
    assert gettext("Your appeal was answered: the decision stays") in listed


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (" \n ", "Say in a few words why somebody else should look at it."),
        ("آ" * 2_001, "An appeal has at most 2,000 characters. Shorten it."),
    ],
    ids=["empty", "too long"],
)
def test_appeal_that_cannot_be_taken_keeps_its_words(
    house: House, visitor: Visitor, first: Seat, digest: str,
    typed: str, sentence: str, language: str,
) -> None:  # fmt: skip
    action = hide(house, first, digest)
    visitor.language = language

    answer = visitor.send(visitor.open_form(page_of(action)), text=typed)

    assert answer.status_code == 400
    assert LANGUAGES[language].gettext(sentence) in answer.text
    assert typed.strip() in answer.text
    assert "appeal" not in {table for table, _ in read_rows(house)}


def test_appeal_of_2000_characters_is_taken(
    house: House, visitor: Visitor, first: Seat, digest: str
) -> None:
    action = hide(house, first, digest)

    answer = visitor.send(visitor.open_form(page_of(action)), text="آ" * 2_000)

    assert answer.status_code == 303


@pytest.mark.parametrize("language", CODES)
def test_second_appeal_is_refused_with_its_words(
    house: House, visitor: Visitor, first: Seat, digest: str, language: str
) -> None:
    action = hide(house, first, digest)
    visitor.language, gettext = language, LANGUAGES[language].gettext
    form = visitor.open_form(page_of(action))
    assert visitor.send(form, text="First.").status_code == 303

    again = visitor.send(form, text=WORDS)

    assert again.status_code == 409
    assert gettext("Somebody appealed against this already") in again.text
    assert "It quotes &lt;a song&gt; &amp; threatens nobody." in again.text


def test_late_appeal_is_refused_with_its_words(
    house: House, visitor: Visitor, first: Seat, digest: str
) -> None:
    action = hide(house, first, digest)
    fields = visitor.open_form(page_of(action)).fields
    advance(house, 31 * 86_400)
    visitor.log_in("Ava")
    token = visitor.open_form("/settings").fields["token"]

    late = visitor.post(f"/en{page_of(action)}", {**fields, "token": token, "text": WORDS})

    assert late.status_code == 409
    assert "The time for an appeal is over" in late.text
    assert "It quotes &lt;a song&gt; &amp; threatens nobody." in late.text


def test_overturned_post_is_read_again_and_its_author_hears_of_it(
    house: House, visitor: Visitor, first: Seat, digest: str
) -> None:
    action = hide(house, first, digest)
    visitor.send(visitor.open_form(page_of(action)), text=WORDS)
    said = Answer(outcome=Outcome.REVERSED, reasons=REASONS, text="It is a song.")
    other = seat(house, CYRA)
    with house.db.write() as work:
        undo = service.decide_appeal(work, house.door, other.at(house), action.digest, said)

    page = visitor.get(page_of(undo)).text
    assert f"/en{page_of(action)}" in page, "it names what it undoes"
    assert "It was undone, and no longer holds." in visitor.get(page_of(action)).text
    assert "It is a song." in visitor.get(page_of(action)).text
    thread = visitor.get(f"/t/{digest[:20]}").text
    assert "They drink the river." in thread


@pytest.mark.parametrize("language", CODES)
def test_limit_is_explained_to_its_persona_and_shown_to_everybody_alike(
    house: House, visitor: Visitor, first: Seat, digest: str, language: str
) -> None:
    until = day_of(house.clock.now()) + timedelta(days=7)
    about = Subject(kind=SubjectKind.PERSONA, name=root_of(house, "Ava"))
    wanted = decision(ActionKind.LIMIT, replace(REASONS, until=until))
    with house.db.write() as work:
        action = service.act_on(work, house.door, first.at(house), about, wanted)
    assert isinstance(action, Action)
    visitor.language, spoken = language, LANGUAGES[language]

    page = visitor.get(page_of(action)).text
    assert spoken.gettext("For a time you may read and not write") in page
    persona = visitor.client.get(visitor.get("/persona").headers["location"])
    visitor.log_out()
    public = visitor.client.get(f"/{language}/persona/{mark_of(house)}").text
    sentence = spoken.gettext("It may read here and not write until %(day)s: a desk decided so.")
    for shown in (persona.text, public):
        assert sentence.split("%")[0] in shown
        assert spoken.day(until) in shown
        assert f"/{language}/moderation/acts/{action.digest.hex()}" in shown


def mark_of(house: House) -> str:
    """Return Ava's fingerprint, as addresses have it."""
    return next(
        str(row["fingerprint"]).replace(" ", "")
        for table, row in read_rows(house)
        if table == "persona" and row["name"] == "Ava"
    )
