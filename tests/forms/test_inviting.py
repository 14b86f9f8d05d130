"""Invitations without scripts: made, told in words, brought along when joining or later, and refused in sentences."""

import re
from base64 import b64decode

import pytest
from app import identity, site
from app.crypto.seed import Seed, word_list
from app.identity import rules, store
from app.identity.codec import tokens
from app.identity.model.tokens import Invitation
from app.identity.rules import cohorts
from app.kernel.clock import FixedClock, start_of
from app.main import create_app
from app.web.limits import TRIES_TO_REDEEM
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.crypto.issuers import KEY
from tests.forms.languages import LANGUAGES
from tests.houses import appoint, count_records, open_month, read_rows
from tests.visitor import ORIGIN, Visitor, find_form, read_words

INVITATIONS = "/invitations"
PASSPHRASE = "four unrelated words"
NOVEMBER = "2026-11"


@pytest.fixture
def steward(house: House, client: TestClient) -> Visitor:
    """Ava, who is a steward and logged in, in a month with a key."""
    open_month(house, KEY)
    visitor = Visitor(client)
    visitor.join("Ava")
    appoint(house, client.cookies["s"])
    return visitor


@pytest.fixture
def guest(house: House, steward: Visitor) -> Visitor:
    """Somebody else, in another browser."""
    app = steward.client.app
    return Visitor(TestClient(app, ORIGIN, follow_redirects=False))


def make(by: Visitor, **typed: str) -> Response:
    answer = by.send(by.open_form(INVITATIONS), **typed)
    assert answer.status_code == 200
    return answer


def text_in(answer: Response) -> str:
    found = re.search(r"<code[^>]*>(2026-\d\d\.[\w-]{384})</code>", answer.text)
    assert found
    return found[1]


def words_in(answer: Response) -> str:
    return " ".join(re.findall(r'<span lang="en" dir="ltr">([a-z]+)</span>', answer.text))


def join_with(visitor: Visitor, invitation: str, name: str = "Babak") -> Response:
    """Join with an invitation up to the answer of the last step, or of the first if it refuses."""
    form = visitor.open_form("/join")
    answer = visitor.send(form, name=name, passphrase=PASSPHRASE, invitation=invitation)
    if answer.status_code != 200:
        return answer
    words, first, second = read_words(answer)
    confirm = find_form(answer, visitor.address("/join/confirm"))
    return visitor.send(confirm, word_first=words[first - 1], word_second=words[second - 1])


def redeem(visitor: Visitor, invitation: str) -> Response:
    form = visitor.open_form(INVITATIONS, "/invitations/redeem")
    return visitor.send(form, invitation=invitation)


def is_invited(house: House, visitor: Visitor) -> bool:
    with house.db.read() as work:
        viewer = identity.find_viewer(work, visitor.client.cookies["s"])
        assert viewer is not None
        return not identity.is_on_probation(work, viewer.root)


def count_rows(house: House, table: str) -> int:
    return sum(name == table for name, _ in read_rows(house))


@pytest.mark.parametrize("in_words", [False, True], ids=["text", "words"])
def test_newcomer_joins_with_an_invitation(
    house: House, steward: Visitor, guest: Visitor, *, in_words: bool
) -> None:
    made = make(steward, **({"words": "1"} if in_words else {}))
    told = words_in(made) if in_words else text_in(made)

    answer = join_with(guest, told)

    assert answer.status_code == 303
    assert is_invited(house, guest)
    assert count_rows(house, "invitation_box") == 0


def test_persona_comes_with_an_invitation_later(
    house: House, steward: Visitor, guest: Visitor
) -> None:
    guest.join("Babak")
    assert not is_invited(house, guest)
    told = text_in(make(steward))

    # As messengers hand it over: broken into lines, with marks of direction around it.
    answer = redeem(guest, f"\u2068{told[:100]}\n{told[100:]} \u2069\r\n")

    assert answer.status_code == 303
    assert is_invited(house, guest)
    page = guest.get("/invitations?done=1").text
    assert "You are invited." in page
    assert "/invitations/redeem" not in page


def test_words_are_read_in_any_case_and_spacing(
    house: House, steward: Visitor, guest: Visitor
) -> None:
    words = words_in(make(steward, words="1")).split()
    assert len(words) == 12
    guest.join("Babak")

    answer = redeem(guest, "\n".join(words).upper())

    assert answer.status_code == 303
    assert is_invited(house, guest)


def test_text_that_has_words_too_is_the_same_invitation(
    house: House, steward: Visitor, guest: Visitor
) -> None:
    made = make(steward, words="1")
    guest.join("Babak")
    assert redeem(guest, text_in(made)).status_code == 303
    guest.log_out()
    guest.join("Celine")

    answer = redeem(guest, words_in(made))

    assert answer.status_code == 400
    assert "This invitation was used before." in answer.text
    assert not is_invited(house, guest)


def test_month_has_its_cap_and_the_page_says_so(steward: Visitor) -> None:
    for left in range(rules.INVITATIONS_A_MONTH, 0, -1):
        assert f"You can give {left} more this month." in steward.get(INVITATIONS).text
        make(steward)

    page = steward.get(INVITATIONS).text
    assert "You have given all your invitations of this month" in page
    assert "1 December 2026" in page
    assert f'action="/en{INVITATIONS}"' not in page


def test_who_came_without_an_invitation_makes_none(steward: Visitor, guest: Visitor) -> None:
    form = steward.open_form(INVITATIONS)
    guest.join("Babak")
    page = guest.get(INVITATIONS).text

    token = find_form(guest.get(INVITATIONS), "/en/invitations/redeem").fields["token"]
    answer = guest.post(form.action, {"token": token})

    assert "You came without one." in page
    assert answer.status_code == 403
    assert "You cannot invite yet" in answer.text


def test_who_was_invited_reads_from_when_they_may_invite(
    house: House, clock: FixedClock, steward: Visitor, guest: Visitor
) -> None:
    join_with(guest, text_in(make(steward)))
    assert "You can invite others from" in guest.get(INVITATIONS).text
    assert "1 December 2026" in guest.get(INVITATIONS).text

    clock.instant = start_of(cohorts.start_after(NOVEMBER))
    open_month(house, KEY)
    guest.log_in("Babak")

    assert text_in(make(guest)).startswith("2026-12.")


def test_card_without_the_months_key_makes_no_invitations(house: House, steward: Visitor) -> None:
    """Also where the database has a key: nobody could see whether all holders have the same."""
    form = steward.open_form(INVITATIONS)
    with house.db.write() as work:
        site.announce_issuers(work, house.door, house.keys["instance"], [])

    answer = steward.send(form)

    assert answer.status_code == 409
    assert "No invitations just now" in answer.text
    assert count_rows(house, "invitations_given") == 0


GOOD = Seed(bytes(16)).words()
UNFIT = [
    pytest.param("hallo", "Not on the list of words: ", "hallo", id="one word"),
    pytest.param(" ".join((*GOOD[:11], "abot")), "Not on the list", "abot", id="mistyped word"),
    pytest.param(" ".join(GOOD[:11]), "has twelve words", "", id="eleven words"),
    pytest.param(" ".join((*GOOD, GOOD[0])), "has twelve words", "", id="thirteen words"),
    pytest.param(" ".join(reversed(GOOD)), "another order", "", id="another order"),
    pytest.param(" ".join(GOOD), "No invitation here has these words", "", id="unknown words"),
    pytest.param("2026-11.abc", "not copied whole", "", id="text cut short"),
    pytest.param("2026-11." + "A" * 384, "not good here", "", id="text not signed here"),
    pytest.param("2026-10." + "A" * 384, "No invitations just now", "", id="month without a key"),
    pytest.param("2026-01." + "A" * 384, "not good here", "", id="too old"),
    pytest.param("<b>.</b>", "not copied whole", "", id="markup"),
    pytest.param("سلام", "Not on the list", "سلام", id="Persian"),
    pytest.param("x" * 20_000, "Not on the list", "", id="a long word"),
]


@pytest.mark.parametrize(("typed", "sentence", "wrong"), UNFIT)
def test_unfit_invitation_is_explained_and_kept(
    house: House, steward: Visitor, guest: Visitor, typed: str, sentence: str, wrong: str
) -> None:
    before = count_records(house)

    answer = join_with(guest, typed)

    assert answer.status_code == 400
    assert sentence in answer.text
    assert wrong in answer.text
    form = find_form(answer, "/en/join")
    assert form.fields["invitation"] == typed
    assert form.fields["name"] == "Babak"
    assert count_records(house) == before


def test_spent_invitation_is_explained_and_no_persona_is_made(
    house: House, steward: Visitor, guest: Visitor
) -> None:
    told = text_in(make(steward))
    first = guest.open_form("/join")
    answer = guest.send(first, name="Babak", passphrase=PASSPHRASE, invitation=told)
    words, one, two = read_words(answer)
    confirm = find_form(answer, "/en/join/confirm")
    # Somebody else is quicker.
    other = Visitor(TestClient(guest.client.app, ORIGIN, follow_redirects=False))
    assert join_with(other, told, "Celine").status_code == 303
    before = count_records(house)

    late = guest.send(confirm, word_first=words[one - 1], word_second=words[two - 1])

    assert late.status_code == 409
    assert "This invitation was used before" in late.text
    assert find_form(late, "/en/join").fields["invitation"] == told
    assert count_records(house) == before


def test_frozen_month_is_explained(house: House, steward: Visitor, guest: Visitor) -> None:
    told = text_in(make(steward))
    with house.db.write() as work:
        identity.freeze_cohort(work, NOVEMBER)
    guest.join("Babak")

    answer = redeem(guest, told)

    assert answer.status_code == 400
    assert "No invitations just now" in answer.text
    assert find_form(answer, "/en/invitations/redeem").fields["invitation"] == told
    assert "No invitations just now" not in steward.get(INVITATIONS).text
    assert "The host has stopped the invitations" in steward.get(INVITATIONS).text


def test_nothing_typed_asks_for_an_invitation(steward: Visitor, guest: Visitor) -> None:
    guest.join("Babak")

    answer = redeem(guest, " \n ")

    assert answer.status_code == 400
    assert "Type or paste an invitation first." in answer.text


def test_tries_are_counted_by_session(steward: Visitor, guest: Visitor) -> None:
    guest.join("Babak")
    form = guest.open_form(INVITATIONS, "/invitations/redeem")
    for _ in range(TRIES_TO_REDEEM.most):
        assert guest.send(form, invitation="hello").status_code == 400

    answer = guest.send(form, invitation=text_in(make(steward)))

    assert answer.status_code == 429
    assert "Too much at once" in answer.text


def test_device_gets_a_signature_over_what_it_blinded(house: House, steward: Visitor) -> None:
    form = steward.open_form(INVITATIONS, "/invitations/sign")

    answers = [
        steward.send(form, blinded=blinded)
        for blinded in ("A" * 342, "A" * 341, "", "!", "_" * 342)
    ]

    assert [answer.status_code for answer in answers] == [200, 400, 400, 400, 400]
    assert all(a.headers["content-type"].startswith("text/plain") for a in answers)
    # Zero is its own signature: what came was signed, and nothing else.
    assert answers[0].text == "A" * 342
    assert answers[0].headers["cache-control"] == "no-store"
    with house.db.read() as work:
        (row,) = [row for table, row in read_rows(house) if table == "invitations_given"]
        assert row["count"] == 1
        assert store.find_cohort(work, NOVEMBER)


def test_picture_holds_the_words_and_stands_in_the_page_alone(steward: Visitor) -> None:
    made = make(steward, words="1")

    found = re.search(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"', made.text)
    assert found
    assert b64decode(found[1]).startswith(b"\x89PNG")
    assert made.headers["cache-control"] == "no-store"
    assert "img-src 'self' data:" in made.headers["content-security-policy"]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_pages_are_for_who_is_logged_in(
    house: House, steward: Visitor, guest: Visitor, language: str
) -> None:
    guest.language = language

    assert guest.get(INVITATIONS).headers["location"].startswith(f"/{language}/login")
    steward.language = language
    assert steward.get(INVITATIONS).status_code == 200
    assert text_in(make(steward))


def test_box_opens_with_its_words_alone(house: House, steward: Visitor) -> None:
    made = make(steward, words="1")
    text, words = text_in(made), words_in(made)
    invitation = tokens.parse_invitation(text)
    assert isinstance(invitation, Invitation)

    secrets = (invitation.prefix, invitation.signature, text.encode(), words.encode())
    for path in house.settings.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert [secret for secret in secrets if secret in content] == [], path.name
    (row,) = [row for table, row in read_rows(house) if table == "invitation_box"]
    assert set(row) == {"mark", "cohort", "box"}
    assert len(word_list()) ** 12 >= 2**128


def test_pages_do_not_open_elsewhere(house: House) -> None:
    """A house whose worker never ran has pages all the same."""
    app = create_app(house, ORIGIN)
    with TestClient(app, ORIGIN, follow_redirects=False) as client:
        visitor = Visitor(client)
        visitor.join("Ava")
        appoint(house, client.cookies["s"])

        page = visitor.get(INVITATIONS)

    assert page.status_code == 200
    assert "The host has stopped the invitations of this month, or has not begun" in page.text
    assert factories.TODAY.isoformat() not in page.text


def test_key_made_on_a_device_joins_with_an_invitation(
    house: House, steward: Visitor, guest: Visitor
) -> None:
    babak = factories.person("Babak")
    form = guest.open_form("/join")
    fields = {**form.fields, "name": "Babak", "record": factories.card(babak).decode()}
    before = count_records(house)
    refused = guest.post("/en/join/device", {**fields, "invitation": "hallo"})
    assert refused.status_code == 400
    again = find_form(refused, "/en/join/device")
    assert again.fields["invitation"] == "hallo"
    assert again.fields["record"] == fields["record"]
    assert count_records(house) == before

    done = guest.send(again, invitation=words_in(make(steward, words="1")))

    assert done.status_code == 303
    assert is_invited(house, guest)
