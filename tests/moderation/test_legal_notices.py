"""The legal notice takes no name, hides nothing by itself, and is answered under its four words."""

from dataclasses import replace
from re import findall

import pytest
from app import identity
from app.crypto.seed import word_list
from app.identity import store as identity_store
from app.identity.rules.cohorts import cohort_of
from app.kernel.clock import FixedClock, day_of
from app.kernel.errors import MalformedError
from app.main import create_app
from app.moderation import service, store
from app.moderation.forms.reporting import (
    MOST_NOTICE_CHARACTERS,
    parse_notice,
    parse_notice_words,
    parse_place,
)
from app.moderation.model import ActionKind, CaseState, Rule
from app.moderation.routes.legal import NOTICES, NOTICES_OF_SENDER, TRIES_OF_WORDS
from app.web.error_pages import sentences_of
from app.web.forms import Fields
from app.wiring import House
from httpx import Response
from markupsafe import escape
from starlette.testclient import TestClient

from tests import factories
from tests.crypto import issuers
from tests.forms.languages import CODES, LANGUAGES
from tests.houses import publish, read_rows
from tests.moderation.desks import act, digest_of, post_subject, report, seat
from tests.visitor import ORIGIN, Visitor, find_form

BABAK, CYRA = (factories.person(name) for name in ("Babak", "Cyra"))
POST = factories.note(BABAK, title="Water", text="A recipe that the law forbids.")
DIGEST = factories.digest_of(POST).hex()
TYPED = {
    "place": f"https://forum.example/fr/p/{DIGEST}",
    "law": "Criminal Code, section 264",
    "country": "Canada",
    "report": "It says how, <b>step by step</b>.",
    "good_faith": "yes",
    "do": "send",
}
KEY = b"k" * 32


@pytest.fixture
def reader(house: House, client: TestClient) -> Visitor:
    """Somebody without a name, before a post."""
    publish(house, factories.card(BABAK), factories.card(CYRA), POST)
    return Visitor(client)


def send(reader: Visitor, **typed: str) -> Response:
    return reader.send(reader.open_form("/legal-notice"), **{**TYPED, **typed})


def test_page_says_who_answers_for_the_host(house: House, reader: Visitor) -> None:
    said = house.settings.model_copy(update={"contact": "Legal office, <b>1 Quay Street"})

    nobody = reader.get("/legal-notice").text
    somebody = TestClient(create_app(replace(house, settings=said), ORIGIN), ORIGIN)

    assert "This host has not said who answers for it." in nobody
    assert (
        "<bdi>Legal office, &lt;b&gt;1 Quay Street</bdi>" in somebody.get("/fr/legal-notice").text
    )


def words_on(answer: Response) -> str:
    (words,) = findall(r'<p class="question"[^>]*>([^<]+)</p>', answer.text)
    return str(words)


def ask(reader: Visitor, words: str) -> Response:
    return reader.send(reader.open_form("/legal-notice/outcome"), words=words)


@pytest.mark.parametrize("language", CODES)
def test_notice_opens_a_case_that_weighs_nothing_and_its_words_find_it(
    house: House, reader: Visitor, language: str
) -> None:
    reader.language = language

    answer = send(reader)

    assert answer.status_code == 200
    words = words_on(answer)
    assert len(words.split()) == 4
    assert set(words.split()) <= set(word_list())
    with house.db.read() as work:
        (case,) = store.list_open(work, boards=None, rule=Rule.LAW, offset=0, limit=9)
        (kept,) = store.list_reports(work, case.id)
        assert store.list_sightings(work, kept.reported_at, 9) == []
    assert (case.weight, case.is_dangerous, case.subject.name) == (0, False, DIGEST)
    assert kept.text == "Criminal Code, section 264 (Canada)\n\nIt says how, <b>step by step</b>."
    found = ask(reader, f"  {words.upper()} ")
    assert found.status_code == 200
    assert "Water" in found.text
    assert LANGUAGES[language].gettext("Waits for a desk") in found.text
    assert words not in found.text
    assert reader.get(f"/p/{DIGEST}").status_code == 200


def test_many_notices_hide_nothing(house: House, reader: Visitor) -> None:
    matter = report(house, POST, CYRA)
    with house.db.read() as work:
        case = store.find_case(work, matter.id)
    for _ in range(NOTICES_OF_SENDER.most):
        assert send(reader).status_code == 200

    with house.db.read() as work:
        joined = store.find_case(work, matter.id)
    assert case is not None
    assert joined is not None
    assert (joined.weight, joined.report_count) == (case.weight, 1 + NOTICES_OF_SENDER.most)
    assert "A recipe" in reader.get(f"/p/{DIGEST}").text


def test_notice_is_answered_under_its_words_alone(house: House, reader: Visitor) -> None:
    words = words_on(send(reader))
    hidden = digest_of(act(house, seat(house, CYRA), POST, ActionKind.HIDE))

    found = ask(reader, words)

    assert "It was hidden from readers." in found.text
    assert f'/moderation/acts/{hidden}"' in found.text
    swapped = " ".join(reversed(words.split()))
    assert ask(reader, swapped).status_code == 400


def test_form_that_comes_again_finds_its_words_again(house: House, reader: Visitor) -> None:
    """Its answer was lost on the way: one notice, and the same words."""
    form = reader.open_form("/legal-notice")
    first, again = (reader.send(form, **TYPED) for _ in range(2))

    assert words_on(first) == words_on(again)
    assert words_on(send(reader)) != words_on(first)
    with house.db.read() as work:
        (case,) = store.list_open(work, boards=None, rule=None, offset=0, limit=9)
    assert case.report_count == 2


def test_notice_about_a_cleared_version_is_answered_at_once(house: House, reader: Visitor) -> None:
    report(house, POST, BABAK)
    cleared = digest_of(act(house, seat(house, CYRA), POST, ActionKind.CLEAR))

    answer = send(reader)

    assert "A desk looked at it and found nothing to do." in answer.text
    assert f'/moderation/acts/{cleared}"' in answer.text
    with house.db.read() as work:
        newest = store.find_newest_case(work, post_subject(POST))
    assert newest is not None
    assert (newest.state, newest.report_count) == (CaseState.DECIDED, 2)


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"place": "https://forum.example/fr/boards"}, "This is no address of a post, a thread or a persona. Open its page and copy the address."),
        ({"place": "0" * 64}, "There is nothing under this address on this host, or readers cannot see it."),
        ({"place": "/en/t/none"}, "There is nothing under this address on this host, or readers cannot see it."),
        ({"law": " "}, "Name the law, with its article if you know it."),
        ({"country": ""}, "Name the country whose law it is."),
        ({"report": ""}, "Say why it is against the law."),
        ({"report": "x" * (MOST_NOTICE_CHARACTERS + 1)}, "It has %(has)s characters, and %(most)s at most are read. Shorten it."),
        ({"law": "turned \u202e around"}, "The text has characters that turn the direction of lines or are not shown. Type those words anew, without pasting."),
        ({"good_faith": ""}, "Say that you believe what you wrote."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_the_words_are_kept(
    house: House, reader: Visitor, language: str, typed: dict[str, str], sentence: str
) -> None:
    reader.language, spoken = language, LANGUAGES[language]

    answer = send(reader, **typed)

    numbers = {"has": spoken.number(4001), "most": spoken.number(4000)}
    told = spoken.gettext(sentence)
    assert answer.status_code == 400
    assert str(escape(told % numbers if "%(" in told else told)) in answer.text
    fields, expected = find_form(answer, f"/{language}/legal-notice").fields, {**TYPED, **typed}
    assert {name: fields[name] for name in ("place", "law", "country", "report")} == {
        name: expected[name].strip() for name in ("place", "law", "country", "report")
    }
    assert "moderation_case" not in {table for table, _ in read_rows(house)}


@pytest.mark.parametrize("language", CODES)
def test_words_that_are_none_are_told_from_those_of_nobody(reader: Visitor, language: str) -> None:
    reader.language, spoken = language, LANGUAGES[language]

    short, strange, nobody = (ask(reader, typed) for typed in ("zebra", "a b c zebra", "zoo " * 4))

    assert [answer.status_code for answer in (short, strange, nobody)] == [400, 400, 400]
    assert spoken.gettext("Type all four words, with blanks between them.") in short.text
    told = spoken.gettext("On our list there is no such word: %(words)s. Look at its spelling.")
    assert told % {"words": "a, b, c"} in strange.text
    assert find_form(strange, f"/{language}/legal-notice/outcome").fields["words"] == "a b c zebra"
    told = "No legal notice here has these words. Look at each of them again."
    assert spoken.gettext(told) in nobody.text


@pytest.mark.parametrize(
    "typed", ["legal winner thank yellow", "LEGAL, winner،\nthank; yellow.", "1. Legal 2. winner 3. thank ۴) yellow"]
)  # fmt: skip
def test_words_are_read_however_they_were_copied(typed: str) -> None:
    assert parse_notice_words(typed) == (("legal", "winner", "thank", "yellow"), None)


def test_post_thread_and_persona_are_found_by_their_addresses(reader: Visitor) -> None:
    mark = reader.get(f"/p/{DIGEST}").text.split('href="/en/persona/')[1].split('"')[0]
    for place in (DIGEST, f"/t/{DIGEST[:20]}?page=1#p1", f"http://x.onion/fa/persona/{mark}"):
        assert send(reader, place=place).status_code == 200


@pytest.mark.parametrize(
    "typed", ["", "/boards", "p/00", "/p/", "/p/a b", "javascript:/p/00", "//x/p/00", "/EN/p/00"]
)
def test_anything_else_is_no_address(typed: str) -> None:
    assert parse_place(typed) is None


@pytest.mark.parametrize("nonce", ["", "00", "zz" * 16, "00" * 17])
def test_form_without_a_nonce_of_ours_is_refused(nonce: str) -> None:
    with pytest.raises(MalformedError):
        parse_notice(Fields(TYPED, nonce=nonce))


def test_words_cannot_be_made_without_the_key() -> None:
    nonce = bytes(16)
    words = service.words_of(KEY, nonce)

    assert words == service.words_of(KEY, nonce)
    assert words != service.words_of(b"x" * 32, nonce)
    assert service.mark_of_words(KEY, words) != service.mark_of_words(b"x" * 32, words)
    drawn = {word for n in range(2000) for word in service.words_of(KEY, n.to_bytes(16, "big"))}
    # Of 8,000 draws from 2,048 words 2.0 % are expected never to come.
    assert 0.96 < len(drawn) / len(word_list()) < 0.995


def test_sender_and_all_senders_together_are_bounded(
    house: House, reader: Visitor, clock: FixedClock
) -> None:
    reader.join("Ava")
    for _ in range(NOTICES_OF_SENDER.most):
        assert send(reader).status_code == 200
    refused = send(reader)
    assert (refused.status_code, "step by step" in refused.text) == (429, True)
    assert sentences_of("too-many-reports", 429).title not in refused.text
    reader.client.cookies.clear()
    clock.advance(NOTICES.per_s)
    assert [send(reader).status_code for _ in range(NOTICES.most)] == [200] * NOTICES.most

    full = send(reader)
    assert full.status_code == 429
    assert sentences_of("too-many-reports", 429).title in full.text
    assert "step by step" in full.text
    clock.advance(NOTICES.per_s)
    assert send(reader).status_code == 200


def test_strangers_who_send_all_notices_keep_nobody_out_whom_somebody_answers_for(
    house: House, reader: Visitor
) -> None:
    """One sender without a name takes all that strangers may send; a persona has its own."""
    assert [send(reader).status_code for _ in range(NOTICES.most)] == [200] * NOTICES.most
    reader.join("Ava")
    assert send(reader).status_code == 429, "for whom nobody answers there are more names"
    with house.db.write() as work:
        viewer = identity.find_viewer(work, reader.client.cookies["s"])
        assert viewer is not None
        identity.open_cohort(work, house.keys["instance"], issuers.KEY)
        identity_store.add_invited(work, viewer.root, cohort_of(day_of(work.now)))

    # In another session each time: it is counted for the persona.
    reader.log_in("Ava")
    own = [send(reader).status_code for _ in range(NOTICES_OF_SENDER.most)]
    assert own == [200] * NOTICES_OF_SENDER.most
    reader.log_in("Ava")
    assert send(reader).status_code == 429


def test_words_are_not_guessed_by_a_session(reader: Visitor) -> None:
    reader.join("Ava")
    statuses = [ask(reader, "zoo " * 4).status_code for _ in range(TRIES_OF_WORDS.most + 1)]

    assert statuses == [400] * TRIES_OF_WORDS.most + [429]
