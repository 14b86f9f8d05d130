"""Many voters at once: sheets put into the tables, as their ballots would have come to be there."""

from hashlib import sha256

import numpy as np
from app import identity
from app.db import Work
from app.identity.model.ballots import BallotKind
from app.identity.tables.tokens import BallotRow
from app.opinion import rules, store
from app.opinion.jobs import Analyst
from app.opinion.jobs.analysing import analyse
from app.opinion.model import Conversation, Vote
from app.opinion.tables import SheetRow
from app.wiring import House
from sqlalchemy import insert

from tests.crypto.issuers import KEY
from tests.houses import publish
from tests.opinion.samples import BABAK, QUESTION, open_conversation, statement

PEOPLE, STATEMENTS = 120, 12


def opinions(
    people: int = PEOPLE, statements: int = STATEMENTS, *, seed: int = 1, groups: int = 2
) -> list[dict[int, Vote]]:
    """Return the votes of people in camps: the first third divides them, the next unites all."""
    drawn = np.random.default_rng(seed)
    chances = np.empty((groups, statements))
    for at in range(statements):
        part = 3 * at // statements
        for group in range(groups):
            chances[group, at] = ((0.92, 0.06)[group % 2], 0.9, 0.5)[part]
    sheets = []
    for person in range(people):
        sure = drawn.random(statements) < chances[person % groups]
        passed, seen = drawn.random(statements) < 0.08, drawn.random(statements) < 0.95
        sheets.append(
            {
                at + 1: Vote.PASS if passed[at] else Vote.AGREE if sure[at] else Vote.DISAGREE
                for at in range(statements)
                if seen[at]
            }
        )
    return sheets


def put_in(
    house: House,
    conversation: Conversation,
    sheets: list[dict[int, Vote]],
    *,
    kinds: str = "vouched",
    first: int = 0,
) -> list[str]:
    """Let people vote, each with a ballot; return the names of the ballots."""
    names = [sha256(f"{first + number}".encode()).hexdigest() for number in range(len(sheets))]
    with house.db.write() as work:
        _put_in(work, house, conversation, names, sheets, kinds)
    return names


def _put_in(
    work: Work,
    house: House,
    conversation: Conversation,
    names: list[str],
    sheets: list[dict[int, Vote]],
    kind: str,
) -> None:
    ballots = [
        {"conversation": conversation.record_id, "name": name, "kind": kind} for name in names
    ]
    rows = [
        {
            "conversation": conversation.thread,
            "ballot": name,
            "votes": rules.encode_sheet(sheet),
            "side": None,
        }
        for name, sheet in zip(names, sheets, strict=True)
    ]
    if rows:
        identity.open_ballots(
            work, house.door.key, conversation.record_id, dict.fromkeys(BallotKind, KEY)
        )
        work.session.execute(insert(BallotRow), ballots)
        work.session.execute(insert(SheetRow), rows)
        store.make_analysis_due(work, conversation.thread)


def analyst(house: House) -> Analyst:
    """Return what analyses, in this process."""
    return Analyst(house.db, house.door, lambda thread: analyse(house.db, thread))


def analyse_now(house: House) -> None:
    """Do all that is due."""
    for act in analyst(house).list_due():
        act()


def with_crowd(
    house: House, people: int = PEOPLE, statements: int = STATEMENTS
) -> tuple[Conversation, list[bytes]]:
    """Open a consultation on which people in two camps voted."""
    opening, conversation = open_conversation(house, QUESTION)
    said = [statement(BABAK, opening, f"Statement number {n} of ours.") for n in range(statements)]
    for one in said:
        publish(house, one)
    put_in(house, conversation, opinions(people, statements))
    return conversation, said
