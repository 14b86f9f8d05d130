"""Blind RSA signatures: RFC 9474, variant RSABSSA-SHA384-PSS-Randomized.

An issuer signs a token that it does not see, and knows it neither when it comes back nor from its
own notes: for each answer it gave and each token there is exactly one blinding factor that joins
the two, so that all pairs look alike.

    holder   prepared = prepare(message)   blinded, secret = blind(prepared)
    issuer   answer = key.blind_sign(blinded)
    holder   signature = finalize(answer, secret)
    anyone   verify_signature(prepared, signature)

The random prefix of a prepared message keeps this true even where the issuer made its key with
malice (RFC 9474, section 7.3). What it cannot keep is a key made for one holder alone: whoever asks
for a token must know that everybody has the same key.

Two tokens with one prepared message are one token: whoever remembers spent ones goes by that.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256, sha384
from math import gcd
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from app.kernel.errors import CorruptStateError, MalformedError, VerificationError

from .secret import Secret

EXPONENT: Final = 65_537
LEAST_BITS: Final = 2048
MOST_BITS: Final = 4096
PREFIX_BYTES: Final = 32
HASH_BYTES: Final = 48
SALT_BYTES: Final = 48
# So many bytes beyond the modulus bring a number drawn below it within 2⁻¹²⁸ of uniform.
_SPARE_BYTES: Final = 16
_PADDING: Final = PSS(MGF1(SHA384()), SALT_BYTES)


@dataclass(frozen=True, slots=True)
class BlindPublicKey:
    """An issuer's public key. Made by `require_key` only."""

    raw: bytes
    """The SubjectPublicKeyInfo (RFC 3279, rsaEncryption) in DER."""
    modulus: int = field(repr=False, compare=False)
    rsa: RSAPublicKey = field(repr=False, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of `raw` in base64url: how records and cards name a key."""
        return urlsafe_b64encode(sha256(self.raw).digest()).decode().rstrip("=")

    @property
    def size(self) -> int:
        """The bytes of the modulus, of a blinded message and of a signature."""
        return self.modulus.bit_length() // 8

    @property
    def factor_bytes(self) -> int:
        """How many random bytes `blind` and `blind_sign` need."""
        return self.size + _SPARE_BYTES


class Issuer(NamedTuple):
    """A key, and what for and in which month it signs. In one month everybody has the same."""

    purpose: str
    """One word in small letters, with hyphens."""
    month: str
    """`2026-11`"""
    key: BlindPublicKey

    @property
    def line(self) -> str:
        """What an instance's signed card says of it: the key itself is too long for a QR code."""
        return f"{self.purpose} {self.month} {self.key.digest}"


@dataclass(frozen=True, slots=True)
class Blinded:
    """What `blind` gives: one part for the issuer, one that its holder keeps."""

    message: bytes
    """For the issuer, as long as its modulus."""
    secret: int = field(repr=False)
    """The inverse of the blinding factor. Whoever knows it can join token and issuer's notes."""


class BlindSigningKey(Secret):
    """An issuer's private key."""

    __slots__ = ("_numbers", "_raw", "public")

    def __init__(self, raw: bytes, *, is_from_box: bool = False) -> None:
        """Read a PKCS #8 key in DER.

        `is_from_box` is for bytes that this class gave and that come out of a sealed box of ours.
        Their numbers were checked before they went in, and to check them each time takes six times
        as long as to sign with them; `blind_sign` lets nothing out that does not verify.

        Raises:
            MalformedError: no RSA key, numbers that contradict each other, or a key that
                `require_key` refuses.

        """
        try:
            key = load_der_private_key(raw, None, unsafe_skip_rsa_key_validation=is_from_box)
        except (ValueError, TypeError) as error:
            raise MalformedError("not an issuer's private key") from error
        if not isinstance(key, RSAPrivateKey):
            raise MalformedError("not an issuer's private key")
        try:
            self.public = require_key(_encode(key.public_key()))
        except VerificationError as error:
            raise MalformedError("not an issuer's private key") from error
        self._raw, self._numbers = raw, key.private_numbers()

    def blind_sign(self, message: bytes, *, factor: bytes) -> bytes:
        """Return the signature of a blinded message (RFC 9474, section 4.3), as long as it.

        Args:
            message: what came from the holder.
            factor: `public.factor_bytes` new random bytes. They mask what the private key is
                raised on, since Python's powers take longer for some numbers than for others.

        Raises:
            MalformedError: `message` has another length or is not below the modulus, or `factor`
                has another length or no inverse.
            CorruptStateError: the result does not verify. It must not leave: with one wrong half
                it would tell the primes.

        """
        modulus = self.public.modulus
        value = int.from_bytes(message)
        if len(message) != self.public.size or value >= modulus:
            raise MalformedError("not a blinded message for this issuer's key")
        mask = _factor_below(self.public, factor)
        masked = self._raise_to_secret(value * pow(mask, EXPONENT, modulus) % modulus)
        signature = masked * pow(mask, -1, modulus) % modulus
        if pow(signature, EXPONENT, modulus) != value:
            raise CorruptStateError("an issuer's key computed a wrong signature")
        return signature.to_bytes(self.public.size)

    def _raise_to_secret(self, value: int) -> int:
        # By the Chinese remainder theorem: a third of the time of one power modulo the product.
        numbers = self._numbers
        first = pow(value, numbers.dmp1, numbers.p)
        second = pow(value, numbers.dmq1, numbers.q)
        return second + numbers.q * ((first - second) * numbers.iqmp % numbers.p)

    def encode(self) -> bytes:
        """Return the secret bytes (PKCS #8 in DER), to be sealed at once."""
        return self._raw


def make_key(bits: int = LEAST_BITS) -> BlindSigningKey:
    """Return a new issuer's key. OpenSSL draws its primes and takes no randomness from us."""
    key = generate_private_key(EXPONENT, bits)
    return BlindSigningKey(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


@lru_cache(maxsize=64)
def require_key(raw: bytes) -> BlindPublicKey:
    """Return the key of a SubjectPublicKeyInfo in DER after the key check.

    Raises:
        VerificationError: no RSA key in the one form of its bytes, a modulus shorter than 2048
            bits, longer than 4096 or not of whole bytes, or another exponent than 65537.

    """
    try:
        key = load_der_public_key(raw)
    except ValueError as error:
        raise VerificationError("not an issuer's public key") from error
    if not isinstance(key, RSAPublicKey) or _encode(key) != raw:
        raise VerificationError("not an issuer's public key")
    numbers = key.public_numbers()
    if numbers.e != EXPONENT:
        raise VerificationError("an issuer's public key has another exponent than 65537")
    if not LEAST_BITS <= key.key_size <= MOST_BITS or key.key_size % 8:
        raise VerificationError("an issuer's public key has a size that we do not take")
    return BlindPublicKey(raw, numbers.n, key)


def prepare(message: bytes, *, prefix: bytes) -> bytes:
    """Return the prepared message: 32 new random bytes, then `message` (RFC 9474, section 4.1).

    Raises:
        MalformedError: the prefix has another length.

    """
    if len(prefix) != PREFIX_BYTES:
        raise MalformedError("a prepared message begins with 32 random bytes")
    return prefix + message


def blind(key: BlindPublicKey, prepared: bytes, *, salt: bytes, factor: bytes) -> Blinded:
    """Return what the issuer is to sign, and what takes the blinding off again (section 4.2).

    Args:
        key: the issuer's, the same for everybody.
        prepared: from `prepare`.
        salt: 48 new random bytes, for the padding.
        factor: `key.factor_bytes` new random bytes, for the blinding.

    Raises:
        MalformedError: salt or factor has another length, or the factor has no inverse.
        VerificationError: the message shares a factor with the modulus: the key is not sound.

    """
    value = int.from_bytes(_pad(prepared, salt, key.modulus.bit_length() - 1))
    if gcd(value, key.modulus) != 1:
        raise VerificationError("an issuer's public key is not sound")
    hidden = _factor_below(key, factor)
    blinded = value * pow(hidden, EXPONENT, key.modulus) % key.modulus
    return Blinded(blinded.to_bytes(key.size), pow(hidden, -1, key.modulus))


def finalize(key: BlindPublicKey, prepared: bytes, answer: bytes, secret: int) -> bytes:
    """Return the signature over a prepared message from the issuer's answer (section 4.4).

    Raises:
        MalformedError: the answer has another length.
        VerificationError: what comes out does not verify: the issuer signed something else.

    """
    if len(answer) != key.size:
        raise MalformedError("not an answer of this issuer's key")
    signature = (int.from_bytes(answer) * secret % key.modulus).to_bytes(key.size)
    verify_signature(key, prepared, signature)
    return signature


def verify_signature(key: BlindPublicKey, prepared: bytes, signature: bytes) -> None:
    """Verify a signature over a prepared message: RSASSA-PSS with SHA-384 and 48 bytes of salt.

    Raises:
        VerificationError: it does not hold, or the message is shorter than its prefix.

    """
    if len(prepared) < PREFIX_BYTES:
        raise VerificationError("the signature does not hold")
    try:
        key.rsa.verify(signature, prepared, _PADDING, SHA384())
    except InvalidSignature as error:
        raise VerificationError("the signature does not hold") from error


def _factor_below(key: BlindPublicKey, factor: bytes) -> int:
    if len(factor) != key.factor_bytes:
        raise MalformedError("a blinding factor has another length")
    value = int.from_bytes(factor) % key.modulus
    if gcd(value, key.modulus) != 1:
        raise MalformedError("a blinding factor has no inverse")
    return value


def _pad(message: bytes, salt: bytes, bits: int) -> bytes:
    # EMSA-PSS-ENCODE (RFC 8017, section 9.1.1); the library pads only what it signs itself.
    if len(salt) != SALT_BYTES:
        raise MalformedError("the padding takes 48 bytes of salt")
    size = (bits + 7) // 8
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = b"\x01" + salt
    masked = int.from_bytes(block) ^ int.from_bytes(_mask(digest, size - HASH_BYTES - 1))
    masked &= (1 << (bits - 8 * (HASH_BYTES + 1))) - 1
    return masked.to_bytes(size - HASH_BYTES - 1) + digest + b"\xbc"


def _mask(seed: bytes, size: int) -> bytes:
    # MGF1 (RFC 8017, appendix B.2.1).
    rounds = range(-(-size // HASH_BYTES))
    return b"".join(sha384(seed + count.to_bytes(4)).digest() for count in rounds)[:size]


def _encode(key: RSAPublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
