"""Keeping up with a partner: its files are copied and verified, then its log is replayed.

What is in the way of the network, or not there yet, is trouble, and is tried again; so is another
instance at the partner's address. What contradicts what the partner itself signed is a lie that
anybody can see: it is frozen, and the proof is kept (`evidence`). A file that does not verify, or
is missing, proves nothing, for a mirror or whoever sits on the way can have changed it: nothing of
it is taken, it is asked for again, and the copy goes on by itself when it is whole. A partner
whose files do not hold for more than a day is frozen too (ADR-0061), unless our own clock is off.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy.exc import OperationalError

from app import records
from app.crypto.note_keys import parse_verifier_key
from app.crypto.notes import MAX_NOTE_BYTES
from app.db import Database, Work
from app.federation.errors import (
    MirrorBusyError,
    MissingFileError,
    NewerRecordError,
    RecordDiffersError,
)
from app.federation.folders import Folder, Source
from app.federation.mirror import keep_up
from app.federation.monitor import Shown, list_digests, look, read_card
from app.federation.waiting import Waiting
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, Instant, day_of
from app.kernel.errors import AppError, MalformedError, UnavailableError, VerificationError
from app.records import Owner
from app.tlog.errors import ShrunkLogError, SplitViewError
from app.tlog.publication import CHECKPOINT_PATH
from app.web.at_home import PARTNERS

from . import store
from .errors import BrokenPromiseError, ForeignEntryError, WrongCardError
from .evidence import Attentive, keep_evidence
from .gossip import parse_and_verify
from .model import UNVERIFIED, Partner, Replayed
from .quotas import Metered, Share
from .replicas import replay
from .service import freeze, require_active

_PROOF: Final = (SplitViewError, ForeignEntryError, BrokenPromiseError)
_TROUBLE: Final = (
    UnavailableError, MirrorBusyError, MissingFileError, NewerRecordError, ShrunkLogError,
)  # fmt: skip
# A host whose ticks stand still for some hours breaks a promise too, and does not lie.
_GRACE_S: Final = DAY_S


def sync(
    db: Database,
    copy: Path,
    source: Source,
    owners: Mapping[str, Owner],
    *,
    own_did: str,
    partner: Partner,
    is_clock_off: Callable[[Work], bool] = lambda _work: False,
) -> Replayed:
    """Bring a partner's copy and its rows here up to date.

    Raises:
        PartnerFrozenError: it is not believed, since now or before.
        AppError, OSError, OperationalError: trouble, which is kept for the health page.

    """
    require_active(partner)
    copy.mkdir(parents=True, exist_ok=True)
    heard = Attentive(source)
    with db.read() as work:
        today = day_of(work.now)
        left = partner.most_bytes - store.get_replica(work, partner.did).copied_bytes
    metered = Metered(heard, left)
    try:
        _require_own_card(heard, partner)
        with Share(copy, metered) as files, files.hold():
            _require_sound(files, partner)
            keep_up(files, metered, _no_pages, settle=os.sync, waiting=Waiting.read(files, today))
            shown = look(files)
            replayed = replay(db.write, owners, own_did, partner, files, shown)
            _require_promises_kept(db, partner, shown)
    except AppError as error:
        with db.read() as work:
            is_lie = _is_lie(work, partner, error, is_clock_off)
        evidence = keep_evidence(copy, heard, error) if is_lie else b""
        with db.write() as work:
            # What did not hold lies nowhere here: it takes nothing from the partner's share.
            wasted = heard.last_bytes if _is_doubtful(error) else 0
            store.add_copied(work, partner.did, max(metered.count - wasted, 0))
            _keep_trouble(work, partner, error)
            if is_lie:
                freeze(work, partner, _say(error), evidence=evidence)
        raise
    except (OSError, OperationalError) as error:
        why = error.strerror if isinstance(error, OSError) else "the database"
        # The database may be on the same disk.
        with suppress(OperationalError), db.write() as work:
            store.set_tried(work, partner.did, _minute(work.now), f"disk: {why}")
        raise
    with db.write() as work:
        store.add_copied(work, partner.did, metered.count)
        before = store.get_replica(work, partner.did).heard_at
        store.set_tried(work, partner.did, _minute(work.now), "")
        if before is None or before // HOUR_S != work.now // HOUR_S:
            # Pages tell the hour up to which the copy is good.
            work.changed.add(PARTNERS)
    return replayed


def _keep_trouble(work: Work, partner: Partner, error: AppError) -> None:
    now = _minute(work.now)
    if _is_doubtful(error) or isinstance(error, BrokenPromiseError):
        store.set_doubted(work, partner.did, now)
    store.set_tried(work, partner.did, now, _say(error))


def _say(error: AppError) -> str:
    said = f"{error.code}: {error}"
    return f"{UNVERIFIED}: {said}" if _is_doubtful(error) else said


def _is_lie(
    work: Work, partner: Partner, error: AppError, is_clock_off: Callable[[Work], bool]
) -> bool:
    """Return whether a partner is frozen; who knows its own clock to be wrong calls nobody late."""
    if isinstance(error, BrokenPromiseError):
        return _is_back(work, partner) and not is_clock_off(work)
    if _lasts(work, partner, error):
        return not is_clock_off(work)
    return _is_proof(error)


def _is_back(work: Work, partner: Partner) -> bool:
    """Return whether a partner that was away has had the time for its tick."""
    replica = store.get_replica(work, partner.did)
    if not replica.trouble:
        return True
    since = replica.doubted_at
    return since is not None and work.now - since > HOUR_S


def _is_proof(error: AppError) -> bool:
    """Return whether anybody sees from the partner's own signatures that it did what it may not."""
    if isinstance(error, RecordDiffersError):
        return error.is_logged
    return isinstance(error, _PROOF)


def _is_doubtful(error: AppError) -> bool:
    """Return whether what came does not hold, and its signer need not have made it so."""
    if _is_proof(error) or isinstance(error, _TROUBLE):
        return False
    return isinstance(error, MalformedError | VerificationError)


def _lasts(work: Work, partner: Partner, error: AppError) -> bool:
    """Return whether a partner was not whole for longer than anything but a lie lasts.

    A crowd that writes at once keeps its host from writing files; nobody on the way lasts a day.
    While it was away nothing of it was spoiled: the day begins with the first that does not hold.
    What cannot be read may be of a later version, and is nobody's fault however long it lasts.
    """
    if not (_is_doubtful(error) and isinstance(error, VerificationError)):
        return False
    doubted_at = store.get_replica(work, partner.did).doubted_at
    return doubted_at is not None and work.now - doubted_at > DAY_S


def _require_own_card(source: Source, partner: Partner) -> None:
    """Require that the partner itself is at its address, with the log that was met.

    Raises:
        WrongCardError: another instance is there, or the card names another log.

    """
    card = read_card(source)
    if card.signer != partner.did:
        raise WrongCardError("another instance answers at the partner's address")
    if card.document["urn:goftogu:logKey"] != partner.log_key:
        raise WrongCardError("the partner's card names another log than the one that was met")


def _require_sound(files: Folder, partner: Partner) -> None:
    """Require that what was copied before is still what was signed: a disk of ours blames nobody.

    Raises:
        UnavailableError: it is not.

    """
    try:
        checkpoint = files.read(CHECKPOINT_PATH, MAX_NOTE_BYTES)
        if checkpoint is not None:
            parse_and_verify(checkpoint, parse_verifier_key(partner.log_key))
            read_card(files)
    except AppError as error:
        raise UnavailableError(
            f"its copy here is damaged: move partners/{partner.name} away, and all comes again"
        ) from error


def _require_promises_kept(db: Database, partner: Partner, shown: Shown) -> None:
    """Require that what the partner gave a receipt for is in its log, a day after it was due.

    The log itself is asked: an entry that shows nothing here (hidden since, of a board that may
    not be read any more, older than what was replayed) is logged all the same.

    Raises:
        BrokenPromiseError: it is not.

    """
    with db.read() as work:
        late = {
            carried.digest: carried.receipt
            for carried in store.list_promised(work, partner.did)
            if carried.receipt
            and records.promised_by(records.verify_receipt(carried.receipt)) + _GRACE_S < work.now
        }
    if not late:
        return
    logged = late.keys() & set(list_digests(shown))
    with db.write() as work:
        store.forget_carried(work, logged)
    for digest in late.keys() - logged:
        raise BrokenPromiseError(digest, late[digest])


def _no_pages(_shown: Shown) -> dict[str, bytes]:
    return {}


def _minute(now: Instant) -> Instant:
    return Instant(now - now % MINUTE_S)
