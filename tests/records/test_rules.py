"""What the door decides for every type alike."""

from datetime import date

import pytest
from app.records import parse_record, verify_record
from app.records.errors import FutureDayError
from app.records.rules import require_past_day

from tests import factories

AVA = factories.person("Ava")


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2013, 6, 14), id="long ago"),
        pytest.param(date(2026, 11, 20), id="yesterday"),
        pytest.param(date(2026, 11, 21), id="today"),
        pytest.param(date(2026, 11, 22), id="tomorrow, which has begun in the east"),
    ],
)
def test_day_that_may_have_begun_somewhere_is_accepted(day: date) -> None:
    record = verify_record(parse_record(factories.note(AVA, day=day)))

    require_past_day(record, factories.NOW)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2027, 1, 1), date(9999, 12, 31)])
def test_day_that_has_begun_nowhere_is_refused(day: date) -> None:
    record = verify_record(parse_record(factories.note(AVA, day=day)))

    with pytest.raises(FutureDayError):
        require_past_day(record, factories.NOW)
