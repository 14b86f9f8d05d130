"""Measures and holds on each database: the same lists, counts and hours; and two at once."""

from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest
from app import forum
from app.forum import service
from app.forum import store as forum_store
from app.forum.errors import SamePlaceError
from app.forum.rules import HOLD_S
from app.kernel.clock import HOUR_S
from app.kernel.errors import AppError
from app.moderation.model import ActionKind, Role, Subject, SubjectKind
from app.moderation.service import act_on
from app.wiring import House

from tests import factories
from tests.houses import advance, publish, require_post, submit, tick
from tests.moderation.desks import Seat, act, decision, seat
from tests.moderation.samples import REASONS
from tests.postgres.conftest import DATABASES

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
OPENING = factories.note(AVA)
THREAD = factories.digest_of(OPENING).hex()[:20]
SQUARE, LIVE, NOTICES = (of.did for of in (factories.SQUARE, factories.LIVE, factories.NOTICES))
each_database = pytest.mark.parametrize("house", DATABASES, indirect=True)


def move(house: House, at: Seat, target: str) -> None:
    with house.db.write() as work:
        subject = Subject(kind=SubjectKind.THREAD, name=THREAD)
        wanted = decision(ActionKind.MOVE, REASONS, target=target)
        act_on(work, house.door, at.at(house), subject, wanted)


def settle(house: House, **changed: Any) -> None:
    with house.db.write() as work:
        board = replace(service.get_board(work, "square"), **changed)
        service.change_board(work, house.door, board)


@each_database
def test_moved_thread_is_counted_listed_fed_and_found_on_one_board(house: House) -> None:
    publish(house, factories.card(AVA), OPENING)
    desk = seat(house, BABAK, role=Role.STEWARD)
    move(house, desk, LIVE)
    publish(house, factories.note(AVA, reply_to=OPENING))

    with house.db.read() as work:
        counts = {board.did: count for board, count in forum.list_boards(work)}
        assert counts == {SQUARE: 0, LIVE: 1, NOTICES: 0}
        fed = forum_store.list_latest_posts(work, LIVE, 20, "")
        assert [post.number for post in fed] == [2, 1]
        assert forum_store.list_latest_posts(work, SQUARE, 20, "") == []
        for slug, count in (("live", 2), ("square", 0)):
            facets = forum.Facets(board=slug)
            assert len(forum.find_posts(work, "water", facets, before=None, limit=9)) == count


@each_database
def test_first_post_is_held_listed_cleared_and_shown(house: House) -> None:
    settle(house, holds_first=True, filters=("قرعه‌کشی",), delay_s=600)
    desk = seat(house, BABAK)
    held, cleared = factories.note(AVA), factories.note(AVA)
    submit(house, held, cleared)
    with house.db.read() as work:
        assert service.count_held(work, [SQUARE]) == 2
        assert service.count_held(work, [LIVE]) == 0
    act(house, desk, cleared, ActionKind.CLEAR)

    advance(house, 2 * HOUR_S)
    tick(house)
    assert [require_post(house, raw).number for raw in (held, cleared)] == [None, 1]
    advance(house, HOLD_S)
    tick(house)

    shown = require_post(house, held)
    assert (shown.number, shown.is_unreviewed) == (1, True)
    with house.db.read() as work:
        assert service.count_held(work) == 0


@each_database
def test_two_desks_that_move_one_thread_at_once_leave_it_on_one_board(house: House) -> None:
    """One after the other; whoever comes second and finds it there is told so."""
    publish(house, factories.card(AVA), OPENING)
    people = [factories.person(name) for name in ("Cyra", "Dara", "Elahe")]
    desks = [seat(house, person, role=Role.STEWARD) for person in people]
    targets, start = [LIVE, LIVE, NOTICES], Barrier(3)
    refused: list[AppError] = []

    def run(at: Seat, target: str) -> None:
        start.wait()
        try:
            move(house, at, target)
        except AppError as error:
            refused.append(error)

    threads = [Thread(target=run, args=pair) for pair in zip(desks, targets, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(isinstance(error, SamePlaceError) for error in refused)
    with house.db.read() as work:
        counts = {board.did: count for board, count in forum.list_boards(work)}
        place = forum.get_thread(work, THREAD).board
    assert counts == {**dict.fromkeys((SQUARE, LIVE, NOTICES), 0), place: 1}
