"""Fixtures: a key file, an instance in a folder, an instance that is served."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.command import goftogu
from tests.journeys.instance import serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What `keygen` made."""

    file: Path
    words: str


@pytest.fixture(scope="package")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """A persona's words and its posting key's file."""
    file = tmp_path_factory.mktemp("keys") / "ava.key"
    done = goftogu("keygen", "--out", file)
    assert done.code == 0, done.err
    return Keys(file=file, words=done.out.decode().strip())


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """The folder of an instance with three boards."""
    shutil.copytree(template, tmp_path / "instance")
    return tmp_path / "instance"


@pytest.fixture(scope="package")
def origin(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an instance that a process of its own serves."""
    data = tmp_path_factory.mktemp("served") / "instance"
    shutil.copytree(template, data)
    with serving(data) as origin:
        yield origin
