"""What a run of tests makes once although every instance makes its own: dear, and the same each time.

Templates are compiled, catalogs read and the command's options put together once. A guess at a
passphrase costs next to nothing, unless a test asks for `full_cost`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
import typer.main
from app import wiring
from app.crypto.sealing import StretchCost
from app.identity.service import joining, recovery, sessions

FULL_COST = sessions.COST
CHEAP = StretchCost(memory_kib=64, passes=1)


@contextmanager
def made_once() -> Iterator[None]:
    """Share what is dear to make, for the length of a block."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("Templates", "load_languages"):
            patch.setattr(wiring, name, cache(getattr(wiring, name)))
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        ask_per_guess(patch, CHEAP)
        yield


def ask_per_guess(patch: pytest.MonkeyPatch, cost: StretchCost) -> None:
    """Let a guess at a passphrase cost this much."""
    for module in (joining, recovery, sessions):
        patch.setattr(module, "COST", cost)
