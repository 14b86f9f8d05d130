"""What a ledger refuses to count, whoever made the log that it is read from."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.kernel.errors import VerificationError
from app.moderation import codec
from app.moderation.model import ActionKind, Ground, Named, Source
from app.moderation.rules.dsa import FIELDS, list_statements
from app.moderation.rules.ledger import Ledger, read_ledger, require_desks
from app.moderation.rules.numbers import count_month, end_of_month
from app.records import VerifiedRecord, parse_record, sign_record, verify_record

from tests import factories
from tests.acts import DESK, OTHER_DESK, one_of_each_act

INSTANCE = SigningKey(sha256(b"instance").digest())
DID = encode_did(INSTANCE.public)
MONTH = factories.TODAY.replace(day=1)
POST = factories.note(factories.person("Ava"))
RECORDS = {
    kind: verify_record(parse_record(raw))
    for kind, raw in one_of_each_act(
        factories.id_of(POST), factories.digest_of(POST), factories.SQUARE.did, factories.TODAY
    ).items()
}


def ledger(*without: str) -> Ledger:
    return read_ledger((r for kind, r in RECORDS.items() if kind not in without), DID)


def test_every_type_of_act_is_counted_once() -> None:
    found = ledger()

    numbers = count_month(found, factories.TODAY.replace(day=1))
    assert numbers.acts == len(found.acts) == len(RECORDS) - 2
    assert sum(numbers.kinds.values()) == numbers.acts
    assert (len(found.terms), len(found.demands)) == (1, 1)


def test_act_of_a_key_that_is_no_desk_is_found() -> None:
    signers = {record.signer for record in RECORDS.values()}
    assert {encode_did(DESK.public)} <= signers
    with pytest.raises(VerificationError, match="no attestation"):
        require_desks(ledger("Offer"), DID)


def test_proposal_of_a_key_that_is_no_desk_is_found() -> None:
    proposed = ledger()
    assert encode_did(OTHER_DESK.public) in {logged.act.proposed_by for logged in proposed.acts}

    with pytest.raises(VerificationError, match="no attestation"):
        require_desks(proposed, DID)


@pytest.mark.parametrize("kind", ["Offer", "Announce"])
def test_desk_and_demand_of_another_key_are_found(kind: str) -> None:
    with pytest.raises(VerificationError, match="did not sign"):
        read_ledger([RECORDS[kind]], encode_did(DESK.public))


def test_records_of_other_types_are_passed_over() -> None:
    note: VerifiedRecord = verify_record(parse_record(POST))

    assert read_ledger([note], DID) == Ledger(acts=(), terms=(), demands=())


def test_log_of_desks_alone_is_in_order() -> None:
    """Without what was proposed by a key that is no desk here."""
    require_desks(ledger("Block", "Delete/desk", "Undo"), DID)


def test_demand_that_was_answered_stands_once_with_its_first_day() -> None:
    (first,) = ledger().demands
    document = RECORDS["Announce"].document
    members = {
        "object": codec.named_members(Named(id=document["id"], digest=first.digest)),
        "urn:goftogu:demand": {**document["urn:goftogu:demand"], "answer": "granted"},
    }
    later = factories.TODAY + timedelta(days=9)
    raw = sign_record(INSTANCE, "Announce", members, nonce="b" * 26, day=later)

    told = read_ledger([*RECORDS.values(), verify_record(parse_record(raw))], DID).demands

    assert [(one.answer, one.logged_on, one.counts_as_sealed) for one in told] == [
        ("granted", factories.TODAY, False)
    ]


def test_lines_for_the_dsa_tell_what_each_kind_takes() -> None:
    lines = {line["puid"]: line for line in list_statements(ledger(), MONTH, "https://a/rules")}
    taken = {kind: lines.get(record.digest.hex()) for kind, record in RECORDS.items()}
    told = {kind: line for kind, line in taken.items() if line is not None}

    assert list(told) == ["Remove", "Update/measure", "Block", "Delete/desk"]
    assert {
        kind: (line["decision_visibility"], line["decision_provision"])
        for kind, line in told.items()
    } == {
        "Remove": ('["DECISION_VISIBILITY_CONTENT_DISABLED"]', ""),
        "Update/measure": ('["DECISION_VISIBILITY_OTHER"]', ""),
        "Block": ("", "DECISION_PROVISION_PARTIAL_SUSPENSION"),
        "Delete/desk": ('["DECISION_VISIBILITY_CONTENT_REMOVED"]', ""),
    }
    assert {line["illegal_content_legal_ground"] for line in told.values()} == {"A law, § 1"}
    assert told["Update/measure"]["decision_visibility_other"] == "moved to another board"
    assert told["Block"]["end_date_service_restriction"] == "2027-01-01"
    assert told["Remove"]["end_date_visibility_restriction"] == "2027-01-01"


def test_line_of_what_a_rule_of_ours_forbids_leads_to_the_rules() -> None:
    logged = next(a for a in ledger().acts if a.act.decision.kind is ActionKind.HIDE)
    reasons = replace(
        logged.act.decision.reasons,
        ground=Ground.RULE, law="", until=None, is_automatic=True, source=Source.AUTOMATIC,
    )  # fmt: skip
    act = replace(logged.act, decision=replace(logged.act.decision, reasons=reasons))
    by_rule = Ledger(acts=(replace(logged, act=act),), terms=(), demands=())

    (line,) = list_statements(by_rule, MONTH, "https://a/rules")

    assert list(line) == list(FIELDS)
    assert (line["decision_ground_reference_url"], line["incompatible_content_ground"]) == (
        "https://a/rules", "threat",
    )  # fmt: skip
    assert (line["automated_detection"], line["automated_decision"]) == (
        "Yes", "AUTOMATED_DECISION_FULLY",
    )  # fmt: skip
    assert (line["illegal_content_legal_ground"], line["end_date_visibility_restriction"]) == (
        "",
        "",
    )


def test_desk_counts_until_it_is_closed_or_over() -> None:
    (term,) = ledger().terms
    only = replace(term, begins_on=date(2026, 11, 20), ends_on=date(2027, 2, 1))
    months = [date(2026, month, 1) for month in (10, 11, 12)]
    open_one = Ledger(acts=(), terms=(only,), demands=())
    undo = next(a for a in ledger().acts if a.act.decision.kind is ActionKind.UNDO)
    about = (replace(undo.act.about[0], digest=term.digest),)
    decision = replace(undo.act.decision, kind=ActionKind.CLOSE_DESK)
    closing = replace(
        undo, day=date(2026, 11, 30), act=replace(undo.act, decision=decision, about=about)
    )

    closed = replace(open_one, acts=(closing,))

    assert [count_month(open_one, month).desks for month in months] == [0, 1, 1]
    assert [count_month(closed, month).desks for month in months] == [0, 1, 0]
    assert count_month(open_one, date(2027, 2, 1)).desks == 0


@pytest.mark.parametrize(
    ("month", "end"), [((2026, 11), (2026, 12)), ((2026, 12), (2027, 1)), ((2028, 2), (2028, 3))]
)
def test_month_ends_where_the_next_begins(month: tuple[int, int], end: tuple[int, int]) -> None:
    assert end_of_month(date(*month, 1)) == date(*end, 1)
