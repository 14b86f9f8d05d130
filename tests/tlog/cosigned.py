"""An instance's own log, cosigned by witnesses that tests hold the keys of."""

from pathlib import Path

from app import tlog
from app.kernel.clock import Instant
from app.tlog import store
from app.tlog.checkpoints import (
    VerifiedCheckpoint,
    parse_checkpoint,
    verify_checkpoint,
    with_signatures,
)
from app.tlog.cosignatures import cosign
from app.wiring import House

from tests.tlog import logs


def checkpoint_path(house: House) -> Path:
    """Return where an instance's checkpoint is published."""
    return house.settings.data / "public/tlog/checkpoint"


def ask(house: House, *numbers: int) -> None:
    """Have witnesses asked, which sign nothing by themselves."""
    with house.db.write() as work:
        for number in numbers:
            tlog.begin_asking(work, logs.WITNESSES[number], f"https://w{number}.example")


def sign(house: House, number: int, at: int, *, is_published: bool = True) -> None:
    """Let a witness that is asked cosign the published checkpoint, as the instance would keep it."""
    path = checkpoint_path(house)
    key = house.sequencer.published.key
    shown = verify_checkpoint(parse_checkpoint(path.read_bytes()), [key])
    line = cosign(shown, logs.WITNESSES[number].name, logs.WITNESS_KEYS[number], Instant(at))
    cosigned = with_signatures(shown, [line])
    _keep(house, number, cosigned)
    if is_published:
        path.write_bytes(cosigned.note.encode())


def _keep(house: House, number: int, cosigned: VerifiedCheckpoint) -> None:
    with house.db.write() as work:
        for witness in store.list_witnesses(work):
            if witness.key == logs.WITNESSES[number]:
                store.set_cosigned(work, witness, cosigned.note.encode())
        work.changed.add(tlog.LOG)
