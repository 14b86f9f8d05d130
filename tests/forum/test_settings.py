"""Settings of boards and states of threads: by the home instance's key alone, in a line, at once."""

import pytest
from app import forum, tlog
from app.forum.errors import (
    BoardArchivedError,
    StaleSettingsError,
    ThreadClosedError,
    ThreadLockedError,
    UnknownBoardError,
    UnknownPostError,
)
from app.forum.model import ThreadSort
from app.records.errors import WrongSignerError
from app.tlog import store as lanes
from app.wiring import House

from tests import factories
from tests.houses import count_records, publish, submit, tick

AVA = factories.person("Ava")
BABAK = factories.person("Babak")


@pytest.fixture
def founding(house: House) -> bytes:
    """The record that founds the board `garden`, which is there."""
    raw = factories.board(factories.board_key("garden"), home=house.keys["instance"])
    submit(house, raw)
    return raw


GARDEN = factories.board_key("garden")


def settle(house: House, founding: bytes, after: bytes | None = None, **changed: object) -> bytes:
    """Hand settings of the garden in; return them."""
    raw = factories.settings(GARDEN, founding, home=house.keys["instance"], after=after, **changed)
    submit(house, raw)
    return raw


def garden(house: House) -> forum.Board:
    """Return the garden as it is now."""
    with house.db.read() as work:
        board = forum.find_board(work, slug="garden")
    assert board is not None
    return board


def test_settings_act_at_once_and_change_the_lane(house: House, founding: bytes) -> None:
    settle(house, founding, tick=3600, tags=["water"], position=0, openers="stewards")

    board = garden(house)
    assert (board.tick_s, board.tags, board.position) == (3600, ("water",), 0)
    with house.db.read() as work:
        lane = lanes.find_lane(work, GARDEN.did)
    assert lane == tlog.Lane(name=GARDEN.did, tick_s=3600)
    with pytest.raises(ThreadClosedError):
        submit(house, factories.note(AVA, board=GARDEN))
    assert tick(house) > 0


def test_settings_by_the_board_key_or_a_persona_are_refused(house: House, founding: bytes) -> None:
    before = count_records(house)

    for key in (GARDEN.key, AVA.key, AVA.root_key):
        with pytest.raises(WrongSignerError):
            submit(house, factories.settings(GARDEN, founding, home=key, archived=True))

    assert not garden(house).is_archived
    assert count_records(house) == before


def test_settings_that_others_overtook_are_refused(house: House, founding: bytes) -> None:
    first = settle(house, founding, tick=60)

    with pytest.raises(StaleSettingsError):
        settle(house, founding, tick=300)

    assert garden(house).tick_s == 60
    settle(house, founding, after=first, tick=300)
    assert garden(house).tick_s == 300


def test_settings_of_one_board_do_not_settle_another(house: House, founding: bytes) -> None:
    """The founding record named and the audience must be one board's."""
    raw = factories.settings(factories.SQUARE, founding, home=house.keys["instance"])

    with pytest.raises(UnknownBoardError):
        submit(house, raw)


def test_archived_board_takes_no_posts_until_it_is_opened_again(
    house: House, founding: bytes
) -> None:
    opening = factories.note(AVA, board=GARDEN)
    publish(house, opening)
    archived = settle(house, founding, archived=True)

    for late in (
        factories.note(AVA, board=GARDEN),
        factories.note(AVA, board=GARDEN, reply_to=opening),
    ):
        with pytest.raises(BoardArchivedError):
            submit(house, late)

    settle(house, founding, after=archived)
    assert submit(house, factories.note(AVA, board=GARDEN)).is_new


@pytest.mark.parametrize("state", ["locked", "archived"])
def test_closed_thread_takes_no_answers_until_it_is_opened_again(house: House, state: str) -> None:
    home, opening = house.keys["instance"], factories.note(AVA)
    publish(house, opening)
    closed = factories.mark(opening, home=home, state=state)
    submit(house, closed)

    with pytest.raises(ThreadLockedError):
        submit(house, factories.note(BABAK, reply_to=opening))

    # What an author may always do to their own words, they still may.
    submit(house, factories.update(AVA, opening))
    submit(house, factories.mark(opening, home=home, after=closed))
    assert submit(house, factories.note(BABAK, reply_to=opening)).is_new


def test_pinned_thread_stands_first_on_its_board(house: House) -> None:
    old, new = factories.note(AVA, title="Old"), factories.note(AVA, title="New")
    publish(house, old)
    publish(house, new)

    submit(house, factories.mark(old, home=house.keys["instance"], pinned=True))

    with house.db.read() as work:
        did = factories.SQUARE.did
        threads, _ = forum.list_threads(work, board=did, sort=ThreadSort.REPLY, page=1)
    assert [item.opening.version.text.title for item in threads] == ["Old", "New"]


def test_thread_state_by_another_key_is_refused(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, opening)

    for key in (AVA.key, AVA.root_key, factories.SQUARE.key):
        with pytest.raises(WrongSignerError):
            submit(house, factories.mark(opening, home=key, state="locked"))


def test_thread_state_that_another_overtook_is_refused(house: House) -> None:
    home, opening = house.keys["instance"], factories.note(AVA)
    publish(house, opening)
    submit(house, factories.mark(opening, home=home, pinned=True))

    with pytest.raises(StaleSettingsError):
        submit(house, factories.mark(opening, home=home, state="locked"))


def test_answer_or_waiting_opening_has_no_thread_to_set(house: House) -> None:
    home, opening = house.keys["instance"], factories.note(AVA)
    submit(house, opening)
    with pytest.raises(UnknownPostError):
        submit(house, factories.mark(opening, home=home, pinned=True))
    answer = factories.note(AVA, reply_to=opening)
    publish(house, answer)

    with pytest.raises(UnknownPostError):
        submit(house, factories.mark(answer, home=home, pinned=True))
