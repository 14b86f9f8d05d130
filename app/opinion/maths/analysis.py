"""Votes in, everything that can be said of them out, with how sure each of it is."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .choice import Choice, Trial
from .consensus import Consensus, measure_consensus
from .groups import assign, list_participants
from .plane import Plane, learn_plane, project
from .priorities import measure_extremity, measure_priorities
from .representative import Majority, Representative, find_majority, find_representative
from .tallies import Tallies, tally
from .values import Integers, Mask, Numbers
from .votes import Votes

SEED: Final = 2013


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Analysis:
    """What votes say.

    `labels` has each person's group, -1 for none (people); `groups` is how many there are, 0 if
    none are clear, and `choice` says why, and how sure that is. `tallies` are of the groups, or of
    all who voted as of one group if there are none; so are `consensus` and `representative`.
    `points` are everybody's places on the `plane` (people × 2), `extremity` and `priorities` are
    for choosing what to show next (statements), `withdrawn` ones are in no list (statements).
    """

    seed: int
    people: int
    participants: int
    cast: int
    plane: Plane
    points: Numbers
    labels: Integers
    groups: int
    choice: Choice
    tallies: Tallies
    consensus: Consensus
    representative: tuple[Representative, ...]
    majority: tuple[Majority, ...]
    extremity: Numbers
    priorities: Numbers
    withdrawn: Mask

    @property
    def ranked(self) -> Integers:
        """Return the statements that are not withdrawn, by the lower bound of their consensus."""
        return self.consensus.ranked(np.flatnonzero(self.withdrawn))


def analyse(
    votes: Votes, *, seed: int = SEED, groups: int | None = None, withdrawn: Mask | None = None,
    meta: Mask | None = None, as_polis: bool = False,
) -> Analysis:  # fmt: skip
    """Analyse votes; the same votes and seed give the same result, in whatever order they came.

    `groups` fixes their number; else it is chosen, and none are shown if none are clear. Votes on
    `withdrawn` statements are not counted, unless `as_polis`: then, as in Polis, they count in the
    tallies and towards taking part, and on the plane as if everybody had passed. `meta` statements
    are about the conversation itself (both: statements).
    """
    withdrawn = np.zeros(votes.statements, dtype=np.bool_) if withdrawn is None else withdrawn
    kept = votes.without_statements(withdrawn) if withdrawn.any() else votes
    counted = votes if as_polis else kept
    gone = int(withdrawn.sum())
    plane = learn_plane(
        kept,
        columns=votes.statements - (0 if as_polis else gone),
        seen_by_all=gone if as_polis else 0,
    )
    points = project(plane, kept)
    participants = list_participants(counted, plane.columns)
    trial = Trial(
        votes=kept, plane=plane, points=points, rows=np.flatnonzero(participants), seed=seed
    )
    choice = trial.choose(groups)
    has_groups = choice.partition.groups > 0 and (groups is not None or choice.reason is None)
    labels = np.full(votes.people, -1, dtype=np.int64)
    if has_groups:
        labels = assign(choice.partition, points, participants)
    found = choice.partition.groups if has_groups else 0
    tallies = tally(counted, labels if found else np.zeros_like(labels), max(found, 1))
    extremity = measure_extremity(plane)
    return Analysis(
        seed=seed,
        people=int((counted.count_by_person() > 0).sum()),
        participants=int(participants.sum()),
        cast=counted.cast,
        plane=plane,
        points=points,
        labels=labels,
        groups=found,
        choice=choice,
        tallies=tallies,
        consensus=measure_consensus(tallies),
        representative=find_representative(tallies, withdrawn) if found > 1 else (),
        majority=find_majority(tally(counted, np.zeros_like(labels), 1), withdrawn),
        extremity=extremity,
        priorities=measure_priorities(tallies, extremity, meta),
        withdrawn=withdrawn,
    )
