"""Readers' context: what may be proposed, what ratings make of it, and where it then stands."""

import pytest
from app import forum, opinion
from app.kernel.clock import DAY_S
from app.opinion import Helps, service
from app.opinion.errors import ContextUnfitError, OwnPostError, TooMuchContextError
from app.opinion.maths.bothsides import Reason
from app.opinion.model import Status, Why
from app.opinion.pages.context import REASONS
from app.opinion.service import ContextNote
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import advance, publish, require_post, submit
from tests.opinion.notes import SOURCED, come, context, rate, settle
from tests.opinion.samples import AVA, BABAK, CYRUS

pytestmark = pytest.mark.slow

RATERS = [factories.person(f"Rater {number}") for number in range(24)]
EASTERN, WESTERN = RATERS[:12], RATERS[12:]


def open_thread(house: House) -> bytes:
    opening = factories.note(AVA, board=factories.LIVE, title="Water")
    submit(house, factories.card(AVA), factories.card(BABAK), factories.card(CYRUS))
    publish(house, opening)
    return opening


def notes_of(house: House, opening: bytes) -> list[ContextNote]:
    with house.db.read() as work:
        return service.list_context(work, require_post(house, opening))


def disagree(house: House, opening: bytes) -> None:
    """Let raters show that they are of two minds, by posts that divide them."""
    come(house, RATERS)
    for number in range(6):
        raw = factories.note(CYRUS, board=factories.LIVE, title=f"View {number}")
        publish(house, raw)
        east, west = (Helps.YES, Helps.NO) if number % 2 else (Helps.NO, Helps.YES)
        rate(house, raw, {**dict.fromkeys(EASTERN, east), **dict.fromkeys(WESTERN, west)})


@pytest.fixture
def proposed(house: House) -> tuple[bytes, bytes]:
    """An opening post, and context of it that was found helpful by people of two minds."""
    opening = open_thread(house)
    note = context(BABAK, opening)
    publish(house, note)
    disagree(house, opening)
    rate(house, note, dict.fromkeys(RATERS, Helps.YES), "sources")
    return opening, note


@pytest.mark.parametrize(
    "text",
    ["The river is dammed.", f"{SOURCED} " + "x" * 600, "https://example.org/dam " * 30],
    ids=["no source", "long", "long and sourced"],
)
def test_context_is_short_and_has_a_source(house: House, text: str) -> None:
    opening = open_thread(house)

    with pytest.raises(ContextUnfitError):
        submit(house, context(BABAK, opening, text))


def test_context_may_name_a_post_as_its_source(house: House) -> None:
    opening = open_thread(house)
    other = factories.note(CYRUS, board=factories.LIVE, title="The dam")
    publish(house, other)
    digest = factories.digest_of(other).hex()

    publish(house, context(BABAK, opening, f"It was built in May: see /p/{digest}."))

    assert len(notes_of(house, opening)) == 1


def test_context_is_about_a_version_of_a_post_that_can_be_read(house: House) -> None:
    opening = open_thread(house)
    other = factories.note(CYRUS, board=factories.LIVE, title="The dam")
    publish(house, other)
    with pytest.raises(ContextUnfitError):
        submit(house, context(BABAK, opening, about=other))
    note = context(BABAK, opening)
    publish(house, note)
    with pytest.raises(ContextUnfitError):
        submit(house, context(CYRUS, note))
    submit(house, factories.erasure(AVA, opening))
    with pytest.raises(ContextUnfitError):
        submit(house, context(CYRUS, opening))


def test_each_name_gives_one_context_about_a_post_and_revises_none(house: House) -> None:
    opening = open_thread(house)
    note = context(BABAK, opening)
    publish(house, note)

    with pytest.raises(TooMuchContextError):
        submit(house, context(BABAK, opening, f"{SOURCED} And so on."))
    with pytest.raises(ContextUnfitError):
        submit(house, factories.update(BABAK, note, text=f"{SOURCED} And so on."))
    publish(house, factories.erasure(BABAK, note))
    publish(house, context(BABAK, opening, f"{SOURCED} And so on."))
    assert [each.post.version.text.markdown for each in notes_of(house, opening)] == [
        f"{SOURCED} And so on."
    ]


def test_author_of_context_does_not_rate_it(house: House) -> None:
    opening = open_thread(house)
    note = context(BABAK, opening)
    publish(house, note)

    with pytest.raises(OwnPostError):
        rate(house, note, {BABAK: Helps.YES})


def test_context_that_both_sides_find_helpful_is_shown_with_its_history(
    house: House, proposed: tuple[bytes, bytes]
) -> None:
    opening, note = proposed

    assert settle(house) == 1

    (found,) = notes_of(house, opening)
    (standing,) = found.history
    assert standing.status is Status.SHOWN
    assert standing.named is opinion.NoteReason.SOURCES
    with house.db.read() as work:
        beside = forum.list_beside(work, [require_post(house, opening)])
    assert [said.digest for said in beside[factories.digest_of(opening)]] == [
        factories.digest_of(note)
    ]


def test_context_of_one_side_alone_is_not_shown(house: House) -> None:
    opening = open_thread(house)
    note = context(BABAK, opening)
    publish(house, note)
    disagree(house, opening)
    rate(
        house,
        note,
        {**dict.fromkeys(EASTERN, Helps.YES), **dict.fromkeys(WESTERN, Helps.NO)},
    )

    settle(house)

    (found,) = notes_of(house, opening)
    assert [(each.status, each.reason) for each in found.history] == [
        (Status.NEEDS_MORE, Why.ONE_SIDED)
    ]


def test_ratings_of_whom_nobody_answers_for_do_not_count(house: House) -> None:
    opening = open_thread(house)
    note = context(BABAK, opening)
    publish(house, note)
    day = factories.TODAY
    submit(house, *(factories.card(person, day=day) for person in RATERS))
    rate(house, note, dict.fromkeys(RATERS, Helps.YES))

    assert settle(house) == 0
    assert notes_of(house, opening)[0].history == ()


def test_status_holds_for_a_day_and_every_change_is_kept(
    house: House, proposed: tuple[bytes, bytes]
) -> None:
    opening, note = proposed
    settle(house)
    rate(house, note, dict.fromkeys(RATERS, Helps.NO), "wrong")

    assert settle(house) == 0
    advance(house, DAY_S)
    assert settle(house) == 1

    (found,) = notes_of(house, opening)
    assert found.history[0].status is Status.SHOWN
    assert found.history[-1].status is not Status.SHOWN
    assert found.history[0].day < found.history[-1].day
    with house.db.read() as work:
        assert not forum.list_beside(work, [require_post(house, opening)])


def test_shown_context_goes_with_its_own_erasure_and_with_its_posts(
    house: House, client: TestClient, proposed: tuple[bytes, bytes]
) -> None:
    opening, note = proposed
    settle(house)
    pages = pages_of(opening)
    assert all("dammed above" in client.get(page).text for page in pages)

    submit(house, factories.erasure(BABAK, note))

    assert not any("dammed above" in client.get(page).text for page in pages)


def test_shown_context_is_not_under_an_erased_post(
    house: House, client: TestClient, proposed: tuple[bytes, bytes]
) -> None:
    opening, _ = proposed
    settle(house)
    submit(house, factories.erasure(AVA, opening))

    assert not any("dammed above" in client.get(page).text for page in pages_of(opening))


def test_pages_in_the_cache_change_when_context_is_shown(
    house: House, client: TestClient, proposed: tuple[bytes, bytes]
) -> None:
    opening, _ = proposed
    before = [client.get(page).text for page in pages_of(opening)[:-1]]
    assert not any("dammed above" in text for text in before)

    settle(house)

    assert all("dammed above" in client.get(page).text for page in pages_of(opening))


def test_shown_context_about_an_older_version_says_so(
    house: House, client: TestClient, proposed: tuple[bytes, bytes]
) -> None:
    opening, _ = proposed
    settle(house)
    publish(house, factories.update(AVA, opening))

    page = client.get(f"/en/p/{factories.digest_of(opening).hex()}").text
    assert "about an older version of this post" in page


def pages_of(opening: bytes) -> list[str]:
    """Return where an opening post is shown; last the page of its context."""
    digest = factories.digest_of(opening).hex()
    thread = digest[:20]
    return [
        f"/en/t/{thread}",
        f"/en/t/{thread}.txt",
        f"/en/t/{thread}/print",
        f"/en/p/{digest}",
        f"/en/p/{digest}/context",
    ]


def test_in_a_week_with_very_much_context_each_is_drawn_for_some(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = open_thread(house)
    note = context(BABAK, opening)
    publish(house, note)
    come(house, RATERS)
    post = require_post(house, note)
    assert len(drawn(house, post)) == len(RATERS)

    monkeypatch.setattr("app.opinion.service.standings.MOST_CONTEXT_A_WEEK", 0.5)

    assert 0 < len(drawn(house, post)) < len(RATERS)
    rate(house, note, dict.fromkeys(RATERS, Helps.YES))
    with house.db.read() as work:
        rated = service.list_rated(work, house.marks_key, post.board)
    assert len(rated.helps) == len(drawn(house, post))


def drawn(house: House, note: forum.Post) -> list[str]:
    """Return who of the raters is drawn for a context."""
    with house.db.read() as work:
        return [
            each.root
            for each in RATERS
            if service.is_asked_to_rate(work, house.marks_key, each.root, note)
        ]


def test_ratings_that_are_all_taken_back_take_the_context_away(
    house: House, proposed: tuple[bytes, bytes]
) -> None:
    opening, note = proposed
    settle(house)
    with house.db.write() as work:
        for person in RATERS:
            opinion.take_back(work, house.marks_key, person.root, require_post(house, note))
    advance(house, DAY_S)

    settle(house)

    (found,) = notes_of(house, opening)
    assert [each.status for each in found.history] == [Status.SHOWN, Status.NEEDS_MORE]


def test_hidden_context_is_nowhere_and_comes_back(
    house: House, client: TestClient, proposed: tuple[bytes, bytes]
) -> None:
    opening, note = proposed
    settle(house)
    with house.db.write() as work:
        post = require_post(house, note)
        forum.hide_post(work, post, act=bytes(32), rule="spam")
    assert not any("dammed above" in client.get(page).text for page in pages_of(opening))
    assert not any("Context from readers" in client.get(page).text for page in pages_of(opening))

    with house.db.write() as work:
        forum.give_post_back(work, require_post(house, note))

    assert all("dammed above" in client.get(page).text for page in pages_of(opening))


def test_every_reason_of_the_maths_has_its_words() -> None:
    assert {reason.value for reason in REASONS} == {reason.value for reason in Reason}
