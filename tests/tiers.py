"""The marks that put a test into another tier than the fast one, and how thorough a run is."""

import os
from typing import Final

SLOWER: Final = ("slow", "postgres", "browser", "tor", "nightly")
PROFILE: Final = os.environ.get("GOFTOGU_TEST_PROFILE", "dev")
"""`fast`, `dev`, `ci` or `nightly`."""
