"""A citizen whose key stays on their device: made in the page, never sent, proven elsewhere."""

import json
import subprocess
from pathlib import Path
from secrets import randbelow
from typing import Literal

import pytest

from tests.forms.languages import LANGUAGES
from tests.tiers import rest_by_night

from .chromium import ChromiumWindow
from .citizen import ANSWERS, Citizen, go_to_post, open_composer, read_number, see_released, send
from .instance import COMMAND, Instance

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_LOGIN = 'form[action$="/login/key"]'
_OTHER_WORDS = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.fixture
def citizen(scripted: ChromiumWindow) -> Citizen:
    """Someone in a browser that runs scripts."""
    return Citizen(window=scripted, language="fa", name=f"کلید دور {randbelow(10**6)}")


@pytest.mark.parametrize("remembers", rest_by_night([False, True], 1))
def test_a_device_signs_what_it_says(
    citizen: Citizen, instance: Instance, tmp_path: Path, *, remembers: bool
) -> None:
    window = _window(citizen)
    sent = _listen(window)
    words = make_key(citizen, remembers=remembers)
    digest = _answer(citizen, words, remembers=remembers)
    if remembers:
        _sign_a_tag(citizen)
    _require_device_record(instance, digest, tmp_path)

    window.press('form[action$="/logout"] button')
    window.open(citizen.address("/login"))
    # Logging out forgot the key as well.
    _require_asked(window, _LOGIN, asked=True)
    _log_in_with_words(citizen, words)
    assert not [body for body in sent if holds_words(body, words)], "words never leave the page"


def _window(citizen: Citizen) -> ChromiumWindow:
    assert isinstance(citizen.window, ChromiumWindow)
    return citizen.window


def _listen(window: ChromiumWindow) -> list[str]:
    sent: list[str] = []
    window.page.on("request", lambda request: sent.append(request.post_data or request.url))
    return sent


def make_key(citizen: Citizen, *, remembers: bool) -> list[str]:
    """Join on the device: wrong word first, then the right two. Returns the words."""
    window = _window(citizen)
    window.open(citizen.address("/join"))
    window.click('input[value="device"]')
    window.fill("#f-name", citizen.name)
    window.page.locator('[data-words-list] [lang="en"]').nth(11).wait_for()
    offered = window.texts('[data-words-list] [lang="en"]')
    window.click("[data-again]")
    window.page.wait_for_function(
        "old => Array.from(document.querySelectorAll('[data-words-list] [lang=\"en\"]'))"
        ".map((word) => word.textContent).join(' ') !== old",
        arg=" ".join(offered),
    )
    words = window.texts('[data-words-list] [lang="en"]')
    assert len(words) == 12
    if remembers:
        window.click("[data-device] [data-remember]")
    numbers = [read_number(text) for text in window.texts("[data-check-number]")]
    window.fill("#check-1", "zebra")
    window.fill("#check-2", words[numbers[1] - 1])
    window.click("button[formaction$='/join/device']")
    _see_error(window, "[data-device]")
    assert window.value("#f-name") == citizen.name
    window.fill("#check-1", words[numbers[0] - 1])
    window.press("button[formaction$='/join/device']")
    assert window.path == citizen.address("/welcome")
    assert window.count("main .seal:not(.half):not(.open)"), "the key is on the device"
    return words


def _answer(citizen: Citizen, words: list[str], *, remembers: bool) -> str:
    """Answer in a thread, signing on the device. Returns the answer's digest."""
    window, text = _window(citizen), ANSWERS[citizen.language]
    open_composer(citizen)
    window.fill("#f-text", text)
    _require_asked(window, "form", asked=not remembers)
    if not remembers:
        for wrong in (" ".join(words[:11]), _OTHER_WORDS):
            window.fill("[data-words]", wrong)
            window.click('button[value="send"]')
            _see_error(window, "[data-signer]")
            assert window.value("#f-text") == text, "what was typed stays"
        window.fill("[data-words]", " ".join(words))
    digest = send(citizen)
    see_released(citizen, digest)
    number = go_to_post(citizen, digest)
    assert text in window.text(f"#p{number}")
    assert window.count(f"#p{number} .seal:not(.half):not(.open)")
    return digest


def _sign_a_tag(citizen: Citizen) -> None:
    """Open a thread under a tag that its board has not: the door sees it in the signed bytes."""
    window = _window(citizen)
    window.open(citizen.address("/boards"))
    board = window.page.locator("main .index a").first.get_attribute("href")
    window.open(f"{board}/new")
    window.fill("#f-title", "آب")
    window.fill("#f-text", ANSWERS[citizen.language])
    window.page.evaluate(
        """() => {
            const chosen = document.createElement('input');
            Object.assign(chosen, { name: 'tag_2', value: 'no such tag' });
            document.querySelector('form[data-sign]').append(chosen);
        }"""
    )
    window.press('button[value="send"]')
    assert LANGUAGES[citizen.language].gettext("The board has no such tag") in window.text(
        "#errors"
    )


def _require_device_record(instance: Instance, digest: str, folder: Path) -> None:
    """The record says where its key is, and holds; with one character changed it does not."""
    status, raw = instance.get(f"/records/{digest}")
    assert status == 200
    assert json.loads(raw)["urn:goftogu:custody"] == "device"
    good, bad = folder / digest, folder / "altered.json"
    good.write_bytes(raw)
    bad.write_bytes(raw.replace(b'"device"', b'"unlocked"'))
    for source, code in ((good, 0), (f"{instance.origin}/fa/p/{digest}", 0), (bad, 3)):
        done = subprocess.run(
            [COMMAND, "verify", "--json", source], capture_output=True, check=False
        )
        assert done.returncode == code, done.stderr
        if code == 0:
            assert json.loads(done.stdout)[0]["custody"] == "device"


def _log_in_with_words(citizen: Citizen, words: list[str]) -> None:
    """Log in past words that are none, and words of somebody else."""
    window, button = _window(citizen), f"{_LOGIN} button:not([data-unsigned])"
    window.fill("[data-words]", "zebra")
    window.click(button)
    _see_error(window, _LOGIN)
    assert window.value("[data-words]") == "zebra"
    window.fill("[data-words]", _OTHER_WORDS)
    window.press(button)
    assert window.path != citizen.address("/boards")
    assert window.text("#errors").strip()
    window.fill("[data-words]", " ".join(words))
    window.press(button)
    assert window.path == citizen.address("/boards")
    assert citizen.name in window.text("header")


def _see_error(window: ChromiumWindow, block: str) -> None:
    window.page.locator(f"{block} [data-error]:not(:empty)").wait_for()


def _require_asked(window: ChromiumWindow, form: str, *, asked: bool) -> None:
    """Assert that the page asks for the words, or that the browser keeps the key instead."""
    databases = window.page.evaluate("indexedDB.databases().then(all => all.length)")
    assert databases == (0 if asked else 1)
    state: Literal["visible", "hidden"] = "visible" if asked else "hidden"
    window.page.locator(f"{form} [data-words]").wait_for(state=state)


def holds_words(body: str, words: list[str]) -> bool:
    return sum(word in body for word in words) >= 6
