"""`goftogu retire`: the boards are handed over, the keys are gone, readers see where to go."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from app.crypto.multikey import fingerprint
from app.federation import partners
from app.federation.folders import Folder
from app.federation.monitor import look
from app.federation.partners import PartnerState, store
from app.federation.retired import create_retired_app
from app.kernel.clock import SystemClock
from app.records import parse_record, verify_record
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.cli.command import Done, goftogu
from tests.cli.test_monitor import Quiet, serving
from tests.cli.test_succession import TODAY, WATER, signed_order
from tests.federation import neighbours
from tests.federation.test_succession import take_over, takeover_of
from tests.forms.languages import LANGUAGES
from tests.houses import advance, publish, release
from tests.journeys.instance import serving_process
from tests.tlog.strangers import public
from tests.visitor import ORIGIN

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")


@pytest.fixture
def house(house: House) -> House:
    """An instance on this machine's day: commands sign what they sign today."""
    advance(house, max(SystemClock().now() - house.clock.now(), 0))
    return house


@pytest.fixture
def home(house: House, tmp_path: Path) -> Iterator[House]:
    """An instance that is to end, with a board about water."""
    home = neighbours.found(tmp_path / "home", house, WATER)
    yield home
    home.db.close()


def retire(home: House, *words: str) -> Done:
    """Run the command as whoever has typed the fingerprint."""
    card = home.settings.data / "public" / ".well-known" / "goftogu"
    mark = verify_record(parse_record(card.read_bytes()))
    words = ("retire", "--wait", "0", "--yes", fingerprint(mark.key), *words)
    return goftogu(*words, data=home.settings.data)


def test_host_that_ends_hands_its_board_over_and_destroys_its_keys(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    post = factories.note(AVA, board=WATER, title="Whose water?", day=TODAY)
    publish(home, factories.card(AVA, day=TODAY), signed_order(house), post)
    neighbours.pull(house, partner, home)
    keys = {path.read_bytes() for path in (home.settings.data / "keys").iterdir()}

    said = retire(home)
    neighbours.pull(house, partner, home)
    known = neighbours.find(house, partner)
    taken = neighbours.take_left(house, partner)
    release(house)
    with serving(partial(Quiet, directory=public(house))) as address:
        with home.db.write() as work:
            heir = partners.get_partner(work, house.door.instance_did)
            store.put_partner(work, replace(heir, url=address))
        done = retire(home)

    assert (said.code, done.code) == (1, 0), (said.err, done.err)
    assert "still at home here: water" in said.err.lower()
    assert (known.state, taken) == (PartnerState.RETIRED, ["sepidar-water"])
    data = home.settings.data
    assert {path.name for path in data.iterdir()} == {"public", "retired.json", "worker.lock"}
    left = [path.read_bytes() for path in data.rglob("*") if path.is_file()]
    assert not any(key.strip() in raw for key in keys for raw in left)
    notice = json.loads((data / "retired.json").read_bytes())
    assert notice["record"]["type"] == "Delete"
    assert notice["homes"] == [{"board": "Water", "address": address}]
    with Folder(public(home)) as files:
        assert look(files).checkpoint.tree.size > 0
    _require_page(home, post, address)


def _require_page(home: House, post: bytes, address: str) -> None:
    """Readers see where to go, wherever they come; what was published is still there."""
    reader = TestClient(create_retired_app(public(home), ORIGIN), ORIGIN)
    page = reader.get("/en/b/water")
    assert (page.status_code, reader.post("/en/join").status_code) == (410, 410)
    assert f'href="{address}"' in page.text
    assert page.text.count('lang="fa"') >= 1
    assert reader.get("/").status_code == 200
    assert reader.get(f"/records/{factories.digest_of(post).hex()}").content == post
    assert reader.get("/retired.json").json()["homes"]
    for up in ("/../worker.lock", "/%2e%2e/retired.json", "/tlog/../../worker.lock"):
        assert reader.get(up).status_code == 410


def test_host_whose_board_nobody_may_take_does_not_end_by_a_slip(home: House) -> None:
    refused, unknown = retire(home), retire(home, "--end", "fire")

    assert (refused.code, unknown.code) == (1, 2)
    assert "nobody may take water over" in refused.err.lower()
    assert (home.settings.data / "keys" / "instance.key").exists()


def test_host_ends_with_its_boards_where_its_operator_says_so(home: House) -> None:
    done = retire(home, "--end", "water")

    assert done.code == 0, done.err
    assert not (home.settings.data / "keys").exists()
    page = (public(home) / "index.html").read_text("utf-8")
    assert "Nobody keeps these boards" in page
    # Nobody makes another instance among what is left of this one, nor takes it for an empty folder.
    for words in ("init", "check"):
        refused = goftogu(words, data=home.settings.data)
        assert (refused.code, "was wound down" in refused.err) == (1, True)
    assert not (home.settings.data / "keys").exists()
    with serving_process(home.settings.data) as (origin, _):
        answer = httpx.get(f"{origin}/fa/b/water", trust_env=False)
    assert (answer.status_code, answer.text) == (410, page)


def test_readers_are_led_to_a_board_that_had_left_before(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, factories.card(AVA, day=TODAY), signed_order(house))
    neighbours.pull(house, partner, home)
    take_over(house, takeover_of(house, home), house)
    with home.db.read() as work:
        successor = partners.get_partner(work, house.door.instance_did)
    neighbours.pull(home, successor, house)

    done = retire(home)

    assert done.code == 0, done.err
    page = (public(home) / "index.html").read_text("utf-8")
    assert page.count(f'href="{successor.url}"') == len(LANGUAGES)
    assert "<bdi>Water</bdi>" in page
    assert "<bdi>میدان</bdi>" in page


def test_wrong_fingerprint_ends_nothing(house: House, home: House) -> None:
    neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, signed_order(house))

    done = goftogu("retire", "--yes", "abcd", "--wait", "0", data=home.settings.data)

    assert done.code == 2
    with home.db.read() as work:
        assert partners.list_left(work, "", home.door.instance_did) == []
    assert (home.settings.data / "keys" / "instance.key").exists()
