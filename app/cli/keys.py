"""Keys on one's own device: make them, sign cards and log-in proofs with them. All offline."""

import json
import os
import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from errno import EEXIST
from pathlib import Path
from typing import Annotated

import typer

from app import identity, records
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, fingerprint
from app.crypto.seed import Seed, parse_words
from app.identity import codec
from app.identity.codec import login_proofs
from app.identity.model import Card, KeyState
from app.kernel.errors import MalformedError
from app.records.codec import NONCE_BYTES, encode_nonce
from app.records.model import Custody
from app.records.registry import MOST_KEYS

from . import transport
from .output import emit, emit_bytes, emit_json, remark

_FORMAT = "goftogu-key-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What a key file holds: a posting key, and the custody that it declares in what it signs."""

    key: SigningKey
    custody: Custody = Custody.DEVICE


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(keygen)
    group = typer.Typer(no_args_is_help=True, help="Bring a key that exists to this device.")
    group.command(name="import")(import_key)
    app.add_typer(group, name="key")
    app.command()(card)
    app.command(name="login-proof")(login_proof)
    app.command()(revoke)


def keygen(
    out: Annotated[Path, typer.Option(help="Where to write the posting key; never overwritten.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print for a program.")] = False,
) -> None:
    """Make a new persona's keys: prints the 12 recovery words, once, and writes the posting key."""
    seed = Seed(secrets.token_bytes(16))
    posting = seed.posting_key()
    did, root = encode_did(posting.public), encode_did(seed.root_key().public)
    _write_key(out, KeyFile(key=posting))
    if as_json:
        emit_json(
            {
                "words": " ".join(seed.words()),
                "did": did,
                "root": root,
                "fingerprint": fingerprint(seed.root_key().public),
            }
        )
        return
    emit(" ".join(seed.words()))
    remark("These 12 words are the persona: write them on paper. They are not kept anywhere.")
    remark(f"Fingerprint, once it has a card: {fingerprint(seed.root_key().public)}")
    remark(f"Until then, that of its posting key: {fingerprint(posting.public)} (in {out})")


def import_key(
    out: Annotated[Path, typer.Option(help="Where to write the posting key; never overwritten.")],
    file: Annotated[
        Path | None,
        typer.Option("--file", help="A key file to copy; without it, the 12 words are asked for."),
    ] = None,
    card: Annotated[
        str,
        typer.Option(help="The persona's signed card, a file or an address: for a later key."),
    ] = "",
) -> None:
    """Write the key file of a persona that exists, from its 12 words or from another key file.

    The words are read from standard input. They lead to many keys: the card says which is in use;
    without it the first is taken, as one kept on a device.
    """
    if file is not None and card:
        raise typer.BadParameter("a key file names its key: give --file or --card, not both")
    if os.path.lexists(out):
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(out))
    if file is not None:
        kept = read_key(file)
    else:
        listed = _read_card(card) if card else None
        seed = parse_words(_read_secret("The 12 words: "))
        kept = _listed_key(seed, listed) if listed else KeyFile(key=seed.posting_key())
    _write_key(out, kept)
    remark(f"Posting key {fingerprint(kept.key.public)}, custody {kept.custody}, is in {out}")


def card(
    name: Annotated[str, typer.Option(help="The persona's name.")],
) -> None:
    """Sign a persona's first card with the 12 words, read from standard input."""
    seed = parse_words(_read_secret("The 12 words: "))
    nonce = encode_nonce(secrets.token_bytes(NONCE_BYTES))
    emit_bytes(identity.make_card(seed, name, Custody.DEVICE, today(), nonce))


def login_proof(
    key: Annotated[Path, typer.Option(help="The posting key's file.")],
    domain: Annotated[str, typer.Option(help="The instance's did:key, from the log-in page.")],
    challenge: Annotated[str, typer.Option(help="The challenge, from the log-in page.")],
    expires: Annotated[str, typer.Option(help="Until when, from the log-in page.")],
) -> None:
    """Sign a log-in challenge with a posting key; paste the result into the log-in page."""
    proof = login_proofs.sign_login_proof(
        read_key(key).key, domain=domain, challenge=challenge, expires=expires, day=today()
    )
    emit_bytes(proof)


def revoke(
    words: Annotated[
        bool, typer.Option("--words", help="Read the 12 words from standard input (the only way).")
    ] = True,
) -> None:
    """Sign a revocation of every key of the 12 words. Works offline; submit it to any instance."""
    if not words:
        raise typer.BadParameter("a revocation needs the words", param_hint="--words")
    seed = parse_words(_read_secret("The 12 words: "))
    nonce = encode_nonce(secrets.token_bytes(NONCE_BYTES))
    emit_bytes(identity.make_revocation(seed, nonce=nonce, day=today()))


def read_key(path: Path) -> KeyFile:
    """Return the posting key of a key file.

    Raises:
        MalformedError: not a key file, or one that was changed.

    """
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        if content["format"] == _FORMAT:
            key = SigningKey(bytes.fromhex(content["seed"]))
            if content["did"] == encode_did(key.public):
                return KeyFile(key=key, custody=Custody(content.get("custody", Custody.DEVICE)))
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedError(f"not a key file: {path}; `goftogu keygen` makes one") from error
    raise MalformedError(f"not a key file: {path}; `goftogu keygen` makes one")


def today() -> date:
    """Return the day, UTC."""
    return datetime.now(UTC).date()  # noqa: TID251 (a command is a door)


def read_day(typed: str, option: str) -> date:
    """Return a day as it was typed for an option."""
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise typer.BadParameter("a day like 2026-11-20", param_hint=option) from error


def _read_secret(prompt: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(prompt, hide_input=True, err=True, prompt_suffix=""))
    return sys.stdin.read()


def _write_key(out: Path, posting: KeyFile) -> None:
    """Write a key file that its owner alone can read.

    Raises:
        FileExistsError: something is there already.

    """
    content = {
        "format": _FORMAT,
        "did": encode_did(posting.key.public),
        "seed": posting.key.seed().hex(),
    }
    if posting.custody is not Custody.DEVICE:
        content["custody"] = posting.custody.value
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(json.dumps(content) + "\n")


def _read_card(source: str) -> Card:
    """Return what a signed card says; whoever carried it, its signature is verified here."""
    record = records.verify_record(records.parse_record(transport.read(source)))
    if record.type != "Person":
        raise MalformedError(f"not a persona's card: {source}")
    return codec.decode_card(record)


def _listed_key(seed: Seed, card: Card) -> KeyFile:
    """Return the key in use that both the words and the card know; the latest, if they are more.

    Raises:
        MalformedError: the card is another persona's, or none of its keys in use is of the words.

    """
    if card.root != encode_did(seed.root_key().public):
        raise MalformedError("the card belongs to another persona than the words")
    in_use = {line.did: line.custody for line in card.keys if line.state is KeyState.ACTIVE}
    for number in reversed(range(MOST_KEYS)):
        key = seed.posting_key(number)
        if encode_did(key.public) in in_use:
            return KeyFile(key=key, custody=in_use[encode_did(key.public)])
    raise MalformedError(
        "the card lists no key of these words that is in use: come back on its host's pages"
    )
