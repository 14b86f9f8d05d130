"""Statements about ballots. None of them joins a ballot to the persona that votes with it."""

from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from app.crypto.blind import require_key
from app.db import Work, write_anew
from app.db.tables import columns_of
from app.identity.model.ballots import Ballot, BallotIssuer, BallotKind, VerifiedBallot
from app.identity.tables.tokens import BallotGivenRow, BallotIssuerRow, BallotRow

_BALLOT: Final = columns_of(BallotRow)
_FIND_KIND: Final = select(_BALLOT.c.kind).where(
    _BALLOT.c.conversation == bindparam("of"), _BALLOT.c.name == bindparam("ballot")
)


def add_ballot_issuer(
    work: Work, conversation: str, kind: BallotKind, key: bytes, box: bytes
) -> None:
    """Give a conversation the issuer of one kind of ballots."""
    values = {"conversation": conversation, "kind": kind.value, "key": key, "box": box}
    work.session.execute(insert(BallotIssuerRow).values(values))


def list_ballot_issuers(work: Work, conversation: str) -> list[BallotIssuer]:
    """Return a conversation's issuers, by kind; none where no ballots were ever opened."""
    of_it = select(BallotIssuerRow.kind, BallotIssuerRow.key, BallotIssuerRow.box.is_not(None))
    of_it = of_it.where(BallotIssuerRow.conversation == conversation)
    return [
        BallotIssuer(
            conversation=conversation,
            kind=BallotKind(kind),
            key=require_key(key),
            is_open=bool(is_open),
        )
        for kind, key, is_open in work.session.execute(of_it.order_by(BallotIssuerRow.kind))
    ]


def find_ballot_box(work: Work, conversation: str, kind: BallotKind) -> bytes | None:
    """Return the sealed private key of an issuer, or None once ballots are closed."""
    box = select(BallotIssuerRow.box).where(BallotIssuerRow.conversation == conversation)
    return work.session.scalar(box.where(BallotIssuerRow.kind == kind.value))


def remove_ballot_boxes(work: Work, conversation: str) -> None:
    """Forget a conversation's private keys, and who was given a ballot."""
    here = BallotIssuerRow.conversation == conversation
    work.session.execute(update(BallotIssuerRow).where(here).values(box=None))
    given = delete(BallotGivenRow).where(BallotGivenRow.conversation == conversation)
    work.session.execute(given)


def find_ballot_request(work: Work, conversation: str, mark: bytes) -> bytes | None:
    """Return what stands for the request that was signed for a mark, or None."""
    request = select(BallotGivenRow.request).where(BallotGivenRow.conversation == conversation)
    return work.session.scalar(request.where(BallotGivenRow.mark == mark))


def add_ballot_given(work: Work, conversation: str, mark: bytes, request: bytes) -> None:
    """Remember that whoever has this mark was given a ballot."""
    values = {"conversation": conversation, "mark": mark, "request": request}
    work.session.execute(insert(BallotGivenRow).values(values))


def even_out_ballots_given(work: Work) -> None:
    """Write every mark anew: the tenth would be that of the tenth ballot."""
    write_anew(work, BallotGivenRow)


def add_ballot(work: Work, ballot: VerifiedBallot) -> None:
    """Let a ballot vote."""
    values = {
        "conversation": ballot.conversation,
        "name": ballot.name,
        "kind": ballot.kind.value,
    }
    work.session.execute(insert(BallotRow).values(values))


def find_ballot(work: Work, conversation: str, name: str) -> Ballot | None:
    """Return the ballot of this name in a conversation, or None."""
    found = work.run(_FIND_KIND, {"of": conversation, "ballot": name}).scalar_one_or_none()
    if found is None:
        return None
    return Ballot(name=name, conversation=conversation, kind=BallotKind(found))


def list_ballots(work: Work, conversation: str) -> list[Ballot]:
    """Return all ballots of a conversation, by name: an order that tells nothing."""
    found = select(BallotRow.name, BallotRow.kind).where(BallotRow.conversation == conversation)
    return [
        Ballot(name=name, conversation=conversation, kind=BallotKind(kind))
        for name, kind in work.session.execute(found.order_by(BallotRow.name))
    ]
