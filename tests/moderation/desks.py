"""Desks with people at them, for tests: opened as a host opens them, and acting by the one door."""

from dataclasses import dataclass, replace
from typing import Any

import pyrage
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.crypto.sealing import Passphrase
from app.crypto.seed import Seed
from app.kernel.clock import HOUR_S, Instant
from app.moderation import Watch, service, store
from app.moderation.model import (
    Action,
    ActionKind,
    Appointment,
    Case,
    Decision,
    Desk,
    DeskSession,
    Matter,
    Proposal,
    Reasons,
    Role,
    Rule,
    Subject,
    SubjectKind,
)
from app.wiring import House

from tests import factories
from tests.moderation.samples import REASONS

AUDITORS = [pyrage.x25519.Identity.generate() for _ in range(3)]
AUDIT_KEYS = [str(auditor.to_public()) for auditor in AUDITORS]


@dataclass(frozen=True)
class Seat:
    """A desk, its key, and the words that open it the first time."""

    desk: Desk
    key: SigningKey
    words: Seed

    def at(self, house: House, *, age_s: int = HOUR_S) -> service.AtDesk:
        """Return somebody who has worked at the desk for an hour."""
        began = Instant(house.clock.now() - age_s)
        return service.AtDesk(session=DeskSession(desk=self.desk, began_at=began), key=self.key)


def seat(house: House, person: factories.Person, **chosen: Any) -> Seat:
    """Open a desk for a persona: a moderator's of the square, if nothing else is chosen."""
    appointed = Appointment(
        root=person.root,
        role=chosen.get("role", Role.MODERATOR),
        boards=chosen.get("boards", (factories.SQUARE.did,)),
        days=chosen.get("days", 90),
    )
    with house.db.write() as work:
        mark = service.mark_of(house.marks_key, person.root)
        desk, words = service.open_desk(work, house.door, appointed, mark=mark, auditors=AUDIT_KEYS)
        login = store.find_desk_login(work, desk.number)
    key = service.unseal_desk(login, Passphrase(" ".join(words.words())))
    assert encode_did(key.public) == desk.did
    return Seat(desk, key, words)


def post_subject(raw: bytes) -> Subject:
    """Return a post as a subject."""
    return Subject(kind=SubjectKind.POST, name=factories.digest_of(raw).hex())


def report(
    house: House, raw: bytes, who: factories.Person, rule: Rule = Rule.SPAM, text: str = ""
) -> Case:
    """Report a post as a persona."""
    digest = factories.digest_of(raw)
    matter = Matter(subject=post_subject(raw), board=factories.SQUARE.did, version=digest)
    with house.db.write() as work:
        mark = service.mark_of(house.marks_key, who.root)
        return service.report(work, matter, rule, text, mark=mark)


def decision(kind: ActionKind, reasons: Reasons = REASONS, **more: Any) -> Decision:
    """Return a decision for the usual reasons."""
    return Decision(kind=kind, reasons=reasons, **more)


def act(house: House, at: Seat, raw: bytes, kind: ActionKind, **changed: Any) -> Action | Proposal:
    """Act on a post that nobody needs to have reported."""
    label = "sensitive" if kind is ActionKind.LABEL else ""
    wanted = decision(kind, replace(REASONS, **changed), label=label)
    with house.db.write() as work:
        return service.act_on(work, house.door, at.at(house), post_subject(raw), wanted)


def digest_of(done: Action | Proposal) -> str:
    """Return the digest of what was done at once, as addresses hold it."""
    assert isinstance(done, Action)
    return done.digest.hex()


def look_for_groups(house: House) -> None:
    """Look for groups of reporters, as the worker does within a minute."""
    for part in Watch(house.db, house.door, house.marks_key).list_due():
        part()
