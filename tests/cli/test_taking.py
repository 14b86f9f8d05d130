"""What somebody took along, before the command that checks it: text, a scanned code, a bulletin."""

import shutil
from pathlib import Path

import pytest
from app import wiring
from app.federation.texts import encode_text
from app.kernel.clock import FixedClock
from app.records import parse_record, verify_record
from app.web.qr import draw_qr

from tests.cli.command import goftogu
from tests.factories import NOW, TODAY, card, digest_of, note, person
from tests.federation.test_shelving import keep
from tests.houses import open_at, publish
from tests.scanner import scan

AVA = person("Ava")
POST = note(AVA, title="Water", text="Where does it go?")
TEXT = encode_text(verify_record(parse_record(POST)))


@pytest.fixture(scope="module")
def bulletin(template: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bulletin of a day on which Ava asked about water."""
    data = tmp_path_factory.mktemp("taken") / "instance"
    shutil.copytree(template, data)
    house = open_at(data, FixedClock(NOW))
    publish(house, card(AVA))
    publish(house, POST)
    keep(house)
    raw = wiring.open_shelf(house).read(f"{TODAY}.txt")
    house.db.close()
    return raw


def test_post_as_text_verifies(tmp_path: Path) -> None:
    (tmp_path / "post.txt").write_bytes(TEXT)

    done = goftogu("verify", tmp_path / "post.txt")

    assert done.code == 0
    assert digest_of(POST).hex() in done.out.decode()


@pytest.mark.parametrize(
    ("name", "end"), [("post", b""), ("post.jsonl", b""), ("post.jsonl", b"\n")]
)
def test_scanned_post_that_was_saved_verifies(name: str, end: bytes, tmp_path: Path) -> None:
    """Under a name for lines, what an editor adds at the end is none of the signed bytes."""
    (tmp_path / name).write_bytes(scan(draw_qr(POST)) + end)

    done = goftogu("verify", tmp_path / name)

    assert done.code == 0
    assert digest_of(POST).hex() in done.out.decode()


def test_text_with_other_words_does_not_verify(tmp_path: Path) -> None:
    (tmp_path / "post.txt").write_bytes(TEXT.replace(b"Where does", b"Nowhere does", 1))

    done = goftogu("verify", tmp_path / "post.txt")

    assert done.code == 3
    assert "words above the signed line" in done.err


def test_bulletin_verifies_without_an_instance(bulletin: bytes, tmp_path: Path) -> None:
    (tmp_path / "day.txt").write_bytes(bulletin)

    done = goftogu("verify", tmp_path / "day.txt", data=tmp_path / "nowhere")

    assert done.code == 0
    assert "signature    good (Bulletin)" in done.out.decode()
    assert f"day          {TODAY}" in done.out.decode()
    assert "log          goftogu/" in done.out.decode()


def test_bulletin_that_was_changed_does_not_verify(bulletin: bytes, tmp_path: Path) -> None:
    (tmp_path / "day.txt").write_bytes(bulletin.replace(b"Where does", b"Nowhere does"))

    assert b"Where does" in bulletin
    assert goftogu("verify", tmp_path / "day.txt").code == 3
