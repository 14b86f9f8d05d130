"""The marks that put a test into another tier than the fast one."""

from typing import Final

SLOWER: Final = ("slow", "postgres", "browser", "tor", "nightly")
