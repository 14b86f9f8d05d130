"""Which records of a log may be missing.

The log names records by digests alone, so that an erasure leaves nothing of the words. What is
missing must be accounted for by records that are there:

1. A `Delete` names the version that it was built on: that one is gone.
2. It takes the other versions of its post along, whose digests it does not name: one `Note` for
   each `Delete` that was built on a revision, and revisions where any was built on a version.
3. Who erases a whole persona leaves a card that revokes its keys, and no other card.
4. The signer of a `Delete` is the key that the erased post's id names, or a card joins the two.
5. What a desk hid or erased is gone as if its author had erased it, while no `Undo` gives it back;
   who is a desk, the host's own attestations in the log say (`desks`).

An erasure acts at once, and its own entry waits for a tick: what the host itself calls erased may
be missing for `MOST_DAYS` before the log accounts for it.

What cannot be seen from the log alone: whether a `Delete` names the post that its digest was. Who
has a copy of that post can tell (`mirror`).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from app.crypto.multikey import decode_digest
from app.identity.codec import decode_card
from app.identity.model import KeyState
from app.kernel.strict_json import JsonObject
from app.records.codec import actor_did
from app.records.model import PREVIOUS, VerifiedRecord

from .desks import DeskActs
from .errors import ForeignErasureError, WithheldError

MOST_DAYS: Final = 2
"""A board's tick comes once a day at least, and may wait an hour more for company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the log, and its record if that is there. Made by `monitor.walk` only."""

    index: int
    digest: bytes
    kind: str
    record: VerifiedRecord | None


@dataclass(slots=True)
class Erasures:
    """What a walk saw of erasures. It grows with them and with the cards, not with the log."""

    gone: dict[bytes, str] = field(default_factory=dict)
    """Digest and type of each record that is missing."""
    pending: list[bytes] = field(default_factory=list)
    """Those that the host calls erased, and that the log does not account for yet."""
    objects: dict[str, bytes] = field(default_factory=dict)
    """The id of each erased or hidden post, and the digest that its `Delete` or `Remove` names."""
    desks: DeskActs = field(default_factory=DeskActs)
    _accounted: set[bytes] = field(default_factory=set)
    """Digests that a `Delete` or an act of a desk names."""
    _joined: list[tuple[bytes, str, str]] = field(default_factory=list)
    """Of a `Delete` by another key than the one in its object's id: what it names, both keys."""
    _roots: dict[str, str] = field(default_factory=dict)
    """Posting keys and the root that each consented to."""
    _named: set[str] = field(default_factory=set)
    """Roots with a card that names somebody."""
    revoked: set[str] = field(default_factory=set)
    """Roots with a card that revokes all of its keys."""

    def add(self, entry: Entry) -> None:
        """Look at an entry.

        Raises:
            VerificationError: a card lists a key that did not consent.

        """
        record = entry.record
        if record is None:
            self.gone[entry.digest] = entry.kind
        elif record.type == "Delete":
            erased = record.document["object"]
            named = decode_digest(record.document[PREVIOUS])
            self.objects[erased] = named
            self._accounted.add(named)
            if actor_did(erased) != record.signer:
                self._joined.append((named, record.signer, actor_did(erased)))
        elif record.type == "Person":
            card = decode_card(record)
            for key in card.keys:
                self._roots[key.did] = card.root
            is_revoked = all(key.state is KeyState.REVOKED for key in card.keys)
            (self.revoked if is_revoked else self._named).add(card.root)
        else:
            self.desks.add(record)

    def explain(self, document: JsonObject) -> bool:
        """Whether a record that somebody has a copy of may be missing elsewhere."""
        match document["type"]:
            case "Note":
                return document["id"] in self.objects
            case "Update" if "contentMap" in document:
                return document["object"] in self.objects
            case "Person":
                return actor_did(document["attributedTo"]) in self.revoked
            case _:
                return False

    @property
    def unnamed(self) -> list[bytes]:
        """The missing records that no erasure names by their digest."""
        return [digest for digest in self.gone if digest not in self._accounted]

    def require_lawful(self, may_wait: Callable[[bytes], bool]) -> None:
        """Require that the log accounts for everything that is missing.

        `may_wait` says of a digest whether its erasure may not have reached the log yet.

        Raises:
            ForeignErasureError: somebody else than the author signed an erasure.
            WithheldError: nothing accounts for some of what is missing.

        """
        self.pending = []
        for away in self.desks.list_away():
            self.objects[away.id] = away.digest
            self._accounted.add(away.digest)
        for digest, signer, author in self._joined:
            if self._roots.get(signer, signer) != self._roots.get(author, author):
                raise ForeignErasureError(digest)
        named = [kind for digest, kind in self.gone.items() if digest in self._accounted]
        most = {
            "Note": named.count("Update"),
            "Update": len(self.gone) if named else 0,
            "Person": len(self.gone) if self.revoked - self._named else 0,
        }
        left: dict[str, list[bytes]] = {}
        for digest in self.unnamed:
            left.setdefault(self.gone[digest], []).append(digest)
        for kind, digests in left.items():
            if len(digests) > most.get(kind, 0):
                lost = [digest for digest in digests if not may_wait(digest)]
                if lost or kind not in most:
                    raise WithheldError(lost or digests)
                self.pending += digests


def judge(
    walk_from: Callable[[int], Erasures],
    start: int,
    may_wait: Callable[[bytes], bool],
    look_back: Callable[[DeskActs], None] = lambda _desks: None,
) -> Erasures:
    """Walk a log from a place on and require that what is missing there was erased.

    What accounts for it may stand before that place: then `look_back` adds what desks did there,
    and if that is not enough, all of the log is walked.

    Raises:
        ForeignErasureError, WithheldError: see `Erasures.require_lawful`.

    """
    erasures = walk_from(start)
    if start:
        with suppress(ForeignErasureError, WithheldError):
            erasures.require_lawful(may_wait)
            return erasures
        look_back(erasures.desks)
    try:
        erasures.require_lawful(may_wait)
    except (ForeignErasureError, WithheldError):
        if start == 0:
            raise
        erasures = walk_from(0)
        erasures.require_lawful(may_wait)
    return erasures


def names_post(document: JsonObject, post: str) -> bool:
    """Whether a record is a post with this id, or a version of it."""
    return post in {document["id"], document.get("object")}
