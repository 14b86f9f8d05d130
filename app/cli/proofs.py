"""Verifying proofs that a log holds a record (C2SP tlog-proof), and saying who signed that log."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from app.kernel.errors import MalformedError
from app.records.codec import encode_leaf
from app.records.registry import RECORD_TYPES
from app.tlog.errors import InclusionError
from app.tlog.policies import count_quorum, parse_policy
from app.tlog.proof_files import parse_proof_file, verify_proof_file

if TYPE_CHECKING:
    from app.tlog import Quorum
    from app.tlog.proof_files import VerifiedInclusion


def say_quorum(quorum: "Quorum", names: Iterable[str]) -> str:
    """Say how many of a policy's witnesses signed, and whether that is enough."""
    if not quorum.witnesses:
        return "by nobody: the policy names no witness"
    enough = "its quorum" if quorum.is_met else "no quorum"
    told = f"by {quorum.signed} of the policy's {quorum.witnesses}, {enough}"
    return ": ".join(filter(None, (told, ", ".join(names))))


def verify_proof(source: str, raw: bytes, policy: bytes) -> dict[str, Any]:
    """Verify that a log which a policy believes holds the record that the source's name names.

    Raises:
        MalformedError: no proof, no digest in its name, or no policy.
        VerificationError: it does not hold, or the quorum did not sign.

    """
    named = re.search(r"[0-9a-f]{64}", source)
    if named is None:
        raise MalformedError("a proof is named by its record's digest: DIGEST.tlog-proof")
    believed = parse_policy(policy)
    claimed, digest = parse_proof_file(raw), bytes.fromhex(named[0])

    def verify(kind: str) -> "VerifiedInclusion":
        return verify_proof_file(claimed, encode_leaf(digest, kind), believed)

    # The entry tells the record's type as well, and the proof does not: one of them is it.
    for kind in RECORD_TYPES:
        try:
            found = verify(kind)
        except InclusionError:
            continue
        signed = [each.witness for each in found.accepted.cosignatures]
        quorum = count_quorum(believed, signed)
        return {
            "source": source,
            "verifies": True,
            "type": "Proof",
            "record": digest.hex(),
            "record_type": kind,
            "log": found.accepted.checkpoint.origin,
            "log_size": found.accepted.checkpoint.tree.size,
            "place": found.index,
            "witnessed": say_quorum(quorum, [key.name for key in signed]),
            "quorum": quorum.is_met,
        }
    raise InclusionError
