"""Acts as records: what is written is what is read, and a consent is to all of it."""

from dataclasses import replace
from datetime import date

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.kernel.errors import VerificationError
from app.kernel.strict_json import JsonObject
from app.moderation import codec
from app.moderation.model import ActionKind, Ground, Named, Reasons, Rule, Scope, Source
from app.records import VerifiedRecord, parse_record, sign_record, verify_record
from app.records.model import CONSENT, REASONS
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.acts import act_members
from tests.moderation.samples import DAY
from tests.moderation.samples import REASONS as WHY

DESK, SECOND, INSTANCE = (SigningKey(bytes([n]) * 32) for n in (1, 2, 3))
BOARD = encode_did(SigningKey(b"\x04" * 32).public)
OTHERS = {ActionKind.UNDO, ActionKind.UPHOLD, ActionKind.CLOSE_DESK, ActionKind.LIMIT}
ABOUT = Named(id=f"ap://{BOARD}/objects/{'a' * 26}", digest=b"d" * 32)
ANY_REASONS = st.builds(
    Reasons,
    rule=st.sampled_from(Rule),
    ground=st.sampled_from(Ground),
    law=st.sampled_from(["", "§ 241 StGB"]),
    facts=st.just("It says what would be done."),
    language=st.sampled_from(["fa", "en", "fr"]),
    scope=st.sampled_from(Scope),
    until=st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    is_automatic=st.booleans(),
    source=st.sampled_from(Source),
)


def signed(key: SigningKey, wire_type: str, members: JsonObject) -> VerifiedRecord:
    raw = sign_record(key, wire_type, members, nonce=factories.nonce(), day=DAY)
    return verify_record(parse_record(raw))


def erasure(**more: object) -> JsonObject:
    return act_members(ActionKind.ERASE, BOARD, ABOUT, WHY, **more)


@given(ANY_REASONS)
def test_reasons_come_back_as_they_were(reasons: Reasons) -> None:
    assert codec.decode_reasons(codec.encode_reasons(reasons)) == reasons


@pytest.mark.parametrize(
    "kind",
    sorted(set(codec.WIRE_TYPES) - OTHERS),
)
def test_every_act_about_a_post_is_a_record_of_the_registry(kind: ActionKind) -> None:
    members = act_members(kind, BOARD, ABOUT, WHY)
    if kind is ActionKind.ERASE:
        members = codec.propose(members, SECOND)

    record = signed(DESK, codec.WIRE_TYPES[kind], members)

    assert codec.decode_named(record.document["object"]) == ABOUT
    assert codec.decode_reasons(record.document[REASONS]) == WHY


def test_proposal_is_by_the_desk_that_consented() -> None:
    record = signed(DESK, "Delete", codec.propose(erasure(), SECOND))

    assert record.type == "Delete/desk"
    assert codec.verify_proposal(record) == encode_did(SECOND.public)


def test_act_without_a_proposal_has_nobody_who_proposed_it() -> None:
    members = act_members(ActionKind.HIDE, BOARD, ABOUT, WHY)

    assert codec.verify_proposal(signed(DESK, "Remove", members)) == ""


@pytest.mark.parametrize("changed", ["object", "audience", REASONS])
def test_whoever_signs_can_change_nothing_that_was_proposed(changed: str) -> None:
    other = {
        "object": codec.named_members(Named(id=ABOUT.id, digest=b"e" * 32)),
        "audience": f"ap://{encode_did(INSTANCE.public)}/actor",
        REASONS: codec.encode_reasons(replace(WHY, facts="Something else.")),
    }
    members = {**codec.propose(erasure(), SECOND), changed: other[changed]}

    with pytest.raises(VerificationError):
        codec.verify_proposal(signed(DESK, "Delete", members))


def test_desk_that_did_not_consent_is_none() -> None:
    instance = encode_did(INSTANCE.public)

    def offer(consent: str) -> VerifiedRecord:
        members: JsonObject = {
            "object": f"ap://{encode_did(DESK.public)}/actor",
            "urn:goftogu:role": "moderator",
            "urn:goftogu:boards": [f"ap://{BOARD}/actor"],
            "urn:goftogu:until": "2027-02-01",
            "urn:goftogu:sealed": ["c2VhbGVk"] * 3,
            CONSENT: consent,
        }
        return signed(INSTANCE, "Offer", members)

    assert codec.verify_desk(offer(codec.consent_to_desk(DESK, instance))) == encode_did(
        DESK.public
    )
    for consent in (codec.consent_to_desk(SECOND, instance), codec.consent_to_desk(DESK, BOARD)):
        with pytest.raises(VerificationError):
            codec.verify_desk(offer(consent))
