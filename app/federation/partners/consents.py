"""What each successor signs under a takeover, and the line in which operators pass it on."""

from typing import Final

from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.kernel import strict_json
from app.kernel.errors import MalformedError
from app.kernel.strict_json import JsonObject

from .errors import SuccessionError
from .model import Takeover
from .succession import consent, decode_takeover, find_order

_CONSENT: Final = "goftogu-takeover "


def agree(work: Work, key: SigningKey, own_did: str, takeover: Takeover) -> JsonObject:
    """Return this instance's signature under a takeover.

    Raises:
        SuccessionError: the board's key did not name this instance.

    """
    if own_did not in find_order(work, takeover.board).successors:
        raise SuccessionError("this host is none of the board's successors")
    return consent(key, takeover)


def encode_consent(takeover: Takeover, signed: JsonObject) -> str:
    """Return one successor's signature as a line for whoever takes the board over."""
    document = {**takeover.members(), "urn:goftogu:consents": [signed]}
    return _CONSENT + strict_json.encode(document).decode()


def parse_consent(line: str) -> tuple[Takeover, JsonObject]:
    """Read what a successor signed; whether the signature holds, `accept_move` says.

    Raises:
        MalformedError: it is something else.

    """
    if not line.startswith(_CONSENT):
        raise MalformedError(f"not a successor's signature: it begins with {_CONSENT.strip()}")
    document = strict_json.decode(line.removeprefix(_CONSENT).strip().encode())
    try:
        takeover, _ = decode_takeover(document)
        (signed,) = document["urn:goftogu:consents"]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedError("not a successor's signature") from error
    return takeover, signed
