"""What raters found enters the report as readers are told of it: by tens, in steps of five."""

import json

import pytest
from app import hearings
from app.hearings.model import Found, Told
from app.hearings.store.answers import set_told
from app.wiring import House

from tests import factories
from tests.hearings import hall as halls
from tests.hearings.answered import give, waiting_hall

pytestmark = pytest.mark.slow


def test_report_tells_what_ten_raters_found_and_nothing_of_fewer(house: House) -> None:
    hall, posts = waiting_hall(house)
    answers = [give(house, post) for post in posts[:2]]
    hearing = halls.hearing_of(house, hall)
    reports = []
    for told in (None, {Found.ANSWERED: 10, Found.PARTLY: None, Found.EVADED: 25}):
        with house.db.write() as work:
            if told:
                set_told(work, answers[0].digest, Told(people=38, counts=told))
            reports.append(json.loads(hearings.build_report(work, hearing, [])))

    assert "heard" not in reports[0]
    assert reports[1]["heard"] == {
        "answers": 1,
        "found": {"answered": 10, "partly": 0, "evaded": 25},
    }
    del reports[1]["heard"]
    assert reports[0] == reports[1]
    assert factories.id_of(hall.opening) not in json.dumps(reports)
