"""What pages hang out while their host is in shutdown mode."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from app.db import EVERYTHING, Work
from app.hearings.service.pauses import find_pause
from app.kernel.clock import Clock
from app.web.pages import ShutdownLine

_LOOK_AGAIN_S: Final = 10
"""A command turns the switch in a process of its own."""


class Sign:
    """Knows whether this host is in shutdown mode, so that no page asks the database."""

    def __init__(
        self, own_did: str, read: Callable[[], AbstractContextManager[Work]], clock: Clock
    ) -> None:
        """Know which key is this instance's."""
        self._own_did = own_did
        self._read = read
        self._clock = clock
        self._line: ShutdownLine | None = None
        self._looked_at = 0

    @property
    def line(self) -> ShutdownLine | None:
        """What pages say, as far as was looked lately."""
        return self._line

    def hear(self, changed: set[str]) -> None:
        """Look again once everything changed."""
        if EVERYTHING in changed:
            self._looked_at = 0

    def is_due(self) -> bool:
        """Return whether to look again, before a page is made."""
        return not self._looked_at <= self._clock.now() < self._looked_at + _LOOK_AGAIN_S

    def look(self) -> None:
        """Look. A page that says that the database does not answer tells what was known."""
        self._looked_at = self._clock.now()
        with self._read() as work:
            pause = find_pause(work, self._own_did)
        self._line = ShutdownLine(number=pause.number, since=pause.begun_on) if pause else None
