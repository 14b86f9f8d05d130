"""Issuers whose keys are always the same: those of the published vectors."""

from hashlib import sha384
from typing import Final

from app.crypto import blind
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tests import vectors

RFC_9474: Final = {
    vector["name"]: vector for vector in vectors.read_json("rsa-blind/rfc9474-appendix-a.json")
}
RFC_9578: Final = vectors.read_json("privacypass/token-type-2-blind-rsa.json")


def encode_private(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def encode_public(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def numbered(p: int, q: int, d: int, e: int, *, dmp1: int | None = None) -> rsa.RSAPrivateNumbers:
    return rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=dmp1 or rsa.rsa_crt_dmp1(d, p),
        dmq1=rsa.rsa_crt_dmq1(d, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(e, p * q),
    )


def key_of(vector: dict[str, str]) -> blind.BlindSigningKey:
    """Return the issuer's key of a vector of RFC 9474."""
    p, q, d, e = (int(vector[name], 16) for name in "pqde")
    return blind.BlindSigningKey(encode_private(numbered(p, q, d, e).private_key()))


def public_of(vector: dict[str, str]) -> blind.BlindPublicKey:
    """Return the public half of such a key."""
    numbers = rsa.RSAPublicNumbers(int(vector["e"], 16), int(vector["n"], 16))
    return blind.require_key(encode_public(numbers.public_key()))


def issuer_of(vector: dict[str, str]) -> blind.BlindSigningKey:
    """Return the issuer's key of a vector of RFC 9578."""
    key = load_pem_private_key(bytes.fromhex(vector["skS"]), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return blind.BlindSigningKey(encode_private(key))


KEY = issuer_of(RFC_9578[0])
PUBLIC = KEY.public
OTHER = public_of(RFC_9474["RSABSSA-SHA384-PSS-Randomized"])
"""Another issuer's: of so long a key the private half takes half a second to read."""


def stretched(seed: bytes, count: int) -> bytes:
    """Return bytes that look random and are the same in each run."""
    rounds = range(-(-count // 48))
    return b"".join(sha384(seed + bytes([number])).digest() for number in rounds)[:count]


def factor(seed: bytes, key: blind.BlindPublicKey = PUBLIC) -> bytes:
    return stretched(b"factor" + seed, key.factor_bytes)
