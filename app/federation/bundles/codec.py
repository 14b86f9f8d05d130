"""What a bundle holds, to bytes and back.

goftogu-<board>-<scope>/
  index.html              the same posts, to be read
  data/records.jsonl      signed records as received, one a line, by their place in the log
  data/proofs.txt         for each line above, the middle of its C2SP `.tlog-proof`
  data/checkpoint         the end of each `.tlog-proof`: the log as the host has signed it
  data/policy             C2SP tlog-policy: the log, and whose cosignatures are enough
  data/instance.json      the host's signed card, which names the log's key
  signature.json          the host's signature over tagmanifest-sha256.txt, and so over every file
  bagit.txt, bag-info.txt, manifest-sha256.txt, tagmanifest-sha256.txt

A record is canonical JSON, which has no line ends, so a line is its exact bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import pairwise
from typing import Final

from app.crypto.ed25519 import SigningKey
from app.crypto.integrity import add_proof, verify_proof
from app.crypto.multikey import decode_did, encode_did, encode_digest
from app.kernel import strict_json
from app.kernel.errors import MalformedError, TooLargeError, VerificationError
from app.kernel.strict_json import JsonObject
from app.records.codec import MAX_RECORD_BYTES, actor_did, encode_day, proof_options
from app.records.model import CONTEXT
from app.tlog.codec import decode_text, encode_hashes, parse_hash, parse_size
from app.tlog.proof_files import MAX_PATH

from .archive import read_archive, write_archive
from .bag import PAYLOAD, TAG_MANIFEST, build_bag, verify_bag
from .errors import DamagedBundleError, NotABundleError

MOST_RECORDS: Final = 20_000
SIGNATURE_TYPE: Final = "urn:goftogu:Bundle"
PAGE: Final = "index.html"
_INFO: Final = "bag-info.txt"
_SIGNATURE: Final = "signature.json"
_RECORDS, _PROOFS = "data/records.jsonl", "data/proofs.txt"
_CHECKPOINT, _POLICY, _CARD = "data/checkpoint", "data/policy", "data/instance.json"
_DIGESTED: Final = "urn:goftogu:digest"
_info = re.compile(
    r"Bagging-Date: (\d{4}-\d\d-\d\d)\n"
    r"External-Identifier: (did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44})\n"
    r"Goftogu-Board: ([a-z][a-z0-9-]{0,39})\n"
    r"Goftogu-Scope: (?:day (\d{4}-\d\d-\d\d)(?: part ([1-9]\d{0,2}))?|from (\d{1,15}))\n"
    r"Payload-Oxum: (\d+\.\d+)\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which part of a board: what was said on a day, or what is in the log from a place on."""

    board: str
    """did:key of the board."""
    slug: str
    day: date | None = None
    part: int = 0
    """Of a day on which more was said than one file holds; 0: all of it."""
    start: int = 0
    """A place in the log; without meaning where there is a day."""

    @property
    def day_and_part(self) -> str:
        """The day as names of files have it, with its part if it has parts; empty without a day."""
        if self.day is None:
            return ""
        return self.day.isoformat() + (f"-{self.part}" if self.part else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the log a record is, and its inclusion proof; leaf's sibling first."""

    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a bundle holds. Of one that was read nothing may be believed but that it is whole."""

    scope: Scope
    newest: date
    """The newest day of its records."""
    records: tuple[bytes, ...]
    places: tuple[Place, ...]
    """Of the records, in the same order."""
    checkpoint: bytes
    policy: bytes
    card: bytes
    page: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedContents:
    """What a bundle holds, all of which the host named here signed. Made by `read_bundle` only."""

    contents: Contents
    host: str
    """did:key; whether it is the host that the reader means is the reader's to say."""


def write_bundle(contents: Contents, key: SigningKey) -> bytes:
    """Return a bundle, signed with the host's key.

    Raises:
        TooLargeError: it would be larger than readers take.

    """
    if len(contents.records) > MOST_RECORDS:
        raise TooLargeError("too many records for one bundle: export a day, or less at a time")
    payload = {
        _RECORDS: b"".join(raw + b"\n" for raw in contents.records),
        _PROOFS: b"".join(map(_encode_place, contents.places)),
        _CHECKPOINT: contents.checkpoint,
        _POLICY: contents.policy,
        _CARD: contents.card,
    }
    info = _encode_info(contents.scope, contents.newest, payload)
    files = build_bag({**payload, PAGE: contents.page, _INFO: info})
    files[_SIGNATURE] = _sign(files[TAG_MANIFEST], contents.newest, key)
    base = _name_of(contents.scope)
    return write_archive({f"{base}/{name}": content for name, content in files.items()})


def read_bundle(raw: bytes) -> SignedContents:
    """Read a bundle, and verify that it is whole and as its host signed it.

    Raises:
        NotABundleError, MalformedError: something else.
        DamagedBundleError: another file than was exported.
        VerificationError: the host's signature does not hold.
        TooLargeError: more than a bundle may hold.

    """
    base, files = _take_base(read_archive(raw))
    signature = files.pop(_SIGNATURE, None)
    if signature is None or not files.keys() >= {
        _RECORDS, _PROOFS, _CHECKPOINT, _POLICY, _CARD, PAGE, _INFO,
    }:  # fmt: skip
        raise NotABundleError("the archive lacks a file that every bundle has")
    verify_bag(files)
    payload = {name: content for name, content in files.items() if name.startswith(PAYLOAD)}
    scope, newest = _parse_info(decode_text(files[_INFO]), payload)
    if base != _name_of(scope):
        raise DamagedBundleError("the folder in the bundle has another name than its contents")
    host = _verify_signature(signature, files[TAG_MANIFEST], newest)
    records = parse_records(files[_RECORDS])
    contents = Contents(
        scope=scope,
        newest=newest,
        records=records,
        places=_parse_places(files[_PROOFS], len(records)),
        checkpoint=files[_CHECKPOINT],
        policy=files[_POLICY],
        card=files[_CARD],
        page=files[PAGE],
    )
    return SignedContents(contents=contents, host=host)


def _name_of(scope: Scope) -> str:
    return f"goftogu-{scope.slug}-{scope.day_and_part or f'from-{scope.start}'}"


def _take_base(files: Mapping[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """Return the one folder that holds the files, and the files by their names below it."""
    bases = {name.partition("/")[0] for name in files}
    if len(bases) != 1:
        raise NotABundleError("a bundle is one folder")
    return bases.pop(), {name.partition("/")[2]: content for name, content in files.items()}


def _encode_info(scope: Scope, newest: date, payload: Mapping[str, bytes]) -> bytes:
    octets = sum(map(len, payload.values()))
    part = f"day {scope.day.isoformat()}" if scope.day else f"from {scope.start}"
    if scope.part:
        part += f" part {scope.part}"
    return (
        f"Bagging-Date: {newest.isoformat()}\n"
        f"External-Identifier: {scope.board}\n"
        f"Goftogu-Board: {scope.slug}\n"
        f"Goftogu-Scope: {part}\n"
        f"Payload-Oxum: {octets}.{len(payload)}\n"
    ).encode()


def _parse_info(text: str, payload: Mapping[str, bytes]) -> tuple[Scope, date]:
    found = _info.fullmatch(text)
    if not found:
        raise NotABundleError("bag-info.txt is not that of a bundle")
    newest, board, slug, day, part, start, _ = found.groups()
    scope = Scope(
        board=board,
        slug=slug,
        day=_parse_day(day) if day else None,
        part=int(part or 0),
        start=int(start or 0),
    )
    if _encode_info(scope, _parse_day(newest), payload) != text.encode():
        raise DamagedBundleError("bag-info.txt does not fit the files")
    return scope, _parse_day(newest)


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise MalformedError("not a day") from error


def parse_records(raw: bytes) -> tuple[bytes, ...]:
    """Return the signed bytes of records, one a line. Nothing about them is believed.

    Raises:
        MalformedError: an empty line, or a last one without its end.
        TooLargeError: too many lines, or one that is longer than any record.

    """
    # Counted before it is split: a list of millions of empty lines costs more than the file.
    if raw.count(b"\n") > MOST_RECORDS:
        raise TooLargeError("too many records for one bundle")
    *lines, rest = raw.split(b"\n")
    if rest or not all(lines):
        raise MalformedError("records are lines, each with its end")
    if any(len(line) > MAX_RECORD_BYTES for line in lines):
        raise TooLargeError("a record has at most 65,536 bytes")
    return tuple(lines)


def _encode_place(place: Place) -> bytes:
    return f"index {place.index}\n{encode_hashes(place.path)}\n".encode()


def _parse_places(raw: bytes, count: int) -> tuple[Place, ...]:
    if raw.count(b"\n") > count * (MAX_PATH + 2):
        raise TooLargeError("proofs are longer than any tree is high")
    *blocks, rest = decode_text(raw).split("\n\n")
    if rest or len(blocks) != count:
        raise MalformedError("a bundle has as many proofs as records")
    places = tuple(map(_parse_place, blocks))
    if any(a.index >= b.index for a, b in pairwise(places)):
        raise MalformedError("records are in another order than in the log")
    return places


def _parse_place(block: str) -> Place:
    head, *path = block.split("\n")
    if not head.startswith("index ") or len(path) > MAX_PATH:
        raise MalformedError("not an inclusion proof")
    return Place(index=parse_size(head.removeprefix("index ")), path=tuple(map(parse_hash, path)))


def _sign(manifest: bytes, day: date, key: SigningKey) -> bytes:
    did = encode_did(key.public)
    options = proof_options(did, encode_day(day), purpose="assertionMethod")
    return strict_json.encode(add_proof(_signed_document(did, manifest), options, key))


def _verify_signature(raw: bytes, manifest: bytes, day: date) -> str:
    """Return who signed a manifest of tag files."""
    if len(raw) > MAX_RECORD_BYTES:
        raise TooLargeError("signature.json is too long")
    document = strict_json.decode(raw)
    author, proof = document.get("attributedTo"), document.get("proof")
    if not isinstance(author, str) or not isinstance(proof, dict):
        raise MalformedError("signature.json is not the signature of a bundle")
    did = actor_did(author)
    key = decode_did(did)
    options = proof_options(did, encode_day(day), purpose="assertionMethod")
    expected: JsonObject = {
        **_signed_document(did, manifest),
        "proof": {**options, "proofValue": proof.get("proofValue")},
    }
    if document != expected:
        raise VerificationError("the host signed another bundle than this")
    verify_proof(document, key)
    return did


def _signed_document(did: str, manifest: bytes) -> JsonObject:
    return {
        "@context": list(CONTEXT),
        "type": SIGNATURE_TYPE,
        "attributedTo": f"ap://{did}/actor",
        _DIGESTED: encode_digest(sha256(manifest).digest()),
    }


__all__ = [
    "Contents",
    "Place",
    "Scope",
    "SignedContents",
    "parse_records",
    "read_bundle",
    "write_bundle",
]
