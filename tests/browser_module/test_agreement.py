"""The browser module and the server are two programs with one meaning: same verdicts, same bytes.

`webcrypto` is the module as most pages run it, `noble` as on a page that has no WebCrypto.
"""

import gzip
import json
from collections.abc import Callable, Sequence
from hashlib import sha512
from typing import Any

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_digest, fingerprint
from app.forum.codec import clean_line, clean_text
from app.forum.model import LINES
from app.identity.codec.login_proofs import sign_login_proof
from app.kernel import strict_json
from app.kernel.errors import AppError
from app.records import parse_record, sign_record, verify_record
from app.records.model import PREVIOUS, QUOTES
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_add

from tests import factories, strategies
from tests.browser_module import node
from tests.crypto.test_ed25519 import (
    CCTV,
    LOW_ORDER,
    RFC_8032,
    SPECCHECK,
    WYCHEPROOF,
    L,
    accepts,
)
from tests.faults.rounds import IS_NIGHT

pytestmark = pytest.mark.slow

Signed = tuple[bytes, bytes, bytes]

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
WAYS = {"webcrypto": (), "noble": ("--noble",)}

# By night more than 10,000 signatures in all.
MALLEATED = 200 if IS_NIGHT else 20

every_way = pytest.mark.parametrize("flags", WAYS.values(), ids=WAYS)


def malleations(number: int) -> list[Signed]:
    """Return a signature and what attackers make of it: S + nL, flipped bits, other Rs and keys."""
    key, message = SigningKey(sha512(f"key {number}".encode()).digest()[:32]), b"m" * number
    signature, public = key.sign(message), key.public.raw
    s = int.from_bytes(signature[32:], "little")
    twins = [
        signature[:32] + (s + multiple * L).to_bytes(32, "little")
        for multiple in range((2**256 - s) // L + 1)
    ]
    bits = [int(bit) for bit in sha512(f"bits {number}".encode()).digest()]
    flipped = [flip(signature, bit + 256 * (at % 2)) for at, bit in enumerate(bits[:12])]
    return [
        *((public, message, changed) for changed in (*twins, *flipped, *tricks(key, message))),
        *((flip(public, bit), message, signature) for bit in bits[12:16]),
        (public, message + b"m", signature),
        (bytes.fromhex(LOW_ORDER[number % len(LOW_ORDER)]), message, signature),
    ]


def tricks(key: SigningKey, message: bytes) -> list[bytes]:
    """Return what only the key's holder can make: Rs of low order, and Rs that hide a part of low order.

    Libraries that multiply by the cofactor accept all of them, and others some.
    """
    head = bytearray(sha512(key.seed()).digest()[:32])
    head[0], head[31] = head[0] & 248, head[31] & 63 | 64
    secret = int.from_bytes(head, "little")
    low = [bytes.fromhex(point) for point in LOW_ORDER]
    # R is the public key plus something small, so its secret is the same and S is (h + 1) times it.
    mixed = [(crypto_core_ed25519_add(key.public.raw, point), 1) for point in low[1:]]
    return [
        r + ((hash_of(r, key, message) + extra) * secret % L).to_bytes(32, "little")
        for r, extra in [*((point, 0) for point in low), *mixed]
    ]


def hash_of(r: bytes, key: SigningKey, message: bytes) -> int:
    """Return the number h of an Ed25519 signature."""
    return int.from_bytes(sha512(r + key.public.raw + message).digest(), "little")


def flip(raw: bytes, bit: int) -> bytes:
    """Return bytes with one bit turned over."""
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def verdicts(signatures: Sequence[Signed], flags: tuple[str, ...]) -> list[bool]:
    """Return what the browser module says of signatures."""
    lines = [
        json.dumps({"pk": key.hex(), "msg": message.hex(), "sig": signature.hex()})
        for key, message, signature in signatures
    ]
    return [answer == "accept" for answer in node.ask("browser_module/edge.mjs", lines, *flags)]


def build(commands: Sequence[dict[str, Any]], flags: tuple[str, ...] = ()) -> list[str]:
    """Return what the browser module makes of commands."""
    lines = [json.dumps(command) for command in commands]
    return node.ask("browser_module/records.mjs", lines, *flags)


@pytest.mark.slow
@every_way
def test_verdict_on_every_edge_is_the_servers(flags: tuple[str, ...]) -> None:
    cctv = [(bytes.fromhex(v["key"]), v["msg"].encode(), bytes.fromhex(v["sig"])) for v in CCTV]
    wycheproof = [
        (bytes.fromhex(key), bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"]))
        for key, test in WYCHEPROOF
    ]
    rfc_8032 = [
        (bytes.fromhex(v["public"]), bytes.fromhex(v["message"]), bytes.fromhex(v["signature"]))
        for v in RFC_8032
    ]
    speccheck = [
        (bytes.fromhex(v["pub_key"]), bytes.fromhex(v["message"]), bytes.fromhex(v["signature"]))
        for v in SPECCHECK
    ]
    malleated = [item for number in range(MALLEATED) for item in malleations(number)]
    signatures = [*cctv, *wycheproof, *rfc_8032, *speccheck, *malleated]

    ours, theirs = [accepts(*item) for item in signatures], verdicts(signatures, flags)

    assert (len(cctv), len(wycheproof), len(rfc_8032)) == (914, 151, 5)
    assert [item for item, a, b in zip(signatures, ours, theirs, strict=True) if a != b] == []
    assert ours[:914].count(True) == 1
    assert ours[-len(malleated) :].count(True) == MALLEATED, (
        "of each signature only itself is accepted"
    )


def common(by: factories.Person, raw: bytes, **fields: Any) -> dict[str, Any]:
    """Return a command with what every record is made from."""
    document = factories.decode(raw)
    return {
        "entropy": by.seed.entropy().hex(),
        "nonce": document["id"].rpartition("/")[2],
        "day": document["published"][:10],
        **fields,
    }


def words(raw: bytes) -> dict[str, Any]:
    """Return the fields of a command that hold a record's words."""
    document = factories.decode(raw)
    ((language, text),) = document["contentMap"].items()
    lines = {member: document[member] for member in LINES.values() if member in document}
    return {"language": language, "text": text, "lines": lines}


def note_command(by: factories.Person, raw: bytes) -> dict[str, Any]:
    """Return the command that makes the post `raw`."""
    document = factories.decode(raw)
    place = {"replyTo": document["inReplyTo"]} if "inReplyTo" in document else {}
    quotes = {"quotes": document[QUOTES]} if QUOTES in document else {}
    tags = {"tags": [item["name"][1:] for item in document.get("tag", ())]}
    board = factories.SQUARE.did
    return common(by, raw, op="note", board=board, **words(raw), **place, **quotes, **tags)


def change_command(by: factories.Person, raw: bytes, op: str) -> dict[str, Any]:
    """Return the command that makes the revision or erasure `raw`."""
    document = factories.decode(raw)
    fields = words(raw) if op == "update" else {}
    changed = {"object": document["object"], "previous": document[PREVIOUS]}
    return common(by, raw, op=op, board=factories.SQUARE.did, **changed, **fields)


def act_command(by: factories.Person, raw: bytes) -> dict[str, Any]:
    """Return the command that makes the act `raw` from what its page shows."""
    document = factories.decode(raw)
    apart = ("@context", "id", "attributedTo", "to", "published", "proof")
    shown = {name: value for name, value in document.items() if name not in apart}
    return common(by, raw, op="act", text=strict_json.encode(shown).decode())


def card_command(by: factories.Person, raw: bytes, numbers: Sequence[int]) -> dict[str, Any]:
    """Return the command that makes the card `raw`."""
    document = factories.decode(raw)
    previous = {"previous": document[PREVIOUS]} if PREVIOUS in document else {}
    keys = [{"number": number, "custody": "device", "state": "active"} for number in numbers]
    sequence = document["urn:goftogu:sequence"]
    fields = {"name": document["name"], "sequence": sequence, "postingKeys": keys, **previous}
    return common(by, raw, op="card", **fields)


def one_of_each() -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Return records that people sign on their devices, with the commands that make them."""
    opening = factories.note(AVA, title="آب", text="آب کجا می‌رود؟\n\n**کجا**؟", language="fa")
    tagged = factories.note(AVA, title="Water", tags=["آب", "land use"])
    quotes = [factories.id_of(opening), factories.id_of(factories.note(AVA))]
    answer = factories.note(BABAK, reply_to=opening, text='« 💧 "\\\u2028\u0001 »', quotes=quotes)
    renamed = factories.update(AVA, opening, title="Water, again")
    revised = factories.update(BABAK, answer)
    erased = factories.erasure(BABAK, answer, after=revised)
    card = factories.card(AVA)
    keys = [factories.key_line(AVA), factories.key_line(AVA, 1)]
    second = factories.card(AVA, name="Ávà of the hills", after=card, keys=keys)
    binding = {"audience": f"ap://{factories.SQUARE.did}/actor", "urn:goftogu:binds": True}
    binding["object"] = {"id": quotes[0], "digestMultibase": encode_digest(b"d" * 32)}
    bound = sign_record(BABAK.key, "Accept", binding, nonce=factories.nonce(), day=factories.TODAY)
    login = {"challenge": "zQm7", "expires": "2026-11-21T10:12:00Z", "domain": factories.SQUARE.did}
    proof = sign_login_proof(BABAK.key, day=factories.TODAY, **login)
    entropy = BABAK.seed.entropy().hex()
    return {
        "opening": (opening, note_command(AVA, opening)),
        "opening with tags": (tagged, note_command(AVA, tagged)),
        "answer with quotes": (answer, note_command(BABAK, answer)),
        "revision with a title": (renamed, change_command(AVA, renamed, "update")),
        "revision": (revised, change_command(BABAK, revised, "update")),
        "erasure": (erased, change_command(BABAK, erased, "delete")),
        "act": (bound, act_command(BABAK, bound)),
        "first card": (card, card_command(AVA, card, [0])),
        "second card": (second, card_command(AVA, second, [0, 1])),
        "log-in proof": (proof, {"op": "login", "entropy": entropy, "day": "2026-11-21", **login}),
    }


@every_way
def test_records_from_the_same_input_are_the_same_bytes(flags: tuple[str, ...]) -> None:
    expected = one_of_each()

    built = build([command for _, command in expected.values()], flags)

    made = dict(zip(expected, built, strict=True))
    assert made == {name: raw.decode() for name, (raw, _) in expected.items()}


@pytest.mark.slow
@settings(max_examples=5)
@given(st.lists(st.tuples(strategies.titles, strategies.texts), min_size=30, max_size=60))
def test_posts_with_any_words_are_the_same_bytes(drawn: list[tuple[str, str]]) -> None:
    notes = [factories.note(AVA, title=title, text=text) for title, text in drawn]

    built = build([note_command(AVA, note) for note in notes])

    assert built == [note.decode() for note in notes]


@every_way
def test_keys_and_digests_are_the_same(flags: tuple[str, ...]) -> None:
    note = factories.note(AVA)

    answers = build(
        [
            {"op": "keys", "entropy": AVA.seed.entropy().hex()},
            {"op": "entropy", "words": " ".join(AVA.seed.words())},
            {"op": "digest", "record": factories.decode(note)},
        ],
        flags,
    )

    keys, entropy, digest = map(json.loads, answers)
    posting = [factories.key_line(AVA, number)["id"] for number in range(4)]
    assert keys == {
        "words": list(AVA.seed.words()),
        "root": AVA.root,
        "posting": posting,
        "fingerprint": fingerprint(AVA.root_key.public),
    }
    assert entropy == AVA.seed.entropy().hex()
    raw = factories.digest_of(note)
    assert digest == {"hex": raw.hex(), "multibase": encode_digest(raw)}


def tampered() -> list[bytes]:
    """Return good records of every type, and those of attackers."""
    good = list(factories.one_of_each_type().values())
    note = factories.note(AVA, title="Water — آب")

    def alter(change: Callable[[dict[str, Any]], object]) -> list[bytes]:
        return [factories.altered(note, change), factories.forged(note, AVA.key, change)]

    def in_proof(**members: str) -> Callable[[dict[str, Any]], object]:
        return lambda document: document["proof"].update(members)

    return [
        *good,
        note,
        *alter(lambda document: document.update(to=["https://example.org/"])),
        *alter(lambda document: document.update(attributedTo=f"ap://{BABAK.did}/actor")),
        *alter(lambda document: document.update(id=document["id"].replace(AVA.did, BABAK.did))),
        *alter(lambda document: document.update(published="2026-11-21T10:07:00Z")),
        *alter(lambda document: document.update(published="2026-02-30T00:00:00Z")),
        *alter(lambda document: document.update({"@context": document["@context"][:1]})),
        *alter(lambda document: document.update(name="Water\r")),
        *alter(in_proof(created="2026-11-20T00:00:00Z")),
        *alter(in_proof(proofPurpose="authentication")),
        *alter(in_proof(cryptosuite="eddsa-rdfc-2022")),
        *alter(in_proof(domain="example.org")),
        note + b"\n",
        b"\xef\xbb\xbf" + note,
        note.replace(b'"type"', b'"type" ', 1),
        note.replace("—".encode(), b"\\u2014"),
        note.replace(b'"mediaType"', b'"mediaType":"text/plain","mediaType"'),
        b"",
        b"[]",
        b"null",
        *(flip(note, bit) for bit in range(0, 8 * len(note), 29)),
    ]


def holds(raw: bytes) -> bool:
    """Return the server's verdict on a record."""
    try:
        verify_record(parse_record(raw))
    except AppError:
        return False
    return True


@every_way
def test_verdict_on_whole_records_is_the_servers(flags: tuple[str, ...]) -> None:
    # An empty line would not be asked at all.
    records = [raw for raw in tampered() if raw]

    answers = node.ask("browser_module/verify.mjs", [raw.hex() for raw in records], *flags)

    disagreed = [
        (raw, answer)
        for raw, answer in zip(records, answers, strict=True)
        if holds(raw) != (answer == "ok")
    ]
    assert disagreed == []
    assert answers.count("ok") == 45


# The two know different versions of Unicode: what one of them has not heard of, it cannot compose.
typed = st.text(
    st.characters(exclude_categories=["Cs", "Cn", "Co"])
    | st.sampled_from("\r\n\t \x1c\x1f\x85\xa0\u2028\u200b\ufeff\u200c\u0301e\u0627\u0653")
)


@pytest.mark.slow
@settings(max_examples=10)
@given(st.lists(typed, min_size=60, max_size=120))
def test_clean_up_of_typed_text_is_the_same(drawn: list[str]) -> None:
    commands = [{"op": op, "text": text} for text in drawn for op in ("text", "line")]

    cleaned = [json.loads(answer) for answer in build(commands)]

    assert cleaned == [clean(text) for text in drawn for clean in (clean_text, clean_line)]


def test_cleaned_text_is_what_the_strict_profile_takes() -> None:
    typed_text = " \r\nÁb\r\ne\u0301\u0085 \ufeff\r"

    (answer,) = build([{"op": "text", "text": typed_text}])

    strict_json.encode({"text": json.loads(answer)})
    assert json.loads(answer) == "Áb\né\u0085 \ufeff"


def test_built_files_are_what_the_sources_build_to() -> None:
    done = node.run(node.ROOT / "static" / "build", "--check")

    node.skip_without_registry(done, "the browser module cannot be rebuilt")
    assert done.returncode == 0, done.stdout + done.stderr


def test_module_fits_in_15_000_bytes() -> None:
    sizes = {
        name: len(gzip.compress((node.ROOT / "static" / name).read_bytes(), mtime=0))
        for name in ("signer.js", "noble.js")
    }

    assert sum(sizes.values()) <= 15_000, sizes
