"""The host's legal contact: a public key of age among the instance's, so that backups have it."""

from pathlib import Path
from typing import Final

from app.crypto.escrow import require_recipient

_NAME: Final = "keys/legal-contact.txt"


def read_legal_contact(data: Path) -> str:
    """Return the key of an instance's legal contact; empty where it has none.

    Read each time: a command sets it while the forum runs.
    """
    path = data / _NAME
    return path.read_text("ascii").strip() if path.exists() else ""


def set_legal_contact(data: Path, recipient: str) -> None:
    """Let words be sealed to this key from now on, or to none.

    Raises:
        MalformedError: no such key.

    """
    if recipient:
        require_recipient(recipient)
    write_private(data / _NAME, f"{recipient}\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that we alone read: all of it, or the old one stays."""
    new = path.with_name(f"{path.name}.new")
    new.touch(mode=0o600)
    new.write_text(text, "ascii")
    new.rename(path)
