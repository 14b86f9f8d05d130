"""How often the faults of this folder strike: often enough for the gate, very often at night."""

from typing import Final

from tests.tiers import PROFILE

IS_NIGHT: Final = PROFILE == "nightly"
KILLS: Final = 1000 if IS_NIGHT else 15
DATABASE_KILLS: Final = 1000 if IS_NIGHT else 15
RESTARTS: Final = 50 if IS_NIGHT else 3
RACES: Final = 500 if IS_NIGHT else 15
HISTORIES: Final = 500 if IS_NIGHT else 20
CUTS: Final = 500 if IS_NIGHT else 60
