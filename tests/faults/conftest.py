"""Fixtures of the folder: races and jumping clocks are tried on each database."""

from tests.postgres.conftest import house as house  # noqa: PLC0414 (a fixture, found by its name)
