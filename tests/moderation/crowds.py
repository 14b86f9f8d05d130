"""Crowds that report: honest people, each with words and hours of their own, and those who collude."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from app.kernel.clock import DAY_S, HOUR_S, Instant
from app.moderation.model.crowds import Sighting

START = Instant(1_700_000_000 // DAY_S * DAY_S)
DAY = date(2026, 11, 1)
# Everyday words, so that two people who say the same thing share some and not all.
_SAID = """
    this post says where she lives and that is not right please look at it he calls people names
    they copy the same link again a threat against a family I think nobody should read it here why
    is it still there the rules forbid it somebody may be hurt it was written to scare us all of it
    is a lie about me my brother works there and now everyone knows his number take it away soon
"""
WORDS = _SAID.split()
CALL = "this post is an insult to our people and has to be taken down at once by the moderators"


def mark(number: int) -> bytes:
    return number.to_bytes(8, "big") * 4


def honest(random: Random, people: range, subjects: Sequence[str], days: int = 7) -> list[Sighting]:
    """Return reports of people who come when they come: most of them one, few of them three."""
    found = []
    for number in people:
        for subject in random.sample(subjects, random.choices((1, 2, 3), (7, 2, 1))[0]):
            text = " ".join(random.choices(WORDS, k=random.randint(4, 18)))
            at = Instant(START + random.randrange(days * DAY_S // 600) * 600)
            found.append(
                Sighting(mark=mark(number), subject=subject, at=at, text=random.choice((text, "")))
            )
    return found


def colluding(
    random: Random, people: range, subjects: Sequence[str], *, copied: float = 0.7
) -> list[Sighting]:
    """Return reports of people who were told what to write and when; some change a word or two."""
    found = []
    for number in people:
        for subject in random.sample(subjects, random.choices((1, 2), (4, 1))[0]):
            words = CALL.split()
            words[random.randrange(len(words))] = random.choice(WORDS)
            text = " ".join(words) if random.random() < copied else ""
            at = Instant(START + 3 * DAY_S + random.randrange(6) * 600)
            found.append(Sighting(mark=mark(number), subject=subject, at=at, text=text))
    return found


def joined(random: Random, newcomers: range, *, days: int = 4) -> dict[bytes, date]:
    """Return the days on which newcomers came."""
    return {mark(n): DAY + timedelta(days=random.randrange(days)) for n in newcomers}


def hours(count: int) -> int:
    return count * HOUR_S
