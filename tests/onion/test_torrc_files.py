"""The files in `tor/`, read by the real tor, and agreeing with what we tell a tor of our own."""

import subprocess
from os import devnull
from pathlib import Path

import pytest
from app.onion.torrc import add_command, service_lines

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tor").glob("*.torrc"))
SERVICE = (ROOT / "tor" / "onion-service.torrc").read_text(encoding="utf-8")


def lines_of(text: str) -> list[str]:
    """Return a configuration without its comments."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.tor
@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_tor_takes_the_file(file: Path, tmp_path: Path, tor_program: Path) -> None:
    folders = [tmp_path / name for name in ("tor", "run", "run/goftogu", "run/goftogu-out", "data")]
    for folder in folders:
        folder.mkdir(mode=0o700)
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
