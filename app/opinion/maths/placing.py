"""Which group one voter is nearest to: from their own sheet, and kept nowhere."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from .values import Numbers

_HEAD: Final = struct.Struct("<II")
_NEGLIGIBLE: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Compass:
    """What places one voter.

    Means of votes (statements), axes (statements × 2), and the direction in which each group lies
    from the middle (groups × 2).
    """

    means: Numbers
    axes: Numbers
    groups: Numbers

    def find_group(self, votes: Mapping[int, int]) -> int | None:
        """Return the group that votes by statements' numbers (from 1) lie nearest to.

        None where there are no groups, or the votes point nowhere.
        """
        known = [number for number in votes if number <= len(self.means)]
        if not known or not len(self.groups):
            return None
        at = np.array(known, dtype=np.int64) - 1
        cast = np.array([votes[number] for number in known], dtype=np.float64)
        place = (cast - self.means[at]) @ self.axes[at]
        length = float(np.linalg.norm(place))
        if length < _NEGLIGIBLE:
            return None
        return int(np.square(self.groups - place / length).sum(axis=1).argmin())

    def encode(self) -> bytes:
        """Return this as bytes, the same for the same values."""
        arrays = (self.means, self.axes, self.groups)
        body = b"".join(np.ascontiguousarray(each, dtype="<f4").tobytes() for each in arrays)
        return _HEAD.pack(len(self.means), len(self.groups)) + body

    @classmethod
    def decode(cls, kept: bytes) -> Self:
        """Read what `encode` wrote."""
        statements, groups = _HEAD.unpack_from(kept)
        values = np.frombuffer(kept, dtype="<f4", offset=_HEAD.size).astype(np.float64)
        means, axes, places = np.split(values, [statements, 3 * statements])
        return cls(means=means, axes=axes.reshape(-1, 2), groups=places.reshape(groups, 2))
