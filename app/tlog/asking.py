"""As a log: asking witnesses for their cosignatures. Nothing here ever holds up publishing.

    after each step of the sequencer          in a thread of its own, a witness each
    offer(checkpoint) ── who has not signed it ──► ask_witness ──► kept in the database
                                                                        │
    what is published ◄── with_cosignatures(work, checkpoint) ◄─────────┘ at a later step

A witness that is slow or gone is asked again later, and harms nobody but itself.
"""

from collections.abc import Callable, Sequence
from threading import Lock, Thread
from typing import Final, TypeAlias

from app.crypto.notes import find_signatures
from app.db import Database, Work
from app.kernel.clock import HOUR_S, Instant
from app.kernel.errors import AppError
from app.web.logs import log_crash

from . import store
from .checkpoints import VerifiedCheckpoint, parse_checkpoint, with_signatures
from .cosignatures import add_cosignatures
from .errors import ShrunkLogError, WitnessRefusedError
from .model import LOG, AskedWitness
from .witness import Answer, encode_request, parse_stale_size

Prover: TypeAlias = Callable[[int], Sequence[bytes]]
"""Returns the consistency proof from a size to the checkpoint's."""
Sender: TypeAlias = Callable[[str, bytes], Answer]
"""Posts a body to an address within a few seconds; raises an AppError if nothing comes back."""

_FIRST_PAUSE_S: Final = 10
_LONGEST_PAUSE_S: Final = HOUR_S


def ask_witness(
    witness: AskedWitness, checkpoint: VerifiedCheckpoint, prove: Prover, send: Sender
) -> VerifiedCheckpoint:
    """Return a checkpoint with a witness's verified cosignature under it.

    The witness is asked from the size that it signed last, as far as we know; if it says that this
    is another one, once more from there.

    Raises:
        ShrunkLogError: the witness has seen this log with more entries than it has now.
        WitnessRefusedError: it answered something else than a cosignature.
        MalformedError, TooLargeError, VerificationError: what it answered does not hold.
        UnavailableError: it cannot be reached.

    """
    size = checkpoint.tree.size
    old = _size_of(witness)
    url = f"{witness.url}/add-checkpoint"

    def post() -> Answer:
        if old > size:
            raise ShrunkLogError(old, size)
        # RFC 6962 has no proof from nothing, nor from a tree to itself.
        path = prove(old) if 0 < old < size else ()
        return send(url, encode_request(old, path, checkpoint))

    answer = post()
    if answer.status == 409:
        old = parse_stale_size(answer.body)
        answer = post()
    if answer.status != 200:
        raise WitnessRefusedError(answer.status)
    return add_cosignatures(checkpoint, answer.body, witness.key)


def with_cosignatures(work: Work, checkpoint: VerifiedCheckpoint) -> VerifiedCheckpoint:
    """Return a checkpoint with what witnesses have signed of it until now: what is published."""
    found = [
        signature
        for witness in store.list_witnesses(work)
        if witness.cosigned and has_signed(witness, checkpoint)
        for signature in find_signatures(
            parse_checkpoint(witness.cosigned).note.signatures, witness.key
        )
    ]
    return with_signatures(checkpoint, found)


def has_signed(witness: AskedWitness, checkpoint: VerifiedCheckpoint) -> bool:
    """Return whether the last that a witness signed is this checkpoint."""
    cosigned = witness.cosigned
    return bool(cosigned) and parse_checkpoint(cosigned).note.text == checkpoint.note.text


class Asker:
    """Asks every witness in a thread of its own, one question at a time."""

    def __init__(self, db: Database, send: Sender) -> None:
        self._db = db
        self._send = send
        self._lock = Lock()
        self._threads: dict[str, Thread] = {}
        self._pauses: dict[str, tuple[Instant, int]] = {}

    def offer(self, checkpoint: VerifiedCheckpoint, prove: Prover, now: Instant) -> None:
        """Begin to ask those who have not signed a checkpoint yet; returns at once.

        To be called after every step of the sequencer, published or not: who failed is asked again
        after a pause, which doubles up to an hour. `checkpoint` has the log's signature alone;
        `prove` is called in other threads, and only reads.
        """
        with self._db.read() as work:
            witnesses = store.list_witnesses(work)
        for witness in witnesses:
            if has_signed(witness, checkpoint) or not self._may_ask(witness.name, now):
                continue
            thread = Thread(
                target=self._ask,
                args=(witness, checkpoint, prove, now),
                name="witness",
                daemon=True,
            )
            self._threads[witness.name] = thread
            thread.start()

    def wait(self, most_s: float) -> None:
        """Wait until every question that was begun is over, but each for no longer than this."""
        for thread in self._threads.values():
            thread.join(most_s)

    def _may_ask(self, name: str, now: Instant) -> bool:
        thread = self._threads.get(name)
        with self._lock:
            again, _ = self._pauses.get(name, (now, 0))
        return (thread is None or not thread.is_alive()) and now >= again

    def _ask(
        self, witness: AskedWitness, checkpoint: VerifiedCheckpoint, prove: Prover, now: Instant
    ) -> None:
        try:
            cosigned = ask_witness(witness, checkpoint, prove, self._send)
            with self._db.write() as work:
                store.set_cosigned(work, witness, cosigned.note.encode())
                work.changed.add(LOG)
        except AppError:
            self._pause(witness.name, now)
        except Exception as error:  # noqa: BLE001 (this is a door)
            log_crash(error)
            self._pause(witness.name, now)
        else:
            with self._lock:
                self._pauses.pop(witness.name, None)

    def _pause(self, name: str, now: Instant) -> None:
        with self._lock:
            _, last = self._pauses.get(name, (now, 0))
            pause = min(max(2 * last, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
            self._pauses[name] = (Instant(now + pause), pause)


def _size_of(witness: AskedWitness) -> int:
    return parse_checkpoint(witness.cosigned).tree.size if witness.cosigned else 0
