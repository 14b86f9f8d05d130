"""Probation: what those may do for whom nobody answers. Counted in memory, as every limit is.

The buckets and why they are so large stand in ADR-0036. None of them knows a circuit or a listener:
they are the same on the web and on the onion, and whoever was invited is in none of them but that of later
cards.
"""

from functools import partial
from typing import Final

from app.crypto.seed import Seed
from app.db import Work
from app.identity import codec, store
from app.identity.errors import JoinsFullError, LoneKeysError, PostsOfDayError
from app.identity.model.tokens import Invitation
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, Instant
from app.kernel.errors import LimitError, TooFastError
from app.records import VerifiedRecord
from app.web.limits import Bucket, Gate

JOINS: Final = Bucket("joins without an invitation", 60, HOUR_S)
# For each join that can be finished, six that were begun and cost a stretch of a passphrase.
JOINS_BEGUN: Final = Bucket("joins begun without an invitation", 6, MINUTE_S)
POSTS_OF_DAY: Final = Bucket("posts of whom nobody answers for", 3, DAY_S)
# One that is not spent would pay for stretches without end.
JOINS_BEGUN_INVITED: Final = Bucket("joins begun with one invitation", 10, HOUR_S)
# Keys are free, so that all of them together get what one hour of joining is worth.
POSTS_OF_LONE_KEYS: Final = Bucket("posts of keys without a card", 60, HOUR_S)
# More than anybody needs, and too few to fill a disk with: invited or not, each stays for ever.
CARDS_OF_PERSONA: Final = Bucket("later cards of a persona", 30, HOUR_S)
_WORDS: Final = frozenset({"Note", "Update"})


class Probation:
    """Holds the buckets of the un-invited against what comes in by the web process's door."""

    def __init__(self, gate: Gate, instance_did: str) -> None:
        self._gate = gate
        self._instance_did = instance_did

    def __call__(self, work: Work, record: VerifiedRecord) -> None:
        """Count a new record; if nothing comes of its work it was not counted.

        Raises:
            JoinsFullError: it would be one persona too many.
            TooFastError: it would be one card too many of a persona's.
            PostsOfDayError, LoneKeysError: it would be one post too many of its author's.

        """
        if record.type == "Person":
            self._count_card(work, record)
        if record.type not in _WORDS or record.signer == self._instance_did:
            return
        if record.digest in work.answered:
            return
        standing = store.find_standing(work, record.signer)
        if standing is not None and standing.is_answered_for:
            return
        if standing is None and store.holds_thread_name(work, record.signer):
            # Who took it is answered for, and nobody knows who it is.
            return
        self._count_post(work, standing.root if standing else "", record.signer)

    def _count_card(self, work: Work, record: VerifiedRecord) -> None:
        if record.document[codec.SEQUENCE] == 1:
            wait_s = self._gate.take_turn(JOINS, work.now)
            if wait_s:
                raise JoinsFullError("too many joined without an invitation", wait_s=wait_s)
            work.undo.append(partial(self._gate.give_turn_back, JOINS))
            return
        # A later card is an old persona's: what it revokes waits for nobody else's.
        self._take(work, CARDS_OF_PERSONA, record.signer, TooFastError("enough cards for an hour"))

    def _count_post(self, work: Work, root: str, signer: str) -> None:
        wait_s = DAY_S - work.now % DAY_S
        full = PostsOfDayError("enough posts for a day", wait_s=wait_s)
        self._take(work, POSTS_OF_DAY, root or signer, full)
        if root:
            return
        wait_s = self._gate.take_turn(POSTS_OF_LONE_KEYS, work.now)
        if wait_s:
            raise LoneKeysError("enough posts of keys without a card", wait_s=wait_s)
        work.undo.append(partial(self._gate.give_turn_back, POSTS_OF_LONE_KEYS))

    def _take(self, work: Work, bucket: Bucket, key: str, full: LimitError) -> None:
        if not self._gate.take(bucket, key, work.now):
            raise full
        work.undo.append(partial(self._gate.give_back, bucket, key, work.now))


def begin_join(gate: Gate, now: Instant, shared: Invitation | Seed | None = None) -> None:
    """Let somebody go on to where a passphrase is stretched; `shared` is a good invitation.

    Raises:
        JoinsFullError: without one, they could not finish now, or too many begin at once; with one,
            too many began with the same.

    """
    if shared:
        secret = shared.prefix if isinstance(shared, Invitation) else shared.entropy()
        if not gate.take(JOINS_BEGUN_INVITED, secret.hex(), now):
            wait_s = HOUR_S - now % HOUR_S
            raise JoinsFullError("too many begin with one invitation", wait_s=wait_s)
        return
    wait_s = gate.wait_of_turn(JOINS, now) or gate.take_turn(JOINS_BEGUN, now)
    if wait_s:
        raise JoinsFullError("too many join without an invitation", wait_s=wait_s)


def posts_left(work: Work, gate: Gate, root: str) -> int | None:
    """Return how many posts a persona has left today, or None if they are not counted."""
    standing = store.find_standing(work, root)
    if standing is not None and standing.is_answered_for:
        return None
    return gate.room(POSTS_OF_DAY, root, work.now)
