"""Desks in a running instance, and work for them: what its pages look like when there is some."""

from dataclasses import dataclass
from typing import Final

import pytest
from app import forum
from app.db import Work
from app.forum import Post, ThreadSort
from app.kernel.clock import Instant, SystemClock, day_of
from app.moderation import rules, service, store
from app.moderation.model import (
    Action,
    ActionKind,
    Appeal,
    Matter,
    Proposal,
    Role,
    Rule,
    Subject,
    SubjectKind,
)
from app.wiring import House

from tests import factories
from tests.houses import open_at
from tests.moderation.desks import Seat, decision, look_for_groups, seat
from tests.once import FULL_COST, ask_per_guess

from .instance import Instance
from .window import Window

PASSPHRASE: Final = "lantern under the plum tree"
_CALL: Final = "این نوشته توهین به مردم ماست و باید همین حالا برداشته شود"
_ANSWERS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Three desks that nobody has logged in at, and what waits for them."""

    number: int
    words: str
    tired: int
    """The number of a desk that has opened twenty cases of danger today."""
    tired_words: str
    fresh: int
    """The number of a desk at which nobody chooses a passphrase."""
    fresh_words: str
    proposal: str
    appeal: str


def seat_staff(instance: Instance, who: str) -> Staff:
    """Open desks for people called after `who`, report posts of the village, and let some be decided."""
    house = open_at(instance.data, SystemClock())
    with pytest.MonkeyPatch.context() as patch:
        # The instance that opens them asks what a guess costs at a real one.
        ask_per_guess(patch, FULL_COST)
        first, other, tired, fresh = [
            seat(house, factories.person(f"{who} {n}"), role=Role.STEWARD) for n in range(4)
        ]
    with house.db.write() as work:
        posts = _posts(work)
        for number, post in enumerate(posts[:5]):
            for person in range(3):
                _report(house, work, post, f"{who} {number} {person}", Rule.HATE, _CALL)
        for person in range(2):
            words = f"آدرس خانهٔ کسی در آن است، {person}"
            _report(house, work, posts[5], f"{who} told {person}", Rule.PRIVATE_DATA, words)
        for _ in range(20):
            store.add_exposure(work, tired.desk.did, day_of(work.now))
    hidden = _act(house, other, posts[6], ActionKind.HIDE)
    proposal = _act(house, other, posts[7], ActionKind.ERASE)
    assert isinstance(hidden, Action)
    assert isinstance(proposal, Proposal)
    with house.db.write() as work:
        store.add_appeal(work, _appeal(work, hidden, other))
    look_for_groups(house)
    house.db.close()
    return Staff(
        number=first.desk.number,
        words=" ".join(first.words.words()),
        tired=tired.desk.number,
        tired_words=" ".join(tired.words.words()),
        fresh=fresh.desk.number,
        fresh_words=" ".join(fresh.words.words()),
        proposal=proposal.id,
        appeal=hidden.digest.hex(),
    )


def come(window: Window, language: str, number: int, words: str) -> None:
    """Log in at a desk with its first words."""
    window.open(f"/{language}/desk/login")
    window.fill("#f-number", str(number))
    window.fill("#f-passphrase", words)
    window.press("main form .button")


def begin(window: Window, language: str, number: int, words: str) -> None:
    """Log in at a desk for the first time, and choose a passphrase."""
    come(window, language, number, words)
    window.fill("#f-passphrase", PASSPHRASE)
    window.press("main form .button")
    assert window.path == f"/{language}/desk"


def _posts(work: Work) -> list[Post]:
    """Return answers of the village that nothing was done about: no title goes with them."""
    found, _ = forum.list_threads(work, board=None, sort=ThreadSort.NEW, page=1)
    posts = [
        post
        for one in found
        for post in forum.list_posts(work, one.thread.id, 2, _ANSWERS)
        if post.has_words and post.origin is None
    ]
    return [post for post in posts if not store.list_actions_on(work, _subject(post))]


def _subject(post: Post) -> Subject:
    return Subject(kind=SubjectKind.POST, name=post.digest.hex())


def _report(house: House, work: Work, post: Post, who: str, rule: Rule, text: str) -> None:
    mark = service.mark_of(house.marks_key, factories.person(who).root)
    matter = Matter(subject=_subject(post), board=post.board, version=post.version.digest)
    service.report(work, matter, rule, text, mark=mark)


def _act(house: House, by: Seat, post: Post, kind: ActionKind) -> Action | Proposal:
    with house.db.write() as work:
        return service.act_on(work, house.door, by.at(house), _subject(post), decision(kind))


def _appeal(work: Work, hidden: Action, by: Seat) -> Appeal:
    return Appeal(
        action=hidden.digest,
        text="من دربارهٔ چاه خودم نوشتم و از هیچ کس نام نبردم.",
        opened_at=work.minute,
        due_at=Instant(work.minute + rules.APPEAL_S),
        outcome=None,
        answer="",
        actors=(by.desk.person,),
    )
