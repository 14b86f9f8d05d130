"""The map of a consultation as a PNG: where many people lie, and a letter for each group.

A cell of the map is filled only if at least ten people lie in it, so that nobody is seen alone. A
picture, because SVG is switched off where people need safety most; everything on it is in tables
beside it as well.
"""

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .disclosure import LEAST_PEOPLE
from .values import Integers, Numbers

SIDE: Final = 480
"""Points a side."""
_CELLS: Final = (32, 24, 16, 12, 8, 6)
_LEAST_SHOWN: Final = 0.75
"""Of the people, so many are to lie in cells that are drawn."""
_FARTHEST: Final = 98
"""Percent of the people who lie on the map; the others lie at its edge."""
_MARGIN: Final = 1.15
_PAPER, _LINE, _INK = 0, 1, 2
_SHADES: Final = 3
_PALETTE: Final = (
    (250, 247, 240), (220, 212, 196), (29, 27, 23),
    (160, 205, 199), (76, 148, 140), (0, 92, 84),
    (232, 204, 152), (206, 153, 62), (135, 80, 0),
    (200, 190, 226), (138, 120, 186), (78, 58, 134),
    (236, 182, 182), (206, 106, 106), (155, 29, 29),
    (188, 202, 222), (104, 134, 180), (36, 70, 124),
)  # fmt: skip
"""Paper, line, ink; then three shades of each group, told apart by their lightness as well."""
_GLYPHS: Final = {
    "A": "01110 10001 10001 11111 10001 10001 10001",
    "B": "11110 10001 10001 11110 10001 10001 11110",
    "C": "01110 10001 10000 10000 10000 10001 01110",
    "D": "11110 10001 10001 10001 10001 10001 11110",
    "E": "11111 10000 10000 11110 10000 10000 11111",
}
_LETTER: Final = 5
"""Points a side of each dot of a letter."""
_Pixels = NDArray[np.uint8]


def draw_map(points: Numbers, labels: Integers, groups: int) -> bytes:
    """Return the map of people (people × 2) in groups (people; -1 for none), or nothing.

    There is none if nobody lies on it together with nine others. The same values give the same
    bytes.
    """
    is_shown = (labels >= 0) & (labels < groups)
    points, labels = points[is_shown], labels[is_shown]
    if not len(points) or groups < 2:
        return b""
    reach = np.maximum(np.percentile(np.abs(points), _FARTHEST, axis=0), 1e-9)
    reach *= _MARGIN
    # The second axis points up, as in a diagram; letters keep their way of reading.
    places = np.clip(points / reach * [1, -1], -0.999, 0.999) / 2 + 0.5
    counts = _count(places, labels, groups)
    if not counts.any():
        return b""
    pixels = _paint(counts)
    for group in range(groups):
        middle = np.median(places[labels == group], axis=0) * SIDE
        _write_letter(pixels, "ABCDE"[group], middle)
    return _encode(pixels)


def _count(places: Numbers, labels: Integers, groups: int) -> Integers:
    """Return people by group and cell, none under ten; the finest cells that show most."""
    counts = np.zeros((groups, 0, 0), dtype=np.int64)
    for cells in _CELLS:
        at = (places * cells).astype(np.int64)
        key = (labels * cells + at[:, 1]) * cells + at[:, 0]
        counts = np.bincount(key, minlength=groups * cells * cells)
        counts = counts.reshape(groups, cells, cells)
        counts[counts < LEAST_PEOPLE] = 0
        if counts.sum() >= _LEAST_SHOWN * len(places):
            break
    return counts


def _paint(counts: Integers) -> _Pixels:
    cells = counts.shape[1]
    largest = max(int(counts.max()), 1)
    top, most = counts.argmax(axis=0), counts.max(axis=0)
    shade = np.minimum((np.sqrt(most / largest) * _SHADES).astype(np.int64), _SHADES - 1)
    colour = np.where(most > 0, 3 + top * _SHADES + shade, _PAPER).astype(np.uint8)
    width = SIDE // cells
    grown = np.repeat(np.repeat(colour, width, axis=0), width, axis=1)
    pixels = np.full((SIDE, SIDE), _PAPER, dtype=np.uint8)
    pixels[: len(grown), : len(grown)] = grown
    for line in (pixels[SIDE // 2], pixels[:, SIDE // 2]):
        line[line == _PAPER] = _LINE
    pixels[[0, -1], :] = _LINE
    pixels[:, [0, -1]] = _LINE
    return pixels


def _write_letter(pixels: _Pixels, letter: str, middle: Numbers) -> None:
    dots = np.array([[dot == "1" for dot in row] for row in _GLYPHS[letter].split()])
    drawn = np.repeat(np.repeat(dots, _LETTER, axis=0), _LETTER, axis=1)
    high, wide = drawn.shape
    pad = _LETTER
    x = int(np.clip(middle[0] - wide / 2, pad, SIDE - wide - pad))
    y = int(np.clip(middle[1] - high / 2, pad, SIDE - high - pad))
    pixels[y - pad : y + high + pad, x - pad : x + wide + pad] = _PAPER
    pixels[y : y + high, x : x + wide][drawn] = _INK


def _encode(pixels: _Pixels) -> bytes:
    """Return a PNG of indexed colours (ISO/IEC 15948)."""
    high, wide = pixels.shape
    rows = np.zeros((high, wide + 1), dtype=np.uint8)
    rows[:, 1:] = pixels
    head = struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)
    palette = bytes(value for colour in _PALETTE for value in colour)
    parts = (
        (b"IHDR", head),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, body) for name, body in parts)


def _part(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
