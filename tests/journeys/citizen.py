"""The steps of a citizen, whichever browser they have.

Each function starts where the one before it ended, presses what a person would press, and asserts
what they would see.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .instance import answer_for
from .window import Window, reload_until

PASSPHRASE: Final = "kettle orchard window salt"
NAMES: Final = {"fa": "رهگذر باران", "en": "early harbour"}
TITLES: Final = {"fa": "نان سنگک از کجا گران شد؟", "en": "Who sets the price of bread?"}
TEXTS: Final = {
    "fa": "از نانوایی شروع کنیم.\n\nمی‌گویند **آرد** ارزان است.",
    "en": "Let us begin at the bakery.\n\nThey say **flour** is cheap.",
}
ANSWERS: Final = {"fa": "با این حرف موافقم، اما نه همه‌جا.", "en": "I agree, but not everywhere."}
REVISED: Final = {"fa": "با این حرف مخالفم، اما نه همه‌جا.", "en": "I disagree, but not everywhere."}
_receipt = re.compile(r"/[a-z]{2}/receipts/([0-9a-f]{64})")

_TURNS: Final = 8
_TURN_S: Final = 11.0


@dataclass(slots=True, kw_only=True)
class Citizen:
    """Someone at a window."""

    window: Window
    language: str
    name: str
    fingerprint: str = ""

    def address(self, path: str) -> str:
        """Return a path in the language that they read."""
        return f"/{self.language}{path}"


def write_and_leave(citizen: Citizen, data: Path) -> str:
    """Do all that a citizen does after joining the instance in a folder; return the post that they erased."""
    window = citizen.window
    answer_for(data, citizen.fingerprint)
    open_thread(citizen)
    answer = reply_to(citizen, quote_someone(citizen))
    revise(citizen, answer)
    erase(citizen, answer)
    held_back = wait_in_the_square(citizen)
    log_out(citizen)
    window.open(held_back)
    assert not window.count("article .wait"), "others do not see what waits"
    log_in(citizen)
    leave(citizen)
    return answer


def make_persona(citizen: Citizen) -> None:
    """Join with a key that the server keeps locked, past a short passphrase and a wrong word."""
    window = citizen.window
    window.open(citizen.address("/"))
    window.press(f'header a[href="{citizen.address("/join")}"]')
    assert window.value("#f-name").strip(), "nobody starts from an empty name"
    assert window.count("[data-device][hidden]") == (not window.has_scripts)
    _send_name(citizen, "short")
    assert window.value("#f-name") == citizen.name
    assert window.value("#f-passphrase") == "", "a passphrase never comes back"
    assert window.text("#f-passphrase-error").strip()
    _send_name(citizen, PASSPHRASE)
    # Six joins are begun in a minute, by all journeys of an instance together.
    for _ in range(_TURNS):
        if window.count("ol.words"):
            break
        time.sleep(_TURN_S)
        window.open(citizen.address("/join"))
        _send_name(citizen, PASSPHRASE)
    copy_two_words(citizen)
    assert window.path == citizen.address("/welcome")
    assert citizen.name in window.text("main h1")
    citizen.fingerprint = window.text("main .fp")
    assert citizen.fingerprint in window.text("header")


def open_thread(citizen: Citizen) -> str:
    """Start a thread: preview without a title, preview, send, wait. Returns the thread's path."""
    window, language = citizen.window, citizen.language
    window.press(f'header a[href="{citizen.address("/boards")}"]')
    window.press("main .index a")
    window.press('main a[href$="/new"]')
    window.fill("#f-text", TEXTS[language])
    window.press('button[value="preview"]')
    assert window.text("#f-title-error").strip(), "a thread needs a title"
    assert window.value("#f-text") == TEXTS[language], "what was typed stays"
    window.fill("#f-title", TITLES[language])
    window.press('button[value="preview"]')
    assert TITLES[language] in window.text("#preview")
    assert window.count("#preview strong") == 1
    assert window.value("#f-text") == TEXTS[language]
    digest = send(citizen)
    see_released(citizen, digest)
    window.press('main a.button[href*="/t/"]')
    assert window.text("h1").strip() == TITLES[language]
    assert not window.count("#p1 .folio a"), "the opening answers nothing"
    assert window.count("#p1 strong") == 1
    return window.path


def open_composer(citizen: Citizen, action: str = 'a[href*="/reply?to="]') -> None:
    """Go to a thread that others began, and on to one of the actions under a post of theirs."""
    window = citizen.window
    window.press(f'header a[href="{citizen.address("/boards")}"]')
    # The second board: the first begins with threads of these journeys.
    window.press("main .index li:nth-child(2) a")
    window.press("main .items h3 a")
    window.press(f"article .menu {action}")


def quote_someone(citizen: Citizen) -> str:
    """Answer another's post under a quotation of it. Returns the answer's digest."""
    window = citizen.window
    open_composer(citizen, 'a[href*="quote="]')
    quotation = window.value("#f-text")
    assert all(line.startswith(">") for line in quotation.strip().split("\n"))
    window.fill("#f-text", f"{quotation}{ANSWERS[citizen.language]}")
    digest = send(citizen)
    see_released(citizen, digest)
    number = go_to_post(citizen, digest)
    assert window.count(f"#p{number} blockquote")
    assert ANSWERS[citizen.language] in window.text(f"#p{number}")
    return digest


def reply_to(citizen: Citizen, digest: str) -> str:
    """Answer a post without quoting it. Returns the answer's digest."""
    window = citizen.window
    window.press(f'a[href$="/reply?to={digest}"]')
    assert window.value("#f-text") == ""
    window.fill("#f-text", ANSWERS[citizen.language])
    answer = send(citizen)
    see_released(citizen, answer)
    number = go_to_post(citizen, answer)
    assert window.count(f"#p{number} .folio a"), "it says which post it answers"
    return answer


def revise(citizen: Citizen, digest: str) -> None:
    """Change a word; both versions stay to be seen."""
    window, language = citizen.window, citizen.language
    window.press(f'a[href$="/p/{digest}/revise"]')
    assert window.value("#f-text") == ANSWERS[language]
    window.fill("#f-text", REVISED[language])
    send(citizen)
    reload_until(
        window, citizen.address(f"/p/{digest}"), "#versions .facts:not(:has(.wait)) + .typed ins"
    )
    assert window.text("#versions del").strip()
    assert REVISED[language] in window.text("main article")


def erase(citizen: Citizen, digest: str) -> None:
    """Take a post away; its place stays, and its signed bytes are gone."""
    window = citizen.window
    number = go_to_post(citizen, digest)
    window.press(f'a[href$="/p/{digest}/erase"]')
    assert REVISED[citizen.language] in window.text("main article")
    window.press('form[action$="/erase"] button')
    assert _receipt.fullmatch(window.path)
    assert go_to_post(citizen, digest) == number
    assert REVISED[citizen.language] not in window.source()
    assert window.count(f"#p{number} .slip"), "a tombstone stands in its place"


def wait_in_the_square(citizen: Citizen) -> str:
    """Write where posts are held back: the author sees it waiting. Returns its thread's path."""
    window = citizen.window
    window.press(f'header a[href="{citizen.address("/boards")}"]')
    window.press('main .index a[href$="/b/square"]')
    window.press("main .items h3 a")
    thread = window.path
    window.press('article .menu a[href*="/reply?to="]')
    window.fill("#f-text", ANSWERS[citizen.language])
    send(citizen)
    assert window.count("main .wait"), "the receipt says that it waits"
    window.open(thread)
    assert ANSWERS[citizen.language] in window.text("article:not([id])")
    assert window.count("article .wait")
    return thread


def log_out(citizen: Citizen) -> None:
    """End the session."""
    window = citizen.window
    window.press('form[action$="/logout"] button')
    assert window.path == citizen.address("/logged-out")
    require_logged_out(citizen)


def require_logged_out(citizen: Citizen) -> None:
    """Assert that nothing of the persona is left in this window."""
    citizen.window.open(citizen.address("/persona"))
    assert citizen.window.path == citizen.address("/login")
    assert citizen.name not in citizen.window.source()
    assert "s" not in citizen.window.cookies()


def log_in(citizen: Citizen) -> None:
    """Log in, after a passphrase that is wrong by one letter."""
    window = citizen.window
    window.open(citizen.address("/login"))
    for passphrase in (PASSPHRASE.capitalize(), PASSPHRASE):
        window.fill("#f-name", citizen.name)
        window.fill("#f-passphrase", passphrase)
        window.press('form[action$="/login"] button')
        if passphrase != PASSPHRASE:
            assert window.text("#f-passphrase-error").strip()
            assert window.value("#f-name") == citizen.name
    assert window.path == citizen.address("/boards")
    assert citizen.fingerprint in window.text("header")


def leave(citizen: Citizen) -> None:
    """Leave in a hurry: a page that names nothing, and the session is over."""
    window = citizen.window
    window.press("a.leave")
    assert window.path == "/exit"
    source = window.source().lower()
    assert not [word for word in ("goftogu", "گفتگو", citizen.name, "/fa", "css") if word in source]
    require_logged_out(citizen)


def _send_name(citizen: Citizen, passphrase: str) -> None:
    window = citizen.window
    window.fill("#f-name", citizen.name)
    window.fill("#f-passphrase", passphrase)
    window.press('form[action$="/join"] .by-host button')


def copy_two_words(citizen: Citizen) -> None:
    """Type back the words that the page asks for, past wrong ones."""
    window = citizen.window
    words = window.texts('ol.words [lang="en"]')
    assert len(set(words)) >= 11
    for wrong in (True, False):
        for field in ("word_first", "word_second"):
            number = read_number(window.text(f'label[for="f-{field}"]'))
            window.fill(f"#f-{field}", "zebra" if wrong else words[number - 1])
        window.press('form[action$="/join/confirm"] button')
        if wrong:
            assert window.text("#f-word_first-error").strip()
            assert window.texts('ol.words [lang="en"]') == words, "the same words, once more"


def send(citizen: Citizen) -> str:
    citizen.window.press('button[value="send"]')
    found = _receipt.fullmatch(citizen.window.path)
    assert found, f"no receipt but {citizen.window.path}"
    return found[1]


def see_released(citizen: Citizen, digest: str) -> None:
    """Look at the receipt until it says that readers see the post."""
    receipt = citizen.address(f"/receipts/{digest}")
    reload_until(citizen.window, receipt, "main .seal.done")


def go_to_post(citizen: Citizen, digest: str) -> int:
    """Go to a post's page and on to its place in the thread. Returns its number there."""
    window = citizen.window
    window.open(citizen.address(f"/p/{digest}"))
    number = int(window.link("main .crumb a").partition("#p")[2])
    window.press("main .crumb a")
    return number


def read_number(text: str) -> int:
    """Return the number in a text, whatever its digits."""
    return int("".join(character for character in text if character.isdigit()))
