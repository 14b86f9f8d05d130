"""Both sides on the page of results: from stored sheets and answers that coins made to what readers see."""

import numpy as np
import pytest
from app.db import Work
from app.opinion import store
from app.opinion.model import SIDES, Conversation, ConversationState, Vote
from app.opinion.tables import SheetRow
from app.wiring import House
from sqlalchemy import update
from starlette.testclient import TestClient

from tests.opinion.crowds import analyse_now, put_in, with_crowd
from tests.opinion.samples import change
from tests.opinion.test_sides import toss

pytestmark = pytest.mark.slow

PEOPLE = 1_500


def answer(house: House, conversation: Conversation) -> None:
    """Let many vote and answer: all agree to 1, those inside alone to 2, nobody is asked of 3."""
    randomness = np.random.default_rng(4)
    truth = randomness.choice(3, PEOPLE, p=(0.5, 0.5, 0)).astype(np.int64)
    sheets = [
        {1: Vote.AGREE if randomness.random() < 0.95 else Vote.PASS,
         2: Vote.AGREE if side == 0 else Vote.DISAGREE}
        for side in truth
    ]  # fmt: skip
    names = put_in(house, conversation, sheets, first=1_000)
    with house.db.write() as work:
        for name, said in zip(names, toss(truth, randomness), strict=True):
            _say(work, name, SIDES[said])
        store.make_analysis_due(work, conversation.thread)


def _say(work: Work, ballot: str, side: str) -> None:
    work.session.execute(update(SheetRow).where(SheetRow.ballot == ballot).values(side=side))


@pytest.mark.parametrize("language", ["en", "fa"])
def test_results_say_what_both_sides_share_and_where_they_differ(
    house: House, client: TestClient, language: str
) -> None:
    conversation, _ = with_crowd(house, people=0, statements=3)
    answer(house, conversation)
    change(house, conversation, state=ConversationState.CLOSED)
    analyse_now(house)

    page = client.get(f"/{language}/t/{conversation.thread}/results")

    assert page.status_code == 200
    part = page.text.split('id="both1"', 1)
    assert len(part) == 2
    assert 'id="both2"' in part[1]
    assert 'id="both3"' not in page.text
    if language == "en":
        assert "What both sides share" in part[0]
        assert "Where the sides differ" in part[1].split('id="both2"')[0]
        assert "Of 1 statement too few answers tell" in part[1]


def test_few_answers_tell_nothing(house: House, client: TestClient) -> None:
    conversation, _ = with_crowd(house)
    change(house, conversation, state=ConversationState.CLOSED)
    analyse_now(house)

    page = client.get(f"/en/t/{conversation.thread}/results")

    assert "Too few people have answered where they live" in page.text
    assert "What both sides share" not in page.text
