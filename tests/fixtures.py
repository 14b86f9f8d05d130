"""Fixtures: a clock, an instance, a unit of work, a browser. None of them asserts anything."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from app import wiring
from app.kernel.clock import FixedClock, SystemClock
from app.main import create_app
from app.settings import Settings
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

from tests import factories
from tests.federation import neighbours
from tests.houses import open_at, submit, tick
from tests.journeys.instance import Village, found
from tests.once import FULL_COST, ask_per_guess, look_apart, made_by_one, made_once
from tests.place import Place, opened_place
from tests.postgres.server import Postgres, find_programs, running_postgres
from tests.tiers import PROFILE
from tests.visitor import ORIGIN, Visitor

_SLOW_MACHINES = [HealthCheck.too_slow]
settings.register_profile(
    "fast", max_examples=10, deadline=None, suppress_health_check=_SLOW_MACHINES
)
settings.register_profile(
    "dev", max_examples=50, deadline=None, suppress_health_check=_SLOW_MACHINES
)
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, suppress_health_check=_SLOW_MACHINES
)
settings.register_profile(
    "nightly", max_examples=5000, deadline=None, suppress_health_check=_SLOW_MACHINES
)
settings.load_profile(PROFILE)


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    with made_once():
        yield


@pytest.fixture
def full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a guess at a passphrase cost what it costs at a real instance."""
    ask_per_guess(monkeypatch, FULL_COST)


@pytest.fixture
def looks_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for groups of reporters as the worker does: in a process that ends."""
    look_apart(monkeypatch, is_apart=True)


@pytest.fixture
def clock() -> FixedClock:
    """21 November 2026, 10:07 UTC, until a test moves it."""
    return FixedClock(factories.NOW)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with three boards, made once; every test gets a copy."""
    data = tmp_path_factory.mktemp("template") / "instance"
    house = wiring.init_house(Settings(data=data), clock=FixedClock(factories.NOW))
    with house.db.write() as work:
        for board in (factories.SQUARE, factories.LIVE, factories.NOTICES):
            house.door.submit(work, factories.board(board, home=house.keys["instance"]))
    tick(house)
    house.db.close()
    return data


@pytest.fixture
def house(template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[wiring.House]:
    """A fresh instance of one's own: boards `square` (every 15 minutes), `live` and `notices`."""
    shutil.copytree(template, tmp_path / "instance")
    house = open_at(tmp_path / "instance", clock)
    yield house
    house.db.close()


@pytest.fixture
def home(house: wiring.House, tmp_path: Path) -> Iterator[wiring.House]:
    """Another instance than `house`, with a board about water."""
    home = neighbours.found(tmp_path / "home", house, factories.board_key("water"))
    yield home
    home.db.close()


@pytest.fixture
def client(house: wiring.House) -> Iterator[TestClient]:
    """A browser in front of `house`. It follows no redirects: tests say where they lead."""
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def settled(request: pytest.FixtureRequest) -> Village:
    """The village, settled once a run by the commands; whoever opens it opens a copy."""

    def settle(folder: Path) -> None:
        logins = found(folder / "instance")
        (folder / "logins.json").write_text(json.dumps(logins), encoding="utf-8")

    folder = made_by_one(request, "settled", settle)
    logins = json.loads((folder / "logins.json").read_text(encoding="utf-8"))
    return Village(folder / "instance", tuple((name, secret) for name, secret in logins))


@pytest.fixture(scope="session")
def village_house(
    settled: Village, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[wiring.House]:
    """The whole village, shared: tests that use it change nothing."""
    data = tmp_path_factory.mktemp("village") / "instance"
    shutil.copytree(settled.data, data)
    house = open_at(data, SystemClock())
    yield house
    house.db.close()


@pytest.fixture(scope="session")
def village(village_house: wiring.House) -> Iterator[TestClient]:
    """A browser in front of the village."""
    with TestClient(create_app(village_house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL cluster of our own; each test makes its database in it."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL's server programs are not installed")
        pytest.skip("PostgreSQL's server programs are not installed")
    with running_postgres(programs) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_template(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The folder and the database's name of an instance with three boards; tests get copies."""
    data, url = tmp_path_factory.mktemp("postgres") / "instance", postgres.create_database()
    settings = Settings(data=data, database_url=url, origin="")
    house = wiring.init_house(settings, clock=FixedClock(factories.NOW))
    for board in (factories.SQUARE, factories.LIVE, factories.NOTICES):
        submit(house, factories.board(board, home=house.keys["instance"]))
    tick(house)
    house.db.close()
    return data, urlsplit(url).path.removeprefix("/")


@pytest.fixture(scope="session")
def place(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A shared instance for what must change nothing: Ava, logged in, with a thread of her own."""
    with opened_place(template, tmp_path_factory.mktemp("place") / "instance") as place:
        yield place


@pytest.fixture
def stranger(place: Place) -> Visitor:
    """Somebody without a session in that shared instance."""
    place.stranger.client.cookies.clear()
    place.stranger.language = "en"
    return place.stranger
