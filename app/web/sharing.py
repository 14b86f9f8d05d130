"""What a web process has alone, or shares with the others of its instance (ADR-0057)."""

import secrets
from typing import TYPE_CHECKING, Final

from app.db import Database

from .limits import Circuits, Gate
from .markup import forget_texts
from .qr import forget_pictures
from .templating import Templates

if TYPE_CHECKING:
    from .shared import Shared

_KEY_BYTES: Final = 32


def open_shared(url: str, db: Database) -> "Shared | None":
    """Return the way to the other processes, who from now on are told what this one changes."""
    if not url:
        return None
    from .shared import Shared  # noqa: PLC0415 (a host of one process needs no Redis)

    shared = Shared(url)
    db.tellers.append(shared.tell)
    return shared


def open_limits(shared: "Shared | None", key: bytes) -> tuple[Gate, Circuits, bytes]:
    """Return limits, those of circuits, and the key of form tokens; `key` hides names of counts."""
    gate = Gate()
    if shared is None:
        return gate, Circuits(gate), secrets.token_bytes(_KEY_BYTES)
    from .shared_limits import SharedGate  # noqa: PLC0415 (as above)

    # Circuits are counted by the loop that serves everybody; one's requests come to one process.
    return SharedGate(shared, key), Circuits(gate), shared.form_key()


def forget_words(templates: Templates) -> None:
    """Forget what was made of words that were taken from readers."""
    templates.forget()
    forget_texts()
    forget_pictures()
