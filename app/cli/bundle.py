"""`goftogu bundle`: a part of a board as one file, for people without a network."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from app.kernel.errors import AppError, ConflictError, NotFoundError
from app.records import parse_record

from .opened import opened_house
from .output import DOES_NOT_VERIFY, complain, counted, emit, emit_json, progress, remark

if TYPE_CHECKING:
    from app.federation.bundles.checking import Findings
    from app.federation.press import Made
    from app.wiring import House

LEAST_SIGNS: Final = 16
File = Annotated[Path, typer.Argument(help="A bundle.")]

bundle = typer.Typer(
    name="bundle",
    help="A part of a board as one file: read, checked and taken in without a network.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    bundle.command("export")(export)
    bundle.command("verify")(verify)
    bundle.command("import")(import_bundle)
    bundle.command("reply")(reply)
    app.add_typer(bundle)


def export(
    board: Annotated[str, typer.Option(help="The board's short name.")],
    to: Annotated[Path, typer.Option(help="The file to write, like water.zip.")],
    day: Annotated[str, typer.Option(help="What was said on a day, like 2026-11-21.")] = "",
    since: Annotated[
        int, typer.Option(help="What is in the log from this place on; 0 for everything.")
    ] = -1,
) -> None:
    """Write what was said on a board into one file, with the proofs that it is in the log."""
    if bool(day) == (since >= 0):
        raise typer.BadParameter("give either --day or --since")
    with opened_house() as house:
        made = _export(house, board, _parse_day(day) if day else None, since)
    _write_new(to, made.raw)
    posts = counted(made.posts, "post", "posts")
    remark(f"{posts}, {len(made.raw)} bytes. What comes later: --since {made.log_size}")
    emit(str(to))


def verify(
    file: File,
    policy: Annotated[
        Path | None, typer.Option(help="Which log and witnesses you believe; else those inside.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for a program.")] = False,
) -> None:
    """Verify a bundle here, trusting nobody. Ends with 3 if it does not hold."""
    from app.federation.bundles.checking import verify_bundle

    try:
        own = policy.read_bytes() if policy else None
        found = verify_bundle(_read(file), own)
    except AppError as error:
        complain(f"Does not verify: {error}.")
        raise typer.Exit(DOES_NOT_VERIFY) from error
    if as_json:
        emit_json(_for_programs(found))
    else:
        for sentence in _say(found):
            emit(sentence)


def import_bundle(
    file: Annotated[Path, typer.Argument(help="A bundle, or signed records, one a line.")],
) -> None:
    """Take records in, through the same door as all others. May be repeated."""
    from app.federation.bundles.bringing import bring, list_own_acts
    from app.federation.bundles.codec import parse_records, read_bundle

    try:
        raw = _read(file)
        # A signed card, which may be the last that was appended, brings no line end of its own.
        lines = raw.removesuffix(b"\n") + b"\n" if raw.startswith(b"{") else b""
        records = parse_records(lines) if lines else read_bundle(raw).contents.records
    except AppError as error:
        complain(f"Does not verify: {error}.")
        raise typer.Exit(DOES_NOT_VERIFY) from error
    with opened_house() as house, progress("Importing", len(records)) as advance:
        own = frozenset[bytes]() if lines else list_own_acts(raw, house.door.instance_did)
        brought = bring(house.db, house.door, records, advance, own)
    for reason, count in brought.refused.most_common():
        complain(f"refused {count}: {reason}")
    emit(f"imported {brought.new}, here already {brought.known}, "
         f"refused {brought.refused.total()}")  # fmt: skip
    if brought.refused:
        raise typer.Exit(1)


def reply(
    file: File,
    key: Annotated[Path, typer.Option(help="The posting key's file.")],
    to: Annotated[
        str, typer.Option(help="The digest under the post, or its first sixteen characters.")
    ],
    lang: Annotated[str, typer.Option(help="The text's language, like fa.")] = "fa",
) -> None:
    """Sign the text on standard input as an answer to a post of a bundle; prints it as a line.

    Append such lines to one file: anyone can carry it to `bundle import`, and nobody change it.
    """
    import secrets

    from app.federation.bundles.checking import verify_bundle
    from app.federation.bundles.codec import read_bundle
    from app.forum import codec as forum_codec
    from app.forum.model import Draft, Text
    from app.records.codec import NONCE_BYTES, encode_nonce, sign_record

    from .keys import read_key, today
    from .records import read_text

    raw = _read(file)
    try:
        scope = verify_bundle(raw).scope
    except AppError as error:
        complain(f"Does not verify: {error}.")
        raise typer.Exit(DOES_NOT_VERIFY) from error
    answered = _find_note(read_bundle(raw).contents.records, to)
    posting = read_key(key)
    draft = Draft(
        text=Text(language=lang, markdown=read_text(), title=None),
        board=scope.board,
        reply_to=answered,
        quotes=(),
        custody=posting.custody,
    )
    nonce = encode_nonce(secrets.token_bytes(NONCE_BYTES))
    members = forum_codec.note_members(draft)
    emit(sign_record(posting.key, "Note", members, nonce=nonce, day=today()).decode())


def _find_note(raws: tuple[bytes, ...], digest: str) -> str:
    """Return the id of the post with a digest, or with one that begins so.

    Raises:
        NotFoundError: no post, or several.

    """
    wanted = digest.replace(" ", "").lower()
    found = [raw for raw in raws if sha256(raw).hexdigest().startswith(wanted)]
    if len(wanted) < LEAST_SIGNS or len(found) != 1:
        raise NotFoundError(
            "no post of the bundle has this digest: it stands under each post (a digest, not an id)"
        )
    record = parse_record(found[0])
    if record.type != "Note":
        raise NotFoundError("this is the digest of something else than a post")
    return record.id


def _export(house: "House", slug: str, day: date | None, since: int) -> "Made":
    """Return a bundle of a day, or of what is in the log from a place on."""
    from app import wiring
    from app.federation.press import find_scope

    with house.db.read() as work:
        scope = find_scope(work, slug, day=day, start=max(since, 0))
    return wiring.open_press(house).make_bundle(scope)


def _say(found: "Findings") -> list[str]:
    """Say in plain words what is proven, and what not."""
    from app.crypto.multikey import decode_did, fingerprint

    from .proofs import say_quorum

    scope = found.scope
    part = f"on {scope.day}" if scope.day else f"from place {scope.start} of the log on"
    if scope.part:
        part += f", part {scope.part}"
    records = counted(found.records, "record", "records")
    entries = counted(found.log_size, "entry", "entries")
    mark = fingerprint(decode_did(found.host))
    own = (
        "The policy that came in the bundle is its host's choice: --policy takes your own."
        if found.is_own_policy
        else "Log and witnesses are those of your own policy."
    )
    return [
        f"Board {scope.slug}, {part}: {records}, posts among them: {found.posts}",
        f"proven      the host with the fingerprint {mark} made this file, and nobody changed it",
        "proven      each record is signed by its author's key, and unchanged since",
        f"proven      the log {found.origin} of {entries} holds each of them",
        f"witnessed   {say_quorum(found.quorum, found.witnesses)}",
        f"not proven  that this is the host you mean: it calls itself {found.host_name}",
        "not proven  that nothing was left out: only the whole log shows that",
        "not proven  that index.html reads as the records do: the host wrote it from them",
        "Compare the fingerprint with one that you have from elsewhere.",
        own,
        f"What comes later: --since {found.log_size}",
    ]


def _for_programs(found: "Findings") -> dict[str, Any]:
    scope = found.scope
    return {
        "board": scope.board,
        "short_name": scope.slug,
        "day": scope.day.isoformat() if scope.day else None,
        "part": scope.part or None,
        "since": None if scope.day else scope.start,
        "host": found.host,
        "log_origin": found.origin,
        "log_size": found.log_size,
        "records": found.records,
        "posts": found.posts,
        "witnesses": list(found.witnesses),
        "policy_witnesses": found.quorum.witnesses,
        "quorum": found.quorum.is_met,
        "is_own_policy": found.is_own_policy,
    }


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("like 2026-11-21", param_hint="--day") from error


def _read(file: Path) -> bytes:
    """Return a file's bytes, and one more than a bundle may have at most."""
    from app.federation.bundles.archive import MAX_ARCHIVE_BYTES

    with file.open("rb") as opened:
        return opened.read(MAX_ARCHIVE_BYTES + 1)


def _write_new(to: Path, raw: bytes) -> None:
    try:
        with to.open("xb") as file:
            file.write(raw)
    except FileExistsError as error:
        raise ConflictError(f"{to} exists already: name another file") from error
