"""steward grant, revoke and list."""

from pathlib import Path

from app.kernel.clock import FixedClock

from tests import factories
from tests.cli.command import goftogu
from tests.houses import open_at, submit

AVA = factories.person("Ava")


def settle(data: Path) -> None:
    """Hand Ava's card in."""
    house = open_at(data, FixedClock(factories.NOW))
    submit(house, factories.card(AVA))
    house.db.close()


def test_granted_persona_is_listed_until_it_is_revoked(data: Path) -> None:
    settle(data)

    first, second = (goftogu("steward", "grant", AVA.mark, data=data) for _ in range(2))
    listed = goftogu("steward", "list", data=data)
    revoked = goftogu("steward", "revoke", AVA.mark.replace(" ", ""), data=data)
    after = goftogu("steward", "list", data=data)

    assert (first.code, second.code, revoked.code) == (0, 0, 0)
    assert listed.out.decode() == f"{AVA.mark}\tAva\n"
    assert after.out == b""


def test_fingerprint_of_nobody_is_refused(data: Path) -> None:
    done = goftogu("steward", "grant", "aaaa bbbb cccc dddd", data=data)

    assert done.code == 1
    listed = goftogu("steward", "list", data=data)
    assert listed.out == b""
    assert "steward grant FINGERPRINT" in listed.err
