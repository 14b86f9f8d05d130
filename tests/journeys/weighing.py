"""What a cold visit costs: requests, bytes on the wire as Chromium counts them, time until loaded."""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from .chromium import launched, new_context

# A slow mobile link: 400 ms there and back, 50 kB/s either way.
SLOW_3G: Final = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50 * 1024,
    "uploadThroughput": 50 * 1024,
}


@dataclass(slots=True, kw_only=True)
class Load:
    """One page loaded with an empty cache."""

    bytes_by_path: dict[str, int] = field(default_factory=dict)
    """Body as compressed and headers, by the path of each request."""
    seconds: float = 0.0
    """From the start of the navigation to the end of the load event."""

    @property
    def requests(self) -> int:
        return len(self.bytes_by_path)

    @property
    def total(self) -> int:
        return sum(self.bytes_by_path.values())

    def of(self, suffix: str) -> int:
        """Return the bytes of the one request whose path ends like this."""
        (found,) = (size for path, size in self.bytes_by_path.items() if path.endswith(suffix))
        return found


def load_cold(browser: Browser, origin: str, path: str, *, slow: bool = False) -> Load:
    """Load a page in a browser that has seen nothing yet.

    A new context would not do: what a browser asks for once, like a site's icon, it asks per process.
    """
    load = Load()
    paths: dict[str, str] = {}

    def note_request(event: dict[str, Any]) -> None:
        path = urlsplit(event["request"]["url"]).path
        paths[event["requestId"]] = path
        # Counted even if its answer comes after we have left.
        load.bytes_by_path[path] = 0

    def note_end(event: dict[str, Any]) -> None:
        load.bytes_by_path[paths[event["requestId"]]] = int(event["encodedDataLength"])

    with launched(browser.browser_type) as fresh, new_context(fresh, origin, width=390) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        if slow:
            session.send("Network.emulateNetworkConditions", SLOW_3G)
        session.on("Network.requestWillBeSent", note_request)
        session.on("Network.loadingFinished", note_end)
        page.goto(path)
        milliseconds = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        load.seconds = milliseconds / 1000
        # An icon is asked for after the page is loaded.
        page.wait_for_load_state("networkidle")
    return load
