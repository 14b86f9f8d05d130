"""What a desk is given when nothing is reported, and what it accepts when a crowd comes."""

from dataclasses import replace

from app import forum
from app.forum import service as forum_service
from app.kernel.clock import HOUR_S
from app.moderation import service, store
from app.moderation.model import ActionKind
from app.wiring import House

from tests import factories
from tests.houses import A_TICK_S, advance, publish, require_post, submit, tick
from tests.moderation.desks import look_for_groups
from tests.moderation.test_desk_seconds import flood
from tests.moderation.working import Worker

EVA = factories.person("Eva")


def hold(house: House) -> bytes:
    """Let a first post wait on the square; return it."""
    with house.db.write() as work:
        board = forum_service.get_board(work, "square")
        forum_service.change_board(work, house.door, replace(board, holds_first=True))
    publish(house, factories.card(EVA))
    raw = factories.note(EVA, text="I am new here.")
    submit(house, raw)
    return raw


def test_first_post_is_given_when_nothing_is_reported_and_goes_when_it_is_cleared(
    told: House, babak: Worker
) -> None:
    raw = hold(told)
    assert "1 first post waits" in babak.get("/desk").text

    page = babak.claim()
    assert "I am new here." in page.text
    done = babak.decide(page, kind="clear", rule="spam", facts="Somebody who is new; no rule.")

    assert done.headers["location"] == "/en/desk?done=decided", done.text
    advance(told, A_TICK_S + HOUR_S)
    tick(told)
    post = require_post(told, raw)
    assert (post.number is not None, post.is_unreviewed) == (True, False)


def test_first_post_that_was_skipped_is_not_given_again(told: House, babak: Worker) -> None:
    hold(told)
    babak.claim()
    babak.let_go("skip")

    assert babak.send(babak.open_form("/desk", "/desk/claim")).headers["location"].endswith("none")


def test_two_desks_are_not_given_one_first_post(told: House, babak: Worker, cyra: Worker) -> None:
    hold(told)
    assert "I am new here." in babak.claim().text

    given = cyra.send(cyra.open_form("/desk", "/desk/claim"))

    assert given.headers["location"].endswith("none")


def test_attack_mode_is_accepted_by_a_person_and_stands_in_the_log(
    told: House, babak: Worker
) -> None:
    flood(told, 4, 6)
    look_for_groups(told)
    assert "This looks like an attack" in babak.get("/desk").text

    done = babak.send(babak.open_form("/desk", "/desk/attack"))

    assert done.headers["location"] == "/en/desk?done=decided", done.text
    queue = babak.get("/desk").text
    assert "This looks like an attack" not in queue
    assert "Attack mode on the board" in queue
    with told.db.read() as work:
        (act,) = store.list_actions_of(work, babak.seat.desk.did)
        assert service.is_under_attack(work, factories.SQUARE.did)
        assert forum.count_held(work) == 0
    assert (act.kind, act.board) == (ActionKind.ATTACK_MODE, factories.SQUARE.did)
    assert "24 reports in an hour" in babak.get(f"/moderation/acts/{act.digest.hex()}").text


def test_attack_mode_that_nothing_speaks_for_is_refused(told: House, babak: Worker) -> None:
    flood(told, 4, 6)
    look_for_groups(told)
    form = babak.open_form("/desk", "/desk/attack")
    advance(told, HOUR_S + HOUR_S // 2)
    babak.get("/desk")

    assert babak.send(form).status_code == 404
