"""invitations list, freeze and unfreeze."""

import json
from pathlib import Path

from app.kernel.clock import FixedClock

from tests import factories
from tests.cli.command import goftogu
from tests.crypto.issuers import KEY
from tests.houses import open_at, open_month


def settle(data: Path) -> None:
    """Open a month."""
    house = open_at(data, FixedClock(factories.NOW))
    open_month(house, KEY)
    house.db.close()


def test_month_is_frozen_until_it_is_not(data: Path) -> None:
    settle(data)

    before = goftogu("invitations", "list", data=data)
    frozen = goftogu("invitations", "freeze", "2026-11", data=data)
    during = goftogu("invitations", "list", "--json", data=data)
    undone = goftogu("invitations", "unfreeze", "2026-11", data=data)
    after = goftogu("invitations", "list", data=data)

    assert (frozen.code, undone.code) == (0, 0)
    assert before.out.decode() == "2026-11\t0\topen\n"
    assert json.loads(during.out) == [{"month": "2026-11", "spent": 0, "is_frozen": True}]
    assert after.out == before.out


def test_month_that_is_none_is_refused(data: Path) -> None:
    done = goftogu("invitations", "freeze", "2026-11", data=data)

    assert done.code == 1
    assert goftogu("invitations", "list", data=data).out == b""
