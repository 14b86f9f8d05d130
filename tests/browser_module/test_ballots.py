"""Ballots come out alike on the device and on the server, whoever derives them."""

import gzip
import json
from typing import Any

import pytest
from app import identity, records
from app.crypto import blind
from app.crypto.multikey import encode_did
from app.crypto.seed import Seed
from app.identity.model.ballots import BallotIssuer, BallotKind, BallotToken
from app.wiring import House

from tests import factories
from tests.browser_module import node
from tests.crypto.issuers import KEY, PUBLIC, stretched
from tests.opinion.booths import ballot_keys, open_booth

pytestmark = pytest.mark.slow

CONVERSATION = f"ap://{factories.person('Ava').did}/objects/{'a' * 26}"


def ask(*questions: dict[str, Any]) -> list[str]:
    """Return what the page's script says."""
    return node.ask("browser_module/ballots.mjs", [json.dumps(question) for question in questions])


def question(op: str, seed: Seed, *, posting: int = 0, **more: str) -> dict[str, Any]:
    did = encode_did(seed.posting_key(posting).public)
    words = " ".join(seed.words())
    return {"op": op, "words": words, "posting": did, "conversation": CONVERSATION, **more}


def issuer_of(conversation: str = CONVERSATION) -> BallotIssuer:
    return BallotIssuer(
        conversation=conversation, kind=BallotKind.VOUCHED, key=PUBLIC, is_open=True
    )


def test_ballot_of_a_known_key_is_what_it_always_was() -> None:
    """Whoever voted under it must find it again: these never change."""
    seed = Seed(bytes(range(16)))

    (answer,) = ask(question("derive", seed))

    assert answer == (
        "ok 1991020dc3beadb421dd310d97b7bffba3cc1760456391bdf49c3053b6656056 "
        "ab13c97d84822f480c454fb50d13cc90f18254b81b6c7c32153fd7140714158e"
    )
    ballot = identity.derive_ballot(seed.posting_key(), CONVERSATION)
    assert answer == f"ok {ballot.encode().hex()} {ballot.name}"


def test_server_and_device_derive_and_blind_alike_from_any_posting_key() -> None:
    """A device that blinded otherwise would be refused as somebody who asks for a second ballot."""
    cases = [(Seed(stretched(b"%d" % number, 16)), number % 4) for number in range(8)]
    key = PUBLIC.raw.hex()

    derived = ask(*(question("derive", seed, posting=number) for seed, number in cases))
    blinded = ask(
        *(
            question("blind", seed, posting=number, kind="vouched", key=key)
            for seed, number in cases
        )
    )

    for (seed, number), ballot, message in zip(cases, derived, blinded, strict=True):
        posting = seed.posting_key(number)
        expected = identity.derive_ballot(posting, CONVERSATION)
        assert ballot == f"ok {expected.encode().hex()} {expected.name}"
        request = identity.derive_request(posting, issuer_of())
        assert message == f"ok {request.blinded.message.hex()}"


def test_right_that_a_device_makes_is_the_one_that_the_server_would() -> None:
    seed = Seed(stretched(b"mine", 16))
    request = identity.derive_request(seed.posting_key(), issuer_of())
    answer = KEY.blind_sign(request.blinded.message, factor=stretched(b"f", PUBLIC.factor_bytes))
    sent = {"kind": "vouched", "key": PUBLIC.raw.hex(), "answer": answer.hex()}

    made, other = ask(
        question("make", seed) | sent,
        question("make", Seed(stretched(b"other", 16))) | sent,
    )

    signature = blind.finalize(PUBLIC, request.prepared, answer, request.blinded.secret)
    right = BallotToken(kind=BallotKind.VOUCHED, prefix=request.prefix, signature=signature)
    assert made == f"ok {identity.encode_ballot_token(right)}"
    assert other == "refused answer"


def test_only_keys_that_the_consultations_record_names_are_taken(house: House) -> None:
    """A host with a key of its own for one voter would know their ballot when it votes."""
    _, conversation = open_booth(house)
    with house.db.read() as work:
        found = records.find_by_id(work, conversation.record_id)
    assert found is not None
    assert found.raw is not None
    keys = {kind.value: key.public.raw.hex() for kind, key in ballot_keys().items()}
    other = {**keys, "unvouched": blind.make_key().public.raw.hex()}
    turned = {**keys, "vouched": keys["invited"], "invited": keys["vouched"]}
    page = {
        "op": "keys",
        "raw": found.raw.hex(),
        "instance": house.door.instance_did,
        "conversation": conversation.record_id,
        "keys": keys,
    }
    forged = factories.altered(
        found.raw, lambda document: document.update({"urn:goftogu:sides": False})
    )
    note = factories.note(factories.person("Ava"))

    answers = ask(
        page,
        {**page, "keys": other},
        {**page, "keys": turned},
        {**page, "conversation": CONVERSATION},
        {**page, "instance": factories.person("Ava").did},
        {**page, "raw": note.hex()},
        {**page, "raw": forged.hex()},
    )

    assert answers == ["ok"] + ["refused record"] * 5 + ["refused signature"]


def test_words_of_another_persona_open_no_ballot() -> None:
    mine, other = (Seed(stretched(secret, 16)) for secret in (b"mine", b"other"))
    wrong = question("derive", mine) | {"posting": question("derive", other)["posting"]}

    answers = ask(wrong, {**wrong, "words": ""}, {**wrong, "words": "zebra " * 12})

    assert answers == ["refused other-key", "refused wrong-words", "refused wrong-words"]


def test_module_fits_in_15_000_bytes_with_what_it_verifies_with() -> None:
    sizes = {
        name: len(gzip.compress((node.ROOT / "static" / name).read_bytes(), mtime=0))
        for name in ("ballot.js", "noble.js")
    }

    assert sum(sizes.values()) <= 15_000, sizes
