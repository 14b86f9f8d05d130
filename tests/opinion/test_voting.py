"""Voting by plain forms: the pages, the ballots that the first vote takes, and what they say no to."""

import re
from contextlib import suppress
from dataclasses import replace

import pytest
from app import identity, opinion
from app.crypto import blind
from app.identity.model import Limit
from app.kernel.clock import DAY_S
from app.opinion.model import Conversation, ConversationState, ResultsShown, Vote
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import advance, publish, release
from tests.opinion.booths import WORDS, open_booth
from tests.opinion.samples import BABAK, QUESTION, change, statement
from tests.visitor import Visitor, find_form

pytestmark = pytest.mark.slow


def sheets(house: House, conversation: Conversation) -> list[dict[int, Vote]]:
    with house.db.read() as work:
        return [dict(sheet) for _, sheet, _ in opinion.list_sheets(work, conversation.thread)]


def vote(visitor: Visitor, place: str, number: int, said: str, **more: str) -> int:
    form = find_form(
        visitor.get(place), visitor.address(f"{place.split('/consultation', maxsplit=1)[0]}/vote")
    )
    fields = {**form.fields, "number": str(number), "vote": said, **more}
    return visitor.post(form.action, fields).status_code


@pytest.fixture
def booth(house: House) -> tuple[bytes, Conversation]:
    return open_booth(house)


def path_of(conversation: Conversation) -> str:
    return f"/t/{conversation.thread}/consultation"


@pytest.mark.parametrize("language", ["en", "fa"])
def test_first_vote_takes_the_ballot_and_leads_to_another_statement(
    house: House, client: TestClient, booth: tuple[bytes, Conversation], language: str
) -> None:
    visitor, place = Visitor(client, language), path_of(booth[1])
    visitor.join("Mina")
    first = visitor.get(place)
    form = find_form(first, visitor.address(f"/t/{booth[1].thread}/vote"))

    done = visitor.send(form, vote="agree")

    assert done.status_code == 303
    assert done.headers["location"] == visitor.address(place)
    (sheet,) = sheets(house, booth[1])
    assert sheet == {int(form.fields["number"]): Vote.AGREE}
    second = find_form(visitor.get(place), form.action)
    assert second.fields["number"] != form.fields["number"]


def test_vote_is_changed_and_taken_back_and_another_session_has_it_again(
    house: House, client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    visitor, place = Visitor(client), path_of(booth[1])
    visitor.join("Mina")
    assert vote(visitor, place, 2, "agree") == 303
    assert vote(visitor, place, 2, "disagree") == 303
    visitor.log_out()
    visitor.log_in("Mina")
    own = visitor.get(f"{place}/own")

    assert WORDS[0] not in own.text
    assert sheets(house, booth[1]) == [{2: Vote.DISAGREE}]
    assert vote(visitor, f"{place}/own", 2, "none", back="own") == 303
    assert sheets(house, booth[1]) == [{}]
    assert "You have no votes here." in visitor.get(f"{place}/own").text


def test_ten_stand_on_a_page_and_what_is_left_open_comes_again(
    house: House, client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    visitor, place = Visitor(client), path_of(booth[1])
    visitor.join("Mina")
    form = find_form(visitor.get(f"{place}/ten"), visitor.address(f"/t/{booth[1].thread}/vote"))

    done = visitor.send(form, vote_1="agree", vote_3="pass", vote_6="disagree")

    assert done.headers["location"] == visitor.address(f"{place}/ten")
    assert sheets(house, booth[1]) == [{1: Vote.AGREE, 3: Vote.PASS, 6: Vote.DISAGREE}]
    again = visitor.get(f"{place}/ten").text
    assert set(re.findall(r'name="vote_(\d+)"', again)) == {"2", "4", "5"}
    assert "3 of 6" in again


def test_statement_in_another_language_leads_to_what_readers_made_of_it(
    client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    visitor, place = Visitor(client, "fa"), path_of(booth[1])
    visitor.join("Mina")

    one, ten = (visitor.get(place + part).text for part in ("?number=1", "/ten"))

    assert len(re.findall(r'href="/fa/p/[0-9a-f]{64}/translations"', one)) == 1
    assert len(re.findall(r'href="/fa/p/[0-9a-f]{64}/translations"', ten)) == len(WORDS)
    visitor.language = "en"
    assert "/translations" not in visitor.get(f"{place}?number=1").text


def test_nobody_votes_twice(
    house: House, client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    visitor, place = Visitor(client), path_of(booth[1])
    for name in ("Mina", "Omid"):
        visitor.join(name)
        for said in ("agree", "agree", "disagree"):
            assert vote(visitor, place, 1, said) == 303
        visitor.log_out()

    assert sheets(house, booth[1]) == [{1: Vote.DISAGREE}] * 2


def test_who_is_not_logged_in_sees_statements_and_the_way_in(
    client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    visitor, place = Visitor(client), path_of(booth[1])

    page = visitor.get(place)

    assert all(words in page.text for words in WORDS)
    assert f"/en/login?next=/en/t/{booth[1].thread}/consultation" in page.text
    token = visitor.open_form("/settings").fields["token"]
    sent = visitor.post(
        visitor.address(f"/t/{booth[1].thread}/vote"),
        {"token": token, "number": "1", "vote": "agree"},
    )
    assert sent.status_code == 403
    assert "/en/login?next=" in sent.text
    back = visitor.get(f"/t/{booth[1].thread}/vote")
    assert back.headers["location"] == visitor.address(place)
    asked = visitor.get(f"{place}/own")
    assert asked.headers["location"].startswith("/en/login?next=")


def test_statement_that_was_erased_meanwhile_takes_no_vote(
    house: House, client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    opening, conversation = booth
    visitor, place = Visitor(client), path_of(conversation)
    said = statement(BABAK, opening, "Only for a day.")
    publish(house, said)
    visitor.join("Mina")
    number = 7
    assert vote(visitor, f"{place}?number={number}", number, "agree") == 303
    publish(house, factories.erasure(BABAK, said))

    assert vote(visitor, place, number, "disagree") == 404
    assert visitor.get(f"{place}?number={number}").status_code == 404
    assert "Only for a day." not in visitor.get(f"{place}/own").text


@pytest.mark.parametrize("is_late", [False, True])
def test_closed_consultation_takes_no_votes_and_says_so(
    house: House, client: TestClient, booth: tuple[bytes, Conversation], is_late: object
) -> None:
    visitor, place = Visitor(client), path_of(booth[1])
    visitor.join("Mina")
    form = find_form(visitor.get(place), visitor.address(f"/t/{booth[1].thread}/vote"))
    if is_late:
        change(house, booth[1], until=factories.TODAY)
        advance(house, DAY_S)
        visitor.log_in("Mina")
        form.fields["token"] = visitor.open_form("/settings").fields["token"]
    else:
        change(house, booth[1], state=ConversationState.CLOSED)

    done = visitor.send(form, vote="agree")

    assert done.status_code == 403
    assert "The consultation is closed" in done.text
    assert sheets(house, booth[1]) == []
    assert all(words in visitor.get(place).text for words in WORDS)
    assert visitor.get(f"{place}/ten").headers["location"] == visitor.address(place)


def test_closing_destroys_the_keys_that_let_ballots_in(
    house: House, booth: tuple[bytes, Conversation]
) -> None:
    change(house, booth[1], state=ConversationState.CLOSED)

    with house.db.read() as work:
        kind = next(iter(opinion.named_keys(booth[1])))
        issuer = identity.find_ballot_issuer(work, booth[1].record_id, kind)
    assert issuer is not None
    assert not issuer.is_open


def test_who_may_only_read_does_not_vote(
    house: House, client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    visitor, place = Visitor(client), path_of(booth[1])
    visitor.join("Mina")
    form = find_form(visitor.get(place), visitor.address(f"/t/{booth[1].thread}/vote"))
    assert visitor.send(form, vote="agree").status_code == 303
    with house.db.write() as work:
        viewer = identity.find_viewer(work, next(iter(client.cookies.values())))
        assert viewer is not None
        identity.limit_persona(work, viewer.root, Limit(act=bytes(32), until=None))

    done = visitor.send(form, vote="disagree")

    assert done.status_code == 403
    assert "You may read here and not write" in done.text
    assert "You may read here and not write" in visitor.get(place).text
    assert len(sheets(house, booth[1])) == 1
    assert Vote.DISAGREE not in sheets(house, booth[1])[0].values()


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "x", "vote": "agree"},
        {"number": "1", "vote": "maybe"},
        {"number": "٣", "vote": "agree"},
        {"vote_-1": "agree"},
        {"vote_999999999": "agree"},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(
    house: House, client: TestClient, booth: tuple[bytes, Conversation], fields: dict[str, str]
) -> None:
    visitor, place = Visitor(client), path_of(booth[1])
    visitor.join("Mina")
    form = find_form(visitor.get(place), visitor.address(f"/t/{booth[1].thread}/vote"))
    token = form.fields["token"]

    assert visitor.post(form.action, {"token": token, **fields}).status_code == 400
    assert sheets(house, booth[1]) == []


def test_results_are_linked_only_for_who_may_see_them(house: House, client: TestClient) -> None:
    _, conversation = open_booth(house)
    visitor, place = Visitor(client), path_of(conversation)
    visitor.join("Mina")
    for number in range(1, 6):
        assert ">Results</a>" not in visitor.get(place).text
        assert vote(visitor, place, number, "pass") == 303

    assert ">Results</a>" in visitor.get(place).text

    _, later = open_booth(
        house, question=replace(QUESTION, results=ResultsShown.CLOSED), title="Bread"
    )
    visitor.log_in("Mina")
    for number in range(1, 6):
        assert vote(visitor, path_of(later), number, "pass") == 303
    assert ">Results</a>" not in visitor.get(path_of(later)).text


def test_statement_is_a_signed_post_and_stands_in_its_thread(
    house: House, client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    visitor, place = Visitor(client), path_of(booth[1])
    visitor.join("Mina")

    long = visitor.send(visitor.open_form(f"{place}/say"), do="send", text="x" * 300)
    asked = visitor.send(
        visitor.open_form(f"{place}/say"), do="send", text="Ring 021 88776655 now."
    )
    known = visitor.send(visitor.open_form(f"{place}/say"), do="send", text=WORDS[0])
    done = visitor.send(visitor.open_form(f"{place}/say"), do="send", text="Wells need a licence.")

    assert long.status_code == 403
    assert "x" * 300 in long.text
    assert asked.status_code == 200
    assert "private data" in asked.text
    assert known.status_code == 409
    assert done.status_code == 303, done.text
    release(house)
    assert "Wells need a licence." in visitor.get(f"/t/{booth[1].thread}").text
    assert "Wells need a licence." in visitor.get(f"{place}?number=7").text


def test_pages_of_others_say_that_it_is_open_and_later_that_it_is_not(
    house: House, client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    visitor = Visitor(client)
    pages = ("/", "/b/live", f"/t/{booth[1].thread}", "/consultations")
    open_one = [visitor.get(page).text for page in pages]

    change(house, booth[1], state=ConversationState.CLOSED)

    assert all(QUESTION.question in text for text in open_one)
    closed = [visitor.get(page).text for page in pages]
    assert [QUESTION.question in text for text in closed] == [False, False, True, True]


def test_statements_stand_in_their_thread_as_lines(
    client: TestClient, booth: tuple[bytes, Conversation]
) -> None:
    page = Visitor(client).get(f"/t/{booth[1].thread}").text

    assert page.count("Vote on statements") == len(WORDS)
    assert all(words in page for words in WORDS)


def test_others_write_while_a_first_vote_has_its_ballot_signed(
    house: House,
    client: TestClient,
    booth: tuple[bytes, Conversation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The signature takes a hundredth of a second: the turn to write is free meanwhile."""
    visitor, place = Visitor(client), path_of(booth[1])
    visitor.join("Mina")
    sign, wrote = blind.BlindSigningKey.blind_sign, []

    def sign_slowly(key: blind.BlindSigningKey, message: bytes, *, factor: bytes) -> bytes:
        queued = house.db.queue(lambda _work: "written")
        with suppress(TimeoutError):
            wrote.append(queued.result(5))
        return sign(key, message, factor=factor)

    monkeypatch.setattr(blind.BlindSigningKey, "blind_sign", sign_slowly)

    assert vote(visitor, place, 1, "agree") == 303
    assert wrote == ["written"]
    assert sheets(house, booth[1]) == [{1: Vote.AGREE}]


def test_later_votes_have_nothing_signed(
    house: House,
    client: TestClient,
    booth: tuple[bytes, Conversation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor, place = Visitor(client), path_of(booth[1])
    visitor.join("Mina")
    vote(visitor, place, 1, "agree")
    monkeypatch.delattr(blind.BlindSigningKey, "blind_sign")

    assert vote(visitor, place, 2, "disagree") == 303
    assert sheets(house, booth[1]) == [{1: Vote.AGREE, 2: Vote.DISAGREE}]
