"""Did anybody change their mind? Voters are asked again once the answers have come, and a release tells it."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from app import hearings, opinion
from app.hearings import store
from app.hearings.model import AimVerdict, Verdict
from app.kernel.clock import day_of
from app.listening import service
from app.opinion import Vote
from app.wiring import House
from starlette.testclient import TestClient

from tests.hearings import hall as halls
from tests.hearings.counting import Recount, read_log
from tests.hearings.hall import CHARTER, Hall
from tests.houses import release
from tests.listening.crowds import publish_now
from tests.opinion.crowds import put_in
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

PEOPLE, TURNED = 40, 12
VERDICTS = [AimVerdict(aim=1, verdict=Verdict.MET, why="Nine of ten answers said it.")]


def first_vote(at: int) -> Vote:
    """Return how somebody voted on every question."""
    return Vote.DISAGREE if at < TURNED else Vote.AGREE


def voted_hall(house: House) -> tuple[Hall, list[str]]:
    """Return a hearing whose votes have ended, and its ballots: a dozen of forty disagreed."""
    hall = halls.open_hall(house, replace(CHARTER, top=3, lot=0))
    halls.ask_some(house, hall, 3)
    sheets = [dict.fromkeys((1, 2, 3), first_vote(at)) for at in range(PEOPLE)]
    names = put_in(house, halls.conversation_of(house, hall), sheets)
    halls.choose(house, hall)
    return hall, names


def round_of(house: House, hall: Hall) -> date | None:
    """Return the day on which voters are asked again, as far as it is known."""
    publish_now(house)
    with house.db.read() as work:
        found = opinion.find_round(work, halls.conversation_of(house, hall).thread)
    return found.opens_on if found else None


def ask_again(house: House, hall: Hall, names: list[str]) -> None:
    """Ask these again; another dozen turned against the first question."""
    halls.go_to(house, CHARTER.ends_on + timedelta(days=1))
    opens_on = round_of(house, hall)
    assert opens_on == CHARTER.ends_on + timedelta(days=5)
    halls.go_to(house, opens_on)
    conversation = halls.conversation_of(house, hall)
    with house.db.write() as work:
        for at, name in enumerate(names):
            turned = Vote.DISAGREE if at < 2 * TURNED else Vote.AGREE
            opinion.vote_again(work, conversation, name, {1: turned, 2: first_vote(at)})
    halls.go_to(house, opens_on + timedelta(days=7))
    publish_now(house)


def test_voters_are_asked_again_once_the_answers_have_come(house: House) -> None:
    hall, _ = voted_hall(house)
    assert round_of(house, hall) is None
    halls.go_to(house, CHARTER.ends_on)
    assert round_of(house, hall) is None
    halls.go_to(house, CHARTER.ends_on + timedelta(days=1))
    assert round_of(house, hall) == CHARTER.ends_on + timedelta(days=5)


def test_report_tells_what_a_release_tells_and_anybody_counts_it_again(
    house: House, client: TestClient
) -> None:
    hall, names = voted_hall(house)
    page = Visitor(client).get(f"/t/{hall.thread}/hearing/report").text
    assert "Nobody can say yet" in page
    ask_again(house, hall, names)

    with house.db.write() as work:
        hearings.close_hearing(work, house.door, halls.hearing_of(house, hall), VERDICTS)
    release(house)

    with house.db.read() as work:
        closed, latest = store.find_outcome(work, hall.thread), service.find_latest(work)
    assert closed is not None
    assert latest is not None
    log, hearing = read_log(house), halls.hearing_of(house, hall)
    record = next(each for each in log if "urn:goftogu:verdicts" in each)
    counted = Recount(log, hearing.record_id, hearing.tallies).report(
        record["urn:goftogu:verdicts"], day_of(house.clock.now()), latest.table
    )
    assert json.loads(closed.report) == counted
    first, second = counted["changed"]["questions"]
    assert (first["first"], first["again"]) == (75, 38)
    assert (second["first"], second["again"]) == (75, 75)
    assert counted["changed"]["votes"] == 15
    assert counted["changed"]["people"] == PEOPLE
    page = Visitor(client).get(f"/t/{hall.thread}/hearing/report").text
    assert "38%" in page
    assert "Of the votes of about 40 people 15% changed" in page
    assert f"/en/listening/{latest.week.isoformat()}" in page


def test_few_who_come_back_are_told_of_nowhere(house: House) -> None:
    """Fewer than ten are no cell of a release, and nothing of a report."""
    hall, names = voted_hall(house)
    ask_again(house, hall, names[:9])
    with house.db.read() as work:
        assert store.find_asked_again(work, hall.thread) is None
        report = json.loads(hearings.build_report(work, halls.hearing_of(house, hall), []))
    assert "changed" not in report
