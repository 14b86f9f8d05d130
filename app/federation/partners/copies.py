"""Copies of partners' files, where an author's erasure acts at once."""

from collections.abc import Iterable
from pathlib import Path

from app.federation.folders import path_of_record


def forget_copied(partners: Path, digests: Iterable[bytes]) -> None:
    """Remove erased records from every copy below a folder; the home's own log tells later."""
    paths = [path_of_record(digest) for digest in digests]
    for copy in sorted(partners.iterdir()) if partners.is_dir() else ():
        for path in paths:
            (copy / path).unlink(missing_ok=True)
