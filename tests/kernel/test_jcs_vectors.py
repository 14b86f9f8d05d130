"""RFC 8785's own vectors. What our profile refuses is canonicalised by the `rfc8785` package here."""

import json
import struct

import pytest
import rfc8785
from app.kernel import strict_json
from app.kernel.errors import MalformedError

from tests import vectors

ALL = ["arrays", "french", "structures", "unicode", "values", "weird"]
OUTSIDE = {
    "arrays": "an array, and null",
    "french": "names beyond ASCII",
    "unicode": "a string that is not NFC",
    "values": "floats",
    "weird": "names beyond ASCII and with a carriage return",
}


@pytest.mark.parametrize("name", ALL)
def test_vector_is_what_the_package_writes(name: str) -> None:
    value = json.loads(vectors.read_bytes(f"jcs-rfc8785/input/{name}.json"))
    output = vectors.read_bytes(f"jcs-rfc8785/output/{name}.json")

    assert rfc8785.dumps(value) == output
    assert bytes.fromhex(vectors.read_text(f"jcs-rfc8785/outhex/{name}.txt")) == output


@pytest.mark.parametrize("name", [name for name in ALL if name not in OUTSIDE])
def test_vector_within_the_profile_reads_and_writes_alike(name: str) -> None:
    output = vectors.read_bytes(f"jcs-rfc8785/output/{name}.json")

    assert strict_json.encode(strict_json.decode(output)) == output


@pytest.mark.parametrize(("name", "why"), OUTSIDE.items())
def test_vector_outside_the_profile_is_refused(name: str, why: str) -> None:
    with pytest.raises(MalformedError):
        strict_json.decode(vectors.read_bytes(f"jcs-rfc8785/output/{name}.json"))


def number_vectors() -> list[tuple[str, str]]:
    """Return (double as hex, canonical text)."""
    lines = vectors.read_text("jcs-rfc8785/es6-numbers.csv").splitlines()
    rows = [line.split(",") for line in lines if not line.startswith("#")]
    return [(double, text) for double, text in rows]


@pytest.mark.parametrize(("double", "text"), number_vectors())
def test_number_vector_is_what_the_package_writes(double: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(double.zfill(16)))

    assert rfc8785.dumps(number) == text.encode()
