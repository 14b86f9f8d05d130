"""Pictures of every page: `python -m tests.journeys.screenshots [OUT] [--readme]`.

OUT (`build/screenshots` unless given) gets a folder for each language and a contact sheet beside
it; `--readme` also writes the few pictures that the documentation shows, into `docs/pictures`.
"""

import argparse
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page

from .chromium import new_context, running_chromium
from .gallery import LANGUAGES, STOPS, Gallery
from .instance import Instance, running_instance
from .places import longest_thread
from .sheet import make_sheet

_ROOT: Final = Path(__file__).parents[2]


class Look(NamedTuple):
    """A width and a paper."""

    width: int
    paper: str


class Picture(NamedTuple):
    """One picture of the documentation; `{thread}` stands for the longest thread."""

    name: str
    path: str
    width: int
    height: int
    is_dark: bool = False


LOOKS: Final = tuple(Look(width, paper) for width in (320, 1280) for paper in ("light", "dark"))
_PICTURES: Final = (
    Picture("home-fa", "/fa/", 1280, 900),
    Picture("home-en", "/en/", 1280, 900),
    Picture("thread-fa", "/fa{thread}", 1280, 900),
    Picture("thread-fa-dark-320", "/fa{thread}", 320, 640, is_dark=True),
    Picture("home-fr-320", "/fr/", 320, 640),
    Picture("join-fa-320", "/fa/join", 320, 640),
)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", nargs="?", type=Path, default=_ROOT / "build" / "screenshots")
    parser.add_argument("--readme", action="store_true")
    options = parser.parse_args()
    with (
        TemporaryDirectory() as data,
        running_instance(Path(data)) as instance,
        running_chromium() as browser,
    ):
        # The documentation's first: the gallery writes into the village.
        if options.readme:
            _take_for_readme(browser, instance, _ROOT / "docs" / "pictures")
        _take_all(browser, instance, options.out)


def _take_all(browser: Browser, instance: Instance, out: Path) -> None:
    with Gallery(browser, instance).room(width=1280, dark=False) as room:
        for language in LANGUAGES:
            folder = out / language
            folder.mkdir(parents=True, exist_ok=True)
            for stop in STOPS:
                page = room.go(stop, language)
                for look in LOOKS:
                    _look(page, look).save(folder / f"{stop.name}-{look.width}-{look.paper}.png")
            names = [stop.name for stop in STOPS]
            make_sheet(folder, names, LOOKS).save(out / f"sheet-{language}.jpg", quality=80)


def _look(page: Page, look: Look) -> Image.Image:
    page.set_viewport_size({"width": look.width, "height": 800})
    page.emulate_media(color_scheme="dark" if look.paper == "dark" else "light")
    return _few_colours(page.screenshot(full_page=True))


def _take_for_readme(browser: Browser, instance: Instance, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    thread = longest_thread(instance)
    for picture in _PICTURES:
        is_narrow = picture.width < 600
        with new_context(
            browser,
            instance.origin,
            width=picture.width,
            dark=picture.is_dark,
            # Narrow pictures are shown at half their size, as a telephone would.
            device_scale_factor=2 if is_narrow else 1,
        ) as context:
            page = context.new_page()
            page.set_viewport_size({"width": picture.width, "height": picture.height})
            page.goto(picture.path.format(thread=thread))
            image = _few_colours(page.screenshot())
            image.save(folder / f"{picture.name}.png", optimize=True)


def _few_colours(png: bytes) -> Image.Image:
    """Return a picture in a palette: pages of text lose nothing by it but two thirds of the bytes."""
    with Image.open(BytesIO(png)) as image:
        return image.convert("RGB").quantize(128, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()
