"""Feeds of lists: well-formed, named by their pages, the same twice, and as new as the page."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from app import moderation
from app.kernel.clock import HOUR_S, FixedClock
from app.main import create_app
from app.opinion.model import Vote
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.federation.test_shelving import keep
from tests.hearings import hall as halls
from tests.hearings.hall import CHARTER
from tests.houses import publish, release

pytestmark = pytest.mark.slow

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("/hearings", "/officials", "/bundles", "/moderation/demands")


@pytest.fixture
def client(house: House) -> TestClient:
    """A browser before the instance."""
    return TestClient(create_app(house, "http://testserver"))


def entries(client: TestClient, path: str, language: str = "en") -> list[tuple[str, str, str]]:
    """Return each entry's id, title and link; all that Atom asks for is there."""
    answer = client.get(f"/{language}{path}/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(answer.text)
    assert feed.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == language
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{name}")
    found = []
    for entry in feed.findall(f"{ATOM}entry"):
        values = [entry.findtext(f"{ATOM}{name}") or "" for name in ("id", "title", "updated")]
        link = entry.find(f"{ATOM}link")
        assert all(values)
        assert link is not None
        found.append((values[0], values[1], link.attrib["href"]))
    assert len({mark for mark, _, _ in found}) == len(found)
    return found


@pytest.mark.parametrize("path", FEEDS)
def test_page_names_its_feed_which_is_sent_once(client: TestClient, path: str) -> None:
    page, first = client.get(f"/fa{path}").text, client.get(f"/fa{path}/feed.atom")

    again = client.get(f"/fa{path}/feed.atom", headers={"If-None-Match": first.headers["etag"]})

    assert page.count(f'href="/fa{path}/feed.atom"') == 2
    assert first.status_code == 200
    assert again.status_code == 304


def test_hearing_and_its_official_are_told_and_no_votes(house: House, client: TestClient) -> None:
    hall = halls.open_hall(house)
    halls.ask_some(house, hall, 3)
    halls.put_votes(house, hall, [dict.fromkeys(range(1, 4), Vote.AGREE)] * 12, kinds="invited")
    release(house)

    ((mark, _, link),) = entries(client, "/hearings")
    ((_, office, _),) = entries(client, "/officials")
    before = client.get("/en/hearings/feed.atom").text
    waiting = halls.choose(house, hall)
    ((later, _, _),) = entries(client, "/hearings")

    assert link.endswith(f"/t/{hall.thread}/hearing")
    assert (mark.rpartition(":")[2], later.rpartition(":")[2]) == ("open", "chosen")
    assert len(waiting) == CHARTER.top + CHARTER.lot
    text = "".join(ET.fromstring(before).itertext())
    assert not {"12", "agree", "voters"} & set(text.replace("-", " ").split())
    assert office.partition(": ")[2]


def test_file_that_was_made_anew_is_another_entry(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    publish(house, factories.card(factories.person("Ava")))
    publish(house, factories.note(factories.person("Ava"), title="Whose water?"))
    keeper = keep(house)
    first = entries(client, "/bundles")
    publish(house, factories.note(factories.person("Ava"), title="And whose well?"))
    clock.advance(HOUR_S)
    keep(house, keeper)
    second = entries(client, "/bundles")

    assert {link for _, _, link in first} == {link for _, _, link in second}
    assert not {mark for mark, _, _ in first} & {mark for mark, _, _ in second}
    for _, _, link in second:
        assert client.get(link.removeprefix("http://testserver")).status_code == 200


def test_demand_that_may_be_told_is(house: House, client: TestClient) -> None:
    said = {"from": "government", "asked": "data", "answer": "refused", "country": "CA"}
    day = (factories.TODAY - timedelta(days=1)).isoformat()
    with house.db.write() as work:
        for extra in (
            {**said, "sealed": False, "contentMap": {"en": "Who wrote of the weir?"}},
            {"from": "other", "asked": "other", "answer": "open", "sealed": True},
        ):
            moderation.tell_demand(work, house.door, {**extra, "received": day})
    release(house)

    ((_, title, _),) = entries(client, "/moderation/demands")

    assert "(CA)" not in title
    assert "Who wrote of the weir?" in client.get("/en/moderation/demands/feed.atom").text
