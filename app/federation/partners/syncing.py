"""Keeping up with a partner: its files are copied and verified, then its log is replayed.

What is in the way of the network, or not there yet, is trouble, and is tried again; for a day also
a record whose file a host with much to write has not written. What was received and contradicts a
signature is a lie: the partner is frozen, and what proves it is kept beside its copy
(`split-view-….txt`, or the file as it was received).
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.db import Database, Work
from app.federation.errors import (
    ErasuresPendingError,
    MirrorBusyError,
    MissingFileError,
    WithheldError,
)
from app.federation.folders import Folder, Source
from app.federation.mirror import keep_up
from app.federation.monitor import Shown, look
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, Instant, start_of
from app.kernel.errors import AppError, UnavailableError, VerificationError
from app.records import Owner
from app.tlog.errors import QuorumError, ShrunkLogError
from app.tlog.policies import Policy
from app.web.at_home import PARTNERS

from . import store
from .model import Partner, Replayed
from .quotas import Metered
from .replicas import replay
from .service import freeze, require_active

_TROUBLE: Final = (
    UnavailableError, ErasuresPendingError, MirrorBusyError, MissingFileError, ShrunkLogError,
    QuorumError,
)  # fmt: skip


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
        AppError: trouble, which is kept for the health page.

    """
    require_active(partner)
    copy.mkdir(parents=True, exist_ok=True)
    with db.read() as work:
        left = partner.most_bytes - store.get_replica(work, partner.did).copied_bytes
    metered = Metered(source, left)
    try:
        with Folder(copy) as files, files.hold():
            keep_up(files, metered, _no_pages, settle=os.sync, policy=policy)
            replayed = replay(db.write, owners, own_did, partner, files, look(files))
    except AppError as error:
        with db.write() as work:
            store.add_copied(work, partner.did, metered.count)
            store.set_tried(work, partner.did, _minute(work.now), f"{error.code}: {error}")
            if _is_lie(work, partner, error):
                freeze(work, partner, f"{error.code}: {error}")
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


def _no_pages(_shown: Shown) -> dict[str, bytes]:
    return {}


def _minute(now: Instant) -> Instant:
    return Instant(now - now % MINUTE_S)
