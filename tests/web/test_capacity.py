"""The model of growth agrees with queueing theory where that has an answer, and gives the same table each time."""

import math

from benchmarks.capacity import ENGINES, STEPS, plan, simulate


def test_one_server_waits_as_theory_says() -> None:
    # M/M/1: the time in the system is exponential with the mean s / (1 - rho).
    service_s, rate = 0.01, 50.0
    expected = -math.log(0.05) * service_s / (1 - rate * service_s)

    assert abs(simulate(rate, service_s, 1) / expected - 1) < 0.1


def test_more_servers_wait_less_and_the_same_seed_gives_the_same() -> None:
    assert simulate(150.0, 0.01, 3) < simulate(150.0, 0.01, 2) == simulate(150.0, 0.01, 2)


def test_largest_step_has_an_answer() -> None:
    assert all(plan(STEPS[-1], engine).is_enough for engine in ENGINES)
