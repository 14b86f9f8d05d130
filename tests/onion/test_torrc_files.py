"""The files in `tor/`, read by their real programs, and agreeing with what we tell a tor of our own."""

import os
import subprocess
from configparser import ConfigParser
from os import devnull
from pathlib import Path

import pytest
from app.crypto.ed25519 import SigningKey
from app.onion.address import address_of, expand
from app.onion.torrc import add_command, service_lines

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tor").glob("*.torrc"))
SERVICE = (ROOT / "tor" / "onion-service.torrc").read_text(encoding="utf-8")

ONIONBALANCE = Path("/usr/sbin/onionbalance")
VANGUARDS = Path("/usr/bin/vanguards")
# What Onionbalance does before it asks for its tor.
_READ = """
import sys
path, sys.argv = sys.argv[1], ["onionbalance"]
from onionbalance.hs_v3.onionbalance import my_onionbalance as program
from onionbalance.hs_v3.service import OnionbalanceService
program.config_path = path
program.config_data = program.load_config_file()
(service,) = program.config_data["services"]
holder = OnionbalanceService.__new__(OnionbalanceService)
_, common = holder._load_service_keys(service, path)
print(common, *(instance["address"] for instance in service["instances"]))
"""


def lines_of(text: str) -> list[str]:
    """Return a configuration without its comments."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.tor
@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_tor_takes_the_file(file: Path, tmp_path: Path, tor_program: Path) -> None:
    names = ("tor", "tor/goftogu", "run", "run/tor", "run/goftogu", "run/goftogu-out", "data")
    folders = [tmp_path / name for name in names]
    for folder in folders:
        folder.mkdir(mode=0o700)
    common = address_of(SigningKey(bytes(32)).public)
    (tmp_path / "tor" / "goftogu" / "ob_config").write_text(f"MasterOnionAddress {common}\n")
    text = file.read_text(encoding="utf-8")
    text = text.replace("/var/lib/tor", str(tmp_path / "tor")).replace("/run/", f"{tmp_path}/run/")
    (tmp_path / "torrc").write_text(f"DataDirectory {tmp_path / 'data'}\n{text}")

    done = subprocess.run(
        ["tor", "--verify-config", "-f", tmp_path / "torrc", "--defaults-torrc", devnull],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    complaints = [
        line for line in done.stdout.splitlines() if "[warn]" in line and "root" not in line
    ]
    assert complaints == []


def test_file_says_what_a_tor_of_our_own_is_told() -> None:
    ours = service_lines(Path("/var/lib/tor/goftogu"), Path("/run/goftogu/onion"))

    assert [line for line in lines_of(SERVICE) if line.startswith("HiddenService")] == ours


def test_one_of_several_hosts_is_told_the_same_but_for_what_the_common_address_decides() -> None:
    """Nobody is asked for work there: the common descriptor does not say so, and nobody could pay."""
    alone = [line for line in lines_of(SERVICE) if "PoW" not in line]

    several = lines_of((ROOT / "tor" / "backend.torrc").read_text(encoding="utf-8"))

    assert sorted(several) == sorted([*alone, "HiddenServiceOnionBalanceInstance 1"])


@pytest.mark.slow
def test_onionbalance_takes_the_file_and_the_key_of_an_address_that_exists(tmp_path: Path) -> None:
    """Debian's program, in the system's Python: it reads both and finds our address."""
    require(ONIONBALANCE)
    common, *hosts = (SigningKey(bytes([n]) * 32) for n in range(3))
    key = tmp_path / "hs_ed25519_secret_key"
    key.write_bytes(b"== ed25519v1-secret: type0 ==\0\0\0" + expand(common))
    key.chmod(0o600)
    text = (ROOT / "tor" / "onionbalance.yaml").read_text(encoding="utf-8")
    changed = {"/etc/onionbalance/hs_ed25519_secret_key": str(key)}
    for name, host in zip(("FIRST.onion", "SECOND.onion"), hosts, strict=True):
        changed[name] = address_of(host.public)
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "onionbalance.yaml").write_text(text)

    done = subprocess.run(
        ["/usr/bin/python3", "-c", _READ, tmp_path / "onionbalance.yaml"],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout.splitlines()[-1].split()
    assert told == [address_of(key.public) for key in (common, *hosts)]


@pytest.mark.slow
def test_vanguards_takes_the_file(tmp_path: Path) -> None:
    """Debian's program, in the system's Python, reads it and writes out what it has read."""
    require(VANGUARDS)
    file, read = ROOT / "tor" / "vanguards.conf", tmp_path / "read"
    words = "from vanguards import config; config.apply_config(sys.argv[1]); config.generate_config().write(sys.stdout)"
    done = subprocess.run(
        ["/usr/bin/python3", "-c", f"import sys; {words}", file],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    read.write_text(done.stdout)
    ours, theirs = (parsed(path) for path in (file, read))
    for section in ours.sections():
        for name, value in ours[section].items():
            assert theirs[section][name] == value, name


def parsed(path: Path) -> ConfigParser:
    """Return a file in the form of vanguards."""
    found = ConfigParser()
    found.read(path, encoding="utf-8")
    return found


def require(program: Path) -> None:
    """Skip where a program is missing, but for the gate, where none may be."""
    if not program.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{program} is not installed")
        pytest.skip(f"{program} is not installed: see tests/needs")


def test_service_is_told_to_defend_itself_and_to_say_nothing() -> None:
    lines = lines_of(SERVICE)

    for line in (
        "SocksPort 0",
        "SafeLogging 1",
        "HiddenServicePoWDefensesEnabled 1",
        "Log notice syslog",
    ):
        assert line in lines
    assert not [line for line in lines if "NonAnonymous" in line or "SingleHop" in line]


def test_service_added_over_the_control_port_defends_itself_alike() -> None:
    command = add_command("KEY", Path("/run/goftogu/onion"))

    assert " PoWDefensesEnabled=1 PoWQueueRate=25 PoWQueueBurst=50 " in command
    assert " Flags=MaxStreamsCloseCircuit MaxStreams=100 " in command
    assert command.endswith(" Port=80,unix:/run/goftogu/onion")
