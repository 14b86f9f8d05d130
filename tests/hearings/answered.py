"""Answers of officials in tests: records of them, and who is logged in to write them.

hall, posts = waiting_hall(house)        # three questions whose clocks run
give(house, hall, posts[0])              # answered by the official
visitor = enter(house, client, OMID)     # the official, before a browser without scripts
"""

from dataclasses import replace
from datetime import date

from app import identity
from app.forum import Post, PostKind
from app.hearings import Answer, Charter
from app.hearings.store import find_answers
from app.identity.service.sessions import new_session
from app.kernel.clock import day_of
from app.kernel.strict_json import JsonObject
from app.records.codec import encode_nonce, sign_record
from app.records.model import KIND, SAYS, SPEAKS_AS, SPOKEN, Custody
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.factories import Person
from tests.hearings import hall as halls
from tests.hearings.hall import Hall
from tests.houses import publish, release, require_post
from tests.visitor import Visitor

OMID, AVA, BABAK, CYRUS, DARA = (
    factories.person(name, Custody.UNLOCKED) for name in ("Omid", "Ava", "Babak", "Cyrus", "Dara")
)
CHARTER = replace(halls.CHARTER, top=3, lot=0)
PLAIN = "The weir opens in March."


def waiting_hall(
    house: House, count: int = 3, charter: Charter = CHARTER
) -> tuple[Hall, list[Post]]:
    """Return a hearing with so many questions of three people, and those whose clocks run."""
    hall = halls.offer_hall(house, charter, OMID)
    halls.bind(house, hall)
    halls.go_to(house, charter.opens_on)
    halls.keep(house)
    release(house)
    day = day_of(house.clock.now())
    publish(house, *(factories.card(each, day=day) for each in (AVA, BABAK, CYRUS, DARA)))
    for number in range(count):
        halls.ask(
            house, hall, (AVA, BABAK, CYRUS)[number % 3], f"What of dam {number}?\n\nIt leaks."
        )
    waiting = halls.choose(house, hall)
    return hall, sorted(waiting, key=lambda post: post.number or 0)


def answer_record(
    by: Person,
    to: Post,
    text: str = PLAIN,
    *,
    day: date,
    speaks_as: str = "position",
    says: str = "answered",
    is_spoken: bool = False,
    nonce: bytes | None = None,
) -> bytes:
    """Return a signed answer to a question or a follow-up; empty words leave their members out."""
    labels = {SPEAKS_AS: speaks_as, SAYS: says, SPOKEN: "aloud" if is_spoken else ""}
    members = {name: word for name, word in labels.items() if word}
    return _note(by, to, text, PostKind.ANSWER, day, members, nonce)


def follow_up_record(by: Person, to: Post, text: str = "In which March?", *, day: date) -> bytes:
    """Return a signed follow-up to an answer."""
    return _note(by, to, text, PostKind.FOLLOW_UP, day, {})


def _note(
    by: Person,
    to: Post,
    text: str,
    kind: PostKind,
    day: date,
    more: JsonObject,
    nonce: bytes | None = None,
) -> bytes:
    members: JsonObject = {
        "audience": f"ap://{to.board}/actor",
        "contentMap": {"en": text},
        "mediaType": "text/markdown",
        "urn:goftogu:custody": by.custody.value,
        "inReplyTo": to.record_id,
        KIND: kind.value,
        **more,
    }
    return sign_record(
        by.key, "Note", members, nonce=encode_nonce(nonce) if nonce else factories.nonce(), day=day
    )


def today(house: House) -> date:
    """Return the day of the house's clock."""
    return day_of(house.clock.now())


def give(
    house: House,
    to: Post,
    text: str = PLAIN,
    *,
    by: Person = OMID,
    speaks_as: str = "position",
    says: str = "answered",
    is_spoken: bool = False,
) -> Post:
    """Answer a question or a follow-up, and let readers see it."""
    day = today(house)
    raw = answer_record(by, to, text, day=day, speaks_as=speaks_as, says=says, is_spoken=is_spoken)
    publish(house, raw)
    return require_post(house, raw)


def ask_again(house: House, to: Post, by: Person) -> Post:
    """Follow an answer up, and let readers see it."""
    raw = follow_up_record(by, to, day=today(house))
    publish(house, raw)
    return require_post(house, raw)


def answer_of(house: House, post: Post) -> Answer:
    """Return an answer as it is kept."""
    with house.db.read() as work:
        return find_answers(work, [post.digest])[post.digest]


def viewer_of(person: Person) -> identity.Viewer:
    """Return a person as if they were logged in."""
    return identity.Viewer(
        root=person.root,
        name=person.name,
        fingerprint=person.mark,
        posting_did=person.did,
        custody=person.custody,
        has_unlocked=True,
    )


def enter(house: House, client: TestClient, person: Person, language: str = "en") -> Visitor:
    """Let somebody be logged in with their passphrase, in a browser of their own."""
    with house.db.write() as work:
        token = new_session(work, person.root, person.did, person.key)
    browser = TestClient(client.app, base_url=client.base_url, follow_redirects=False)
    browser.cookies.set("s", token)
    return Visitor(browser, language)
