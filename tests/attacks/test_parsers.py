"""Every parser fed with noise: it reads, or it refuses with an error of its own, and soon."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar
from urllib.parse import urlsplit

import pytest
from app.crypto.multikey import decode_base58, decode_did, decode_digest, decode_multibase
from app.crypto.seed import parse_words, word_list
from app.identity.codec.login_proofs import verify_login_proof
from app.kernel import strict_json
from app.kernel.errors import AppError
from app.records.codec import parse_record, verify_receipt, verify_record
from app.web.forms import parse_fields, safe_path
from app.web.languages import parse_day
from app.web.markup import excerpt, highlight, render_difference, render_post
from hypothesis import example, given
from hypothesis import strategies as st

from tests import factories
from tests.attacks.markup import dangers_in
from tests.attacks.xss import PAYLOADS
from tests.strategies import json_values, objects
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

# Fifty times what the slowest takes: a machine under load must not make this red.
T = TypeVar("T")
_SOON_S: Final = 3.0
# Processor time of the longest post; the worst of these took 0.12 s.
_RENDERED_S: Final = 0.2
_RECORDS: Final = tuple(factories.one_of_each_type().values())
_FORM: Final = "application/x-www-form-urlencoded"


def read(parse: Callable[[], T], *documented: type[Exception]) -> T | None:
    """Let a parser read; whatever it raises must be documented, and it must end soon."""
    started = time.perf_counter()
    found: T | None = None
    with suppress(AppError, *documented):
        found = parse()
    assert time.perf_counter() - started < _SOON_S
    return found


@st.composite
def bent_records(draw: st.DrawFn) -> bytes:
    """Return a valid record with some of its bytes taken out, put in or changed."""
    raw = bytearray(draw(st.sampled_from(_RECORDS)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(raw)))
        length = draw(st.integers(0, 12))
        raw[place : place + length] = draw(st.binary(max_size=12) | st.sampled_from(_PIECES))
    return bytes(raw)


_PIECES: Final = (
    b"null", b"{}", b"[]", b"1e400", b"-0", b"\\u0000", b"\\ud800", b'"', b"{", b"[" * 50, b"\xff",
    b"true", b"9" * 400, b"\xef\xbb\xbf", b'"proof":{}', b'""',
)  # fmt: skip


@st.composite
def bent_documents(draw: st.DrawFn) -> bytes:
    """Return a valid record with a member, at any depth, replaced by something of another kind."""
    document = factories.decode(draw(st.sampled_from(_RECORDS)))
    inside: dict[str, object] = document
    while True:
        name = draw(st.sampled_from(sorted(inside)))
        member = inside[name]
        if isinstance(member, dict) and member and draw(st.booleans()):
            inside = member
            continue
        inside[name] = draw(st.text(max_size=20) | st.integers(-9, 9) | objects | json_values)
        break
    try:
        return strict_json.encode(document)
    except (AppError, ValueError):
        return b"{}"


@given(st.binary(max_size=2000) | st.text(max_size=500).map(str.encode) | bent_records())
@example(b"[" * 65_536)
@example(b'{"a":' * 10_000)
@example(b'{"a":' + b"9" * 60_000 + b"}")
@example(b'{"a":1e400}')
@example(b'{"a":"' + b"[" * 60_000 + b'"}')
def test_strict_json_reads_or_refuses(raw: bytes) -> None:
    value = read(lambda: strict_json.decode(raw))

    assert value is None or strict_json.encode(value) == raw


@given(bent_records() | bent_documents())
def test_record_is_read_or_refused(raw: bytes) -> None:
    """A bent record may still parse; its signature no longer holds unless nothing was bent."""
    found = read(lambda: verify_record(parse_record(raw)))

    assert found is None or raw in _RECORDS


@given(bent_records() | bent_documents())
def test_receipt_and_login_proof_are_read_or_refused(raw: bytes) -> None:
    assert read(lambda: verify_receipt(raw)) is None
    assert read(lambda: verify_login_proof(raw)) is None


@given(st.binary(max_size=3000), st.sampled_from([_FORM, f"{_FORM}; charset=utf-7", "", "x/y;;"]))
@example(b"&" * 260_000, _FORM)
@example(b"a=%" * 80_000, _FORM)
@example(b"=" * 260_000, _FORM)
def test_form_is_read_or_refused(body: bytes, content_type: str) -> None:
    read(lambda: parse_fields(body, content_type))


_dids = st.text(max_size=80) | st.text("123456789ABCDEFGHabcdefghz", max_size=60).map(
    lambda text: f"did:key:z6Mk{text}"
)


@given(_dids)
@example("did:key:z" + "1" * 10_000)
@example("z" + "2" * 100_000)
def test_keys_are_read_or_refused(text: str) -> None:
    read(lambda: decode_did(text))
    read(lambda: decode_digest(text))
    read(lambda: decode_base58(text))
    read(lambda: decode_multibase(text, 32))


_digits = st.text("0123456789۰۱۲۳۴۵۶۷۸۹٠١٢-", max_size=30)


@given(st.text(max_size=200) | _digits | st.builds("{}-{}-{}".format, *[st.integers()] * 3))
@example("9" * 30 + "-1-1")
@example("-".join(["9" * 60] * 3))
@example("0-0-0")
@example("9999-12-30")
@example("1600-1-1")
@example("1-1-1" * 40)
def test_day_is_read_or_refused(typed: str) -> None:
    read(lambda: parse_day(typed), ValueError)


@pytest.mark.parametrize(
    "day", ["9" * 30 + "-1-1", "2026-" + "9" * 30 + "-1", "-" * 5, "1-1-" + "9" * 30]
)
def test_search_for_an_impossible_day_says_so(stranger: Visitor, day: str) -> None:
    answer = stranger.get(f"/search?day={day}")

    assert answer.status_code == 400
    assert day in answer.text


_words = st.lists(st.sampled_from(word_list()) | st.text(max_size=8), max_size=14).map(" ".join)


@given(st.text(max_size=300) | _words)
@example("a " * 100_000)
def test_recovery_words_are_read_or_refused(text: str) -> None:
    read(lambda: parse_words(text))


@given(st.text(max_size=60) | st.text("/\\:.@?#% \t\n\r\0evilEXAMPLE", max_size=40))
def test_next_path_stays_on_this_site(path: str) -> None:
    """As browsers read it: backslashes are slashes, tabs and line ends are nothing."""
    found = safe_path(path, fallback="/")

    seen = found.replace("\\", "/").translate(dict.fromkeys(map(ord, "\t\r\n"))).strip()
    assert seen.startswith("/")
    assert not seen.startswith("//")
    assert not urlsplit(f"http://here{seen}").netloc.removeprefix("here")


_marks = st.lists(
    st.sampled_from([*PAYLOADS, *"[]()<>*_`~!#&-+>\\\n \t", "](", "![", "**", "```", "    ", "- ", "> ", "سلام", "http://x", "&#", "\u0301"]),
    max_size=60,
).map("".join)  # fmt: skip


@given(st.text(max_size=2000) | _marks)
def test_markdown_is_rendered_soon_and_harmless(text: str) -> None:
    html = read(lambda: render_post(text))

    assert dangers_in(str(html)) == []
    read(lambda: excerpt(text, 80))
    read(lambda: highlight(text, frozenset({"a"}), 300))
    assert dangers_in(str(read(lambda: render_difference(text, text[::-1])))) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["[", "]", "![", "](", "<", "*", "_", "`", "~", "**a", "*a_", "> ", "- ", "1. ", "a*", "[a](", "[a](<", "<a", "<http://", "\\", "&", "&#", "`a", "``a`", "\n", "\n\n", "> \n", "- \n", " - a\n", "\t", "*a **a ", "_a __a ", "~~a", "[[a]", "[](", "a\u0301", "\u0301", "<!--", "<?", "]: ", "\n    a", "\n```"],
)  # fmt: skip
def test_longest_post_of_one_mark_is_rendered_soon(piece: str) -> None:
    text = (piece * 20_000)[:20_000]

    def cost() -> float:
        begun = time.process_time()
        render_post(text)
        return time.process_time() - begun

    assert min(cost() for _ in range(3)) < _RENDERED_S
    assert read(lambda: render_post(text)) is not None
    read(lambda: excerpt(text, 80))
    read(lambda: highlight(text, frozenset({"a"}), 300))
    read(lambda: render_difference(text, text[::-1]))
