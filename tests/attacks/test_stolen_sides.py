"""Where voters live: what a thief of the database learns of it, and what asking again does."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from app import opinion
from app.opinion.model import SIDES, TOSSES, Conversation, Side
from app.wiring import House
from starlette.testclient import TestClient

from tests.houses import read_rows
from tests.opinion.booths import open_booth
from tests.opinion.samples import cast
from tests.visitor import Form, Visitor

pytestmark = pytest.mark.slow

MOST_LIKELY = 3


def answer_of(truth: Side, toss: int) -> Side:
    """Return what somebody answers whose coins fell like this."""
    return TOSSES[toss][2] or truth


def store(house: House, conversation: Conversation, said: list[tuple[str, Side]]) -> None:
    """Keep the answers of many ballots that have voted."""
    for ballot, _ in said:
        cast(house, conversation, ballot, n1=1)
    with house.db.write() as work:
        for ballot, side in said:
            opinion.say_side(work, conversation, ballot, side)


def steal(house: House) -> dict[str, str]:
    """Return what stands in the stolen database: the answer of each ballot."""
    return {
        str(row["ballot"]): str(row["side"]) for table, row in read_rows(house) if table == "sheet"
    }


def test_stolen_answer_makes_no_truth_three_times_as_likely(house: House) -> None:
    """Over all coins and all truths, each as often as it comes: exactly, from stored rows."""
    _, conversation = open_booth(house, 1)
    people = [(truth, toss) for truth in Side for toss in range(len(TOSSES))]
    names = {f"{number:064x}": each for number, each in enumerate(people)}
    store(house, conversation, [(name, answer_of(*each)) for name, each in names.items()])

    seen = Counter((names[name][0], side) for name, side in steal(house).items())

    chances = {pair: Fraction(count, len(TOSSES)) for pair, count in seen.items()}
    for answer in Side:
        given = [chances[truth, answer] for truth in Side]
        assert max(given) <= MOST_LIKELY * min(given)
        assert max(given) == 2 * min(given)


def test_thief_who_guesses_by_the_answer_is_wrong_every_second_time(house: House) -> None:
    """Of simulated users, with coins tossed: the best guess from a row is right half of the time."""
    _, conversation = open_booth(house, 1)
    randomness = np.random.default_rng(7)
    truths = [SIDES[place] for place in randomness.integers(0, 3, 300)]
    tosses = randomness.integers(0, len(TOSSES), 300).tolist()
    said = [
        (f"{number:064x}", answer_of(truth, toss))
        for number, (truth, toss) in enumerate(zip(truths, tosses, strict=True))
    ]
    store(house, conversation, said)

    stolen = steal(house)
    right = sum(stolen[name] == truth for (name, _), truth in zip(said, truths, strict=True))

    assert 0.4 < right / 300 < 0.6


def ask(visitor: Visitor, conversation: Conversation) -> tuple[str, Form]:
    """Let somebody vote once; return the question's address and its form."""
    place = f"/t/{conversation.thread}/consultation"
    vote = visitor.open_form(place, f"/t/{conversation.thread}/vote")
    assert visitor.send(vote, vote="agree").status_code == 303
    return f"{place}/side", visitor.open_form(f"{place}/side")


def test_answer_is_kept_in_one_column_and_nowhere_else(
    house: House, client: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor, (_, conversation) = Visitor(client), open_booth(house, 2)
    visitor.join("Mina")
    _, form = ask(visitor, conversation)
    before = read_rows(house)
    capfd.readouterr()

    assert visitor.send(form, side="abroad").status_code == 303

    changed = [row for row in read_rows(house) if row not in before]
    ((table, sheet),) = changed
    assert (table, sheet["side"]) == ("sheet", "abroad")
    assert [row for row in before if row not in read_rows(house)] == [
        ("sheet", {**sheet, "side": None})
    ]
    assert "abroad" not in "".join(capfd.readouterr())


def test_no_page_tells_what_was_answered(house: House, client: TestClient) -> None:
    """Whatever it was, every page of the consultation says the same, and so does the answer."""
    _, conversation = open_booth(house, 2)
    shown = []
    for name, side in zip(("Mina", "Omid", "Sara"), Side, strict=True):
        visitor = Visitor(client)
        visitor.join(name)
        path, form = ask(visitor, conversation)
        done = visitor.send(form, side=side.value)
        pages = [visitor.get(path), visitor.get(path.removesuffix("/side") + "/own")]
        pages.append(visitor.get("/notices"))
        assert len(side.value) == len("abroad")
        shown.append((done.status_code, done.headers["location"], done.text))
        for page in pages:
            assert page.status_code == 200
            assert all(f'value="{each.value}"' not in page.text for each in Side)
        assert "Your answer is kept" in pages[0].text
        visitor.log_out()

    assert len(set(shown)) == 1


@pytest.mark.parametrize("again", list(Side))
def test_second_answer_is_refused_also_from_another_session(
    house: House, client: TestClient, again: Side
) -> None:
    """Else coins that are tossed anew would be averaged. A form that is replayed changes nothing."""
    visitor, (_, conversation) = Visitor(client), open_booth(house, 2)
    visitor.join("Mina")
    path, form = ask(visitor, conversation)
    assert visitor.send(form, side="unsaid").status_code == 303
    before = read_rows(house)

    refused = visitor.send(form, side=again.value)

    assert refused.status_code == 409
    assert "You have answered where you live" in refused.text
    assert read_rows(house) == before
    visitor.log_out()
    visitor.log_in("Mina")
    assert 'name="side"' not in visitor.get(path).text
    token = visitor.open_form("/settings").fields["token"]
    late = visitor.post(visitor.address(path), {"token": token, "side": again.value})
    assert late.status_code == 409
    assert steal(house).popitem()[1] == "unsaid"


def test_nobody_answers_without_a_vote_or_for_another(house: House, client: TestClient) -> None:
    visitor, (_, conversation) = Visitor(client), open_booth(house, 2)
    path = f"/t/{conversation.thread}/consultation/side"
    assert "/login?next=" in visitor.get(path).headers["location"]
    visitor.join("Mina")
    token = visitor.open_form("/settings").fields["token"]

    early = visitor.post(visitor.address(path), {"token": token, "side": "inside"})

    assert early.status_code == 403
    assert "You have not voted here yet" in early.text
    assert steal(house) == {}
    assert "Vote on a statement first" in visitor.get(path).text
