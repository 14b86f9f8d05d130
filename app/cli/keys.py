"""Keys on one's own device: make them, sign cards and log-in proofs with them. All offline."""

import json
import os
import secrets
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from app import identity
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, fingerprint
from app.crypto.seed import Seed, parse_words
from app.identity import codec
from app.kernel.errors import MalformedError
from app.records.codec import NONCE_BYTES, encode_nonce
from app.records.model import Custody

from .output import emit, emit_bytes, emit_json, remark

_FORMAT = "goftogu-key-1"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(keygen)
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
    text = json.dumps({"format": _FORMAT, "did": did, "seed": posting.seed().hex()}) + "\n"
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
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
    proof = codec.sign_login_proof(
        read_key(key), domain=domain, challenge=challenge, expires=expires, day=today()
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


def read_key(path: Path) -> SigningKey:
    """Return the posting key of a key file.

    Raises:
        MalformedError: not a key file.

    """
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        if content["format"] == _FORMAT:
            return SigningKey(bytes.fromhex(content["seed"]))
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedError(f"not a key file: {path}") from error
    raise MalformedError(f"not a key file: {path}")


def today() -> date:
    """Return the day, UTC."""
    return datetime.now(UTC).date()  # noqa: TID251 (a command is a door)


def _read_secret(prompt: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(prompt, hide_input=True, err=True, prompt_suffix=""))
    return sys.stdin.read()
