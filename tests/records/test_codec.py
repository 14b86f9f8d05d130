"""Bytes to records: every rule of the wire format, each with a record that breaks it and nothing else."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from app.kernel import strict_json
from app.kernel.errors import LimitError, MalformedError, VerificationError
from app.kernel.strict_json import JsonObject
from app.records import UnverifiedRecord, parse_record, verify_record
from app.records.codec import MAX_RECORD_BYTES, decode_leaf, encode_leaf
from app.records.errors import RecordTooLargeError, UnknownTypeError
from app.records.registry import RECORD_TYPES
from hypothesis import given
from hypothesis import strategies as st

from tests import factories, strategies

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
NOTE = factories.note(AVA, title="Water", text="Where does it go?")
REPLY = factories.note(BABAK, reply_to=NOTE, text="Into the pistachios.")
SAMPLES = factories.one_of_each_type()
ID = factories.id_of(NOTE)
NONCE = ID.rpartition("/")[2]

Change = Callable[[JsonObject], Any]


def put(**members: Any) -> Change:
    """Return a change that sets members of a document."""
    return lambda document: document.update(members)


def put_named(name: str, value: Any) -> Change:
    """Return a change that sets a member whose name is no Python name."""
    return lambda document: document.update({name: value})


def put_in_proof(**members: Any) -> Change:
    """Return a change that sets members of the proof."""
    return lambda document: document["proof"].update(members)


@pytest.mark.parametrize("kind", RECORD_TYPES)
def test_record_of_every_type_parses_and_verifies(kind: str) -> None:
    record = verify_record(parse_record(SAMPLES[kind]))

    assert record.type == kind
    assert record.raw == SAMPLES[kind]
    assert record.digest == factories.digest_of(SAMPLES[kind])
    assert record.day == factories.TODAY
    assert record.id == record.document["id"]
    assert record.id.startswith(f"ap://{record.signer}/objects/")


@given(strategies.notes())
def test_record_is_written_back_to_the_same_bytes(raw: bytes) -> None:
    record = verify_record(parse_record(raw))

    assert strict_json.encode(record.document) == raw


@given(st.data())
def test_flipping_any_bit_is_refused(data: st.DataObject) -> None:
    changed = data.draw(strategies.flipped(data.draw(st.sampled_from([NOTE, *SAMPLES.values()]))))

    with pytest.raises((MalformedError, VerificationError)):
        verify_record(parse_record(changed))


@given(
    st.binary(max_size=300)
    | st.binary(max_size=20).map(lambda middle: NOTE[:200] + middle + NOTE[205:])
)
def test_any_bytes_are_a_record_or_malformed(raw: bytes) -> None:
    try:
        record = parse_record(raw)
    except MalformedError:
        return

    assert isinstance(record, UnverifiedRecord)
    assert strict_json.encode(record.document) == raw


@given(st.data(), strategies.json_values)
def test_any_value_in_any_place_is_a_record_or_malformed(data: st.DataObject, value: Any) -> None:
    member = data.draw(st.sampled_from(sorted(factories.decode(NOTE))))
    try:
        changed = factories.altered(NOTE, put_named(member, value))
        record = parse_record(changed)
    except MalformedError:
        return

    assert strict_json.encode(record.document) == changed


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: b"\xef\xbb\xbf" + raw, id="a byte-order mark"),
        pytest.param(lambda raw: raw + b"\n", id="a line end behind it"),
        pytest.param(lambda raw: b" " + raw, id="a blank before it"),
        pytest.param(lambda raw: raw + raw, id="twice"),
        pytest.param(lambda raw: raw[:-1], id="cut short"),
        pytest.param(lambda raw: raw.replace(b'":"', b'": "', 1), id="a blank inside"),
        pytest.param(lambda raw: raw.replace(b"Water", b"W\xe4ter"), id="Latin-1"),
        pytest.param(lambda raw: raw.replace(b"Water", b"\\u0057ater"), id="a needless escape"),
        pytest.param(lambda raw: raw.replace(b"Water", b"W\\ud800r"), id="a lone surrogate"),
        pytest.param(lambda raw: raw.replace(b"Water", "Wate\u0301r".encode()), id="not NFC"),
        pytest.param(lambda raw: raw.replace(b"it go", b"it\\r\\ngo"), id="a carriage return"),
        pytest.param(lambda raw: b'{"type":"Note",' + raw[1:], id="a member twice"),
        pytest.param(lambda raw: raw.replace(b'"en":', b'"en":"x","en":'), id="a language twice"),
        pytest.param(lambda raw: raw.replace(b'"proof":', b'"proof":{},"proof":'), id="a proof twice"),
        pytest.param(lambda raw: raw.replace(b'"name":"Water"', b'"name":null'), id="null"),
        pytest.param(lambda raw: raw.replace(b'"Water"', b"1.0"), id="a float"),
        pytest.param(lambda raw: raw.replace(b'"Water"', b"1e400"), id="an endless float"),
        pytest.param(lambda raw: raw.replace(b'"Water"', b"NaN"), id="NaN"),
        pytest.param(lambda raw: raw.replace(b'"Water"', b"-0"), id="minus nought"),
        pytest.param(lambda raw: raw.replace(b'"Water"', b"9007199254740993"), id="a big integer"),
        pytest.param(lambda raw: raw.replace(b'"name":', '"näme":'.encode()), id="a name beyond ASCII"),
        pytest.param(lambda raw: raw.replace(b'"Water"', b"[" * 9 + b"]" * 9), id="nested deep"),
        pytest.param(lambda raw: raw.replace(b'"Water"', b"[" * 20_000 + b"]" * 20_000), id="nested to break parsers"),
    ],
)  # fmt: skip
def test_bytes_outside_the_profile_are_malformed(change: Callable[[bytes], bytes]) -> None:
    changed = change(NOTE)

    assert changed != NOTE
    with pytest.raises(MalformedError):
        parse_record(changed)


# Each of these is signed by the author's own key: the rule refuses it, not the signature.
AGAINST_THE_RULES = [
    pytest.param(put_named("@context", factories.decode(NOTE)["@context"][::-1]), id="context in another order"),
    pytest.param(put_named("@context", factories.decode(NOTE)["@context"][:1]), id="half the context"),
    pytest.param(put_named("@context", factories.decode(NOTE)["@context"][0]), id="context as a string"),
    pytest.param(put_named("@context", [*factories.decode(NOTE)["@context"], {"x": "urn:x"}]), id="context with more"),
    pytest.param(lambda d: d.pop("@context"), id="no context"),
    pytest.param(put(type="Article"), id="a type that is not in the registry"),
    pytest.param(put(type=["Note"]), id="types in an array"),
    pytest.param(put(type="note"), id="a type in small letters"),
    pytest.param(lambda d: d.pop("type"), id="no type"),
    pytest.param(put(id=ID.replace(AVA.did, BABAK.did)), id="an id of another key"),
    pytest.param(put(id=ID.upper()), id="an id in capitals"),
    pytest.param(put(id=ID[:-1]), id="a short id"),
    pytest.param(put(id=ID + "a"), id="a long id"),
    pytest.param(put(id=ID + "#x"), id="an id with a fragment"),
    pytest.param(put(id=ID + "\n"), id="an id with a line end"),
    pytest.param(put(id=ID.replace(NONCE, NONCE[:-1] + "1")), id="an id beyond base32"),
    pytest.param(put(id="https://example.org/" + NONCE), id="an id on the web"),
    pytest.param(lambda d: d.pop("id"), id="no id"),
    pytest.param(put(attributedTo=f"ap://{BABAK.did}/actor"), id="another author"),
    pytest.param(put(attributedTo=[f"ap://{AVA.did}/actor"]), id="authors in an array"),
    pytest.param(put(attributedTo=AVA.did), id="a bare did as author"),
    pytest.param(put(to=[]), id="to nobody"),
    pytest.param(put(to="https://www.w3.org/ns/activitystreams#Public"), id="to as a string"),
    pytest.param(put(to=["as:Public"]), id="to the public by its short name"),
    pytest.param(put(to=[*factories.decode(NOTE)["to"], f"ap://{BABAK.did}/actor"]), id="to one more"),
    pytest.param(put(published="2026-11-21T10:07:00Z"), id="a precise time"),
    pytest.param(put(published="2026-11-21T00:00:01Z"), id="a second past midnight"),
    pytest.param(put(published="2026-11-21T00:00:00+00:00"), id="another way to write UTC"),
    pytest.param(put(published="2026-11-21T00:00:00.000Z"), id="milliseconds"),
    pytest.param(put(published="2026-11-21"), id="a day without a time"),
    pytest.param(put(published="2026-02-30T00:00:00Z"), id="a day that is none"),
    pytest.param(put(published="۲۰۲۶-۱۱-۲۱T00:00:00Z"), id="Persian digits"),
    pytest.param(put(published=1795219200), id="a number as the day"),
    pytest.param(put(audience=f"https://example.org/{factories.SQUARE.did}"), id="an audience on the web"),
    pytest.param(put(audience=[f"ap://{factories.SQUARE.did}/actor"]), id="audiences in an array"),
    pytest.param(put(audience=ID), id="a post as audience"),
    pytest.param(lambda d: d.pop("audience"), id="no audience"),
    pytest.param(put(contentMap={"en": "a", "fa": "ب"}), id="two languages"),
    pytest.param(put(contentMap={}), id="no language"),
    pytest.param(put(contentMap={"english": "a"}), id="a language by its name"),
    pytest.param(put(contentMap={"en_GB": "a"}), id="a language with an underscore"),
    pytest.param(put(contentMap={"": "a"}), id="an empty language"),
    pytest.param(put(contentMap={"en": ""}), id="an empty text"),
    pytest.param(put(contentMap={"en": " \n\t "}), id="a blank text"),
    pytest.param(put(contentMap={"en": "x" * 20_001}), id="a long text"),
    pytest.param(put(contentMap={"fa": "ب" * 10_001}), id="a text long in bytes"),
    pytest.param(put(contentMap={"en": "a\u202eb"}), id="a bidirectional override"),
    pytest.param(put(contentMap={"en": "a\u2066b"}), id="a bidirectional isolate"),
    pytest.param(put(contentMap={"en": "a\x00b"}), id="a control character"),
    pytest.param(put(contentMap={"en": "a\x1b[2Jb"}), id="an escape to a terminal"),
    pytest.param(put(contentMap={"en": "\ufeffa"}), id="a byte-order mark in the text"),
    pytest.param(put(content="Where does it go?"), id="the text a second time"),
    pytest.param(put(mediaType="text/html"), id="another media type"),
    pytest.param(put(name="W" * 201), id="a long title"),
    pytest.param(put(name="Wa\nter"), id="a title of two lines"),
    pytest.param(put(name=" Water"), id="a title with a blank before it"),
    pytest.param(put(name="Wa  ter"), id="a title with two blanks"),
    pytest.param(put(name="Wa\u202eter"), id="a title with an override"),
    pytest.param(put(name="Wa\u200bter"), id="a title with a space of no width"),
    pytest.param(put(inReplyTo="https://example.org/1"), id="an answer to the web"),
    pytest.param(put(inReplyTo=[ID]), id="an answer to a list"),
    pytest.param(put_named("urn:goftogu:custody", "hardware"), id="an unknown custody"),
    pytest.param(put_named("urn:goftogu:custody", ["device"]), id="custody in an array"),
    pytest.param(lambda d: d.pop("urn:goftogu:custody"), id="no custody"),
    pytest.param(put_named("urn:goftogu:quotes", []), id="no quotes at all"),
    pytest.param(put_named("urn:goftogu:quotes", [ID] * 11), id="eleven quotes"),
    pytest.param(put_named("urn:goftogu:quotes", ["https://example.org/1"]), id="a quote from the web"),
    pytest.param(put_named("urn:goftogu:sequence", 1), id="a member of another type"),
    pytest.param(put_named("urn:goftogu:mood", "calm"), id="an unknown member of ours"),
    pytest.param(put(cc=[f"ap://{BABAK.did}/actor"]), id="a copy to somebody"),
    pytest.param(put(attachment=[{"type": "Image", "url": "https://example.org/x.png"}]), id="a picture"),
    pytest.param(put(updated="2026-11-21T00:00:00Z"), id="an unknown member of theirs"),
]  # fmt: skip

PROOF_AGAINST_THE_RULES = [
    pytest.param(put_in_proof(type="Ed25519Signature2020"), id="another proof type"),
    pytest.param(put_in_proof(cryptosuite="eddsa-rdfc-2022"), id="another suite"),
    pytest.param(put_in_proof(cryptosuite=["eddsa-jcs-2022"]), id="suites in an array"),
    pytest.param(put_in_proof(proofPurpose="authentication"), id="another purpose"),
    pytest.param(put_in_proof(proofPurpose="capabilityInvocation"), id="yet another purpose"),
    pytest.param(put_in_proof(created="2026-11-20T00:00:00Z"), id="made on another day"),
    pytest.param(put_in_proof(created="2026-11-21T10:07:00Z"), id="made at a precise time"),
    pytest.param(lambda d: d["proof"].pop("created"), id="no day"),
    pytest.param(put_in_proof(verificationMethod=f"{BABAK.did}#{BABAK.did[8:]}"), id="another key"),
    pytest.param(put_in_proof(verificationMethod=f"{AVA.did}#{BABAK.did[8:]}"), id="another fragment"),
    pytest.param(put_in_proof(verificationMethod=AVA.did), id="no fragment"),
    pytest.param(put_in_proof(verificationMethod="https://example.org/key"), id="a key on the web"),
    pytest.param(lambda d: d["proof"].pop("@context"), id="a proof without context"),
    pytest.param(lambda d: d["proof"]["@context"].reverse(), id="a proof with another context"),
    pytest.param(put_in_proof(expires="2027-01-01T00:00:00Z"), id="an expiry"),
    pytest.param(put_in_proof(domain="https://example.org"), id="a domain"),
    pytest.param(put_in_proof(challenge="x"), id="a challenge"),
    pytest.param(put_in_proof(previousProof="urn:uuid:x"), id="a proof before it"),
    pytest.param(put_in_proof(id="urn:uuid:x"), id="an id"),
]  # fmt: skip


def test_forger_that_changes_nothing_makes_the_same_record() -> None:
    """The tool of the next test breaks nothing by itself."""
    assert factories.forged(NOTE, AVA.key, lambda _: None) == NOTE


@pytest.mark.parametrize("change", [*AGAINST_THE_RULES, *PROOF_AGAINST_THE_RULES])
def test_record_against_the_rules_is_refused_however_well_signed(change: Change) -> None:
    wrong = factories.forged(NOTE, AVA.key, change)

    with pytest.raises(MalformedError):
        parse_record(wrong)


@pytest.mark.parametrize(
    "proofs",
    [
        pytest.param(lambda proof: [proof], id="a list of one"),
        pytest.param(lambda proof: [proof, proof], id="two"),
        pytest.param(lambda proof: [], id="none, in a list"),
        pytest.param(lambda proof: "", id="an empty string"),
        pytest.param(lambda proof: {}, id="an empty object"),
        pytest.param(lambda proof: {**proof, "proofValue": [proof["proofValue"]]}, id="values in an array"),
    ],
)  # fmt: skip
def test_anything_but_one_proof_is_malformed(proofs: Callable[[JsonObject], Any]) -> None:
    wrong = factories.altered(
        NOTE, lambda document: document.update(proof=proofs(document["proof"]))
    )

    with pytest.raises(MalformedError):
        verify_record(parse_record(wrong))


def test_unknown_type_has_a_code_of_its_own() -> None:
    with pytest.raises(UnknownTypeError):
        parse_record(factories.forged(NOTE, AVA.key, put(type="Like")))


def test_record_of_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    filler = b'{"a":"' + b"x" * (MAX_RECORD_BYTES - 8) + b'"}'

    assert len(filler) == MAX_RECORD_BYTES
    with pytest.raises(MalformedError):
        parse_record(filler)
    with pytest.raises(RecordTooLargeError) as refusal:
        parse_record(filler.replace(b"x", b"xx", 1))
    assert isinstance(refusal.value, LimitError)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("می\u200cخواهم", id="a non-joiner"),
        pytest.param("👩\u200d🔬", id="a joined emoji"),
        pytest.param("a\u200eb\u200fc", id="marks of direction, which turn nothing over"),
        pytest.param("a\n\n\tb", id="paragraphs and a tab"),
        pytest.param("x" * 20_000, id="the longest text"),
        pytest.param("ب" * 10_000, id="the longest Persian text"),
        pytest.param("\n\u0301", id="an accent behind a line end"),
    ],
)
def test_text_that_people_write_is_kept_to_the_byte(text: str) -> None:
    raw = factories.note(AVA, text=text, language="fa")

    assert verify_record(parse_record(raw)).document["contentMap"] == {"fa": text}


@pytest.mark.parametrize("day", [date(2000, 1, 1), date(2024, 2, 29), date(9999, 12, 31)])
def test_any_day_since_2000_parses(day: date) -> None:
    assert parse_record(factories.note(AVA, day=day)).day == day


@pytest.mark.parametrize("day", [date(1, 1, 1), date(621, 12, 31), date(1999, 12, 31)])
def test_day_that_persian_pages_could_not_show_is_refused(day: date) -> None:
    """One post from before the first year of the Jalali calendar would break every page it is on."""
    with pytest.raises(MalformedError):
        parse_record(factories.note(AVA, day=day))


def test_leaf_holds_a_digest_and_a_type_and_nothing_else() -> None:
    leaf = encode_leaf(bytes(32), "Note")

    assert leaf == b'{"d":"' + b"00" * 32 + b'","t":"Note","v":1}'
    assert decode_leaf(leaf) == (bytes(32), "Note")
