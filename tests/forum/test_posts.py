"""A post: taken in, waiting, shown with its number at the tick."""

import shutil
from pathlib import Path

import pytest
from app import forum, identity
from app.forum import service
from app.forum.errors import ThreadClosedError, UnknownBoardError, UnknownPostError
from app.forum.model import Post, ThreadSort
from app.kernel.clock import FixedClock
from app.kernel.errors import MalformedError, NotFoundError
from app.wiring import House

from tests import factories
from tests.houses import (
    A_TICK_S,
    SeededRandomness,
    find_post,
    open_at,
    publish,
    release,
    require_post,
    submit,
    tick,
)

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")


def shown(house: House, board: factories.BoardKey = factories.SQUARE) -> list[str]:
    """Return the titles of the threads that readers can see on a board."""
    with house.db.read() as work:
        found, _ = forum.list_threads(work, board=board.did, sort=ThreadSort.NEW, page=1)
    return [item.opening.version.text.title or "" for item in found]


def posts_of(house: House, opening: bytes) -> list[Post]:
    """Return the posts that readers can see in the thread of an opening."""
    with house.db.read() as work:
        thread = forum.get_thread(work, require_post(house, opening).thread)
        return service.list_page(work, thread, 1)[1]


def test_post_waits_and_is_shown_with_its_number_at_the_tick(
    house: House, clock: FixedClock
) -> None:
    opening = factories.note(AVA, title="Water")
    submit(house, opening)

    assert require_post(house, opening).number is None
    assert shown(house) == []
    tick(house)
    assert shown(house) == [], "a batch of one waits for company"

    release(house)

    post = require_post(house, opening)
    assert post.number == 1
    assert post.version.text.title == "Water"
    assert shown(house) == ["Water"]


def test_waiting_post_is_there_for_its_author_alone(house: House) -> None:
    submit(house, factories.card(AVA), factories.card(BABAK))
    opening = factories.note(AVA)
    submit(house, opening)
    digest = factories.digest_of(opening)

    with house.db.write() as work:
        ava, babak = (
            identity.find_viewer(work, identity.open_device_session(work, person.did))
            for person in (AVA, BABAK)
        )
        assert forum.get_post(work, digest, viewer=ava).number is None
        for viewer in (babak, None):
            with pytest.raises(NotFoundError):
                forum.get_post(work, digest, viewer=viewer)


def test_waiting_thread_is_not_found(house: House) -> None:
    opening = factories.note(AVA)
    submit(house, opening)

    with house.db.read() as work, pytest.raises(NotFoundError):
        forum.get_thread(work, require_post(house, opening).thread)


def test_replies_are_numbered_in_the_order_of_the_log(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, opening)

    for number in range(2, 6):
        reply = factories.note(BABAK, reply_to=opening, text=f"Answer {number}.")
        publish(house, reply)
        assert require_post(house, reply).number == number

    assert [post.number for post in posts_of(house, opening)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("seed", range(5))
def test_opening_is_number_one_however_its_batch_is_shuffled(
    template: Path, tmp_path: Path, seed: int
) -> None:
    """The author answers her own post while it waits: the log may show the answer first."""
    shutil.copytree(template, tmp_path / "instance")
    clock = FixedClock(factories.NOW)
    house = open_at(tmp_path / "instance", clock, SeededRandomness(seed))
    opening = factories.note(AVA, text="Where does it go?")
    replies = [factories.note(AVA, reply_to=opening, text=f"And {n}?") for n in range(4)]
    submit(house, opening, *replies)

    clock.advance(A_TICK_S)
    assert tick(house) == 5

    posts = posts_of(house, opening)
    house.db.close()
    assert [post.number for post in posts] == [1, 2, 3, 4, 5]
    assert posts[0].digest == factories.digest_of(opening)
    assert {post.parent_number for post in posts[1:]} == {1}


def test_reply_to_anothers_waiting_post_is_refused(house: House) -> None:
    """An answer to it would tell that it exists."""
    opening = factories.note(AVA)
    submit(house, opening)

    with pytest.raises(UnknownPostError):
        submit(house, factories.note(BABAK, reply_to=opening))


def test_reply_names_the_post_it_answers(house: House) -> None:
    opening = factories.note(AVA)
    answer = factories.note(BABAK, reply_to=opening)
    publish(house, opening)
    publish(house, answer)
    deeper = factories.note(AVA, reply_to=answer)
    publish(house, deeper)

    post = require_post(house, deeper)

    assert post.parent == factories.digest_of(answer)
    assert post.parent_number == 2
    assert post.thread == require_post(house, opening).thread


def test_post_for_a_board_of_another_host_is_refused(house: House) -> None:
    elsewhere = factories.board_key("elsewhere")

    with pytest.raises(UnknownBoardError):
        submit(house, factories.note(AVA, board=elsewhere))


def test_reply_on_another_board_than_its_thread_is_refused(house: House) -> None:
    opening = factories.note(AVA, board=factories.SQUARE)
    publish(house, opening)

    with pytest.raises(UnknownPostError):
        submit(house, factories.note(BABAK, board=factories.LIVE, reply_to=opening))


def test_reply_to_nothing_is_refused(house: House) -> None:
    with pytest.raises(UnknownPostError):
        submit(house, factories.note(BABAK, reply_to=factories.note(AVA)))


def test_post_with_a_title_and_an_answer_is_refused(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, opening)
    both = factories.forged(
        factories.note(BABAK, reply_to=opening), BABAK.key, lambda d: d.update(name="Water")
    )

    with pytest.raises(MalformedError):
        submit(house, both)


def test_thread_where_only_stewards_open_them_is_refused(house: House) -> None:
    with pytest.raises(ThreadClosedError):
        submit(house, factories.note(AVA, board=factories.NOTICES))


def test_post_on_a_live_board_is_shown_at_the_next_tick(house: House) -> None:
    opening = factories.note(AVA, board=factories.LIVE)
    submit(house, opening)

    tick(house)

    assert require_post(house, opening).number == 1


def test_thread_counts_what_is_shown_and_nothing_that_waits(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, opening)
    submit(house, factories.note(BABAK, reply_to=opening))

    with house.db.read() as work:
        thread = forum.get_thread(work, require_post(house, opening).thread)
    assert thread.post_count == 1

    release(house)

    with house.db.read() as work:
        assert forum.get_thread(work, thread.id).post_count == 2


def test_latest_answer_brings_its_thread_to_the_front(house: House) -> None:
    older, newer = factories.note(AVA, title="Older"), factories.note(AVA, title="Newer")
    publish(house, older)
    publish(house, newer)
    publish(house, factories.note(BABAK, reply_to=older))

    with house.db.read() as work:
        orders = {
            sort: [
                item.opening.version.text.title
                for item in forum.list_threads(work, board=factories.SQUARE.did, sort=sort, page=1)[
                    0
                ]
            ]
            for sort in ThreadSort
        }

    assert orders[ThreadSort.REPLY] == ["Older", "Newer"]
    assert orders[ThreadSort.NEW] == ["Newer", "Older"]
    assert orders[ThreadSort.UNANSWERED] == ["Newer"]


def test_refused_post_leaves_no_thread_behind(house: House) -> None:
    closed = factories.note(AVA, board=factories.NOTICES)

    with pytest.raises(ThreadClosedError):
        submit(house, closed)

    assert find_post(house, closed) is None
    assert release(house) == 0
