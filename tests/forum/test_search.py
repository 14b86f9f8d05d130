"""A word is found however it is spelled; what is erased or waits is not."""

import re
from html import unescape

import pytest
from app import forum
from app.forum import Text, rules
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish, submit

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
TEXT = "می‌خواهیم کتاب‌های قدیمی دربارهٔ آب‌وهوا را در سال ۱۴۰۴ دیجیتال کنیم. École gratuite!"


def find(house: House, question: str, facets: forum.Facets | None = None) -> list[str]:
    """Return the texts that a question finds."""
    with house.db.read() as work:
        posts = forum.find_posts(work, question, facets or forum.Facets(), before=None, limit=20)
    return [post.version.text.markdown for post in posts]


@pytest.mark.parametrize(
    "question",
    [
        "کتاب",
        "كتابهاي",
        "کتاب‌ها",
        "قدیمی کتاب",
        "میخواهیم",
        "می‌خواهیم",
        "می خواهیم",
        "آب‌وهوا",
        "اب",
        "۱۴۰۴",
        "1404",
        "١٤٠٤",
        "ecole",
        "ÉCOLE",
    ],
)
def test_word_is_found_however_it_is_spelled(house: House, question: str) -> None:
    publish(house, factories.note(AVA, text=TEXT))

    assert find(house, question) == [TEXT]


def test_every_word_must_be_there(house: House) -> None:
    publish(house, factories.note(AVA, text=TEXT))

    assert find(house, "کتاب نفت") == []


@pytest.mark.parametrize(
    "question", ["", " ", '" OR *', "words : x", "a AND", "'; DROP", "-", "\\"]
)
def test_question_of_signs_harms_nothing(house: House, question: str) -> None:
    publish(house, factories.note(AVA, text="Plain."))

    find(house, question)

    assert find(house, "plain") == ["Plain."]


def test_newest_come_first(house: House) -> None:
    for number in range(3):
        publish(house, factories.note(AVA, text=f"Water {number}"))

    assert find(house, "water") == ["Water 2", "Water 1", "Water 0"]


def test_search_is_narrowed_by_board_author_and_day(house: House) -> None:
    babak = factories.person("Babak")
    publish(house, factories.card(AVA), factories.card(babak))
    publish(house, factories.note(AVA, text="Water here."))
    publish(house, factories.note(babak, board=factories.LIVE, text="Water there."))

    mark = babak.mark.replace(" ", "")

    assert find(house, "water", forum.Facets(board="live")) == ["Water there."]
    assert find(house, "", forum.Facets(author=mark)) == ["Water there."]
    assert len(find(house, "water", forum.Facets(day=factories.TODAY))) == 2


def test_waiting_post_is_not_found(house: House) -> None:
    submit(house, factories.note(AVA, text="Waiting."))

    assert find(house, "waiting") == []


def test_revised_post_is_found_by_its_new_words_only(house: House) -> None:
    post = factories.note(AVA, text="Copper.")
    publish(house, post, factories.update(AVA, post, text="Silver."))

    assert find(house, "silver") == ["Silver."]
    assert find(house, "copper") == []


def test_erased_post_is_not_found_any_more(house: House) -> None:
    post = factories.note(AVA, text="A needle.")
    publish(house, post)

    submit(house, factories.erasure(AVA, post))

    assert find(house, "needle") == []


def test_index_that_was_lost_is_filled_again(house: House) -> None:
    publish(house, factories.note(AVA, text="Water."))
    with house.db.write() as work:
        with house.db.read() as reader:
            (post,) = forum.find_posts(reader, "water", forum.Facets(), before=None, limit=1)
        assert post.log_index is not None
        forum.search.remove_from_index(work, [post.log_index])
    assert find(house, "water") == []

    with house.db.write() as work:
        forum.fill_index(work)

    assert find(house, "water") == ["Water."]


def test_index_is_filled_in_parts_and_loses_no_post_that_is_revised_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [factories.note(AVA, text=f"Water {number}.") for number in range(4)]
    for post in posts:
        publish(house, post)
    with house.db.write() as work:
        forum.search.remove_from_index(work, range(100))
    monkeypatch.setattr("app.forum.service.finding.INDEXED_TOGETHER", 2)

    with house.db.write() as work:
        forum.fill_index(work)
    assert find(house, "water") == ["Water 3.", "Water 2."]
    publish(house, factories.update(AVA, posts[0], text="Water again."))
    with house.db.write() as work:
        assert forum.fill_index(work) == 2

    assert find(house, "water") == ["Water 3.", "Water 2.", "Water 1.", "Water again."]
    with house.db.write() as work:
        assert forum.fill_index(work) == 0


def test_page_marks_what_was_asked_for(house: House, client: TestClient) -> None:
    publish(house, factories.note(AVA, text="Some <b>water</b> and more water."))

    page = client.get("/en/search", params={"q": "WATER"}).text

    assert "<mark>" in page
    assert "<b>water" not in page


def test_best_fit_is_paged_through_without_losing_a_post(
    house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also past the posts that are compared at once, and while a newer one comes."""
    monkeypatch.setattr("app.site.routes.search.HITS_PER_PAGE", 2)
    for module in ("app.forum", "app.forum.service.finding"):
        monkeypatch.setattr(f"{module}.MOST_COMPARED", 5)
    for number in range(7):
        publish(house, factories.note(AVA, text=f"{number}. " + "water " * (number % 3 + 1)))
    page, found = client.get("/en/search", params={"q": "water", "sort": "fit"}).text, ""

    while 'rel="next"' in page:
        found += "".join(re.findall(r"(\d)\. (?=<mark>)", page))
        onward = unescape(page.split('rel="next"')[0].rpartition('href="')[2].split('"')[0])
        publish(house, factories.note(AVA, text="9. Water."))
        page = client.get(onward).text
    found += "".join(re.findall(r"(\d)\. (?=<mark>)", page))

    assert found == "52" + "46" + "3" + "10"


@pytest.mark.parametrize("sort", ["", "newest", "FIT"])
def test_newest_come_first_unless_the_best_fit_is_asked_for(
    house: House, client: TestClient, sort: str
) -> None:
    for text in ("1. water water", "2. water"):
        publish(house, factories.note(AVA, text=text))

    page = client.get("/en/search", params={"q": "water", "sort": sort}).text

    assert page.index("2. ") < page.index("1. ")
    assert "Found, newest first" in page


@pytest.mark.parametrize("typed", ["2026-11-21", "۱۴۰۵-۰۸-۳۰", "1405-8-30"])
def test_day_is_read_in_either_calendar(house: House, client: TestClient, typed: str) -> None:
    publish(house, factories.note(AVA, text="Water."))

    assert "<mark>" in client.get("/fa/search", params={"q": "water", "day": typed}).text


def test_day_that_is_none_is_explained_and_kept(client: TestClient) -> None:
    page = client.get("/fa/search", params={"q": "آب", "day": "yesterday"})

    assert page.status_code == 400
    assert 'value="yesterday"' in page.text
    assert 'value="آب"' in page.text


def test_long_text_is_weighed_by_its_beginning() -> None:
    """Anybody may ask, and of hundreds of long texts all words would take seconds to count."""
    asked = [("water",)]
    short, long = (
        Text(language="en", markdown="water " * times, title="Water") for times in (1_000, 10_000)
    )

    assert rules.weigh(asked, long) == rules.weigh(asked, short)
