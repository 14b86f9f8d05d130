"""What a bundle proves to somebody who trusts nobody, and what it cannot prove.

1. The file is whole, and one host signed all of it (`read_bundle`).
2. The card inside is that host's, and names its log's key.
3. That key signed the checkpoint, and the policy's quorum cosigned it.
4. Each record's own signature holds, and it is of no other board.
5. The log of the checkpoint holds each record at its place.
"""

from dataclasses import dataclass

from app.kernel.errors import VerificationError
from app.records.codec import audience_of, encode_leaf, parse_record, verify_record
from app.records.model import VerifiedRecord
from app.tlog.checkpoints import parse_checkpoint
from app.tlog.policies import Quorum, count_quorum, parse_policy, verify_by_policy
from app.tlog.tree import hash_leaf, verify_inclusion

from .codec import Scope, read_bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What holds of a bundle; whatever does not hold raises instead."""

    scope: Scope
    host: str
    """did:key of who signed it."""
    host_name: str
    """As its card says: anybody can take any name."""
    origin: str
    log_size: int
    records: int
    posts: int
    witnesses: tuple[str, ...]
    """Names of the keys whose cosignatures the policy counts."""
    quorum: Quorum
    """How many of the policy's witnesses signed the checkpoint, and whether they are its quorum."""
    is_own_policy: bool
    """Whether the policy came in the bundle, so that the host itself chose whom to believe."""


def verify_bundle(raw: bytes, policy: bytes | None = None) -> Findings:
    """Verify all that a bundle says, against a policy of the reader's own if there is one.

    Raises:
        AppError: something does not hold, or is malformed; see `read_bundle`, `verify_by_policy`,
            `verify_record`, `verify_inclusion`.

    """
    signed = read_bundle(raw)
    contents = signed.contents
    name, log_key = _verify_card(contents.card, signed.host)
    believed = parse_policy(contents.policy if policy is None else policy)
    accepted = verify_by_policy(parse_checkpoint(contents.checkpoint), believed)
    checkpoint = accepted.checkpoint
    if checkpoint.origin != log_key.partition("+")[0]:
        raise VerificationError("the checkpoint is of another log than the host's card names")
    if policy is None and log_key not in _log_keys(contents.policy):
        raise VerificationError("the policy inside believes another key than the host's card names")
    posts = 0
    for record, place in zip(contents.records, contents.places, strict=True):
        # One at a time: their documents together would not fit into a small memory.
        verified = verify_record(parse_record(record))
        _require_board(verified, contents.scope)
        leaf = encode_leaf(verified.digest, verified.type)
        verify_inclusion(hash_leaf(leaf), place.index, place.path, checkpoint.tree)
        posts += verified.type == "Note"
    return Findings(
        scope=contents.scope,
        host=signed.host,
        host_name=name,
        origin=checkpoint.origin,
        log_size=checkpoint.tree.size,
        records=len(contents.records),
        posts=posts,
        witnesses=tuple(found.witness.name for found in accepted.cosignatures),
        quorum=count_quorum(believed, (found.witness for found in accepted.cosignatures)),
        is_own_policy=policy is None,
    )


def _verify_card(raw: bytes, host: str) -> tuple[str, str]:
    """Return the host's name and its log's key, as its card says."""
    card = verify_record(parse_record(raw))
    if card.type != "Application" or card.signer != host:
        raise VerificationError("the card inside is not that of the host who signed the bundle")
    return card.document["name"], card.document["urn:goftogu:logKey"]


def _require_board(record: VerifiedRecord, scope: Scope) -> None:
    """Refuse what another board says under this one's name; cards are of no board."""
    if record.type == "Group":
        founded = (record.signer, record.document["preferredUsername"])
        is_right = founded == (scope.board, scope.slug)
    else:
        is_right = "audience" not in record.document or audience_of(record.document) == scope.board
    if not is_right:
        raise VerificationError("a record is of another board than the bundle says")


def _log_keys(policy: bytes) -> set[str]:
    return {log.key.encode() for log in parse_policy(policy).logs}
