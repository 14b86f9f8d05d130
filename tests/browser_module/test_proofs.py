"""What the page of a post checks in the browser: the same verdicts as ours, and never a false alarm."""

import gzip
import html
import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from app.crypto.note_keys import COSIGNATURE, SIGNATURE, VerifierKey
from app.kernel.clock import Instant
from app.tlog import tree
from app.tlog.checkpoints import with_signatures
from app.tlog.cosignatures import cosign
from app.tlog.proof_files import encode_proof_file
from app.tlog.tiles import VerifiedTiles
from app.web.markup import render_post
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import factories, strategies
from tests.browser_module import node
from tests.tlog import logs

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
LOG_KEY = VerifierKey(logs.ORIGIN, SIGNATURE, logs.KEY.public).encode()
WITNESS = VerifierKey(logs.WITNESSES[0].name, COSIGNATURE, logs.WITNESSES[0].key).encode()
OTHER = VerifierKey(logs.WITNESSES[1].name, COSIGNATURE, logs.WITNESSES[1].key).encode()


def ask(questions: Sequence[dict[str, Any]], *flags: str) -> list[str]:
    """Return what the page's script says."""
    lines = [json.dumps(question) for question in questions]
    return node.ask("browser_module/proofs.mjs", lines, *flags)


def proof_of(log: logs.MemoryLog, index: int) -> bytes:
    """Return the proof file of an entry, cosigned by one witness."""
    tiles = VerifiedTiles(log.head, log.read)
    path = tree.prove_inclusion(index, len(log.leaves), tiles.read_node)
    signed = log.checkpoint()
    line = cosign(signed, logs.WITNESSES[0].name, logs.WITNESS_KEYS[0], Instant(1_700_000_000))
    return encode_proof_file(index, path, with_signatures(signed, [line]))


def asked(raw: bytes, index: int, **changes: str) -> dict[str, Any]:
    """Return the question whether a proof holds for an entry of a log in memory."""
    page = {"digest": f"{index:064x}", "kind": "Note", "logKey": LOG_KEY}
    return {"op": "proof", "raw": raw.hex(), **page, **changes}


@pytest.mark.parametrize("flags", [(), ("--noble",)], ids=["webcrypto", "noble"])
def test_proofs_of_every_shape_hold(flags: tuple[str, ...]) -> None:
    expected, questions = [], []
    for size in (*range(1, 18), 255, 256, 257):
        log = logs.log_of(size)
        for index in sorted({0, 1, size // 2, size - 2, size - 1} & set(range(size))):
            questions.append(asked(proof_of(log, index), index))
            expected.append(f"ok {index} of {size}")

    assert ask(questions, *flags) == expected


def test_proof_of_another_entry_place_log_or_key_is_refused() -> None:
    log = logs.log_of(13)
    raw = proof_of(log, 5)
    other_log = VerifierKey("goftogu/other", SIGNATURE, logs.KEY.public).encode()
    other_key = VerifierKey(logs.ORIGIN, SIGNATURE, logs.OTHER_KEY.public).encode()
    moved = raw.replace(b"index 5", b"index 6")
    beyond = raw.replace(b"index 5", b"index 13")
    head, _, rest = raw.partition(b"\n\n")
    shorter = head.rpartition(b"\n")[0] + b"\n\n" + rest
    longer = head + b"\n" + head.rpartition(b"\n")[2] + b"\n\n" + rest

    answers = ask(
        [
            asked(raw, 5),
            asked(raw, 6),
            asked(raw, 5, kind="Update"),
            asked(raw, 5, logKey=other_log),
            asked(raw, 5, logKey=other_key),
            asked(raw, 5, logKey=LOG_KEY.replace("+", "+0", 1)),
            *(asked(changed, 5) for changed in (moved, beyond, shorter, longer, b"", b"\n\n\n\n")),
        ]
    )

    assert answers[0] == "ok 5 of 13"
    assert [answer for answer in answers[1:] if not answer.startswith("refused")] == []


def test_every_changed_byte_of_a_proof_is_found() -> None:
    """But in the other signatures under the checkpoint, which are not the log's to vouch for."""
    raw = proof_of(logs.log_of(9), 4)
    end = raw.index(f"— {logs.WITNESSES[0].name}".encode())
    changed = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(end)]

    answers = ask([asked(item, 4) for item in changed])

    assert [at for at, answer in enumerate(answers) if answer.startswith("ok")] == []


def test_witnesses_are_counted_and_a_bad_cosignature_is_refused() -> None:
    raw = proof_of(logs.log_of(9), 4)
    forged = raw[:-20] + bytes([raw[-20] ^ 1]) + raw[-19:]
    later = raw.replace(b"\n9\n", b"\n8\n")

    def question(item: bytes, *keys: str) -> dict[str, Any]:
        return {"op": "cosigners", "raw": item.hex(), "witnesses": keys}

    answers = ask(
        [
            question(raw, WITNESS),
            question(raw, OTHER),
            question(raw, OTHER, WITNESS),
            question(raw),
            question(raw, LOG_KEY),
            question(forged, WITNESS),
            question(later, WITNESS),
        ]
    )

    assert answers[:5] == ["ok 1", "ok 0", "ok 1", "ok 0", "ok 0"]
    assert answers[5:] == ["refused signature"] * 2


def test_record_that_is_not_the_one_named_is_refused() -> None:
    note = factories.note(AVA)
    page = {"digest": factories.digest_of(note).hex(), "signer": AVA.did, "kind": "Note"}
    changed = note.replace(b"water", b"wafer")
    forged = factories.forged(note, BABAK.key, lambda document: document)

    def question(raw: bytes, **changes: str) -> dict[str, Any]:
        return {"op": "record", "raw": raw.hex(), **page, **changes}

    answers = ask(
        [
            question(note),
            question(changed),
            question(changed, digest=factories.digest_of(changed).hex()),
            question(forged, digest=factories.digest_of(forged).hex()),
            question(note, signer=BABAK.did),
            question(note, kind="Update"),
        ]
    )

    assert answers[0] == "ok Note"
    assert answers[1] == "refused digest"
    assert answers[2] == "refused signature"
    assert answers[3].startswith("refused")
    assert answers[4:] == ["refused signer", "refused type"]


def test_page_of_another_post_than_the_address_names_is_refused() -> None:
    note, other = factories.note(AVA), factories.note(AVA)
    revision = factories.update(AVA, note)
    digest = factories.digest_of(note).hex()

    def question(record: bytes, first: bytes, named: str) -> dict[str, Any]:
        document = factories.decode(record)
        return {"op": "first", "record": document, "raw": first.hex(), "digest": named}

    answers = ask(
        [
            question(note, note, digest),
            question(revision, note, digest),
            question(other, note, digest),
            question(other, other, digest),
            question(factories.update(AVA, other), note, digest),
            question(note, note.replace(b"water", b"wafer"), digest),
        ]
    )

    assert answers == [
        "ok",
        "ok",
        "refused first",
        "refused digest",
        "refused first",
        "refused digest",
    ]


def test_words_other_than_the_signed_ones_are_refused() -> None:
    titled = {"contentMap": {"fa": "آب\n\n**کجا**؟"}, "name": "آب"}
    bare = {"contentMap": {"en": "Where?"}}

    def question(record: dict[str, Any], words: str, title: str | None) -> dict[str, Any]:
        shown = {} if title is None else {"name": title}
        return {"op": "words", "record": record, "words": words, "lines": shown}

    text = "آب\n\n**کجا**؟"
    answers = ask(
        [
            question(titled, text, "آب"),
            question(titled, text, "آن"),
            question(titled, text, None),
            question(titled, text.replace("*", ""), "آب"),
            question(titled, "", "آب"),
            question(bare, "Where?", None),
            # What an opening without a title is called, the host makes of its first line.
            question(bare, "Where?", "Where?"),
            question({}, "Where?", None),
        ]
    )

    assert answers == ["ok", *["refused words"] * 4, "ok", "ok", "refused words"]


def shown(text: str) -> str:
    """Return what a browser shows of a post, as its text."""
    return html.unescape(re.sub(r"<[^>]*>", "", str(render_post(text))))


def village() -> list[str]:
    """Return what the village says."""
    files = (node.ROOT / "app" / "cli" / "village").glob("threads-*.json")
    threads = [thread for file in sorted(files) for thread in json.loads(file.read_text())]
    return [post["text"] for thread in threads for post in thread["posts"] if "text" in post]


def test_posts_that_are_shown_as_signed_raise_no_alarm() -> None:
    texts = [*SAMPLES, *village()]

    answers = ask([{"op": "shown", "source": text, "shown": shown(text)} for text in texts])

    assert [text for text, answer in zip(texts, answers, strict=True) if answer[:2] != "ok"] == []
    # Most of what people write hides nothing, and is compared to the letter.
    assert answers.count("ok true") > 0.8 * len(texts)


SAMPLES = [
    "آب کجا می‌رود؟\n\n**کجا**؟",
    "Plain words, *stressed* ones, _others_, `code`, ~~struck~~ ones.",
    "> quoted\n> twice\n\n- one\n- two\n\n***\n\nEnd",
    "# no headings in posts\n====\n\n---",
    "a\u0301\u0301\u0301\u0301\u0301 stacked",
    "۱. شماره\n2) number\n3. number",
    "[link](https://a.example/hidden) <https://b.example/shown> https://c.example/x",
    "```py\ncode\n```\n\n~~~sh\nmore\n~~~",
    "&eacute; \\* &amp; é",
    "> > > > > > > > > > deep",
    "\n".join(f"{number} line" for number in range(500)),
    "![picture](https://a.example/p.png)",
    "*" * 80 + "word" + "*" * 80,
    "a\n1. b",
    "- - - - - - - - - x",
    "    indented code\n\ttab",
]


# What Markdown gives a meaning to, and letters that a mark may hide.
marked = st.text(
    st.sampled_from("ab1۱آ é\u0301\n\n  *_`~>#-+.)![](<)&;\\:/=|\t"), min_size=1, max_size=80
)


@settings(max_examples=5)
@given(st.lists(strategies.texts | marked, min_size=200, max_size=300))
def test_no_text_raises_a_false_alarm(texts: list[str]) -> None:
    answers = ask([{"op": "shown", "source": text, "shown": shown(text)} for text in texts])

    assert [text for text, answer in zip(texts, answers, strict=True) if answer[:2] != "ok"] == []


def test_changed_posts_are_found_where_nothing_is_hidden() -> None:
    text = "We do **not** agree: 5 of 7 voted.\n\n> ما موافق نیستیم"
    changes = [("not ", ""), ("5", "6"), ("نیستیم", "هستیم"), ("agree", "Agree"), (".", ". Or so.")]
    rendered = shown(text)
    assert all(old in rendered for old, _ in changes)

    answers = ask(
        [{"op": "shown", "source": text, "shown": rendered.replace(*change)} for change in changes]
    )

    assert answers == ["refused shown"] * len(changes)


def test_module_is_small() -> None:
    raw = (node.ROOT / "static" / "verify.js").read_bytes()

    assert len(gzip.compress(raw, 9, mtime=0)) <= 4_500
