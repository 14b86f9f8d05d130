"""Partners as each other's witnesses, and what they tell each other of the logs that they see.

    every ten seconds, for all partners at once
    arrange ─► our witness looks after their logs, and theirs are asked about ours
    compare ─► what they saw (`tlog/seen`) with our copies, our witness's memory, our own log
    say     ─► what somebody was caught at, in our log
    publish ─► what we see, for them

Whoever has the larger copy finds out that a smaller checkpoint is of another history; the proof is
published, and the others verify it for themselves. So a log that shows two histories is caught by
all within two rounds (ADR-0055).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from app import tlog
from app.crypto.note_keys import VerifierKey, parse_verifier_key
from app.crypto.notes import MAX_NOTE_BYTES
from app.db import Database, Work
from app.federation.folders import Folder
from app.federation.monitor import look
from app.kernel.clock import day_of
from app.kernel.errors import AppError, NotFoundError
from app.records import Door
from app.tlog.errors import SplitViewError
from app.tlog.files import PublicFolder
from app.tlog.publication import CHECKPOINT_PATH, SEEN_PATH

from . import flags, store
from .evidence import list_contradictions, write_evidence
from .gossip import (
    Contradiction,
    SeenLogs,
    encode_seen,
    find_contradiction,
    list_of_log,
    parse_and_verify,
    parse_seen,
    verify_contradiction,
)
from .model import Partner, PartnerState
from .service import freeze, say_flags

EVERY_S: Final = 10.0
FETCH_S: Final = 20.0
"""A round waits no longer for who is away: two rounds and two pauses are a minute."""
OWN: Final = "_own"
"""Where evidence about our own log lies; no partner can be called so."""


class Watcher:
    """Looks after all partners' logs; one that is away holds up nobody."""

    def __init__(
        self,
        db: Database,
        door: Door,
        own: tlog.PublishedLog,
        witness: tlog.Witness,
        data: Path,
        fetch: Callable[[Partner], bytes],
    ) -> None:
        """Know our own log, our witness, the instance's folder, and how partners are asked."""
        self._db = db
        self._door = door
        self._own = own
        self._witness = witness
        self._copies = data / "partners"
        self._public = PublicFolder(data / "public")
        self._fetch = fetch

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield the four acts of a round."""
        yield from (self.arrange, self.compare, self.say, self.publish)

    def arrange(self) -> None:
        """Let both sides of each partnership look after the other's log, as long as it lasts.

        Not with who lied, nor once it is over: a witness that signs no more would stand in the
        policy for good, and with it most of the others would be fewer than most.
        """
        with self._db.read() as work:
            partners = store.list_partners(work)
            linked = {each.did for each in partners if _holds_any(work, each)}
            once = {each.did for each in partners if _held_any(work, each)}
            asked = {witness.name for witness in tlog.list_witnessed(work)}
        for each in partners:
            is_active = each.state is PartnerState.ACTIVE
            try:
                if is_active and each.did in linked:
                    self._join(each)
                elif not is_active or each.did in once:
                    self._part_from(each, asked)
            except AppError:
                # Another's witness has that name, or our own lost its memory: `check` says it.
                continue

    def compare(self) -> list[str]:
        """Find out who showed two histories, and freeze them; return their names."""
        with self._db.read() as work:
            active = [
                each for each in store.list_partners(work) if each.state is PartnerState.ACTIVE
            ]
        told = [seen for seen in self._ask(active) if seen is not None]
        checkpoints = [raw for seen in told for raw in seen.checkpoints] + self._remembered(active)
        claims = [claim for seen in told for claim in seen.contradictions]
        self._compare_own(checkpoints, claims)
        caught = []
        for each in active:
            try:
                found = self._judge(each, checkpoints, claims)
            except AppError:
                # What is here of its log is damaged, which `sync` says; the others are judged.
                continue
            if found is not None:
                error = SplitViewError(found.seen, found.later)
                copy = self._copies / each.name
                evidence = write_evidence(copy, error, contradiction=found)
                with self._db.write() as work:
                    freeze(work, each, f"{error.code}: {error}", evidence=evidence)
                caught.append(each.name)
        return caught

    def say(self) -> None:
        """Sign what somebody was caught at and our log does not say yet."""
        with self._db.read() as work:
            is_due = bool(flags.list_unsaid(work))
        if is_due:
            with self._db.write() as work:
                say_flags(work, self._door)

    def publish(self) -> None:
        """Publish what we last saw of each partner's log, and the proofs against any.

        Raises:
            OSError: the disk is full or fails; the next round does it.

        """
        with self._db.read() as work:
            partners = store.list_partners(work)
        seen = [raw for each in partners if (raw := self._list_copied(each)) is not None]
        proofs = [
            proof
            for name in [OWN, *(each.name for each in partners)]
            for proof in list_contradictions(self._copies / name)
        ]
        checkpoints = tuple(dict.fromkeys([*seen, *self._remembered(partners)]))
        raw = encode_seen(SeenLogs(checkpoints=checkpoints, contradictions=tuple(proofs)))
        try:
            is_new = self._public.read(SEEN_PATH) != raw
        except NotFoundError:
            is_new = True
        if is_new:
            self._public.replace(SEEN_PATH, raw)

    def _join(self, partner: Partner) -> None:
        log, witness = (
            parse_verifier_key(partner.log_key), parse_verifier_key(partner.witness_key),
        )  # fmt: skip
        looked_after = {key for each in self._witness.memory.list_logs() for key in each.keys}
        if log not in looked_after:
            self._witness.memory.add(log, may_join=False)
        with self._db.read() as work:
            is_asked = tlog.is_asking(work, witness, f"{partner.url}/witness")
        if not is_asked:
            with self._db.write() as work:
                tlog.begin_asking(work, witness, f"{partner.url}/witness")

    def _part_from(self, partner: Partner, asked: set[str]) -> None:
        witness = parse_verifier_key(partner.witness_key)
        if witness.name in asked:
            with self._db.write() as work:
                tlog.stop_asking(work, witness.name)
        if any(each.origin == partner.log_origin for each in self._witness.memory.list_logs()):
            self._witness.memory.remove(partner.log_origin)

    def _ask(self, partners: Sequence[Partner]) -> list[SeenLogs | None]:
        def ask(partner: Partner) -> SeenLogs | None:
            try:
                return parse_seen(self._fetch(partner))
            except AppError:
                return None

        with ThreadPoolExecutor(max(len(partners), 1)) as pool:
            return list(pool.map(ask, partners))

    def _remembered(self, partners: Iterable[Partner]) -> list[bytes]:
        """Return what our witness signed last of each partner's log."""
        try:
            latest = {log.origin: log.latest for log in self._witness.memory.list_logs()}
        except AppError:
            return []
        found = (latest.get(each.log_origin) for each in partners)
        return [checkpoint.note.encode() for checkpoint in found if checkpoint is not None]

    def _judge(
        self, partner: Partner, checkpoints: Sequence[bytes], claims: Sequence[Contradiction]
    ) -> Contradiction | None:
        """Return a proof that a partner's log signed two histories, or None."""
        key = parse_verifier_key(partner.log_key)
        kept = self._witness.memory.find_evidence(partner.log_origin)
        told = list_of_log(checkpoints, partner.log_origin)
        proven = _find_proven(claims, key) or _find_pair([*told, *(kept or ())], key)
        if proven is not None or not told or self._list_copied(partner) is None:
            return proven
        with Folder(self._copies / partner.name) as files:
            shown = look(files)
            return _first(find_contradiction, ((shown, raw) for raw in told))

    def _compare_own(self, checkpoints: Sequence[bytes], claims: Sequence[Contradiction]) -> None:
        """Keep what shows that our own key signed another history: it was stolen, or restored."""
        if list_contradictions(self._copies / OWN):
            return
        key = self._own.key
        told = list_of_log(checkpoints, key.name)
        found = _find_proven(claims, key)
        for raw in told if found is None else ():
            try:
                seen, own = parse_and_verify(raw, key), self._own.get_checkpoint()
                if seen.tree.size > own.tree.size:
                    continue
                root = self._own.root_at(seen.tree.size)
                if root != seen.tree.root:
                    path = tuple(self._own.prove_growth(own.tree, seen.tree.size))
                    found = Contradiction(
                        seen=raw, later=own.note.encode(), root=root,
                        path=path if seen.tree.size < own.tree.size else (),
                    )  # fmt: skip
            except AppError:
                continue
        if found is not None:
            error = SplitViewError(found.seen, found.later)
            write_evidence(self._copies / OWN, error, contradiction=found)

    def _list_copied(self, partner: Partner) -> bytes | None:
        """Return the checkpoint up to which a partner's log was copied, or None."""
        copy = self._copies / partner.name
        if not copy.is_dir():
            return None
        with Folder(copy) as files:
            return files.read(CHECKPOINT_PATH, MAX_NOTE_BYTES)


def _holds_any(work: Work, partner: Partner) -> bool:
    today = day_of(work.now)
    return any(grant.holds(today) for grant in store.list_grants(work, partner.did))


def _held_any(work: Work, partner: Partner) -> bool:
    """Return whether there was a grant that held; who was only met may be a witness by hand."""
    return any(grant.accepted_on for grant in store.list_grants(work, partner.did))


def _find_proven(claims: Iterable[Contradiction], key: VerifierKey) -> Contradiction | None:
    """Return the first claim that shows that this key's log signed two histories."""
    for claim in claims:
        try:
            verify_contradiction(claim, key)
        except AppError:
            continue
        return claim
    return None


def _find_pair(told: Iterable[bytes], key: VerifierKey) -> Contradiction | None:
    """Return two checkpoints of one size that differ, both signed by a log's key, or None."""
    by_size: dict[int, tuple[bytes, bytes]] = {}
    for raw in told:
        try:
            tree = parse_and_verify(raw, key).tree
        except AppError:
            continue
        root, before = by_size.setdefault(tree.size, (tree.root, raw))
        if root != tree.root:
            return Contradiction(seen=before, later=raw, root=tree.root, path=())
    return None


def _first(
    find: Callable[..., Contradiction | None], given: Iterable[tuple[object, ...]]
) -> Contradiction | None:
    for each in given:
        try:
            found = find(*each)
        except AppError:
            continue
        if found is not None:
            return found
    return None
