"""Instances whose one way to each other is Tor: served, commanded and looked at from outside."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from app import wiring, worker
from app.cli.onion import SENTENCES
from app.federation.bundles.bringing import bring
from app.onion import State
from app.settings import Settings
from app.wiring import House

from tests import factories
from tests.factories import BoardKey
from tests.journeys.instance import COMMAND
from tests.onion.network import Network, Node, is_ready, wait_until

WATER: Final = factories.board_key("water", tick_s=1)
AVAS: Final = factories.board_key("avas", tick_s=1)
BOARDS: Final = {"home": [WATER], "ava": [AVAS]}
_LISTEN: Final = "127.0.0.1:8000"
"""In a namespace of one's own nobody else has it."""
_STOP_S: Final = 30.0
_SOCKETS: Final = shutil.ignore_patterns("control", "sockets")
_LOOK_EVERY_S: Final = 0.2


@dataclass(eq=False)
class Instance:
    """One of them; it is `goftogu serve --onion`, with a second tor to go out by."""

    name: str
    data: Path
    inside: tuple[str, ...]
    """What enters its namespace."""
    network: Network
    _process: subprocess.Popen[bytes] | None = None
    _out: Node | None = None
    _served: int = 0

    @property
    def address(self) -> str:
        """Its onion address, as a URL."""
        return f"http://{(self.data / 'tor' / 'onion' / 'hostname').read_text().strip()}"

    def found(self, *boards: BoardKey) -> None:
        """Make the instance, with boards on it."""
        house = wiring.init_house(Settings(data=self.data, database_url="", origin=""))
        with closing(house.db):
            for board in boards:
                with house.db.write() as work:
                    house.door.submit(work, factories.board(board, home=house.keys["instance"]))
            worker.tick(house)

    def start(self, *, wait: bool = True) -> None:
        """Serve it, and come back when readers can find it; or at once."""
        self._served += 1
        out, log = self._way_out(), self._log()
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*self.inside, COMMAND, "serve", "--onion", "--listen", _LISTEN],
                env=self._environment(),
                stdout=output,
                stderr=output,
            )
        if wait:
            wait_until(lambda: _is_ready(out), f"a circuit of {self.name}")
            wait_until(self._is_published, f"that readers find {self.name}")

    def stop(self) -> None:
        """End it, and its way out."""
        process, self._process = self._process, None
        if self._out and self._out.process and self._out.process.poll() is None:
            self._out.kill()
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def command(self, *words: str) -> str:
        """Run `goftogu` in its namespace; return what it printed."""
        done = self._run(*words)
        assert done.returncode == 0, f"{self.name}: {' '.join(words)}: {done.stderr[-500:]}"
        return done.stdout

    def try_to(self, *words: str) -> bool:
        """Run `goftogu` in its namespace; return whether it worked."""
        return self._run(*words).returncode == 0

    def hand_in(self, raws: Sequence[bytes], *, tick: bool = False) -> None:
        """Hand records in at its door, without a network; the running worker ticks, or we do."""
        house = self.open()
        with closing(house.db):
            brought = bring(house.db, house.door, raws)
            assert brought.new == len(raws), brought
            while tick and worker.tick(house):
                pass

    def open(self) -> House:
        """Open its folder beside its own processes; close the database after it."""
        return wiring.open_house(Settings(data=self.data, database_url="", origin=""))

    def count_posts(self) -> int:
        """Return how many posts its readers see."""
        return self.ask("SELECT count(*) FROM record WHERE type = 'Note' AND is_public")

    def shows(self, raw: bytes) -> bool:
        """Return whether its readers see a record."""
        query = "SELECT count(*) FROM record WHERE digest = ? AND is_public"
        return self.ask(query, factories.digest_of(raw)) > 0

    def ask(self, query: str, *values: object) -> int:
        """Return one number of its database."""
        path = f"file:{self.data / 'goftogu.db'}?mode=ro"
        with closing(sqlite3.connect(path, uri=True, timeout=30)) as database:
            return int(database.execute(query, values).fetchone()[0])

    def change(self, statement: str, *values: object) -> None:
        """Change its database behind its back."""
        with closing(sqlite3.connect(self.data / "goftogu.db", timeout=30)) as database, database:
            database.execute(statement, values)

    def save(self, to: Path) -> None:
        """Keep a copy of its folder; it is not served meanwhile."""
        shutil.copytree(self.data, to, ignore=_SOCKETS)

    def become(self, saved: Path) -> None:
        """Put a copy in the place of its folder; it is not served meanwhile."""
        shutil.rmtree(self.data)
        shutil.copytree(saved, self.data)

    def _way_out(self) -> Node:
        if self._out is None:
            line = f"SocksPort unix:{self._socks} IsolateSOCKSAuth IsolateDestAddr"
            self._out = self.network.join(f"out{self.name}", line, inside=self.inside)
        elif self._out.process is None or self._out.process.poll() is not None:
            self._out.start()
        return self._out

    @property
    def _socks(self) -> Path:
        return self.network.folder / f"out{self.name}" / "socks"

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.inside, COMMAND, *words],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def _is_published(self) -> bool:
        assert self._process
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.name} ended by itself:\n{self._log().read_text()[-2000:]}")
        return SENTENCES[State.PUBLISHED] in self._log().read_text()

    def _log(self) -> Path:
        return self.data.with_name(f"{self.data.name}-{self._served}.log")

    def _environment(self) -> dict[str, str]:
        torrc = self.data.with_name(f"{self.data.name}.torrc")
        torrc.write_text(self.network.client_lines())
        kept = {name: each for name, each in os.environ.items() if not name.startswith("GOFTOGU_")}
        return kept | {
            "GOFTOGU_DATA": str(self.data),
            "GOFTOGU_TORRC": str(torrc),
            "GOFTOGU_TOR_SOCKS": f"unix:{self._socks}",
        }


def befriend(home: Instance, reader: Instance, board: BoardKey) -> None:
    """Let two operators exchange cards, and one offer the other a board; by their commands."""
    cards = {each: each.command("partner", "card", each.address).strip() for each in (home, reader)}
    for each, other in ((home, reader), (reader, home)):
        # Over Tor a first visit may meet nobody.
        wait_until(
            partial(each.try_to, "partner", "add", other.name, cards[other]),
            f"the card of {other.name} at {each.name}",
        )
    home.command("partner", "offer", reader.name, board.slug)
    did = cards[reader].split()[1]
    offered = "SELECT count(*) FROM partner_grant WHERE taker = ?"
    accepted = f"{offered} AND accepted_on IS NOT NULL"
    wait_until(lambda: reader.ask(offered, did) > 0, f"the offer at {reader.name}")
    reader.command("partner", "accept", home.name)
    wait_until(lambda: home.ask(accepted, did) > 0, f"what {reader.name} accepted, at its home")


def _is_ready(node: Node) -> bool:
    node.require_running()
    return is_ready(node)


def seconds_until(is_true: Callable[[], bool], most_s: float) -> float:
    """Return how long it takes until something is true.

    Raises:
        TimeoutError: longer than `most_s`.

    """
    begun = monotonic()
    while not is_true():
        if monotonic() - begun > most_s:
            raise TimeoutError(f"not within {most_s:g} s")
        sleep(_LOOK_EVERY_S)
    return monotonic() - begun
