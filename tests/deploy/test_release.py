"""A version is signed by those who made it; a host that names them installs nothing else (SECURITY.md L5)."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.tree import make_source, need

pytestmark = pytest.mark.slow

PEOPLE: Final = ("ava", "babak", "cyrus")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key of each maintainer, a stranger's, and `signers`, which names the three."""
    need("ssh-keygen")
    folder = tmp_path_factory.mktemp("keys")
    for name in (*PEOPLE, "stranger"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name]
        subprocess.run(made, check=True)
    lines = [f"{name} {(folder / f'{name}.pub').read_text()}" for name in PEOPLE]
    (folder / "signers").write_text("# whom we believe\n\n" + "".join(lines))
    return folder


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Path:
    """A version that two of the three signed, and a stranger."""
    source = make_source(tmp_path_factory.mktemp("signed") / "source")
    for name in ("ava", "cyrus", "stranger"):
        assert run(source, "release", "sign", keys / name).returncode == 0
    return source


@pytest.fixture
def source(signed: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(signed, tmp_path / "source", symlinks=True)


def run(source: Path, program: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a script of a version."""
    return subprocess.run(
        [source / "deploy" / program, *words], capture_output=True, text=True, check=False
    )


def install(source: Path, root: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Make the files alone, in a folder that stands for `/`."""
    return run(source, "install", "--root", root, *words)


def test_version_that_two_of_three_signed_is_installed_and_who_counts_is_remembered(
    source: Path, keys: Path, tmp_path: Path
) -> None:
    done = install(source, tmp_path / "host", "--signers", keys / "signers")

    assert done.returncode == 0, done.stderr
    assert sorted(x for x in done.stdout.splitlines() if "signed by" in x) == [
        "ok       signed by ava",
        "ok       signed by cyrus",
    ]
    assert (tmp_path / "host/etc/goftogu/signers").read_text() == (keys / "signers").read_text()
    assert install(source, tmp_path / "host").stdout.endswith("\n0 changed\n")
    # From now on nobody need name them again.
    (source / "app/main.py").write_text("# other words\n")
    again = install(source, tmp_path / "host")
    assert again.returncode == 1
    assert "0 of" in again.stderr


def test_version_is_looked_at_by_the_program_of_another(
    source: Path, signed: Path, keys: Path
) -> None:
    """A tree that lies does not look at itself: the installed version does."""
    assert run(signed, "release", "verify", keys / "signers", source).returncode == 0
    (source / "app/main.py").write_text("# other words\n")
    (source / "deploy/release").write_text("#!/bin/sh\nexit 0\n")

    done = run(signed, "release", "verify", keys / "signers", source)

    assert (done.returncode, "and it takes 2" in done.stderr) == (1, True)


def test_host_that_names_signers_is_upgraded_to_nothing_else(
    source: Path, keys: Path, tmp_path: Path
) -> None:
    """Neither a new version nor the old one's words are looked at before."""
    root = tmp_path / "host"
    (root / "etc/goftogu").mkdir(parents=True)
    shutil.copy(keys / "signers", root / "etc/goftogu/signers")
    (root / "opt/goftogu").mkdir(parents=True)
    (root / "opt/goftogu/current").symlink_to("releases/old")
    change_a_word(source, keys)

    done = subprocess.run(
        [source / "deploy/upgrade"],
        env=os.environ | {"ROOT": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, "0 of" in done.stderr) == (1, True)
    assert not (root / "opt/goftogu/releases").exists()


def change_a_word(source: Path, _: Path) -> None:
    path = source / "app/main.py"
    path.write_text(path.read_text() + "\n")


def add_a_file(source: Path, _: Path) -> None:
    (source / "deploy/systemd/goftogu-more.service").write_text("[Service]\n")


def add_a_link(source: Path, _: Path) -> None:
    (source / "app/more.py").symlink_to("/tmp/more.py")


def leave_a_file_out(source: Path, _: Path) -> None:
    (source / "app/main.py").unlink()


def sign_alone(source: Path, keys: Path) -> None:
    sign_nothing(source, keys)
    assert run(source, "release", "sign", keys / "ava").returncode == 0


def sign_twice(source: Path, keys: Path) -> None:
    """One key, two signatures."""
    sign_alone(source, keys)
    (one,) = (source / "signatures").glob("*.sig")
    shutil.copy(one, one.with_name("another.sig"))


def sign_nothing(source: Path, _: Path) -> None:
    shutil.rmtree(source / "signatures")


@pytest.mark.parametrize(
    "change",
    [
        change_a_word,
        add_a_file,
        add_a_link,
        leave_a_file_out,
        sign_alone,
        sign_twice,
        sign_nothing,
    ],
)
def test_version_that_differs_or_that_too_few_signed_is_refused_before_anything_is_made(
    source: Path, keys: Path, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    change(source, keys)

    done = install(source, tmp_path / "host", "--signers", keys / "signers")

    assert done.returncode == 1
    assert done.stderr.startswith("stopped  ")
    assert not list((tmp_path / "host").glob("*"))


def test_signature_for_another_purpose_does_not_count(source: Path, keys: Path) -> None:
    """Whoever signs letters or commits with the key has not signed a version."""
    for path in (source / "signatures").glob("*.sig"):
        path.unlink()
    for name in PEOPLE:
        words: list[str | Path] = [
            "ssh-keygen",
            "-q",
            "-Y",
            "sign",
            "-n",
            "file",
            "-f",
            keys / name,
        ]
        listed = (source / "signatures/files").read_bytes()
        made = subprocess.run(words, input=listed, check=True, capture_output=True).stdout
        (source / f"signatures/{name}.sig").write_bytes(made)

    assert run(source, "release", "verify", keys / "signers").returncode == 1


def test_who_believes_one_person_needs_that_ones_signature(
    source: Path, keys: Path, tmp_path: Path
) -> None:
    for name, code in (("ava", 0), ("babak", 1)):
        (tmp_path / "signers").write_text(f"{name} {(keys / f'{name}.pub').read_text()}")
        assert run(source, "release", "verify", tmp_path / "signers").returncode == code
    (tmp_path / "signers").write_text("# nobody\n")
    assert "nobody's key" in run(source, "release", "verify", tmp_path / "signers").stderr


def test_signatures_of_other_contents_are_gone_once_somebody_signs_these(
    source: Path, keys: Path
) -> None:
    change_a_word(source, keys)

    assert run(source, "release", "sign", keys / "babak").returncode == 0

    assert len(list((source / "signatures").glob("*.sig"))) == 1
    assert (source / "signatures/files").exists()


def test_list_that_is_signed_is_checked_by_the_systems_own_programs(
    source: Path, keys: Path
) -> None:
    """Before anything of a new tree runs, as deploy/README.md says."""
    words = ["sha256sum", "--check", "--quiet", "signatures/files"]
    assert subprocess.run(words, cwd=source, check=False, capture_output=True).returncode == 0
    listed = (source / "signatures/files").read_bytes()
    found = 0
    for path in (source / "signatures").glob("*.sig"):
        told: list[str | Path] = [
            "ssh-keygen",
            "-Y",
            "verify",
            "-n",
            "goftogu-release",
            "-f",
            keys / "signers",
        ]
        done = subprocess.run(
            [*told, "-I", "ava", "-s", path], input=listed, check=False, capture_output=True
        )
        found += done.returncode == 0
    assert found == 1
