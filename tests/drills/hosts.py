"""Three instances: a home with a board, its successor, and a third that reads both."""

import http.client
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast
from urllib.parse import urlsplit

import httpx
from app import wiring
from app.federation import partners
from app.federation.folders import Folder
from app.federation.monitor import read_card
from app.federation.partners import Partner, Right
from app.kernel.clock import DAY_S, FixedClock, Instant, SystemClock, day_of
from app.main import create_app
from app.settings import Settings
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.cli.command import Done, start
from tests.factories import BoardKey
from tests.federation import neighbours
from tests.houses import publish, release, submit
from tests.journeys.instance import COMMAND, environment_of, free_port, wait_until_healthy
from tests.tlog.strangers import public
from tests.visitor import ORIGIN, Visitor

WATER: Final = factories.board_key("water", tick_s=1)
FIRE: Final = factories.board_key("fire", tick_s=1)
AIR: Final = factories.board_key("air", tick_s=1)
AVA: Final = factories.person("Ava")
PEOPLE: Final = [factories.person(f"Writer {number}") for number in range(40)]
_writers = cycle(PEOPLE)
PASSPHRASE: Final = "seven quiet herons wading"
TODAY: Final = day_of(SystemClock().now())
_STOP_S: Final = 15.0
_READY_S: Final = 120.0
_POLL_S: Final = 0.1


@dataclass
class Host:
    """An instance in a folder; a process serves it while it runs."""

    name: str
    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def origin(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        """Serve it; `settings` are variables, without their beginning."""
        said = {f"GOFTOGU_{name}": value for name, value in settings.items()}
        log = self.data / "serve.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "--listen", f"127.0.0.1:{self.port}"],
                env=environment_of(self.data) | said,
                stdout=output,
                stderr=output,
            )
        wait_until_healthy(self.origin, self.process, log, within_s=_READY_S)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """End it as its operator does."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None

    def run(self, *words: str | Path, given: bytes | str = b"") -> Done:
        """Run a command of its operator's, in a process of its own: starting it is a part of it."""
        return start(*words, given=given, data=self.data)

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Return status and body of one answer."""
        return self._ask("GET", path, None, headers)

    def submit(self, raw: bytes) -> int:
        """Hand a record in; return the status."""
        return self._ask("POST", "/api/v1/records", raw, {})[0]

    def has(self, raw: bytes) -> bool:
        """Whether readers get these very bytes here."""
        return self.get(f"/records/{factories.digest_of(raw).hex()}") == (200, raw)

    @contextmanager
    def visitor(self) -> Iterator[Visitor]:
        """Let somebody come with a browser, for the length of a block."""
        with httpx.Client(base_url=self.origin, follow_redirects=False, timeout=30) as client:
            # The one is the other, but for who answers it.
            yield Visitor(cast("TestClient", client), origin=self.origin)

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=30)
        try:
            connection.request(method, path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@dataclass(frozen=True)
class Town:
    """Three hosts that met, and what Ava wrote down when she joined at the first."""

    home: Host
    successor: Host
    third: Host
    words: str
    """The recovery words of Mina, who joined by a form, without scripts."""
    before: tuple[bytes, ...]
    """Posts on the board from the days before."""

    @property
    def board(self) -> str:
        """What the board of the home is called at the other two."""
        return f"{self.home.name}-{WATER.slug}"


@contextmanager
def running_town(folder: Path) -> Iterator[Town]:
    """Found three hosts that met two days ago, and serve them for the length of a block."""
    clock = FixedClock(Instant(SystemClock().now() - 2 * DAY_S))
    hosts = [Host(name, folder / name, free_port()) for name in ("sepidar", "negar", "third")]
    home, successor, third = hosts
    houses = [_found(host, clock, key) for host, key in zip(hosts, (WATER, FIRE, AIR), strict=True)]
    day = day_of(clock.now())
    with TestClient(create_app(houses[0], ORIGIN), ORIGIN, follow_redirects=False) as client:
        words = Visitor(client).join("Mina", PASSPHRASE)
    before = tuple(
        factories.note(AVA, board=WATER, title=f"Well {number}", day=day) for number in range(20)
    )
    cards = [factories.card(person, day=day) for person in (AVA, *PEOPLE)]
    publish(houses[0], *cards, *before)
    _befriend(houses, hosts)
    submit(houses[0], _order(houses[1]))
    _sync_all(houses)
    for house in houses:
        house.db.close()
    with ExitStack() as stack:
        for host in hosts:
            stack.callback(host.stop)
            host.start()
        yield Town(home, successor, third, words, before)


def wait_until(is_true: Callable[[], bool], most_s: float) -> float | None:
    """Return after how many seconds something was true, or None: it never was."""
    begun = time.monotonic()
    while time.monotonic() - begun < most_s:
        try:
            if is_true():
                return time.monotonic() - begun
        except OSError:
            pass
        time.sleep(_POLL_S)
    return None


def note(title: str) -> bytes:
    """Return a post for the board, of today; each is by somebody else, as newcomers write few."""
    return factories.note(next(_writers), board=WATER, title=title, day=TODAY)


def _found(host: Host, clock: FixedClock, key: BoardKey) -> House:
    house = wiring.init_house(
        Settings(data=host.data, database_url="", origin="", name=host.name), clock=clock
    )
    publish(house, factories.board(key, home=house.keys["instance"]))
    return house


def _order(successor: House) -> bytes:
    """Return what the board's founder signed in advance, on a machine of their own."""
    nonce, day = factories.nonce(), day_of(successor.clock.now())
    return partners.sign_order(WATER.key, [successor.door.instance_did], 1, nonce=nonce, day=day)


def _meet(house: House, other: House, host: Host) -> Partner:
    with Folder(public(other)) as source:
        card = read_card(source)
    with house.db.write() as work:
        met_on = day_of(work.now)
        partner = partners.read_partner(card, name=host.name, url=host.origin, met_on=met_on)
        partners.meet(work, partner)
    return partner


def _befriend(houses: list[House], hosts: list[Host]) -> None:
    for at, house in enumerate(houses):
        for other_at, other in enumerate(houses):
            if other_at != at:
                _meet(house, other, hosts[other_at])
    for reader in (1, 2):
        there = partner_of(houses[0], houses[reader])
        neighbours.grant(houses[0], there, [WATER], Right.READ, Right.CARRY)
        here = partner_of(houses[reader], houses[0])
        neighbours.pull(houses[reader], here, houses[0])
        with houses[reader].db.write() as work:
            partners.accept(work, houses[reader].door, here)
        release(houses[reader])


def partner_of(house: House, other: House) -> Partner:
    """Return an instance as another knows it."""
    with house.db.read() as work:
        return partners.get_partner(work, other.door.instance_did)


def _sync_all(houses: list[House]) -> None:
    """Let each read what the others have said since."""
    for reader, other in ((1, 0), (0, 1), (2, 0), (2, 1)):
        neighbours.pull(houses[reader], partner_of(houses[reader], houses[other]), houses[other])
