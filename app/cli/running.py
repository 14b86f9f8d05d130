"""`goftogu check --running`: what an instance should show while it runs, and how to mend it."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from sqlalchemy import text

from app import site, tlog, wiring, worker
from app.db import Work
from app.federation import health, partners
from app.federation.health import Line
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.settings import Settings
from app.web.health_sentences import NAMES, SENTENCES
from app.wiring import House

from . import transport
from .backup import LAST
from .inspect import Finding

_PREFIX: Final = "GOFTOGU_"
_BACKUP_DAYS: Final = 2
# What `inspect` says of itself.
_SAID: Final = {"log", "witness"}


def inspect_running(house: House, at: str = "") -> list[Finding]:
    """Look at settings, processes, listeners and what the worker last saw."""
    with house.db.read() as work:
        card = site.get_card(work)
        found = [
            *_settings(house.settings),
            _schema(work),
            *_worker(house, work),
            *_seen(work),
            _backup(house, day_of(work.now)),
            *_witnessed(work),
        ]
    address = at or house.settings.origin
    if address:
        found.append(_answers("listener", address, transport.fetch_own))
    if card.onion:
        found.append(_onion(house.settings, card.onion))
    return found


def _settings(settings: Settings) -> Iterator[Finding]:
    """Find what is set and means nothing: a slip of the pen leaves a default in force."""
    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields}
    odd = sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
    yield Finding(
        what="settings: all of them are known",
        is_good=not odd,
        advice=f"Nothing reads these, is a letter wrong? {' '.join(odd)}",
    )
    loose = settings.data.stat().st_mode & 0o066
    yield Finding(
        what="folder: listed and written by its owner alone",
        is_good=not loose,
        advice=f"Run: chmod 711 {settings.data}, or 700 where no front server reads `public`.",
    )


def _schema(work: Work) -> Finding:
    current = work.run(text("SELECT version_num FROM alembic_version")).scalar()
    newest = wiring.newest_revision()
    return Finding(
        what=f"database: at revision {current}",
        is_good=current == newest,
        advice=f"This program needs {newest}: stop the forum, back up, and run `goftogu init`.",
    )


def _worker(house: House, work: Work) -> Iterator[Finding]:
    try:
        with worker.only_worker(house.settings.data):
            is_held = False
    except worker.WorkerRunningError:
        is_held = True
    yield Finding(
        what="worker: runs",
        is_good=is_held,
        advice="Start `goftogu serve`, or `goftogu worker` beside web processes of their own.",
    )
    yield Finding(
        what="worker: looked around within ten minutes",
        is_good=not health.get_look(work).is_late(work.now),
        advice="It stands still or its disk is full: read the server's log and start it anew.",
    )


def _seen(work: Work) -> Iterator[Finding]:
    """Return what the worker saw, as the health page has it."""
    for line in health.get_look(work).lines:
        if line.what not in _SAID:
            yield Finding(
                what=f"{_name(line)}: {line.state}", is_good=line.is_good, advice=_sentence(line)
            )


def _name(line: Line) -> str:
    return NAMES[line.what] % {"name": line.about}


def _sentence(line: Line) -> str:
    return line.fill(SENTENCES[line.what, line.state])


def _backup(house: House, today: date) -> Finding:
    try:
        document = json.loads((house.settings.data / LAST).read_bytes())
        age = (today - date.fromisoformat(document["day"])).days
    except (OSError, ValueError, KeyError, TypeError):
        age = None
    return Finding(
        what="backup: none yet" if age is None else f"backup: days since the last one: {age}",
        is_good=age is not None and age <= _BACKUP_DAYS,
        advice="Run `goftogu backup`, each day, to a disk that is not this one.",
    )


def _witnessed(work: Work) -> Iterator[Finding]:
    """Find out that partners were met and none of them watches."""
    if partners.list_partners(work):
        yield Finding(
            what="witnesses: somebody watches our log",
            is_good=bool(tlog.list_witnessed(work)),
            advice="Partners are asked once a grant between both hosts holds, and our own witness "
            "has its memory: `goftogu partner list`; after a restore `goftogu witness renew`.",
        )


def _answers(name: str, address: str, fetch: Callable[[str], bytes]) -> Finding:
    try:
        is_good = fetch(f"{address.rstrip('/')}/healthz") == b"ok\n"
        reason = "something else answers there"
    except AppError as error:
        is_good, reason = False, str(error)
    return Finding(
        what=f"{name}: {address} answers",
        is_good=is_good,
        advice="Does the forum run, does its front server lead to it, is the name right? It said: "
        f"{reason}",
    )


def _onion(settings: Settings, onion: str) -> Finding:
    if settings.tor_socks:
        return _answers("onion", f"http://{onion}", transport.fetch)
    return Finding(
        what="onion: not tried, for GOFTOGU_TOR_SOCKS names no tor to go out by",
        is_good=True,
        advice="",
    )
