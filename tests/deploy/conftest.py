"""Fixtures of the folder: the tor network of the onion's tests."""

from tests.onion.conftest import network as network  # noqa: PLC0414 (a fixture, found by its name)
from tests.onion.conftest import tor_program as tor_program  # noqa: PLC0414
