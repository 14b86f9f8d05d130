"""What the installation puts on a host, read by the programs that it is for; and scripts that say what they did."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.tree import make_source, need
from tests.deploy.units import settings_of
from tests.listeners.fronts import NGINX, make_certificate

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SCRIPTS = (
    "answers",
    "as-forum",
    "goftogu",
    "install",
    "lib",
    "machine",
    "release",
    "rollback",
    "switching",
    "upgrade",
)
RECIPIENT = "age1" + "q" * 58


def install(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Make the files alone, in a folder that stands for `/`."""
    return subprocess.run(
        [DEPLOY / "install", "--root", root, *words], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a folder."""
    made = tmp_path_factory.mktemp("host")
    words = (
        "--origin",
        "https://forum.example.org",
        "--name",
        "Forum of a town",
        "--recipient",
        RECIPIENT,
    )
    done = install(made, *words)
    assert done.returncode == 0, done.stderr
    assert f"\n{done.stdout.count('changed  ')} changed\n" in done.stdout
    assert "ok  " not in done.stdout
    return made


def test_instance_that_was_cut_off_while_it_was_made_is_finished_by_the_next_run(
    tmp_path: Path,
) -> None:
    (tmp_path / "etc/goftogu").mkdir(parents=True)
    (tmp_path / "var/lib/goftogu").mkdir(parents=True)

    def make(end: str) -> str:
        script = (
            f"""export ROOT={tmp_path}; . {DEPLOY}/lib; . {DEPLOY}/machine; folder() {{ :; }}; """
            f"""as_forum() {{ mkdir -p $ROOT/var/lib/goftogu/keys; {end}; }}; make_instance"""
        )
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    assert make("kill -9 $$") == ""
    assert make("true") == "changed  instance"
    assert make("false") == "ok       instance"


def test_second_run_changes_nothing_and_remembers_what_it_was_told(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    done = install(root)

    assert done.stdout.endswith("0 changed\n")
    assert "changed  " not in done.stdout
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert 'GOFTOGU_NAME="Forum of a town"' in (root / "etc/goftogu/environment").read_text()
    assert (root / "etc/goftogu/recipients").read_text() == f"{RECIPIENT}\n"


def name_of(source: Path, **settings: str) -> str:
    script = f". '{source / 'deploy' / 'lib'}'; name_release"
    done = subprocess.run(
        ["bash", "-c", script],
        env=os.environ | settings,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def test_name_of_a_release_is_of_its_contents_alone(tmp_path: Path) -> None:
    """Two administrators who took the same version see the same name, and a file that differs shows."""
    one, other = make_source(tmp_path / "one"), make_source(tmp_path / "another/place")
    for path in other.rglob("*.py"):
        path.chmod(0o600)
        os.utime(path, (0, 0))
    (other / "app/__pycache__").mkdir(exist_ok=True)
    (other / "app/__pycache__/x.pyc").write_bytes(b"x")

    name = name_of(one, TZ="Asia/Tehran", LC_ALL="C.UTF-8")

    assert re.fullmatch(r"\d+\.\d+\.\d+-[0-9a-f]{12}", name)
    assert name_of(other, TZ="UTC", LC_ALL="C") == name
    (other / "app/main.py").write_text((other / "app/main.py").read_text() + "\n")
    assert name_of(other) != name


def test_settings_of_the_administrators_own_stay(root: Path, tmp_path: Path) -> None:
    """The manual names more settings than the command writes."""
    other = tmp_path / "host"
    shutil.copytree(root, other)
    settings = other / "etc/goftogu/environment"
    assert settings.read_text().endswith('/socks"\n')
    own = 'GOFTOGU_TOR_HOSTS="partner.example"\n# ours\nGOFTOGU_READ_ONLY=1\n'
    text = settings.read_text().replace("?host=/run/postgresql", "?host=/run/pgbouncer")
    settings.write_text(text + own)

    done = install(other, "--name", "Another name")

    told = settings.read_text()
    assert done.returncode == 0
    assert told.endswith(f'/socks"\n{own}')
    assert 'GOFTOGU_NAME="Another name"' in told
    assert "host=/run/pgbouncer" in told
    assert install(other).stdout.endswith("0 changed\n")


def test_file_that_somebody_changed_is_mended(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "host"
    shutil.copytree(root, other)
    (other / "etc/systemd/system/goftogu.service").write_text("[Unit]\n")
    (other / "etc/goftogu/environment").chmod(0o644)

    done = install(other)

    changed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("changed")]
    assert changed == ["/etc/goftogu/environment", "/etc/systemd/system/goftogu.service"]
    assert done.stdout.endswith("2 changed\n")


@pytest.mark.parametrize(
    "words",
    [
        ("--origin", "http://forum.example"),
        ("--origin", "https://forum.example/path"),
        ("--name", 'The "Forum"'),
        ("--name", "$(id)"),
        ("--recipient", "age-secret-key-1"),
        ("--orign", "https://forum.example"),
        ("--origin",),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_made(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = install(tmp_path / "host", *words)

    assert done.returncode == 1
    assert done.stderr.startswith("stopped  ")
    assert not list((tmp_path / "host").glob("*"))


def test_every_script_passes_shellcheck() -> None:
    shellcheck = need("shellcheck")
    scripts = [DEPLOY / name for name in SCRIPTS if name != "answers"]
    found = {
        p for p in DEPLOY.iterdir() if p.is_file() and not p.suffix and p.name != "Containerfile"
    }
    assert found == {DEPLOY / name for name in SCRIPTS}, "a new script is a line of SCRIPTS"

    done = subprocess.run(
        [shellcheck, "--external-sources", *scripts], capture_output=True, text=True, check=False
    )

    assert done.stdout == ""


def test_units_and_timers_are_whole_and_closed(root: Path, tmp_path: Path) -> None:
    """At most 2.0 of 10, each, as systemd measures what a unit is exposed to."""
    analyze = need("systemd-analyze")
    folder = root / "etc/systemd/system"
    services, timers = sorted(folder.glob("*.service")), sorted(folder.glob("*.timer"))
    assert {path.stem for path in services} == {
        "goftogu", "goftogu-backup", "goftogu-drill", "goftogu-front", "goftogu-onion", "goftogu-out",
    }  # fmt: skip
    assert [path.stem for path in timers] == ["goftogu-backup", "goftogu-drill"]
    for path in services:
        # Programs that only an installation has are put in place of.
        lines = path.read_text().splitlines()
        text = "\n".join("ExecStart=/bin/true" if x.startswith("ExecStart=") else x for x in lines)
        (tmp_path / path.name).write_text(f"{text}\n")
        closed: list[str | Path] = [
            analyze,
            "security",
            "--offline=true",
            "--threshold=20",
            tmp_path / path.name,
        ]
        done = subprocess.run(closed, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-500:]
    for path in timers:
        shutil.copy(path, tmp_path)

    words: list[str | Path] = [
        analyze,
        "verify",
        "--man=no",
        "--recursive-errors=no",
        *tmp_path.iterdir(),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "goftogu" not in done.stderr


def test_no_unit_leaves_a_core_dump_and_none_but_the_front_has_a_right_of_roots(root: Path) -> None:
    for path in (root / "etc/systemd/system").glob("*.service"):
        told = settings_of(path)
        assert told["LimitCORE"] == ["0"], path.name
        assert told["User"] != ["root"]
        right = ["CAP_NET_BIND_SERVICE"] if path.stem == "goftogu-front" else [""]
        assert (told["CapabilityBoundingSet"], told["AmbientCapabilities"]) == (right, right)
        if path.stem in {"goftogu", "goftogu-backup", "goftogu-drill"}:
            assert told["PrivateNetwork"] == ["yes"]
            assert told["RestrictAddressFamilies"] == ["AF_UNIX"]


def test_drill_that_was_missed_with_a_backup_waits_for_it(root: Path) -> None:
    """A machine that was off over a Sunday makes up for both at its start."""
    told = settings_of(root / "etc/systemd/system/goftogu-drill.service")
    for how in ("Wants", "After"):
        assert "goftogu-backup.service" in " ".join(told[how]).split(), how


def test_nginx_takes_its_file(root: Path, tmp_path: Path) -> None:
    text = (root / "etc/goftogu/web.conf").read_text()
    assert "forum.example;" not in text
    assert text.count("forum.example.org") == text.count("forum.example") == 4
    for old, new in {
        "/etc/goftogu/fullchain.pem": str(make_certificate(tmp_path)),
        "/etc/goftogu/privkey.pem": str(tmp_path / "key.pem"),
        "/run/goftogu/": f"{tmp_path}/",
    }.items():
        text = text.replace(old, new)
    (tmp_path / "web.conf").write_text(text)

    words = [str(NGINX), "-t", "-e", "stderr", "-c", str(tmp_path / "web.conf")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_databases_own_log_holds_no_words_and_no_address_is_listened_at() -> None:
    lines = (DEPLOY / "system/postgresql.conf").read_text().splitlines()

    for line in (
        "listen_addresses = ''",
        "log_min_error_statement = panic",
        "log_connections = off",
        "fsync = on",
    ):
        assert line in lines


def test_tors_of_the_units_are_the_files_of_this_house(root: Path) -> None:
    for unit, torrc in {"goftogu-onion": "onion-service", "goftogu-out": "outbound"}.items():
        (command,) = settings_of(root / f"etc/systemd/system/{unit}.service")["ExecStart"]
        assert f" -f /opt/goftogu/current/tor/{torrc}.torrc " in command
        assert (DEPLOY.parent / "tor" / f"{torrc}.torrc").exists()


def test_compose_takes_its_file_and_asks_for_a_host() -> None:
    compose = need("docker-compose")
    words: list[str | Path] = [compose, "-f", DEPLOY / "container/compose.yaml", "config"]
    known = {name: value for name, value in os.environ.items() if not name.startswith("GOFTOGU_")}

    done, unsaid = (
        subprocess.run(words, env=known | more, capture_output=True, text=True, check=False)
        for more in ({"GOFTOGU_HOST": "forum.example.org"}, {})
    )

    assert done.returncode == 0, done.stderr
    assert unsaid.returncode != 0, "without a host there is no address to answer for"
    for line in ("cap_drop:", "read_only: true", "- no-new-privileges:true", "core: 0"):
        assert done.stdout.count(f" {line}\n") == 4, line
    assert done.stdout.count("network_mode: none\n") == 1


def test_image_is_made_of_the_parts_of_a_release() -> None:
    """What a release is made of, `lib` says; the image has the same, of a context with nothing else in it."""
    lib = (DEPLOY / "lib").read_text(encoding="utf-8")
    parts = set(lib.split("\nparts=(")[1].split(")")[0].split())
    lines = (DEPLOY / "container/Containerfile").read_text(encoding="utf-8").splitlines()
    copied = {
        word.split("/")[0] for x in lines if x.startswith("COPY ") for word in x.split()[1:-1]
    }
    ignored = (DEPLOY.parent / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert copied == parts
    assert {x.removeprefix("!") for x in ignored if x.startswith("!")} == parts
    assert "*" in ignored
