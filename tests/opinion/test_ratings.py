"""Readers' ratings: who may, how often in a week, and under marks that nobody opens."""

from datetime import timedelta

import pytest
from app import opinion
from app.forum import Post
from app.forum.errors import UnknownPostError
from app.kernel.clock import DAY_S, day_of
from app.opinion import Helps, Rating, store
from app.opinion.errors import OwnPostError, TooManyRatingsError
from app.opinion.service import ratings
from app.opinion.tables import RatingRow, RatingsCountRow
from app.wiring import House
from sqlalchemy import select

from tests import factories
from tests.houses import advance, publish, require_post, submit
from tests.opinion.samples import AVA, BABAK, CYRUS

pytestmark = pytest.mark.slow


@pytest.fixture
def post(house: House) -> Post:
    raw = factories.note(AVA, board=factories.LIVE, title="Water")
    submit(house, factories.card(AVA))
    publish(house, raw)
    return require_post(house, raw)


def rate(house: House, post: Post, value: Helps, by: str = BABAK.root) -> None:
    with house.db.write() as work:
        opinion.rate(work, house.marks_key, by, post, value, reason="clear")


def own(house: House, post: Post, by: str = BABAK.root) -> Rating | None:
    with house.db.read() as work:
        return opinion.own_rating(work, house.marks_key, by, post)


def left(house: House, post: Post, by: str = BABAK.root) -> int:
    with house.db.read() as work:
        return opinion.count_left(work, house.marks_key, by, post.kind)


def test_last_rating_of_a_reader_holds_and_can_be_taken_back(house: House, post: Post) -> None:
    rate(house, post, Helps.YES)
    rate(house, post, Helps.NO)

    assert own(house, post) == Rating(helps=Helps.NO, reason="clear")
    assert own(house, post, CYRUS.root) is None
    assert left(house, post) == ratings.MOST_A_WEEK - 1
    with house.db.write() as work:
        opinion.take_back(work, house.marks_key, BABAK.root, post)
    assert own(house, post) is None
    assert left(house, post) == ratings.MOST_A_WEEK - 1


def test_nobody_rates_their_own_or_what_cannot_be_read(house: House, post: Post) -> None:
    waiting = factories.note(CYRUS, board=factories.LIVE, title="Later")
    submit(house, waiting)

    with pytest.raises(OwnPostError):
        rate(house, post, Helps.YES, AVA.root)
    with pytest.raises(UnknownPostError):
        rate(house, require_post(house, waiting), Helps.YES)


def test_a_week_has_so_many_ratings_and_the_next_as_many(
    house: House, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratings, "MOST_A_WEEK", 1)
    raw = factories.note(CYRUS, board=factories.LIVE, title="Salt")
    publish(house, raw)
    rate(house, post, Helps.YES)
    with pytest.raises(TooManyRatingsError):
        rate(house, require_post(house, raw), Helps.YES)
    # What is rated already can be changed, and others have their own week.
    rate(house, post, Helps.NO)
    rate(house, require_post(house, raw), Helps.YES, AVA.root)

    advance(house, (7 - day_of(house.clock.now()).weekday()) * DAY_S)
    rate(house, require_post(house, raw), Helps.YES)
    with house.db.write() as work:
        opinion.forget_old_counts(work)
        today = day_of(work.now)
        weeks = work.session.scalars(select(RatingsCountRow.week)).all()
    assert weeks == [today - timedelta(days=today.weekday())]


def test_marks_lead_to_nobody_and_join_neither_boards_nor_weeks(house: House, post: Post) -> None:
    rate(house, post, Helps.YES)
    advance(house, 7 * DAY_S)
    raw = factories.note(CYRUS, board=factories.LIVE, title="Salt")
    publish(house, raw)
    rate(house, require_post(house, raw), Helps.YES)

    with house.db.read() as work:
        marks = set(work.session.scalars(select(RatingRow.mark)))
        counted = set(work.session.scalars(select(RatingsCountRow.mark)))
        kept = list(store.list_ratings(work, post.board))
    assert marks == {opinion.rater_mark(house.marks_key, post.board, BABAK.root)}
    assert {each.mark for each in kept} == marks
    assert len(counted) == 2
    assert not marks & counted
    others = {
        opinion.rater_mark(house.marks_key, factories.NOTICES.did, BABAK.root),
        opinion.rater_mark(bytes(32), post.board, BABAK.root),
    }
    assert len(others | marks) == 3
