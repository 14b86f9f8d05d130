"""From a bundle through the one door: each record as if its author had handed it in.

The door decides as always, and knows what it has: the same bundle again, or another with some of
the same records, changes nothing. Inside a bundle the order is of no matter.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Final

from app.crypto.multikey import encode_digest
from app.db import Database
from app.forum import PostKind
from app.kernel import strict_json
from app.kernel.errors import AppError, ConflictError
from app.records import Door, VerifiedRecord, parse_record, verify_record
from app.records.model import ABOUT, KIND, PREVIOUS, PROPOSED

from .checking import verify_bundle
from .codec import read_bundle
from .gathering import is_act

TOGETHER: Final = 250
"""Records in one transaction: others who write wait no longer than for these."""
_HEARD: Final = {
    kind.value
    for kind in (
        PostKind.QUESTION,
        PostKind.ANSWER,
        PostKind.FOLLOW_UP,
        PostKind.COMMITMENT,
        PostKind.EVIDENCE,
    )
}
_HEARING: Final = "hearing of "
_OFFICE: Final = {"urn:goftogu:office", "urn:goftogu:attests"}
"""Members of the two records that make somebody an official."""


@dataclass(slots=True)
class Brought:
    """What became of a bundle's records."""

    new: int = 0
    known: int = 0
    """They were here, or a record is here that has their ids."""
    refused: Counter[str] = field(default_factory=Counter)
    """Reasons, and how many records each turned away."""


def bring(
    db: Database,
    door: Door,
    raws: Sequence[bytes],
    advance: Callable[[], None] = lambda: None,
    logged: Collection[bytes] = (),
) -> Brought:
    """Hand every record in at the door, some in each transaction; call `advance` after each.

    `logged` are the digests of those that this instance's own log held once (`list_own_acts`).
    """
    brought, unheard = Brought(), set[str]()
    digests = {sha256(raw).digest() for raw in raws}
    records = iter(order_by_needs(raws))
    while some := list(islice(records, TOGETHER)):
        verified = [_verify(raw, brought) for raw in some]
        with db.write() as work:
            work.carried.update(digests)
            work.logged.update(logged)
            for record in verified:
                if record is not None:
                    # A refusal comes before the door has written: the others stay as they are.
                    try:
                        _require_heard(record, unheard)
                        _, is_new = door.take(work, record)
                    except AppError as error:
                        brought.refused[str(error)] += 1
                        if record.type == "Event":
                            unheard.add(record.document["inReplyTo"])
                    else:
                        brought.new += is_new
                        brought.known += not is_new
                advance()
    return brought


def list_own_acts(bundle: bytes, instance_did: str) -> frozenset[bytes]:
    """Return which acts of desks and records of hearings a bundle proves to be in this very log.

    They were accepted once: by desks whose persons no bundle tells, and on the days that a charter
    named, which are over. Of a bundle that does not hold,
    or of another host's, there are none, and the door decides about each as about any other.
    """
    try:
        is_own = verify_bundle(bundle).host == instance_did
    except AppError:
        return frozenset()
    own = read_bundle(bundle).contents.records if is_own else ()
    return frozenset(sha256(raw).digest() for raw in own if is_act(raw) or _is_heard(raw))


def _require_heard(record: VerifiedRecord, unheard: Collection[str]) -> None:
    """Require that a consultation is not one whose hearing was refused: it has no charter then.

    Raises:
        ConflictError: it is.

    """
    if record.type == "Question" and record.document["inReplyTo"] in unheard:
        raise ConflictError("the hearing of this consultation was not taken in")


def _is_heard(raw: bytes) -> bool:
    """Return whether a record is one of those that hearings are made of, or of an office."""
    document = strict_json.decode(raw)
    wire_type = document["type"]
    return (
        wire_type in {"Event", "Question"}
        or document.get(KIND) in _HEARD
        or (wire_type == "Update" and "contentMap" not in document)
        or (wire_type == "Accept" and "audience" in document)
        or bool(_OFFICE & document.keys())
    )


def order_by_needs(raws: Sequence[bytes]) -> Iterable[bytes]:
    """Return records so that each comes after those that it answers or changes; else as they are.

    What does not parse is passed on: who takes it in says what is wrong with it.
    """
    names: dict[str, int] = {}
    needs: list[list[str]] = []
    for place, raw in enumerate(raws):
        own, needed = _names_and_needs(raw)
        names |= dict.fromkeys(own, place)
        needs.append(needed)
    done: set[int] = set()
    for first in range(len(raws)):
        waiting = [first]
        while waiting:
            place = waiting[-1]
            # Each need is looked at once: a circle, which honest digests cannot make, ends too.
            need = names.get(needs[place].pop()) if needs[place] else None
            if need is not None and need not in done:
                waiting.append(need)
            elif not needs[place]:
                waiting.pop()
                if place not in done:
                    done.add(place)
                    yield raws[place]


def _names_and_needs(raw: bytes) -> tuple[list[str], list[str]]:
    # Only to put them in order, so that nothing has to be believed: the door reads them strictly.
    try:
        document: object = json.loads(raw)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return [], []
    own, answered, about, previous, signer, proposed, translated = (
        document.get(name)
        for name in ("id", "inReplyTo", "object", PREVIOUS, "attributedTo", PROPOSED, ABOUT)
    )
    names = [own, encode_digest(sha256(raw).digest())]
    needs = [answered, previous, signer, translated]
    if document.get("type") == "Event":
        names.append(f"{_HEARING}{answered}")
    elif document.get("type") == "Question":
        # Where its thread has a hearing, that says when and how it opens.
        needs.append(f"{_HEARING}{answered}")
    elif document.get("type") == "Offer":
        # Whatever a desk signed comes after what made it one.
        names.append(about)
    # An act names what it is about by id and digest, one or several.
    for one in about if isinstance(about, list) else [about]:
        needs += [one.get("id"), one.get("digestMultibase")] if isinstance(one, dict) else [one]
    if isinstance(proposed, dict):
        needs.append(f"ap://{proposed.get('by')}/actor")
    return (
        [name for name in names if isinstance(name, str)],
        [need for need in needs if isinstance(need, str)],
    )


def _verify(raw: bytes, brought: Brought) -> VerifiedRecord | None:
    try:
        return verify_record(parse_record(raw))
    except AppError as error:
        brought.refused[str(error)] += 1
        return None
