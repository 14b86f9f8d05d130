"""Names for one thread come out alike on the device and on the server, whoever derives them."""

import json
from typing import Any

import pytest
from app import identity
from app.crypto.multikey import encode_did
from app.crypto.seed import Seed
from app.identity.codec import tokens

from tests.browser_module import node
from tests.crypto.issuers import KEY, PUBLIC, stretched

pytestmark = pytest.mark.slow

THREADS = ("00112233445566778899", "ffeeddccbbaa99887766")
NONCE = "abcdefghijklmnopqrstuvwxyz"


def ask(*questions: dict[str, Any]) -> list[str]:
    """Return what the page's script says."""
    return node.ask("browser_module/names.mjs", [json.dumps(question) for question in questions])


def derivation(seed: Seed, thread: str, *, posting: int = 0) -> dict[str, Any]:
    did = encode_did(seed.posting_key(posting).public)
    words = " ".join(seed.words())
    return {"op": "derive", "words": words, "posting": did, "thread": thread, "nonce": NONCE}


def test_name_of_a_known_key_is_what_it_always_was() -> None:
    """Whoever wrote under it must find it again: these never change."""
    seed = Seed(bytes(range(16)))
    expected = [
        "ok did:key:z6MksSr1WwFp3sYFYndDC6cAyQ4wcRsyUYPSoHs291haVQ5t ukyf23l2ecz7xtsibw7up5ykyq",
        "ok did:key:z6MkvrgrKpm6rTZozBRQmrQyVrbg7cmv6BCuiz6tDs9ia9jP s5oiwucb4aqb2nwierccmpvsoa",
    ]

    assert ask(*(derivation(seed, thread) for thread in THREADS)) == expected
    for thread, line in zip(THREADS, expected, strict=True):
        name = identity.derive_name(seed.posting_key(), thread)
        assert line == f"ok {encode_did(name.public)} {identity.derive_nonce(name, NONCE)}"


def test_server_and_device_derive_alike_from_any_posting_key() -> None:
    cases = [
        (Seed(stretched(b"%d" % number, 16)), thread, number % 4)
        for number, thread in enumerate(THREADS * 4)
    ]

    answers = ask(*(derivation(seed, thread, posting=number) for seed, thread, number in cases))

    for (seed, thread, number), answer in zip(cases, answers, strict=True):
        name = identity.derive_name(seed.posting_key(number), thread)
        assert answer == f"ok {encode_did(name.public)} {identity.derive_nonce(name, NONCE)}"


def test_words_of_another_persona_derive_no_name() -> None:
    mine, other = (Seed(stretched(secret, 16)) for secret in (b"mine", b"other"))
    wrong = derivation(mine, THREADS[0]) | {"posting": derivation(other, "")["posting"]}

    answers = ask(wrong, {**wrong, "words": ""}, {**wrong, "words": "zebra " * 12})

    assert answers == ["refused other-key", "refused wrong-words", "refused wrong-words"]


def test_right_says_the_same_on_both_sides() -> None:
    did = encode_did(Seed(bytes(16)).posting_key().public)
    values = {"op": "message", "key": PUBLIC.raw.hex(), "did": did}

    answers = ask(*({**values, "thread": thread} for thread in THREADS))

    expected = [tokens.name_message(PUBLIC, thread, did).hex() for thread in THREADS]
    assert answers == [f"ok {message}" for message in expected]


def test_answer_that_is_for_something_else_makes_no_right() -> None:
    did = encode_did(Seed(bytes(16)).posting_key().public)
    answer = KEY.blind_sign(bytes(255) + b"\2", factor=stretched(b"f", PUBLIC.factor_bytes))
    values = {"op": "make", "key": PUBLIC.raw.hex(), "month": "2026-11"}

    made = ask({**values, "answer": answer.hex(), "thread": THREADS[0], "did": did})

    assert made == ["refused answer"]
