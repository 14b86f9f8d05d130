"""Commands of witnessing: the logs that this host looks after, and the witnesses that it asks."""

from typing import TYPE_CHECKING, Annotated

import typer

from .opened import opened_house
from .output import emit, remark

if TYPE_CHECKING:
    from app.kernel.strict_json import JsonObject


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Look after other hosts' logs, and have them look after ours."
    )
    group.command()(add)
    group.command()(ask)
    group.command()(remove)
    group.command(name="list")(list_all)
    group.command()(renew)
    app.add_typer(group, name="witness")


def add(
    log: Annotated[str, typer.Argument(help="A log's verifier key, or its host's address.")],
) -> None:
    """Look after a log: cosign what it asks for, as long as it only grows. May be repeated."""
    from app import wiring
    from app.crypto.note_keys import parse_verifier_key
    from app.kernel.errors import ConflictError

    text = _fetch_card(log)["urn:goftogu:logKey"] if _is_address(log) else log
    key = parse_verifier_key(text)
    with opened_house() as house:
        if key.key == house.sequencer.published.key.key:
            raise ConflictError("this is our own log, which others look after: `witness ask` them")
        wiring.open_witness(house).memory.add(key, may_join=not _is_address(log))
    remark(f"This host looks after {key.name}.")


def ask(
    address: Annotated[str, typer.Argument(help="A host's address, or a submission prefix.")],
    key: Annotated[
        str, typer.Argument(help="The witness's verifier key, if no host's card has it.")
    ] = "",
) -> None:
    """Have a witness sign at each tick that our log only grew. Say it again for a new key."""
    from app import tlog, wiring
    from app.crypto.note_keys import parse_verifier_key
    from app.kernel.errors import ConflictError

    prefix = address if key else f"{address.rstrip('/')}/witness"
    parsed = parse_verifier_key(key or _fetch_card(address)["urn:goftogu:witnessKey"])
    with opened_house() as house:
        if parsed.key == wiring.open_witness(house).verifier.key:
            raise ConflictError("this is our own witness, which shows nobody anything: ask another")
        with house.db.write() as work:
            tlog.begin_asking(work, parsed, prefix)
    remark(f"{parsed.name} is asked to sign that our log only grows, while the worker runs.")


def remove(
    name: Annotated[str, typer.Argument(help="As `witness list` prints it.")],
) -> None:
    """Look after a log no more, or ask a witness no more. What we signed of a log is remembered."""
    from app import tlog, wiring
    from app.kernel.errors import NotFoundError

    try:
        with opened_house() as house:
            with house.db.read() as work:
                is_asked = any(witness.name == name for witness in tlog.list_witnessed(work))
            if is_asked:
                with house.db.write() as work:
                    tlog.stop_asking(work, name)
            else:
                wiring.open_witness(house).memory.remove(name)
    except NotFoundError as error:
        raise NotFoundError(f"not on our list, which is `goftogu witness list`: {name}") from error
    remark(f"{name} is on our list no more.")


def list_all() -> None:
    """Print what we look after and whom we ask: which of both, name, entries last signed."""
    from app import tlog, wiring
    from app.kernel.errors import UnavailableError

    with opened_house() as house:
        with house.db.read() as work:
            asked = tlog.list_witnessed(work)
        memory = wiring.open_witness(house).memory
        for witness in asked:
            emit(f"asked\t{witness.name}\t{witness.tree_size}\t{witness.url}")
        try:
            logs = memory.list_logs()
        except UnavailableError as error:
            remark(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return
        if not asked and not logs:
            remark(
                "Nobody yet: `goftogu witness add` looks after a log, `ask` has ours looked after."
            )
        for log in logs:
            size = log.latest.tree.size if log.latest else 0
            emit(f"looked after\t{log.origin}\t{size}")
            if memory.has_evidence(log.origin):
                remark(
                    f"{log.origin} signed two histories: see log/witness/evidence in the folder."
                )


def renew() -> None:
    """Make a new witness key without a past, after a restore. Tell those whose logs ask us."""
    from app import wiring

    with opened_house() as house:
        key = wiring.renew_witness(house).verifier
    emit(key.encode())
    remark("Start `serve` anew, and say `witness add` again for each log.")


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _fetch_card(address: str) -> "JsonObject":
    """Return what the card of an instance says, after its signature was verified."""
    from app import records
    from app.crypto.multikey import decode_did, fingerprint
    from app.kernel.errors import MalformedError

    from . import transport

    raw = transport.fetch(f"{address.rstrip('/')}/.well-known/goftogu")
    record = records.verify_record(records.parse_record(raw))
    if record.document["type"] != "Application":
        raise MalformedError("there is another record than an instance's card at this address")
    mark = fingerprint(decode_did(record.signer))
    remark(f"The host's fingerprint is {mark}: compare it with one that you got elsewhere.")
    return record.document
