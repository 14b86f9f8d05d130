"""A citizen joins, reads, writes, changes their mind and leaves: in each browser, fa and en."""

from secrets import randbelow

import pytest

from . import citizen as steps
from .citizen import Citizen
from .instance import Instance, answer_for
from .window import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_citizen_joins_writes_and_leaves(
    window: Window, language: str, instance: Instance
) -> None:
    # The instance is one for all journeys, so a name must be new each time.
    citizen = Citizen(
        window=window, language=language, name=f"{steps.NAMES[language]} {randbelow(10**6)}"
    )
    steps.make_persona(citizen)
    answer_for(instance.data, citizen.fingerprint)
    steps.open_thread(citizen)
    quoted = steps.quote_someone(citizen)
    answer = steps.reply_to(citizen, quoted)
    steps.revise(citizen, answer)
    steps.erase(citizen, answer)
    assert instance.get(f"/records/{answer}")[0] == 410
    held_back = steps.wait_in_the_square(citizen)
    steps.log_out(citizen)
    window.open(held_back)
    assert not window.count("article .wait"), "others do not see what waits"
    steps.log_in(citizen)
    steps.leave(citizen)
