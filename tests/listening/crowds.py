"""A closed consultation with people who said something of themselves, behind coins that we toss."""

from collections.abc import Mapping, Sequence

import numpy as np
from app.listening import Listener, open_listener
from app.listening.jobs.apart import count
from app.opinion.model import Conversation, ConversationState, Vote
from app.opinion.tables import SheetRow
from app.wiring import House
from numpy.typing import NDArray
from sqlalchemy import update

from tests.opinion.crowds import put_in, with_crowd
from tests.opinion.samples import change

SIDES = ("inside", "abroad", "unsaid")
KNOWN = 7
"""Whoever tosses here."""


def toss(truth: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    """Return what people answer by two coins: the truth of four, the three answers of the others."""
    coins = random.integers(0, 4, truth.size)
    return np.where(coins == 0, truth, coins - 1)


def say(house: House, names: Sequence[str], truths: Mapping[str, NDArray[np.int64]]) -> None:
    """Let people say where they live and who they are; `truths` has 0 to 2 of each question."""
    random = np.random.default_rng(KNOWN)
    said = {name: toss(truth, random) for name, truth in truths.items()}
    with house.db.write() as work:
        for at, ballot in enumerate(names):
            about = "".join(str(said[name][at]) for name in ("age", "gender", "region", "voice"))
            work.session.execute(
                update(SheetRow)
                .where(SheetRow.ballot == ballot)
                .values(side=SIDES[said["side"][at]], about=about)
            )


def people(count: int, *, seed: int = 3) -> dict[str, NDArray[np.int64]]:
    """Return who comes: half of them from abroad, the young more often; one in four writes."""
    random = np.random.default_rng(seed)
    side = random.choice(2, count, p=(0.5, 0.5)).astype(np.int64)
    region = np.where(side == 1, 2, random.choice(2, count, p=(0.4, 0.6))).astype(np.int64)
    return {
        "side": side,
        "region": region,
        "age": random.choice(3, count, p=(0.5, 0.4, 0.1)).astype(np.int64),
        "gender": random.choice(2, count, p=(0.4, 0.6)).astype(np.int64),
        "voice": random.choice(3, count, p=(0.75, 0.2, 0.05)).astype(np.int64),
    }


def votes_of(truths: Mapping[str, NDArray[np.int64]], *, seed: int = 4) -> list[dict[int, Vote]]:
    """Return votes: most agree to 1; to 2 those abroad, and few inside; 3 is split."""
    random = np.random.default_rng(seed)
    sheets = []
    for side in truths["side"]:
        chances = (0.9, 0.85 if side else 0.25, 0.5)
        sheets.append(
            {
                number: Vote.AGREE if random.random() < chance else Vote.DISAGREE
                for number, chance in enumerate(chances, 1)
            }
        )
    return sheets


def with_people(house: House, size: int) -> tuple[Conversation, list[str]]:
    """Open a consultation in which so many people voted and said who they are; close it."""
    conversation, _ = with_crowd(house, people=0, statements=3)
    truths = people(size)
    names = put_in(house, conversation, votes_of(truths), first=50_000)
    say(house, names, truths)
    return close(house, conversation), names


def close(house: House, conversation: Conversation) -> Conversation:
    return change(house, conversation, state=ConversationState.CLOSED)


def listener(house: House) -> Listener:
    """Return what publishes, and counts in this process."""
    url = house.settings.resolved_database_url()
    found = open_listener(house.db, house.door, url, house.settings.data)
    found._count = lambda thread, margins: count(house.db, thread, margins)
    return found


def publish_now(house: House) -> None:
    """Do all that is due."""
    for act in listener(house).list_due():
        act()
