"""The one form of a bundle: whatever else a host could sign is refused, and it is said why."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from app.crypto.multikey import encode_did
from app.federation.bundles import archive, codec
from app.federation.bundles.archive import read_archive, write_archive
from app.federation.bundles.bag import TAG_MANIFEST, build_bag
from app.federation.bundles.codec import Contents, Place, Scope, read_bundle, write_bundle
from app.federation.bundles.errors import DamagedBundleError, NotABundleError
from app.kernel import strict_json
from app.kernel.errors import AppError, MalformedError, TooLargeError
from app.records.codec import MAX_RECORD_BYTES

from tests import factories
from tests.federation.made import remade

KEY = factories.person("Ava").root_key
CONTENTS = Contents(
    scope=Scope(board=factories.SQUARE.did, slug="square", day=factories.TODAY),
    newest=factories.TODAY,
    records=(b'{"a":1}', b'{"a":2}'),
    places=(Place(index=3, path=()), Place(index=5, path=(bytes(32),))),
    checkpoint=b"a checkpoint\n",
    policy=b"a policy\n",
    card=b"{}",
    page=b"<p>water",
)
RAW = write_bundle(CONTENTS, KEY)
FILES = read_archive(RAW)
BASE = next(iter(FILES)).partition("/")[0]
PROOFS = FILES[f"{BASE}/data/proofs.txt"]
INFO = FILES[f"{BASE}/bag-info.txt"]


def signed(info: bytes = INFO, signature: bytes | None = None, base: str = BASE) -> bytes:
    """Return a bundle with another description, signature or folder, and manifests that fit it."""
    made = {"bagit.txt", "manifest-sha256.txt", TAG_MANIFEST, "signature.json"}
    files = {name.removeprefix(f"{BASE}/"): content for name, content in FILES.items()}
    kept = {name: content for name, content in files.items() if name not in made}
    bag = build_bag({**kept, "bag-info.txt": info})
    bag["signature.json"] = signature or codec._sign(bag[TAG_MANIFEST], CONTENTS.newest, KEY)
    return write_archive({f"{base}/{name}": content for name, content in bag.items()})


def changed(**payload: bytes) -> Callable[[], bytes]:
    """Return what gives a bundle with other payload files, signed by its host."""
    named = {f"data/{name.replace('_', '.')}": content for name, content in payload.items()}
    return lambda: remade(RAW, lambda files: files.update(named), KEY)


def without(name: str) -> bytes:
    """Return an archive that lacks a file."""
    return write_archive({at: content for at, content in FILES.items() if at != f"{BASE}/{name}"})


REFUSED = {
    "lacks its policy": (lambda: without("data/policy"), NotABundleError, "lacks a file"),
    "lacks its signature": (lambda: without("signature.json"), NotABundleError, "lacks a file"),
    "lacks a manifest": (lambda: without("manifest-sha256.txt"), NotABundleError, "no bag"),
    "a file that no manifest names": (lambda: write_archive({**FILES, f"{BASE}/more": b""}), DamagedBundleError, "not those"),
    "two folders": (lambda: write_archive({**FILES, "other/more": b""}), NotABundleError, "one folder"),
    "a folder of another name": (lambda: signed(base="goftogu-square"), DamagedBundleError, "another name"),
    "no description": (lambda: signed(b"water\n"), NotABundleError, "bag-info.txt"),
    "a description of other sizes": (lambda: signed(INFO.replace(b"Oxum: ", b"Oxum: 9")), DamagedBundleError, "does not fit"),
    "a day that no calendar has": (lambda: signed(INFO.replace(b"day 2026-11", b"day 2026-13")), MalformedError, "not a day"),
    "a signature too long": (lambda: signed(signature=bytes(MAX_RECORD_BYTES + 1)), TooLargeError, "too long"),
    "a signature of nobody": (lambda: signed(signature=strict_json.encode({"proof": {}})), MalformedError, "not the signature"),
    "a line without its end": (changed(records_jsonl=b'{"a":1}\n{"a":2}'), MalformedError, "lines"),
    "a line that is too long": (changed(records_jsonl=b"1" * (MAX_RECORD_BYTES + 1) + b"\n"), TooLargeError, "65,536"),
    "proofs higher than any tree": (changed(proofs_txt=b"\n" * 1000), TooLargeError, "higher|longer"),
    "a proof too few": (changed(proofs_txt=PROOFS.partition(b"\n\n")[2]), MalformedError, "as many proofs"),
    "places out of order": (changed(proofs_txt=PROOFS.replace(b"index 3", b"index 7")), MalformedError, "another order"),
    "a place twice": (changed(proofs_txt=PROOFS.replace(b"index 3", b"index 5")), MalformedError, "another order"),
    "no place": (changed(proofs_txt=PROOFS.replace(b"index 3", b"place 3")), MalformedError, "not an inclusion proof"),
}  # fmt: skip


def test_what_was_written_is_read() -> None:
    read = read_bundle(RAW)

    assert (read.contents, read.host) == (CONTENTS, encode_did(KEY.public))
    assert read_bundle(signed()) == read


@pytest.mark.parametrize(("make", "error", "said"), REFUSED.values(), ids=REFUSED)
def test_other_form_is_refused(make: Callable[[], bytes], error: type[AppError], said: str) -> None:
    with pytest.raises(error, match=said):
        read_bundle(make())


def test_more_than_a_bundle_may_hold_is_not_written() -> None:
    with pytest.raises(TooLargeError, match="too many records"):
        write_bundle(replace(CONTENTS, records=(b"{}",) * (codec.MOST_RECORDS + 1)), KEY)


def test_directory_that_ends_too_early_is_refused() -> None:
    with pytest.raises(NotABundleError, match="ends too early"):
        list(archive._read_directory(RAW[:40], 0, 1))
