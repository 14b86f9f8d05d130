"""QR codes as PNG pictures, which show also where SVG is switched off.

What is in the code are the very bytes. Whoever scans them reads text, and can check its signature.
"""

from functools import lru_cache
from io import BytesIO
from typing import Final

from app.kernel.errors import TooLargeError

MOST_QR_BYTES: Final = 2000
"""At the lowest level of correction a code of 149 modules a side, which telephones still read."""
_POINTS: Final = 4
"""Of the picture, a side of each module."""
_PATTERN: Final = 0
"""A chessboard."""
_REMEMBERED: Final = 256
_QUIET: Final = 4
"""Modules of white around the code (ISO/IEC 18004)."""


@lru_cache(maxsize=_REMEMBERED)
def draw_qr(content: bytes) -> bytes:
    """Return a picture of a QR code; the same for the same bytes.

    The last ones are remembered: anybody may ask for one, in ways that the page cache passes by,
    and none is quickly drawn. Of the eight patterns that may lie over the code (ISO/IEC 18004,
    section 7.8) it is one and the same: looking for the calmest takes most of the time.

    Raises:
        TooLargeError: more than `MOST_QR_BYTES`.

    """
    return paint_qr(content)


def paint_qr(content: bytes) -> bytes:
    """Do the same without remembering it: for what is shown once.

    Raises:
        TooLargeError: more than `MOST_QR_BYTES`.

    """
    if len(content) > MOST_QR_BYTES:
        raise TooLargeError(f"a QR code holds at most {MOST_QR_BYTES} bytes here")
    # Only now: most hosts draw none for hours, and it takes a megabyte and a half.
    import segno  # noqa: PLC0415

    picture = BytesIO()
    code = segno.make_qr(content, error="l", mode="byte", mask=_PATTERN)
    code.save(picture, kind="png", scale=_POINTS, border=_QUIET)
    return picture.getvalue()


def forget_pictures() -> None:
    """Forget what was drawn: words that were erased are not kept in memory either."""
    draw_qr.cache_clear()
