"""An instance, opened for the length of a command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.wiring import House


@contextmanager
def opened_house() -> "Iterator[House]":
    """Yield the instance in GOFTOGU_DATA, and close its database however the block ends.

    What it changes, the process that keeps pages is told.

    Raises:
        NotInitialisedError: there is none.

    """
    # Only now: keys are made and records signed without a database being loaded.
    from app import wiring
    from app.settings import Settings

    house = wiring.open_house(Settings())
    house.db.tellers.append(house.beside.tell)
    try:
        yield house
    finally:
        house.db.close()
