"""Contact sheets: many pictures of pages side by side, small."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

_HEIGHT: Final = 420
_GAP: Final = 12
_CAPTION: Final = 18
_GROUPS_A_ROW: Final = 2


def make_sheet(folder: Path, names: Sequence[str], looks: Sequence[tuple[int, str]]) -> Image.Image:
    """Return the tops of all pages in a grid: two pages a row, each in all its looks."""
    widths = [_thumb_width(width) for width, _ in looks]
    group = sum(widths) + _GAP * len(widths)
    rows = -(-len(names) // _GROUPS_A_ROW)
    row_height = _HEIGHT + _CAPTION + _GAP
    sheet = Image.new("RGB", (group * _GROUPS_A_ROW + _GAP, rows * row_height + _GAP), "#777")
    draw = ImageDraw.Draw(sheet)
    for number, name in enumerate(names):
        row, column = divmod(number, _GROUPS_A_ROW)
        left, top = _GAP + column * group, _GAP + row * row_height
        draw.text((left, top), name, fill="#fff")
        for (width, paper), thumb_width in zip(looks, widths, strict=True):
            path = folder / f"{name}-{width}-{paper}.png"
            sheet.paste(_thumb(path, thumb_width), (left, top + _CAPTION))
            left += thumb_width + _GAP
    return sheet


def _thumb_width(width: int) -> int:
    return width // 2 if width < 600 else width // 4


def _thumb(path: Path, width: int) -> Image.Image:
    with Image.open(path) as image:
        height = min(image.height * width // image.width, _HEIGHT)
        top = image.convert("RGB").crop((0, 0, image.width, height * image.width // width))
        return top.resize((width, height), Image.Resampling.LANCZOS)
