"""Somebody answers under a name for one thread: in each browser."""

from secrets import randbelow

import pytest

from . import citizen as steps
from .citizen import Citizen
from .instance import Instance, run_command
from .window import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(
    "window",
    # Chromium without scripts is sent the same pages as Firefox at its safest.
    [
        "safest",
        pytest.param("scripted", marks=pytest.mark.nightly),
        pytest.param("unscripted", marks=pytest.mark.nightly),
    ],
    indirect=True,
)
def test_an_answer_stands_under_a_name_that_only_its_author_knows(
    window: Window, instance: Instance
) -> None:
    name = f"{steps.NAMES['fa']} {randbelow(10**6)}"
    citizen = Citizen(window=window, language="fa", name=name)
    steps.make_persona(citizen)
    steps.open_composer(citizen)
    assert not window.count("#f-hand"), "nobody answers for somebody who has just come"
    run_command(instance.data, "steward", "grant", citizen.fingerprint)

    steps.open_composer(citizen)
    composer = window.path
    window.fill("#f-text", steps.ANSWERS["fa"])
    window.tick("#f-hand")
    window.press('button[value="preview"]')
    called = window.text("#preview .by b")
    assert name not in window.text("#preview")
    assert window.count("#f-hand:checked"), "the choice stays"
    answer = steps.send(citizen)
    steps.see_released(citizen, answer)
    number = steps.go_to_post(citizen, answer)
    assert called in window.text(f"#p{number} .by")
    assert name not in window.text(f"#p{number}")
    steps.revise(citizen, answer)

    window.open(composer)
    assert called in window.text('label[for="f-hand"]')
    assert not window.count("#f-hand:checked"), "one's own name comes first"
    window.open(citizen.address("/persona"))
    assert answer not in window.source()
