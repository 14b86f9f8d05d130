"""Cards and proofs that are well formed as records and say what none may say."""

from contextlib import nullcontext

import pytest
from app.crypto.integrity import add_proof
from app.identity.codec import decode_card
from app.identity.codec.login_proofs import sign_login_proof, verify_login_proof
from app.identity.errors import HostCustodyError
from app.identity.model import Card, KeyState, PostingKey
from app.identity.rules import require_own_custody
from app.kernel import strict_json
from app.kernel.errors import MalformedError
from app.kernel.strict_json import Json
from app.records.codec import parse_record, verify_record
from app.records.model import Custody

from tests import factories

AVA = factories.person("Ava")
LOGIN = sign_login_proof(
    AVA.key, domain="testserver", challenge="c", expires="2026-11-21T11:00:00Z", day=factories.TODAY
)


def test_key_that_stands_twice_on_a_card_is_refused() -> None:
    twice = factories.card(AVA, keys=[factories.key_line(AVA)] * 2)

    with pytest.raises(MalformedError, match="twice"):
        decode_card(verify_record(parse_record(twice)))


@pytest.mark.parametrize("state", list(KeyState))
def test_only_a_key_out_of_use_may_stand_as_the_hosts(state: KeyState) -> None:
    key = PostingKey(did=AVA.did, custody=Custody.INSTANCE, state=state, consent="")
    card = Card(root=AVA.root, name="Ava", sequence=1, previous=None, keys=(key,))

    with pytest.raises(HostCustodyError) if state is KeyState.ACTIVE else nullcontext():
        require_own_custody(card)


@pytest.mark.parametrize("value", [7, {}, ["testserver"], "t" * 10_000])
@pytest.mark.parametrize(
    "name", ["verificationMethod", "domain", "challenge", "expires", "created"]
)
def test_member_of_a_login_proof_that_is_no_short_text_is_refused(name: str, value: Json) -> None:
    verify_login_proof(LOGIN)
    document = strict_json.decode(LOGIN)
    document["proof"][name] = value

    with pytest.raises(MalformedError, match="not the proof of a login"):
        verify_login_proof(strict_json.encode(document))


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("document", "type", "Note"),
        ("document", "@context", "https://www.w3.org/ns/activitystreams"),
        ("document", "attributedTo", f"ap://{factories.person('Babak').did}/actor"),
        ("proof", "type", "Ed25519Signature2020"),
        ("proof", "cryptosuite", "eddsa-rdfc-2022"),
        ("proof", "proofPurpose", "assertionMethod"),
        ("proof", "@context", "https://www.w3.org/ns/activitystreams"),
        ("proof", "verificationMethod", AVA.did),
    ],
)
def test_what_a_key_signed_for_anything_else_is_no_proof_of_a_login(
    part: str, name: str, value: str
) -> None:
    """Its signature holds: only what it says keeps it from opening a session."""
    document = strict_json.decode(LOGIN)
    proof = document.pop("proof")
    del proof["proofValue"]
    (document if part == "document" else proof)[name] = value

    with pytest.raises(MalformedError, match="not the proof of a login"):
        verify_login_proof(strict_json.encode(add_proof(document, proof, AVA.key)))
