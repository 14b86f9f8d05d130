"""What an instance needs at which size: a queueing model with service times.

`python -m benchmarks.capacity` prints a table: at each step, how many of each engine keep the p95
of a page under 300 ms, and which is the busiest. It is a simulation and no measurement: pure, with
a seed. Each engine is a queue with several servers (Kiefer and Wolfowitz, 1955); arrivals and
service times are exponential, which is worse than what was seen. Those of pages and posts in the
web process are from runs of `scaling`; those of replicas, primary and Redis are assumed.
"""

import random
from dataclasses import dataclass
from heapq import heapreplace
from typing import Final

SEED: Final = 57
_ARRIVALS: Final = 20_000
_P95_BAR_S: Final = 0.3
_MOST: Final = 200
_WRITERS: Final = 1
"""One at a time holds the turn to write (ADR-0003): no number of machines changes that."""


@dataclass(frozen=True, slots=True)
class Step:
    """A size: posts kept, and requests a second at the busiest hour."""

    posts: int
    requests: float


@dataclass(frozen=True, slots=True)
class Engine:
    """Something that requests wait for."""

    name: str
    service_s: float
    share: float
    """Of all requests."""
    doubles_from: int = 0
    """Posts from which each ten times as many cost half as much again; 0: they cost the same."""
    most: int = _MOST

    def time_at(self, posts: int) -> float:
        """Return the mean service time with so many posts kept."""
        time = self.service_s
        grown = self.doubles_from
        while grown and posts >= 10 * grown:
            time, grown = time * 1.5, grown * 10
        return time


STEPS: Final = (
    Step(100_000, 50.0),
    Step(1_000_000, 500.0),
    Step(10_000_000, 2_000.0),
    Step(100_000_000, 10_000.0),
)
# Of a hundred requests 90 are answered by what is kept, nine make a page, half a one is a post.
ENGINES: Final = (
    Engine("web, pages kept", 0.000_08, 0.90),
    Engine("web, pages made", 0.007, 0.095),
    Engine("web, posts", 0.003_75, 0.005),
    Engine("replicas, pages made", 0.002_5, 0.095, doubles_from=1_000_000),
    Engine("primary, posts", 0.002_0, 0.005, doubles_from=1_000_000, most=_WRITERS),
    Engine("Redis, limits", 0.000_05, 0.02, most=_WRITERS),
)


@dataclass(frozen=True, slots=True)
class Need:
    """What an engine needs at a step."""

    engine: Engine
    servers: int
    busy: float
    """The share of its time that it works."""
    p95_s: float

    @property
    def is_enough(self) -> bool:
        """Whether readers are answered in time."""
        return self.busy < 1.0 and self.p95_s <= _P95_BAR_S


def simulate(rate: float, service_s: float, servers: int, seed: int = SEED) -> float:
    """Return the p95 of waiting and being served, in seconds, by some servers with one queue."""
    chance = random.Random(seed)
    free_at, now, times = [0.0] * servers, 0.0, []
    for _ in range(_ARRIVALS):
        now += chance.expovariate(rate)
        begins = max(now, free_at[0])
        ends = begins + chance.expovariate(1 / service_s)
        heapreplace(free_at, ends)
        times.append(ends - now)
    return sorted(times)[int(0.95 * _ARRIVALS)]


def plan(step: Step, engine: Engine) -> Need:
    """Return the fewest servers of an engine that are enough at a step, or the most it has."""
    rate, service_s = step.requests * engine.share, engine.time_at(step.posts)
    servers = min(int(rate * service_s) + 1, engine.most)
    while True:
        busy = rate * service_s / servers
        need = Need(engine, servers, busy, simulate(rate, service_s, servers))
        if (need.is_enough and busy <= 0.8) or servers == engine.most:
            return need
        servers += 1


def bottleneck(needs: list[Need]) -> Need:
    """Return what gives out first: what is not enough already, else the busiest."""
    return max(needs, key=lambda need: (not need.is_enough, need.busy))


def main() -> None:
    """Print the table."""
    for step in STEPS:
        needs = [plan(step, engine) for engine in ENGINES]
        print(f"\n{step.posts:,} posts, {step.requests:,.0f} requests a second")
        for need in needs:
            print(
                f"  {need.engine.name:22} {need.servers:4}  busy {need.busy:4.0%}"
                f"  p95 {need.p95_s * 1e3:8.1f} ms{'' if need.is_enough else '  NOT ENOUGH'}"
            )
        print(f"  gives out first: {bottleneck(needs).engine.name}")


if __name__ == "__main__":
    main()
