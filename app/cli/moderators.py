"""`goftogu moderator` and `goftogu sponsor`: who gets a desk, who audits it, who never may."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.kernel.errors import MalformedError, NotFoundError

from .opened import opened_house
from .output import emit, remark
from .stewards import Fingerprint

if TYPE_CHECKING:
    from app.db import Work
    from app.settings import Settings

_AUDIT_KEYS: Final = "keys/audit-keys.txt"
_SEALED: Final = "urn:goftogu:sealed"
_MOST_NAME: Final = 100
_NO_AUDITORS: Final = (
    "there are no audit keys yet. Three people outside the host each run `age-keygen -o mine.key`, "
    "keep that file to themselves, and give you the line age1… that it prints. Put the three lines "
    "into a file, and run `goftogu moderator audit-keys set FILE`. Any two of them together can "
    "find out later who holds a desk, and you alone cannot"
)

_NO_DESK: Final = "this record opens no desk: the page of desks leads to those that do"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Open desks, at which people moderate.")
    group.command()(grant)
    group.command(name="list")(list_all)
    group.command()(revoke)
    group.command()(reveal)
    keys = typer.Typer(no_args_is_help=True, help="Who can find out together who holds a desk.")
    keys.callback()(lambda: None)
    keys.command(name="set")(set_audit_keys)
    group.add_typer(keys, name="audit-keys")
    app.add_typer(group, name="moderator")
    sponsors = typer.Typer(no_args_is_help=True, help="Who pays here, and can never moderate.")
    sponsors.command(name="add")(add_sponsor)
    sponsors.command(name="domain")(add_sponsor_domain)
    sponsors.command(name="list")(list_sponsors)
    app.add_typer(sponsors, name="sponsor")


def grant(
    fingerprint: Fingerprint,
    boards: Annotated[str, typer.Option(help="Short names of boards, with commas.")] = "",
    steward: Annotated[
        bool, typer.Option("--steward", help="All boards, and cases on none.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long the term is.")] = 90,
) -> None:
    """Open a desk for a persona; prints its number and the words that open it the first time.

    Hand both over in person, and keep neither: nothing here says afterwards whose desk it is. A
    desk ends with its term, or when two other desks or `moderator revoke` close it.
    """
    from app import identity, moderation
    from app.moderation.model import Appointment, Role

    slugs = [slug.strip() for slug in boards.split(",") if slug.strip()]
    if bool(slugs) == steward:
        raise typer.BadParameter("give either --boards or --steward", param_hint="--boards")
    with opened_house() as house:
        auditors = _read_audit_keys(house.settings)
        with house.db.write() as work:
            persona = identity.get_persona(work, fingerprint)
            appointed = Appointment(
                root=persona.root,
                role=Role.STEWARD if steward else Role.MODERATOR,
                boards=tuple(_get_board(work, slug) for slug in slugs),
                days=days,
            )
            mark = moderation.mark_of(house.marks_key, persona.root)
            desk, words = moderation.open_desk(
                work, house.door, appointed, mark=mark, auditors=auditors
            )
    emit(f"desk   {desk.number}")
    emit(f"words  {' '.join(words.words())}")
    remark("The words open the desk once, and are shown only now. Its holder then chooses others.")


def list_all() -> None:
    """Print the desks: number, role, boards, and the day on which the term ends."""
    from app import forum, moderation

    with opened_house() as house, house.db.read() as work:
        slugs = {board.did: board.slug for board, _ in forum.list_boards(work)}
        desks = moderation.list_desks(work)
    if not desks:
        remark("There is no desk: `goftogu moderator grant FINGERPRINT` opens one.")
    for desk in desks:
        boards = ",".join(slugs.get(board, board) for board in desk.boards) or "all boards"
        emit(f"{desk.number}\t{desk.role.value}\t{boards}\t{desk.ends_on.isoformat()}")


def revoke(
    number: Annotated[int, typer.Argument(help="The desk's number, as `moderator list` has it.")],
    facts: Annotated[str, typer.Option(help="Why, in a sentence; it stands in the log for good.")],
    lang: Annotated[str, typer.Option(help="The language of this sentence, like fa.")] = "en",
) -> None:
    """Close a desk at once: its holder is logged out, and what it did stands until it is undone.

    For a desk that nobody else can close: it is the only one, or its passphrase is lost or in other
    hands. The log says that the host closed it. Whose desk it was is no part of the reasons.
    """
    from app import moderation

    with opened_house() as house, house.db.write() as work:
        closed = moderation.revoke_desk(work, house.door, number, facts, lang)
    emit(closed.digest.hex())
    remark("It is closed, and the log says after the next tick that you did it, with the reason.")


def reveal(
    record: Annotated[
        str, typer.Argument(help="The desk's signed record: a file, or its address under /records/")
    ],
    keys: Annotated[
        tuple[Path, Path], typer.Option(help="Two auditors' files, as `age-keygen` wrote them.")
    ],
) -> None:
    """Find out who holds a desk, with the keys of two auditors. Needs no instance.

    The page of desks leads to each desk's record.
    """
    from base64 import urlsafe_b64decode

    from app.crypto.escrow import open_by_two
    from app.crypto.multikey import decode_did, fingerprint
    from app.moderation import codec
    from app.records import parse_record, verify_record

    from . import transport

    try:
        found = verify_record(parse_record(transport.read(record)))
    except MalformedError as error:
        raise MalformedError(_NO_DESK) from error
    if found.type != "Offer":
        raise MalformedError(_NO_DESK)
    desk = codec.verify_desk(found)
    sealed = [urlsafe_b64decode(box + "=" * (-len(box) % 4)) for box in found.document[_SEALED]]
    root = open_by_two(sealed, [_read_identity(path) for path in keys]).decode()
    emit(f"host     {found.signer}")
    emit(f"desk     {desk}")
    emit(f"persona  {fingerprint(decode_did(root))}")
    emit(f"root     {root}")


def set_audit_keys(
    file: Annotated[Path, typer.Argument(help="Three lines age1…, one for each auditor.")],
) -> None:
    """Keep the keys of three auditors; desks that are opened from now on are sealed to them."""
    from app.crypto.escrow import require_recipients
    from app.moderation.files import write_private

    recipients = _lines_of(file)
    require_recipients(recipients)
    with opened_house() as house:
        path = house.settings.data / _AUDIT_KEYS
        write_private(path, "".join(f"{recipient}\n" for recipient in recipients))
    remark("Kept. Desks that are open already stay sealed to the keys of their day.")


def add_sponsor(
    fingerprint: Fingerprint,
    name: Annotated[str, typer.Option(help="What readers see on the page of the log.")],
) -> None:
    """Name a persona as a sponsor: it can never hold a desk. May be repeated."""
    from app import identity, moderation
    from app.records.registry import line

    line(_MOST_NAME)(name)
    with opened_house() as house, house.db.write() as work:
        persona = identity.get_persona(work, fingerprint)
        mark = moderation.mark_of(house.marks_key, persona.root)
        moderation.add_sponsor(work, persona, name, mark=mark)
    remark("It is a sponsor, by the name that it was given first. The page of the log says so.")


def add_sponsor_domain(
    domain: Annotated[str, typer.Argument(help="Where the sponsor is at home, like fund.example.")],
    name: Annotated[str, typer.Option(help="What readers see on the page of sponsors.")],
) -> None:
    """Name a domain as a sponsor's: nobody with an office there can ever moderate."""
    from app import moderation
    from app.records.registry import line
    from app.records.registry.shapes import domain as require_domain

    line(_MOST_NAME)(name)
    require_domain(domain)
    with opened_house() as house, house.db.write() as work:
        moderation.add_sponsor_domain(work, domain, name, marks_key=house.marks_key)
    remark("It is a sponsor's, with everything below it. The page of sponsors says so.")


def list_sponsors() -> None:
    """Print the sponsors' names."""
    from app import moderation

    with opened_house() as house, house.db.read() as work:
        names = moderation.list_sponsors(work)
    for name in names:
        emit(name)


def _read_audit_keys(settings: "Settings") -> list[str]:
    try:
        return _lines_of(settings.data / _AUDIT_KEYS)
    except FileNotFoundError as error:
        raise MalformedError(_NO_AUDITORS) from error


def _get_board(work: "Work", slug: str) -> str:
    """Return the did:key of a board by its short name.

    Raises:
        NotFoundError: there is none.

    """
    from app import forum

    board = forum.find_board(work, slug=slug)
    if board is None:
        raise NotFoundError(f"no board here has the short name {slug}")
    return board.did


def _read_identity(path: Path) -> str:
    """Return the secret key in a file of `age-keygen`."""
    return next(iter(_lines_of(path)), "")


def _lines_of(path: Path) -> list[str]:
    # What is no text holds no key: whoever looks for one says so.
    lines = (line.strip() for line in path.read_text("utf-8", errors="replace").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
