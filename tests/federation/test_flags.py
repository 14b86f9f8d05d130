"""What hosts hold against each other is told in sentences, and no liar fills the page."""

import pytest
from app.federation import partners
from app.federation.partners import flags
from app.federation.partners.model import Flag
from app.kernel.clock import day_of
from app.main import create_app
from app.web.health_sentences import FLAGS
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories

LIAR, HONEST, ACCUSED = (factories.board_key(name).did for name in ("liar", "honest", "accused"))
SLANDER = "is paid by the police"


def accuse(house: House, by: str, code: str, times: int = 1) -> None:
    """Let an instance have said something of another, each time with other evidence."""
    with house.db.write() as work:
        for n in range(times):
            evidence = n.to_bytes(32, "big")
            day = day_of(work.now)
            flags.add_flag(work, Flag(by=by, about=ACCUSED, code=code, evidence=evidence, day=day))


def read_page(house: House, language: str = "en") -> str:
    """Return the health page."""
    client = TestClient(create_app(house, "http://testserver"))
    page: str = client.get(f"/{language}/health").text
    return page


def test_liar_leaves_the_others_their_lines_and_is_told_to_have_more(house: House) -> None:
    accuse(house, LIAR, "split-view", 60)
    accuse(house, HONEST, "promise-broken")

    with house.db.read() as work:
        listed = [flag.by for flag in partners.list_flags(work)]
    page = read_page(house)

    assert (listed.count(LIAR), listed.count(HONEST)) == (flags.MOST_BY_ONE, 1)
    assert f"Of {LIAR} the newest are listed. And more by this host: 55." in page
    assert page.count("And more by this host") == 1


@pytest.mark.parametrize("code", [*FLAGS, SLANDER])
def test_kind_of_lie_is_a_sentence_and_never_the_signers_own_words(house: House, code: str) -> None:
    accuse(house, HONEST, code)

    page = read_page(house)

    assert f"{HONEST} caught {ACCUSED} " in page or f"{HONEST} says that " in page
    assert code not in page or code == "unverified"
    assert ("something that this version does not know" in page) == (code == SLANDER)
