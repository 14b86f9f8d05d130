"""Debian's Firefox ESR, driven over WebDriver BiDi by a WebSocket and nothing else.

Playwright drives only a Firefox of its own making, and no geckodriver is packaged; Firefox itself
speaks BiDi, and its answers need no page script: they work where scripts are off.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from websockets.sync.client import connect

from .bidi import WAIT_S, Bidi, BidiError

EXECUTABLE: Final = Path("/usr/bin/firefox-esr")

# What Tor Browser's Safest level sets, as far as preferences alone can say it.
SAFEST: Final = {
    "javascript.enabled": False,
    "javascript.options.wasm": False,
    "svg.disabled": True,
    "mathml.disabled": True,
    "gfx.downloadable_fonts.enabled": False,
    "media.autoplay.default": 5,
    "privacy.resistFingerprinting": True,
}
# A test's Firefox asks nobody for anything.
_QUIET: Final = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.newtabpage.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
_CONTROL: Final = "\ue009"
_ENTER: Final = "\ue007"
_listening = re.compile(r"BiDi listening on (ws://\S+)")


class FirefoxWindow:
    """A `Window` of Firefox: a tab with a cookie jar of its own."""

    def __init__(self, firefox: Bidi, origin: str, *, has_scripts: bool) -> None:
        self._firefox = firefox
        self._origin = origin
        self.has_scripts = has_scripts
        jar = firefox.ask("browser.createUserContext")["userContext"]
        self.jar = jar
        self._tab = firefox.ask("browsingContext.create", type="tab", userContext=jar)["context"]

    def open(self, path: str) -> None:
        url = self._origin + path
        self._firefox.ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    @property
    def path(self) -> str:
        return urlsplit(str(self._evaluate("() => document.URL"))).path

    def press(self, css: str) -> None:
        self._firefox.events.clear()
        self.click(css)
        self._firefox.wait_for("browsingContext.load", self._tab)

    def click(self, css: str) -> None:
        # By keyboard: a pointer that is aimed while the page still scrolls may miss.
        self._focus(css)
        self._type(_ENTER)

    def tick(self, css: str) -> None:
        # Enter would send the form.
        self._focus(css)
        self._type(" ")

    def fill(self, css: str, text: str) -> None:
        self._focus(css)
        everything = [_down(_CONTROL), _down("a"), _up("a"), _up(_CONTROL)]
        self._act(everything)
        self._type(text.replace("\n", _ENTER))

    def text(self, css: str) -> str:
        return str(self._evaluate("e => e.textContent", self._find(css)))

    def texts(self, css: str) -> list[str]:
        found = self._evaluate(
            "css => JSON.stringify(Array.from(document.querySelectorAll(css), e => e.textContent))",
            {"type": "string", "value": css},
        )
        return list(json.loads(found))

    def value(self, css: str) -> str:
        return str(self._evaluate("e => e.value", self._find(css)))

    def link(self, css: str) -> str:
        return str(self._evaluate("e => e.getAttribute('href')", self._find(css)))

    def count(self, css: str) -> int:
        return len(self.texts(css))

    def source(self) -> str:
        return str(self._evaluate("() => document.documentElement.outerHTML"))

    def cookies(self) -> set[str]:
        partition = {"type": "context", "context": self._tab}
        found = self._firefox.ask("storage.getCookies", partition=partition)["cookies"]
        return {cookie["name"] for cookie in found}

    def frame_text(self) -> str:
        """Return the text of the page's first frame."""
        frame = next(iter(self.frames().values()))
        return str(self._evaluate("() => document.body.textContent", context=frame))

    def frames(self) -> dict[str, str]:
        """Return the contexts of the page's frames by their addresses."""
        tree = self._firefox.ask("browsingContext.getTree", root=self._tab)["contexts"]
        return {frame["url"]: frame["context"] for frame in tree[0]["children"]}

    def close(self) -> None:
        """Close the tab and forget its cookies."""
        self._firefox.ask("browser.removeUserContext", userContext=self.jar)

    def _find(self, css: str) -> dict[str, Any]:
        locator = {"type": "css", "value": css}
        nodes = self._firefox.ask("browsingContext.locateNodes", context=self._tab, locator=locator)
        assert nodes["nodes"], f"nothing matches {css} on {self.path}"
        return {"sharedId": nodes["nodes"][0]["sharedId"]}

    def _evaluate(self, function: str, *arguments: dict[str, Any], context: str = "") -> Any:
        answer = self._firefox.ask(
            "script.callFunction",
            functionDeclaration=function,
            arguments=arguments,
            target={"context": context or self._tab},
            # Promises never settle where scripts are off.
            awaitPromise=False,
        )
        if answer["type"] == "exception":
            raise BidiError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def _focus(self, css: str) -> None:
        self._evaluate("e => e.focus()", self._find(css))

    def _type(self, text: str) -> None:
        self._act([step for key in text for step in (_down(key), _up(key))])

    def _act(self, steps: list[dict[str, str]]) -> None:
        keyboard = {"type": "key", "id": "keyboard", "actions": steps}
        self._firefox.ask("input.performActions", context=self._tab, actions=[keyboard])


@contextmanager
def running_firefox(profile: Path, preferences: dict[str, Any]) -> Iterator[Bidi]:
    """Run one headless Firefox with a profile of its own for the length of a block."""
    lines = (
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in {**_QUIET, **preferences}.items()
    )
    (profile / "user.js").write_text("".join(lines))
    log = profile / "firefox.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [EXECUTABLE, "--headless", "--no-remote", "--profile", profile,
             "--remote-debugging-port=0", "about:blank"],
            env={**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
            stdout=output,
            stderr=output,
        )  # fmt: skip
        try:
            address = _wait_for_address(process, log)
            with connect(f"{address}/session", max_size=None, proxy=None) as connection:
                firefox = Bidi(connection)
                firefox.ask("session.new", capabilities={})
                firefox.ask("session.subscribe", events=["browsingContext.load"])
                yield firefox
                firefox.ask("browser.close")
        finally:
            _stop(process)


def _wait_for_address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        found = _listening.search(log.read_text(errors="replace"))
        if found:
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"Firefox did not come up:\n{log.read_text(errors='replace')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _down(key: str) -> dict[str, str]:
    return {"type": "keyDown", "value": key}


def _up(key: str) -> dict[str, str]:
    return {"type": "keyUp", "value": key}
