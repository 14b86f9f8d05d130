"""What is red on the health page, from values; and that page, feed and numbers tell it."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from app.federation import health
from app.federation.health import rules
from app.federation.health.jobs import DRILL, Doctor
from app.federation.health.model import Line
from app.federation.partners import Grant, Partner, PartnerState, Replica, Right
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, Instant, day_of
from app.main import create_app, create_staff_app
from app.tlog import Witnessed
from app.web.health_sentences import NAMES, SENTENCES
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import advance, publish

AVA = factories.person("Ava")
NOW = Instant(20_000 * DAY_S + 12 * HOUR_S)
TODAY = day_of(NOW)
PARTNER = Partner(
    did="did:key:home",
    name="sepidar",
    url="http://sepidar.invalid",
    log_origin="goftogu/home",
    log_key="k",
    witness_key="w",
    met_on=TODAY,
    state=PartnerState.ACTIVE,
)
GRANT = Grant(
    offer=b"offer",
    record_id="ap://one",
    giver="did:key:here",
    taker="did:key:home",
    boards={"did:key:water": frozenset({Right.READ})},
    until=TODAY + timedelta(days=1),
    accepted_on=TODAY,
)


def heard(seconds_ago: int | None, trouble: str = "") -> Replica:
    """Return a replica that was brought up to date so long ago."""
    at = None if seconds_ago is None else Instant(NOW - seconds_ago)
    return Replica(partner=PARTNER.did, heard_at=at, tried_at=NOW, trouble=trouble)


@pytest.mark.parametrize(
    ("replica", "grants", "expected"),
    [
        (heard(HOUR_S), [GRANT], ("good", 60)),
        (heard(HOUR_S + MINUTE_S), [GRANT], ("behind", 61)),
        (heard(None), [], ("never", None)),
        (replace(heard(None), tried_at=None), [], ("none", None)),
        (heard(0, "wrong-card: another"), [GRANT], ("wrong-card", 0)),
        (heard(0, "disk: No space left"), [GRANT], ("disk", 0)),
        (heard(0, "log-shrunk: smaller"), [GRANT], ("shrunk", 0)),
        (heard(0, "newer-record: entry 7"), [GRANT], ("newer", 0)),
        (heard(0), [replace(GRANT, until=TODAY)], ("expired", 0)),
        (heard(0), [replace(GRANT, until=TODAY), GRANT], ("good", 0)),
        (heard(0), [replace(GRANT, accepted_on=None)], ("good", 0)),
    ],
)
def test_partner_is_judged(
    replica: Replica, grants: list[Grant], expected: tuple[str, int | None]
) -> None:
    line = rules.judge_partner(PARTNER, replica, grants, NOW)

    assert (line.about, line.state, line.value) == ("sepidar", *expected)


@pytest.mark.parametrize("state", [PartnerState.FROZEN, PartnerState.ENDED])
def test_partner_that_is_not_believed_says_so_before_all_else(state: PartnerState) -> None:
    partner = replace(PARTNER, state=state)

    line = rules.judge_partner(partner, heard(0, "disk: full"), [], NOW)
    assert line.state == state.value
    assert line.is_good == (state is PartnerState.ENDED), "what somebody decided is no alarm"


def test_who_is_frozen_for_what_never_verified_is_called_no_liar() -> None:
    why = "unverified: does-not-verify: entry 7"
    partner = replace(PARTNER, state=PartnerState.FROZEN, why=why)

    line = rules.judge_partner(partner, heard(0), [], NOW)

    assert (line.state, line.is_good) == ("frozen-unverified", False)


def signed(seconds_ago: int | None, size: int = 7) -> Witnessed:
    """Return a witness that signed so long ago."""
    at = None if seconds_ago is None else Instant(NOW - seconds_ago)
    return Witnessed(name="w", url="http://w", tree_size=size, signed_at=at)


@pytest.mark.parametrize(
    ("witness", "state"),
    [
        (signed(None), "never"),
        (signed(0), "good"),
        (signed(30 * DAY_S), "good"),
        (signed(23 * HOUR_S, size=6), "good"),
        (signed(24 * HOUR_S, size=6), "behind"),
    ],
)
def test_witness_is_judged(witness: Witnessed, state: str) -> None:
    assert rules.judge_witness(witness, 7, NOW).state == state


@pytest.mark.parametrize(
    ("witnesses", "published_on", "state"),
    [
        ([], TODAY, "good"),
        ([signed(None)], TODAY, "good"),
        ([signed(HOUR_S)], TODAY, "good"),
        # Ours is a day slow: they signed tomorrow.
        ([signed(-DAY_S), signed(-DAY_S)], TODAY, "off"),
        # Ours is a day fast: they signed the newest tree a day before we published it.
        ([signed(DAY_S), signed(DAY_S)], TODAY, "off"),
        # One of three is wrong itself.
        ([signed(-DAY_S), signed(0), signed(0)], TODAY, "good"),
        # An old tree says nothing.
        ([signed(9 * DAY_S, size=6)], TODAY, "good"),
    ],
)
def test_clock_is_compared_with_what_witnesses_sign(
    witnesses: list[Witnessed], published_on: date, state: str
) -> None:
    assert rules.judge_clock(witnesses, 7, published_on, NOW).state == state


@pytest.mark.parametrize(
    ("free", "state"), [(100, "good"), (10, "good"), (9, "low"), (2, "low"), (1, "full")]
)
def test_disk_is_judged(free: int, state: str) -> None:
    assert rules.judge_disk(free, 100).state == state


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        (None, "none"),
        (b"", "unreadable"),
        (b"[]", "unreadable"),
        (b'{"day": "2026-99-99", "result": "green"}', "unreadable"),
        (json.dumps({"day": TODAY.isoformat(), "result": "green"}).encode(), "good"),
        (json.dumps({"day": TODAY.isoformat(), "result": "red"}).encode(), "failed"),
        (
            json.dumps(
                {"day": (TODAY - timedelta(days=9)).isoformat(), "result": "green"}
            ).encode(),
            "old",
        ),
    ],
)
def test_drill_is_judged(raw: bytes | None, state: str) -> None:
    assert rules.judge_drill(raw, TODAY).state == state


@pytest.mark.parametrize(
    ("newest", "last_post", "state"),
    [(None, None, "good"), (0, 0, "good"), (9, 9, "good"), (3, 2, "old"), (1, 0, "good")],
)
def test_bundles_are_judged(newest: int | None, last_post: int | None, state: str) -> None:
    days = [None if ago is None else TODAY - timedelta(days=ago) for ago in (newest, last_post)]

    assert rules.judge_bundles(days[0], days[1], TODAY).state == state


def test_every_state_has_a_sentence() -> None:
    states = {
        "log": {"good", "halted"},
        "own-log": {"good", "two-histories"},
        "bundles": {"good", "old"},
        "disk": {"good", "low", "full"},
        "shutdown": {"none", "on"},
        "drill": {"good", "none", "old", "failed", "unreadable"},
        "clock": {"good", "off"},
        "witness": {"good", "never", "behind"},
        "grant": {"given", "given-over", "taken", "taken-over"},
        "partner": {
            "good", "none", "never", "behind", "frozen", "frozen-unverified", "ended", "retired", "wrong-card", "expired",
            "disk", "shrunk", "newer", "ahead", "unverified",
        },
    }  # fmt: skip

    assert set(SENTENCES) == {(what, state) for what, all_ in states.items() for state in all_}
    assert set(NAMES) == set(states)


def doctor(house: House) -> Doctor:
    """Return who looks at an instance."""
    own, data = house.door.instance_did, house.settings.data
    return Doctor(house.db, house.sequencer.published, data, lambda: False, own)


def test_page_feed_and_numbers_tell_what_the_worker_saw(house: House) -> None:
    (house.settings.data / DRILL).write_text('{"day": "2026-01-01", "result": "red"}')
    doctor(house).look()
    client = TestClient(create_app(house, "http://testserver"))
    numbers = TestClient(create_staff_app(house, "http://127.0.0.1:9100"), "http://127.0.0.1:9100")

    pages = {code: client.get(f"/{code}/health") for code in ("fa", "en", "fr")}
    feed = client.get("/en/health/feed.atom").text

    assert {answer.status_code for answer in pages.values()} == {200}
    assert "could not be restored" in pages["en"].text
    assert "has not looked for ten minutes" not in pages["en"].text
    assert "could not be restored" in feed
    assert 'goftogu_red{what="drill",about=""} 1' in numbers.get("/metrics").text
    assert 'goftogu_red{what="worker",about=""} 0' in numbers.get("/metrics").text


def test_look_that_is_old_is_red_itself(house: House) -> None:
    client = TestClient(create_app(house, "http://testserver"))
    said = "has not looked for ten minutes"
    before = said in client.get("/en/health").text
    doctor(house).look()
    within = said in client.get("/en/health").text
    advance(house, 11 * MINUTE_S)

    late = client.get("/en/health").text
    assert (before, within, said in late) == (True, False, True)
    assert "Nothing." not in late, "nobody looked, so nobody can say that nothing is to be mended"
    assert said in client.get("/en/health/feed.atom").text


def test_state_that_lasts_keeps_its_day(house: House) -> None:
    publish(house, factories.card(AVA), factories.note(AVA, title="Whose water?"))
    doctor(house).look()
    with house.db.read() as work:
        first = health.get_look(work).lines
    advance(house, 2 * DAY_S)
    (house.settings.data / DRILL).write_text("{}")
    doctor(house).look()
    with house.db.read() as work:
        second = {line.what: line for line in health.get_look(work).lines}
        today = day_of(work.now)

    changed = {"bundles", "drill"}
    assert {second[line.what].since for line in first if line.what not in changed} == {
        line.since for line in first
    }
    assert second["drill"] == Line(what="drill", state="unreadable", since=today)
    assert second["bundles"] == Line(what="bundles", state="old", since=today)
