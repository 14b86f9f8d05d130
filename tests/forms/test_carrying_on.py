"""What somebody wanted or wrote goes along where a log-in or a joining comes between."""

import pytest
from app.crypto.seed import parse_words
from app.forum.service.keeping import MOST_DRAFTS
from app.identity.rules import IDLE_S
from app.kernel.clock import HOUR_S, FixedClock
from app.records import Custody
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.forms.test_login import hand_in, prove
from tests.houses import count_records, publish, submit
from tests.visitor import Form, Visitor, find_form, read_words

TEXT = 'Two lines,\n\n\n  and <b>"marks"</b> & سلام'
COMPOSER = "/en/b/square/new"


def be_interrupted(visitor: Visitor, clock: FixedClock, path: str, **typed: str) -> Form:
    """Write for so long that the session ends; return the log-in that the text goes along to."""
    form = visitor.open_form(path)
    clock.advance(IDLE_S + HOUR_S)
    refused = visitor.send(form, do="send", **typed)
    assert refused.status_code == 403
    shown = visitor.send(find_form(refused, "/en/login/again"))
    assert shown.status_code == 200
    return find_form(shown, "/en/login")


def test_text_of_an_ended_session_is_a_draft_after_the_log_in(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    before = count_records(house)
    typed = {"title": "Water", "text": TEXT, "language": "fr", "wait": "24"}
    form = be_interrupted(visitor, clock, "/b/square/new", **typed)

    missed = visitor.send(form, name="Ava", passphrase="another passphrase")
    found = visitor.send(find_form(missed, "/en/login"), name="Ava", passphrase="four unrelated words")  # fmt: skip

    assert missed.status_code == 403
    assert found.status_code == 303
    path = found.headers["location"].removeprefix("/en")
    fields = visitor.open_form(path).fields
    assert {name: fields[name] for name in typed} == typed
    assert path.removeprefix("/b/square/new?") in visitor.get("/drafts").text
    assert count_records(house) == before


def test_log_in_is_not_refused_because_there_are_as_many_drafts_as_may_be(
    client: TestClient, clock: FixedClock
) -> None:
    """Else whoever has them could log in only by giving up what they had written."""
    visitor = Visitor(client)
    visitor.join("Ava")
    keeping = visitor.open_form("/b/square/new")
    for number in range(MOST_DRAFTS):
        assert visitor.send(keeping, do="keep", text=str(number)).status_code == 303
    form = be_interrupted(visitor, clock, "/b/square/new", title="Water", text=TEXT)

    found = visitor.send(form, name="Ava", passphrase="four unrelated words")

    assert found.status_code == 303
    path = found.headers["location"].removeprefix("/en")
    assert visitor.open_form(path).fields["text"] == TEXT


def test_text_of_a_reply_comes_back_to_what_it_answers(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    opening = factories.note(factories.person("Babak"), title="Rain")
    publish(house, opening)
    digest = factories.digest_of(opening).hex()
    visitor = Visitor(client)
    visitor.join("Ava")
    path = f"/t/{digest[:20]}/reply?to={digest}&quote={digest}"
    form = be_interrupted(visitor, clock, path, text=TEXT)

    found = visitor.send(form, name="Ava", passphrase="four unrelated words")

    assert found.headers["location"].startswith(f"/en{path}&draft=")
    sent = visitor.open_form(
        found.headers["location"].removeprefix("/en"), path.split("?", maxsplit=1)[0]
    )
    assert (sent.fields["reply"], sent.fields["quote"]) == (digest, digest)
    visitor.digest_after(visitor.send(sent, do="send"))


def test_text_goes_along_with_a_key_of_a_device(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    babak = factories.person("Babak")
    submit(house, factories.card(babak))
    visitor = Visitor(client)
    hand_in(visitor, prove(visitor, babak))
    be_interrupted(visitor, clock, "/b/square/new", title="Water", text=TEXT)

    found = hand_in(visitor, prove(visitor, babak), place="/b/square/new", text=TEXT)

    assert "draft=" in found.headers["location"]
    assert "&lt;b&gt;" in visitor.client.get(found.headers["location"]).text


@pytest.mark.parametrize(
    "place", ["", "//evil.example", "https://evil.example", "/exit", "/b/x" * 100]
)
def test_words_for_no_page_of_ours_are_not_kept(client: TestClient, place: str) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")

    form = visitor.open_form("/login")
    answer = visitor.send(form, name="Ava", passphrase="four unrelated words", place=place, text=TEXT)  # fmt: skip

    assert answer.headers["location"] == "/en/boards"
    assert "draft=" not in visitor.get("/drafts").text


def test_joining_leads_on_to_what_was_wanted(client: TestClient) -> None:
    """Through a short passphrase, other words and a wrong one."""
    visitor = Visitor(client)
    wanted = visitor.get("/b/square/new").headers["location"]
    assert f'href="/en/join?next={COMPOSER}"' in client.get(wanted).text
    first = visitor.open_form(f"/join?next={COMPOSER}")
    short = visitor.send(first, name="Ava", passphrase="short")
    shown = visitor.send(find_form(short, "/en/join"), name="Ava", passphrase="four unrelated words")  # fmt: skip
    others = visitor.send(find_form(shown, "/en/join/words"))
    words, one, two = read_words(others)
    form = find_form(others, "/en/join/confirm")
    missed = visitor.send(form, word_first="zebra", word_second=words[two - 1])
    form = find_form(missed, "/en/join/confirm")

    done = visitor.send(form, word_first=words[one - 1], word_second=words[two - 1])

    assert f'class="button" href="{COMPOSER}"' in client.get(done.headers["location"]).text


def test_joining_leads_nowhere_else(client: TestClient) -> None:
    visitor = Visitor(client)

    form = visitor.open_form("/join?next=//evil.example")
    shown = visitor.send(form, name="Ava", passphrase="four unrelated words", next="//evil.example")
    words, one, two = read_words(shown)
    confirm = find_form(shown, "/en/join/confirm")
    done = visitor.send(confirm, word_first=words[one - 1], word_second=words[two - 1], next="//evil.example")  # fmt: skip

    assert done.headers["location"] == "/en/welcome"
    page = client.get("/en/welcome?next=//evil.example").text
    assert "evil.example" not in page.split("<main")[1].split("</main")[0]


def test_session_that_cannot_sign_says_so_and_keeps_the_text(
    house: House, client: TestClient
) -> None:
    """The key is kept here under a passphrase, and its holder proved it from elsewhere instead."""
    visitor = Visitor(client)
    words = visitor.join("Ava")
    ava = factories.Person(name="Ava", seed=parse_words(words), custody=Custody.UNLOCKED)
    client.cookies.clear()
    assert hand_in(visitor, prove(visitor, ava)).status_code == 303
    form = visitor.open_form("/b/square/new")
    before = count_records(house)

    page = visitor.get("/b/square/new").text
    answer = visitor.send(form, do="send", title="Water", text=TEXT)
    kept = visitor.send(find_form(answer, COMPOSER), do="keep")

    assert 'href="/en/login?next=%2Fen%2Fb%2Fsquare%2Fnew"' in page
    assert answer.status_code == 403
    assert "Your key is locked" in answer.text
    assert count_records(house) == before
    assert kept.headers["location"] == "/en/drafts"


def test_session_of_a_passphrase_is_told_of_no_lock(client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")

    assert "login?next=" not in visitor.get("/b/square/new").text
