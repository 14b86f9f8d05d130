"""Shutdown mode: while the network is cut, the clocks of officials stand still.

The switch is a record of the instance (`Announce/shutdown`): what a report counts follows from the
log alone, so that anybody leaves out the same days (ADR-0059).
"""

from dataclasses import replace
from typing import Final

from app import forum, identity, tlog
from app.crypto.multikey import encode_digest
from app.db import EVERYTHING, Work
from app.forum.errors import StaleSettingsError
from app.hearings.rules.pauses import Pause
from app.hearings.store import pauses as store
from app.kernel.clock import day_of
from app.records import Door, VerifiedRecord, sign_record
from app.records.errors import WrongSignerError
from app.records.model import PREVIOUS

SHUTDOWN: Final = "urn:goftogu:shutdown"
ON: Final = "on"
OFF: Final = "off"


def set_shutdown(work: Work, door: Door, *, is_on: bool) -> bool:
    """Begin shutdown mode or end it, at once; return whether that was a change.

    What follows from it: banner and feeds, longer lives in shared caches, hourly parts of bundles,
    and clocks of officials that stand still. The host's key signs it.
    """
    if (find_pause(work, door.instance_did) is not None) is is_on:
        return False
    head = store.find_head(work, door.instance_did)
    members = {
        SHUTDOWN: ON if is_on else OFF,
        **({PREVIOUS: encode_digest(head)} if head else {}),
    }
    nonce, day = identity.encode_id(work), day_of(work.now)
    door.submit(work, sign_record(door.key, "Announce", members, nonce=nonce, day=day))
    return True


def accept_shutdown(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Let the clocks of a home stand still, or run again.

    Raises:
        WrongSignerError: another key than that home's signed it.
        StaleSettingsError: it does not follow the home's last switch, or changes nothing.

    """
    if record.signer != instance_did:
        raise WrongSignerError("another key than the instance's")
    head = store.find_head(work, instance_did)
    if record.document.get(PREVIOUS) != (encode_digest(head) if head else None):
        raise StaleSettingsError("the switch does not follow the last one")
    lasting = find_pause(work, instance_did)
    if (lasting is None) is (record.document[SHUTDOWN] == OFF):
        raise StaleSettingsError("it is so already")
    if lasting is None:
        number = len(store.list_pauses(work, instance_did)) + 1
        changed = Pause(number=number, begun_on=record.day)
    else:
        changed = replace(lasting, ended_on=max(record.day, lasting.begun_on))
    store.put_pause(work, instance_did, changed, record.digest)
    work.changed.add(EVERYTHING)
    return tlog.HOUSE_LANE


def find_pause(work: Work, home: str) -> Pause | None:
    """Return the pause of a home that lasts, or None."""
    pauses = store.list_pauses(work, home)
    return pauses[-1] if pauses and pauses[-1].ended_on is None else None


def list_pauses_of(work: Work, board: str) -> list[Pause]:
    """Return the pauses of the home of a board (did:key), whose clocks they stop."""
    found = forum.find_board(work, did=board)
    return store.list_pauses(work, found.home) if found else []
