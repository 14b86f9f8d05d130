"""What a journey sees of a browser, whichever it is: one window, one cookie jar."""

import time
from typing import Final, Protocol

RELEASE_S: Final = 20.0
_POLL_S: Final = 0.1


class Window(Protocol):
    """One window. Every selector is CSS and means the first element that it matches."""

    has_scripts: bool

    def open(self, path: str) -> None:
        """Go to a path of the instance and wait until it is loaded."""

    @property
    def path(self) -> str:
        """The path of the page that is shown, without query and fragment."""

    def press(self, css: str) -> None:
        """Press a link or button and wait until the next page is loaded."""

    def click(self, css: str) -> None:
        """Press something that stays on the page."""

    def tick(self, css: str) -> None:
        """Tick a box."""

    def fill(self, css: str, text: str) -> None:
        """Replace what a field holds, as with a keyboard."""

    def text(self, css: str) -> str:
        """Return the text of an element, shown or not."""

    def texts(self, css: str) -> list[str]:
        """Return the texts of all elements that match."""

    def value(self, css: str) -> str:
        """Return what a field holds."""

    def link(self, css: str) -> str:
        """Return where a link leads, as the page writes it."""

    def count(self, css: str) -> int:
        """Return how many elements match."""

    def source(self) -> str:
        """Return the page as markup."""

    def cookies(self) -> set[str]:
        """Return the names of the cookies that this window keeps."""


def reload_until(window: Window, path: str, css: str) -> None:
    """Open a page again and again, for as long as a release can take, until something shows."""
    deadline = time.monotonic() + RELEASE_S
    window.open(path)
    while not window.count(css):
        assert time.monotonic() < deadline, f"{css} never showed on {path}"
        time.sleep(_POLL_S)
        window.open(path)
