"""One measured figure, and a table of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Samples of one quantity, and the bar that their median should stay under, if there is one."""

    name: str
    unit: str
    samples: Sequence[float]
    bar: float | None = None

    @property
    def median(self) -> float:
        """Return the middle sample."""
        return median(self.samples)

    @property
    def ratio(self) -> float | None:
        """Return the median as a share of its bar."""
        return self.median / self.bar if self.bar else None

    def as_json(self) -> dict[str, Any]:
        """Return the figure for a file; many samples are told by their extremes."""
        few = {"samples": [round(sample, 4) for sample in self.samples]}
        many = {"fastest": round(min(self.samples), 4), "slowest": round(max(self.samples), 4)}
        return {
            "name": self.name,
            "unit": self.unit,
            "median": round(self.median, 4),
            "count": len(self.samples),
            **(few if len(self.samples) <= 10 else many),
            "bar": self.bar,
        }


def table(figures: Sequence[Figure]) -> str:
    """Return figures as lines of text."""
    width = max(len(figure.name) for figure in figures)
    lines = [f"{'':{width}}  {'median':>10} {'':5}  {'bar':>8}  {'of bar':>6}"]
    for figure in figures:
        line = f"{figure.name:{width}}  {figure.median:10,.2f} {figure.unit:5}"
        if figure.bar is not None and figure.ratio is not None:
            over = "" if figure.ratio <= 1 else "  OVER"
            line += f"  {figure.bar:8,.2f}  {figure.ratio:6.0%}{over}"
        lines.append(line)
    return "\n".join(lines)
