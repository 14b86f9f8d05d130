"""Probation: how many join and post for whom nobody answers, and that nobody else is counted."""

import pytest
from app import identity
from app.identity.routes import probation
from app.identity.routes.probation import JOINS, JOINS_BEGUN, POSTS_OF_DAY, POSTS_OF_LONE_KEYS
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, FixedClock, Instant
from app.records.model import Custody
from app.web.limits import Gate
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.houses import invite, submit
from tests.visitor import Visitor, find_form, read_words

AVA, BABAK, CELINE = map(factories.person, ("Ava", "Babak", "Céline"))
PASSPHRASE = "four unrelated words"


@pytest.fixture
def few_join(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two have joined in this hour, and it is enough."""
    monkeypatch.setattr(probation, "JOINS", JOINS._replace(most=2))


def hand_in(client: TestClient, raw: bytes) -> Response:
    answer: Response = client.post("/api/v1/records", content=raw)
    return answer


def fill_joins(client: TestClient) -> None:
    for name in ("Dara", "Elham"):
        assert hand_in(client, factories.card(factories.person(name))).status_code == 201
    client.cookies.clear()


def sent(client: TestClient, by: factories.Person, times: int) -> list[int]:
    """Hand in openings of threads; return the statuses."""
    return [hand_in(client, factories.note(by)).status_code for _ in range(times)]


def grant(house: House, who: factories.Person) -> None:
    submit(house, factories.card(who))
    with house.db.write() as work:
        identity.grant_stewardship(work, who.mark)


def test_shared_turns_are_as_many_in_any_hour_not_in_each_full_one() -> None:
    gate, begun = Gate(), factories.NOW - factories.NOW % HOUR_S
    late, early = Instant(begun + HOUR_S - 1), Instant(begun + HOUR_S + 1)
    assert [gate.take_turn(JOINS, late) for _ in range(JOINS.most)] == [0] * JOINS.most

    assert gate.take_turn(JOINS, early) == HOUR_S - 2
    assert gate.wait_of_turn(JOINS, early) == HOUR_S - 2
    assert gate.take_turn(JOINS, Instant(late + HOUR_S)) == 0


def test_turn_that_was_given_back_is_another_ones() -> None:
    gate = Gate()
    for _ in range(JOINS_BEGUN.most):
        gate.take_turn(JOINS_BEGUN, factories.NOW)

    gate.give_turn_back(JOINS_BEGUN)

    assert gate.take_turn(JOINS_BEGUN, factories.NOW) == 0
    assert gate.take_turn(JOINS_BEGUN, factories.NOW) == MINUTE_S


def test_clock_that_is_set_back_keeps_nobody_waiting_longer() -> None:
    gate = Gate()
    for _ in range(JOINS.most):
        gate.take_turn(JOINS, factories.NOW)

    assert gate.take_turn(JOINS, Instant(factories.NOW - 30 * DAY_S)) == 0


def test_persona_on_probation_sends_three_a_day_and_keeps_its_words(
    client: TestClient, clock: FixedClock
) -> None:
    ava = Visitor(client)
    ava.join("Ava")
    assert "You can send 3 more posts or revisions today" in ava.get("/b/square/new").text
    first = ava.open_thread("One", "Text one")
    ava.send_post(f"/p/{first}/revise", title="One", text="Text one, better")
    assert "You can send 1 more post or revision today" in ava.get("/b/square/new").text
    ava.open_thread("Three", "Text three")

    refused = ava.send_post("/b/square/new", title="Title four", text="Words of the fourth")
    shown = client.get(ava.get("/persona").headers["location"])
    kept = ava.send(ava.open_form("/b/square/new"), do="keep", title="Four", text="Kept words")
    erased = ava.send(ava.open_form(f"/p/{first}/erase"))

    assert refused.status_code == 429
    assert "Words of the fourth" in refused.text
    assert "Title four" in refused.text
    assert refused.text.count("You have sent as much as you may today") == 1
    assert '<a href="/en/invitations">' in shown.text
    assert "after midnight UTC" in refused.text
    assert "You have sent as much as you may today. Write, and keep it as a draft" in shown.text
    assert kept.headers["location"] == "/en/drafts"
    assert erased.status_code == 303
    clock.instant = Instant(clock.instant - clock.instant % DAY_S + DAY_S)
    ava.log_in("Ava")
    assert ava.open_thread("Four", "On the next day")


def test_program_is_told_until_when_it_waits(client: TestClient) -> None:
    assert sent(client, AVA, POSTS_OF_DAY.most) == [201] * 3

    told = hand_in(client, factories.note(AVA))

    assert told.status_code == 429
    assert told.json()["code"] == "posts-of-day"
    assert int(told.headers["retry-after"]) == DAY_S - factories.NOW % DAY_S


def test_carried_post_over_the_limit_stays_in_the_form(client: TestClient) -> None:
    sent(client, AVA, POSTS_OF_DAY.most)
    raw = factories.note(AVA, text="Words that were carried")

    answer = Visitor(client).send(Visitor(client).open_form("/carry"), record=raw.decode())

    assert answer.status_code == 429
    assert "Words that were carried" in answer.text
    assert "three posts or revisions a day" in answer.text


def test_invited_and_stewards_are_not_counted(house: House, client: TestClient) -> None:
    invite(house, AVA)
    grant(house, BABAK)

    for who in (AVA, BABAK):
        assert sent(client, who, 5) == [201] * 5
        with house.db.read() as work:
            assert probation.posts_left(work, Gate(), who.root) is None


def test_root_of_an_invited_persona_is_not_taken_for_a_key_without_a_card(
    house: House, client: TestClient
) -> None:
    invite(house, AVA)
    post = newest = factories.note(AVA)
    assert hand_in(client, post).status_code == 201

    for _ in range(4):
        newest = factories.update(AVA, post, after=newest, key=AVA.root_key)
        assert hand_in(client, newest).status_code == 201


def test_who_came_with_a_frozen_month_is_counted_again(house: House, client: TestClient) -> None:
    invite(house, AVA)
    assert sent(client, AVA, 4) == [201] * 4

    with house.db.write() as work:
        identity.freeze_cohort(work, "2026-11")

    assert sent(client, AVA, 4) == [201, 201, 201, 429]


def test_key_of_the_instance_and_what_comes_by_no_listener_are_not_counted(
    house: House, client: TestClient
) -> None:
    submit(house, *(factories.note(AVA) for _ in range(4)))
    assert sent(client, AVA, 1) == [201]
    host = factories.Person(name="", seed=AVA.seed, custody=Custody.INSTANCE)
    key = house.keys["instance"]

    statuses = [hand_in(client, factories.note(host, key=key)).status_code for _ in range(4)]

    assert statuses == [201] * 4


def test_what_was_not_taken_in_is_not_counted(house: House, client: TestClient) -> None:
    first = factories.note(AVA)
    assert hand_in(client, first).status_code == 201
    for _ in range(5):
        assert hand_in(client, first).status_code == 200
        assert hand_in(client, factories.note(AVA, tags=("no-such-tag",))).status_code == 409

    assert sent(client, AVA, 3) == [201, 201, 429]


def test_several_keys_and_the_root_of_a_persona_share_its_bucket(
    house: House, client: TestClient
) -> None:
    lines = [factories.key_line(AVA, 0), factories.key_line(AVA, 1)]
    submit(house, factories.card(AVA, keys=lines))
    post = factories.note(AVA)
    assert hand_in(client, post).status_code == 201
    second = factories.note(AVA, key=AVA.seed.posting_key(1))
    assert hand_in(client, second).status_code == 201

    revised = factories.update(AVA, post, key=AVA.root_key)
    assert hand_in(client, revised).status_code == 201

    assert sent(client, AVA, 1) == [429]
    again = factories.update(AVA, post, after=revised, key=AVA.root_key)
    assert hand_in(client, again).status_code == 429


def test_keys_without_a_card_share_a_bucket_and_personas_do_not(
    house: House, client: TestClient, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probation, "POSTS_OF_LONE_KEYS", POSTS_OF_LONE_KEYS._replace(most=2))
    submit(house, factories.card(CELINE))
    assert [*sent(client, AVA, 1), *sent(client, BABAK, 1)] == [201, 201]

    for new in ("Someone", "Someone else"):
        told = hand_in(client, factories.note(factories.person(new)))
        assert (told.status_code, told.json()["code"]) == (429, "lone-keys-full")
        assert told.headers["retry-after"] == str(HOUR_S)

    assert sent(client, CELINE, 1) == [201]
    clock.advance(HOUR_S)
    # Being refused has cost the key none of its own three.
    assert sent(client, factories.person("Someone"), 2) == [201, 201]


@pytest.mark.usefixtures("few_join")
def test_whoever_finds_no_room_reads_how_long_and_keeps_the_name(
    client: TestClient, clock: FixedClock
) -> None:
    fill_joins(client)
    clock.advance(20 * MINUTE_S)
    visitor = Visitor(client)

    answer = visitor.send(visitor.open_form("/join"), name="Forugh", passphrase=PASSPHRASE)

    assert answer.status_code == 429
    assert 'value="Forugh"' in answer.text
    assert "Try again in 40 minutes." in answer.text
    assert "With an invitation you need not wait." in answer.text
    assert PASSPHRASE not in answer.text
    clock.advance(40 * MINUTE_S)
    visitor.join("Forugh")


@pytest.mark.usefixtures("few_join")
def test_words_stay_the_same_for_whoever_was_too_late_with_them(
    client: TestClient, clock: FixedClock
) -> None:
    visitor = Visitor(client)
    begun = visitor.send(visitor.open_form("/join"), name="Forugh", passphrase=PASSPHRASE)
    words, first, second = read_words(begun)
    typed = {"word_first": words[first - 1], "word_second": words[second - 1]}
    fill_joins(client)
    clock.advance(59 * MINUTE_S)

    refused = visitor.send(find_form(begun, "/en/join/confirm"), **typed)

    assert refused.status_code == 429
    assert "Try again in 1 minute." in refused.text
    assert read_words(refused) == (words, first, second)
    clock.advance(MINUTE_S)
    done = visitor.send(find_form(refused, "/en/join/confirm"), **typed)
    assert done.status_code == 303


@pytest.mark.usefixtures("few_join")
def test_card_of_a_device_waits_in_the_page(client: TestClient, clock: FixedClock) -> None:
    fill_joins(client)
    visitor = Visitor(client)
    fields = visitor.open_form("/join").fields
    card = factories.card(AVA).decode()

    refused = visitor.post("/en/join/device", {**fields, "name": "Ava", "record": card})

    assert refused.status_code == 429
    assert "Send the card again" in refused.text
    clock.advance(HOUR_S)
    again = find_form(refused, "/en/join/device")
    assert again.fields["record"] == card
    assert again.fields["invitation"] == "", "an invitation can still be typed in"
    assert visitor.send(again).status_code == 303


@pytest.mark.usefixtures("few_join")
def test_coming_back_is_joining_only_where_the_words_are_new(
    house: House, client: TestClient
) -> None:
    submit(house, factories.card(AVA))
    fill_joins(client)
    visitor = Visitor(client)

    known, unknown = (
        visitor.send(
            visitor.open_form("/restore"),
            words=" ".join(who.seed.words()),
            name=who.name,
            passphrase=PASSPHRASE,
        )
        for who in (AVA, BABAK)
    )

    assert known.status_code == 303
    assert unknown.status_code == 429
    assert 'value="Babak"' in unknown.text
    assert "Try again in 60 minutes." in unknown.text


@pytest.mark.usefixtures("few_join")
def test_first_cards_are_counted_wherever_they_come_in_and_later_ones_nowhere(
    house: House, client: TestClient
) -> None:
    first = factories.card(AVA)
    submit(house, first)
    fill_joins(client)

    told = hand_in(client, factories.card(BABAK))
    revoked = factories.card(AVA, after=first, keys=[factories.key_line(AVA, state="revoked")])

    assert told.status_code == 429
    assert told.json()["code"] == "joins-full"
    assert told.headers["retry-after"] == str(HOUR_S)
    assert hand_in(client, revoked).status_code == 201


def test_name_that_is_taken_costs_no_turn(house: House, client: TestClient) -> None:
    site = client.app.state.site  # type: ignore[attr-defined]  # an ASGI app to the checker
    for turn in range(JOINS.most - 1):
        site.gate.take_turn(JOINS, Instant(house.clock.now() - turn))
    mixed = factories.card(AVA, name="Аva")

    assert hand_in(client, mixed).status_code == 409

    assert hand_in(client, factories.card(BABAK)).status_code == 201
    assert hand_in(client, factories.card(CELINE)).status_code == 429


def test_joins_that_are_only_begun_are_bounded_before_they_cost_anything(
    client: TestClient, clock: FixedClock
) -> None:
    visitor = Visitor(client)

    def begin(name: str) -> Response:
        return visitor.send(visitor.open_form("/join"), name=name, passphrase=PASSPHRASE)

    statuses = [begin(f"Nobody {n}").status_code for n in range(JOINS_BEGUN.most)]
    refused = begin("Forugh")

    assert statuses == [200] * JOINS_BEGUN.most
    assert refused.status_code == 429
    assert "Try again in 1 minute." in refused.text
    clock.advance(MINUTE_S)
    assert begin("Forugh").status_code == 200


def test_unknown_words_are_not_stretched_for_without_end(client: TestClient) -> None:
    visitor = Visitor(client)
    # Too many to be made into personas: the name is taken, and only the stretch is paid.
    visitor.join("Ava")
    client.cookies.clear()

    statuses = [
        visitor.send(
            visitor.open_form("/restore"),
            words=" ".join(factories.person(f"Nobody {number}").seed.words()),
            name="Ava",
            passphrase=PASSPHRASE,
        ).status_code
        for number in range(JOINS_BEGUN.most)
    ]

    assert statuses == [409] * (JOINS_BEGUN.most - 1) + [429]
