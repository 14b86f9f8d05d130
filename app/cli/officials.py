"""`goftogu official`: whom this host believes about offices, and how the two sides sign one."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from .keys import read_day, read_key, today
from .opened import opened_house
from .output import emit, emit_bytes, remark

if TYPE_CHECKING:
    from app.hearings import Attester
    from app.kernel.strict_json import JsonObject
    from app.records import VerifiedRecord

_WITHIN_S: Final = 30.0
_OK: Final = 200
_MOST_NAME: Final = 120
KeyPath = Annotated[Path, typer.Option(help="The signer's key file, as `goftogu keygen` makes it.")]
Offered = Annotated[
    str, typer.Argument(help="The ministry's signed record: a file, or its address under /records/")
]
Until = Annotated[str, typer.Option(help="The first day without the office, like 2027-11-21.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="Say whose word makes officials here.")
    group.command()(ministry)
    group.command()(university)
    group.command()(remove)
    group.command(name="list")(list_all)
    group.command()(line)
    group.command()(offer)
    group.command()(attest)
    group.command()(end)
    app.add_typer(group, name="official")


def ministry(
    domain: Annotated[str, typer.Argument(help="The ministry's own domain, like water.example.")],
    name: Annotated[str, typer.Option(help="What readers see on the page of officials.")],
) -> None:
    """Believe the key at a ministry's domain about its own offices. Say it again for a new key.

    The key is read at https://DOMAIN/.well-known/goftogu-official, and nothing is followed to
    another place. Compare its fingerprint with one that you got from the ministry elsewhere.
    """
    from app.records.registry.shapes import domain as require_domain

    require_domain(domain)
    did = _fetch_key(domain)
    _believe(did, "ministry", name, domain)


def university(
    did: Annotated[str, typer.Argument(help="Its did:key, from its own hand.")],
    name: Annotated[str, typer.Option(help="What readers see on the page of officials.")],
) -> None:
    """Believe a partner university's key, as the second signature of every office."""
    from app.hearings.files import parse_key

    _believe(parse_key(did), "university", name, "")


def remove(
    did: Annotated[str, typer.Argument(help="The key, as `official list` prints it.")],
) -> None:
    """Believe a key no more: every office that stands on it ends at once."""
    from app import hearings

    with opened_house() as house, house.db.write() as work:
        hearings.doubt(work, did)
    remark("It is believed no more, and its offices are over. The page of officials says so.")


def list_all() -> None:
    """Print whom this host believes: kind, key, domain, name, and since when no more."""
    from app import hearings

    with opened_house() as house, house.db.read() as work:
        attesters = hearings.list_attesters(work)
    if not attesters:
        remark("Nobody: `official ministry` and `official university` add the two signatures.")
    for each in attesters:
        ended = each.ended_on.isoformat() if each.ended_on else ""
        emit(f"{each.kind.value}\t{each.did}\t{each.domain}\t{each.name}\t{ended}".rstrip("\t"))


def line(key: KeyPath) -> None:
    """Print the one line that a ministry puts at /.well-known/goftogu-official on its domain."""
    from app.crypto.multikey import encode_did

    emit(encode_did(read_key(key).key.public))


def offer(
    key: KeyPath,
    root: Annotated[str, typer.Option("--for", help="The official's whole key, from its page.")],
    title: Annotated[str, typer.Option(help="The office, like “Deputy minister for water”.")],
    institution: Annotated[str, typer.Option(help="Like “Ministry of Energy”.")],
    domain: Annotated[str, typer.Option(help="The ministry's own domain, where its key stands.")],
    topics: Annotated[str, typer.Option(help="What the official may answer for.")],
    lang: Annotated[list[str], typer.Option(help="A language of the answers; may be repeated.")],
    until: Until,
) -> None:
    """Sign an office for a persona, for a ministry; prints the record, ready to hand in."""
    from app.hearings.files import parse_key

    members: JsonObject = {
        "object": f"ap://{parse_key(root)}/actor",
        "urn:goftogu:office": {
            "title": title,
            "institution": institution,
            "domain": domain,
            "topics": topics,
            "languages": list(dict.fromkeys(lang)),
        },
        "urn:goftogu:until": _future(until),
    }
    _sign(key, "Offer", members)


def attest(
    record: Offered,
    key: KeyPath,
    name: Annotated[str, typer.Option(help="The university's name.")],
    until: Until,
) -> None:
    """Attest an office, for a university; prints the record. The earlier of two days counts."""
    offered = _load_offer(record)
    members = {
        "object": _name(offered),
        "urn:goftogu:attests": name,
        "urn:goftogu:until": _future(until),
    }
    _sign(key, "Accept", members)


def end(
    record: Offered,
    key: KeyPath,
    why: Annotated[str, typer.Option(help="Why, in a sentence; it stands in the log for good.")],
) -> None:
    """End an office that this key offered or attested; prints the record."""
    _sign(key, "Undo", {"object": _name(_load_offer(record)), "urn:goftogu:ends": why})


def _believe(did: str, kind: str, name: str, domain: str) -> None:
    from app import hearings
    from app.crypto.multikey import decode_did, fingerprint
    from app.hearings import AttesterKind
    from app.records.registry import line as require_line

    require_line(_MOST_NAME)(name)
    attester: Attester = hearings.Attester(
        did=did, kind=AttesterKind(kind), name=name, domain=domain, checked_on=today()
    )
    with opened_house() as house, house.db.write() as work:
        hearings.believe(work, attester)
    emit(did)
    remark(
        f"Its fingerprint is {fingerprint(decode_did(did))}: compare it with one from elsewhere."
    )


def _fetch_key(domain: str) -> str:
    """Return the key that a domain names as its own.

    Raises:
        NetworkError: not reachable.
        RefusedError: another answer than the file, or too long a one.
        AttesterUnfitError: the file names no key.

    """
    from app.hearings.files import MOST_BYTES, PATH, parse_key_file
    from app.kernel.errors import MalformedError, TooLargeError, UnavailableError
    from app.settings import Settings
    from app.web import outbound

    from .transport import NetworkError, RefusedError

    # An onion address is its own certificate.
    scheme = "http" if domain.endswith(".onion") else "https"
    url = f"{scheme}://{domain}{PATH}"
    try:
        way = Settings().way_to(url)
        answer = outbound.exchange("GET", url, within_s=_WITHIN_S, way=way, most=MOST_BYTES)
    except UnavailableError as error:
        raise NetworkError(str(error)) from error
    except (TooLargeError, MalformedError) as error:
        raise RefusedError(f"{url}: {error}") from error
    if answer.status != _OK:
        raise RefusedError(
            f"{url} answers {answer.status}: the ministry puts one line there, which"
            " `goftogu official line` prints, and leads to no other address"
        )
    return parse_key_file(answer.body)


def _load_offer(source: str) -> "VerifiedRecord":
    from app.kernel.errors import MalformedError
    from app.records import parse_record, verify_record

    from . import transport

    record = verify_record(parse_record(transport.read(source)))
    if record.type != "Offer/official":
        raise MalformedError("this record offers no office: the page of officials leads to those")
    return record


def _name(record: "VerifiedRecord") -> "JsonObject":
    from app.crypto.multikey import encode_digest

    return {"id": record.id, "digestMultibase": encode_digest(record.digest)}


def _future(typed: str) -> str:
    day = read_day(typed, "--until")
    if day <= today():
        raise typer.BadParameter("this day has passed", param_hint="--until")
    return day.isoformat()


def _sign(path: Path, wire_type: str, members: "JsonObject") -> None:
    from app.records import parse_record, verify_record
    from app.records.codec import NONCE_BYTES, encode_nonce, sign_record

    nonce = encode_nonce(secrets.token_bytes(NONCE_BYTES))
    raw = sign_record(read_key(path).key, wire_type, members, nonce=nonce, day=today())
    # What the door would refuse must not leave this device looking signed and good.
    verify_record(parse_record(raw))
    emit_bytes(raw)
