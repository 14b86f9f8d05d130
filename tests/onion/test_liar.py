"""Three instances over Tor, of which the home lies: who is lied to catches it, and keeps the proof.

The liar is an operator with a database of his own to change, whose programs then serve what is in
it; the others are left alone, but for a test that lets a day pass by changing when the liar was
first doubted.
"""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from app import records, tlog
from app.crypto.note_keys import parse_verifier_key
from app.federation.partners.gossip import parse_seen, verify_contradiction
from app.kernel.clock import DAY_S
from app.records import parse_record, verify_record
from app.records.codec import encode_leaf
from app.tlog.publication import SEEN_PATH

from tests import factories
from tests.factories import BoardKey
from tests.onion.three import AVAS, WATER, Instance, seconds_until

pytestmark = [pytest.mark.nightly, pytest.mark.tor]

_CAUGHT_S: Final = 60.0
"""From when the one who is lied to can see it; the plan's bar for alarms."""
_LONG_AGO: Final = "UPDATE replica SET doubted_at = heard_at - ?"
_PATIENCE_S: Final = 240.0


@pytest.fixture(scope="module")
def honest(three: list[Instance], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the three as they were while all was well."""
    first = post(WATER, "All is well")
    home, *readers = three
    home.hand_in([first])
    seconds_until(lambda: all(each.shows(first) for each in readers), _PATIENCE_S)
    folder = tmp_path_factory.mktemp("honest")
    for each in three:
        each.stop()
        each.save(folder / each.name)
    return folder


@pytest.fixture
def place(three: list[Instance], honest: Path) -> Iterator[list[Instance]]:
    """The three, none of them running."""
    for each in three:
        each.stop()
        each.become(honest / each.name)
    yield three
    for each in three:
        each.stop()


def post(board: BoardKey, title: str) -> bytes:
    """Return a post of today."""
    author = factories.person(f"Author of {title}")
    return factories.note(author, board=board, title=title, day=datetime.now(UTC).date())


def is_frozen(instance: Instance) -> bool:
    """Return whether an instance believes the home no more, and has said so in its own log."""
    frozen = "SELECT count(*) FROM partner WHERE name = 'home' AND state = 'frozen'"
    said = "SELECT count(*) FROM record WHERE type = 'Flag' AND is_public"
    return instance.ask(frozen) == 1 and instance.ask(said) >= 1


def read_evidence(instance: Instance) -> list[dict[str, Any]]:
    """Return what an instance kept of the lie."""
    folder = instance.data / "partners" / "home.evidence"
    return [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]


def start_and_catch(what: str, liar: Instance, *others: Instance) -> None:
    """Let all run until the others froze the liar; print how long that took."""
    for each in (*others, liar):
        each.start(wait=each is liar)
    took = seconds_until(lambda: all(map(is_frozen, others)), _PATIENCE_S)
    print(f"\n{what}: caught {took:.1f} s after it could be seen; load {os.getloadavg()[0]:.1f}")
    listed = others[0].command("partner", "list", "--json")
    assert [each["state"] for each in json.loads(listed) if each["name"] == "home"] == ["frozen"]


def test_forged_record_is_caught_by_both(place: list[Instance]) -> None:
    home, *others = place
    true = post(WATER, "Nobody was arrested")
    home.hand_in([true], tick=True)
    digest = factories.digest_of(true)
    forged = true.replace(b"Nobody was", b"Twelve had")
    home.change("UPDATE record SET raw = ? WHERE digest = ?", forged, digest)
    for each in others:
        # Less than a day may be somebody on the way.
        each.change(_LONG_AGO, 2 * DAY_S)

    start_and_catch("a forged record", home, *others)

    for each in others:
        (kept,) = read_evidence(each)
        assert list(kept["files"]) == [f"records/{digest.hex()}"]
        assert not each.shows(true)


def test_dropped_post_is_caught_by_both_after_a_day(place: list[Instance]) -> None:
    home, *others = place
    dropped = post(WATER, "The minister knew")
    home.hand_in([dropped], tick=True)
    gone = "UPDATE record SET is_public = 0 WHERE digest = ?"
    home.change(gone, factories.digest_of(dropped))
    for each in others:
        # Less than a day may be a host with much to write.
        each.change(_LONG_AGO, 2 * DAY_S)

    start_and_catch("a dropped post", home, *others)

    for each in others:
        assert read_evidence(each)


def test_dropped_post_that_is_said_to_be_erased_is_caught_when_no_erasure_comes(
    place: list[Instance],
) -> None:
    home, *others = place
    dropped, later = post(WATER, "The minister knew"), post(WATER, "Fine weather")
    home.hand_in([dropped, later], tick=True)
    home.change("UPDATE record SET raw = NULL WHERE digest = ?", factories.digest_of(dropped))
    for each in place:
        each.start(wait=False)
    seconds_until(lambda: all(each.shows(later) for each in others), _PATIENCE_S)
    for each in place:
        each.stop()
    for each in others:
        waiting = each.data / "partners" / "home" / ".goftogu-waiting"
        (digest,) = missed = json.loads(waiting.read_bytes())
        missed[digest][1] = (datetime.now(UTC).date() - timedelta(days=4)).isoformat()
        waiting.write_text(json.dumps(missed, separators=(",", ":")))
        each.change(_LONG_AGO, 2 * DAY_S)

    start_and_catch("a dropped post, said to be erased", home, *others)

    for each in others:
        assert read_evidence(each)


def test_post_of_another_hosts_board_is_caught_by_that_host(place: list[Instance]) -> None:
    home, ava, _ = place
    replayed = verify_record(parse_record(post(AVAS, "Said at Ava's, to be shown elsewhere")))
    house = home.open()
    with closing(house.db), house.db.write() as work:
        leaf = encode_leaf(replayed.digest, replayed.type)
        include_by = tlog.append(work, leaf, tlog.HOUSE_LANE)
        records.keep_bytes(work, replayed, include_by)
    home.hand_in([post(WATER, "Beside it")])

    start_and_catch("a post replayed to another board", home, ava)

    (kept,) = read_evidence(ava)
    assert kept["code"] == "foreign-entry"
    assert not ava.shows(replayed.raw)


def test_split_view_is_caught_by_both_and_proves_itself(
    place: list[Instance], tmp_path: Path
) -> None:
    home, ava, babak = place
    told = {name: post(WATER, f"The square is {name}") for name in ("full", "empty")}
    home.save(tmp_path / "empty")
    home.hand_in([told["full"]], tick=True)
    ava.start(wait=False)
    home.start()
    seconds_until(lambda: ava.shows(told["full"]), _PATIENCE_S)
    home.stop()
    ava.stop()
    home.become(tmp_path / "empty")
    home.hand_in([told["empty"]], tick=True)

    start_and_catch("a split view", home, ava, babak)

    assert ava.shows(told["full"])
    assert not ava.shows(told["empty"])
    query = "SELECT count(*) FROM partner WHERE name = 'home' AND log_key = ?"
    for each in (ava, babak):
        seen = parse_seen((each.data / "public" / SEEN_PATH).read_bytes())
        (claim, *_) = seen.contradictions
        key = json.loads((each.data / "partners" / "home" / ".well-known/goftogu").read_bytes())
        verify_contradiction(claim, parse_verifier_key(key["urn:goftogu:logKey"]))
        assert each.ask(query, key["urn:goftogu:logKey"]) == 1
