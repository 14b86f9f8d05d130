"""What comes wrong from a partner: a clear state on the health page, and nothing half-imported."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app import forum, wiring
from app.federation import health, partners
from app.federation.folders import Folder
from app.federation.health.jobs import Doctor
from app.federation.partners import Partner, PartnerState
from app.federation.partners.errors import WrongCardError
from app.kernel.clock import DAY_S, Instant
from app.main import create_app
from app.owning import owners_of
from app.web.health_sentences import SENTENCES
from app.wiring import House
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from tests import factories
from tests.federation import neighbours
from tests.forms.languages import LANGUAGES
from tests.houses import advance, publish, read_rows, release
from tests.tlog import cosigned
from tests.tlog.strangers import public

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")
OF_THE_LOOK = {"health", "replica"}
"""When somebody was asked, and what was seen: all else is what was imported."""


@pytest.fixture
def partner(house: House, home: House) -> Partner:
    """The home, as the instance knows it, which reads its board."""
    return neighbours.befriend(house, home, "sepidar", WATER)


def imported(house: House, *only: str) -> list[tuple[str, dict[str, object]]]:
    """Return every row that can have come from a partner, or those of some tables."""
    rows = read_rows(house)
    return [row for row in rows if (row[0] in only if only else row[0] not in OF_THE_LOOK)]


@pytest.fixture
def pages(house: House) -> TestClient:
    """A browser before the instance."""
    return TestClient(create_app(house, "http://testserver"))


def told(house: House, pages: TestClient, what: str, about: str = "") -> str:
    """Let the worker look; return the state, which pages say in three languages with what to do."""
    own, data = house.door.instance_did, house.settings.data
    Doctor(house.db, house.sequencer.published, data, lambda: False, own).look()
    with house.db.read() as work:
        look = health.get_look(work).lines
    (line,) = (each for each in look if (each.what, each.about) == (what, about))
    for code, language in LANGUAGES.items():
        said = language.gettext(SENTENCES[what, line.state])
        page = pages.get(f"/{code}/health").text
        assert said.partition("%")[0].partition("`")[0] in page, (code, line.state)
    return str(line.state)


def pull_from(house: House, partner: Partner, folder: Path) -> None:
    """Bring a replica up to date from whatever is in a folder."""
    with Folder(folder) as source:
        partners.sync(
            house.db,
            wiring.folder_of(house, partner),
            source,
            owners_of(partner, house.marks_key, house.settings.data),
            own_did=house.door.instance_did,
            partner=neighbours.find(house, partner),
        )


def test_wrong_card(
    house: House, pages: TestClient, home: House, partner: Partner, tmp_path: Path
) -> None:
    other = neighbours.found(tmp_path / "other", house, factories.board_key("theirs"))
    publish(other, factories.card(AVA), factories.note(AVA, board=factories.board_key("theirs")))
    before = imported(house)

    with pytest.raises(WrongCardError):
        pull_from(house, partner, public(other))
    other.db.close()

    assert imported(house) == before
    assert told(house, pages, "partner", "sepidar") == "wrong-card"
    neighbours.pull(house, partner, home)
    assert told(house, pages, "partner", "sepidar") == "good"


def test_expired_scope(house: House, pages: TestClient, home: House, partner: Partner) -> None:
    publish(home, factories.card(AVA), factories.note(AVA, board=WATER, text="Within its time."))
    neighbours.pull(house, partner, home)
    assert told(house, pages, "partner", "sepidar") == "good"
    late = factories.note(AVA, board=WATER, text="After it.")
    advance(house, 366 * DAY_S)
    publish(home, late)

    neighbours.pull(house, partner, home)

    assert told(house, pages, "partner", "sepidar") == "expired"
    with house.db.read() as work:
        assert forum.find_post(work, digest=factories.digest_of(late)) is None


def test_clock_of_ours_that_is_days_behind(
    house: House, pages: TestClient, home: House, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its posts are of days that have not come here: none is lost, however often it is asked."""
    note = factories.note(AVA, board=WATER, day=factories.TODAY + timedelta(days=3))
    with monkeypatch.context() as right:
        right.setattr("app.records.rules.require_past_day", lambda *_: None)
        publish(home, factories.card(AVA), note)
    before = imported(house, "post", "version")

    for _ in range(6):
        pull_from(house, partner, public(home))
    with house.db.read() as work:
        assert forum.find_post(work, digest=factories.digest_of(note)) is None
    assert imported(house, "post", "version") == before
    assert told(house, pages, "partner", "sepidar") == "ahead"

    advance(house, 2 * DAY_S)
    pull_from(house, partner, public(home))
    with house.db.read() as work:
        found = forum.find_post(work, digest=factories.digest_of(note))
        assert found is not None
        assert found.number == 1
    assert told(house, pages, "partner", "sepidar") == "good"
    assert neighbours.find(house, partner).state is PartnerState.ACTIVE


@pytest.mark.parametrize("days", [-1, 1])
def test_clock_that_is_a_day_off_is_told_by_what_witnesses_sign(
    house: House, pages: TestClient, days: int
) -> None:
    cosigned.ask(house, 0, 1)
    release(house)
    for number in (0, 1):
        cosigned.sign(house, number, house.clock.now())
    # The file has the machine's time, and this instance a clock of its own.
    now = house.clock.now()
    os.utime(cosigned.checkpoint_path(house), (now, now))
    assert told(house, pages, "clock") == "good"
    for number in (0, 1):
        cosigned.sign(house, number, Instant(now - days * DAY_S), is_published=False)

    assert told(house, pages, "clock") == "off"


def test_disk_that_is_full_in_the_middle_of_a_sync(
    house: House, pages: TestClient, home: House, partner: Partner
) -> None:
    posts = [factories.note(AVA, board=WATER, text=f"{n} " + "x" * 9_000) for n in range(12)]
    publish(home, factories.card(AVA), *posts)
    before = imported(house)

    def allow_no_growth(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=1")

    event.listen(house.db.engine, "connect", allow_no_growth)
    house.db.engine.dispose()
    # SQLite takes the whole transaction back by itself, and may then miss what it was told to.
    with pytest.raises(OperationalError):
        neighbours.pull(house, partner, home)
    event.remove(house.db.engine, "connect", allow_no_growth)
    house.db.engine.dispose()

    assert imported(house) == before
    assert told(house, pages, "partner", "sepidar") == "disk"
    neighbours.pull(house, partner, home)
    assert told(house, pages, "partner", "sepidar") == "good"
    with house.db.read() as work:
        for post in posts:
            assert forum.find_post(work, digest=factories.digest_of(post)) is not None
