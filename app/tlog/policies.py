"""Policies: which logs are believed, and whose cosignatures are enough (C2SP tlog-policy).

    log <verifier key> [<url>]
    witness <name> <verifier key> [<url>]
    group <name> any|all|<k> <name>…
    quorum <name>|none

A line names only what lines before it define, and each name is in one group at most, so that no
witness counts twice and nothing runs in circles.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from app.crypto.note_keys import (
    COSIGNATURE,
    COSIGNATURE_MLDSA,
    SIGNATURE,
    VerifierKey,
    parse_verifier_key,
)
from app.kernel.errors import MalformedError, TooLargeError

from .checkpoints import UnverifiedCheckpoint, VerifiedCheckpoint, verify_checkpoint
from .cosignatures import Cosignature, verify_cosignatures
from .errors import QuorumError

NONE: Final = "none"
MAX_POLICY_BYTES: Final = 1_000_000
_LEAST_WORDS: Final = {"log": 2, "witness": 3, "group": 4, "quorum": 2}
_MOST_WORDS: Final = {"log": 3, "witness": 4, "quorum": 2}
_number = re.compile("[1-9][0-9]{0,5}")
_forbidden = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLog:
    """A log that is believed."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyWitness:
    """A witness; its name is the policy's own and means nothing elsewhere."""

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyGroup:
    """Witnesses and groups, of which `threshold` stand for all."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a reader has decided to believe."""

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    """In an order in which each names only groups before it."""
    quorum: str
    """A witness, a group, or `NONE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedCheckpoint:
    """A checkpoint that a policy is content with. Made by `verify_by_policy` only."""

    checkpoint: VerifiedCheckpoint
    cosignatures: tuple[Cosignature, ...]
    """Those of the policy's witnesses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """How many of a policy's witnesses signed something, and whether that is enough."""

    signed: int
    witnesses: int
    """How many the policy names."""
    is_met: bool
    """Whether a quorum was asked for, and signed."""


def verify_by_policy(claimed: UnverifiedCheckpoint, policy: Policy) -> AcceptedCheckpoint:
    """Verify that a listed log signed a checkpoint and that a quorum cosigned it.

    Raises:
        WrongOriginError, WrongKeyError, BadSignatureError: see `verify_checkpoint`.
        BadSignatureError: a known witness's cosignature does not hold.
        QuorumError: those that hold are too few.

    """
    checkpoint = verify_checkpoint(claimed, [log.key for log in policy.logs])
    cosignatures = verify_cosignatures(claimed, [witness.key for witness in policy.witnesses])
    require_quorum(policy, (cosignature.witness for cosignature in cosignatures))
    return AcceptedCheckpoint(checkpoint=checkpoint, cosignatures=cosignatures)


def count_quorum(policy: Policy, cosigners: Iterable[VerifierKey]) -> Quorum:
    """Return how many of a policy's witnesses are among these, and whether they are its quorum."""
    keys = set(cosigners)
    try:
        require_quorum(policy, keys)
        is_met = policy.quorum != NONE
    except QuorumError:
        is_met = False
    return Quorum(
        signed=sum(witness.key in keys for witness in policy.witnesses),
        witnesses=len(policy.witnesses),
        is_met=is_met,
    )


def require_quorum(policy: Policy, cosigners: Iterable[VerifierKey]) -> None:
    """Require that these witnesses together are enough.

    Raises:
        QuorumError: they are too few, or the wrong ones.

    """
    keys = set(cosigners)
    met = {witness.name for witness in policy.witnesses if witness.key in keys}
    found = len(met)
    for group in policy.groups:
        if sum(member in met for member in group.members) >= group.threshold:
            met.add(group.name)
    if policy.quorum != NONE and policy.quorum not in met:
        raise QuorumError(found)


def encode_policy(policy: Policy) -> bytes:
    """Return a policy as a file."""
    lines = [
        *(("log", log.key.encode(), log.url) for log in policy.logs),
        *(
            ("witness", witness.name, witness.key.encode(), witness.url)
            for witness in policy.witnesses
        ),
        *(("group", group.name, str(group.threshold), *group.members) for group in policy.groups),
        ("quorum", policy.quorum),
    ]
    text = "".join(" ".join(word for word in line if word) + "\n" for line in lines)
    return text.encode("utf-8", "surrogateescape")


def parse_policy(raw: bytes) -> Policy:
    """Read a policy.

    Raises:
        MalformedError: a line that is none of the above, a name that is not defined before it or
            twice, a key twice, no quorum or two.
        TooLargeError: more than `MAX_POLICY_BYTES`.

    """
    if len(raw) > MAX_POLICY_BYTES:
        raise TooLargeError("a policy is too long")
    # Bytes beyond ASCII are opaque and kept as they are, whatever encoding they were meant in.
    text = raw.decode("utf-8", "surrogateescape")
    if _forbidden.search(text) or (text and not text.endswith("\n")):
        raise MalformedError("a policy is lines of text, each with its end")
    reading = _Reading()
    for line in text.split("\n"):
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            reading.read_line(words)
    if reading.quorum is None:
        raise MalformedError("a policy has exactly one quorum line")
    return Policy(
        logs=tuple(reading.logs),
        witnesses=tuple(reading.witnesses),
        groups=tuple(reading.groups),
        quorum=reading.quorum,
    )


@dataclass(slots=True)
class _Reading:
    """A policy as far as it is read."""

    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[PolicyWitness] = field(default_factory=list)
    groups: list[PolicyGroup] = field(default_factory=list)
    quorum: str | None = None
    names: set[str] = field(default_factory=lambda: {NONE})
    members: set[str] = field(default_factory=set)

    def read_line(self, words: list[str]) -> None:
        kind = words[0]
        if (
            not _LEAST_WORDS.get(kind, len(words) + 1)
            <= len(words)
            <= _MOST_WORDS.get(kind, len(words))
        ):
            raise MalformedError("a policy has a line that is none of its four kinds")
        match kind:
            case "log":
                self._read_log(*words[1:])
            case "witness":
                self._read_witness(*words[1:])
            case "group":
                self._read_group(*words[1:])
            case _:
                self._read_quorum(words[1])

    def _read_log(self, key: str, url: str | None = None) -> None:
        log = PolicyLog(key=_parse_key(key, SIGNATURE), url=url)
        # The same key under another name is the same log.
        if log.key.key in {known.key.key for known in self.logs}:
            raise MalformedError("a policy lists a log's key twice")
        self.logs.append(log)

    def _read_witness(self, name: str, key: str, url: str | None = None) -> None:
        self._define(name)
        parsed = _parse_key(key, COSIGNATURE, COSIGNATURE_MLDSA)
        if parsed.key in {known.key.key for known in self.witnesses}:
            raise MalformedError("a policy lists a witness's key twice")
        self.witnesses.append(PolicyWitness(name=name, key=parsed, url=url))

    def _read_group(self, name: str, threshold: str, *members: str) -> None:
        least = {"any": 1, "all": len(members)}.get(threshold)
        if least is None and _number.fullmatch(threshold):
            least = int(threshold)
        if least is None or least > len(members):
            raise MalformedError("a group's threshold is any, all, or a number of its members")
        for member in members:
            if member not in self.names - {NONE}:
                raise MalformedError("a group names somebody whom no line before it defines")
            if member in self.members:
                raise MalformedError("a name is in a group twice, or in two groups")
            self.members.add(member)
        self._define(name)
        self.groups.append(PolicyGroup(name=name, threshold=least, members=members))

    def _read_quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise MalformedError("a policy has exactly one quorum line")
        if name not in self.names:
            raise MalformedError("the quorum names somebody whom no line before it defines")
        self.quorum = name

    def _define(self, name: str) -> None:
        if name in self.names:
            raise MalformedError("a policy defines a name twice")
        self.names.add(name)


def _parse_key(text: str, *algorithms: int) -> VerifierKey:
    key = parse_verifier_key(text)
    if key.algorithm not in algorithms:
        raise MalformedError("a policy has a key of another algorithm than its line needs")
    return key
