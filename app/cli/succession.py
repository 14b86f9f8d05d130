"""`goftogu succession`: who may take a board over, said in advance; and taking it over."""

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .opened import opened_house
from .output import counted, emit, emit_bytes, emit_json, remark

if TYPE_CHECKING:
    from app.crypto.ed25519 import SigningKey
    from app.db import Work
    from app.federation.partners import Partner
    from app.forum import Board
    from app.wiring import House

BoardName = Annotated[str, typer.Argument(help="A board, by its short name here or its did:key.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Say in advance who may take a board over; take it over."
    )
    group.command()(order)
    group.command(name="list")(list_all)
    group.command()(consent)
    group.command()(take)
    app.add_typer(group, name="succession")


def order(
    successors: Annotated[
        list[str],
        typer.Argument(help="did:keys of hosts, the first one first."),
    ],
    quorum: Annotated[int, typer.Option(min=1, help="How many of them must sign.")] = 1,
) -> None:
    """Sign who may take a board over; the board's own key is read from standard input. Offline.

    Prints the record; whoever hands it in (`goftogu submit`) does no harm.
    """
    from app.crypto.multikey import decode_did, encode_did
    from app.federation import partners
    from app.records import parse_record, verify_record
    from app.records.codec import NONCE_BYTES, encode_nonce

    from .keys import today

    named = list(dict.fromkeys(successors))
    for did in named:
        decode_did(did)
    if quorum > len(named):
        raise typer.BadParameter("more than you named", param_hint="--quorum")
    key = _read_board_key()
    nonce = encode_nonce(secrets.token_bytes(NONCE_BYTES))
    raw = partners.sign_order(key, named, quorum, nonce=nonce, day=today())
    verify_record(parse_record(raw))
    emit_bytes(raw)
    remark(f"Signed for the board {encode_did(key.public)}. Hide its key again.")


def list_all(
    *, as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False
) -> None:
    """Print each board: short name, home, who may take it over, how far its log was copied here."""
    from app import forum

    with opened_house() as house, house.db.read() as work:
        found = [_describe(house, work, board) for board, _ in forum.list_boards(work)]
    if as_json:
        emit_json(found)
        return
    for each in found:
        told = [each[name] for name in ("board", "home", "may", "copied", "replayed")]
        emit("\t".join("-" if one is None else str(one) for one in told))


def consent(
    board: BoardName,
    to: Annotated[str, typer.Option(help="The partner that takes it over; else this host.")] = "",
    size: Annotated[
        int | None, typer.Option(help="Of the old log's tree, if that partner has less than here.")
    ] = None,
) -> None:
    """Print this host's signature under a takeover, for whoever takes the board over."""
    from app.federation import partners

    with opened_house() as house:
        found, _, copy = _complete(house, board)
        own = house.door.instance_did
        with house.db.read() as work:
            new = partners.get_partner(work, to).did if to else own
            takeover = partners.plan(copy, found, new, size)
            signed = partners.agree(work, house.door.key, own, takeover)
    emit(partners.encode_consent(takeover, signed))
    remark(f"It is of {counted(takeover.size, 'entry', 'entries')}: all have to sign the same.")


def take(
    board: BoardName,
    consents: Annotated[
        list[Path] | None,
        typer.Option(
            "--consent",
            help="What another successor printed, as a file; may be given more than once.",
        ),
    ] = None,
) -> None:
    """Take a board over whose home is gone: from what was copied of it; nobody is asked."""
    from app.federation import partners

    given = [partners.parse_consent(path.read_text("utf-8")) for path in consents or []]
    with opened_house() as house:
        found, partner, copy = _complete(house, board)
        own = house.door.instance_did
        size = given[0][0].size if given else None
        takeover = partners.plan(copy, found, own, size)
        if any(other != takeover for other, _ in given):
            raise typer.BadParameter(
                "of another takeover than this host's: see `consent --to --size`",
                param_hint="--consent",
            )
        with house.db.write() as work:
            mine = partners.agree(work, house.door.key, own, takeover)
            others = [signed for _, signed in given if signed["by"] != mine["by"]]
            brought = partners.take(work, house.door, takeover, [mine, *others])
    emit(f"{found.slug}\t{takeover.size}\t{takeover.root}\t{brought}")
    remark(f"{found.slug} is at home here now: it takes posts and reports at once.")
    remark("Consultations that were open take no more votes: open new ones, and desks of your own.")
    remark(f"What its old home logs after {counted(takeover.size, 'entry', 'entries')} is void.")
    remark(f"Whatever became of its keys: `goftogu partner remove {partner.name}` ends all else.")


def _complete(house: "House", name: str) -> "tuple[Board, Partner, Path]":
    """Return a board of a partner's, once all that was copied of that partner was replayed."""
    from app import forum, wiring
    from app.federation import partners
    from app.kernel.errors import NotFoundError
    from app.owning import owners_of

    own = house.door.instance_did
    with house.db.read() as work:
        named = {"did": name} if name.startswith("did:") else {"slug": name}
        board = forum.find_board(work, **named)
        if board is None:
            raise NotFoundError(
                f"no board is called {name} here: `goftogu succession list` prints their names"
            )
        if board.home == own:
            raise typer.BadParameter("it is at home here", param_hint="BOARD")
        partner = partners.get_partner(work, board.home)
    copy = wiring.folder_of(house, partner)
    owners = owners_of(partner, house.marks_key, house.settings.data)
    done = partners.complete(house.db, copy, owners, own, partner)
    if done.set_aside:
        remark(
            f"Refused here and left out: {counted(done.set_aside, 'record', 'records')}; "
            "`goftogu partner list` says why."
        )
    return board, partner, copy


def _describe(house: "House", work: "Work", board: "Board") -> dict[str, Any]:
    from app import wiring
    from app.federation import partners
    from app.federation.partners.errors import SuccessionError

    own = house.door.instance_did
    known = {each.did: each for each in partners.list_partners(work)}
    names = {own: "here", **{did: each.name for did, each in known.items()}}
    try:
        said = partners.find_order(work, board.did)
        may = [names.get(did, did) for did in said.successors]
        quorum = said.quorum
    except SuccessionError:
        may, quorum = [], 0
    partner = known.get(board.home)
    return {
        "board": board.slug,
        "did": board.did,
        "home": names.get(board.home, board.home),
        "may": f"{quorum} of {', '.join(may)}" if may else "nobody",
        "successors": may,
        "quorum": quorum,
        "copied": partners.copied_size(wiring.folder_of(house, partner)) if partner else None,
        "replayed": partners.get_replica(work, partner.did).size if partner else None,
    }


def _read_board_key() -> "SigningKey":
    """Return a board's key, as founding it showed it: 64 hexadecimal characters."""
    from app.crypto.ed25519 import SigningKey
    from app.kernel.errors import MalformedError

    if sys.stdin.isatty():
        typed = str(typer.prompt("The board's key", hide_input=True, err=True))
    else:
        typed = sys.stdin.read()
    try:
        return SigningKey(bytes.fromhex(typed.strip()))
    except (ValueError, MalformedError) as error:
        raise MalformedError(
            "not a board's key: it has 64 characters, 0 to 9 and a to f"
        ) from error
