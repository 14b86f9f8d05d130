"""What a control is: a line of code that protects somebody, and the test that sees it missing."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Control:
    """One control and how to take it away."""

    name: str
    promise: str
    """What it keeps: a bar of the security notes, or an issue's own words."""
    file: str
    old: str
    """Stands exactly once in the file."""
    new: str
    """Stands there instead, and the program runs on without the control."""
    test: str
    """Under `tests/`: turns red."""

    def path(self, root: Path) -> Path:
        """Return the file below the root of a copy of the project."""
        return root / self.file

    def taken_from(self, source: str) -> str:
        """Return the source of the file without the control."""
        return source.replace(self.old, self.new)
