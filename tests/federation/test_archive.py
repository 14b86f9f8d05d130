"""The archive of a bundle: one form, and what somebody sends who means harm."""

import io
import struct
import zipfile
import zlib

import pytest
from app.federation.bundles import archive
from app.federation.bundles.archive import read_archive, write_archive
from app.kernel.errors import AppError, TooLargeError
from hypothesis import given
from hypothesis import strategies as st

from tests.federation.made import plain, resealed, zipped

pytestmark = pytest.mark.slow

FILES = {"bag/a.txt": b"water " * 50, "bag/b": b"", "bag/c/d.html": b"\xd8\xa2\xd8\xa8"}
CENTRAL, END = 46, 22


def refused(raw: bytes, words: str) -> None:
    with pytest.raises(AppError, match=words):
        read_archive(raw)


def entry(
    name: str, *, attributes: int = 0o100644 << 16, **changed: int
) -> tuple[zipfile.ZipInfo, bytes]:
    info = plain(name)
    info.external_attr = attributes
    for field, value in changed.items():
        setattr(info, field, value)
    return info, b"content"


def directory_of(raw: bytes) -> int:
    (place,) = struct.unpack_from("<I", raw, len(raw) - 71 - END + 16)
    return int(place)


@given(
    st.dictionaries(
        st.sampled_from(["bag/a", "bag/b.txt", "bag/c/d", "bag/c/e-1.x"]), st.binary(max_size=200)
    )
)
def test_archive_is_read_back(files: dict[str, bytes]) -> None:
    assert read_archive(write_archive(files)) == files


def test_archive_is_the_same_whatever_the_order_of_its_files() -> None:
    assert write_archive(dict(reversed(FILES.items()))) == write_archive(FILES)


def test_python_reads_our_archives() -> None:
    with zipfile.ZipFile(io.BytesIO(write_archive(FILES))) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == FILES
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_archive_by_another_program_is_read_if_it_has_the_one_form() -> None:
    assert read_archive(zipped(FILES)) == FILES


def test_any_flipped_bit_of_an_archive_is_found() -> None:
    raw = write_archive({"bag/a": b"water", "bag/b": bytes(range(20))})

    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(AppError):
            read_archive(bytes(flipped))


@pytest.mark.parametrize("length", [0, 1, 21, 92, 93, 200])
def test_cut_off_archive_is_refused(length: int) -> None:
    refused(write_archive(FILES)[:length], "cut off")


@pytest.mark.parametrize(
    "name",
    ["../bag/a", "/bag/a", "bag/../../a", "bag/./a", "bag//a", "C:\\a", "bag\\a", "bag/A", "bag/a\n",
     "bag/a\u202etxt", "bag/", "a" * 200, ".bashrc", "bag/.ssh"],
)  # fmt: skip
def test_traversal_and_strange_names_are_refused(name: str) -> None:
    refused(zipped([entry(name)]), "name that no file")


def test_nul_in_a_name_is_refused() -> None:
    raw = zipped({"bag/aXb": b"x"}).replace(b"bag/aXb", b"bag/a\0b")
    refused(resealed(raw), "name that no file")


def duplicated() -> bytes:
    """Return an archive with a file twice."""
    raw = zipped({"bag/a": b"one", "bag/b": b"two"}).replace(b"bag/b", b"bag/a")
    return resealed(raw)


def test_duplicate_is_refused() -> None:
    refused(duplicated(), "twice")


def test_out_of_order_is_refused() -> None:
    refused(zipped([entry("bag/b"), entry("bag/a")]), "out of order")


@pytest.mark.parametrize(
    "attributes",
    [0o120777 << 16, 0o040755 << 16, 0o100755 << 16, 0o020644 << 16, 0o010644 << 16, 0x10],
)
def test_link_and_device_are_refused(attributes: int) -> None:
    refused(zipped([entry("bag/a", attributes=attributes)]), "one form")


def test_stored_and_other_methods_are_refused() -> None:
    refused(zipped([entry("bag/a", compress_type=zipfile.ZIP_STORED)]), "one form")
    refused(zipped([entry("bag/a", compress_type=zipfile.ZIP_BZIP2)]), "one form")


def test_password_is_refused() -> None:
    raw = bytearray(write_archive({"bag/a": b"content"}))
    raw[6] |= 1
    raw[directory_of(bytes(raw)) + 8] |= 1
    refused(resealed(bytes(raw)), "one form")


def test_extra_field_is_refused() -> None:
    info, content = entry("bag/a")
    info.extra = b"\x75\x78\x04\x00\x01\x00\x00\x00"
    refused(zipped([(info, content)]), "one form")


def test_time_of_day_is_refused() -> None:
    info, content = entry("bag/a")
    info.date_time = (2026, 11, 21, 10, 7, 2)
    refused(zipped([(info, content)]), "one form")


def overlapping() -> bytes:
    """Return an archive of which two entries are one: all of a quoted bomb's point at one kernel."""
    raw = bytearray(write_archive({"bag/a": b"water" * 9, "bag/b": b"water" * 9}))
    second = directory_of(bytes(raw)) + CENTRAL + len("bag/a")
    raw[second + 42 : second + 46] = bytes(4)
    return resealed(bytes(raw))


def test_overlapping_entries_are_refused() -> None:
    refused(overlapping(), "one form")


def test_bytes_before_or_between_files_are_refused() -> None:
    raw = write_archive({"bag/a": b"water"})
    refused(resealed(b"#!/bin/sh\n" + raw), "one form")
    place = directory_of(raw)
    padded = bytearray(raw[:place] + b"hidden" + raw[place:])
    end = len(padded) - 71 - END
    struct.pack_into("<I", padded, end + 16, place + 6)
    refused(resealed(bytes(padded)), "in no file")


@pytest.mark.parametrize("declared", [5, 60])
def test_declared_size_that_lies_is_refused(declared: int) -> None:
    raw = bytearray(write_archive({"bag/a": b"water" * 9}))
    for place in (22, directory_of(bytes(raw)) + 24):
        struct.pack_into("<I", raw, place, declared)
    refused(resealed(bytes(raw)), "not as long as it says")


def test_bomb_is_refused_before_it_is_inflated() -> None:
    raw = zipped({"bag/a": bytes(archive.MAX_TOTAL_BYTES + 1)})
    refused(raw, "too large")


def test_many_small_bombs_are_refused_before_they_are_inflated() -> None:
    zeros = bytes(archive.MAX_TOTAL_BYTES // 8)
    refused(zipped({f"bag/{number}": zeros for number in range(9)}), "too large")


def test_impossible_ratio_is_refused() -> None:
    raw = bytearray(write_archive({"bag/a": b"water"}))
    for place in (22, directory_of(bytes(raw)) + 24):
        struct.pack_into("<I", raw, place, 2**20)
    refused(resealed(bytes(raw)), "too large")


def test_writer_refuses_what_no_reader_takes() -> None:
    with pytest.raises(TooLargeError):
        write_archive({f"bag/{number}": b"" for number in range(archive.MOST_FILES + 1)})


def test_too_many_files_are_refused() -> None:
    refused(
        zipped({f"bag/{number:03}": b"" for number in range(archive.MOST_FILES + 1)}), "too many"
    )


def entries_of_nothing(count: int, claimed: int) -> bytes:
    """Return an archive with so many lines in its directory, which says that they are others."""
    name = b"b"
    line = (
        archive._CENTRAL.pack(b"PK\1\2", 788, 20, 0, 8, 0, 33, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0) + name
    )
    end = archive._END.pack(b"PK\5\6", 0, 0, claimed, claimed, len(line) * count, 0, 71)
    return resealed(line * count + end + b"0" * 71)


@pytest.mark.parametrize("claimed", [1, 16, 17, 65_535])
@pytest.mark.parametrize("count", [1_000_000, 600_000])
def test_a_million_entries_are_refused(count: int, claimed: int) -> None:
    """By their bytes alone, or by their number, whatever the end says of it."""
    refused(
        entries_of_nothing(count, claimed),
        "too large" if count == 1_000_000 else "too many|one form",
    )


def test_gzip_and_other_files_are_refused() -> None:
    for raw in (b"", b"PK\5\6" + bytes(18), zlib.compress(b"water"), b"<html>" * 50, bytes(500)):
        with pytest.raises(AppError):
            read_archive(raw)


@given(st.binary(max_size=300))
def test_noise_is_refused(raw: bytes) -> None:
    with pytest.raises(AppError):
        read_archive(raw)


def test_noise_in_an_archive_is_read_or_refused() -> None:
    raw = write_archive(FILES)

    for place in range(len(raw) - 71):
        changed = bytearray(raw)
        changed[place] ^= 0xFF
        with pytest.raises(AppError):
            read_archive(resealed(bytes(changed)))
