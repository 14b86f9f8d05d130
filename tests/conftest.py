"""Fixtures: a clock, an instance, a unit of work, a browser. None of them asserts anything."""

import gc
import os
import re
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from app import wiring
from app.cli import village as village_commands
from app.kernel.clock import FixedClock, SystemClock
from app.settings import Settings
from hypothesis import HealthCheck, settings

from tests import factories
from tests.houses import open_at, submit, tick
from tests.once import FULL_COST, ask_per_guess, made_once
from tests.postgres.server import Postgres, find_programs, running_postgres
from tests.tiers import SLOWER

with warnings.catch_warnings():
    # Starlette would like its test client to use a newer httpx; what it does here is the same.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

from app.main import create_app

from tests.place import Place, opened_place
from tests.visitor import ORIGIN, Visitor

_SLOW_MACHINES = [HealthCheck.too_slow]
settings.register_profile(
    "fast", max_examples=15, deadline=None, suppress_health_check=_SLOW_MACHINES
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
_PROFILE = os.environ.get("GOFTOGU_TEST_PROFILE", "dev")
settings.load_profile(_PROFILE)

# A folder in memory, and how much of it must be free: who writes there waits for no disk.
_MEMORY = Path("/dev/shm")
_ROOM = 1 << 30
_all_slower = re.compile(rf"^pytestmark = .*\bmark\.({'|'.join(SLOWER)})\b", re.MULTILINE)


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Put the tests' folders into memory where there is room: half of their time was a disk's."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Do not even load a file in the fast tier if all its tests are of a slower one."""
    if _PROFILE != "fast" or collection_path.suffix != ".py":
        return None
    return bool(_all_slower.search(collection_path.read_text(encoding="utf-8"))) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell the tiers apart, and let a fast test open no socket unless it says to whom.

    Whoever asks an instance of their own over HTTP is of the gate: it takes most of what they take.
    """
    slowest: dict[Path, int] = {}
    for item in items:
        if "client" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
        if not any(item.get_closest_marker(name) for name in (*SLOWER, "allow_hosts")):
            item.add_marker(pytest.mark.disable_socket)
        marks = [place for place, name in enumerate(SLOWER) if item.get_closest_marker(name)]
        slowest[item.path] = max(slowest.get(item.path, -1), *marks, -1)
    if "PYTEST_XDIST_WORKER" in os.environ:
        # Two processes share files: the longest first, so that neither ends long before the other.
        items.sort(key=lambda item: -slowest[item.path])


def pytest_collection_finish() -> None:
    """Let the collector leave alone what stays until the end: looking at it again took a tenth of the time."""
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    with made_once():
        yield


@pytest.fixture
def full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a guess at a passphrase cost what it costs at a real instance."""
    ask_per_guess(monkeypatch, FULL_COST)


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
def client(house: wiring.House) -> Iterator[TestClient]:
    """A browser in front of `house`. It follows no redirects: tests say where they lead."""
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def village_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[wiring.House]:
    """The whole village, settled once and shared: tests that use it change nothing."""
    data = tmp_path_factory.mktemp("village") / "instance"
    wiring.init_house(Settings(data=data)).db.close()
    village_commands.settle(Settings(data=data))
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
