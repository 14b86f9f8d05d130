"""check --running: red and green of an instance that runs, and how each red is mended."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest
from app.cli.backup import LAST

from tests.cli.command import goftogu
from tests.journeys.instance import serving

pytestmark = pytest.mark.slow

_NONE: Final = MappingProxyType[str, str]({})


def red_of(data: Path, *words: str, settings: Mapping[str, str] = _NONE) -> dict[str, str]:
    """Return what is red, but for the disk, which is this machine's, with what to do about it."""
    done = goftogu("check", "--running", "--json", *words, data=data, settings=settings)
    found = {each["what"]: each["advice"] for each in json.loads(done.out) if not each["is_good"]}
    assert done.code == (1 if found else 0)
    return {what: advice for what, advice in found.items() if not what.startswith("Disk")}


def test_instance_that_runs_is_green_once_it_has_a_backup(data: Path) -> None:
    with serving(data) as origin:
        assert set(red_of(data, "--at", origin)) == {"backup: none yet"}
        (data / LAST).write_text('{"day": "2999-01-01"}')

        assert red_of(data, "--at", origin) == {}


def test_instance_that_stands_still_says_what_to_start(data: Path) -> None:
    red = red_of(data, "--at", "http://127.0.0.1:9")

    assert "goftogu serve" in red["worker: runs"]
    assert "worker: looked around within ten minutes" in red
    assert "Does the forum run" in red["listener: http://127.0.0.1:9 answers"]


def test_old_backup_unknown_setting_and_open_folder_are_red(data: Path) -> None:
    (data / LAST).write_text('{"day": "2026-01-01"}')
    data.chmod(0o755)
    try:
        red = red_of(data, settings={"ORIGN": "https://forum.example"})
    finally:
        data.chmod(0o700)

    assert "GOFTOGU_ORIGN" in red["settings: all of them are known"]
    assert "chmod 711" in red["folder: listed and written by its owner alone"]
    assert any(what.startswith("backup: days since") for what in red)
