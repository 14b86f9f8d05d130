"""Somebody votes in the village's consultation, without scripts if they have none: in each browser."""

from secrets import randbelow

import pytest

from . import citizen as steps
from .citizen import Citizen
from .instance import Instance
from .turns import in_turn
from .window import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_WORDS = {
    "fa": "چشمه‌ها را نباید {n} بار فروخت.",
    "en": "Springs should not be sold {n} times.",
}


@in_turn
def test_somebody_votes_one_by_one_and_ten_at_once_and_changes_their_mind(
    window: Window, instance: Instance, language: str
) -> None:
    number = randbelow(10**6)
    window.open(f"/{language}/consultations")
    window.press('main section:nth-of-type(1) h3 a[href*="/consultation"]')
    place = window.path
    assert not window.count('button[name="vote"]'), "nobody is logged in"
    citizen = Citizen(window=window, language=language, name=f"{steps.NAMES[language]} {number}")
    steps.make_persona(citizen)

    window.open(place)
    first = window.text("#statement")
    window.press('button[value="agree"]')
    assert window.path == place
    assert window.text("#statement") != first
    window.press('button[value="pass"]')

    window.press('a[href$="/consultation/ten"]')
    assert window.count("fieldset") == 10
    window.tick('fieldset input[value="disagree"]')
    window.press('form[action$="/vote"] .button')
    assert window.path == f"{place}/ten"

    window.press('a[href$="/consultation/own"]')
    assert first in window.source()
    assert window.count("main .items > li") == 3
    window.press('main .items button[value="none"]')
    assert window.count("main .items > li") == 2
    window.press('main .items button[value="disagree"], main .items button[value="agree"]')
    assert window.count("main .items > li") == 2

    window.press('a[href$="/consultation/say"]')
    window.fill("#f-text", "www.example.org")
    window.press('button[value="send"]')
    assert window.count("#errors")
    assert window.value("#f-text") == "www.example.org"
    window.fill("#f-text", _WORDS[language].format(n=number))
    steps.send(citizen)
