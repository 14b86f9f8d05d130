"""QR codes: another program reads back the very bytes that went in."""

from io import BytesIO

import pytest
from app.kernel.errors import TooLargeError
from app.web.qr import MOST_QR_BYTES, draw_qr
from PIL import Image

from tests.scanner import scan


@pytest.mark.parametrize(
    "content",
    [
        b"https://sepidar.example/records/" + b"0" * 64,
        "آب کجا می\u200cرود؟ «تالاب»".encode(),
        b'{"@context":["https://www.w3.org/ns/activitystreams"]}',
        bytes(range(256)),
        ("گفتگو" * 200).encode()[:MOST_QR_BYTES],
    ],
)
def test_other_program_reads_the_very_bytes(content: bytes) -> None:
    assert scan(draw_qr(content)) == content


def test_same_bytes_are_the_same_picture() -> None:
    assert draw_qr(b"water") == draw_qr(b"water")
    assert draw_qr(b"water") != draw_qr(b"Water")


def test_picture_is_black_on_white_with_a_quiet_edge() -> None:
    with Image.open(BytesIO(draw_qr(b"x" * MOST_QR_BYTES))) as picture:
        grey = picture.convert("L")

    assert set(grey.tobytes()) == {0, 255}
    assert grey.width == grey.height == (149 + 8) * 4
    assert set(grey.crop((0, 0, grey.width, 16)).tobytes()) == {255}


def test_more_than_a_telephone_reads_is_refused() -> None:
    with pytest.raises(TooLargeError, match="at most 2000 bytes"):
        draw_qr(b"x" * (MOST_QR_BYTES + 1))
