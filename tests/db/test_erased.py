"""The list of erasures: lines that nobody else reads and that a crash does not spoil."""

from hashlib import sha256
from pathlib import Path

from app.db.erased import FILE_NAME, ErasedList, read_digests

ONE, OTHER = sha256(b"one").digest(), sha256(b"other").digest()


def test_line_that_a_crash_cut_off_spoils_no_other(tmp_path: Path) -> None:
    listed = ErasedList(tmp_path)
    listed.append([ONE])
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write(OTHER.hex()[:20])

    listed.append([OTHER])

    assert read_digests(tmp_path / FILE_NAME) == [ONE, OTHER]


def test_list_is_its_owners_alone(tmp_path: Path) -> None:
    ErasedList(tmp_path).append([ONE])

    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
