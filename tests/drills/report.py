"""What a drill found, line by line: green or red."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import typer


@dataclass
class Report:
    """The lines of a drill, told as they come, and what was counted and measured on the way."""

    name: str
    reds: list[str] = field(default_factory=list)
    greens: int = 0
    steps: list[str] = field(default_factory=list)
    """What an operator had to do."""
    seconds: dict[str, float] = field(default_factory=dict)

    def look(self, sentence: str, is_good: object) -> None:
        """Say whether something is as it should be."""
        if is_good:
            self.greens += 1
        else:
            self.reds.append(sentence)
        mark = "green" if is_good else "red"
        typer.echo(f"{typer.style(f'{mark:5}', fg=mark)}  {self.name}: {sentence}")

    def say(self, sentence: str) -> None:
        """Tell a figure, which is neither."""
        typer.echo(f"       {self.name}: {sentence}")

    def step(self, words: str) -> None:
        """Count a step of an operator's."""
        self.steps.append(words)
        self.say(f"step {len(self.steps)}: {words}")

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Measure how long a block takes, by the machine's own clock."""
        begun = time.monotonic()
        yield
        self.seconds[what] = time.monotonic() - begun
