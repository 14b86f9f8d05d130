"""The status page: who witnesses the log, and how long ago."""

import pytest
from app import tlog
from app.kernel.clock import DAY_S, HOUR_S, FixedClock, Instant
from app.tlog import store
from app.tlog.checkpoints import with_signatures
from app.tlog.cosignatures import cosign
from app.tlog.model import AskedWitness
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import tick
from tests.tlog import logs
from tests.visitor import Visitor


def keep_cosigned(house: House, number: int, signed_at: int) -> None:
    """Keep what a witness signed at a time, of a log as large as the instance's."""
    with house.db.write() as work:
        checkpoint = logs.log_of(tlog.count_entries(work)).checkpoint()
        witness = logs.WITNESSES[number]
        line = cosign(checkpoint, witness.name, logs.WITNESS_KEYS[number], Instant(signed_at))
        note = with_signatures(checkpoint, [line]).note.encode()
        store.add_witness(work, AskedWitness(key=witness, url="https://w.example", cosigned=note))


def test_log_without_witnesses_says_so(client: TestClient) -> None:
    assert "Nobody else signs this list yet" in Visitor(client).get("/status").text


def test_witnesses_are_counted_and_one_that_signed_nothing_is_told(
    house: House, client: TestClient
) -> None:
    keep_cosigned(house, 0, factories.NOW - 5)
    with house.db.write() as work:
        tlog.begin_asking(work, logs.WITNESSES[1], "https://w2.example")

    page = Visitor(client).get("/status").text

    assert "1 of 2 witnesses have signed every entry." in page
    assert "w1.example" in page
    assert "Has signed nothing yet" in page


@pytest.mark.parametrize(
    ("age_s", "words"),
    [
        (-60, "signed within the last hour"),
        (0, "signed within the last hour"),
        (HOUR_S - 1, "signed within the last hour"),
        (HOUR_S, "signed 1 hour ago"),
        (DAY_S - 1, "signed 23 hours ago"),
        (DAY_S, "signed 1 day ago"),
        (40 * DAY_S, "signed 40 days ago"),
    ],
)
def test_age_of_a_cosignature_is_told_in_hours_then_in_days(
    house: House, client: TestClient, age_s: int, words: str
) -> None:
    keep_cosigned(house, 0, factories.NOW - age_s)

    assert words in Visitor(client).get("/status").text


def test_witness_that_has_not_seen_the_newest_entries_is_not_counted(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    keep_cosigned(house, 0, factories.NOW)
    factories_card = factories.card(factories.person("Ava"))
    with house.db.write() as work:
        house.door.submit(work, factories_card)
    clock.advance(HOUR_S)
    tick(house)

    assert "0 of 1 witness has signed every entry." in Visitor(client).get("/status").text
