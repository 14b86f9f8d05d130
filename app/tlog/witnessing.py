"""The instance as a witness: its name, its key, its memory, and what it answers."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from app.crypto.ed25519 import SigningKey
from app.crypto.note_keys import COSIGNATURE, VerifierKey
from app.crypto.notes import NoteSignature, find_signatures
from app.kernel.clock import Instant
from app.kernel.errors import AppError, CorruptStateError
from app.web.logs import log_crash

from .checkpoints import VerifiedCheckpoint, with_signatures
from .cosignatures import cosign
from .errors import SplitViewError
from .memory import WitnessMemory
from .witness import Answer, answer_cosigned, answer_refused, decide_cosigning, parse_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What answers the logs that this instance looks after."""

    name: str
    key: SigningKey
    memory: WitnessMemory

    @property
    def verifier(self) -> VerifierKey:
        """What others verify its cosignatures with."""
        return VerifierKey(self.name, COSIGNATURE, self.key.public)

    def answer(self, raw: bytes, now: Instant, admit: Callable[[str], None]) -> Answer:
        """Answer an `add-checkpoint` request: every refusal is an answer too.

        `admit` is called with the origin of a log that goes on, and raises if it does so too often.
        Whoever only repeats what the log has shown to all is not counted: it would stop the log.
        """
        try:
            return answer_cosigned(self._cosign(raw, now, admit))
        except AppError as error:
            if isinstance(error, CorruptStateError):
                # The log cannot help it: the operator must hear of it.
                log_crash(error)
            return answer_refused(error)

    def _cosign(
        self, raw: bytes, now: Instant, admit: Callable[[str], None]
    ) -> tuple[NoteSignature, ...]:
        request = parse_request(raw)
        origin = request.checkpoint.origin

        def decide(
            keys: Collection[VerifierKey], latest: VerifiedCheckpoint | None
        ) -> VerifiedCheckpoint:
            checkpoint = decide_cosigning(request, keys, latest)
            if latest is not None and latest.note.text == checkpoint.note.text:
                return latest
            admit(origin)
            own = cosign(checkpoint, self.name, self.key, now)
            signed = [
                line for key in keys for line in find_signatures(checkpoint.note.signatures, key)
            ]
            note = replace(checkpoint.note, signatures=tuple(signed))
            return with_signatures(replace(checkpoint, note=note), [own])

        try:
            stored = self.memory.swap(origin, decide)
        except SplitViewError as error:
            self.memory.keep_evidence(origin, error)
            raise
        return find_signatures(stored.note.signatures, self.verifier)
