"""Officials by forms and pages: records handed in, the list, badges, and who pays, in each language."""

from collections.abc import Callable
from datetime import timedelta
from html import escape

import pytest
from app import hearings, identity, moderation
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import fingerprint
from app.forum.model import THREAD_ID_CHARACTERS
from app.hearings import AttesterKind
from app.kernel.clock import DAY_S
from app.web.error_pages import sentences_of
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.factories import TODAY, person
from tests.forms.languages import LANGUAGES
from tests.hearings.officials import (
    attest,
    believe,
    believe_both,
    end,
    make_official,
    offer,
)
from tests.hearings_records import MINISTRY, UNIVERSITY
from tests.houses import advance, appoint, publish, submit, tick
from tests.visitor import Visitor, find_form

KAVE, AVA = person("Kave"), person("Ava")
STRANGER = SigningKey(b"s" * 32)
LANGUAGE = pytest.mark.parametrize("language", sorted(LANGUAGES))


@pytest.fixture
def known(house: House) -> House:
    submit(house, factories.card(KAVE), factories.card(AVA))
    believe_both(house)
    return house


def carry(visitor: Visitor, record: bytes) -> int:
    """Hand a record in by the form; return the status of the answer."""
    return visitor.send(visitor.open_form("/carry"), record=record.decode()).status_code


@LANGUAGE
def test_office_is_handed_in_and_ended_by_forms(
    known: House, client: TestClient, language: str
) -> None:
    visitor, offered = Visitor(client, language), offer(KAVE)
    say = LANGUAGES[language].gettext
    assert say("Offered, and not attested") not in visitor.get("/officials").text

    assert carry(visitor, offered) == 303
    page = visitor.get("/officials").text
    assert say("Offered, and not attested") in page
    assert say("No university has signed yet") in page

    assert carry(visitor, attest(offered)) == 303
    page = visitor.get("/officials").text
    assert "Deputy minister for water" in page
    assert say("No university has signed yet") not in page
    assert say("Cannot be asked now, so it opens no threads") in page
    assert f"/records/{factories.digest_of(offered).hex()}" in page

    assert carry(visitor, end(offered, key=MINISTRY)) == 303
    page = visitor.get("/officials").text
    assert "Left the office." in page
    assert say("Cannot be asked now, so it opens no threads") not in page


OFFERED = offer(KAVE)
REFUSED: list[tuple[str, int, Callable[[], bytes]]] = [
    ("attester-unknown", 403, lambda: offer(KAVE, key=STRANGER)),
    ("wrong-domain-key", 403, lambda: offer(KAVE, domain="dam.example.org")),
    ("not-a-ministry", 403, lambda: offer(KAVE, key=UNIVERSITY)),
    ("unknown-official", 404, lambda: offer(person("Nobody"))),
    ("office-over", 409, lambda: offer(KAVE, until=TODAY)),
    ("attester-unknown", 403, lambda: attest(OFFERED, key=STRANGER)),
    ("not-a-university", 403, lambda: attest(OFFERED, key=MINISTRY)),
    ("no-office", 404, lambda: attest(offer(KAVE))),
    ("office-over", 409, lambda: attest(OFFERED, until=TODAY)),
    ("wrong-signer", 403, lambda: end(OFFERED, key=STRANGER)),
]


@LANGUAGE
def test_refused_record_stays_in_the_form_with_what_to_do(
    known: House, client: TestClient, language: str
) -> None:
    submit(known, OFFERED)
    visitor, say = Visitor(client, language), LANGUAGES[language].gettext
    for code, status, make in REFUSED:
        form, record = visitor.open_form("/carry"), make().decode()

        answer = visitor.send(form, record=record)

        assert answer.status_code == status, code
        assert find_form(answer, form.action).fields["record"] == record
        title, explanation = sentences_of(code, status)
        assert escape(f"{say(title)}. {say(explanation)}", quote=False) in answer.text, code


def test_second_attestation_says_that_nothing_is_left_to_do(
    known: House, client: TestClient
) -> None:
    other = SigningKey(b"u" * 32)
    believe(known, other, AttesterKind.UNIVERSITY)
    submit(known, OFFERED, attest(OFFERED))
    visitor = Visitor(client)

    answer = visitor.send(visitor.open_form("/carry"), record=attest(OFFERED, key=other).decode())

    assert answer.status_code == 409
    assert "Nothing is left to do" in answer.text


@LANGUAGE
def test_badge_stands_beside_the_name_wherever_the_post_is_read(
    known: House, client: TestClient, language: str
) -> None:
    make_official(known, KAVE)
    opening = factories.note(AVA, title="Water")
    said = factories.note(KAVE, reply_to=opening, text="We will see.")
    publish(known, opening)
    publish(known, said)
    thread = f"/t/{factories.digest_of(opening).hex()[:THREAD_ID_CHARACTERS]}"
    visitor = Visitor(client, language)

    for path in (
        thread, f"{thread}/print", f"{thread}/live", f"{thread}/live/0/still", f"{thread}.txt",
        f"/p/{factories.digest_of(said).hex()}", f"/persona/{KAVE.mark.replace(' ', '')}",
    ):  # fmt: skip
        page = visitor.get(path).text
        assert page.count("Deputy minister for water") == 1, path
        assert "water.example.org" in page, path
    assert "Deputy minister" not in visitor.get(f"/persona/{AVA.mark.replace(' ', '')}").text


def test_badge_goes_from_pages_that_were_kept(known: House, client: TestClient) -> None:
    offered = make_official(known, KAVE, until=TODAY + timedelta(days=2))
    visitor, path = Visitor(client), f"/persona/{KAVE.mark.replace(' ', '')}"
    assert "Official:" in visitor.get(path).text
    advance(known, 2 * DAY_S)
    assert "Official:" in visitor.get(path).text, "kept"
    with known.db.write() as work:
        hearings.tell_ended(work)
    assert "Held an office that is over" in visitor.get(path).text

    again = offer(KAVE, until=TODAY + timedelta(days=9), day=TODAY)
    submit(known, again, attest(again))
    assert "Official:" in visitor.get(path).text
    submit(known, end(again, key=UNIVERSITY), end(offered, key=UNIVERSITY))

    assert "Held an office that is over" in visitor.get(path).text


def test_name_that_reads_like_an_officials_is_told_apart_on_its_page_and_posts(
    known: House, client: TestClient
) -> None:
    make_official(known, KAVE)
    imitator = factories.Person(name="KAVE", seed=person("i").seed, custody=KAVE.custody)  # fmt: skip
    opening = factories.note(imitator, title="Water")
    submit(known, factories.card(imitator))
    publish(known, opening)
    visitor = Visitor(client)

    for path in (
        f"/p/{factories.digest_of(opening).hex()}", f"/persona/{imitator.mark.replace(' ', '')}",
    ):  # fmt: skip
        page = visitor.get(path).text
        assert "Not the official that this name reads like" in page
        assert KAVE.mark in page
        assert "Official:" not in page


def test_offices_that_read_alike_are_flagged_in_the_list(known: House, client: TestClient) -> None:
    make_official(known, KAVE)
    other = SigningKey(b"o" * 32)
    believe(known, other, AttesterKind.MINISTRY, "dam.example.org")
    submit(known, offered := offer(AVA, key=other, domain="dam.example.org"), attest(offered))

    page = Visitor(client).get("/officials").text

    assert page.count("Reads like an office of") == 2


@LANGUAGE
def test_attesters_are_shown_with_their_keys_and_whoever_is_doubted(
    known: House, client: TestClient, language: str
) -> None:
    say = LANGUAGES[language].gettext
    offered = make_official(known, KAVE)
    page = Visitor(client, language).get("/officials").text
    assert fingerprint(MINISTRY.public) in page
    assert fingerprint(UNIVERSITY.public) in page
    with known.db.write() as work:
        (did,) = (each.did for each in hearings.list_attesters(work) if each.domain)
        hearings.doubt(work, did)

    page = Visitor(client, language).get("/officials").text

    assert say("Over") in page
    assert factories.digest_of(offered).hex() in page
    assert say("Nobody is at the moment. Whoever says so of themselves is not.") in page


def test_official_who_cannot_be_asked_is_told_so_and_keeps_the_text(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Kave")
    believe_both(house)
    with house.db.read() as work:
        (root,) = identity.list_roots(work)
    offered = factories.forged(
        offer(KAVE), MINISTRY, lambda document: document.update(object=f"ap://{root}/actor")
    )
    submit(house, offered, attest(offered))
    form = visitor.open_form("/b/square/new")

    answer = visitor.send(form, do="send", title="News", text="All is well.", language="en")

    assert answer.status_code == 403
    assert "Nobody could ask you about this" in answer.text
    assert find_form(answer, form.action).fields["text"] == "All is well."


@LANGUAGE
def test_page_of_who_pays_says_who_what_was_asked_and_that_none_moderates(
    house: House, client: TestClient, language: str
) -> None:
    say = LANGUAGES[language].gettext
    visitor = Visitor(client, language)
    page = visitor.get("/sponsors").text
    assert say("The host has not said yet who pays how much.") in page
    with house.db.write() as work:
        moderation.add_sponsor_domain(
            work, "fund.example", "The Lake Fund", marks_key=house.marks_key
        )
        for who, asked, words in (
            ("sponsor", "emphasis", "Pin our thread."),
            ("sponsor", "data", "Who reads this?"),
            ("government", "emphasis", "Show ours first."),
            ("court", "content", "Remove this."),
        ):
            moderation.tell_demand(
                work,
                house.door,
                {
                    "from": who, "asked": asked, "received": TODAY.isoformat(), "answer": "refused",
                    "sealed": False, "contentMap": {"en": words},
                },
            )  # fmt: skip
    tick(house)

    page = visitor.get("/sponsors").text

    assert "The Lake Fund" in page
    assert "fund.example" in page
    for words in ("Pin our thread.", "Who reads this?", "Show ours first."):
        assert page.count(words) == 1
    assert "Remove this." not in page
    assert say("None of them holds or held a role.") in page


@LANGUAGE
def test_steward_says_who_pays_and_everybody_sees_it(
    house: House, client: TestClient, language: str
) -> None:
    Visitor(client).join("Ava")
    appoint(house, client.cookies["s"])
    steward = Visitor(client, language)
    assert f"/{language}/sponsors/edit" in steward.get("/sponsors").text
    empty = steward.send(steward.open_form("/sponsors/edit"), text=" ")
    assert empty.status_code == 400

    answer = steward.send(
        steward.open_form("/sponsors/edit"), text="The Lake Fund pays *nine tenths*."
    )

    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == f"/{language}/sponsors"
    client.cookies.clear()
    page = Visitor(client, language).get("/sponsors").text
    assert "<em>nine tenths</em>" in page
    assert "/sponsors/edit" not in page
    assert "nine tenths" not in Visitor(client, language).get("/reach").text
    assert Visitor(client, language).get("/sponsors/edit").status_code == 303
