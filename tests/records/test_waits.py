"""Authors who choose to wait longer: later releases, honest promises, nothing in the signed bytes."""

import pytest
from app.kernel.clock import HOUR_S, MINUTE_S, FixedClock, Instant
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import A_TICK_S, LONG_ENOUGH_S, find_record, publish, require_post, tick
from tests.visitor import Visitor, find_form

AVA = factories.person("Ava")


def submit(house: House, raw: bytes, wait_h: int = 0) -> Instant:
    """Hand a record in and return the promised hour."""
    with house.db.write() as work:
        return Instant(house.door.submit(work, raw, wait_h).include_by)


def is_shown(house: House, raw: bytes) -> bool:
    """Whether readers can see what a record did."""
    found = find_record(house, raw)
    return found is not None and found.is_public


@pytest.mark.parametrize("hours", [6, 24])
@pytest.mark.parametrize("board", [factories.SQUARE, factories.LIVE])
def test_post_is_shown_after_the_chosen_wait_and_within_the_promise(
    house: House, clock: FixedClock, hours: int, board: factories.BoardKey
) -> None:
    post = factories.note(AVA, board=board)

    include_by = submit(house, post, hours)

    clock.advance(hours * HOUR_S - MINUTE_S)
    tick(house)
    assert not is_shown(house, post)
    clock.instant = include_by
    tick(house)
    assert is_shown(house, post)


def test_same_bytes_with_another_wait_give_the_same_receipt(house: House) -> None:
    post = factories.note(AVA)

    assert submit(house, post, 24) == submit(house, post, 0) == submit(house, post, 6)


def test_erasure_and_card_never_wait(house: House, clock: FixedClock) -> None:
    post = factories.note(AVA)
    publish(house, post)
    erasure, card = factories.erasure(AVA, post), factories.card(factories.person("Dara"))

    submit(house, erasure, 24)
    submit(house, card, 24)
    erased_on = require_post(house, post).erased_on
    clock.advance(LONG_ENOUGH_S)
    tick(house)

    assert erased_on is not None
    assert is_shown(house, erasure)
    assert is_shown(house, card)


def test_answer_to_a_waiting_post_is_not_shown_before_it(house: House, clock: FixedClock) -> None:
    post = factories.note(AVA)
    answer, revision = factories.note(AVA, reply_to=post), factories.update(AVA, post)
    submit(house, post, 24)
    submit(house, answer)
    submit(house, revision)

    clock.advance(23 * HOUR_S)
    tick(house)
    assert not is_shown(house, answer)
    assert not is_shown(house, revision)
    clock.advance(LONG_ENOUGH_S)
    clock.advance(A_TICK_S)
    tick(house)

    assert all(is_shown(house, raw) for raw in (post, answer, revision))


@pytest.mark.parametrize("wait", ["1", "-6", "six", "48"])
def test_interface_refuses_another_wait(client: TestClient, wait: str) -> None:
    answer = client.post(f"/api/v1/records?wait={wait}", content=factories.note(AVA))

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "input" not in answer.text, "it repeats what was refused"


def test_interface_takes_a_wait(client: TestClient, house: House) -> None:
    soon, late = factories.note(AVA), factories.note(AVA)

    client.post("/api/v1/records", content=soon)
    client.post("/api/v1/records?wait=24", content=late)

    first, second = find_record(house, soon), find_record(house, late)
    assert first is not None
    assert second is not None
    assert second.include_by - first.include_by == 24 * HOUR_S


def test_composer_keeps_the_wait_through_preview_and_sends_it(
    client: TestClient, house: House
) -> None:
    ava = Visitor(client)
    ava.join("Ava")
    form = ava.open_form("/b/square/new")
    assert form.fields["wait"] == "0"

    shown = ava.send(form, title="Water", text="Where?", wait="24", do="preview")
    again = find_form(shown, ava.address("/b/square/new"))
    digest = bytes.fromhex(ava.digest_after(ava.send(again, do="send")))

    assert again.fields["wait"] == "24"
    with house.db.read() as work:
        assert house.door.get_receipt(work, digest).include_by >= factories.NOW + 24 * HOUR_S
