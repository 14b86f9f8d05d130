"""Keeping up with a partner: its files are copied and verified, then its log is replayed.

What is in the way of the network, or not there yet, is trouble, and is tried again; for a day also
a record whose file a host with much to write has not written. So is another instance at the
partner's address, for which the partner cannot be blamed. What was received and contradicts a
signature is a lie: the partner is frozen, and what proves it is kept (`evidence`).
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy.exc import OperationalError

from app import records
from app.db import Database, Work
from app.federation.errors import (
    ErasuresPendingError,
    MirrorBusyError,
    MissingFileError,
    WithheldError,
)
from app.federation.folders import Folder, Source
from app.federation.mirror import keep_up
from app.federation.monitor import Shown, look, read_card
from app.federation.waiting import Waiting
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, Instant, day_of, start_of
from app.kernel.errors import AppError, UnavailableError, VerificationError
from app.records import Owner
from app.tlog.errors import QuorumError, ShrunkLogError
from app.tlog.policies import Policy
from app.web.at_home import PARTNERS

from . import store
from .errors import BrokenPromiseError, WrongCardError
from .evidence import Attentive, keep_evidence
from .model import Partner, Replayed
from .quotas import Metered
from .replicas import replay
from .service import freeze, require_active

_TROUBLE: Final = (
    UnavailableError, ErasuresPendingError, MirrorBusyError, MissingFileError, ShrunkLogError,
    QuorumError,
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
    policy: Policy | None = None,
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
        with Folder(copy) as files, files.hold():
            waiting = Waiting.read(files, today)
            keep_up(files, metered, _no_pages, settle=os.sync, waiting=waiting, policy=policy)
            replayed = replay(db.write, owners, own_did, partner, files, look(files))
        _require_promises_kept(db, partner)
    except AppError as error:
        with db.read() as work:
            is_lie = _is_lie(work, partner, error)
        evidence = keep_evidence(copy, heard, error) if is_lie else b""
        with db.write() as work:
            store.add_copied(work, partner.did, metered.count)
            store.set_tried(work, partner.did, _minute(work.now), f"{error.code}: {error}")
            if is_lie:
                freeze(work, partner, f"{error.code}: {error}", evidence=evidence)
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


def _is_lie(work: Work, partner: Partner, error: AppError) -> bool:
    if isinstance(error, WithheldError):
        # A crowd that writes at once would else have every partner freeze its host.
        heard_at = store.get_replica(work, partner.did).heard_at
        return work.now - (heard_at or start_of(partner.met_on)) > DAY_S
    return isinstance(error, VerificationError) and not isinstance(error, _TROUBLE)


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


def _require_promises_kept(db: Database, partner: Partner) -> None:
    """Require that what the partner gave a receipt for is in its log, a day after it was due.

    Raises:
        BrokenPromiseError: it is not.

    """
    with db.read() as work:
        for carried in store.list_promised(work, partner.did):
            receipt = records.verify_receipt(carried.receipt or b"")
            if records.promised_by(receipt) + _GRACE_S < work.now:
                raise BrokenPromiseError(carried.digest, carried.receipt or b"")


def _no_pages(_shown: Shown) -> dict[str, bytes]:
    return {}


def _minute(now: Instant) -> Instant:
    return Instant(now - now % MINUTE_S)
