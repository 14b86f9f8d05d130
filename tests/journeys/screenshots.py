"""Pictures of every page: `python -m tests.journeys.screenshots [OUT] [--readme]`.

OUT (`build/screenshots` unless given) gets a folder for each language and a contact sheet beside
it; `--readme` also writes the few pictures that the documentation shows, into `docs/pictures`.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from playwright.sync_api import Browser, Page

from .chromium import new_context, running_chromium
from .gallery import LANGUAGES, Gallery
from .instance import Instance, found, run_command, serving, serving_process
from .places import longest_thread
from .sheet import Look, few_colours, make_sheet
from .stops import STOPS

_ROOT: Final = Path(__file__).parents[2]


class Picture(NamedTuple):
    """One picture of the documentation; `{thread}` stands for the longest thread."""

    name: str
    path: str
    width: int
    height: int
    is_dark: bool = False


LOOKS: Final = tuple(Look(width, paper) for width in (320, 1280) for paper in ("light", "dark"))
# Nobody is asked there: the pages only name them.
_ONION: Final = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
_MIRROR: Final = "https://mirror.example/goftogu"
_BARE: Final = {
    "home": "",
    "boards": "boards",
    "latest": "latest",
    "search": "search?q=water",
    "shelf": "bundles",
    "status": "status",
    "transparency": "transparency",
}
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
    with TemporaryDirectory() as folder, running_chromium() as browser:
        data = Path(folder)
        logins = found(data)
        # The documentation's first: the gallery writes into the village.
        if options.readme:
            with serving(data) as origin:
                instance = Instance(origin=origin, data=data, logins=logins)
                _take_for_readme(browser, instance, _ROOT / "docs" / "pictures")
        run_command(data, "mirrors", "add", _MIRROR)
        with serving_process(data, settings={"ONION": _ONION}) as (origin, _):
            _take_all(browser, Instance(origin=origin, data=data, logins=logins), options.out)
        _take_bare(browser, options.out)


def _take_all(browser: Browser, instance: Instance, out: Path) -> None:
    with Gallery(browser, instance).room(width=1280, dark=False) as room:
        for language in LANGUAGES:
            for stop in STOPS:
                page = room.go(stop, language)
                _take(page, stop.name, out / language)
            make_sheet(out / language, [stop.name for stop in STOPS], LOOKS).save(
                out / f"sheet-{language}.jpg", quality=80
            )


def _take_bare(browser: Browser, out: Path) -> None:
    """Picture an instance in which nobody said anything yet."""
    with TemporaryDirectory() as data:
        run_command(Path(data), "init")
        with serving(Path(data)) as origin, new_context(browser, origin) as context:
            page = context.new_page()
            for language in LANGUAGES:
                for name, path in _BARE.items():
                    page.goto(f"/{language}/{path}")
                    _take(page, name, out / f"bare-{language}")
                make_sheet(out / f"bare-{language}", list(_BARE), LOOKS).save(
                    out / f"sheet-bare-{language}.jpg", quality=80
                )


def _take(page: Page, name: str, folder: Path) -> None:
    """Picture a page in all looks."""
    folder.mkdir(parents=True, exist_ok=True)
    for look in LOOKS:
        page.set_viewport_size({"width": look.width, "height": 800})
        page.emulate_media(color_scheme="dark" if look.paper == "dark" else "light")
        image = few_colours(page.screenshot(full_page=True))
        image.save(folder / f"{name}-{look.width}-{look.paper}.png")


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
            image = few_colours(page.screenshot())
            image.save(folder / f"{picture.name}.png", optimize=True)


if __name__ == "__main__":
    main()
