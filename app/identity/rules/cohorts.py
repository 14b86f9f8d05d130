"""Cohorts: the months that blind tokens are of, and how long those of a month are good."""

from datetime import date, timedelta
from typing import Final

MONTHS_TO_REDEEM: Final = 3
"""The month of an invitation and those after it in which it is good."""


def cohort_of(day: date) -> str:
    """Return the name of a day's cohort: its month, so that names sort as months do."""
    return f"{day:%Y-%m}"


def oldest_redeemable(today: date) -> str:
    """Return the oldest cohort whose invitations are still good."""
    months = today.year * 12 + today.month - MONTHS_TO_REDEEM
    return cohort_of(date(months // 12, months % 12 + 1, 1))


def start_after(cohort: str) -> date:
    """Return the first day of the month after a cohort's."""
    return _months_on(cohort, 1)


def last_day_of_use(cohort: str) -> date:
    """Return the last day on which a cohort's invitations are good."""
    return _months_on(cohort, MONTHS_TO_REDEEM) - timedelta(days=1)


def _months_on(cohort: str, count: int) -> date:
    year, month = map(int, cohort.split("-"))
    months = year * 12 + month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def is_redeemable(cohort: str, today: date) -> bool:
    """Return whether a cohort is neither too old nor of a month to come."""
    return oldest_redeemable(today) <= cohort <= cohort_of(today)
