"""The environment as one frozen object. Nothing else reads it."""

from pathlib import Path
from typing import Final

from pydantic_settings import BaseSettings, SettingsConfigDict

from app.db.engine import sqlite_url
from app.onion import WayOut, is_onion
from app.web.outbound import host_of

ROOT: Final = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator can set. Every variable begins with `GOFTOGU_`."""

    model_config = SettingsConfigDict(env_prefix="GOFTOGU_", frozen=True, extra="ignore")

    data: Path = Path("instance")
    """The folder with everything an instance owns: its database and its keys."""
    database_url: str = ""
    """PostgreSQL, like `postgresql+psycopg://…`; empty for SQLite in the folder."""
    pooled: bool = False
    """PgBouncer stands before the database and pools transactions."""
    replica_urls: str = ""
    """Streaming replicas to read from, with spaces between them."""
    redis_url: str = ""
    """Redis or Valkey, for several web processes: `unix:///run/redis/redis.sock`."""
    name: str = "Goftogu"
    """The instance's name as readers see it."""
    contact: str = ""
    """Who answers for the instance before the law, and how to write to them."""
    origin: str = ""
    """Scheme and host that readers use; empty for the address that `serve` listens on."""
    onion: str = ""
    """The onion address that a tor publishes by its own configuration (`tor/`); `serve` answers."""
    onion_socket: Path | None = None
    """The unix socket that tor reaches us by; in the folder if none is named."""
    tor_control: str = ""
    """The control port of a tor that runs: `unix:/run/tor/control` or `127.0.0.1:9051`. With none,
    `serve --onion` starts a tor of its own."""
    torrc: Path | None = None
    """Further lines for a tor of our own, such as bridges."""
    tor_socks: str = ""
    """The SOCKS socket of a tor to go out by: `unix:/run/goftogu-out/socks` or `127.0.0.1:9050`."""
    tor_hosts: str = ""
    """Names of the clear web that it may be asked for, with commas between them."""
    staff_origin: str = ""
    """Scheme and host of the stewards' own way in; empty if they look after boards as they read."""
    translate_url: str = ""
    """LibreTranslate on this host: `http://127.0.0.1:5000` or `unix:/run/libretranslate.sock`."""
    read_only: bool = False
    """Pages are read as ever, and nothing is written: for moving house, or as a disk fails."""

    def resolved_database_url(self) -> str:
        """Return the database's URL."""
        return self.database_url or sqlite_url(self.data.resolve())

    def way_to(self, address: str) -> WayOut | None:
        """Return how an address that the operator gave us is reached: by a tor, or directly.

        Raises:
            UnavailableError: it is no address.

        """
        if not self.tor_socks:
            return None
        host = host_of(address)
        hosts = {name.strip().lower() for name in self.tor_hosts.split(",")} - {""}
        if is_onion(host):
            hosts.add(host)
        return WayOut(socks=self.tor_socks, hosts=frozenset(hosts))

    def resolved_onion_socket(self) -> Path:
        """Return where the onion listener listens."""
        return (self.onion_socket or self.data / "sockets" / "onion").resolve()
