"""BagIt 1.0 (RFC 8493): a folder in which files say by their digests what else is in it.

Payload stands under `data/`, beside it the tag files. A bag is read in one form only: what these
functions make of its files must be the very files.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from .errors import DamagedBundleError, NotABundleError

PAYLOAD: Final = "data/"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
_MANIFEST: Final = "manifest-sha256.txt"
_DECLARATION: Final = "bagit.txt"
_MADE: Final = {_MANIFEST, _DECLARATION, TAG_MANIFEST}


def build_bag(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return payload and tag files with the declaration and the manifests beside them."""
    payload = {name: content for name, content in files.items() if name.startswith(PAYLOAD)}
    tags = {name: content for name, content in files.items() if name not in payload}
    tags[_DECLARATION] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    tags[_MANIFEST] = _list_digests(payload)
    return {**payload, **tags, TAG_MANIFEST: _list_digests(tags)}


def verify_bag(files: Mapping[str, bytes]) -> None:
    """Verify that manifests name all files of a bag by their digests, and nothing else.

    Raises:
        NotABundleError: it has no manifests.
        DamagedBundleError: a file is another one than a manifest names.

    """
    if not files.keys() >= _MADE:
        raise NotABundleError("no bag: it has no declaration or no manifests")
    expected = build_bag({name: files[name] for name in files.keys() - _MADE})
    for name in (_DECLARATION, _MANIFEST, TAG_MANIFEST):
        if expected[name] != files[name]:
            raise DamagedBundleError(f"the files are not those that {name} names")


def _list_digests(files: Mapping[str, bytes]) -> bytes:
    lines = (f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode()
