"""A researcher reads what was heard: the card first, then a figure, then the files against the log."""

import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from app.crypto.multikey import decode_digest
from app.records import parse_record, verify_record
from playwright.sync_api import Browser

from tests.houses import release
from tests.listening.crowds import publish_now, with_people

from .hall_town import opened_town

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_researcher_reads_a_release_and_checks_its_files(
    chromium: Browser, template: Path, tmp_path: Path
) -> None:
    data = shutil.copytree(template, tmp_path / "instance")
    with opened_town(data, chromium, "fa") as town:
        conversation, _ = with_people(town.house, 400)
        publish_now(town.house)
        release(town.house)
        # What they read differs in its sentences alone.
        for language in ("fa", "en"):
            window = town.sit()
            window.open(f"/{language}/")
            window.press(f'footer a[href="/{language}/listening"]')
            week = window.path
            window.press(f'main h3 a[href$="/{conversation.thread}"]')
            assert window.count("main section:first-of-type#card"), "who speaks stands first"
            card = window.text("#card")
            assert "۴۰۰" in card or "400" in card
            assert window.count("main progress"), "and figures after it"
            assert window.count("#gap")
            window.press("main .crumb a")
            assert window.path.startswith(f"{week}/"), "a release has an address for good"
            told = window.texts("main dd code")
            links = [
                window.page.locator(f"main .menu a[href$='{end}']").get_attribute("href")
                for end in (".csv", "/codebook", "/file")
            ]
            files = [window.page.request.get(str(link)).body() for link in links]
            assert [sha256(file).hexdigest() for file in files] == told
            record = window.page.locator('main a[href^="/records/"]').get_attribute("href")
            raw = window.page.request.get(str(record)).body()
            signed = verify_record(parse_record(raw))
            assert signed.signer == town.house.door.instance_did
            named = signed.document["urn:goftogu:release"]
            said = [decode_digest(named[name]).hex() for name in ("table", "codebook", "page")]
            assert said == told, "the log names what the page does"
