"""What a copy lacks because its host calls it erased, before the log accounts for it.

    .goftogu-waiting   {"<digest>": ["<type>", "<day on which it was first missed>"], …}

An erasure acts at once, and its own entry waits for a tick, which may be a day away. Until then a
copy may go on without what was erased, for `MOST_DAYS`, and has to remember what that is: a later
run looks at new entries alone.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Self

from app.kernel import strict_json
from app.kernel.errors import MalformedError

from .erasures import MOST_DAYS, Erasures
from .folders import Folder

_FILE: Final = ".goftogu-waiting"
_MOST_BYTES: Final = 4 * 2**20


@dataclass(slots=True)
class Waiting:
    """What is missing and may be, by its digest: its type, and since when it is missed."""

    today: date
    _missed: dict[bytes, tuple[str, date]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Folder, today: date) -> Self:
        """Read what is remembered beside a copy; of a damaged file nothing, and all comes anew."""
        raw = folder.read(_FILE, _MOST_BYTES)
        try:
            found = {
                bytes.fromhex(digest): (str(kind), date.fromisoformat(day))
                for digest, (kind, day) in strict_json.decode(raw or b"{}").items()
            }
        except (MalformedError, TypeError, ValueError):
            found = {}
        return cls(today, found)

    def kinds(self) -> dict[bytes, str]:
        """Return the types of what is missing."""
        return {digest: kind for digest, (kind, _) in self._missed.items()}

    def may_wait(self, digest: bytes) -> bool:
        """Return whether something is not missing for longer than an erasure's own entry takes."""
        _, since = self._missed.get(digest, ("", self.today))
        return self.today - since <= timedelta(days=MOST_DAYS)

    def keep(self, folder: Folder, erasures: Erasures) -> None:
        """Remember beside the copy what is missing still."""
        self._missed = {
            digest: self._missed.get(digest, (erasures.gone[digest], self.today))
            for digest in erasures.pending
        }
        kept = {each.hex(): [kind, day.isoformat()] for each, (kind, day) in self._missed.items()}
        folder.write(_FILE, strict_json.encode(kept))
