"""The sandbox of the pair: systemd reads the units, AppArmor the profiles; the forum has no network."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "systemd"
PROFILES = ROOT / "deploy" / "apparmor"
PARSER = Path("/usr/sbin/apparmor_parser")
# Of 100, as `systemd-analyze security` measures what a unit is exposed to.
EXPOSURE = {"goftogu": 10, "goftogu-out": 20}


def settings_of(unit: str) -> dict[str, list[str]]:
    """Return what a unit sets, each setting with its values."""
    found: dict[str, list[str]] = {}
    for line in (FOLDER / f"{unit}.service").read_text(encoding="utf-8").splitlines():
        name, is_set, value = line.partition("=")
        if is_set and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("unit", EXPOSURE)
def test_systemd_takes_the_unit_and_finds_it_closed(unit: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    # Programs and files that only an installation has are put in place of.
    for name in EXPOSURE:
        lines = (FOLDER / f"{name}.service").read_text(encoding="utf-8").splitlines()
        text = "\n".join("ExecStart=/bin/true" if x.startswith("ExecStart=") else x for x in lines)
        (tmp_path / f"{name}.service").write_text(f"{text}\n")
    file = tmp_path / f"{unit}.service"
    verify = [analyze, "verify", "--man=no", "--recursive-errors=no", str(file)]
    closed = [analyze, "security", "--offline=true", f"--threshold={EXPOSURE[unit]}", str(file)]

    for command in (verify, closed):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        assert file.name not in done.stderr


def test_forum_has_no_network_and_goes_out_by_the_socket_of_its_tor() -> None:
    forum, torrc = settings_of("goftogu"), (ROOT / "tor" / "outbound.torrc").read_text()

    assert forum["PrivateNetwork"] == ["yes"]
    assert forum["RestrictAddressFamilies"] == ["AF_UNIX"]
    assert forum["LimitCORE"] == ["0"]
    (named,) = [x for x in forum["Environment"] if x.startswith("GOFTOGU_TOR_SOCKS=")]
    assert f"\nSocksPort {named.partition('=')[2]} GroupWritable " in torrc
    assert settings_of("goftogu-out")["RuntimeDirectoryMode"] == ["0750"]


@pytest.mark.slow
@pytest.mark.parametrize("unit", EXPOSURE)
def test_apparmor_takes_the_profile_that_the_unit_names(unit: str) -> None:
    if not PARSER.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{PARSER} is not installed")
        pytest.skip(f"{PARSER} is not installed: see tests/needs")
    profile = PROFILES / unit
    # It is compiled and not loaded: a machine for tests has no say in its kernel.
    done = subprocess.run(
        [PARSER, "--skip-kernel-load", "--skip-cache", "--quiet", profile],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert f"\nprofile {unit} {{\n" in profile.read_text(encoding="utf-8")
    assert settings_of(unit)["AppArmorProfile"] == [f"-{unit}"]


def test_profiles_leave_the_forum_no_network_and_each_its_own_folder() -> None:
    forum, out = (rules_of(unit) for unit in EXPOSURE)

    assert {rule for rule in forum if rule.startswith("network")} == {"network unix stream"}
    assert {f"deny network {kind}" for kind in ("inet", "inet6", "packet", "raw")} <= forum
    assert {"deny capability", "deny ptrace", "deny mount"} <= forum & out
    assert {"deny /run/goftogu/** rwx", "deny /var/lib/goftogu/** rwx"} <= out
    # What they write they can never run: no rule has both.
    for rule in forum | out:
        rights = rule.split()[-1]
        assert rule.startswith("deny ") or not ("w" in rights and set("xm") & set(rights)), rule


def rules_of(unit: str) -> set[str]:
    """Return the rules of a profile, each in a line of its own."""
    lines = (PROFILES / unit).read_text(encoding="utf-8").splitlines()
    return {line.strip().removesuffix(",") for line in lines if line.endswith(",")}
