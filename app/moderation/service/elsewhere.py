"""Acts that a partner's log holds: of those whom it attested, on what is at home there, alone.

What another instance's rules were, nobody here can look up. That it acts on its own is looked at.
"""

from collections.abc import Callable
from typing import TypeAlias

from app import forum, records, tlog
from app.db import Work
from app.moderation import codec
from app.moderation.errors import NotAllowedError
from app.moderation.model import Act, ActionKind, Subject, SubjectKind
from app.moderation.rules import ABOUT_ACTS
from app.records import VerifiedRecord

from .desks import require_attested
from .subjects import OF_POSTS, find_subject, get_action, get_post_of

Accept: TypeAlias = Callable[[Work, VerifiedRecord], tlog.Lane]


def within_home(accept: Accept, home: str) -> Accept:
    """Return what takes in the acts of a partner's log, `home` being the partner's key."""

    def accept_there(work: Work, record: VerifiedRecord) -> tlog.Lane:
        act = codec.decode_act(record)
        desks = (each for each in (record.signer, act.proposed_by) if each != home)
        require_attested(work, desks, home)
        _require_own(work, act, home)
        return accept(work, record)

    return accept_there


def _require_own(work: Work, act: Act, home: str) -> None:
    """Refuse what reaches beyond the boards and desks of a home.

    Raises:
        NotAllowedError: it is about another's board, act or desk, or about who may write here.
        NotFoundError: what it is about is not here.

    """
    kind = act.decision.kind
    if kind in ABOUT_ACTS or kind is ActionKind.CLOSE_DESK:
        for named in act.about:
            known = records.find_record(work, named.digest)
            if known is None or known.home != home:
                raise NotAllowedError("the act or the desk was another's")
    if kind in ABOUT_ACTS:
        for named in act.about:
            action = get_action(work, named.digest)
            _require_home(work, action.subject, action.board, home)
    elif kind is not ActionKind.CLOSE_DESK:
        _require_home(work, find_subject(work, act), act.board, home)
    if act.decision.target:
        _require_board(work, act.decision.target, home)


def _require_home(work: Work, subject: Subject, board: str, home: str) -> None:
    if subject.kind is SubjectKind.PERSONA:
        raise NotAllowedError("who may write here is decided here")
    if subject.kind in OF_POSTS:
        board = forum.board_of(work, get_post_of(work, subject)).did
    _require_board(work, board, home)


def _require_board(work: Work, did: str, home: str) -> None:
    board = forum.find_board(work, did=did)
    if board is None or board.home != home:
        raise NotAllowedError("the board's home is elsewhere")
