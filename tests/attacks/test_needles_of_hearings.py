"""What is hidden or erased of a hearing is at none of its addresses, and nothing is there before its tick."""

from collections.abc import Iterator

import pytest
from app.main import create_app
from app.moderation.model import ActionKind
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.attacks.test_hidden_everywhere import _filled
from tests.factories import LIVE, digest_of
from tests.forms.test_envelopes import all_routes
from tests.hearings import answered
from tests.hearings.answered import AVA, DARA, OMID, answer_record, follow_up_record, today
from tests.hearings.promising import commitment, evidence
from tests.houses import publish, release, require_post, submit
from tests.moderation.desks import act, seat
from tests.visitor import ORIGIN, app_of

pytestmark = pytest.mark.slow

TYPED = {
    "answer": b"needleofananswer", "follow-up": b"needleofafollowup", "commitment": b"needleofapromise", "owner": b"needleofanowner",
    "measure": b"needleofameasure", "theme": b"needleofatheme", "evidence": b"needleofalink",
}  # fmt: skip


class Heard:
    """A hearing in which much was said, and whoever reads it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.hall, waiting = answered.waiting_hall(house)
        self.question = waiting[0]
        day = today(house)
        self.answer = answer_record(OMID, self.question, "Needleofananswer, says he.", day=day)
        publish(house, self.answer)
        asker = next(
            each for each in (answered.AVA, answered.BABAK, answered.CYRUS)
            if each.did == self.question.author.did
        )  # fmt: skip
        self.asker = asker
        given = require_post(house, self.answer)
        self.follow_up = follow_up_record(asker, given, "Needleofafollowup, and when?", day=day)
        self.promise = commitment(
            DARA, self.answer, text="Needleofapromise: the weir opens.", day=day,
            promisedBy="Needleofanowner", measure="Needleofameasure.", theme="Needleofatheme",
        )  # fmt: skip
        publish(house, self.follow_up, self.promise)
        self.proof = evidence(AVA, self.promise, link="https://needleofalink.example/weir", day=day)
        publish(house, self.proof)

    def read(self, client: TestClient) -> dict[str, bytes]:
        """Return what every address answers that can be read, streams apart."""
        digests = [
            self.question.digest,
            *map(digest_of, (self.answer, self.follow_up, self.promise, self.proof)),
        ]
        values = {
            "language": ("en",),
            "thread_id": (self.hall.thread,),
            "thread": (self.hall.thread,),
            "digest": tuple(each.hex() for each in digests),
            "slug": ("live",),
            "mark": (OMID.mark.replace(" ", ""), DARA.mark.replace(" ", "")),
            "since": ("0", "1"),
        }
        paths = {
            path
            for route in all_routes(app_of(client).routes)
            if "GET" in (route.methods or set())
            for path in _filled(route.path, values)
        }
        return {
            path: client.get(path).content
            for path in sorted(paths)
            if not path.endswith("/events") and "/exit" not in path
        }


def found_in(read: dict[str, bytes]) -> dict[str, set[str]]:
    """Return where each needle is."""
    return {
        name: places
        for name, needle in TYPED.items()
        if (places := {path for path, raw in read.items() if needle in raw.lower()})
    }


@pytest.fixture
def heard(house: House) -> Heard:
    return Heard(house)


@pytest.fixture
def client(heard: Heard) -> Iterator[TestClient]:
    with TestClient(create_app(heard.house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        yield client


def test_erased_words_of_a_hearing_are_at_no_address(heard: Heard, client: TestClient) -> None:
    assert found_in(heard.read(client)).keys() == TYPED.keys()

    day = today(heard.house)
    for by, raw in (
        (AVA, heard.proof), (DARA, heard.promise), (heard.asker, heard.follow_up), (OMID, heard.answer),
    ):  # fmt: skip
        submit(heard.house, factories.erasure(by, raw, day=day))

    assert found_in(heard.read(client)) == {}


def test_hidden_words_of_a_hearing_are_at_no_address(heard: Heard, client: TestClient) -> None:
    keeper = factories.person("Farid")
    submit(heard.house, factories.card(keeper, day=today(heard.house)))
    desk = seat(heard.house, keeper, boards=(LIVE.did,))
    release(heard.house)
    assert found_in(heard.read(client)).keys() == TYPED.keys()

    for raw in (heard.proof, heard.promise, heard.follow_up, heard.answer):
        act(heard.house, desk, raw, ActionKind.HIDE)

    assert found_in(heard.read(client)) == {}


def test_nothing_of_a_hearing_is_read_before_its_tick(heard: Heard, client: TestClient) -> None:
    later = answer_record(
        OMID,
        require_post(heard.house, heard.follow_up),
        "Needlebeforethetick.",
        day=today(heard.house),
    )
    submit(heard.house, later)

    assert not {
        path for path, raw in heard.read(client).items() if b"needlebeforethetick" in raw.lower()
    }
    release(heard.house)
    assert {
        path for path, raw in heard.read(client).items() if b"needlebeforethetick" in raw.lower()
    }
