"""Verifier keys as text (C2SP signed-note), against keys that others publish."""

from base64 import b64decode

import pytest
from app.crypto.ed25519 import SigningKey, require_key
from app.crypto.note_keys import COSIGNATURE, SIGNATURE, VerifierKey

PUBLISHED = {
    "golang/mod, note_test.go (BSD-3-Clause)": "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "transparency-dev/tessera, build_log.sh (Apache-2.0)": "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
}


@pytest.mark.parametrize("published", PUBLISHED.values(), ids=list(PUBLISHED))
def test_published_verifier_key_is_written_alike(published: str) -> None:
    name, _, encoded = published.split("+", 2)
    key = require_key(b64decode(encoded)[1:])

    assert VerifierKey(name, SIGNATURE, key).encode() == published


def test_cosignature_key_differs_in_algorithm_and_id() -> None:
    key = SigningKey(bytes(32)).public

    log, witness = (VerifierKey("n", kind, key).encode() for kind in (SIGNATURE, COSIGNATURE))

    assert log.split("+", 2)[1] != witness.split("+", 2)[1]
    assert b64decode(witness.split("+", 2)[2])[0] == 4
