"""A citizen joins, reads, writes, changes their mind and leaves: in each browser, fa or en."""

from secrets import randbelow

import pytest

from . import citizen as steps
from .citizen import Citizen
from .instance import Instance
from .turns import in_turn
from .window import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@in_turn
def test_a_citizen_joins_writes_and_leaves(
    window: Window, language: str, instance: Instance
) -> None:
    # The instance is one for all journeys, so a name must be new each time.
    citizen = Citizen(
        window=window, language=language, name=f"{steps.NAMES[language]} {randbelow(10**6)}"
    )
    steps.make_persona(citizen)
    erased = steps.write_and_leave(citizen, instance.data)
    assert instance.get(f"/records/{erased}")[0] == 410
