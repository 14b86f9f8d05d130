"""As a log: asking witnesses for their cosignatures. Nothing here ever holds up publishing.

    after each step of the worker             in a thread of its own, a witness each
    offer(checkpoint) ── who has not signed it ──► ask_witness ──► kept in the database
                                                                    │            │
    tlog/checkpoint ◄── with_cosignatures(work, checkpoint) ◄───────┘            │ by most
                              at the next step                                   ▼
    proofs of what a quorum has signed ◄──────────────────────────────── tlog/witnessed

All are asked about one checkpoint, however fast the log grows meanwhile: else each would sign one
of its own, and no checkpoint would ever have a quorum. A witness that is slow or gone is asked
again later, and harms nobody but itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Final, TypeAlias

from app.crypto.notes import find_signatures
from app.db import Database, Work
from app.kernel.clock import HOUR_S, Instant
from app.kernel.errors import AppError
from app.web.logs import log_crash

from . import rules, store
from .checkpoints import VerifiedCheckpoint, parse_checkpoint, with_signatures
from .cosignatures import add_cosignatures
from .errors import ShrunkLogError, WitnessRefusedError
from .files import PublicFolder
from .model import LOG, AskedWitness
from .publication import WITNESSED_PATH
from .witness import Answer, encode_request, parse_stale_size

Prover: TypeAlias = Callable[[int], Sequence[bytes]]
"""Returns the consistency proof from a size to the checkpoint's."""
Sender: TypeAlias = Callable[[str, bytes], Answer]
"""Posts a body to an address within a few seconds; raises an AppError if nothing comes back."""

_FIRST_PAUSE_S: Final = 10
_LONGEST_PAUSE_S: Final = HOUR_S
# Longer than an answer takes that `Sender` waits for.
_LONGEST_ROUND_S: Final = 30


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """A checkpoint, and who is asked about it."""

    checkpoint: VerifiedCheckpoint
    begun_at: Instant
    threads: tuple[Thread, ...]


class Asker:
    """Asks every witness in a thread of its own, one question at a time.

    For the worker alone: no other thread and no other process offers anything.
    """

    def __init__(self, db: Database, data: Path, send: Sender) -> None:
        self._db = db
        self._public = PublicFolder(data / "public")
        self._send = send
        self._round: _Round | None = None
        self._lock = Lock()
        self._threads: dict[str, Thread] = {}
        self._pauses: dict[str, tuple[Instant, int]] = {}

    def offer(self, checkpoint: VerifiedCheckpoint, prove: Prover, now: Instant) -> None:
        """Begin to ask those who have not signed a checkpoint yet; returns at once.

        To be called after every step of the worker, published or not: a new one is asked about once
        most have signed the one before, or nobody is being asked about it any more. Who failed is
        asked again after a pause, which doubles up to an hour. `checkpoint` has the log's signature
        alone; `prove` is called in other threads, and only reads.
        """
        with self._db.read() as work:
            witnesses = store.list_witnesses(work)
        if self._is_waiting(witnesses, now):
            return
        asked = [
            witness
            for witness in witnesses
            if not has_signed(witness, checkpoint) and self._may_ask(witness.name, now)
        ]
        for witness in asked:
            self._threads[witness.name] = Thread(
                target=self._ask,
                args=(witness, checkpoint, prove, now),
                name="witness",
                daemon=True,
            )
            self._threads[witness.name].start()
        threads = tuple(self._threads[witness.name] for witness in asked)
        self._round = _Round(checkpoint=checkpoint, begun_at=now, threads=threads)

    def wait(self, most_s: float) -> None:
        """Wait until every question that was begun is over, but no longer than this."""
        end = monotonic() + most_s
        for thread in self._threads.values():
            thread.join(max(end - monotonic(), 0))

    def _is_waiting(self, witnesses: Sequence[AskedWitness], now: Instant) -> bool:
        """Whether some may still make a quorum for what is being asked."""
        asked = self._round
        return (
            asked is not None
            and any(thread.is_alive() for thread in asked.threads)
            and 0 <= now - asked.begun_at < _LONGEST_ROUND_S
            and not _have_most_signed(witnesses, asked.checkpoint)
        )

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
                self._keep_witnessed(work, checkpoint)
                work.changed.add(LOG)
        except AppError:
            self._pause(witness.name, now)
        except Exception as error:  # noqa: BLE001 (this is a door)
            log_crash(error)
            self._pause(witness.name, now)
        else:
            with self._lock:
                self._pauses.pop(witness.name, None)

    def _keep_witnessed(self, work: Work, checkpoint: VerifiedCheckpoint) -> None:
        """Publish a checkpoint beside the newest one, if most have signed it.

        In the transaction that keeps the signature: before the next round begins, and one at a
        time. It never goes back, for most of those who are asked have signed what is there.
        """
        if _have_most_signed(store.list_witnesses(work), checkpoint):
            witnessed = with_cosignatures(work, checkpoint)
            self._public.replace(WITNESSED_PATH, witnessed.note.encode())

    def _pause(self, name: str, now: Instant) -> None:
        with self._lock:
            _, last = self._pauses.get(name, (now, 0))
            pause = min(max(2 * last, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
            self._pauses[name] = (Instant(now + pause), pause)


def _have_most_signed(witnesses: Sequence[AskedWitness], checkpoint: VerifiedCheckpoint) -> bool:
    signed = sum(has_signed(witness, checkpoint) for witness in witnesses)
    return signed >= rules.count_most(len(witnesses))


def _size_of(witness: AskedWitness) -> int:
    return parse_checkpoint(witness.cosigned).tree.size if witness.cosigned else 0
