"""First posts of those for whom nobody answers: they wait for a desk, never longer than was said."""

from dataclasses import replace
from typing import Any

import pytest
from app import forum
from app.forum import service
from app.identity.service.stewards import grant_stewardship
from app.kernel.clock import HOUR_S
from app.moderation import store as moderation_store
from app.moderation.model import ActionKind, Subject, SubjectKind
from app.moderation.service import act_on
from app.records import Receipt
from app.wiring import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.houses import A_TICK_S, advance, invite, publish, require_post, submit, tick
from tests.moderation.desks import Seat, act, decision, seat
from tests.moderation.samples import REASONS

FOUR_HOURS_S = 4 * HOUR_S
AVA, BABAK, CYRA = (factories.person(name) for name in ("Ava", "Babak", "Cyra"))


def settle(house: House, slug: str = "square", **changed: Any) -> None:
    """Change the settings of a board."""
    with house.db.write() as work:
        board = replace(service.get_board(work, slug), **changed)
        service.change_board(work, house.door, board)


@pytest.fixture
def holding(house: House) -> House:
    """An instance whose square holds first posts; Ava has come without an invitation."""
    settle(house, holds_first=True)
    publish(house, factories.card(AVA), factories.card(CYRA))
    return house


def hand_in(house: House, raw: bytes, wait_h: int = 0) -> Receipt:
    with house.db.write() as work:
        return house.door.submit(work, raw, wait_h)


def held(house: House, boards: list[str] | None = None) -> set[bytes]:
    with house.db.read() as work:
        return {post.digest for post in service.list_held(work, boards)}


def is_shown(house: House, raw: bytes) -> bool:
    return require_post(house, raw).number is not None


def clear(house: House, at: Seat, raw: bytes) -> None:
    act(house, at, raw, ActionKind.CLEAR)


def test_first_post_waits_for_four_hours_and_appears_marked(holding: House) -> None:
    raw, began = factories.note(AVA), holding.clock.now()
    receipt = hand_in(holding, raw)
    assert held(holding) == {factories.digest_of(raw)}

    advance(holding, FOUR_HOURS_S - HOUR_S)
    tick(holding)
    assert not is_shown(holding, raw)
    advance(holding, HOUR_S + A_TICK_S + HOUR_S)
    tick(holding)

    post = require_post(holding, raw)
    assert (post.number, post.is_unreviewed) == (1, True)
    assert holding.clock.now() <= receipt.include_by <= began + FOUR_HOURS_S + A_TICK_S + 2 * HOUR_S
    assert held(holding) == set()


def test_only_the_first_three_posts_are_held_and_erased_ones_count(holding: House) -> None:
    raws = [factories.note(AVA) for _ in range(3)]
    submit(holding, *raws, factories.erasure(AVA, raws[0]))
    later = factories.note(AVA)
    submit(holding, later)

    assert held(holding) == {factories.digest_of(raw) for raw in raws[1:]}
    assert not require_post(holding, later).is_unreviewed


def test_nobody_is_held_for_whom_somebody_answers_nor_a_steward(holding: House) -> None:
    invite(holding, BABAK)
    with holding.db.write() as work:
        grant_stewardship(work, CYRA.mark)
    submit(holding, factories.note(BABAK), factories.note(CYRA))

    assert held(holding) == set()


def test_key_without_a_card_is_held_as_a_persona_without_anybody_is(holding: House) -> None:
    raw = factories.note(factories.person("Nobody"))
    submit(holding, raw)

    assert held(holding) == {factories.digest_of(raw)}


def test_other_boards_hold_nothing(holding: House) -> None:
    submit(holding, factories.note(AVA, board=factories.LIVE))

    assert held(holding) == set()


def test_live_board_holds_for_four_hours_at_most_by_the_clock(holding: House) -> None:
    settle(holding, "live", holds_first=True)
    raw = factories.note(AVA, board=factories.LIVE)
    submit(holding, raw)
    advance(holding, 2 * HOUR_S)
    tick(holding)
    assert not is_shown(holding, raw)

    advance(holding, 2 * HOUR_S)
    tick(holding)

    assert is_shown(holding, raw)


def test_cleared_post_goes_at_the_next_tick_and_is_not_marked(holding: House) -> None:
    desk, raw = seat(holding, CYRA), factories.note(AVA)
    receipt = hand_in(holding, raw)
    clear(holding, desk, raw)
    assert held(holding) == set()

    advance(holding, A_TICK_S + HOUR_S)
    tick(holding)

    post = require_post(holding, raw)
    assert (post.number, post.is_unreviewed) == (1, False)
    assert holding.clock.now() < receipt.include_by - 2 * HOUR_S


def test_desk_lets_nothing_out_sooner_than_its_author_chose(holding: House) -> None:
    """An hour that an author chose hides them: a desk that looks must not undo that."""
    desk, raw = seat(holding, CYRA), factories.note(AVA)
    hand_in(holding, raw, wait_h=6)
    assert held(holding) == {factories.digest_of(raw)}
    clear(holding, desk, raw)

    advance(holding, 5 * HOUR_S)
    tick(holding)
    assert not is_shown(holding, raw)
    advance(holding, 3 * HOUR_S)
    tick(holding)
    assert (is_shown(holding, raw), require_post(holding, raw).is_unreviewed) == (True, False)


def test_answer_that_was_cleared_does_not_come_before_what_it_answers(holding: House) -> None:
    desk, opening = seat(holding, CYRA), factories.note(AVA)
    answer = factories.note(AVA, reply_to=opening)
    submit(holding, opening, answer)
    clear(holding, desk, answer)

    advance(holding, 2 * HOUR_S)
    tick(holding)
    assert not is_shown(holding, answer)
    advance(holding, 4 * HOUR_S)
    tick(holding)
    assert (is_shown(holding, opening), is_shown(holding, answer)) == (True, True)


def test_held_post_that_a_desk_hides_is_never_seen(holding: House) -> None:
    desk, raw = seat(holding, CYRA), factories.note(AVA, title="Secret", text="A held word.")
    submit(holding, raw)
    act(holding, desk, raw, ActionKind.HIDE)
    assert held(holding) == set()

    advance(holding, FOUR_HOURS_S + 2 * HOUR_S)
    tick(holding)

    post = require_post(holding, raw)
    assert (post.number, post.is_hidden) == (1, True)
    assert (post.version.text.title, post.version.text.markdown) == ("", "")
    with holding.db.read() as work:
        facets = forum.Facets()
        assert forum.find_posts(work, "held", facets, before=None, limit=5) == []


def test_hold_opens_no_case_and_is_no_report(holding: House) -> None:
    submit(holding, factories.note(AVA))
    with holding.db.read() as work:
        assert moderation_store.count_open(work, boards=None) == 0


def test_desk_sees_the_held_posts_of_its_boards_where_they_stand(holding: House) -> None:
    settle(holding, "live", holds_first=True)
    invite(holding, BABAK)
    opening = factories.note(BABAK)
    publish(holding, opening)
    here = factories.note(AVA, reply_to=opening)
    elsewhere = factories.note(AVA, board=factories.LIVE)
    submit(holding, here, elsewhere)
    square, live = factories.SQUARE.did, factories.LIVE.did
    here_digest, there = factories.digest_of(here), factories.digest_of(elsewhere)
    assert (held(holding, [square]), held(holding, [live])) == ({here_digest}, {there})

    both = seat(holding, CYRA, boards=(square, live))
    name = factories.digest_of(opening).hex()[:20]
    with holding.db.write() as work:
        subject = Subject(kind=SubjectKind.THREAD, name=name)
        wanted = decision(ActionKind.MOVE, REASONS, target=live)
        act_on(work, holding.door, both.at(holding), subject, wanted)

    assert (held(holding, [square]), held(holding, [live])) == (set(), {here_digest, there})
    assert held(holding, []) == set()


def test_attack_mode_holds_first_posts_everywhere_on_its_board_for_a_day(house: House) -> None:
    publish(house, factories.card(AVA))
    desk = seat(house, CYRA)
    with house.db.write() as work:
        subject = Subject(kind=SubjectKind.BOARD, name=factories.SQUARE.did)
        act_on(work, house.door, desk.at(house), subject, decision(ActionKind.ATTACK_MODE, REASONS))
    raw = factories.note(AVA)
    submit(house, raw, factories.note(AVA, board=factories.LIVE))
    assert held(house) == {factories.digest_of(raw)}

    advance(house, 25 * HOUR_S)
    tick(house)
    submit(house, factories.note(AVA))
    assert held(house) == set()


@pytest.mark.slow
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    came=st.integers(0, 3 * HOUR_S),
    looked=st.none() | st.integers(0, FOUR_HOURS_S),
    wait_h=st.sampled_from([0, 6, 24]),
    board=st.sampled_from([factories.SQUARE, factories.LIVE]),
)
def test_promise_of_a_held_post_is_kept_whenever_a_desk_looks(
    house: House, came: int, looked: int | None, wait_h: int, board: factories.BoardKey
) -> None:
    settle(house, board.slug, holds_first=True)
    author = factories.person(f"Somebody {factories.nonce()}")
    advance(house, came)
    raw = factories.note(author, board=board)
    receipt = hand_in(house, raw, wait_h)
    if looked is not None:
        advance(house, looked)
        with house.db.write() as work:
            service.clear_post(work, require_post(house, raw))
    while not is_shown(house, raw):
        advance(house, 60 * 10)
        tick(house)
        assert house.clock.now() <= receipt.include_by + 600
