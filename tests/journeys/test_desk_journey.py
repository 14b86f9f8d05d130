"""Journey 4.3: a moderator after a coordinated attack, without scripts, in both browsers."""

from secrets import token_hex

import pytest

from .instance import Instance
from .staff import begin, seat_staff
from .window import Window, reload_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(params=[pytest.param("unscripted", marks=pytest.mark.nightly), "safest"])
def plain(request: pytest.FixtureRequest) -> Window:
    """Each browser without scripts; by night Chromium as well, which is sent the same pages."""
    found: Window = request.getfixturevalue(request.param)
    return found


def test_moderator_clears_an_attack_without_scripts(plain: Window, instance: Instance) -> None:
    window, staff = plain, seat_staff(instance, token_hex(4))
    begin(window, "fa", staff.number, staff.words)
    assert not window.has_scripts
    assert window.count("main .items > li") >= 6

    # The one of danger comes first, whatever the crowd says.
    window.press('form[action$="/desk/claim"] button')
    assert window.path == "/fa/desk/case"
    assert window.count("main .wait") == 1
    window.press('form[action$="/desk/case"] .button')
    assert window.count("#f-kind-error") == 1, "nothing is decided without saying what"
    window.tick("#f-kind-hide")
    window.fill("#f-facts", "نشانی خانهٔ یک شخص در متن آمده است.")
    window.press('form[action$="/desk/case"] .button')
    assert window.path == "/fa/desk"

    # The crowd's, together: the boxes are ticked, and the texts are there to be read.
    window.open("/fa/desk/grouped")
    assert window.count('input[type="checkbox"]') >= 5
    window.tick("#f-kind")
    window.fill("#f-facts", "نظر است و هیچ قاعده‌ای را نمی‌شکند.")
    window.press('form[action$="/desk/grouped"] .button')
    assert window.count('input[type="checkbox"]') == 0

    # Whatever was done can be undone, by one decision about all of it.
    # Several acts are signed one after the other; a browser may have gone on meanwhile.
    reload_until(window, "/fa/desk/acts", "main .items > li:nth-of-type(6)")
    window.fill("#f-facts", "اشتباه بود: نشانی از آن یک اداره است.")
    window.press('form[method="post"][action$="/desk/acts"] .button')
    assert window.path == "/fa/desk"
    window.open("/fa/desk/acts")
    assert window.count("main .items > li") == 0
    window.press('form[action$="/desk/logout"] button')
    window.open("/fa/desk")
    assert window.path == "/fa/desk/login"
