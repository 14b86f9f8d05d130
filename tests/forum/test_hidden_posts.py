"""What readers and the author see of a post that a desk hid, erased, or said something of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from app import forum, records, site
from app.forum import store
from app.forum.service import live
from app.main import create_app
from app.moderation import service as desks
from app.moderation.model import Action, ActionKind, Proposal, Subject, SubjectKind
from app.web.rules import rule_name
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import LANGUAGES
from tests.houses import publish, release
from tests.moderation.desks import Seat, decision, seat
from tests.moderation.samples import REASONS
from tests.visitor import ORIGIN, Visitor

DARA, EMIL = factories.person("Dara"), factories.person("Emil")
NEEDLE = "Sevenwordsneedle"
TITLE = "Atitleneedle"


@dataclass(frozen=True, kw_only=True)
class Hall:
    """An author with a browser, a reader with another, and two desks."""

    house: House
    author: Visitor
    reader: Visitor
    post: str
    """The digest of what the author said, in hex."""
    first: Seat
    second: Seat

    @property
    def thread(self) -> str:
        return self.post[:20]

    def act(self, kind: ActionKind, label: str = "") -> Action | Proposal:
        subject = Subject(kind=SubjectKind.POST, name=self.post)
        with self.house.db.write() as work:
            wanted = decision(kind, REASONS, label=label)
            return desks.act_on(work, self.house.door, self.first.at(self.house), subject, wanted)

    def hide(self) -> str:
        done = self.act(ActionKind.HIDE)
        assert isinstance(done, Action)
        return done.digest.hex()

    def erase(self) -> str:
        proposed = self.act(ActionKind.ERASE)
        assert isinstance(proposed, Proposal)
        with self.house.db.write() as work:
            at = self.second.at(self.house)
            return desks.second(work, self.house.door, at, proposed.id).digest.hex()

    def find(self) -> forum.Post:
        with self.house.db.read() as work:
            return forum.get_post(work, bytes.fromhex(self.post))


@pytest.fixture
def hall(house: House, client: TestClient) -> Iterator[Hall]:
    publish(house, factories.card(DARA), factories.card(EMIL))
    author = Visitor(client)
    author.join("Ava")
    post = author.open_thread(TITLE, f"{NEEDLE} says somebody.")
    release(house)
    seats = [seat(house, person) for person in (DARA, EMIL)]
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as other:
        yield Hall(
            house=house,
            author=author,
            reader=Visitor(other),
            post=post,
            first=seats[0],
            second=seats[1],
        )


def test_tombstone_names_the_rule_and_leads_to_the_reasons(hall: Hall) -> None:
    act = hall.hide()

    page = hall.reader.get(f"/t/{hall.thread}").text

    assert "Hidden under the rule on threats and violence." in page
    assert f'href="/en/moderation/acts/{act}"' in page
    assert "Post 1, hidden" in page
    assert NEEDLE not in page
    assert TITLE not in page
    assert "Ava" not in page
    assert "/notices/acts/" not in page


@pytest.mark.parametrize("code", ["fa", "fr"])
def test_rule_has_its_name_in_the_language_of_the_page(hall: Hall, code: str) -> None:
    hall.hide()
    hall.reader.language = code

    page = hall.reader.get(f"/t/{hall.thread}").text

    assert rule_name(LANGUAGES[code].gettext, "threat") in page


def test_author_sees_the_words_marked_with_the_way_to_appeal(hall: Hall) -> None:
    act = hall.hide()

    for path in (f"/t/{hall.thread}", f"/p/{hall.post}"):
        page = hall.author.get(path).text
        assert NEEDLE in page
        assert TITLE in page
        assert "You alone see these words." in page
        assert f'href="/en/moderation/acts/{act}"' in page
        assert f'href="/en/notices/acts/{act}"' in page
        assert f"/p/{hall.post}/erase" in page
        assert f"/p/{hall.post}/revise" not in page


def test_no_shadow_sanctions_the_author_sees_what_readers_see_but_what_is_marked(
    hall: Hall,
) -> None:
    hall.hide()
    paths = (
        f"/t/{hall.thread}",
        f"/p/{hall.post}",
        "/b/square",
        "/latest",
        "/",
        "/search?q=" + NEEDLE,
    )

    for path in paths:
        own, public = hall.author.get(path).text, hall.reader.get(path).text
        unmarked = _without_marked(_main_of(own))
        assert NEEDLE not in unmarked.replace(f'value="{NEEDLE}"', ""), path
        assert TITLE not in unmarked, path
        if path.startswith(("/b", "/l", "/s")):
            assert _main_of(own) == _main_of(public)


def _main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def _without_marked(page: str) -> str:
    """Return a page without each letter that says that nobody else sees its words."""
    letters = re.compile(r'<article class="letter".*?</article>', re.DOTALL)
    return letters.sub(
        lambda found: "" if "You alone see these words." in found[0] else found[0], page
    )


def test_author_reads_the_versions_of_what_is_hidden_and_nobody_else_does(hall: Hall) -> None:
    sent = hall.author.send_post(f"/p/{hall.post}/revise", title=TITLE, text=f"{NEEDLE} twice.")
    assert sent.status_code == 303
    release(hall.house)
    hall.hide()

    own, public = (who.get(f"/p/{hall.post}").text for who in (hall.author, hall.reader))

    assert "<ins>" in own
    assert "<ins>" not in public
    assert NEEDLE not in public


def test_hidden_post_is_not_revised_and_its_author_reads_why(hall: Hall) -> None:
    form = hall.author.open_form(f"/p/{hall.post}/revise")
    hall.hide()

    refused = [
        hall.author.get(f"/p/{hall.post}/revise"),
        hall.author.send(form, do="send", title=TITLE, text="Other words."),
    ]

    for answer in refused:
        assert answer.status_code == 409
        assert "A desk hid this post" in answer.text
        assert "It cannot be revised while it is hidden." in answer.text


def test_author_erases_what_is_hidden_and_nothing_brings_it_back(hall: Hall) -> None:
    act = hall.hide()
    answer = hall.author.send(hall.author.open_form(f"/p/{hall.post}/erase"))
    assert answer.status_code == 303

    with hall.house.db.write() as work:
        at = hall.first.at(hall.house)
        desks.undo(work, hall.house.door, at, [bytes.fromhex(act)], REASONS)

    page = hall.author.get(f"/t/{hall.thread}").text
    assert "The author erased this post." in page
    assert NEEDLE not in page


def test_erasure_by_desks_is_told_apart_from_one_by_the_author(hall: Hall) -> None:
    act = hall.erase()

    own, public = (who.get(f"/t/{hall.thread}").text for who in (hall.author, hall.reader))

    for page in (own, public):
        assert "Erased under the rule on threats and violence." in page
        assert "The author erased this post." not in page
        assert f'href="/en/moderation/acts/{act}"' in page
        assert NEEDLE not in page
    assert f'href="/en/notices/acts/{act}"' in own
    assert "/notices/acts/" not in public


def test_plain_text_says_which_rule(hall: Hall) -> None:
    path = f"/t/{hall.thread}.txt"
    hall.hide()
    hidden = hall.reader.get(path).text
    hall.erase()

    assert "Hidden under the rule on threats and violence" in hidden
    assert "Ava" not in hidden
    assert "Erased under the rule on threats and violence" in hall.reader.get(path).text


def test_sensitive_words_are_folded_and_are_in_no_list(hall: Hall) -> None:
    hall.act(ActionKind.LABEL, "sensitive")

    thread = hall.reader.get(f"/t/{hall.thread}").text
    folded = re.search(r"<details><summary>Show the words.*?</details>", thread, re.DOTALL)

    assert folded is not None
    assert NEEDLE in folded[0]
    assert NEEDLE not in thread.replace(folded[0], "")
    assert "A desk says of this: sensitive." in thread
    assert NEEDLE not in hall.reader.get("/").text
    found = hall.reader.get(f"/search?q={NEEDLE}").text
    assert f"/en/p/{hall.post}" in found
    assert f"<mark>{NEEDLE}" not in found
    for feed in ("/b/square/feed.atom", f"/t/{hall.thread}/feed.atom"):
        assert NEEDLE not in hall.reader.get(feed).text
        assert '<category term="sensitive" label="sensitive"' in hall.reader.get(feed).text


@pytest.mark.parametrize("label", ["unconfirmed", "off-topic", "duplicate"])
def test_other_labels_stand_beside_the_words(hall: Hall, label: str) -> None:
    hall.act(ActionKind.LABEL, label)

    page = hall.reader.get(f"/t/{hall.thread}").text
    name = {"duplicate": "said before"}.get(label, label)

    assert f"A desk says of this: {name}." in page
    assert NEEDLE in page
    assert "<details><summary>Show the words" not in page
    assert f"[{name}]" in hall.reader.get(f"/t/{hall.thread}.txt").text
    assert name in hall.reader.get("/b/square").text


def test_post_that_nobody_reviewed_says_so(hall: Hall) -> None:
    with hall.house.db.write() as work:
        store.change_post(work, bytes.fromhex(hall.post), is_unreviewed=True)
    with hall.house.db.read() as work:
        assert forum.get_post(work, bytes.fromhex(hall.post)).is_unreviewed

    assert "Not reviewed:" in hall.author.get(f"/t/{hall.thread}").text
    assert "[not reviewed]" in hall.author.get(f"/t/{hall.thread}.txt").text


def test_whoever_follows_a_thread_hears_of_hiding_and_of_giving_back(hall: Hall) -> None:
    with hall.house.db.read() as work:
        before = live.glance(work, hall.thread)
    act = hall.hide()
    with hall.house.db.read() as work:
        hidden = live.glance(work, hall.thread)
        told = live.find_news(work, hall.thread, before, hidden)
        missed = live.catch_up(work, hall.thread, 1, 1)
    with hall.house.db.write() as work:
        at = hall.first.at(hall.house)
        desks.undo(work, hall.house.door, at, [bytes.fromhex(act)], REASONS)
    with hall.house.db.read() as work:
        back = live.find_news(work, hall.thread, hidden, live.glance(work, hall.thread))

    assert [post.has_words for post in told.posts] == [False]
    assert [post.has_words for post in missed.posts] == [False]
    assert [NEEDLE in post.version.text.markdown for post in back.posts] == [True]


def test_hidden_words_are_quoted_by_nobody(hall: Hall) -> None:
    hall.hide()
    hall.reader.join("Babak")
    path = f"/t/{hall.thread}/reply?to={hall.post}&quote={hall.post}"

    assert NEEDLE not in hall.reader.get(path).text


def test_post_that_is_erased_already_is_not_hidden(hall: Hall) -> None:
    hall.author.send(hall.author.open_form(f"/p/{hall.post}/erase"))

    with hall.house.db.write() as work:
        forum.hide_post(
            work, forum.get_post(work, bytes.fromhex(hall.post)), act=b"a" * 32, rule="spam"
        )

    assert hall.find().act is None
    assert not hall.find().is_hidden


def test_author_takes_along_what_is_hidden(hall: Hall) -> None:
    before = hall.author.get("/keys/records.jsonl").content
    hall.hide()

    assert NEEDLE.encode() in before
    assert hall.author.get("/keys/records.jsonl").content == before


def test_notice_of_a_hidden_answer_names_nobody(hall: Hall) -> None:
    hall.reader.join("Babak")
    answer = hall.reader.send_post(f"/t/{hall.thread}/reply?to={hall.post}", text="So it is.")
    release(hall.house)
    hall.author.log_in("Ava")
    before = hall.author.get("/notices").text
    subject = Subject(kind=SubjectKind.POST, name=hall.reader.digest_after(answer))
    with hall.house.db.write() as work:
        at = hall.first.at(hall.house)
        desks.act_on(work, hall.house.door, at, subject, decision(ActionKind.HIDE, REASONS))

    assert "Babak" in before
    assert "Babak" not in hall.author.get("/notices").text


def test_persona_that_erases_itself_takes_what_is_hidden_along(house: House) -> None:
    ava = factories.person("Ava")
    post = factories.note(ava, text=NEEDLE)
    publish(house, *map(factories.card, (ava, DARA)), post)
    at, digest = seat(house, DARA), factories.digest_of(post)
    with house.db.write() as work:
        subject = Subject(kind=SubjectKind.POST, name=digest.hex())
        desks.act_on(work, house.door, at.at(house), subject, decision(ActionKind.HIDE, REASONS))

    with house.db.write() as work:
        site.erase_persona(work, house.door, ava.seed)

    with house.db.read() as work:
        assert forum.get_post(work, digest).erased_on is not None
        assert records.list_withheld(work, [digest]) == {}
        assert digest in records.list_erased(work)
