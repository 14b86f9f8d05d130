"""How heavy pages are on the wire. Weight is a fact and is asserted; time is left to `make bench`."""

import gzip
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from .instance import Instance
from .places import longest_thread
from .weighing import Load, load_cold

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_STATIC: Final = Path(__file__).parents[2] / "static"
_FIRST_VIEW: Final = 14_000
_TWENTY_POSTS: Final = 12_000
_STYLESHEET: Final = 4_000
_SIGNER: Final = 15_000


def test_a_first_view_is_light(chromium: Browser, instance: Instance) -> None:
    load = load_cold(chromium, instance.origin, "/fa/")
    assert load.total <= _FIRST_VIEW
    assert load.requests <= 2, sorted(load.bytes_by_path)


def test_twenty_persian_posts_are_light(chromium: Browser, instance: Instance) -> None:
    path = f"/fa{longest_thread(instance)}"
    page = instance.get(path)[1].decode()
    assert page.count("<article") == 20
    load: Load = load_cold(chromium, instance.origin, path)
    assert load.of(path) <= _TWENTY_POSTS


@pytest.mark.parametrize(
    ("names", "most"),
    [(("goftogu.css",), _STYLESHEET), (("signer.js", "noble.js"), _SIGNER)],
    ids=["stylesheet", "signer"],
)
def test_static_files_are_light(names: tuple[str, ...], most: int) -> None:
    assert sum(len(gzip.compress((_STATIC / name).read_bytes(), 9)) for name in names) <= most
