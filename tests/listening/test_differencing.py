"""Whoever lays two weeks' releases side by side learns of ten people together, or of nobody."""

import csv
import io
from itertools import pairwise

import pytest
from app.listening import service, store
from app.listening.jobs.apart import count
from app.listening.maths import counting
from app.listening.model import FEW
from app.opinion.model import Vote
from app.wiring import House
from starlette.testclient import TestClient

from tests.houses import advance
from tests.listening.crowds import listener, publish_now, with_people
from tests.opinion.crowds import put_in, with_crowd

pytestmark = pytest.mark.slow

WEEK_S = 7 * 86_400


def table_of(house: House) -> dict[tuple[str, str], list[str]]:
    """Return the newest table's lines of statements."""
    with house.db.read() as work:
        latest = service.find_latest(work)
    assert latest is not None
    rows = list(csv.reader(io.StringIO(latest.table)))
    return {(row[0], row[1]): row for row in rows[1 : rows.index([])]}


def weeks(house: House, sizes: list[int], vote: Vote) -> list[dict[str, str]]:
    """Publish week after week while people come; return what each week says of statement 1.

    The releases themselves hold closed consultations alone; here the votes go on beneath them, as
    an attacker would like it most.
    """
    conversation, _ = with_crowd(house, people=60, statements=3)
    margins, _ = listener(house).read_margins()
    found, first = [], 1_000
    for size in sizes:
        put_in(house, conversation, [{1: vote}] * size, first=first)
        first += size
        made = count(house.db, conversation.thread, margins)
        with house.db.write() as work:
            store.set_cells(work, conversation.thread, made.cells)
        found.append({name: cell.shown for name, cell in made.cells.items()})
    return found


@pytest.mark.parametrize("vote", list(Vote))
@pytest.mark.parametrize("size", [1, 4, 9])
def test_nobody_is_isolated_by_two_weeks(house: House, vote: Vote, size: int) -> None:
    """One person more, four or nine: the second week says what the first one did, to the byte."""
    before, after = weeks(house, [0, size], vote)

    assert before["1"]
    assert after == before


def test_people_who_come_one_by_one_are_told_by_tens(house: House) -> None:
    """Twenty people come in twenty weeks: it changes at the tenth and the twentieth, if at all."""
    told = weeks(house, [0] + [1] * 20, Vote.DISAGREE)

    changes = [week for week, (one, two) in enumerate(pairwise(told), 1) if one["1"] != two["1"]]
    assert changes == [10, 20]


def test_without_the_rule_one_person_would_be_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack works where a cell is counted anew each week: so it is the rule that holds it."""
    monkeypatch.setattr(counting, "LEAST_PEOPLE", 0)

    told = weeks(house, [0] + [1] * 5, Vote.DISAGREE)

    assert len({week["1"] for week in told}) > 1


def test_flagged_few_are_not_told_by_subtraction(house: House) -> None:
    """With and without people in lockstep: their difference is of ten people in each cell."""
    conversation, _ = with_people(house, 60)
    publish_now(house)
    with house.db.read() as work:
        latest = service.find_latest(work)
    assert latest is not None
    (heard,) = latest.release.heard
    assert heard.thread == conversation.thread
    assert all(figure.without == FEW for figure in heard.figures)


def test_every_count_is_a_multiple_of_five_or_few(house: House) -> None:
    with_people(house, 63)
    publish_now(house)

    for row in table_of(house).values():
        # People, and who agrees, passes, disagrees.
        for cell in row[3:7]:
            assert cell == "few" or int(cell) % 5 == 0


def test_release_is_made_once_a_week_and_closed_ones_stay(house: House, client: TestClient) -> None:
    with_people(house, 60)
    publish_now(house)
    first = table_of(house)
    publish_now(house)
    advance(house, WEEK_S)

    publish_now(house)

    assert table_of(house) == first
    assert client.get("/en/listening").text.count("<time") >= 3
    with house.db.read() as work:
        assert len(store.list_weeks(work)) == 2


def test_open_consultation_is_in_no_release(house: House) -> None:
    with_crowd(house, people=60, statements=3)
    publish_now(house)

    assert table_of(house) == {}
