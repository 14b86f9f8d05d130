"""A host whose desks act at random for weeks: alone and by two, in bulk, automatically, undone and appealed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from app import tlog
from app.db import Work
from app.kernel.clock import HOUR_S, Instant, day_of
from app.kernel.errors import AppError
from app.moderation import codec, rules, service, store
from app.moderation.model import (
    Action,
    ActionKind,
    Appeal,
    Decision,
    Ground,
    Outcome,
    Proposal,
    Reasons,
    Role,
    Rule,
    Source,
    Subject,
    SubjectKind,
)
from app.moderation.service import deciding, subjects
from app.wiring import House

from tests import factories
from tests.houses import advance, publish, release, tick
from tests.moderation.desks import Seat, post_subject, seat
from tests.moderation.samples import REASONS

_ALONE = (ActionKind.HIDE, ActionKind.HIDE, ActionKind.LABEL, ActionKind.CLEAR)
_UNDONE_AT_ONCE = 5


@dataclass
class Host:
    """What has been done so far."""

    house: House
    random: Random
    seats: list[Seat]
    posts: list[bytes]
    people: list[factories.Person]
    taken: list[Action] = field(default_factory=list)
    refused: int = 0

    def act(self) -> None:
        """Try one thing; what is refused leaves nothing."""
        ways: tuple[Callable[[Work], Action], ...] = (
            self._alone, self._alone, self._alone, self._automatic, self._limit, self._by_two,
            self._undo, self._answer,
        )  # fmt: skip
        way = self.random.choice(ways)
        try:
            with self.house.db.write() as work:
                done = way(work)
        except (AppError, IndexError):
            self.refused += 1
        else:
            self.taken.append(done)

    def _reasons(self, **changed: object) -> Reasons:
        rule = self.random.choice(list(Rule))
        is_law = rule is Rule.LAW
        reasons = replace(
            REASONS,
            rule=rule,
            ground=Ground.LAW if is_law else Ground.RULE,
            law="A law, § 1" if is_law else "",
            source=self.random.choice(list(Source)),
        )
        return replace(reasons, **changed)  # type: ignore[arg-type]  # Fields of reasons.

    def _post(self) -> Subject:
        return post_subject(self.random.choice(self.posts))

    def _alone(self, work: Work) -> Action:
        kind = self.random.choice(_ALONE)
        label = "sensitive" if kind is ActionKind.LABEL else ""
        decision = Decision(kind=kind, reasons=self._reasons(), label=label)
        at = self.random.choice(self.seats).at(self.house)
        return _done(service.act_on(work, self.house.door, at, self._post(), decision))

    def _automatic(self, work: Work) -> Action:
        until = day_of(work.now) + timedelta(days=1)
        reasons = self._reasons(is_automatic=True, source=Source.AUTOMATIC, until=until)
        door, decision = self.house.door, Decision(kind=ActionKind.HIDE, reasons=reasons)
        act = deciding.make_act(work, door.instance_did, self._post(), decision)
        return deciding.submit_act(work, door, door.key, codec.encode_act(act), ActionKind.HIDE)

    def _limit(self, work: Work) -> Action:
        until = day_of(work.now) + timedelta(days=self.random.randint(1, 7))
        decision = Decision(kind=ActionKind.LIMIT, reasons=self._reasons(until=until))
        who = Subject(kind=SubjectKind.PERSONA, name=self.random.choice(self.people).root)
        at = self.random.choice(self.seats).at(self.house)
        return _done(service.act_on(work, self.house.door, at, who, decision))

    def _by_two(self, work: Work) -> Action:
        first, second = self.random.sample(self.seats, 2)
        decision = Decision(kind=ActionKind.LIMIT, reasons=self._reasons(until=None))
        who = Subject(kind=SubjectKind.PERSONA, name=self.random.choice(self.people).root)
        door = self.house.door
        proposed = service.act_on(work, door, first.at(self.house), who, decision)
        assert isinstance(proposed, Proposal)
        return service.second(work, door, second.at(self.house), proposed.id)

    def _undo(self, work: Work) -> Action:
        """Undo several acts of one desk with one record."""
        at = self.random.choice(self.seats)
        own = [action for action in self.taken if action.desk == at.desk.did]
        some = [action.digest for action in self.random.sample(own, min(_UNDONE_AT_ONCE, len(own)))]
        reasons = self._reasons()
        return _done(service.undo(work, self.house.door, at.at(self.house), some, reasons))

    def _answer(self, work: Work) -> Action:
        """Let somebody appeal some days ago, and another desk answer now."""
        action = self.random.choice(self.taken)
        if action.kind is ActionKind.UPHOLD or store.find_appeal(work, action.digest):
            raise IndexError("nothing to appeal against")
        opened = Instant((work.now - self.random.randint(0, 6 * 24) * HOUR_S) // 600 * 600)
        appeal = Appeal(
            action=action.digest, text="Look again.", opened_at=opened,
            due_at=Instant(opened + rules.APPEAL_S), outcome=None, answer="",
            actors=subjects.marks_of(work, action),
        )  # fmt: skip
        store.add_appeal(work, appeal)
        at = self.random.choice(self.seats).at(self.house)
        outcome = self.random.choice(list(Outcome))
        answer = service.Answer(outcome=outcome, reasons=self._reasons(), text="Thank you.")
        return service.decide_appeal(work, self.house.door, at, action.digest, answer)


def act_at_random(house: House, count: int, *, seed: int = 7) -> Host:
    """Let desks act until so many acts were taken in, over weeks, and let the log hold them all."""
    random = Random(seed)
    people = [factories.person(f"author {number}") for number in range(6)]
    stewards = [factories.person(f"desk {number}") for number in range(8)]
    posts = [
        factories.note(who, title=f"Title {n}", text=f"What {who.name} says in post {n}.")
        for n in range(5)
        for who in people
    ]
    publish(house, *(factories.card(who) for who in (*people, *stewards)), *posts)
    seats = [seat(house, who, role=Role.STEWARD, boards=(), days=366) for who in stewards]
    host = Host(house=house, random=random, seats=seats, posts=posts, people=people)
    while len(host.taken) < count:
        host.act()
        if random.random() < 0.2:
            advance(house, random.randint(1, 5) * HOUR_S)
            tick(house)
    release(house)
    release(house)
    return host


def publish_files(house: House) -> None:
    """Let the host write the files of all that is shown, as its worker does."""
    with house.db.read() as work:
        size = tlog.count_entries(work)
    # A hundred entries at a time, and once more for the card.
    for _ in range(size // 100 + 2):
        house.publisher.keep_up()


def _done(what: Action | Proposal) -> Action:
    if not isinstance(what, Action):
        raise IndexError("it takes two")
    return what
