"""Scripts that people try to put into consultations, context, translations and summaries."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from app import forum, opinion
from app.kernel.clock import FixedClock
from app.kernel.errors import AppError
from app.main import create_app
from app.opinion.model import Conversation, ConversationState, Vote
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.attacks.markup import dangers_in
from tests.attacks.xss import PAYLOADS
from tests.consultations import KEYS
from tests.houses import open_at, release, require_post, submit
from tests.opinion.crowds import analyse_now, put_in
from tests.opinion.notes import context
from tests.opinion.samples import AVA, BABAK, QUESTION, change, statement
from tests.opinion.tongues import summary, translation
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.slow

_SOURCE = "https://example.org/report"
# All of them reach the same templates' filters by posts (`test_xss.py`).
_TRIED = PAYLOADS[::4]


def plant(house: House) -> list[Conversation]:
    """Open a consultation for each payload, with what everybody may add to it; close them."""
    openings = [
        factories.note(AVA, board=factories.LIVE, title=f"Water {number}")
        for number in range(len(_TRIED))
    ]
    submit(house, *openings)
    release(house)
    found = [_plant_one(house, *pair) for pair in zip(openings, _TRIED, strict=True)]
    release(house)
    for conversation in found:
        put_in(house, conversation, [{1: Vote.AGREE, 2: Vote.DISAGREE}] * 12)
        change(house, conversation, state=ConversationState.CLOSED)
    analyse_now(house)
    return found


def _plant_one(house: House, opening: bytes, payload: str) -> Conversation:
    line = " ".join(payload.split())
    conversation = _open(house, opening, line[:280]) or _open(house, opening, "Whose is it?")
    assert conversation
    for raw in (
        statement(BABAK, opening, line[:280]),
        statement(BABAK, opening, f"Mine: {line}"[:280]),
        context(BABAK, opening, f"{payload[:500]} {_SOURCE}"),
        translation(BABAK, opening, f"Title {line}\n\n{payload}"),
        summary(BABAK, opening, f"{payload} [1]."),
        summary(AVA, opening, f"They say {line} [1]."),
    ):
        _hand_in(house, raw)
    return conversation


def _open(house: House, opening: bytes, words: str) -> Conversation | None:
    try:
        with house.db.write() as work:
            thread = forum.get_thread(work, require_post(house, opening).thread)
            question = replace(QUESTION, question=words)
            return opinion.open_conversation(work, house.door, thread, question, KEYS)
    except AppError:
        return None


def _hand_in(house: House, raw: bytes) -> None:
    try:
        submit(house, raw)
    except AppError:
        # What one field refuses still comes in the others.
        return


@pytest.fixture(scope="module")
def planted(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Visitor, list[Conversation]]]:
    """An instance in which everything that part of a consultation is holds what somebody tries."""
    data = tmp_path_factory.mktemp("planted") / "instance"
    shutil.copytree(template, data)
    house = open_at(data, FixedClock(factories.NOW))
    found = plant(house)
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        yield Visitor(client), found
    house.db.close()


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
@pytest.mark.parametrize("page", ["consultation", "results", "summary", "thread"])
def test_what_people_say_reaches_no_page_as_markup(
    planted: tuple[Visitor, list[Conversation]], page: str, language: str
) -> None:
    visitor, found = planted
    visitor.language = language
    part = "" if page == "thread" else f"/{page}"

    for conversation in found:
        answer = visitor.get(f"/t/{conversation.thread}{part}")

        assert answer.status_code == 200, answer.text
        assert dangers_in(answer.text) == [], conversation.question


@pytest.mark.parametrize("page", ["context", "translations"])
def test_what_people_say_of_a_post_reaches_no_page_as_markup(
    planted: tuple[Visitor, list[Conversation]], page: str
) -> None:
    visitor, found = planted
    visitor.language = "en"
    shown = 0

    for conversation in found:
        thread = visitor.get(f"/t/{conversation.thread}").text
        digest = thread.partition("/p/")[2][:64]
        answer = visitor.get(f"/p/{digest}/{page}")

        assert answer.status_code == 200, answer.text
        assert dangers_in(answer.text) == [], conversation.question
        shown += "Nobody has " not in answer.text
    assert shown > len(found) // 6


def test_list_of_consultations_and_their_tables_hold_no_markup(
    planted: tuple[Visitor, list[Conversation]],
) -> None:
    visitor, found = planted

    assert dangers_in(visitor.get("/consultations").text) == []
    for conversation in found:
        table = visitor.get(f"/t/{conversation.thread}/results.csv")
        for line in table.text.splitlines()[1:]:
            # No program of tables computes anything of it.
            assert all(cell[:1] not in {"=", "+", "-", "@", "\t"} for cell in line.split(","))
