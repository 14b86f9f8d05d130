"""`goftogu partner`: the instances that read, carry and take over each other's boards."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from .opened import opened_house
from .output import counted, emit, emit_json, remark

if TYPE_CHECKING:
    from app.db import Work
    from app.federation.partners import Grant, Partner
    from app.forum import Board
    from app.records import VerifiedRecord
    from app.wiring import House

Name = Annotated[str, typer.Argument(help="As this host calls it; `partner list` prints it.")]
_CARD = "goftogu-partner"
_LONGEST_NAME = 20
_MEBIBYTE = 1024 * 1024


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Hosts that read, carry and take over each other's boards."
    )
    group.command()(card)
    group.command()(add)
    group.command(name="list")(list_all)
    group.command()(offer)
    group.command()(accept)
    group.command(name="set")(settle)
    group.command()(sync)
    group.command()(remove)
    app.add_typer(group, name="partner")


def card(
    address: Annotated[str, typer.Argument(help="Where the other host reaches this one.")],
) -> None:
    """Print this host's key card: give it to the other host's operator, by voice or in person."""
    if not _is_address(address):
        raise typer.BadParameter("like https://forum.example or http://….onion")
    with opened_house() as house:
        emit(f"{_CARD} {house.door.instance_did} {address.rstrip('/')}")


def add(
    name: Annotated[str, typer.Argument(help="What this host is to call it: small letters.")],
    key_card: Annotated[str, typer.Argument(help="The other host's card, as it printed it.")],
) -> None:
    """Meet another host, whose key card was compared. Nothing is granted by that."""
    from app import site
    from app.federation import partners
    from app.federation.partners.errors import WrongCardError
    from app.kernel.clock import day_of

    did, address = _read_key_card(key_card)
    with opened_house() as house:
        if did == house.door.instance_did:
            raise typer.BadParameter("this is this host's own card")
        found = _fetch_card(address, did)
        with house.db.write() as work:
            today = day_of(work.now)
            met = partners.read_partner(found, name=_require_name(name), url=address, met_on=today)
            if met.log_origin == site.get_card(work).log_origin:
                # Its checkpoints would read as a second history of ours.
                raise WrongCardError("that card names this host's own log: its key is another's")
            partners.meet(work, met)
    remark(f"Met. `goftogu partner offer {name} BOARD` lets it read a board of this host.")


def list_all(
    *, as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False
) -> None:
    """Print each partner: name, state, entries replayed, trouble, and what each may do."""
    from app.federation import partners

    with opened_house() as house, house.db.read() as work:
        found = [_describe(work, each) for each in partners.list_partners(work)]
        rights = [_list_rights(house, work, each) for each in partners.list_partners(work)]
    if as_json:
        emit_json(found)
        return
    if not found:
        remark("None yet: `goftogu partner card` prints the card that the other host adds.")
    for each, lines in zip(found, rights, strict=True):
        emit("\t".join(str(each[part]) for part in ("name", "state", "size", "trouble", "url")))
        for line in lines:
            emit(f"\t{line}")
        if each["why"]:
            remark(f"{each['name']} is {each['state']}: {each['why'].rstrip('.')}.")
        for reason, count in each["set_aside"].items():
            what = counted(count, "record", "records")
            remark(f"{each['name']}: {what} set aside: {reason}.")
        if each["unconfirmed_erasures"]:
            remark(f"{each['name']} has not confirmed erasures: {each['unconfirmed_erasures']}.")


def offer(
    name: Name,
    boards: Annotated[list[str], typer.Argument(help="Boards of this host, by short name.")],
    rights: Annotated[str, typer.Option(help="Of read, carry, write, with commas.")] = "read,carry",
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day without.")
    ] = None,
) -> None:
    """Offer a partner rights over boards of this host; they hold once it accepts them."""
    from app.federation import partners
    from app.federation.partners import Right
    from app.kernel.clock import day_of

    try:
        granted = frozenset(Right(each.strip()) for each in rights.split(","))
    except ValueError as error:
        raise typer.BadParameter("of read, carry, write", param_hint="--rights") from error
    with opened_house() as house, house.db.write() as work:
        dids = [_find_board(work, slug).did for slug in boards]
        today = day_of(work.now)
        last = until.date() if until else today + timedelta(days=365)
        if last <= today:
            raise typer.BadParameter("that day has come: nothing would hold", param_hint="--until")
        partner = partners.get_partner(work, name)
        for did in dict.fromkeys(dids):
            # A record a board, so that the rights over one can end alone.
            partners.offer(work, house.door, partner, {did: granted}, last)
    remark("Offered. It holds once the other host has said `goftogu partner accept`.")


def accept(name: Name) -> None:
    """Accept what a partner offers over its boards: they are shown here from the next sync on."""
    from app.federation import partners

    with opened_house() as house, house.db.write() as work:
        accepted = partners.accept(work, house.door, partners.get_partner(work, name))
        lines = [line for grant in accepted for line in _show_grant(work, grant)]
    for line in lines:
        emit(line)
    if not accepted:
        remark("It offers nothing that waits. `goftogu partner sync` asks whether it does now.")
    else:
        remark(f"Accepted: {counted(len(accepted), 'offer', 'offers')}.")


def settle(
    name: Name,
    *,
    follow_rules: Annotated[
        bool | None,
        typer.Option(
            "--follow-rules/--own-rules",
            help="Whether what its desks hide by the rules is hidden here too.",
        ),
    ] = None,
    entries: Annotated[
        int | None, typer.Option(min=1000, help="How many entries it may bring in a day.")
    ] = None,
    mebibytes: Annotated[
        int | None, typer.Option(min=1, help="How much of its files is copied here in all.")
    ] = None,
) -> None:
    """Set how far a partner's desks are followed, and how much it may bring."""
    from app.federation import partners

    with opened_house() as house, house.db.write() as work:
        partners.settle(
            work,
            partners.get_partner(work, name),
            follows_rules=follow_rules,
            most_entries=entries,
            most_bytes=None if mebibytes is None else mebibytes * _MEBIBYTE,
        )
    remark("Set. It holds for what comes from now on.")


def sync(
    name: Annotated[str, typer.Argument(help="One partner alone; all, if none is named.")] = "",
) -> None:
    """Keep up with partners now, as the worker does by itself."""
    from app import wiring
    from app.federation import partners
    from app.federation.partners import PartnerState

    with opened_house() as house:
        with house.db.read() as work:
            chosen = (
                [partners.get_partner(work, name)]
                if name
                else [
                    each
                    for each in partners.list_partners(work)
                    if each.state is PartnerState.ACTIVE
                ]
            )
        keeper = wiring.open_partner_keeper(house)
        for each in chosen:
            done = keeper.keep_up(each)
            emit(f"{each.name}\t{done.size}\t{done.taken}\t{done.set_aside}")


def remove(
    name: Name,
    board: Annotated[
        str, typer.Option(help="Only what each may do with this board, by its short name here.")
    ] = "",
    why: Annotated[str, typer.Option(help="Said in the log.")] = "The partnership ended.",
) -> None:
    """End a partnership at once: no more is read from it, and its rights here are gone."""
    from app.federation import partners

    others: list[str] = []
    with opened_house() as house, house.db.write() as work:
        partner = partners.get_partner(work, name)
        if board:
            did = _find_board(work, board).did
            ended = partners.end_board(work, house.door, partner, did, why)
            others = sorted(_name_board(work, each) for each in ended)
        else:
            partners.end(work, house.door, partner, why)
    remark("Ended. What it copied before, it has; what is erased it must take away.")
    if others:
        remark(f"One offer named these too, and ended: {', '.join(others)}. Offer them anew.")


def _list_rights(house: "House", work: "Work", partner: "Partner") -> list[str]:
    """Return what each of both may do with the other's boards, a line a board."""
    from app.federation import partners
    from app.kernel.clock import day_of

    lines = []
    for grant in partners.list_grants(work, partner.did):
        ours, theirs = house.door.instance_did, partner.did
        if grant.ended_on is not None or {grant.giver, grant.taker} != {ours, theirs}:
            continue
        who = f"{partner.name} may" if grant.giver == ours else "this host may"
        state = (
            "over"
            if day_of(work.now) >= grant.until
            else "holds"
            if grant.accepted_on
            else "offered, not accepted"
        )
        lines += [f"{who}\t{line}\t{state}" for line in _show_grant(work, grant)]
    return lines


def _show_grant(work: "Work", grant: "Grant") -> list[str]:
    """Return rights as lines: board, rights, the first day without."""
    return [
        f"{_name_board(work, did)}\t{','.join(sorted(rights))}\tuntil {grant.until.isoformat()}"
        for did, rights in grant.boards.items()
    ]


def _find_board(work: "Work", slug: str) -> "Board":
    from app import forum
    from app.kernel.errors import NotFoundError

    board = forum.find_board(work, slug=slug)
    if board is None:
        raise NotFoundError(f"no board is called {slug}")
    return board


def _name_board(work: "Work", did: str) -> str:
    """Return a board's short name; of one that is not here its fingerprint."""
    from app import forum
    from app.crypto.multikey import decode_did, fingerprint

    board = forum.find_board(work, did=did)
    return board.slug if board else f"board {fingerprint(decode_did(did))}"


def _describe(work: "Work", partner: "Partner") -> dict[str, Any]:
    from app.federation import partners

    replica = partners.get_replica(work, partner.did)
    return {
        "name": partner.name,
        "did": partner.did,
        "url": partner.url,
        "state": partner.state.value,
        "why": partner.why,
        "size": replica.size,
        "heard_at": replica.heard_at,
        "trouble": replica.trouble,
        "follows_rules": bool(partner.follows_rules),
        "most_entries": partner.most_entries,
        "most_bytes": partner.most_bytes,
        "copied_bytes": replica.copied_bytes,
        "set_aside": partners.count_aside(work, partner.did),
        "unconfirmed_erasures": partners.list_late(work).get(partner.did, 0),
        "grants": [
            {
                "giver": grant.giver,
                "boards": {board: sorted(rights) for board, rights in grant.boards.items()},
                "until": grant.until.isoformat(),
                "accepted": grant.accepted_on is not None,
                "ended": grant.ended_on is not None,
            }
            for grant in partners.list_grants(work, partner.did)
        ],
    }


def _read_key_card(text: str) -> tuple[str, str]:
    from app.crypto.multikey import decode_did
    from app.kernel.errors import MalformedError

    word, _, rest = " ".join(text.split()).partition(" ")
    did, _, address = rest.partition(" ")
    if word != _CARD or not _is_address(address):
        raise MalformedError(
            f"not a key card: it begins with {_CARD}, and then come a did:key and an address"
        )
    try:
        decode_did(did)
    except MalformedError as error:
        raise MalformedError("the key in this card is not whole: copy all of the line") from error
    return did, address


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _require_name(name: str) -> str:
    from app.kernel.errors import MalformedError
    from app.records.registry import slug

    try:
        slug(name)
    except MalformedError:
        name = ""
    if not 0 < len(name) <= _LONGEST_NAME:
        raise typer.BadParameter(
            f"at most {_LONGEST_NAME} small letters, digits and hyphens", param_hint="NAME"
        )
    return name


def _fetch_card(address: str, did: str) -> "VerifiedRecord":
    from app.federation.monitor import read_card
    from app.records.errors import WrongSignerError

    from .transport import Address

    with Address(address) as source:
        found = read_card(source)
    if found.signer != did:
        raise WrongSignerError("another instance answers at this address than the card names")
    return found
