"""The public pages of the log: what was done and why, found again, and never the words themselves."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from app import identity, records
from app.kernel.clock import DAY_S, Instant, day_of
from app.moderation import rules, service, store
from app.moderation.model import Action, ActionKind, Appeal, Ground, Outcome, Proposal, Role, Rule
from app.moderation.service import subjects
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import advance, publish, release
from tests.moderation.desks import Seat, act, seat
from tests.moderation.samples import REASONS
from tests.visitor import Visitor

AVA, BABAK, CYRA, DARA = (factories.person(name) for name in ("Ava", "Babak", "Cyra", "Dara"))
NEEDLE = "The needle says where your children go to school."
POST = factories.note(AVA, title="A needle of a title", text=NEEDLE)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def told(house: House) -> House:
    publish(house, *(factories.card(who) for who in (AVA, BABAK, CYRA, DARA)), POST)
    return house


@pytest.fixture
def first(told: House) -> Seat:
    return seat(told, BABAK)


def acted(house: House, at: Seat, kind: ActionKind, raw: bytes = POST, **changed: object) -> Action:
    done = act(house, at, raw, kind, **changed)
    assert isinstance(done, Action)
    return done


def test_act_is_shown_at_once_and_says_that_it_waits(
    told: House, first: Seat, client: TestClient
) -> None:
    visitor = Visitor(client)
    assert "Nothing has been done yet." in visitor.get("/moderation").text
    done = acted(told, first, ActionKind.HIDE)

    page = visitor.get("/moderation").text
    one = visitor.get(f"/moderation/acts/{done.digest.hex()}").text

    assert "Waiting for the log" in page
    assert "1 act, newest first" in page
    assert REASONS.facts in one
    assert "waits for the log" in one
    release(told)
    assert "Waiting for the log" not in visitor.get("/moderation").text
    one = visitor.get(f"/moderation/acts/{done.digest.hex()}").text
    with told.db.read() as work:
        place = records.find_place(work, done.digest) + 1
    assert f"It is entry {place} of the log" in one
    assert client.get(f"/records/{done.digest.hex()}").status_code == 200


def test_page_of_an_act_says_all_of_its_reasons(
    told: House, first: Seat, client: TestClient
) -> None:
    until = day_of(told.clock.now()) + timedelta(days=5)
    done = acted(
        told, first, ActionKind.HIDE,
        rule=Rule.LAW, ground=Ground.LAW, law="Penal code, § 7", until=until,
    )  # fmt: skip

    page = Visitor(client).get(f"/moderation/acts/{done.digest.hex()}").text

    for said in (
        "Hide a post", "The rule on what the law forbids", "Penal code, § 7", REASONS.facts,
        "26 November 2026", "Reports", "a person", "Desk 1", f'/en/p/{done.subject.name}"',
        "Nobody has undone it.",
    ):  # fmt: skip
        assert said in page, said


def test_removed_words_are_on_no_page_of_the_log(
    told: House, first: Seat, client: TestClient
) -> None:
    visitor = Visitor(client)
    hidden = acted(told, first, ActionKind.HIDE)
    with told.db.write() as work:
        service.undo(work, told.door, first.at(told), [hidden.digest], REASONS)
    second = seat(told, CYRA)
    proposed = act(told, first, POST, ActionKind.ERASE)
    assert isinstance(proposed, Proposal)
    with told.db.write() as work:
        erased = service.second(work, told.door, second.at(told), proposed.id)
    release(told)

    pages = [
        "/moderation", "/moderation/desks", "/moderation/demands", "/moderation/numbers/2026-11",
        "/moderation/feed.atom", f"/moderation/acts/{hidden.digest.hex()}",
        f"/moderation/acts/{erased.digest.hex()}", "/moderation?q=family",
    ]  # fmt: skip
    for path in pages:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert "needle" not in answer.text.casefold(), path
        assert not any(who.name in answer.text for who in (AVA, BABAK, CYRA, DARA)), path


def test_undone_act_and_the_one_that_undid_it_lead_to_each_other(
    told: House, first: Seat, client: TestClient
) -> None:
    hidden = acted(told, first, ActionKind.HIDE)
    with told.db.write() as work:
        undo = service.undo(work, told.door, first.at(told), [hidden.digest], REASONS)
    assert isinstance(undo, Action)
    visitor = Visitor(client)

    of_hidden = visitor.get(f"/moderation/acts/{hidden.digest.hex()}").text
    of_undo = visitor.get(f"/moderation/acts/{undo.digest.hex()}").text

    assert f"/en/moderation/acts/{undo.digest.hex()}" in of_hidden
    assert f"/en/moderation/acts/{hidden.digest.hex()}" in of_undo
    assert "Undone since" in visitor.get("/moderation").text


@pytest.mark.parametrize("outcome", [Outcome.UPHELD, Outcome.REVERSED])
def test_answer_to_an_appeal_is_told_with_its_days(
    outcome: Outcome, told: House, first: Seat, client: TestClient
) -> None:
    hidden = acted(told, first, ActionKind.HIDE)
    appealed(told, hidden)
    advance(told, 4 * DAY_S)
    other = seat(told, CYRA)
    answer = service.Answer(outcome=outcome, reasons=REASONS, text="Thank you.")
    with told.db.write() as work:
        done = service.decide_appeal(work, told.door, other.at(told), hidden.digest, answer)

    page = Visitor(client).get(f"/moderation/acts/{hidden.digest.hex()}").text

    assert f"Somebody appealed: {outcome.value.capitalize()}." in page
    assert "The answer took 4 days." in page
    assert done.digest.hex() in page
    answering = Visitor(client).get(f"/moderation/acts/{done.digest.hex()}").text
    assert "It answers an appeal." in answering
    assert "Thank you." not in page + answering


def appealed(house: House, action: Action) -> None:
    """Let somebody appeal against an action now."""
    with house.db.write() as work:
        now = Instant(work.now // 600 * 600)
        appeal = Appeal(
            action=action.digest,
            text="Please look again.",
            opened_at=now,
            due_at=Instant(now + rules.APPEAL_S),
            outcome=None,
            answer="",
            actors=subjects.marks_of(work, action),
        )
        store.add_appeal(work, appeal)


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ("نشانی خانه‌ها را می‌گوید", "نشاني"),
        ("نشانی خانه‌ها را می‌گوید", "خانه ها"),
        ("نشانی خانه‌ها را می‌گوید", "خانه"),
        ("نشانی خانه ها را ميگويد", "خانه‌ها"),
        ("كتابِ ۱۲ را نام می‌برد", "کتاب 12"),
        ("Une École est nommée", "ecole"),
    ],
)
def test_reasons_are_found_however_they_are_typed(
    facts: str, asked: str, told: House, first: Seat, client: TestClient
) -> None:
    done = acted(told, first, ActionKind.HIDE, facts=facts, language="fa")
    acted(told, first, ActionKind.LABEL, facts="Something else.")

    page = Visitor(client).get(f"/moderation?q={asked}").text

    assert re.findall(r"/moderation/acts/([0-9a-f]{64})", page) == [done.digest.hex()]


def test_log_is_narrowed_by_kind_rule_board_and_desk(
    told: House, first: Seat, client: TestClient
) -> None:
    other = seat(told, CYRA)
    hidden = acted(told, first, ActionKind.HIDE)
    cleared = acted(told, other, ActionKind.CLEAR, rule=Rule.SPAM)
    visitor = Visitor(client)

    def found(query: str) -> set[str]:
        return set(re.findall(r"/acts/([0-9a-f]{64})", visitor.get(f"/moderation?{query}").text))

    both = {hidden.digest.hex(), cleared.digest.hex()}
    assert found("kind=hide") == {hidden.digest.hex()}
    assert found("rule=spam") == {cleared.digest.hex()}
    assert found("desk=2") == {cleared.digest.hex()}
    assert found("board=square") == both
    assert found("board=live") == set()
    assert found("kind=nothing") == set()
    assert found("desk=0") == set()


def test_pages_of_the_log_hold_twenty_each_and_there_is_none_after_the_last(
    told: House, first: Seat, client: TestClient
) -> None:
    made = [acted(told, first, ActionKind.CLEAR).digest.hex() for _ in range(21)]
    visitor = Visitor(client)

    pages = [visitor.get(f"/moderation?page={n}").text for n in (1, 2)]

    listed = [re.findall(r"/acts/([0-9a-f]{64})", page) for page in pages]
    assert list(map(len, listed)) == [20, 1]
    assert {*listed[0], *listed[1]} == set(made)
    assert visitor.get("/moderation?page=3").status_code == 404
    assert visitor.get("/moderation?page=0").status_code == 404


@pytest.mark.parametrize("name", ["zz", "00", "0" * 64, ("ab" * 32).upper()])
def test_act_that_is_none_is_not_found(name: str, client: TestClient) -> None:
    assert Visitor(client).get(f"/moderation/acts/{name}").status_code == 404


@pytest.mark.parametrize("month", ["2025-12", "2026-12", "2026-13", "2026-1", "٢٠٢٦-١١", "now"])
def test_month_that_is_none_is_not_found(month: str, client: TestClient) -> None:
    assert Visitor(client).get(f"/moderation/numbers/{month}").status_code == 404


def test_desks_are_shown_without_a_person(told: House, first: Seat, client: TestClient) -> None:
    acted(told, first, ActionKind.HIDE)
    seat(told, CYRA, role=Role.STEWARD, boards=())
    release(told)

    page = Visitor(client).get("/moderation/desks").text

    assert "2 desks" in page
    assert "Moderator: Square" in page
    assert "Steward of all boards" in page
    assert "From 21 November 2026 to 19 February 2027" in page
    assert BABAK.mark not in page
    assert first.desk.did not in page


def test_feed_holds_what_is_logged_alone_and_is_atom(
    told: House, first: Seat, client: TestClient
) -> None:
    done = acted(told, first, ActionKind.HIDE)
    visitor = Visitor(client)
    assert ET.fromstring(visitor.get("/moderation/feed.atom").text).findall(f"{ATOM}entry") == []
    release(told)

    answer = visitor.get("/moderation/feed.atom")

    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(answer.text)
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        # RFC 4287, 4.1.1 and 4.1.2: exactly one of each.
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
    assert len(feed.findall(f"{ATOM}author")) == 1
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}id") == done.record_id
    assert entry.findtext(f"{ATOM}content") == REASONS.facts
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert client.get(link.attrib["href"]).status_code == 200


def demand(house: House, **changed: object) -> bytes:
    said = {
        "from": "government", "country": "CA", "asked": "data", "received": "2026-11-20",
        "answer": "open", "sealed": False, "contentMap": {"en": "Who wrote on the square?"},
        **changed,
    }  # fmt: skip
    with house.db.write() as work:
        return service.tell_demand(work, house.door, said)


def test_demand_is_told_once_with_its_last_answer(house: House, client: TestClient) -> None:
    asked = demand(house)
    with house.db.write() as work:
        service.answer_demand(work, house.door, asked, "refused")
    visitor = Visitor(client)
    assert "None so far." in visitor.get("/moderation/demands").text
    release(house)

    page = visitor.get("/moderation/demands").text

    assert "1 demand that may be told" in page
    assert "Who wrote on the square?" in page
    assert "Refused" in page
    assert "Not answered yet" not in page
    assert "0 demands count as sealed" in page


def test_sealed_demand_and_one_told_late_count_as_sealed(house: House, client: TestClient) -> None:
    demand(house, sealed=True, contentMap={"en": "Not to be told."})
    demand(house, received="2026-11-17")
    demand(house, received="2026-11-18")
    release(house)

    page = Visitor(client).get("/moderation/demands").text

    assert "Not to be told." not in page
    assert "2 demands that may be told" in page
    assert page.count("Told late") == 1
    assert "2 demands count as sealed" in page


def test_sponsors_are_named_on_the_page_of_the_log(told: House, client: TestClient) -> None:
    with told.db.write() as work:
        persona = identity.find_persona(work, DARA.root)
        assert persona is not None
        mark = service.mark_of(told.marks_key, DARA.root)
        service.add_sponsor(work, persona, "The Lake Fund", mark=mark)

    page = Visitor(client).get("/moderation").text

    assert "The Lake Fund" in page
    assert DARA.name not in page
