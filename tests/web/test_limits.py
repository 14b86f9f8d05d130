"""Limits in memory: what is crowded is refused at once, and what is remembered stays small."""

from contextlib import ExitStack, suppress
from threading import Event, Thread

import pytest
from app.kernel.errors import TooFastError
from app.web.limits import STRETCHES_AT_ONCE, WAITING_AT_MOST, Gate

from tests import factories


def test_too_many_stretches_at_once_are_refused() -> None:
    gate, passed = Gate(), []

    def wait(number: int) -> None:
        with suppress(TooFastError), gate.stretching("web"):
            passed.append(number)

    threads = [Thread(target=wait, args=(n,)) for n in range(WAITING_AT_MOST)]
    with ExitStack() as held:
        for _ in range(STRETCHES_AT_ONCE):
            held.enter_context(gate.stretching("web"))
        for thread in threads:
            thread.start()
        for _ in range(1000):
            if gate._waiting["web"] == WAITING_AT_MOST:
                break
            Event().wait(0.001)
        with pytest.raises(TooFastError), gate.stretching("web"):
            pass
        with gate.stretching("onion"):
            passed.append(-1)
    for thread in threads:
        thread.join()

    # The one too many did not wait: those before it still got their turn. By another way in there
    # was room all the while.
    assert sorted(passed) == list(range(-1, WAITING_AT_MOST))


def test_memory_of_attempts_is_bounded() -> None:
    gate = Gate()
    for key in ("first", *map(str, range(10_000))):
        gate.pass_through("login", key, factories.NOW, most=1, per_s=300)

    gate.pass_through("login", "first", factories.NOW, most=1, per_s=300)
    with pytest.raises(TooFastError):
        gate.pass_through("login", "9999", factories.NOW, most=1, per_s=300)
