"""Somebody with a watch: how long a refused log-in takes does not tell whether a name is here."""

from itertools import count
from statistics import median
from time import process_time
from typing import Final

import pytest
from app.crypto.sealing import Passphrase, StretchCost, stretch
from app.kernel.clock import MINUTE_S, FixedClock
from starlette.testclient import TestClient

from tests.visitor import Form, Visitor

pytestmark = pytest.mark.slow

ROUNDS: Final = 60
IN_A_WINDOW: Final = 10
"""Attempts that one name may have in five minutes."""


def stretch_cost() -> float:
    """Return the processor seconds of the stretch that both kinds of log-in pay."""

    def once() -> float:
        begun = process_time()
        stretch(Passphrase("wrong words"), bytes(16), StretchCost())
        return process_time() - begun

    return min(once() for _ in range(3))


def test_name_that_is_here_and_one_that_is_not_are_refused_in_the_same_time(
    client: TestClient, clock: FixedClock
) -> None:
    """Stretches cost next to nothing here, so that nothing drowns in them: what is left must differ
    by less than a hundredth of one, or hundreds of log-ins would tell.
    """
    visitor = Visitor(client)
    visitor.join("Ava")
    client.cookies.clear()
    nobody = (f"Nobody {number}" for number in count())

    def cost(form: Form, name: str) -> float:
        begun = process_time()
        answer = visitor.send(form, name=name, passphrase="wrong words")
        spent = process_time() - begun
        assert answer.status_code == 403
        return spent

    differences, form = list[float](), visitor.open_form("/login")
    for number in range(ROUNDS):
        if number % IN_A_WINDOW == 0:
            clock.advance(5 * MINUTE_S)
            form = visitor.open_form("/login")
        # In turns, and first the one, then the other.
        names = ("Ava", next(nobody)) if number % 2 else (next(nobody), "Ava")
        spent = {name == "Ava": cost(form, name) for name in names}
        differences.append(spent[True] - spent[False])

    assert abs(median(differences)) < stretch_cost() / 100
