"""`serve` with an onion address: what its host is told before any tor is asked."""

import io
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pyrage
import pytest
from app import onion, site, wiring
from app.cli import onion as cli_onion
from app.cli.onion import SENTENCES, Plan, plan_onion
from app.crypto.checksum import checksum_words
from app.kernel.clock import SystemClock
from app.kernel.errors import MalformedError
from app.settings import Settings
from app.web.metrics import render_metrics

from tests.cli.command import goftogu, start
from tests.houses import open_at

pytestmark = pytest.mark.slow


def house_with(data: Path, **settings: Any) -> wiring.House:
    """Open an instance with an operator's settings."""
    return wiring.open_house(Settings(data=data, **settings))


def test_every_state_has_a_sentence() -> None:
    assert set(SENTENCES) == set(onion.State)


def test_address_stays_and_its_key_is_its_owners(data: Path) -> None:
    house = house_with(data)
    first, second = plan_onion(house, is_asked=True), plan_onion(house, is_asked=True)
    house.db.close()

    assert first
    assert second
    assert first.address == second.address
    assert (data / "keys" / "onion.key").stat().st_mode & 0o777 == 0o600


def test_address_is_shown_to_be_copied_compared_and_pictured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    told: list[str] = []
    monkeypatch.setattr(cli_onion, "remark", told.append)
    address = f"{'a' * 56}.onion"

    with cli_onion.kept_published(Plan(address, Path("/x"), tells_circuits=True, keeper=None)):
        pass

    assert f"Onion address: http://{address}/" in told
    assert " ".join(checksum_words(address, "en")) in told[1]
    assert len(screen.getvalue().splitlines()) > 15, "a QR for a camera"


def test_key_is_in_a_backup_and_the_address_comes_back_with_it(data: Path, tmp_path: Path) -> None:
    house = house_with(data)
    plan = plan_onion(house, is_asked=True)
    house.db.close()
    secret = pyrage.x25519.Identity.generate()
    (tmp_path / "drawer").write_text(f"{secret}\n")
    sealed, restored = tmp_path / "backup.age", tmp_path / "restored"
    assert (
        goftogu("backup", "--to", sealed, "--recipient", str(secret.to_public()), data=data).code
        == 0
    )
    done = goftogu("restore", sealed, "--identity", tmp_path / "drawer", "--data", restored)
    assert done.code == 0, done.err

    again = house_with(restored)
    found = plan_onion(again, is_asked=True)
    again.db.close()

    assert plan
    assert found
    assert found.address == plan.address


def test_nobody_who_does_not_ask_gets_an_address(data: Path) -> None:
    house = house_with(data)

    assert plan_onion(house, is_asked=False) is None
    assert not (data / "keys" / "onion.key").exists()
    house.db.close()


def test_circuit_is_believed_only_where_tor_tells_it(data: Path) -> None:
    told = {}
    for name, settings in {
        "own": {}, "running": {"tor_control": "unix:/x"}, "configured": {"onion": f"{'a' * 56}.onion"},
    }.items():  # fmt: skip
        house = house_with(data, **settings)
        plan = plan_onion(house, is_asked=True)
        house.db.close()
        assert plan
        told[name] = plan.tells_circuits

    assert told == {"own": True, "running": False, "configured": True}


def test_card_says_the_address_once(data: Path) -> None:
    house = open_at(data, SystemClock())
    address = f"{'a' * 56}.onion"

    wiring.announce_onion(house, address)
    with house.db.read() as work:
        first = site.get_card(work)
    wiring.announce_onion(house, address)
    with house.db.read() as work:
        again = site.get_card(work)
    house.db.close()

    assert first.onion == address
    assert again.sequence == first.sequence


@pytest.mark.parametrize("address", ["x.onion", "http://" + "a" * 56 + ".onion", "a" * 56])
def test_address_that_is_none_is_refused(address: str, data: Path) -> None:
    house = house_with(data, onion=address)
    with pytest.raises(MalformedError, match="onion address"):
        plan_onion(house, is_asked=False)
    house.db.close()


def test_socket_that_others_can_reach_ends_the_command(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "GOFTOGU_ONION_SOCKET": str(tmp_path / "open" / "onion")}
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(
        "tests.cli.command._environment", lambda _: environment | {"GOFTOGU_DATA": str(data)}
    )

    done = start("serve", "--onion", "--listen", f"127.0.0.1:{port}")

    assert done.code == 1
    assert "chmod o-rwx" in done.err


def test_numbers_tell_how_the_service_is_doing() -> None:
    told = render_metrics({}, {}, {}, {"onion_published": 1, "onion_effort": 0})

    assert "# TYPE goftogu_onion_published gauge\ngoftogu_onion_published 1\n" in told
    assert "goftogu_onion_effort 0\n" in told
