"""What the page of invitations does on the device: the standard's bytes, and no key but that of the card."""

import json
from typing import Any

import pytest
from app import site
from app.crypto import blind
from app.wiring import House
from cryptography.hazmat.primitives.asymmetric import rsa

from tests import factories
from tests.browser_module import node
from tests.crypto import issuers
from tests.crypto.issuers import KEY, OTHER, PUBLIC, RFC_9474, RFC_9578, factor
from tests.houses import open_month

pytestmark = pytest.mark.slow

MONTH = "2026-11"


def ask(*questions: dict[str, Any]) -> list[str]:
    """Return what the page's script says."""
    return node.ask("browser_module/blind.mjs", [json.dumps(question) for question in questions])


def asked(op: str, key: blind.BlindPublicKey, **values: str | bytes) -> dict[str, str]:
    texts = {name: v.hex() if isinstance(v, bytes) else v for name, v in values.items()}
    return {"op": op, "key": key.raw.hex(), **texts}


@pytest.mark.parametrize(
    "name", ["RSABSSA-SHA384-PSS-Randomized", "RSABSSA-SHA384-PSS-Deterministic"]
)
def test_vector_of_the_standard_holds(name: str) -> None:
    vector = RFC_9474[name]
    public = issuers.key_of(vector).public
    drawn = pow(int(vector["inv"], 16), -1, public.modulus).to_bytes(public.factor_bytes)
    prepared = vector["prepared_msg"]

    (blinded,) = ask(asked("blind", public, prepared=prepared, salt=vector["salt"], factor=drawn))
    message, secret = blinded.removeprefix("ok ").split()
    (made,) = ask(
        asked("finalize", public, prepared=prepared, answer=vector["blind_sig"], secret=secret)
    )

    assert message == vector["blinded_msg"]
    assert int(secret, 16) == int(vector["inv"], 16)
    assert made == f"ok {vector['sig']}"


@pytest.mark.parametrize("vector", RFC_9578, ids=lambda vector: vector["name"][-1])
def test_token_of_privacy_pass_comes_out_byte_for_byte(vector: dict[str, str]) -> None:
    public = issuers.issuer_of(vector).public
    token = bytes.fromhex(vector["token"])
    drawn = int(vector["blind"], 16).to_bytes(public.factor_bytes)

    (blinded,) = ask(asked("blind", public, prepared=token[:98], salt=vector["salt"], factor=drawn))
    message, secret = blinded.removeprefix("ok ").split()
    (made,) = ask(
        asked(
            "finalize", public, prepared=token[:98], answer=vector["token_response"], secret=secret
        )
    )

    assert message == vector["token_request"][6:]
    assert made == f"ok {token[98:].hex()}"


def test_server_and_device_blind_alike() -> None:
    """Also where the padded message or the blinded one begins with zeros."""
    prepared = [b"%032d" % number for number in range(40)]
    drawn = [factor(message) for message in prepared]
    pairs = [
        (message, blind.blind(PUBLIC, message, salt=bytes(48), factor=value))
        for message, value in zip(prepared, drawn, strict=True)
    ]

    answers = ask(
        *(
            asked("blind", PUBLIC, prepared=message, salt=bytes(48), factor=value)
            for message, value in zip(prepared, drawn, strict=True)
        )
    )

    assert answers == [f"ok {made.message.hex()} {made.secret:x}" for _, made in pairs]


def test_answer_that_is_none_makes_no_invitation() -> None:
    prepared = bytes(40)
    made = blind.blind(PUBLIC, prepared, salt=bytes(48), factor=factor(b"a"))
    good = KEY.blind_sign(made.message, factor=factor(b"b"))
    other = KEY.blind_sign(bytes(255) + b"\2", factor=factor(b"b"))
    secret = f"{made.secret:x}"

    answers = ask(
        *(
            asked("finalize", PUBLIC, prepared=prepared, answer=answer, secret=secret)
            for answer in (good, other, bytes(256), good[:-1], good[:-1] + bytes([good[-1] ^ 1]))
        ),
        asked("make", PUBLIC, month=MONTH, answer=good),
        asked("blind", PUBLIC, prepared=prepared, salt=bytes(47), factor=factor(b"a")),
        asked("blind", PUBLIC, prepared=prepared, salt=bytes(48), factor=bytes(272)),
    )

    assert answers[0].startswith("ok ")
    assert answers[1:] == ["refused answer"] * 5 + ["refused factor"] * 2


@pytest.mark.parametrize("exponent", [3, 65_539])
def test_key_with_another_exponent_blinds_nothing(exponent: int) -> None:
    public = rsa.RSAPublicNumbers(exponent, PUBLIC.modulus).public_key()
    question = {
        **asked("make", PUBLIC, month=MONTH, answer=b""),
        "key": issuers.encode_public(public).hex(),
    }

    assert ask(question) == ["refused key"]


def test_only_the_key_of_the_signed_card_is_taken(house: House) -> None:
    """A page with a key of its own for one holder would know the invitation when it came back."""
    with house.db.read() as work:
        before = site.service.get_signed_card(work)
    open_month(house, KEY)
    with house.db.read() as work:
        card = site.service.get_signed_card(work)
    instance = house.door.instance_did
    page: dict[str, str | bytes] = {"raw": card, "instance": instance, "month": MONTH}
    forged = factories.altered(card, lambda document: document.update(name="Another"))
    post = factories.note(factories.person("Ava"))

    answers = ask(
        asked("card", PUBLIC, **page),
        asked("card", OTHER, **page),
        asked("card", PUBLIC, **{**page, "month": "2026-10"}),
        asked("card", PUBLIC, **{**page, "raw": before}),
        asked("card", PUBLIC, **{**page, "instance": factories.person("Ava").did}),
        asked("card", PUBLIC, **{**page, "raw": forged}),
        asked("card", PUBLIC, **{**page, "raw": post}),
    )

    assert answers == ["ok"] + ["refused card"] * 4 + ["refused signature", "refused card"]
