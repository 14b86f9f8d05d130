"""`goftogu shutdown`: on, off, and what it says of itself."""

import json

import pytest
from app.kernel.clock import SystemClock, day_of
from app.wiring import House

from tests.cli.command import goftogu

pytestmark = pytest.mark.slow


def test_switch_is_turned_once_and_status_tells_its_days(house: House) -> None:
    data, today = house.settings.data, day_of(SystemClock().now()).isoformat()

    assert goftogu("shutdown", "status", data=data).err == "Shutdown mode is off.\n"
    assert "is on" in goftogu("shutdown", "on", data=data).err
    assert "nothing was signed" in goftogu("shutdown", "on", data=data).err
    assert goftogu("shutdown", "status", data=data).out.decode() == f"{today}\ton\n"
    on = json.loads(goftogu("shutdown", "status", "--json", data=data).out)
    assert goftogu("shutdown", "off", data=data).code == 0
    off = goftogu("shutdown", "status", data=data)

    assert on == {"on": True, "pauses": [{"from": today, "until": None}]}
    assert off.out.decode() == f"{today}\t{today}\n"
    assert off.err == "Shutdown mode is off.\n"
