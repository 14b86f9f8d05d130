"""A persona's own peace by forms: shield and muting; and what a limited persona sees before it types."""

from datetime import timedelta

import pytest
from app import identity
from app.identity import store
from app.identity.model import Limit
from app.kernel.clock import day_of
from app.main import create_app
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.crypto import issuers
from tests.forms.languages import CODES, LANGUAGES
from tests.forms.test_own_acts import mark_of, root_of
from tests.houses import open_all_issuers, publish, read_rows, release
from tests.visitor import ORIGIN, Visitor, find_form

BABAK = factories.person("Babak")
OPENING = factories.note(BABAK, title="Water", text="Where does it go?")
THREAD = factories.digest_of(OPENING).hex()[:20]
WORDS = "What I typed <for long> & well."


@pytest.fixture
def visitor(house: House, client: TestClient) -> Visitor:
    """Ava, who is logged in, before a thread that Babak opened."""
    publish(house, factories.card(BABAK), OPENING)
    visitor = Visitor(client)
    visitor.join("Ava")
    return visitor


@pytest.fixture
def hers(house: House, visitor: Visitor) -> str:
    """A post of hers."""
    digest = visitor.open_thread("Pistachios", "They drink the river.")
    release(house)
    visitor.log_in("Ava")
    return digest


def raise_shield(visitor: Visitor) -> None:
    assert visitor.send(visitor.open_form("/shield"), do="raise").status_code == 303


@pytest.mark.parametrize("language", CODES)
def test_shield_is_said_before_anybody_types_and_keeps_what_they_typed(
    house: House, visitor: Visitor, hers: str, language: str
) -> None:
    raise_shield(visitor)
    spoken = LANGUAGES[language]
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        other = Visitor(client, language)
        other.join("Dara")

        form = other.get(f"/t/{hers[:20]}/reply?to={hers}")
        refused = other.send(
            find_form(form, f"/{language}/t/{hers[:20]}/reply"), do="send", text=WORDS
        )

    said = spoken.gettext(
        "Until %(day)s only those may answer this author whom they answered before; you are not among them. You can answer another post of the thread, or keep a draft and send it later."
    )
    until = spoken.day(day_of(house.clock.now()) + timedelta(days=7))
    for answer in (form, refused):
        assert 'id="shield"' in answer.text
        assert until in answer.text
        assert said.split("%")[0] in answer.text
    assert refused.status_code == 403
    title = "The author lets only some people answer for now"
    assert spoken.gettext(title) in refused.text
    assert "What I typed &lt;for long&gt; &amp; well." in refused.text


def test_whom_she_answered_is_told_that_they_may(house: House, visitor: Visitor, hers: str) -> None:
    raise_shield(visitor)
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        other = Visitor(client)
        other.join("Dara")
        asked = other.open_thread("Bread", "Where is it sold?")
        release(house)
        visitor.log_in("Ava")
        visitor.send(visitor.open_form(f"/t/{asked[:20]}/reply"), do="send", text="At Ali's.")
        release(house)
        other.log_in("Dara")

        form = other.get(f"/t/{hers[:20]}/reply?to={hers}")
        sent = other.send(find_form(form, f"/en/t/{hers[:20]}/reply"), do="send", text="Thanks.")

    assert "They answered you, so you can." in form.text
    assert "/receipts/" in sent.headers["location"]


def test_shield_is_taken_down_before_its_time(house: House, visitor: Visitor) -> None:
    raise_shield(visitor)
    assert "Your shield is up until" in visitor.get("/shield").text

    visitor.send(visitor.open_form("/shield"), do="lower")

    assert "Your shield is up" not in visitor.get("/shield").text
    assert "shield" not in {table for table, _ in read_rows(house)}


@pytest.mark.parametrize("language", CODES)
def test_posts_of_the_muted_are_folded_up_for_who_muted_alone(
    house: House, visitor: Visitor, language: str
) -> None:
    visitor.language, gettext = language, LANGUAGES[language].gettext
    folded = gettext("Muted by you: post %(n)s") % {"n": LANGUAGES[language].number(1)}
    page = visitor.get(f"/persona/{BABAK.mark.replace(' ', '')}")
    visitor.send(find_form(page, f"/{language}/mutes"), do="mute")

    thread = visitor.get(f"/t/{THREAD}").text
    assert folded in thread
    assert "Where does it go?" in thread, "it is folded up, and never taken away"
    assert "Babak" in visitor.get("/shield").text
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        other = Visitor(client, language)
        assert folded not in other.get(f"/t/{THREAD}").text
        other.join("Dara")
        assert folded not in other.get(f"/t/{THREAD}").text
        assert "Babak" not in other.get("/shield").text

    visitor.send(find_form(visitor.get("/shield"), f"/{language}/mutes"), do="unmute")

    assert folded not in visitor.get(f"/t/{THREAD}").text
    assert "muted" not in {table for table, _ in read_rows(house)}


@pytest.mark.parametrize("language", CODES)
def test_who_is_muted_from_a_post_is_folded_up_in_lists_and_where_a_thread_is_followed(
    house: House, visitor: Visitor, language: str
) -> None:
    visitor.language, spoken = language, LANGUAGES[language]
    publish(house, factories.note(BABAK, reply_to=OPENING, text="Upstream."))
    persona = f"/persona/{BABAK.mark.replace(' ', '')}"
    assert f'href="/{language}{persona}#mute"' in visitor.get(f"/t/{THREAD}").text
    lists = ("/", "/latest", "/b/square")
    followed = {f"/t/{THREAD}/live": (1, 2), f"/t/{THREAD}/live/1": (2,)}
    in_lists = spoken.gettext("Muted by you: a thread")
    in_posts = spoken.gettext("Muted by you: post %(n)s")

    page = visitor.get(persona)
    assert 'id="mute"' in page.text
    visitor.send(find_form(page, f"/{language}/mutes"), do="mute")

    for path in lists:
        assert visitor.get(path).text.count(in_lists) == 1
    for path, numbers in followed.items():
        for number in numbers:
            assert in_posts % {"n": spoken.number(number)} in visitor.get(path).text
    live = visitor.get(f"/t/{THREAD}/live").text
    # What everybody is sent alike cannot be folded up for one: new posts come in the frame.
    assert "data-events" not in live
    assert "<noscript>" not in live
    assert "<iframe" in live
    visitor.client.cookies.clear()
    for path in (*lists, *followed):
        text = visitor.get(path).text
        assert in_lists not in text
        assert in_posts.partition("%")[0] not in text
    assert "data-events" in visitor.get(f"/t/{THREAD}/live").text


def test_nobody_is_led_from_a_post_to_where_one_logs_in_to_mute(visitor: Visitor) -> None:
    visitor.client.cookies.clear()
    persona = f"/persona/{BABAK.mark.replace(' ', '')}"

    page = visitor.get(persona).text

    assert "/en/mutes" not in page
    assert f'href="/en/login?next=/en{persona}"' in page


def test_muting_nobody_is_not_found(visitor: Visitor) -> None:
    token = visitor.open_form("/settings").fields["token"]

    answer = visitor.post("/en/mutes", {"token": token, "persona": "a" * 16, "do": "mute"})

    assert answer.status_code == 404


def limit(house: House) -> None:
    until = day_of(house.clock.now()) + timedelta(days=3)
    with house.db.write() as work:
        identity.limit_persona(work, root_of(house, "Ava"), Limit(act=b"a" * 32, until=until))


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("path", ["/b/square/new", f"/t/{THREAD}/reply"])
def test_limit_is_said_before_one_types_and_keeps_what_was_typed(
    house: House, visitor: Visitor, path: str, language: str
) -> None:
    visitor.language, spoken = language, LANGUAGES[language]
    limit(house)

    form = visitor.get(path)
    refused = visitor.send(
        find_form(form, f"/{language}{path}"), do="send", title="Water", text=WORDS
    )

    said = spoken.gettext("You may read here and not write until %(day)s: a desk decided so.")
    for answer in (form, refused):
        assert said.split("%")[0] in answer.text
        assert f"/{language}/notices/acts/{'61' * 32}" in answer.text
    # Nobody answers for her either: how much she could send, says what she cannot.
    bound = spoken.gettext("This limit is for those for whom nobody answers yet. It ends at once with an invitation, from somebody who may give one; this host does not know who gave it to you.")  # fmt: skip
    assert bound not in form.text + refused.text
    assert refused.status_code == 403
    assert spoken.gettext("You may read here and not write, for now") in refused.text
    assert "What I typed &lt;for long&gt; &amp; well." in refused.text


def test_limited_persona_keeps_drafts_erases_logs_in_and_changes_its_passphrase(
    house: House, visitor: Visitor, hers: str
) -> None:
    limit(house)

    assert (
        visitor.send(
            visitor.open_form("/b/square/new"), do="keep", title="Later", text=WORDS
        ).headers["location"]
        == "/en/drafts"
    )
    visitor.log_out()
    assert visitor.log_in("Ava").status_code == 303
    changed = visitor.send(
        visitor.open_form("/keys", "/keys/passphrase"),
        passphrase="four unrelated words", new_passphrase="five quite unrelated words",
    )  # fmt: skip
    assert changed.status_code in {200, 303}
    assert "/receipts/" in visitor.send_post(f"/p/{hers}/erase").headers["location"]


def test_limited_persona_is_not_offered_to_invite(house: House, visitor: Visitor) -> None:
    with house.db.write() as work:
        identity.grant_stewardship(work, " ".join(part(mark_of(house))))
    limit(house)

    page = visitor.get("/invitations").text

    assert "Whoever may only read invites nobody." in page
    assert "You may read here and not write until" in page


def part(mark: str) -> list[str]:
    return [mark[start : start + 4] for start in range(0, len(mark), 4)]


def test_limited_persona_is_refused_by_the_api_alike(house: House, client: TestClient) -> None:
    publish(house, factories.card(BABAK), OPENING)
    until = day_of(house.clock.now()) + timedelta(days=3)
    with house.db.write() as work:
        identity.limit_persona(work, BABAK.root, Limit(act=b"a" * 32, until=until))

    answer = client.post("/api/v1/records", content=factories.note(BABAK, reply_to=OPENING))

    assert (answer.status_code, answer.json()["code"]) == (403, "persona-limited")


def test_who_leaves_leaves_no_shield_no_list_and_no_limit(house: House, visitor: Visitor) -> None:
    raise_shield(visitor)
    page = visitor.get(f"/persona/{BABAK.mark.replace(' ', '')}")
    visitor.send(find_form(page, "/en/mutes"), do="mute")
    limit(house)
    own = {"shield", "muted", "persona_limit"}
    assert {table for table, _ in read_rows(house)} >= own

    visitor.send(visitor.open_form("/erase-me"), words=visitor.words)

    assert {table for table, _ in read_rows(house)} & own == set()


def test_limited_persona_writes_under_no_name_that_it_took_before(
    house: House, visitor: Visitor
) -> None:
    """Whoever can sign under a name could else write on; erasing under it works as before."""
    with house.db.write() as work:
        open_all_issuers(house, work, issuers.KEY)
        store.add_invited(work, root_of(house, "Ava"), "2026-11")
    under_a_name = {"hand": "thread", "text": WORDS}
    written = visitor.digest_after(visitor.send_post(f"/t/{THREAD}/reply", **under_a_name))
    limit(house)

    assert visitor.send_post(f"/t/{THREAD}/reply", **under_a_name).status_code == 403
    assert visitor.send_post(f"/p/{written}/revise", text="Other words.").status_code == 403
    assert visitor.send_post(f"/p/{written}/erase").status_code == 303
