"""The table of margins, checked and kept by a command."""

from pathlib import Path

import pytest
from app.listening import MARGINS

from tests.cli.command import goftogu

pytestmark = pytest.mark.slow


def test_table_that_holds_is_told_with_its_sources(data: Path) -> None:
    done = goftogu("listening", "margins", data=data)

    assert done.code == 0
    told = done.out.decode()
    assert "side (2024), doubtful" in told
    assert "Statistical Centre of Iran" in told


def test_own_table_is_checked_before_it_is_kept(data: Path, tmp_path: Path) -> None:
    table, kept = tmp_path / "mine.csv", data / "margins.csv"
    sound = MARGINS.read_text("utf-8")
    table.write_text(
        sound.replace("gender,man,0.507,0.507,0.507", "gender,man,0.6,0.6,0.6"), "utf-8"
    )

    refused = goftogu("listening", "margins", str(table), "--use", data=data)

    assert refused.code != 0
    assert "Gender: the shares add up to 1.093, not 1" in refused.err
    assert not kept.exists()
    table.write_text(
        sound.replace("region,capital,0.20,0.20,0.20", "region,capital,0.20,0.18,0.22"), "utf-8"
    )

    assert goftogu("listening", "margins", str(table), "--use", data=data).code == 0

    assert kept.read_text("utf-8") == table.read_text("utf-8")
    assert b"region (2016), doubtful" in goftogu("listening", "margins", data=data).out
