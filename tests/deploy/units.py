"""Starts what a unit starts, where no systemd runs: its user, groups, settings and program, inside a tree.

Of the sandbox nothing is here: `systemd-analyze` looks at that.
"""

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# A mount and a process namespace of its own; what is in it ends with it.
_ENTER: Final = """set -e
mount --bind "$0" "$0"
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
exec chroot "$0" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
"""
_AS: Final = 'cd /; umask "$1"; shift; exec setpriv "$@"'


def command_in(tree: Path, *words: str) -> list[str]:
    """Return the command that runs another inside a tree, as root; `NAME=value` may come first."""
    unshared = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    return [*unshared, "bash", "-c", _ENTER, str(tree), *words]


def run_in(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command inside a tree, as root."""
    return subprocess.run(
        command_in(tree, *words),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(file: Path) -> dict[str, list[str]]:
    """Return what a unit sets, each setting with its values."""
    found: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        name, is_set, value = line.partition("=")
        if is_set and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def command_of(tree: Path, unit: str, *more: str) -> list[str]:
    """Return the command that runs a unit's program inside a tree; `more` are further words for it."""
    told = settings_of(tree / "etc/systemd/system" / f"{unit}.service")
    user, group = told["User"][0], told["Group"][0]
    groups = [group, *" ".join(told.get("SupplementaryGroups", [])).split()]
    environment = list(told.get("Environment", []))
    for name in told.get("EnvironmentFile", []):
        lines = (tree / name.lstrip("/")).read_text(encoding="utf-8").splitlines()
        environment += [shlex.split(line)[0] for line in lines if line and not line.startswith("#")]
    mask = told.get("UMask", ["0022"])[0]
    rights = ["--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs"]
    if "CAP_NET_BIND_SERVICE" in told["AmbientCapabilities"]:
        rights = ["--inh-caps=-all,+net_bind_service", "--ambient-caps=+net_bind_service"]
    become = [f"--reuid={user}", f"--regid={group}", f"--groups={','.join(groups)}", *rights, "--"]
    program = shlex.split(told["ExecStart"][0])
    for kind, place in (("StateDirectory", "var/lib"), ("RuntimeDirectory", "run")):
        for name in told.get(kind, []):
            mode = told[f"{kind}Mode"][0]
            run_in(tree, "install", "-d", "-o", user, "-g", group, "-m", mode, f"/{place}/{name}")
    return command_in(tree, *environment, "bash", "-c", _AS, "unit", mask, *become, *program, *more)


@contextmanager
def running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command for the length of a block."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            yield process
            assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        finally:
            # The program is the namespace's first process, and told to end as by its administrator: what
            # is killed leaves locks behind.
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
            for child in children.split():
                os.kill(int(child), signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
