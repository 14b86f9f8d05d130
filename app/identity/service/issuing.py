"""What issuers of blind tokens have in common, whatever their tokens are for.

Each purpose has one key a month. Its private half is kept sealed under the instance's key, so that
the database alone signs nothing; what it signs it does not see.
"""

from collections.abc import Callable

from app.crypto import blind
from app.crypto.ed25519 import SigningKey
from app.crypto.sealing import NONCE_BYTES, derive_key, open_box, seal
from app.db import Work
from app.identity.rules import cohorts
from app.kernel.clock import day_of


def this_month(work: Work) -> str:
    """Return the cohort that tokens given now are of."""
    return cohorts.cohort_of(day_of(work.now))


def seal_key(work: Work, instance: SigningKey, key: blind.BlindSigningKey, context: str) -> bytes:
    """Return a month's private key in a box; `context` names its purpose and its month."""
    nonce = work.randomness.token_bytes(NONCE_BYTES)
    return seal(_sealing_key(instance, context), key.encode(), context=context, nonce=nonce)


def sign_blinded(
    work: Work, instance: SigningKey, box: bytes, blinded: bytes, context: str
) -> bytes:
    """Return the answer to a blinded token, with the key in a box that `seal_key` made.

    Takes about 7 ms: a power of two halves of the modulus.

    Raises:
        MalformedError: not a blinded message for this key.

    """
    raw = open_box(_sealing_key(instance, context), box, context=context)
    key = blind.BlindSigningKey(raw, is_from_box=True)
    return key.blind_sign(blinded, factor=work.randomness.token_bytes(key.public.factor_bytes))


def make_token(
    work: Work, key: blind.BlindPublicKey, message: bytes, sign: Callable[[bytes], bytes]
) -> tuple[bytes, bytes]:
    """Return prefix and signature of a token for somebody whose browser has no scripts.

    For the length of this call the server knows both sides, and could note which token it gave to
    whom. It notes nothing; but who must not trust it for that blinds on a device of their own.
    `sign` answers what is blinded, and raises what its purpose refuses.
    """
    draw = work.randomness.token_bytes
    prefix = draw(blind.PREFIX_BYTES)
    prepared = blind.prepare(message, prefix=prefix)
    salt, factor = draw(blind.SALT_BYTES), draw(key.factor_bytes)
    blinded = blind.blind(key, prepared, salt=salt, factor=factor)
    return prefix, blind.finalize(key, prepared, sign(blinded.message), blinded.secret)


def _sealing_key(instance: SigningKey, context: str) -> bytes:
    return derive_key(instance.seed(), context)
