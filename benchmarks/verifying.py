"""What it costs to believe a record, against the least that a signature can cost.

One side parses and verifies a post of 255 Persian characters as the door does: strict JSON,
canonical bytes, shape of its type, two hashes, signature; the key itself was checked when it was
first seen. The other is one bare Ed25519 verification by `cryptography` of a 64-byte message. What
a record costs whose key was never seen before is measured beside them. All take turns, so that
whatever else the machine does meets them alike.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from time import perf_counter_ns
from typing import Final

from app import records
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.forum import Draft, Text, sign_post
from app.records import Custody
from benchmarks.figures import Figure
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_TURNS: Final = 4_000
_WARM_UP: Final = 200
_NAMES: Final = ("verify one record", "verify one record, new key", "verify one bare signature")
_BAR: Final = 2.0
_PHRASE: Final = "آب رودخانه امسال زودتر از همیشه کم شد و کسی نگفت چرا؛ "


def measure() -> list[Figure]:
    """Measure both and their ratio."""
    known, bare = _record(0), _bare_verification()
    strangers = [_record(number) for number in range(1, _TURNS + 1)]
    for _ in range(_WARM_UP):
        _verify(known)
        bare()
    turns = [
        (_time(partial(_verify, known)), _time(partial(_verify, stranger)), _time(bare))
        for stranger in strangers
    ]
    record, first_seen, signature = (
        Figure(name=name, unit="µs", samples=samples)
        for name, samples in zip(_NAMES, zip(*turns, strict=True), strict=True)
    )
    ratio = record.median / signature.median
    return [
        record,
        first_seen,
        signature,
        Figure(name="record / bare signature", unit="", samples=[ratio], bar=_BAR),
    ]


def _record(number: int) -> bytes:
    """Return the signed bytes of a reply of 255 Persian characters by one of many keys."""
    text = (_PHRASE * 6)[:255]
    board = encode_did(SigningKey(bytes(32)).public)
    draft = Draft(
        text=Text(language="fa", markdown=text, title=None),
        board=board,
        reply_to=f"ap://{board}/objects/{'a' * 26}",
        quotes=(),
        custody=Custody.DEVICE,
    )
    key = SigningKey(number.to_bytes(32, "big"))
    return sign_post(key, draft, nonce="b" * 26, day=date(2026, 11, 21))


def _verify(raw: bytes) -> None:
    records.verify_record(records.parse_record(raw))


def _bare_verification() -> Callable[[], None]:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, message = private.public_key(), bytes(64)
    signature = private.sign(message)
    return lambda: public.verify(signature, message)


def _time(work: Callable[[], None]) -> float:
    begun = perf_counter_ns()
    work()
    return (perf_counter_ns() - begun) / 1_000
