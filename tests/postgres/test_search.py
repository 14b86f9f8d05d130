"""The same question finds the same posts, in the same order, on both databases."""

import pytest
from app import forum
from app.kernel.clock import FixedClock
from app.wiring import House

from tests import factories
from tests.houses import publish, submit

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
TEXTS = (
    "می‌خواهیم کتاب‌های قدیمی را دیجیتال کنیم.",
    "كتابهاي تازه در سال ١٤٠٤",
    "Les écoles d’été, 1404",
    "its self_made it's http://a.b/c?d=e#f",
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("کتاب", [1, 0]),
        ("کتاب‌ها", [1, 0]),
        ("می خواهیم", [0]),
        ("1404", [2, 1]),
        ("ecole", []),
        ("ecoles ete", [2]),
        ("made", [3]),
        ("it's", [3]),
        ("' | ! & ( \\", []),
    ],
)
def test_question_finds_the_same(house: House, question: str, found: list[int]) -> None:
    publish(house, *(factories.note(AVA, text=text) for text in TEXTS[:1]))
    for text in TEXTS[1:]:
        publish(house, factories.note(AVA, text=text))

    with house.db.read() as work:
        posts = forum.find_posts(work, question, forum.Facets(), before=None, limit=20)

    assert [TEXTS.index(post.version.text.markdown) for post in posts] == found


BY_FIT = (
    "Water.",
    "Water, water and again water.",
    "Of many things, of which one is water, and of all the others " + "nothing " * 80,
    "آب‌وهوا و آب و اب",
    "آب",
    "Water!",
)


@pytest.mark.parametrize(
    ("question", "found"), [("water", [1, 5, 0, 2]), ("آب", [3, 4]), ("rain", [])]
)
def test_best_fit_comes_first_and_of_equals_the_newest(
    house: House, question: str, found: list[int]
) -> None:
    for text in BY_FIT:
        publish(house, factories.note(AVA, title="Letters", text=text))

    with house.db.read() as work:
        posts = forum.find_best(work, question, forum.Facets(), before=None)

    assert [BY_FIT.index(post.version.text.markdown) for post in posts] == found


def test_word_of_a_title_counts_for_more(house: House) -> None:
    publish(house, factories.note(AVA, title="Rain", text="Nothing to add."))
    publish(house, factories.note(AVA, title="Letters", text="Rain and rain."))

    with house.db.read() as work:
        posts = forum.find_best(work, "rain", forum.Facets(), before=None)

    assert [post.version.text.title for post in posts] == ["Rain", "Letters"]


def test_erased_post_leaves_the_index(house: House, clock: FixedClock) -> None:
    post = factories.note(AVA, text="A needle.")
    publish(house, post)
    submit(house, factories.erasure(AVA, post))

    with house.db.read() as work:
        facets = forum.Facets(board="square")
        assert forum.find_posts(work, "needle", facets, before=None, limit=20) == []
