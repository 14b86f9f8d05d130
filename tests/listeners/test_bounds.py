"""Bounds on what one reader may ask: by circuit, persona, page and key, the same on every listener."""

import asyncio
from typing import Any, cast

import pytest
from app.kernel.clock import MINUTE_S, FixedClock, Instant
from app.kernel.errors import LimitError
from app.main import create_app
from app.web.limits import (
    PASSPHRASES_OF_SENDER,
    REQUESTS_OF_CIRCUIT,
    WRITING_OF_CIRCUIT,
    WRITING_OF_PAGE,
    WRITING_OF_PERSONA,
    Bucket,
    Circuits,
    Gate,
)
from app.web.middleware import SlowBodyError, _capped
from app.wiring import House
from starlette.types import Message

from tests import factories
from tests.listeners.ways import LISTENERS, ByCircuit, browsing
from tests.visitor import ORIGIN

FEW = Bucket("few", 3, MINUTE_S)
ONION = LISTENERS["onion"]


def test_bucket_is_full_for_its_window_and_no_longer() -> None:
    gate = Gate()
    for _ in range(3):
        gate.fill(FEW, "a", factories.NOW)
    with pytest.raises(LimitError):
        gate.fill(FEW, "a", factories.NOW)

    gate.fill(FEW, "b", factories.NOW)
    gate.fill(FEW, "a", Instant(factories.NOW + MINUTE_S))


def test_many_keys_of_one_bucket_push_out_none_of_another() -> None:
    """Whoever opens circuits without end frees nobody who guesses passphrases."""
    gate = Gate()
    for _ in range(3):
        gate.fill(FEW, "guesser", factories.NOW)
    for circuit in range(25_000):
        gate.count(REQUESTS_OF_CIRCUIT, str(circuit), factories.NOW)

    with pytest.raises(LimitError):
        gate.fill(FEW, "guesser", factories.NOW)
    assert sum(len(windows) for windows in gate._windows.values()) <= 20_000


def test_circuit_that_goes_on_is_closed_and_no_other() -> None:
    closed: list[int] = []
    circuits = Circuits(Gate())
    circuits.close = closed.append
    most = REQUESTS_OF_CIRCUIT.most

    answers = [circuits.count(7, factories.NOW) for _ in range(2 * most)]

    assert answers == [0] * most + [1] * most
    assert closed == [7]
    assert circuits.count(7, factories.NOW) == 2
    assert circuits.count(8, factories.NOW) == 0
    assert circuits.count(7, Instant(factories.NOW + MINUTE_S)) == 0


@pytest.fixture
def app(house: House) -> Any:
    return create_app(house, ORIGIN)


@pytest.mark.slow
def test_circuit_that_asks_too_much_is_told_what_to_do(app: Any, clock: FixedClock) -> None:
    with browsing(app, ONION, circuit=7) as busy, browsing(app, ONION, circuit=8) as other:
        while busy.client.get("/robots.txt").status_code == 200:
            pass
        answer = busy.get("/boards")

        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "60"
        assert "New Tor circuit for this site" in answer.text
        assert other.get("/boards").status_code == 200
        clock.advance(MINUTE_S)
        assert busy.get("/boards").status_code == 200


@pytest.mark.slow
def test_text_of_a_circuit_that_asks_too_much_is_given_back(app: Any) -> None:
    with browsing(app, ONION, circuit=7) as busy:
        busy.join("Ava")
        form = busy.open_form("/b/square/new")
        while busy.client.get("/robots.txt").status_code == 200:
            pass
        answer = busy.send(form, do="send", title="A title", text="Typed before it was busy")

    assert answer.status_code == 429
    assert "A title" in answer.text
    assert "Typed before it was busy" in answer.text


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["onion", "web"])
def test_persona_that_writes_without_end_is_slowed_on_every_listener(app: Any, kind: str) -> None:
    """Each form from a fresh page, over ever new circuits: the bucket is the persona's."""
    with browsing(app, LISTENERS[kind], circuit=0 if kind == "onion" else None) as visitor:
        visitor.join("Ava")
        count, answer = -1, visitor.get("/")
        while answer.status_code == 200 and count <= WRITING_OF_PERSONA.most:
            count += 1
            if kind == "onion":
                cast("ByCircuit", visitor.client.app).circuit = count
            form = visitor.open_form("/b/square/new")
            answer = visitor.send(form, do="preview", title="x", text="words that are kept")

    assert answer.status_code == 429
    assert "words that are kept" in answer.text
    assert "Wait a few minutes" in answer.text
    assert WRITING_OF_PERSONA.most - 5 <= count <= WRITING_OF_PERSONA.most


@pytest.mark.slow
def test_circuit_that_tries_many_passphrases_leaves_room_for_others(app: Any) -> None:
    """Each takes a core for a tenth of a second, whoever's name it is for."""
    with browsing(app, ONION, circuit=7) as busy, browsing(app, ONION, circuit=8) as other:
        statuses = [
            busy.log_in(f"Nobody {n}", "wrong").status_code
            for n in range(PASSPHRASES_OF_SENDER.most + 1)
        ]
        answer = other.log_in("Nobody", "wrong")

    assert statuses == [403] * PASSPHRASES_OF_SENDER.most + [429]
    assert answer.status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["onion", "web"])
def test_page_is_not_sent_again_without_end(app: Any, kind: str) -> None:
    """Also by nobody: a form that is replayed must be loaded anew."""
    with browsing(app, LISTENERS[kind]) as visitor:
        form = visitor.open_form("/login")
        statuses = [
            visitor.send(form, name=f"Nobody {n}", passphrase="wrong").status_code
            for n in range(WRITING_OF_PAGE.most + 1)
        ]
        fresh = visitor.log_in("Nobody", "wrong").status_code

    assert statuses == [403] * WRITING_OF_PAGE.most + [429]
    assert fresh == 403


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/witness/add-checkpoint", "/en/settings", "/en/logout"])
def test_nothing_is_sent_by_a_circuit_without_end(app: Any, path: str) -> None:
    """Not either what no bucket of its own counts."""
    with browsing(app, ONION, circuit=7) as visitor:
        for _ in range(2 * REQUESTS_OF_CIRCUIT.most):
            assert visitor.client.head("/robots.txt").status_code in {200, 429}
        assert visitor.client.post(path, content=b"x").status_code == 429


@pytest.mark.slow
def test_records_of_a_circuit_are_bounded(app: Any) -> None:
    with browsing(app, ONION, circuit=7) as visitor:
        statuses = [
            visitor.client.post("/api/v1/records", content=b"{}").status_code
            for _ in range(WRITING_OF_CIRCUIT.most + 1)
        ]
        told = visitor.client.post("/api/v1/records", content=b"{}")

    assert statuses == [400] * WRITING_OF_CIRCUIT.most + [429]
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["code"] == "busy-circuit"


@pytest.mark.slow
def test_records_of_a_key_are_bounded_and_nobody_fills_another_ones_bucket(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.records.routes.RECORDS_OF_KEY", FEW._replace(most=2))
    ava, dara = factories.person("Ava"), factories.person("Dara")
    forged = factories.note(ava, text="truth").replace(b"truth", b"false")
    with browsing(app, LISTENERS["web"]) as visitor:

        def send(raw: bytes) -> int:
            return int(visitor.client.post("/api/v1/records", content=raw).status_code)

        assert {send(forged) for _ in range(5)} == {400}
        assert [send(factories.note(ava)) for _ in range(3)] == [201, 201, 429]
        assert send(factories.note(dara)) == 201


def test_body_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """However steadily: a byte always comes before anybody's patience with a silence ends."""
    monkeypatch.setattr("app.web.middleware.BODY_S", 0.05)

    async def run() -> bool:
        async def drip() -> Message:
            await asyncio.sleep(0.01)
            return {"type": "http.request", "body": b"x", "more_body": True}

        receive = _capped({"type": "http"}, drip)
        try:
            async with asyncio.timeout(5):
                while True:
                    await receive()
        except SlowBodyError:
            return True

    assert asyncio.run(run())
