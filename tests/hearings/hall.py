"""A hearing and who is in it: an official with an office, a bound charter, questions, a choice.

official = factories.person("Omid")
hall = open_hall(house)                  # offered, bound and open, on the live board
ask(house, hall, AVA, "Where does the water go?")
put_votes(house, hall, [{1: Vote.AGREE}] * 12, kinds="invited")
choose(house, hall)                      # its day has come, and the clocks run
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import pytest
from app import forum, hearings, identity, opinion
from app.db import Work
from app.forum import Post, PostKind
from app.hearings import (
    Aim,
    Charter,
    DeclineCode,
    HallKeeper,
    HeardQuestion,
    Hearing,
    QuestionState,
    codec,
    rules,
)
from app.hearings.codec import choices
from app.kernel.clock import HOUR_S, Instant, day_of, start_of
from app.kernel.strict_json import JsonObject
from app.opinion.model import Conversation, Vote
from app.records.codec import sign_record
from app.records.model import KIND
from app.wiring import House

from tests import factories
from tests.factories import Person
from tests.hearings.officials import make_official
from tests.houses import advance, publish, release, require_post, submit
from tests.opinion.booths import ballot_keys
from tests.opinion.crowds import put_in

OMID, AVA, BABAK, CYRUS = (factories.person(name) for name in ("Omid", "Ava", "Babak", "Cyrus"))
"""The official, and people who ask."""
TODAY: Final = factories.TODAY
CHARTER: Final = Charter(
    opens_on=TODAY + timedelta(days=1),
    chooses_on=TODAY + timedelta(days=6),
    ends_on=TODAY + timedelta(days=15),
    languages=("fa", "en"),
    excluded=("Cases before a court",),
    top=2,
    lot=1,
    aims=(Aim(text="People know the plan for the river.", measure="Nine of ten answers say it."),),
)
TEXT: Final = "Questions about the river and its dams."


@dataclass(frozen=True)
class Hall:
    """A hearing's thread: the bytes of its opening post, and whose hearing it is."""

    opening: bytes
    thread: str
    official: Person


def offer_hall(
    house: House, charter: Charter = CHARTER, official: Person = OMID, title: str = "The river"
) -> Hall:
    """Let the host offer a hearing on a new thread of the live board to an official with an office."""
    day = day_of(house.clock.now())
    opening = factories.note(AVA, board=factories.LIVE, title=title, day=day)
    publish(house, factories.card(official, day=day), opening)
    with house.db.read() as work:
        has_office = hearings.find_office(work, official.root) is not None
    if not has_office:
        make_official(house, official, day=day)
    with house.db.write() as work:
        thread = forum.get_thread(work, require_post(house, opening).thread)
        hearings.offer_hearing(
            work, house.door, thread, official=official.root, text=TEXT, language="en",
            charter=charter,
        )  # fmt: skip
    release(house)
    return Hall(opening, thread.id, official)


def bind(house: House, hall: Hall) -> None:
    """Let the official be bound to the charter."""
    with house.db.write() as work:
        hearing = hearings.get_hearing(work, hall.thread)
        house.door.submit(work, hearings.sign_binding(work, hall.official.key, hearing))


def bound_hall(house: House, charter: Charter = CHARTER) -> Hall:
    """Return a hearing whose official is bound, the day before it opens."""
    hall = offer_hall(house, charter)
    bind(house, hall)
    return hall


def open_hall(house: House, charter: Charter = CHARTER) -> Hall:
    """Return a hearing that is open, on its first day."""
    hall = bound_hall(house, charter)
    go_to(house, charter.opens_on)
    keep(house)
    release(house)
    return hall


def go_to(house: House, day: date) -> None:
    """Let time pass until three hours into a day."""
    noon = Instant(start_of(day) + 3 * HOUR_S)
    advance(house, noon - house.clock.now())


def keep(house: House) -> None:
    """Let the keeper do what is due now; what it does raises here."""
    keeper = HallKeeper(house.db, house.door, house.sequencer.published.root_at)
    # Drawing primes takes its time: tests share three keys.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "make_ballot_keys", ballot_keys)
        for act in keeper.list_due():
            act()


def question_record(
    house: House, hall: Hall, by: Person, text: str, *, language: str = "en"
) -> bytes:
    """Return a signed question."""
    members: JsonObject = {
        "audience": f"ap://{factories.LIVE.did}/actor",
        "contentMap": {language: text},
        "mediaType": "text/markdown",
        "urn:goftogu:custody": by.custody.value,
        "inReplyTo": factories.id_of(hall.opening),
        KIND: PostKind.QUESTION.value,
    }
    day = day_of(house.clock.now())
    return sign_record(by.key, "Note", members, nonce=factories.nonce(), day=day)


def ask(house: House, hall: Hall, by: Person, text: str) -> Post:
    """Ask a question, and let readers see it."""
    raw = question_record(house, hall, by, text)
    publish(house, raw)
    return require_post(house, raw)


def ask_some(house: House, hall: Hall, count: int) -> list[Post]:
    """Ask several questions, each by somebody else in turn; return their posts by number."""
    people = (AVA, BABAK, CYRUS)
    return [
        ask(house, hall, people[number % len(people)], f"What of dam number {number}?\n\nIt leaks.")
        for number in range(count)
    ]


def question_of(house: House, post: Post) -> HeardQuestion:
    """Return where a question stands."""
    with house.db.read() as work:
        return hearings.get_question(work, post.digest)


def hearing_of(house: House, hall: Hall) -> Hearing:
    """Return a hearing as it stands."""
    with house.db.read() as work:
        return hearings.get_hearing(work, hall.thread)


def conversation_of(house: House, hall: Hall) -> Conversation:
    """Return the consultation in which a hearing's questions are voted on."""
    with house.db.read() as work:
        return opinion.get_conversation(work, hall.thread)


def decide(
    house: House, hall: Hall, post: Post, state: QuestionState, code: DeclineCode | None = None
) -> None:
    """Let the official accept or decline a question."""
    with house.db.write() as work:
        hearing = hearings.get_hearing(work, hall.thread)
        house.door.submit(
            work, hearings.sign_decision(work, hall.official.key, hearing, post, state, code)
        )


def decide_as_host(
    house: House, hall: Hall, post: Post, state: QuestionState, code: DeclineCode | None = None
) -> None:
    """Let the host accept or decline a question."""
    with house.db.write() as work:
        hearing = hearings.get_hearing(work, hall.thread)
        hearings.decide_as_host(work, house.door, hearing, post, state, code)


def appeal_record(
    house: House, post: Post, by: Person, *, appeals: bool = True, board: str = factories.LIVE.did
) -> bytes:
    """Return the record by which somebody appeals against the decline of a question."""
    members = {**codec.appeal_members(board, post.record_id, by.custody), codec.APPEALS: appeals}
    day = day_of(house.clock.now())
    return sign_record(by.key, "Update", members, nonce=factories.nonce(), day=day)


def appeal(house: House, post: Post) -> None:
    """Let whoever asked a question appeal against its decline."""
    (asker,) = [each for each in (AVA, BABAK, CYRUS) if post.author.hand in {each.root, each.did}]
    submit(house, appeal_record(house, post, asker))


def merge(house: House, hall: Hall, **merged: int) -> None:
    """Merge questions by their numbers, written `n2=1` for the second into the first."""
    with house.db.write() as work:
        conversation = opinion.get_conversation(work, hall.thread)
        ids = {
            each.number: each.record_id
            for each in opinion.list_statements(work, conversation.thread)
        }
        change = opinion.Change(
            state=conversation.state,
            until=conversation.until,
            merged={ids[int(name[1:])]: ids[target] for name, target in merged.items()},
        )
        opinion.change_conversation(work, house.door, conversation, change)


def put_votes(
    house: House, hall: Hall, sheets: Sequence[dict[int, Vote]], kinds: str = "vouched",
    first: int = 0,
) -> None:  # fmt: skip
    """Let as many people vote as there are sheets, by the numbers of questions."""
    put_in(house, conversation_of(house, hall), list(sheets), kinds=kinds, first=first)


def choose(house: House, hall: Hall) -> list[Post]:
    """Let the day of the choice come and the questions be chosen; return those that wait."""
    go_to(house, hearing_of(house, hall).charter.chooses_on)
    keep(house)
    release(house)
    hearing = hearing_of(house, hall)
    if rules.awaits_draw(hearing) and hearing.official == hall.official.root:
        submit(house, draw_record(house, hall, hall.official))
    keep(house)
    release(house)
    with house.db.read() as work:
        return [
            forum.get_post(work, each.post)
            for each in hearings.list_questions(work, hall.thread)
            if each.state is QuestionState.WAITING
        ]


def draw_record(house: House, hall: Hall, by: Person, *, draws: bool = True) -> bytes:
    """Return the record by which somebody has the official's part in the lot."""
    with house.db.read() as work:
        ended = opinion.get_conversation(work, hall.thread).head
    members = choices.draw_members(hearing_of(house, hall), ended) | {choices.DRAWS: draws}
    day = day_of(house.clock.now())
    return sign_record(by.key, "Accept", members, nonce=factories.nonce(), day=day)


def chosen_hall(house: House, count: int = 3) -> tuple[Hall, list[Post]]:
    """Return a hearing with so many questions whose clocks run, and their posts."""
    charter = replace(CHARTER, top=count, lot=0)
    hall = open_hall(house, charter)
    ask_some(house, hall, count)
    return hall, choose(house, hall)


def thread_of(work: Work, hall: Hall) -> forum.Thread:
    """Return a hearing's thread."""
    return forum.get_thread(work, hall.thread)
