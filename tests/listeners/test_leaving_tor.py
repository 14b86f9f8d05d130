"""After leaving over Tor: what New Identity does is said, and nothing of where somebody was."""

from collections.abc import Iterator

import pytest
from app import wiring
from app.main import create_app
from app.wiring import House

from tests.listeners.ways import ADDRESS, LISTENERS, OnListener, browsing
from tests.visitor import ORIGIN

pytestmark = pytest.mark.slow

SAID = "closes every window of Tor Browser"


@pytest.fixture(params=["onion", "web without TLS"])
def reader(request: pytest.FixtureRequest, house: House) -> Iterator[OnListener]:
    wiring.announce_onion(house, ADDRESS)
    with browsing(create_app(house, ORIGIN), LISTENERS[request.param]) as visitor:
        yield visitor


def is_over_tor(reader: OnListener) -> bool:
    return reader.origin.endswith(".onion")


def test_page_after_logging_out_says_what_new_identity_does(reader: OnListener) -> None:
    reader.join("Ava")
    answer = reader.log_out()

    page = reader.client.get(answer.headers["location"]).text

    assert (SAID in page) is is_over_tor(reader)


@pytest.mark.parametrize("accepted", ["", "de", "en-US,en;q=0.5"])
def test_exit_says_so_too_and_names_no_place(reader: OnListener, accepted: str) -> None:
    answer = reader.client.get("/exit", headers={"Accept-Language": accepted})

    assert (SAID in answer.text) is is_over_tor(reader)
    assert ("Tor" in answer.text) is is_over_tor(reader)
    for word in ("goftogu", "گفتگو", "forum", ADDRESS, "/en/", "/fa/", 'href="/', "script"):
        assert word not in answer.text.lower()
    assert not any("\u0600" <= letter <= "\u06ff" for letter in answer.text)


def test_exit_speaks_the_browsers_language(reader: OnListener) -> None:
    answer = reader.client.get("/exit", headers={"Accept-Language": "fr,en"})

    assert ('<p lang="fr" dir="ltr">' in answer.text) is is_over_tor(reader)
