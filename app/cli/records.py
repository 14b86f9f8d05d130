"""Records on the command line: sign offline, hand in, verify without trusting anyone."""

import json
import re
import secrets
import sys
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from app import records
from app.crypto.multikey import decode_did, decode_digest, fingerprint
from app.federation.bundles.bulletins import Bulletin, is_bulletin, verify_bulletin
from app.federation.texts import is_text, verify_text
from app.forum import codec as forum_codec
from app.forum.model import Draft, PostKind, Text
from app.kernel import strict_json
from app.kernel.errors import AppError, MalformedError
from app.kernel.strict_json import JsonObject
from app.records.codec import (
    MAX_RECORD_BYTES,
    NONCE_BYTES,
    RECEIPT_TYPE,
    audience_of,
    encode_nonce,
    parse_record,
    sign_record,
)
from app.records.model import CUSTODY, WAITS_H
from app.tlog.proof_files import HEADER

from . import transport
from .keys import KeyFile, read_key, today
from .opened import opened_house
from .output import DOES_NOT_VERIFY, complain, emit, emit_bytes, emit_json, remark
from .proofs import verify_proof

_A_PAGE: Final = (
    "a page, not a record: name a post's own page (/p/), or the address or the file of a record"
)
_NO_POLICY: Final = (
    "a proof: --policy says which log and witnesses you believe; the host's own choice is at its"
    " address under /.well-known/goftogu-policy"
)
_SITE: Final = re.compile(r"https?://[^/]+")
_SUCCESSORS: Final = "urn:goftogu:successors"
_NO_DIGEST: Final = "a digest is 64 hexadecimal characters: the post's page shows it"
_page = re.compile(r"(https?://[^/]+)/[a-z]{2,3}/p/([0-9a-f]{64})")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(sign)
    app.command()(submit)
    app.command()(verify)


def sign(
    key: Annotated[Path, typer.Option(help="The posting key's file.")],
    board: Annotated[str, typer.Option(help="The board's did:key, or its short name.")] = "",
    kind: Annotated[str, typer.Option("--type", help="Note, Update or Delete.")] = "Note",
    title: Annotated[str, typer.Option(help="A new thread's title; else its first line.")] = "",
    in_reply_to: Annotated[
        str, typer.Option(help="The id of the post to answer (not its digest).")
    ] = "",
    changes: Annotated[
        str, typer.Option("--object", help="The id of the post to revise or erase.")
    ] = "",
    previous: Annotated[
        str,
        typer.Option(help="The current version's digest; Update and Delete need it and --object."),
    ] = "",
    tag: Annotated[
        list[str] | None,
        typer.Option(help="A tag of the board, for a new thread; may be given three times."),
    ] = None,
    lang: Annotated[str, typer.Option(help="The text's language, like fa.")] = "fa",
    said: Annotated[
        PostKind, typer.Option("--kind", help="What it is to the thread that it answers in.")
    ] = PostKind.POST,
    about: Annotated[str, typer.Option(help="The digest of the version it translates.")] = "",
    instance: Annotated[
        str, typer.Option(help="An instance's address, to look the board's short name up.")
    ] = "",
    act: Annotated[
        bool, typer.Option("--act", help="Sign a record's members, as a page shows them.")
    ] = False,
) -> None:
    """Sign the text on standard input; prints the record, ready to submit, mail or carry."""
    if act:
        _sign_act(read_key(key))
        return
    if not board:
        raise typer.BadParameter("which board it is for", param_hint="--board")
    if kind not in {"Note", "Update", "Delete"}:
        raise typer.BadParameter("Note, Update or Delete", param_hint="--type")
    if title and in_reply_to:
        raise typer.BadParameter("a title opens a thread, a reply answers one: give one of them")
    if tag and (in_reply_to or kind != "Note"):
        raise typer.BadParameter("tags are for a new thread", param_hint="--tag")
    if kind != "Note" and not (changes and previous):
        raise typer.BadParameter(f"{kind} needs --object and --previous")
    posting = read_key(key)
    text = "" if kind == "Delete" else read_text()
    draft = Draft(
        text=Text(language=lang, markdown=text, title=forum_codec.clean_line(title) or None),
        board=_find_board(board, instance),
        reply_to=in_reply_to or None,
        quotes=(),
        custody=posting.custody,
        tags=tuple(dict.fromkeys(forum_codec.clean_tag(item) for item in tag or ())),
        kind=said,
        about=_parse_hex(about) if about else b"",
    )
    _emit_signed(posting, kind, _members_of(kind, draft, changes, previous))


def _sign_act(posting: KeyFile) -> None:
    """Sign the type and members on standard input, as JSON; what is signed is told beside it."""
    members = strict_json.decode(read_text().encode())
    record = _emit_signed(posting, str(members.pop("type", "")), members)
    remark(f"Signed as {fingerprint(posting.key.public)}: {record.type}")


def _emit_signed(posting: KeyFile, wire_type: str, members: JsonObject) -> records.VerifiedRecord:
    nonce = encode_nonce(secrets.token_bytes(NONCE_BYTES))
    raw = sign_record(posting.key, wire_type, members, nonce=nonce, day=today())
    # What the door would refuse must not leave this device looking signed and good.
    record = records.verify_record(records.parse_record(raw))
    emit_bytes(raw)
    return record


def _members_of(kind: str, draft: Draft, changes: str, previous: str) -> JsonObject:
    if kind == "Note":
        return forum_codec.note_members(draft)
    head = _parse_hex(previous)
    if kind == "Update":
        return forum_codec.update_members(draft, changes, head)
    return forum_codec.delete_members(draft.board, changes, head, draft.custody.value)


def submit(
    record: Annotated[Path, typer.Argument(help="A signed record; - for standard input.")],
    to: Annotated[str, typer.Option(help="The instance's address.")],
    wait: Annotated[int, typer.Option(help="Hours it waits at least: 0, 6 or 24.")] = 0,
) -> None:
    """Hand a signed record to an instance; prints its receipt."""
    if not to.startswith(("http://", "https://")):
        raise typer.BadParameter("begin with http:// or https://", param_hint="--to")
    if wait not in WAITS_H:
        raise typer.BadParameter("0, 6 or 24", param_hint="--wait")
    raw = sys.stdin.buffer.read() if str(record) == "-" else record.read_bytes()
    emit_bytes(transport.post(f"{to.rstrip('/')}/api/v1/records?wait={wait}", raw))


def verify(
    sources: Annotated[list[str], typer.Argument(help="Files, or addresses of records or posts.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print for a program.")] = False,
    policy: Annotated[
        Path | None, typer.Option(help="For proofs: which log and witnesses you believe.")
    ] = None,
) -> None:
    """Verify records, receipts, proofs, posts as text and bulletins here, trusting nobody.

    Ends with 3 if one does not hold.
    """
    results = [result for source in sources for result in _verify_source(source, policy)]
    if as_json:
        emit_json(results)
    else:
        for result in results:
            _print_result(result)
    if not all(result["verifies"] for result in results):
        raise typer.Exit(DOES_NOT_VERIFY)


def _verify_source(source: str, policy: Path | None) -> list[dict[str, Any]]:
    """Verify the record of a source, or those of a file with one record a line."""
    raw = _read_source(source)
    if not source.endswith(".jsonl"):
        return [_verify_one(source, raw, policy)]
    lines = raw.removesuffix(b"\n").split(b"\n")
    return [_verify_one(f"{source}:{number}", line, None) for number, line in enumerate(lines, 1)]


def _verify_one(source: str, raw: bytes, policy: Path | None) -> dict[str, Any]:
    try:
        if raw.startswith(HEADER.encode()):
            return verify_proof(source, raw, _policy_of(source, policy))
        if _is_receipt(raw):
            return _describe_receipt(source, records.verify_receipt(raw))
        if is_bulletin(raw):
            return _describe_bulletin(source, verify_bulletin(raw))
        record = verify_text(raw) if is_text(raw) else records.verify_record(parse_record(raw))
    except AppError as error:
        reason = _wrong_kind(raw) or str(error)
        return {"source": source, "verifies": False, "reason": reason}
    named = re.search(r"[0-9a-f]{64}", source)
    if named and named[0] != record.digest.hex():
        reason = "another record than the address or file name says"
        return {"source": source, "verifies": False, "reason": reason}
    return _describe(source, record)


def _wrong_kind(raw: bytes) -> str:
    """Return what bytes are that are no record, if it is something that a page leads to."""
    if raw.lstrip().startswith(b"<"):
        return _A_PAGE
    return ""


def _describe(source: str, record: records.VerifiedRecord) -> dict[str, Any]:
    document = record.document
    result: dict[str, Any] = {
        "source": source,
        "verifies": True,
        "type": record.type,
        "id": record.id,
        "digest": record.digest.hex(),
        "key": record.signer,
        "fingerprint": fingerprint(record.key),
        "day": record.day.isoformat(),
    }
    if record.type == "Person":
        result["name"] = document["name"]
        states = [key["urn:goftogu:state"] for key in document["urn:goftogu:postingKeys"]]
        result["keys"] = ", ".join(f"{states.count(s)} {s}" for s in dict.fromkeys(states))
    if record.type == "Application":
        result["name"] = document["name"]
        result["log"] = document["urn:goftogu:logKey"]
        result["mirrors"] = " ".join(document["urn:goftogu:mirrors"]) or "none"
    if CUSTODY in document:
        result["custody"] = document[CUSTODY]
    if "audience" in document:
        result["board"] = audience_of(document)
    if document.get(_SUCCESSORS):
        result["successors"] = document[_SUCCESSORS]
        result["must_sign"] = document["urn:goftogu:quorum"]
    return result


def _describe_bulletin(source: str, bulletin: Bulletin) -> dict[str, Any]:
    return {
        "source": source,
        "verifies": True,
        "type": "Bulletin",
        "key": bulletin.host,
        "fingerprint": fingerprint(decode_did(bulletin.host)),
        "day": bulletin.day.isoformat(),
        "log": bulletin.checkpoint.origin,
        "log_size": bulletin.checkpoint.tree.size,
    }


def _describe_receipt(source: str, document: dict[str, Any]) -> dict[str, Any]:
    did = document["attributedTo"].removeprefix("ap://").removesuffix("/actor")
    return {
        "source": source,
        "verifies": True,
        "type": "Receipt",
        "key": did,
        "fingerprint": fingerprint(decode_did(did)),
        "record": decode_digest(document["urn:goftogu:digest"]).hex(),
        "include_by": document["urn:goftogu:includeBy"],
    }


def _print_result(result: dict[str, Any]) -> None:
    if not result["verifies"]:
        complain(f"{result['source']}: does not verify: {result['reason']}")
        return
    emit(f"signature    good ({result['type']})")
    labels = (
        "name",
        "keys",
        "fingerprint",
        "key",
        "custody",
        "board",
        "day",
        "digest",
        "record",
        "include_by",
        "log",
        "log_size",
        "place",
        "witnessed",
        "mirrors",
    )
    for label in labels:
        if label in result:
            declared = " (declared)" if label == "custody" else ""
            emit(f"{label:<12} {result[label]}{declared}")
    for did in result.get("successors", []):
        emit(f"successor    {fingerprint(decode_did(did))} {did}")
    if "must_sign" in result:
        emit(f"must sign    {result['must_sign']} of {len(set(result['successors']))}")


def _policy_of(source: str, policy: Path | None) -> bytes:
    """Return the reader's policy, or the one that the host of an address offers.

    Raises:
        MalformedError: neither is known.

    """
    if policy is not None:
        return policy.read_bytes()
    site = _SITE.match(source)
    if site is None:
        raise MalformedError(_NO_POLICY)
    return transport.fetch(f"{site[0]}/.well-known/goftogu-policy")


def _read_source(source: str) -> bytes:
    """Return the bytes that an address or a file holds."""
    page = _page.match(source)
    if page:
        # A post's page names the post; the record with that digest is its first version.
        return transport.fetch(f"{page[1]}/records/{page[2]}")
    if source == "-":
        return sys.stdin.buffer.read()
    return transport.read(source)


def _is_receipt(raw: bytes) -> bool:
    try:
        return strict_json.decode(raw).get("type") == RECEIPT_TYPE
    except MalformedError:
        return False


def read_text() -> str:
    """Return the text on standard input, as it is signed."""
    raw = sys.stdin.buffer.read(MAX_RECORD_BYTES + 1)
    try:
        return forum_codec.clean_text(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedError("the text is not UTF-8") from error


def _find_board(board: str, instance: str) -> str:
    """Return a board's did:key; a short name is looked up at an instance or in our own folder."""
    if board.startswith("did:key:"):
        decode_did(board)
        return board
    if instance:
        try:
            listed = json.loads(transport.fetch(instance.rstrip("/") + "/api/v1/boards"))
            found = [str(item["did"]) for item in listed["boards"] if item["slug"] == board]
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise MalformedError("the instance lists its boards in no form that we read") from error
    else:
        from app import forum
        from app.settings import Settings

        if not Settings().data.exists():
            raise typer.BadParameter(
                "give --instance, or the board's did:key from its page", param_hint="--board"
            )

        with opened_house() as house, house.db.read() as work:
            known = forum.find_board(work, slug=board)
            found = [known.did] if known else []
    if not found:
        raise MalformedError(
            f"no board there has the short name {board}: its page's address has it"
        )
    return str(found[0])


def _parse_hex(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError as error:
        raise MalformedError(_NO_DIGEST) from error
    if len(digest) != sha256().digest_size:
        raise MalformedError(_NO_DIGEST)
    return digest
