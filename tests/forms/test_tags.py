"""Tags: threads of a board listed under one of them, on pages, in feeds, from the cache."""

from urllib.parse import quote

import pytest
from app import forum, identity
from app.forum.errors import UnknownTagError
from app.forum.tables import BoardRow
from app.kernel.errors import MalformedError
from app.wiring import House
from sqlalchemy import update
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish, release, submit
from tests.visitor import Visitor

AVA = factories.person("Ava")
TAGS = ["water", "Water", "زمین و خاک"]


@pytest.fixture
def tagged(house: House, client: TestClient) -> Visitor:
    """Somebody before a square with three tags, and a thread under each of two."""
    with house.db.write() as work:
        where = BoardRow.did == factories.SQUARE.did
        work.session.execute(update(BoardRow).where(where).values(tags=TAGS))
    for title, tag in (("Rain", "water"), ("Fields", "زمین و خاک")):
        publish(house, factories.note(AVA, title=title, text=f"{title}?", tags=[tag]))
    publish(house, factories.note(AVA, title="Neither"))
    return Visitor(client)


def titles(page: str) -> set[str]:
    """Return which of our threads a page lists."""
    return {title for title in ("Rain", "Fields", "Neither") if f">{title}<" in page}


def test_board_lists_the_threads_under_a_tag_alone(tagged: Visitor) -> None:
    assert titles(tagged.get("/b/square").text) == {"Rain", "Fields", "Neither"}
    assert titles(tagged.get("/b/square?tag=water").text) == {"Rain"}
    assert titles(tagged.get(f"/b/square?tag={quote('زمین و خاک')}").text) == {"Fields"}
    assert titles(tagged.get("/b/square?tag=%23water").text) == {"Rain"}, "typed with its mark"


@pytest.mark.parametrize("path", ["/b/square", "/latest", "/", "/t/{thread}"])
def test_each_tag_leads_to_its_threads(tagged: Visitor, path: str, house: House) -> None:
    with house.db.read() as work:
        threads, _ = forum.list_threads(
            work, board=None, sort=forum.ThreadSort.REPLY, page=1, tag="زمین و خاک"
        )
    page = tagged.get(path.format(thread=threads[0].thread.id)).text

    assert f'href="/en/b/square?tag={quote("زمین و خاک")}"' in page


@pytest.mark.parametrize("tag", ["Water", "WATER", "nobody", "wat", "%25", "_ater", '"'])
def test_tag_without_threads_says_so_and_leads_back(tagged: Visitor, tag: str) -> None:
    answer = tagged.get(f"/b/square?tag={tag}")

    assert answer.status_code == 200
    assert titles(answer.text) == set()
    assert "No thread here has this tag." in answer.text
    assert '<a href="/en/b/square">All threads</a>' in answer.text


@pytest.mark.parametrize("tag", ["%00", "x" * 31, "%E2%80%AE", "%20", "a%0Ab%07"])
def test_what_can_be_no_tag_is_not_found(tagged: Visitor, tag: str) -> None:
    assert tagged.get(f"/b/square?tag={tag}").status_code == 404
    assert tagged.get(f"/b/square/feed.atom?tag={tag}").status_code == 404


def test_order_pages_and_languages_keep_the_tag(tagged: Visitor, house: House) -> None:
    publish(house, *(factories.note(AVA, title=f"Rain {n}", tags=["water"]) for n in range(21)))

    page = tagged.get("/b/square?tag=water&sort=new").text

    assert 'href="/en/b/square?tag=water&amp;sort=new&amp;page=2"' in page
    assert 'href="/en/b/square?tag=water"' in page
    assert 'href="/en/b/square?tag=water&amp;sort=unanswered"' in page
    assert 'href="/fr/b/square?tag=water&amp;sort=new"' in page
    assert tagged.get("/b/square?tag=water&sort=new&page=2").status_code == 200
    assert tagged.get("/b/square?tag=water&sort=new&page=3").status_code == 404


def test_feed_holds_what_is_under_the_tag(tagged: Visitor) -> None:
    page = tagged.get("/b/square?tag=water").text
    assert page.count('href="/en/b/square/feed.atom?tag=water"') == 2

    feed = tagged.get("/b/square/feed.atom?tag=water").text
    whole = tagged.get("/b/square/feed.atom").text

    assert "Rain" in feed
    assert "Fields" not in feed
    assert "square/feed.atom?tag=water" in feed
    assert "Fields" in whole
    assert feed.split("<id>")[1].split("<")[0] != whole.split("<id>")[1].split("<")[0]


def is_cached(house: House, visitor: Visitor, path: str) -> bool:
    """Return whether a page comes from the cache the second time that it is asked for."""
    counted = []
    for _ in range(2):
        visitor.get(path)
        counted.append(house.db.counters.read().get(("pages", "2xx_cached"), 0))
    return counted[1] > counted[0]


@pytest.mark.parametrize(
    ("query", "is_kept"),
    [
        ("tag=water", True),
        (f"tag={quote('زمین و خاک')}&sort=new", True),
        ("tag=nobody", False),
        ("tag=w%61ter", False),
        (f"tag={quote('زمین و خاک').lower()}", False),
        ("tag=water&x=1", False),
    ],
)
def test_page_under_a_tag_is_kept_in_one_spelling(
    tagged: Visitor, house: House, query: str, *, is_kept: bool
) -> None:
    """Whoever spells addresses in endless ways must not push others' pages out of the cache."""
    assert is_cached(house, tagged, f"/b/square?{query}") is is_kept


def test_pages_under_tags_are_kept_apart_and_forgotten_with_their_board(
    tagged: Visitor, house: House
) -> None:
    first = tagged.get("/b/square?tag=water").text
    assert titles(tagged.get(f"/b/square?tag={quote('زمین و خاک')}").text) == {"Fields"}
    assert tagged.get("/b/square?tag=water").headers["cdn-cache-control"]

    publish(house, factories.note(AVA, title="Neither", tags=["water"]))

    assert titles(first) == {"Rain"}
    assert titles(tagged.get("/b/square?tag=water").text) == {"Rain", "Neither"}


def test_device_is_offered_the_tags_and_signs_them(tagged: Visitor, house: House) -> None:
    submit(house, factories.card(AVA))
    with house.db.write() as work:
        tagged.client.cookies.set("s", identity.open_device_session(work, AVA.did))
    form = tagged.open_form("/b/square/new")
    assert '<option value="water">' in tagged.get("/b/square/new").text

    signed = factories.note(AVA, title="Floods", tags=["water"])
    answer = tagged.send(form, do="send", title="Floods", text="?", record=signed.decode())

    assert answer.status_code == 303
    release(house)
    assert titles(tagged.get("/b/square?tag=water").text) == {"Rain"}
    assert ">Floods<" in tagged.get("/b/square?tag=water").text


def test_tag_that_the_stewards_took_away_is_refused_with_what_to_do(
    tagged: Visitor, house: House
) -> None:
    with pytest.raises(UnknownTagError):
        submit(house, factories.note(AVA, title="Floods", tags=["flood"]))
    with pytest.raises(MalformedError):
        submit(house, factories.note(AVA, title="Floods", tags=["water", "water"]))


def test_draft_remembers_its_tags(tagged: Visitor) -> None:
    tagged.join("Babak")
    form = tagged.open_form("/b/square/new")
    tagged.send(form, title="Snow", text="Where?", tag_1="Water", tag_2="water", do="keep")
    page = tagged.get("/drafts").text
    path = page.split('href="/en/b/square/new?draft=')[1].split('"')[0]

    again = tagged.open_form(f"/b/square/new?draft={path}", "/b/square/new")

    assert (again.fields["tag_1"], again.fields["tag_2"]) == ("Water", "water")
