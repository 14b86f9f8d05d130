"""Every page, and how to reach it."""

from secrets import randbelow, token_hex
from typing import Final
from urllib.parse import quote

from app.kernel.clock import SystemClock, day_of
from playwright.sync_api import Page

from .chromium import new_context
from .citizen import PASSPHRASE, TEXTS, TITLES
from .context_stops import CONTEXT
from .gallery import Reach, Stop
from .ground_stops import GROUND
from .health_stops import HEALTH
from .hearing_stops import HEARING
from .live_stops import LIVE
from .places import Places, found_board, log_in
from .reporting_stops import REPORTING
from .tongue_stops import TONGUES
from .voting_stops import VOTING

# Where a page is only filled otherwise than another.
_ONE: Final = ("fa",)
_LONG_ADDRESS: Final = quote(
    f"https://archive.example/{'a-very-long-way/' * 12}?page=1&q=آب", safe=""
)


def _at(path: str) -> Reach:
    """Reach a page by its address; `{thread}` and the like stand for places."""

    def reach(page: Page, places: Places, language: str) -> None:
        known = {name: getattr(places, name) for name in Places.__slots__}
        page.goto(f"/{language}{path.format(**known)}")

    return reach


def _checked(page: Page, places: Places, language: str) -> None:
    """Follow a post's "verify", and look at what may be unfolded as well."""
    page.goto(f"/{language}{places.post}")
    page.goto(f"/{language}{places.post}#verify")
    page.locator("[data-check] button").click()
    page.wait_for_selector('[data-state="good"]:not([hidden])')
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")


def _quoting(page: Page, places: Places, language: str) -> None:
    page.goto(f"/{language}{places.thread}")
    page.locator('article .menu a[href*="quote="]:visible').first.click()
    page.wait_for_selector("#f-text")


def _joining(page: Page, language: str, passphrase: str) -> None:
    page.goto(f"/{language}/join")
    page.fill("#f-name", f"{page.input_value('#f-name')} {randbelow(10**6)}")
    page.fill("#f-passphrase", passphrase)
    page.click('form[action$="/join"] .by-host button')


def _join_error(page: Page, _places: Places, language: str) -> None:
    _joining(page, language, "short")
    page.wait_for_selector("#f-passphrase-error")


def _join_unfit_invitation(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/join")
    page.fill("#f-invitation", "legal winner thank yaer wave")
    page.fill("#f-passphrase", PASSPHRASE)
    page.click('form[action$="/join"] .by-host button')
    page.wait_for_selector("#f-invitation-error")


def _invitation(page: Page, _places: Places, language: str) -> None:
    """Make one, in words; a persona has five a month, and then sees that they are given."""
    page.goto(f"/{language}/invitations")
    if page.locator("#f-words").count():
        page.check("#f-words")
        page.click('form[action$="/invitations"] button')
        page.wait_for_selector(".words li")


def _words(page: Page, _places: Places, language: str) -> None:
    _joining(page, language, PASSPHRASE)
    page.wait_for_selector("#f-word_first")


def _join_device(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/join")
    page.check('input[value="device"]')
    page.wait_for_selector("[data-words-list] li")


def _login_error(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/login")
    page.fill("#f-name", token_hex(4))
    page.fill("#f-passphrase", PASSPHRASE)
    page.click('form[action$="/login"] button')
    page.wait_for_selector("#f-passphrase-error")


def _writing(page: Page, places: Places, language: str, title: str) -> None:
    page.goto(f"/{language}{places.board}/new")
    page.fill("#f-title", title)
    page.fill("#f-text", TEXTS[language if language in TEXTS else "en"])


def _compose_error(page: Page, places: Places, language: str) -> None:
    _writing(page, places, language, "")
    page.click('button[value="preview"]')
    page.wait_for_selector("#f-title-error")


def _preview(page: Page, places: Places, language: str) -> None:
    _writing(page, places, language, TITLES[language if language in TITLES else "en"])
    page.click('button[value="preview"]')
    page.wait_for_selector("#preview")


def _kept_text(page: Page, places: Places, language: str) -> None:
    """Send a form that the instance did not make: the error page gives the text back."""
    _writing(page, places, language, "…")
    page.evaluate("document.querySelectorAll('[name=token]').forEach(e => e.value = 'stale')")
    page.click('button[value="preview"]')
    page.wait_for_selector("textarea[readonly]")


def _ended_session(page: Page, places: Places, language: str) -> None:
    """Send a text after the session is over: it comes back, with a way to log in."""
    log_in(page, places.login)
    _writing(page, places, language, "…")
    browser, origin = page.context.browser, "/".join(page.url.split("/", 3)[:3])
    assert browser is not None
    # In another browser, so that this one still has its cookie: the host is who ended the session.
    with new_context(browser, origin) as elsewhere:
        elsewhere.add_cookies(page.context.cookies())  # type: ignore[arg-type]  # What one gives is what the other takes.
        other = elsewhere.new_page()
        other.goto(f"/{language}/boards")
        with other.expect_navigation():
            other.click('form[action$="/logout"] button')
    page.click('button[value="send"]')
    page.wait_for_selector("textarea[readonly]")
    page.context.clear_cookies()


def _tagged(page: Page, places: Places, language: str) -> None:
    """Look at a text with tags that waits a day."""
    page.goto(f"/{language}{places.shore}/new")
    page.select_option("#f-tag_1", index=1)
    page.select_option("#f-wait", "24")
    page.fill("#f-title", TITLES["fa"])
    page.fill("#f-text", TEXTS["fa"])
    page.click('button[value="preview"]')
    page.wait_for_selector("#preview")


def _board_key(page: Page, _places: Places, language: str) -> None:
    found_board(page, language, f"shore-{token_hex(4)}")


def _manage_error(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/boards/manage/new")
    page.fill("#f-slug", "Not a slug")
    page.click("main form .button")
    page.wait_for_selector("#f-slug-error")


def _carry_error(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/carry")
    page.fill("#f-record", '{"type":"Note"}')
    page.click('form[action$="/carry"] button')
    page.wait_for_selector("#f-record-error")


# The village is settled today.
_MONTH: Final = f"{day_of(SystemClock().now()):%Y-%m}"


def _case(page: Page, _places: Places, language: str) -> None:
    """Take a case, or go on with the one that the desk holds."""
    page.goto(f"/{language}/desk")
    page.click('[accesskey="n"]')
    page.wait_for_selector('form[action$="/desk/case"]')


def _case_read(page: Page, places: Places, language: str) -> None:
    _case(page, places, language)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")


def _case_error(page: Page, places: Places, language: str) -> None:
    _case(page, places, language)
    page.click('form[action$="/desk/case"] .button')
    page.wait_for_selector("#f-facts-error")


def _case_refused(page: Page, places: Places, language: str) -> None:
    """Decide a case that is not there any more."""
    _case(page, places, language)
    page.evaluate("document.querySelectorAll('[name=case]').forEach(e => e.value = 'gone')")
    page.check("#f-kind-hide")
    page.fill("#f-facts", TEXTS[language if language in TEXTS else "en"][:200])
    page.click('form[action$="/desk/case"] .button')
    page.wait_for_selector("textarea[readonly]")


def _break(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/desk")
    page.click('[accesskey="n"]')
    page.wait_for_selector("[name=go]", state="attached")


def _desk_login_error(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/{language}/desk/login")
    page.fill("#f-number", f"{randbelow(10**6)}")
    page.fill("#f-passphrase", PASSPHRASE)
    page.click("main form .button")
    page.wait_for_selector("#f-passphrase-error")


STOPS: Final = (
    Stop(name="home", reach=_at("/")),
    Stop(name="boards", reach=_at("/boards")),
    Stop(name="board", reach=_at("{board}")),
    Stop(name="board-empty", reach=_at("{shore}"), tested=_ONE),
    Stop(name="board-texts", reach=_at("{texts.board}"), tested=_ONE),
    Stop(name="board-archived", reach=_at("{old_board}")),
    Stop(name="board-pinned", reach=_at("/b/elections")),
    Stop(name="latest", reach=_at("/latest")),
    Stop(name="thread", reach=_at("{thread}")),
    Stop(name="thread-page-2", reach=_at("{thread}?page=2")),
    Stop(name="thread-tombstone", reach=_at("{tombstone}")),
    Stop(name="thread-declaration", reach=_at("{texts.declaration}"), tested=_ONE),
    Stop(name="thread-hard", reach=_at("{texts.hard}"), tested=_ONE),
    Stop(name="thread-erased", reach=_at("{texts.erased}"), tested=_ONE),
    Stop(name="thread-locked", reach=_at("{locked}"), by="persona"),
    Stop(name="thread-archived", reach=_at("{archived}")),
    Stop(name="thread-waiting", reach=_at("{waiting_thread}"), by="persona"),
    Stop(
        name="thread-name",
        reach=_at("{named_post}"),
        by="persona",
        may_check=True,
        tested=_ONE,
    ),
    Stop(name="print", reach=_at("{thread}/print")),
    Stop(name="post", reach=_at("{post}"), may_check=True),
    Stop(name="post-checked", reach=_checked, may_check=True),
    Stop(name="post-waiting", reach=_at("{waiting_post}"), by="persona"),
    Stop(name="post-revision-waiting", reach=_at("{revised_post}"), by="persona", tested=_ONE),
    Stop(name="post-erased", reach=_at("{texts.erased_post}"), tested=_ONE),
    Stop(name="print-declaration", reach=_at("{texts.declaration}/print"), tested=_ONE),
    Stop(name="take", reach=_at("{post}/take")),
    Stop(name="shelf", reach=_at("/bundles")),
    Stop(name="persona", reach=_at("{stranger}")),
    Stop(name="persona-own", reach=_at("/persona"), by="persona"),
    Stop(name="persona-newcomer", reach=_at("/persona"), by="newcomer", tested=_ONE),
    Stop(name="persona-long", reach=_at("{texts.author}"), tested=_ONE),
    Stop(name="persona-for-thread", reach=_at("{name_for_thread}"), tested=_ONE),
    Stop(name="join", reach=_at("/join"), may_sign=True),
    Stop(name="join-error", reach=_join_error, may_sign=True, status=400),
    Stop(name="join-unfit-invitation", reach=_join_unfit_invitation, may_sign=True, status=400),
    Stop(name="invitations", reach=_at("/invitations"), by="persona", may_make=True),
    Stop(
        name="invitations-newcomer",
        reach=_at("/invitations"),
        by="newcomer",
        may_make=True,
        tested=_ONE,
    ),
    Stop(name="invitation", reach=_invitation, by="persona"),
    Stop(name="join-device", reach=_join_device, may_sign=True),
    Stop(name="words", reach=_words),
    Stop(name="welcome", reach=_at("/welcome"), by="persona"),
    Stop(name="login", reach=_at("/login"), may_sign=True),
    Stop(name="login-error", reach=_login_error, may_sign=True, status=403),
    Stop(name="logged-out", reach=_at("/logged-out")),
    Stop(name="compose", reach=_at("{board}/new"), by="persona", may_sign=True),
    Stop(
        name="compose-newcomer", reach=_at("{board}/new"), by="newcomer", may_sign=True, tested=_ONE
    ),
    Stop(
        name="compose-reply",
        reach=_at("{texts.hard}/reply"),
        by="persona",
        may_sign=True,
        tested=_ONE,
    ),
    Stop(name="compose-draft", reach=_at("{draft}"), by="persona", may_sign=True),
    Stop(name="compose-tagged", reach=_tagged, by="persona", may_sign=True),
    Stop(name="compose-quote", reach=_quoting, by="persona", may_sign=True),
    Stop(name="compose-error", reach=_compose_error, by="persona", may_sign=True, status=400),
    Stop(name="preview", reach=_preview, by="persona", may_sign=True),
    Stop(name="revise", reach=_at("{post}/revise"), by="persona", may_sign=True),
    Stop(name="erase", reach=_at("{post}/erase"), by="persona", may_sign=True),
    Stop(name="notices", reach=_at("/notices"), by="persona"),
    Stop(name="own-acts", reach=_at("/notices/acts"), by="persona"),
    Stop(name="own-acts-empty", reach=_at("/notices/acts"), by="newcomer", tested=_ONE),
    Stop(name="own-act", reach=_at("{own_act}"), by="persona"),
    Stop(name="shield", reach=_at("/shield"), by="persona"),
    Stop(name="shield-empty", reach=_at("/shield"), by="newcomer", tested=_ONE),
    Stop(name="persona-muted", reach=_at("{stranger}"), by="persona", tested=_ONE),
    Stop(name="thread-muted", reach=_at("{thread}"), by="persona", tested=_ONE),
    Stop(
        name="live-muted",
        reach=_at("{thread}/live"),
        by="persona",
        tested=_ONE,
        is_followed=True,
    ),
    Stop(
        name="compose-shielded", reach=_at("{shielded}"), by="newcomer", may_sign=True, tested=_ONE
    ),
    Stop(name="saved", reach=_at("/saved"), by="persona"),
    Stop(name="notices-empty", reach=_at("/notices"), by="newcomer", tested=_ONE),
    Stop(name="saved-empty", reach=_at("/saved"), by="newcomer", tested=_ONE),
    Stop(name="drafts-empty", reach=_at("/drafts"), by="newcomer", tested=_ONE),
    Stop(name="latest-since", reach=_at("/latest?since=0")),
    Stop(name="drafts", reach=_at("/drafts"), by="persona"),
    Stop(name="receipt", reach=_at("{released}"), by="persona"),
    Stop(name="receipt-waiting", reach=_at("{waiting}"), by="persona"),
    Stop(name="receipt-erased", reach=_at("{receipt_erased}"), by="persona", tested=_ONE),
    Stop(name="search", reach=_at("/search?q=آب")),
    Stop(name="search-start", reach=_at("/search")),
    Stop(name="search-texts", reach=_at("/search?q=human"), tested=_ONE),
    Stop(name="search-narrowed", reach=_at("/search?q=آب&board=water&author=7sm7+tlal+m3xo+maob")),
    Stop(name="search-error", reach=_at("/search?q=آب&day=۳۲"), status=400),
    Stop(name="restore", reach=_at("/restore")),
    Stop(name="revoke", reach=_at("/revoke")),
    Stop(name="erase-me", reach=_at("/erase-me"), by="persona"),
    Stop(name="keys", reach=_at("/keys"), by="persona"),
    Stop(name="manage", reach=_at("/boards/manage"), by="persona"),
    Stop(name="manage-new", reach=_at("/boards/manage/new"), by="persona"),
    Stop(name="manage-error", reach=_manage_error, by="persona", status=400),
    Stop(name="manage-board", reach=_at("/boards/manage/water"), by="persona"),
    Stop(name="board-key", reach=_board_key, by="persona"),
    Stop(name="desk-login", reach=_at("/desk/login")),
    Stop(name="desk-login-error", reach=_desk_login_error, status=403),
    Stop(name="desk-begin", reach=_at("/desk/begin"), by="beginner"),
    Stop(name="desk", reach=_at("/desk"), by="desk"),
    Stop(name="desk-case", reach=_case, by="desk"),
    Stop(name="desk-case-read", reach=_case_read, by="desk", tested=_ONE),
    Stop(name="desk-case-error", reach=_case_error, by="desk", status=400),
    Stop(name="desk-case-refused", reach=_case_refused, by="desk", status=404),
    Stop(name="desk-break", reach=_break, by="tired"),
    Stop(name="desk-grouped", reach=_at("/desk/grouped"), by="desk"),
    Stop(name="desk-proposals", reach=_at("/desk/proposals"), by="desk"),
    Stop(name="desk-proposal", reach=_at("/desk/proposals/{staff.proposal}"), by="desk"),
    Stop(name="desk-acts", reach=_at("/desk/acts?desk=2"), by="desk"),
    Stop(name="desk-appeals", reach=_at("/desk/appeals"), by="desk"),
    Stop(name="desk-appeal", reach=_at("/desk/appeals/{staff.appeal}"), by="desk"),
    Stop(name="carry", reach=_at("/carry")),
    Stop(name="carry-error", reach=_carry_error, status=400),
    Stop(name="settings", reach=_at("/settings")),
    Stop(name="status", reach=_at("/status")),
    Stop(name="card", reach=_at("/card")),
    Stop(name="leaving", reach=_at("/leaving?to=https%3A%2F%2Fexample.org%2Fwater")),
    Stop(name="leaving-long", reach=_at(f"/leaving?to={_LONG_ADDRESS}"), tested=_ONE),
    Stop(name="leaving-nowhere", reach=_at("/leaving"), status=404, tested=_ONE),
    Stop(name="transparency", reach=_at("/transparency")),
    Stop(name="moderation-log", reach=_at("/moderation")),
    Stop(
        name="moderation-found", reach=_at("/moderation?kind=label&rule=private-data"), tested=_ONE
    ),
    Stop(name="moderation-nothing", reach=_at("/moderation?q=xyz"), tested=_ONE),
    Stop(name="moderation-act", reach=_at("{act}")),
    Stop(name="moderation-desks", reach=_at("/moderation/desks")),
    Stop(name="moderation-numbers", reach=_at(f"/moderation/numbers/{_MONTH}")),
    Stop(name="moderation-demands", reach=_at("/moderation/demands")),
    Stop(name="safety", reach=_at("/safety")),
    Stop(name="reach", reach=_at("/reach")),
    Stop(name="officials", reach=_at("/officials")),
    Stop(name="sponsors", reach=_at("/sponsors")),
    Stop(name="sponsors-edit", reach=_at("/sponsors/edit"), by="persona", tested=_ONE),
    Stop(name="reach-edit", reach=_at("/reach/edit"), by="persona"),
    Stop(name="about", reach=_at("/about")),
    Stop(name="rules", reach=_at("/rules")),
    Stop(name="help", reach=_at("/help")),
    Stop(name="not-found", reach=_at("/nowhere"), status=404),
    Stop(name="ended-session", reach=_ended_session, status=403),
    Stop(name="kept-text", reach=_kept_text, by="persona", status=403),
    *CONTEXT,
    *GROUND,
    *REPORTING,
    *VOTING,
    *HEALTH,
    *HEARING,
    *LIVE,
    *TONGUES,
)
