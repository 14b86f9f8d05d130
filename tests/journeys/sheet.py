"""Contact sheets: many pictures of pages side by side, small."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final, Literal, NamedTuple

from PIL import Image, ImageDraw
from playwright.sync_api import Page

_HEIGHT: Final = 420
_GAP: Final = 12
_CAPTION: Final = 18
_SHEET_WIDTH: Final = 1900
_PAPERS: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


class Look(NamedTuple):
    """A width and a paper."""

    width: int
    paper: str


class Album:
    """Pictures of pages as they stand open, on both papers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: list[str] = []
        self._width = 0

    def take(self, page: Page, name: str) -> None:
        """Picture a page; afterwards it is as it was on light paper."""
        self._width = page.evaluate("innerWidth")
        for paper in _PAPERS[::-1]:
            page.emulate_media(color_scheme=paper)
            (self._folder / f"{name}-{self._width}-{paper}.png").write_bytes(page.screenshot())
        self._names.append(name)

    def keep_sheet(self, path: Path) -> None:
        """Write one picture of all."""
        if self._names:
            path.parent.mkdir(exist_ok=True)
            looks = [Look(self._width, paper) for paper in _PAPERS]
            make_sheet(self._folder, self._names, looks).save(path, quality=80)


def few_colours(png: bytes) -> Image.Image:
    """Return a picture in a palette: pages of text lose nothing by it but two thirds of the bytes."""
    with Image.open(BytesIO(png)) as image:
        return image.convert("RGB").quantize(128, dither=Image.Dither.NONE)


def make_sheet(folder: Path, names: Sequence[str], looks: Sequence[Look]) -> Image.Image:
    """Return the tops of all pages in a grid, each in all its looks side by side."""
    widths = [_thumb_width(look.width) for look in looks]
    group = sum(widths) + _GAP * len(widths)
    groups_a_row = max(1, _SHEET_WIDTH // group)
    rows = -(-len(names) // groups_a_row)
    row_height = _HEIGHT + _CAPTION + _GAP
    sheet = Image.new("RGB", (group * groups_a_row + _GAP, rows * row_height + _GAP), "#777")
    draw = ImageDraw.Draw(sheet)
    for number, name in enumerate(names):
        row, column = divmod(number, groups_a_row)
        left, top = _GAP + column * group, _GAP + row * row_height
        draw.text((left, top), name, fill="#fff")
        for look, thumb_width in zip(looks, widths, strict=True):
            path = folder / f"{name}-{look.width}-{look.paper}.png"
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
