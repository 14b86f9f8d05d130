"""What follows from the service's key, against the specification's own addresses."""

from base64 import b32decode
from pathlib import Path

import pytest
from app.crypto.ed25519 import PublicKey, SigningKey
from app.onion import Service, address_of
from app.onion.address import expand
from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp

# The examples of rend-spec-v3, section 1.2.
EXAMPLES = (
    "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion",
    "sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd.onion",
    "xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd.onion",
)


@pytest.mark.parametrize("address", EXAMPLES)
def test_address_is_the_one_of_the_specification(address: str) -> None:
    raw = b32decode(address.removesuffix(".onion").upper())[:32]

    assert address_of(PublicKey(raw)) == address


def test_expanded_key_belongs_to_the_public_one() -> None:
    key = SigningKey(bytes(range(32)))

    expanded = expand(key)

    assert len(expanded) == 64
    assert crypto_scalarmult_ed25519_base_noclamp(expanded[:32]) == key.public.raw


def test_service_does_not_print_its_key(tmp_path: Path) -> None:
    key = SigningKey(bytes(range(32)))

    shown = repr(Service(key=key, socket=tmp_path))

    assert key.seed().hex() not in shown
    assert str(key.seed()) not in shown
