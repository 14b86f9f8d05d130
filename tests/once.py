"""What a run of tests makes once although every instance makes its own: dear, and the same each time.

Templates are compiled, catalogs read, static files compressed, an issuer's key checked and the
command's options put together once, and what one engine compiled serves those of the same kind. A
guess at a passphrase costs next to nothing, unless a test asks for `full_cost`; groups of reporters
are looked for in the test's own process, unless it asks for `looks_apart`.
"""

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import typer.main
from app import furnishing
from app.crypto import blind
from app.crypto.sealing import StretchCost
from app.db import engine
from app.identity.service import joining, recovery, sessions
from app.moderation import jobs
from app.moderation.jobs.grouping import find_groups_apart
from app.moderation.model.crowds import Group, Sighting
from app.moderation.service import desks
from fastapi.routing import APIRoute
from fastapi.routing import _EffectiveRouteContext as _Included
from sqlalchemy import Dialect, create_engine

FULL_COST = sessions.COST
CHEAP = StretchCost(memory_kib=64, passes=1)
DEAR = (
    (furnishing, "Templates"),
    (furnishing, "load_languages"),
    (furnishing, "StaticFiles"),
    (blind, "load_der_private_key"),
    (typer.main, "get_command"),
)
"""Each gives the same for the same arguments, and nobody changes what it gives."""


class Statements(dict[Any, Any]):
    """Compiled statements by (kind of database, statement, …); SQLAlchemy asks for (dialect, …).

    Every engine has a dialect of its own and would compile everything anew.
    """

    def get(self, key: tuple[Dialect, Any], default: Any = None) -> Any:
        """Return what was compiled for a database of this kind."""
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: tuple[Dialect, Any], compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


class Routes(dict[tuple[int, str, bool], Any]):
    """Included routes by (identity of the route, prefix, whether it is described).

    What is made holds its route: no other gets its identity. FastAPI makes the forms and models of
    each route anew for each application, in a tenth of a second.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        super().__init__()
        self._make = make

    def __call__(self, *, original_route: APIRoute, include_context: Any) -> Any:
        """Return what answers by this route."""
        key = (id(original_route), include_context.prefix, include_context.include_in_schema)
        if key not in self:
            made = self._make(original_route=original_route, include_context=include_context)
            self[key] = made
        return self[key]


@contextmanager
def made_once() -> Iterator[None]:
    """Share what is dear to make, for the length of a block."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in DEAR:
            patch.setattr(module, name, cache(getattr(module, name)))
        options = {"compiled_cache": Statements()}
        create = partial(create_engine, execution_options=options)
        patch.setattr(engine, "create_engine", create)
        patch.setattr(_Included, "from_api_route", Routes(_Included.from_api_route))
        ask_per_guess(patch, CHEAP)
        look_apart(patch, is_apart=False)
        yield


def ask_per_guess(patch: pytest.MonkeyPatch, cost: StretchCost) -> None:
    """Let a guess at a passphrase cost this much."""
    for module in (joining, recovery, sessions, desks):
        patch.setattr(module, "COST", cost)


def look_apart(patch: pytest.MonkeyPatch, *, is_apart: bool) -> None:
    """Let groups of reporters be looked for in a process that ends, or in this one."""
    patch.setattr(jobs, "find_groups_apart", find_groups_apart if is_apart else _look_here)


def _look_here(sightings: Sequence[Sighting], joined: Mapping[bytes, date]) -> list[Group]:
    # Loaded by those that look: it is large.
    from app.moderation.rules.groups import find_groups

    return find_groups(sightings, joined)


def made_by_one(request: pytest.FixtureRequest, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that one of the run's processes fills and all of them read."""
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    base = factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        base = base.parent
    folder, done = base / name, base / f"{name}.done"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
