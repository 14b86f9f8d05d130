"""Somebody who takes up what all share, with what costs them nothing: cards, rights, places."""

import json

import pytest
from app import identity
from app.identity import store
from app.identity.codec import tokens
from app.identity.model.tokens import NameToken
from app.identity.routes import probation
from app.identity.routes.probation import CARDS_OF_PERSONA, JOINS, POSTS_OF_DAY, Probation
from app.kernel.clock import HOUR_S, FixedClock, day_of
from app.kernel.errors import AppError, LimitError
from app.web.limits import Gate
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.crypto import issuers
from tests.houses import count_records, open_all_issuers, publish, submit
from tests.visitor import Visitor

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
REVOKED = [factories.key_line(AVA, state="revoked")]


def hand_in(client: TestClient, raw: bytes) -> int:
    return int(client.post("/api/v1/records", content=raw).status_code)


@pytest.mark.parametrize("comes", ["invited", "alone"])
def test_cards_without_end_do_not_fill_the_disk(
    house: House, client: TestClient, clock: FixedClock, comes: str
) -> None:
    """Each is kept for ever and goes into the log; signing the next one costs nothing."""
    newest, other = factories.card(AVA), factories.card(BABAK)
    submit(house, newest, other)
    if comes == "invited":
        with house.db.write() as work:
            identity.open_cohort(work, house.keys["instance"], issuers.KEY)
            store.add_invited(work, AVA.root, "2026-11")
    statuses = []
    for _ in range(CARDS_OF_PERSONA.most + 1):
        later = factories.card(AVA, after=newest)
        statuses.append(hand_in(client, later))
        newest = later if statuses[-1] == 201 else newest

    assert statuses == [201] * CARDS_OF_PERSONA.most + [429]
    revoked = factories.key_line(BABAK, state="revoked")
    assert hand_in(client, factories.card(BABAK, after=other, keys=[revoked])) == 201
    clock.advance(HOUR_S)
    day = day_of(clock.now())
    assert hand_in(client, factories.card(AVA, after=newest, keys=REVOKED, day=day)) == 201


def test_cards_that_open_no_session_take_nobody_elses_turn_to_join(
    house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door takes a card whose key is revoked, and the log-in that belongs to it fails."""
    monkeypatch.setattr(probation, "JOINS", JOINS._replace(most=1))
    visitor, before = Visitor(client), count_records(house)
    fields = visitor.open_form("/join").fields

    for _ in range(3):
        card = factories.card(AVA, keys=REVOKED).decode()
        answer = visitor.post("/en/join/device", {**fields, "name": "Ava", "record": card})
        assert answer.status_code == 400
    assert count_records(house) == before

    assert hand_in(client, factories.card(BABAK)) == 201


def test_refusal_that_its_handler_catches_costs_nothing(house: House) -> None:
    """As where a page says what was wrong, and its work ends well."""
    gate, lone = Gate(), factories.note(AVA, tags=("no-such-tag",))
    door = house.door.guarded(Probation(gate, house.door.instance_did))
    with house.db.write() as work:
        for _ in range(POSTS_OF_DAY.most + 1):
            with pytest.raises(AppError):
                door.submit(work, lone)

        assert gate.room(POSTS_OF_DAY, AVA.did, work.now) == POSTS_OF_DAY.most


def test_bad_rights_to_names_wait_for_no_turn_to_write(house: House, client: TestClient) -> None:
    """Somebody else has it all the while: whoever sends rubbish keeps no post waiting."""
    opening = factories.note(BABAK)
    publish(house, opening)
    with house.db.write() as work:
        open_all_issuers(house, work, issuers.KEY)
    right = tokens.encode_name_token(
        NameToken(cohort="2026-11", prefix=bytes(32), signature=bytes(issuers.PUBLIC.size))
    )
    sent = {"did": AVA.did, "thread": factories.digest_of(opening).hex()[:20], "token": right}
    body = json.dumps(sent, separators=(",", ":"))

    with house.db.write():
        answer = client.post("/api/v1/thread-names", content=body)

    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "thread-name-unfit"


def test_flood_of_passphrases_by_one_way_in_leaves_the_others_their_place() -> None:
    gate = Gate()
    with gate.stretching("web"):
        gate._waiting["web"] = 10**6

        with pytest.raises(LimitError), gate.stretching("web"):
            pass
        with gate.stretching("onion"), gate.stretching("staff"):
            pass


def test_clock_that_was_ahead_leaves_no_issuer_of_a_month_to_come_on_the_card(
    house: House, clock: FixedClock
) -> None:
    """Its key would be good for rights that nobody could have yet."""
    clock.advance(70 * 24 * HOUR_S)
    with house.db.write() as work:
        open_all_issuers(house, work, issuers.KEY)
        ahead = [issuer.month for issuer in identity.list_name_issuers(work)]
    clock.instant = factories.NOW

    with house.db.read() as work:
        assert identity.list_name_issuers(work) == []
        assert identity.list_issuers(work) == []
    assert ahead == ["2027-01"]
