"""Test vectors that others published. README.md says where each comes from and under which licence."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def read_bytes(name: str) -> bytes:
    """Return a file of this folder."""
    return (FOLDER / name).read_bytes()


def read_text(name: str) -> str:
    """Return a file of this folder as text."""
    return (FOLDER / name).read_text(encoding="utf-8")


def read_json(name: str) -> Any:
    """Return a file of this folder as JSON."""
    return json.loads(read_bytes(name))


def read_blocks(name: str) -> list[dict[str, str]]:
    """Return the `name = value` blocks of a file of key derivation vectors, one for each COUNT."""
    blocks: list[dict[str, str]] = []
    for line in read_text(name).splitlines():
        field, found, value = line.partition("=")
        if not found or line.startswith("#"):
            continue
        if field.strip() == "COUNT":
            blocks.append({})
        blocks[-1][field.strip()] = value.strip()
    return blocks
