"""What gets installed is exactly what was looked at: versions, and the bytes of each file."""

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS: Final = ("main", "onion", "dev")
# Below these each has a hole that strangers reach: forms without limits, hosts that poison
# addresses, keys of low order, templates that leave their box.
FLOORS: Final = {
    "alembic": "1.20.1", "cryptography": "46.0.5", "fastapi": "0.165", "jinja2": "3.1.6", "nh3": "0.3.8",
    "pysqlite3": "0.6.1", "starlette": "1.10.0", "h11": "0.16.0",
}  # fmt: skip
_entry = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+) \\$((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?$)+)", re.MULTILINE)  # fmt: skip


def read_lock(name: str) -> dict[str, Version]:
    """Return the packages of a lock whose files are named by their digests."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {found[1]: Version(found[2]) for found in _entry.finditer(text)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_its_digests(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

    assert lines
    assert len(read_lock(name)) == len(lines)


def test_packages_are_installed_by_their_digests_and_run_no_code() -> None:
    setup = (ROOT / "requirements" / "setup").read_text(encoding="utf-8")

    assert "install --require-hashes --no-deps" in setup
    assert "how=(--only-binary :all:)" in setup


def test_no_package_is_older_than_its_floor() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    locked = read_lock("main")
    (listed,) = re.findall(r"^dependencies = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    wanted = [Requirement(line) for line in re.findall(r'"([^"]+)"', listed)]

    assert len(wanted) > 20
    for package in wanted:
        assert locked[package.name] in package.specifier, package.name
    for name, floor in FLOORS.items():
        assert locked[name] >= Version(floor), name


def test_multipart_forms_are_read_by_nobody() -> None:
    """The package that read them had a hole a year; ours are one kind of form, read by ourselves."""
    assert "python-multipart" not in read_lock("main")


def test_list_of_what_is_inside_is_what_the_locks_say() -> None:
    """For programs that look for known holes; it is signed with the rest of a version."""
    words: list[str | Path] = [sys.executable, ROOT / "requirements/inside"]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout

    assert told == (ROOT / "requirements/inside.json").read_text(encoding="utf-8")
    found = {each["purl"]: each["name"] for each in json.loads(told)["components"]}
    python = {name for purl, name in found.items() if purl.startswith("pkg:pypi/")}
    assert python == set(read_lock("main"))
    for name in python:
        assert f"pkg:pypi/{name}@{version(name)}" in found, "installed is what is listed"
    scripts = {name for purl, name in found.items() if purl.startswith("pkg:npm/")}
    licences = {path.stem for path in (ROOT / "static/src/licences").iterdir()} - {"bip39-words"}
    assert {name.replace("@", "").replace("/", "-") for name in scripts} == licences


def test_packages_of_npm_run_no_scripts_when_they_are_installed() -> None:
    """One of the corpora brings a script of its own that would run at once."""
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("*.py")
        if "node_modules" not in path.parts and path != Path(__file__)
    }
    installing = {path for path, text in texts.items() if re.search(r'\("(ci|install)", ', text)}

    assert installing
    assert [path for path in installing if "--ignore-scripts" not in texts[path]] == []
