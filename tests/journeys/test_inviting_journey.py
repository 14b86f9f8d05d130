"""Somebody invites, somebody else comes: on paper without scripts, and blinded where scripts run."""

from secrets import randbelow

import pytest

from .chromium import ChromiumWindow
from .citizen import PASSPHRASE, Citizen, copy_two_words
from .instance import Instance
from .window import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_invitations(window: Window, instance: Instance) -> None:
    """Log in whoever may invite, and go to their invitations."""
    name, passphrase = instance.logins[1]
    window.open("/en/login")
    window.fill("#f-name", name)
    window.fill("#f-passphrase", passphrase)
    window.press('form[action$="/login"] button')
    window.press('header a[href="/en/persona"]')
    window.press('main a[href="/en/invitations"]')


def join_with(citizen: Citizen, invitation: str) -> None:
    """Join with an invitation, past one that is not good."""
    window, mistyped = citizen.window, f"{invitation[:-1]}ö"
    window.open(citizen.address("/join"))
    _send(citizen, mistyped)
    assert window.value("#f-invitation") == mistyped, "what was typed stays"
    assert window.text("#f-invitation-error").strip()
    _send(citizen, invitation)
    copy_two_words(citizen)
    window.open(citizen.address("/invitations"))
    assert not window.count('form[action$="/redeem"]'), "who was invited needs no other"


def _send(citizen: Citizen, invitation: str) -> None:
    window = citizen.window
    window.fill("#f-name", citizen.name)
    window.fill("#f-invitation", invitation)
    window.fill("#f-passphrase", PASSPHRASE)
    window.press('form[action$="/join"] .by-host button')


def test_words_on_paper_invite_without_scripts(window: Window, instance: Instance) -> None:
    open_invitations(window, instance)
    assert window.count("form[data-blind][hidden]") == (not window.has_scripts)
    window.tick("#f-words")
    window.press('form[action$="/invitations"] button')
    words = window.texts(".words [lang=en]")
    assert len(words) == 12
    assert window.count('main img[src^="data:image/png"]') == 1
    window.press('form[action$="/logout"] button')

    citizen = Citizen(window=window, language="en", name=f"guest {randbelow(10**6)}")
    join_with(citizen, " ".join(words))


def test_device_makes_an_invitation_that_the_host_never_sees(
    scripted: ChromiumWindow, instance: Instance
) -> None:
    sent: list[str] = []
    scripted.page.on("request", lambda request: sent.append(request.post_data or request.url))
    open_invitations(scripted, instance)
    scripted.click("[data-make]")
    scripted.page.wait_for_selector("[data-made]:not([hidden])")
    invitation = scripted.value("[data-text]")
    assert len(invitation) == len("2026-11.") + 384
    scripted.click("[data-copy]")
    scripted.page.wait_for_selector("[data-status]")
    scripted.press('form[action$="/logout"] button')

    parts = [invitation[8 + start : 40 + start] for start in range(0, 384, 32)]
    assert [part for part in parts if any(part in said for said in sent)] == []
    citizen = Citizen(window=scripted, language="en", name=f"guest {randbelow(10**6)}")
    join_with(citizen, invitation)


def test_device_refuses_a_key_that_the_card_does_not_name(
    scripted: ChromiumWindow, instance: Instance
) -> None:
    """A host that shows one person a key of its own gets nothing to sign."""
    open_invitations(scripted, instance)
    sent: list[str] = []
    scripted.page.on("request", lambda request: sent.append(request.url))

    scripted.name_another_issuer("invitation")
    scripted.click("[data-make]")
    scripted.page.wait_for_selector("[data-error]:not(:empty)")

    assert "names another key" in scripted.text("[data-error]")
    assert not scripted.value("[data-text]")
    assert [url for url in sent if url.endswith("/sign")] == []
