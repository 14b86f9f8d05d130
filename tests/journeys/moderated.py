"""A little moderation for the gallery: every page of its log shows something, and no post changes."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from app import forum
from app.crypto.sealing import Passphrase
from app.db import Work
from app.forum import store as forum_store
from app.kernel.clock import HOUR_S, Instant, SystemClock, day_of
from app.moderation import service, store
from app.moderation.model import (
    Action,
    ActionKind,
    Appointment,
    Decision,
    DeskSession,
    Ground,
    Reasons,
    Role,
    Rule,
    Scope,
    Source,
    Subject,
    SubjectKind,
)
from app.wiring import House

from tests.houses import open_at
from tests.moderation.desks import AUDIT_KEYS

from .instance import Instance

_REASONS: Final = Reasons(
    rule=Rule.PRIVATE_DATA,
    ground=Ground.LAW,
    law="قانون حمایت از داده‌ها، مادهٔ ۵",
    facts="نوشته از دیگران می‌خواهد نشانی کسی را پیدا کنند؛ خود نشانی در آن نیست.",
    language="fa",
    scope=Scope.POST,
    until=None,
    is_automatic=False,
    source=Source.LEGAL_NOTICE,
)
_CLEARED: Final = replace(
    _REASONS,
    rule=Rule.SPAM,
    ground=Ground.RULE,
    law="",
    facts="It names a shop, and sells nothing.",
    language="en",
    source=Source.REPORT,
)


def moderate(instance: Instance) -> str:
    """Open two desks, act, undo, tell of demands, name a sponsor; return the path of an act."""
    house = open_at(instance.data, SystemClock())
    try:
        with house.db.write() as work:
            board = next(board for board, count in forum.list_boards(work) if count)
            posts = forum_store.list_latest_posts(work, board.did, 20, "")
            people = list(dict.fromkeys(post.author.hand for post in posts))
            first = _at_desk(house, work, people[0], Role.MODERATOR, (board.did,))
            _at_desk(house, work, people[1], Role.STEWARD, ())
            others = [post for post in posts if post.author.hand != people[0]]
            labelled = _act(house, work, first, others[0].digest, _label())
            _act(house, work, first, others[1].digest, _clear())
            service.undo(work, house.door, first, [labelled.digest], _CLEARED)
            _tell(house, work)
            store.add_sponsor(work, b"s" * 32, "صندوق دریاچه")
        return f"/moderation/acts/{labelled.digest.hex()}"
    finally:
        house.db.close()


def _at_desk(
    house: House, work: Work, root: str, role: Role, boards: tuple[str, ...]
) -> service.AtDesk:
    appointed = Appointment(root=root, role=role, boards=boards, days=90)
    mark = service.mark_of(house.marks_key, root)
    desk, words = service.open_desk(work, house.door, appointed, mark=mark, auditors=AUDIT_KEYS)
    login = store.find_desk_login(work, desk.number)
    key = service.unseal_desk(login, Passphrase(" ".join(words.words())))
    began = Instant(work.now - HOUR_S)
    return service.AtDesk(session=DeskSession(desk=desk, began_at=began), key=key)


def _label() -> Decision:
    return Decision(kind=ActionKind.LABEL, reasons=_REASONS, label="unconfirmed")


def _clear() -> Decision:
    return Decision(kind=ActionKind.CLEAR, reasons=_CLEARED)


def _act(house: House, work: Work, at: service.AtDesk, post: bytes, what: Decision) -> Action:
    subject = Subject(kind=SubjectKind.POST, name=post.hex())
    done = service.act_on(work, house.door, at, subject, what)
    assert isinstance(done, Action)
    return done


def _tell(house: House, work: Work) -> None:
    today = day_of(work.now)
    said = {
        "from": "government", "country": "CA", "asked": "data", "answer": "refused",
        "received": (today - timedelta(days=1)).isoformat(), "sealed": False,
        "contentMap": {"en": "It asked who had written on the board about water."},
    }  # fmt: skip
    service.tell_demand(work, house.door, said)
    late = {**said, "from": "sponsor", "asked": "emphasis", "answer": "partly"}
    service.tell_demand(
        work, house.door, {**late, "received": (today - timedelta(days=9)).isoformat()}
    )
