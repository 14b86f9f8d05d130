"""Looking for groups in a process of its own, which ends: the library for it is large.

    python -m app.moderation.jobs.grouping < sightings > groups

Both are JSON, and stand on no disk.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from app.kernel.clock import Instant
from app.moderation.model.crowds import Evidence, Group, Sighting

WITHIN_S: Final = 120
_COMMAND: Final = (sys.executable, "-m", "app.moderation.jobs.grouping")


def find_groups_apart(sightings: Sequence[Sighting], joined: Mapping[bytes, date]) -> list[Group]:
    """Return what `rules.groups.find_groups` does, without loading what it needs.

    Raises:
        CalledProcessError, TimeoutExpired: the other process failed, or takes two minutes.

    """
    if len({sighting.mark for sighting in sightings}) < 2:
        return []
    asked = {
        "sightings": [[s.mark.hex(), s.subject, s.at, s.text] for s in sightings],
        "joined": {mark.hex(): day.isoformat() for mark, day in joined.items()},
    }
    # What it complains of might hold words that somebody wrote: nobody reads it.
    done = subprocess.run(  # noqa: S603 (our own program)
        _COMMAND, input=json.dumps(asked).encode(), stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, timeout=WITHIN_S, check=True,
    )  # fmt: skip
    return [
        Group(
            members=frozenset(map(bytes.fromhex, members)),
            evidence={Evidence(kind): count for kind, count in evidence.items()},
        )
        for members, evidence in json.loads(done.stdout)
    ]


def _plain(group: Group) -> dict[str, int]:
    return {kind.value: count for kind, count in group.evidence.items()}


def main() -> None:
    """Read sightings, write groups."""
    from app.moderation.rules.groups import find_groups  # noqa: PLC0415 (what is so large)

    asked = json.load(sys.stdin.buffer)
    sightings = [
        Sighting(mark=bytes.fromhex(mark), subject=subject, at=Instant(at), text=text)
        for mark, subject, at, text in asked["sightings"]
    ]
    joined = {bytes.fromhex(mark): date.fromisoformat(day) for mark, day in asked["joined"].items()}
    groups = find_groups(sightings, joined)
    found = [(sorted(mark.hex() for mark in group.members), _plain(group)) for group in groups]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
