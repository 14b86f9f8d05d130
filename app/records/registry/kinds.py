"""A line of the registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .shapes import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """One line of the registry.

    A type of the wire may have several lines: `Update/board` is an `Update`, told from the others
    by the member `mark`, which none of them has.
    """

    name: str
    mark: str = ""
    signer: str
    effect: str
    required: Mapping[str, Shape]
    optional: Mapping[str, Shape] = field(default_factory=dict)
