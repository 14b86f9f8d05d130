"""Opening a consultation and looking after it: who may, what it changes, what it says no to."""

import pytest
from app import identity, opinion
from app.opinion.model import Conversation, ConversationState, ResultsShown
from app.wiring import House
from starlette.testclient import TestClient

from tests.houses import appoint, release
from tests.opinion import booths
from tests.visitor import Form, Visitor, find_form

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _made_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "make_ballot_keys", booths.ballot_keys)


@pytest.fixture
def opened(house: House, client: TestClient) -> tuple[Visitor, str]:
    """A consultation that Mina opened on a thread of her own."""
    visitor = Visitor(client)
    visitor.join("Mina")
    thread = visitor.open_thread("Water", "Whose is it?")[:20]
    release(house)
    visitor.log_in("Mina")
    place = f"/t/{thread}/consultation/manage"
    done = visitor.send(visitor.open_form(place), do="open", question="Whose water is it?")
    assert done.status_code == 303, done.text
    return visitor, place


def conversation_of(house: House, place: str) -> Conversation:
    with house.db.read() as work:
        return opinion.get_conversation(work, place.split("/")[2])


def answer_for(house: House, visitor: Visitor) -> None:
    """Let somebody send more than three posts a day."""
    appoint(house, next(iter(visitor.client.cookies.values())))


def form_of(visitor: Visitor, place: str, do: str) -> Form:
    """Return the form of the page that has the button to do something."""
    page = visitor.get(place)
    before = page.text.partition(f'value="{do}"')[0]
    inside = before[before.rindex("<form") :] + "</form>"
    page._content = inside.encode()
    return find_form(page, visitor.address(place))


def do(visitor: Visitor, place: str, what: str, **typed: str) -> int:
    return visitor.send(form_of(visitor, place, what), do=what, **typed).status_code


def test_author_of_a_thread_opens_its_consultation(
    house: House, opened: tuple[Visitor, str]
) -> None:
    conversation = conversation_of(house, opened[1])

    assert conversation.question == "Whose water is it?"
    assert conversation.results is ResultsShown.VOTED
    assert not conversation.asks_side
    with house.db.read() as work:
        named = identity.ballot_keys(work, conversation.record_id)
    assert opinion.named_keys(conversation) == named


def test_others_do_not_and_a_steward_does(house: House, opened: tuple[Visitor, str]) -> None:
    visitor, place = opened
    visitor.log_out()
    visitor.join("Omid")
    refused = visitor.get(place)
    appoint(house, next(iter(visitor.client.cookies.values())))

    assert refused.status_code == 403
    assert "Stewards, and whoever opened the thread" in refused.text
    assert visitor.get(place).status_code == 200


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"question": ""}, "Write the question"),
        ({"question": "x" * 300}, "Shorten the question"),
        ({"until": "2020-01-01"}, "Write the last day"),
        ({"until": "soon"}, "Write the last day"),
        ({"results": "never"}, "Choose when results are shown"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    house: House, client: TestClient, typed: dict[str, str], told: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")
    thread = visitor.open_thread("Water", "Whose is it?")[:20]
    release(house)
    visitor.log_in("Mina")
    form = visitor.open_form(f"/t/{thread}/consultation/manage")

    answer = visitor.send(form, do="open", **{"question": "Whose river is it?", **typed})

    assert answer.status_code == 400
    assert told in answer.text
    assert typed.get("question", "Whose river is it?") in answer.text


def test_seeds_are_posts_and_all_come_or_none(house: House, opened: tuple[Visitor, str]) -> None:
    visitor, place = opened
    answer_for(house, visitor)
    refused = visitor.send(
        form_of(visitor, place, "seed"), do="seed", text="One.\nhttps://example.org\nTwo."
    )
    twice = visitor.send(form_of(visitor, place, "seed"), do="seed", text="One.\none\nTwo.")

    many = visitor.send(
        form_of(visitor, place, "seed"), do="seed", text="\n".join(f"Line {n}." for n in range(21))
    )
    assert many.status_code == 409
    assert "one statement too many" in many.text
    assert "Line 20." in many.text, "what was typed stays"

    assert do(visitor, place, "seed", text="One.\n\nTwo.\nThree.") == 303

    assert refused.status_code == twice.status_code == 400
    assert "https://example.org" in refused.text
    release(house)
    with house.db.read() as work:
        found = opinion.list_statements(work, conversation_of(house, place).thread)
    assert {each.text for each in found} == {"One.", "Two.", "Three."}
    assert all(each.is_seed for each in found)


def test_statements_are_merged_parted_and_chains_kept_short(
    house: House, opened: tuple[Visitor, str]
) -> None:
    visitor, place = opened
    answer_for(house, visitor)
    do(visitor, place, "seed", text="One.\nTwo.\nThree.")
    release(house)
    visitor.log_in("Mina")

    assert do(visitor, place, "merge", merged="1", target="2") == 303
    assert do(visitor, place, "merge", merged="2", target="3") == 303
    assert do(visitor, place, "merge", merged="3", target="3") == 400

    def merged() -> dict[int, int | None]:
        with house.db.read() as work:
            found = opinion.list_statements(work, conversation_of(house, place).thread)
        return {each.number: each.merged_into for each in found}

    assert merged() == {1: 3, 2: 3, 3: None}
    assert do(visitor, place, "part", merged="1") == 303
    assert merged() == {1: None, 2: 3, 3: None}


def test_what_was_closed_is_counted_as_it_was(house: House, opened: tuple[Visitor, str]) -> None:
    visitor, place = opened
    answer_for(house, visitor)
    do(visitor, place, "seed", text="One.\nTwo.\nThree.")
    release(house)
    visitor.log_in("Mina")
    do(visitor, place, "merge", merged="1", target="2")
    do(visitor, place, "close", sure="yes")
    form = form_of(visitor, place, "archive")

    merged = visitor.send(form, do="merge", merged="2", target="3")
    parted = visitor.send(form, do="part", merged="1")

    assert (merged.status_code, parted.status_code) == (403, 403)
    assert do(visitor, place, "archive") == 303


def test_last_day_close_and_archive(house: House, opened: tuple[Visitor, str]) -> None:
    visitor, place = opened
    assert do(visitor, place, "until", until="2027-01-31") == 303
    assert do(visitor, place, "until", until="1999-01-01") == 400
    assert str(conversation_of(house, place).until) == "2027-01-31"
    # In the calendar and the digits of another language.
    assert do(visitor, place, "until", until="۱۴۰۶-۰۱-۰۱") == 303
    assert str(conversation_of(house, place).until) == "2027-03-21"
    assert do(visitor, place, "until", until="") == 303
    assert conversation_of(house, place).until is None
    listed = place.removesuffix("/manage")
    assert listed in visitor.get("/consultations").text

    assert do(visitor, place, "close") == 400, "what cannot be undone is asked about"
    assert conversation_of(house, place).is_open
    assert do(visitor, place, "close", sure="yes") == 303
    assert conversation_of(house, place).state is ConversationState.CLOSED
    assert do(visitor, place, "archive") == 303

    assert conversation_of(house, place).state is ConversationState.ARCHIVED
    assert listed not in visitor.get("/consultations").text


def test_change_that_was_built_on_something_older_changes_nothing(
    house: House, opened: tuple[Visitor, str]
) -> None:
    visitor, place = opened
    stale = form_of(visitor, place, "close")
    do(visitor, place, "until", until="2027-01-31")

    answer = visitor.send(stale, do="close", sure="yes")

    assert answer.status_code == 409
    assert "Somebody else changed the consultation" in answer.text
    assert conversation_of(house, place).is_open


def test_what_was_closed_is_not_opened_again(house: House, opened: tuple[Visitor, str]) -> None:
    visitor, place = opened
    do(visitor, place, "close", sure="yes")
    token = visitor.open_form("/settings").fields["token"]

    again = visitor.post(
        visitor.address(place),
        {"token": token, "do": "open", "question": "Anew?", "language": "en", "results": "voted"},
    )

    assert again.status_code == 409
    assert conversation_of(house, place).state is ConversationState.CLOSED


def test_statements_of_others_are_no_notices_to_the_threads_author(
    house: House, opened: tuple[Visitor, str]
) -> None:
    visitor, place = opened
    visitor.log_out()
    visitor.join("Omid")
    say = place.replace("manage", "say")
    assert visitor.send(visitor.open_form(say), do="send", text="Rain is free.").status_code == 303
    thread = place.split("/")[2]
    answered = visitor.send_post(f"/t/{thread}/reply", text="I come from a dry place.")
    assert answered.status_code == 303
    release(house)
    visitor.log_in("Mina")

    assert visitor.get("/notices").text.count("Omid") == 1
