"""What groups and automatic hiding make of crowds, over many seeds: `python -m tests.moderation.simulate`.

Simulated people, not real ones: the table says what gets through where attackers take trouble, and
how many honest people are taken for a group. `docs/moderating.md` repeats it.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from app.kernel.clock import DAY_S, Instant
from app.moderation.model import Report, Rule
from app.moderation.model.crowds import Group, Sighting
from app.moderation.rules import find_agreed
from app.moderation.rules.groups import find_groups
from app.moderation.service.by_itself import HIDDEN_A_DAY

from tests.moderation import crowds

POSTS = [f"post-{n}" for n in range(14)]
OTHERS = [f"other-{n}" for n in range(40)]
HONEST, MINORITY, COLLUDING = range(60), range(200, 240), range(1_000, 1_143)
USUAL_RULES = (Rule.SPAM, Rule.OFF_TOPIC, Rule.HATE, Rule.HARASSMENT, Rule.THREAT)


@dataclass(frozen=True, kw_only=True)
class Attack:
    """How 143 people go about reporting 14 posts 170 to 200 times."""

    name: str
    newcomers: float = 0.8
    """The share that came this week."""
    copied: float = 0.7
    """The share that copies what it was told, but for a word; the others write nothing."""
    own_words: bool = False
    """Whether all write words of their own instead."""
    days: float = 0.05
    """Over how long they come."""
    answered: float = 1.0
    """The share whom somebody answers for."""


ATTACKS = (
    Attack(name="told what to write and when; most came this week"),
    Attack(name="the same, over three days", days=3),
    Attack(name="the same, nobody copies", copied=0),
    Attack(name="nobody copies, over three days", copied=0, days=3),
    Attack(name="all here for long, told what to write", newcomers=0),
    Attack(name="all here for long, nobody copies", newcomers=0, copied=0),
    Attack(name="all here for long, own words, three days", newcomers=0, own_words=True, days=3),
    Attack(name="the same, one in fifty answered for", newcomers=0, own_words=True, days=3, answered=0.02),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was made of one crowd."""

    found: float
    """The share of the colluding that stand in the largest group."""
    honest: float
    """The share of the honest that stand in any group."""
    hidden: int
    """How many of the 14 posts were hidden by themselves, of a board's five a day."""


def collude(random: Random, attack: Attack) -> list[Sighting]:
    said = crowds.colluding(random, COLLUDING, POSTS, copied=attack.copied)
    return [
        replace(
            sighting,
            at=Instant(crowds.START + 3 * DAY_S + random.randrange(max(1, int(attack.days * 144))) * 600),
            text=words(random) if attack.own_words else sighting.text,
        )
        for sighting in said
    ]  # fmt: skip


def words(random: Random) -> str:
    return " ".join(random.choices(crowds.WORDS, k=random.randint(4, 18)))


def honest_people(random: Random) -> list[Sighting]:
    """Return reports of 60 people, one in ten about the attacked posts."""
    return [
        replace(s, subject=random.choice(POSTS)) if random.random() < 0.1 else s
        for s in crowds.honest(random, HONEST, OTHERS)
    ]


def minority(random: Random) -> list[Sighting]:
    """Return reports of 40 people who are all insulted by the same twelve posts, each as they are.

    They come when they come, within three days, and each reports one to five of the twelve.
    """
    found = []
    for number in MINORITY:
        for subject in random.sample(OTHERS[:12], random.choices(range(1, 6), (5, 4, 3, 2, 1))[0]):
            at = Instant(crowds.START + random.randrange(3 * 144) * 600)
            text = random.choice((words(random), ""))
            found.append(Sighting(mark=crowds.mark(number), subject=subject, at=at, text=text))
    return found


def look(seed: int, attack: Attack) -> Seen:
    random = Random(seed)
    attackers, honest = collude(random, attack), honest_people(random)
    new = range(COLLUDING.start, COLLUDING.start + int(attack.newcomers * len(COLLUDING)))
    joined = crowds.joined(random, new) | crowds.joined(random, range(6), days=50)
    groups = find_groups([*attackers, *honest], joined)
    answered = {crowds.mark(n) for n in HONEST} | {
        crowds.mark(n) for n in COLLUDING if random.random() < attack.answered
    }
    colluding = {crowds.mark(n) for n in COLLUDING}
    largest = groups[0].members if groups else frozenset()
    said = as_reports(random, attackers, honest)
    return Seen(
        found=len(largest & colluding) / len(colluding),
        honest=flagged(groups, HONEST),
        hidden=min(
            HIDDEN_A_DAY,
            sum(
                find_agreed([r for r in said if r.case == post], groups, answered) is not None
                for post in POSTS
            ),
        ),
    )


def as_reports(
    random: Random, attackers: Sequence[Sighting], honest: Sequence[Sighting]
) -> list[Report]:
    """Return what was reported with rules: those who collude agree on one."""
    return [
        Report(case=s.subject, rule=rule, text="", mark=s.mark, reported_at=s.at)
        for sightings, rules in ((attackers, (Rule.HATE,)), (honest, USUAL_RULES))
        for s in sightings
        for rule in (random.choice(rules),)
    ]


def flagged(groups: Sequence[Group], people: range, least: int = 2) -> float:
    """Return which share of some people stand in groups of so many."""
    members = {m for group in groups if len(group.members) >= least for m in group.members}
    return len(members & {crowds.mark(n) for n in people}) / len(people)


def main(seeds: int = 200) -> None:
    """Print the table."""
    print("| attackers | found in one group | posts of 14 hidden wrongly | honest in any group |")
    print("|---|---|---|---|")
    for attack in ATTACKS:
        seen = [look(seed, attack) for seed in range(seeds)]
        found, hidden, honest = (
            sum(getattr(s, name) for s in seen) / seeds for name in ("found", "hidden", "honest")
        )
        worst = max(s.hidden for s in seen)
        print(f"| {attack.name} | {found:.0%} | {hidden:.2f} (most {worst}) | {honest:.2%} |")
    alone = [find_groups(minority(Random(seed)), {}) for seed in range(seeds)]
    new = [
        find_groups(minority(Random(seed)), crowds.joined(Random(seed), MINORITY, days=50))
        for seed in range(seeds)
    ]
    for name, groups in (("here for long", alone), ("all came within 50 days", new)):
        shares = [sum(flagged(g, MINORITY, least) for g in groups) / seeds for least in (2, 3, 8)]
        print(f"honest minority of 40, {name}: in any group {shares[0]:.2%}, "
              f"in one of three and more {shares[1]:.2%}, of eight and more {shares[2]:.2%}")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
