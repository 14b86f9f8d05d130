"""A hearing from the charter to the closed ledger, through the pages, in Chromium without scripts."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from . import hearing_steps as steps
from .hall_town import opened_town

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["fa", pytest.param("en", marks=pytest.mark.nightly)])
def test_a_hearing_goes_from_its_charter_to_its_closed_ledger(
    chromium: Browser, template: Path, tmp_path: Path, language: str
) -> None:
    data = shutil.copytree(template, tmp_path / "instance")
    with opened_town(data, chromium, language) as town:
        hearing = steps.offer(town)
        steps.bind(hearing)
        steps.ask(hearing)
        steps.decide(hearing)
        steps.choose(hearing)
        steps.answer(hearing)
        steps.rate(hearing)
        steps.promise(hearing)
        steps.doubt(hearing)
        steps.close(hearing)
