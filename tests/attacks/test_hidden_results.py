"""While a consultation is open no page, feed, document or file tells how others voted.

Two crowds vote in every way differently; whoever may not see results gets the same bytes from every
address, whichever crowd it was. Addresses are found in the application: what is added later is
tried too. What may differ between two requests at all (tokens of forms) is taken out first.
"""

import re
import string
from collections.abc import Iterator
from typing import Any

import pytest
from app import opinion
from app.main import create_app
from app.opinion.model import Conversation, ConversationState, ResultsShown, Vote
from app.opinion.tables import SheetRow
from app.web import markup
from app.wiring import House
from sqlalchemy import delete
from starlette.testclient import TestClient

from tests import factories
from tests.forms.test_envelopes import all_routes
from tests.opinion.booths import WORDS, open_booth
from tests.opinion.crowds import analyse_now
from tests.opinion.samples import QUESTION, change
from tests.visitor import ORIGIN, Visitor, find_form

pytestmark = pytest.mark.slow

# Streams have no end; the way out ends the session.
LEFT_OUT = {
    "/{language}/t/{thread_id}/events", "/{language}/t/{thread_id}/hearing/events", "/exit",
}  # fmt: skip
# Masked at each showing, or drawn for each form.
OF_BODIES = {"date", "etag", "content-length"}
CHANGING = re.compile(
    rb'name="(token|nonce|challenge|draft|step|key)" value="[^"]*"|data-nonce="[^"]*"'
    rb'|id="f-name" name="name"[^>]*|[A-Za-z0-9_-]{40,}'
)
CROWDS = {
    "for the odd ones": {n: Vote.AGREE if n % 2 else Vote.DISAGREE for n in range(1, 7)},
    "against all": dict.fromkeys(range(1, 7), Vote.DISAGREE),
    "for one": {4: Vote.AGREE},
    "of many who pass": dict.fromkeys(range(2, 7), Vote.PASS),
}
SIZES = {"for the odd ones": 37, "against all": 11, "for one": 53, "of many who pass": 2}


def vote_as_crowd(house: House, conversation: Conversation, crowd: str, own: set[str]) -> None:
    """Let a crowd have voted, and nobody else but those whose ballots are named; analyse it."""
    with house.db.write() as work:
        work.session.execute(delete(SheetRow).where(SheetRow.ballot.not_in(own)))
        for number in range(SIZES[crowd]):
            opinion.cast_votes(work, conversation, f"{crowd} {number}", CROWDS[crowd])
    analyse_now(house)


def addresses(app: Any, conversation: Conversation, opening: bytes) -> list[str]:
    """Return every address that can be read, filled in with what leads to the consultation."""
    known = {
        "language": "en", "slug": "live", "thread_id": conversation.thread, "page": "1", "since": "0",
        "digest": factories.digest_of(opening).hex(), "path": "checkpoint", "version": "x", "name": "x.css",
        "origin_hash": "00", "mark": "x", "proposal_id": "x", "month": "2026-11",
    }  # fmt: skip
    found = set()
    for route in all_routes(app.routes):
        if "GET" in (route.methods or set()) and route.path not in LEFT_OUT:
            pattern = route.path.replace(":path}", "}")
            names = {name for _, name, _, _ in string.Formatter().parse(pattern) if name}
            found.add(pattern.format(**{name: known.get(name, "x") for name in names}))
    place = f"/en/t/{conversation.thread}/consultation"
    asked = [f"{place}?number={number}" for number in range(1, len(WORDS) + 1)]
    record = f"/records/{factories.digest_of(opening).hex()}"
    return [*sorted(found), *asked, f"{place}?page=2", record, f"/fa/t/{conversation.thread}"]


def look(visitor: Visitor, paths: list[str]) -> dict[str, tuple[int, bytes, list[tuple[str, str]]]]:
    """Return what every address answers, without what differs between any two answers."""
    found = {}
    for path in paths:
        answer = visitor.client.get(path)
        headers = sorted((k, v) for k, v in answer.headers.items() if k not in OF_BODIES)
        found[path] = (answer.status_code, CHANGING.sub(b"", answer.content), headers)
    return found


class Crowded:
    """An instance with an open consultation, and three who look."""

    def __init__(self, house: House, results: ResultsShown) -> None:
        question = opinion.Question(
            question=QUESTION.question, language="en", results=results, asks_side=True
        )
        self.house = house
        self.opening, self.conversation = open_booth(house, question=question)
        self.app = create_app(house, ORIGIN)
        self.paths = addresses(self.app, self.conversation, self.opening)
        self.lookers: dict[str, Visitor] = {}

    def let_in(self, name: str, client: TestClient, votes: int) -> None:
        visitor = Visitor(client)
        self.lookers[name] = visitor
        if name == "stranger":
            return
        visitor.join(name)
        place = f"/t/{self.conversation.thread}"
        for number in range(1, votes + 1):
            form = find_form(visitor.get(f"{place}/consultation"), visitor.address(f"{place}/vote"))
            done = visitor.post(form.action, {**form.fields, "number": str(number), "vote": "pass"})
            assert done.status_code == 303, done.text

    def own_ballots(self) -> set[str]:
        with self.house.db.read() as work:
            return {ballot for ballot, *_ in opinion.list_sheets(work, self.conversation.thread)}


@pytest.fixture
def crowded(house: House, request: pytest.FixtureRequest) -> Iterator[Crowded]:
    results = request.param
    found = Crowded(house, results)
    # Whoever voted on fewer than five, or on all where nobody sees anything before the close.
    votes = 4 if results is ResultsShown.VOTED else len(WORDS)
    with (
        TestClient(found.app, ORIGIN, follow_redirects=False) as one,
        TestClient(found.app, ORIGIN, follow_redirects=False) as two,
        TestClient(found.app, ORIGIN, follow_redirects=False) as three,
    ):
        found.let_in("stranger", one, 0)
        found.let_in("Niloufar", two, 0)
        found.let_in("Mina", three, votes)
        yield found


@pytest.mark.parametrize("crowded", list(ResultsShown), indirect=True)
def test_no_address_tells_how_others_voted(crowded: Crowded) -> None:
    own = crowded.own_ballots()
    first: dict[str, Any] = {}

    for crowd in CROWDS:
        vote_as_crowd(crowded.house, crowded.conversation, crowd, own)
        for name, visitor in crowded.lookers.items():
            seen = look(visitor, crowded.paths)
            before = first.setdefault(name, seen)
            told = [path for path in crowded.paths if seen[path] != before[path]]
            assert told == [], f"{name} sees votes {crowd}"

    statuses = {seen[0] for seen in first["Mina"].values()}
    assert {200, 303, 404} <= statuses
    assert len(crowded.paths) > 60
    shown = first["Mina"][f"/en/t/{crowded.conversation.thread}/consultation"]
    assert shown[0] == 200


@pytest.mark.parametrize("crowded", [ResultsShown.CLOSED], indirect=True)
def test_leak_would_be_seen(crowded: Crowded, monkeypatch: pytest.MonkeyPatch) -> None:
    real = markup.direction_of

    def leaking(text: str) -> str:
        with crowded.house.db.read() as work:
            return (
                f"{real(text)}{len(list(opinion.list_sheets(work, crowded.conversation.thread)))}"
            )

    monkeypatch.setattr("app.opinion.routes.common.direction_of", leaking)
    page = [f"/en/t/{crowded.conversation.thread}/consultation"]
    seen = []
    for crowd in ("for one", "against all"):
        vote_as_crowd(crowded.house, crowded.conversation, crowd, crowded.own_ballots() & {"none"})
        seen.append(look(crowded.lookers["stranger"], page))

    assert seen[0] != seen[1]


@pytest.mark.parametrize("crowded", [ResultsShown.VOTED], indirect=True)
def test_gate_opens_with_enough_votes_and_for_all_at_the_close(crowded: Crowded) -> None:
    place = f"/t/{crowded.conversation.thread}"
    mina, stranger = crowded.lookers["Mina"], crowded.lookers["stranger"]
    assert ">Results</a>" not in mina.get(f"{place}/consultation").text
    form = find_form(mina.get(f"{place}/consultation"), mina.address(f"{place}/vote"))
    mina.send(form, vote="agree")
    assert ">Results</a>" in mina.get(f"{place}/consultation").text
    assert "results are for everyone" not in stranger.get(f"{place}/consultation").text

    change(crowded.house, crowded.conversation, state=ConversationState.CLOSED)

    assert ">Results</a>" in stranger.get(f"{place}/consultation").text
