"""The clock jumps, back and forth by days: nothing is lost, nothing is shown twice, nothing falls over."""

import pytest
from app import identity, records, site, tlog, worker
from app.crypto.sealing import Passphrase
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, FixedClock, Instant, day_of
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.faults.load import assert_good
from tests.houses import find_record, release, require_post, submit, tick
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
BOARDS = (factories.SQUARE, factories.LIVE)
JUMPS_S = [3 * DAY_S, -5 * DAY_S, 40 * DAY_S, -39 * DAY_S, 59, -3601, 400 * DAY_S, -398 * DAY_S]


def count_entries(house: House) -> int:
    """Return how long the log is, without the instance's cards: a new month's issuer makes one."""
    with house.db.read() as work:
        return tlog.count_entries(work) - site.get_card(work).sequence


def test_every_post_is_shown_once_whatever_the_clock_does(house: House, clock: FixedClock) -> None:
    before, posts = count_entries(house), list[bytes]()
    for jump in JUMPS_S:
        posts += [factories.note(AVA, board=board, day=day_of(clock.now())) for board in BOARDS]
        submit(house, *posts[-len(BOARDS) :])
        clock.advance(jump)
        worker.step(house, 0)
        tick(house)

    clock.instant = Instant(factories.NOW + 500 * DAY_S)
    release(house)
    release(house)

    assert [require_post(house, post).number for post in posts] == [1] * len(posts)
    assert count_entries(house) == before + len(posts)
    assert_good(house)


def test_post_waits_while_the_clock_is_back_and_no_longer(house: House, clock: FixedClock) -> None:
    post = factories.note(AVA)
    submit(house, post)

    clock.advance(-2 * DAY_S)
    assert tick(house) == 0
    assert find_record(house, post) is not None

    clock.advance(2 * DAY_S + 2 * HOUR_S)
    assert tick(house) == 1
    assert tick(house) == 0
    clock.advance(-2 * DAY_S)
    assert require_post(house, post).number == 1
    with house.db.read() as work:
        assert records.get_public_bytes(work, factories.digest_of(post)) == post


def test_receipt_says_the_same_after_any_jump(house: House, clock: FixedClock) -> None:
    post = factories.note(AVA)
    first = submit(house, post)

    for jump in JUMPS_S:
        clock.advance(jump)
        again = submit(house, post)
        assert not again.is_new
        assert again.raw == first.raw


def test_session_outlives_a_clock_that_goes_back_and_ends_with_one_that_goes_far_ahead(
    house: House, clock: FixedClock
) -> None:
    new = identity.prepare_persona(house.db.randomness, "Ava", Passphrase("four unrelated words"))
    with house.db.write() as work:
        token = identity.register_persona(work, house.door, new, factories.TODAY)

    for jump in (-5 * DAY_S, 5 * DAY_S, -300 * DAY_S, 300 * DAY_S):
        clock.advance(jump)
        worker.step(house, 0)
        with house.db.write() as work:
            assert identity.find_viewer(work, token) is not None
            identity.extend_session(work, token)
    clock.advance(400 * DAY_S)
    with house.db.read() as work:
        assert identity.find_viewer(work, token) is None


@pytest.mark.parametrize("jump", [-400 * DAY_S, -DAY_S, -1, DAY_S, 400 * DAY_S])
def test_visitor_reads_and_writes_after_a_jump(
    house: House, client: TestClient, clock: FixedClock, jump: int
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    first = visitor.open_thread("Water", "Where does it go?")
    release(house)

    clock.advance(jump)

    for path in ("/", "/b/square", f"/p/{first}", "/boards", "/search?q=water"):
        assert visitor.get(path).status_code == 200, path
    # A jump ahead may have ended the session; a jump back has not.
    client.cookies.clear()
    assert visitor.log_in("Ava").status_code == 303
    second = visitor.open_thread("Bread", "Who bakes it?")
    release(house)
    assert visitor.get(f"/p/{second}").status_code == 200


def test_session_that_ended_does_not_live_again_when_the_clock_goes_back(
    house: House, clock: FixedClock
) -> None:
    """The worker forgets it within a minute, and what is forgotten no clock brings back."""
    new = identity.prepare_persona(house.db.randomness, "Ava", Passphrase("four unrelated words"))
    with house.db.write() as work:
        token = identity.register_persona(work, house.door, new, factories.TODAY)
    clock.advance(DAY_S)
    worker.step(house, int(MINUTE_S / worker.TICK_EVERY_S))

    clock.advance(-DAY_S)

    with house.db.read() as work:
        assert identity.find_viewer(work, token) is None
