"""Which reporters act as one: what they say counts once, however many they are (ADR-0043).

Nobody is joined for agreeing on one subject. Two kinds of evidence are strong enough alone: nearly
the same words, and nearly the same list of subjects. Coming in one burst is not, and having joined
in the same days is not; both together are. All of it is linear in the number of reports: people are
put into buckets, and who shares a bucket is joined.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from datasketch import MinHash, MinHashLSH

from app.kernel.clock import HOUR_S
from app.kernel.fold import spoken_words
from app.moderation.model.crowds import Evidence, Group, Sighting

PERMUTATIONS: Final = 64
ALIKE: Final = 0.5
"""Jaccard's index from which two texts count as nearly the same."""
ALIKE_LISTS: Final = 0.8
"""The same for lists of subjects. Whoever is insulted by the same posts reports some of the same:
from 0.5 on, one in five of an honest minority would stand in a group (`tests.moderation.simulate`).
"""
LEAST_SUBJECTS: Final = 4
LEAST_TEXT: Final = 20
"""Characters of a text that can be somebody's own."""
BURST_S: Final = HOUR_S // 2
LEAST_BURST: Final = 5
TOGETHER_DAYS: Final = 7
_GRAM: Final = 5
_Name = TypeVar("_Name", str, bytes)


def find_groups(sightings: Sequence[Sighting], joined: Mapping[bytes, date]) -> list[Group]:
    """Return the groups of two and more among reporters, the largest first.

    `joined` says on which day newcomers came; whoever is not in it has been here for long.
    """
    tree = _Joined()
    held: dict[Evidence, set[bytes]] = {}
    for evidence, buckets in (
        (Evidence.WORDS, _by_words(sightings)),
        (Evidence.SUBJECTS, _by_subjects(sightings)),
        (Evidence.BURST_OF_NEWCOMERS, _by_burst(sightings, joined)),
    ):
        held[evidence] = set()
        for bucket in buckets:
            members = sorted(bucket)
            for member in members[1:]:
                tree.join(members[0], member)
            held[evidence].update(members)
    groups = defaultdict[bytes, set[bytes]](set)
    for member in set().union(*held.values()):
        groups[tree.find(member)].add(member)
    return sorted(
        (
            Group(
                members=frozenset(members),
                evidence={kind: len(members & of) for kind, of in held.items() if members & of},
            )
            for members in groups.values()
        ),
        key=lambda group: (-len(group.members), min(group.members)),
    )


class _Joined:
    """People joined into groups: a forest, in which each points towards its group's first."""

    def __init__(self) -> None:
        self._above: dict[bytes, bytes] = {}

    def find(self, member: bytes) -> bytes:
        while (above := self._above.setdefault(member, member)) != member:
            # Halve the way for whoever asks next.
            self._above[member] = member = self._above[above]
        return member

    def join(self, one: bytes, other: bytes) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self._above[second] = first


def _by_words(sightings: Sequence[Sighting]) -> Iterable[set[bytes]]:
    """Return people who wrote nearly the same words, in whatever reports."""
    texts = defaultdict[str, set[bytes]](set)
    for sighting in sightings:
        plain = " ".join(spoken_words(sighting.text))
        if len(plain) >= LEAST_TEXT:
            texts[plain].add(sighting.mark)
    yield from (people for people in texts.values() if len(people) > 1)
    grams = {text: _grams_of(text) for text in texts}
    for alike in _alike(grams, ALIKE):
        yield set().union(*(texts[text] for text in alike))


def _by_subjects(sightings: Sequence[Sighting]) -> Iterable[set[bytes]]:
    """Return people who report nearly the same subjects, of which there are at least four."""
    lists = defaultdict[bytes, set[str]](set)
    for sighting in sightings:
        lists[sighting.mark].add(sighting.subject)
    long = {mark: own for mark, own in lists.items() if len(own) >= LEAST_SUBJECTS}
    yield from _alike(long, ALIKE_LISTS)


def _by_burst(sightings: Sequence[Sighting], joined: Mapping[bytes, date]) -> Iterable[set[bytes]]:
    """Return newcomers of the same days who report within the same hour, five and more of them."""
    bursts = defaultdict[tuple[int, int], set[bytes]](set)
    for sighting in sightings:
        day = joined.get(sighting.mark)
        if day is None:
            continue
        window, week = sighting.at // BURST_S, day.toordinal() // TOGETHER_DAYS
        # A burst does not mind where a half hour ends: each stands in two hours.
        for near in (window, window + 1):
            bursts[near, week].add(sighting.mark)
    yield from (burst for burst in bursts.values() if len(burst) >= LEAST_BURST)


def _alike(sets: Mapping[_Name, set[str]], least: float) -> Iterable[set[_Name]]:
    """Return each set's name together with those of the sets that are nearly the same."""
    hashes = {name: _hash_of(members) for name, members in sets.items()}
    index = MinHashLSH(threshold=least, num_perm=PERMUTATIONS)
    for name, own in hashes.items():
        index.insert(name, own)
    for own in hashes.values():
        near = {other for other in index.query(own) if own.jaccard(hashes[other]) >= least}
        if len(near) > 1:
            yield near


def _hash_of(members: Iterable[str]) -> MinHash:
    sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
    sketch.update_batch([member.encode() for member in members])
    return sketch


def _grams_of(text: str) -> set[str]:
    return {text[i : i + _GRAM] for i in range(max(1, len(text) - _GRAM + 1))}
