"""Where the log's files are, how long caches keep them, and that nothing else is one of them."""

import pytest
from app.kernel.errors import MalformedError
from app.tlog.publication import CHECKPOINT_PATH, WITNESSED_PATH, Publication, describe, path_of
from app.tlog.tiles import ENTRIES, Tile, list_new_tiles

FOR_GOOD = Publication(media_type="application/octet-stream", lifetime_s=None)


def test_every_file_of_a_log_has_its_path_and_is_kept_for_good() -> None:
    assert path_of(Tile(0, 273, 112)) == "tlog/tile/0/273.p/112"
    assert path_of(Tile(ENTRIES, 1234067)) == "tlog/tile/entries/x001/x234/067"
    for tile in list_new_tiles(0, 70_000):
        assert describe(path_of(tile)) == FOR_GOOD


@pytest.mark.parametrize("path", ["tlog/checkpoint", "tlog/witnessed"])
def test_checkpoints_are_kept_for_seconds(path: str) -> None:
    assert path in {CHECKPOINT_PATH, WITNESSED_PATH}
    assert describe(path) == Publication(media_type="text/plain; charset=utf-8", lifetime_s=5)


@pytest.mark.parametrize(
    "path",
    [
        "", "tlog", "tlog/", "tlog/tile", "checkpoint", "tile/0/000", "/tlog/checkpoint", "tlog/checkpoint/",
        "tlog/../checkpoint", "tlog/tile/0/../../checkpoint", "tlog//tile/0/000", "tlog/tlog/tile/0/000",
        "tlog/tile/0/000.p/256", "tlog/tile/0/000\0", "other/tile/0/000",
    ],
)  # fmt: skip
def test_other_path_is_no_file_of_the_log(path: str) -> None:
    with pytest.raises(MalformedError):
        describe(path)
