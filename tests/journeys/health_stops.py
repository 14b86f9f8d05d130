"""The health page where something is to be mended, and where nothing is."""

from typing import Final

from app.federation.health import Line, store
from app.federation.health.model import NONE
from app.kernel.clock import SystemClock
from playwright.sync_api import Page

from tests.houses import open_at

from .gallery import Reach, Stop
from .places import Places

_GOOD: Final = (
    Line(what="log"),
    Line(what="own-log"),
    Line(what="bundles", value=0),
    Line(what="disk", value=64),
    Line(what="drill", value=3),
    Line(what="clock"),
    Line(what="partner", about="Université du Rivage", value=4),
    Line(what="partner", about="دانشگاه کرانه", state=NONE),
    Line(what="witness", about="shore.example/witness", value=1),
)
_RED: Final = (
    Line(what="log", state="halted"),
    Line(what="own-log", state="two-histories"),
    Line(what="bundles", state="old", value=3),
    Line(what="disk", state="low", value=7),
    Line(what="drill", state="failed", value=12),
    Line(what="clock"),
    Line(what="partner", about="Université du Rivage", state="frozen"),
    Line(what="partner", about="دانشگاه کرانه", state="behind", value=190),
    Line(what="partner", about="University of the Hill", state="expired"),
    Line(what="witness", about="shore.example/witness", state="behind", value=49),
)


def _seen(*lines: Line) -> Reach:
    """Reach the page as it is when the worker has seen this; it looks again within a minute."""

    def reach(page: Page, places: Places, language: str) -> None:
        house = open_at(places.data, SystemClock())
        with house.db.write() as work:
            store.put_look(work, lines)
        house.db.close()
        page.goto(f"/{language}/health")

    return reach


HEALTH: Final = (
    Stop(name="health", reach=_seen(*_GOOD)),
    Stop(name="health-red", reach=_seen(*_RED)),
)
