"""The strict JSON profile: one value has one byte form, and nothing else is read."""

import json
from collections.abc import Callable
from time import process_time

import pytest
import rfc8785
from app.kernel import strict_json
from app.kernel.errors import MalformedError
from app.kernel.strict_json import MAX_DEPTH, MAX_INTEGER, JsonObject
from hypothesis import example, given
from hypothesis import strategies as st

from tests import strategies, vectors

# Those of the suite that are too long to stand in a file are made here.
MUST_NOT_PARSE = {
    name: bytes.fromhex(raw)
    for name, raw in vectors.read_json("json-testsuite/must-not-parse.json").items()
} | {
    "n_structure_100000_opening_arrays": b"[" * 100_000,
    "n_structure_open_array_object": b'[{"":' * 50_000 + b"\n",
}
HOSTILE = {
    "100,000 arrays": b'{"a":' + b"[" * 100_000,
    "an integer of 4,301 digits": b'{"a":' + b"9" * 4301 + b"}",
    "an integer of 250,000 digits": b'{"a":' + b"9" * 250_000 + b"}",
    "10,000 names": json.dumps({str(n): 1 for n in range(10_000)}).encode(),
    "a name 20,000 times": b"{" + b'"a":1,' * 20_000 + b'"a":1}',
    "a string of 250,000 quotes": b'{"a":"' + b'\\"' * 125_000 + b"}",
    "accents": b'{"a":"' + "e\u0301".encode() * 80_000 + b'"}',
}
SOON_S = 0.05


@given(strategies.objects)
# A newline is written as `\n`; a mark behind it must not be taken for an accent on the n.
@example({"": "\n\u0301"})
def test_decode_returns_what_was_encoded(value: JsonObject) -> None:
    assert strict_json.decode(strict_json.encode(value)) == value


@given(strategies.values)
def test_encode_writes_the_bytes_of_rfc_8785(value: strict_json.Json) -> None:
    assert strict_json.encode(value) == rfc8785.dumps(value)


@given(st.binary() | strategies.json_values.map(lambda value: json.dumps(value).encode()))
def test_decode_reads_canonical_bytes_or_refuses(raw: bytes) -> None:
    try:
        value = strict_json.decode(raw)
    except MalformedError:
        return

    assert strict_json.encode(value) == raw
    assert rfc8785.dumps(value) == raw


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="unfinished"),
        pytest.param(b'{"a":1}{"a":1}', id="two objects"),
        pytest.param(b'{"a":1}\n', id="a line end behind it"),
        pytest.param(b' {"a":1}', id="a blank before it"),
        pytest.param(b'{"a": 1}', id="a blank inside"),
        pytest.param(b"[1]", id="not an object"),
        pytest.param(b'"a"', id="a bare string"),
        pytest.param(b"1", id="a bare number"),
        pytest.param(b'\xef\xbb\xbf{"a":1}', id="byte-order mark"),
        pytest.param('{"a":1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"a":"\xff"}', id="invalid UTF-8"),
        pytest.param(b'{"a":"\xc0\xaf"}', id="overlong UTF-8"),
        pytest.param(b'{"a":"\xed\xa0\x80"}', id="a surrogate in UTF-8"),
        pytest.param(b'{"a":"\\ud800"}', id="a lone high surrogate"),
        pytest.param(b'{"a":"\\udc00"}', id="a lone low surrogate"),
        pytest.param(b'{"\\ud800":1}', id="a lone surrogate in a name"),
        pytest.param(b'{"a":"\\ud83d\\ude00"}', id="a needless pair of escapes"),
        pytest.param(b'{"a":"\\u0041"}', id="a needless escape"),
        pytest.param(b'{"a":"\\/"}', id="an escaped slash"),
        pytest.param(b'{"a":"\x01"}', id="a raw control character"),
        pytest.param(b'{"a":"\\u001F"}', id="upper-case hex in an escape"),
        pytest.param(b'{"a":1,"a":1}', id="a name twice"),
        pytest.param(b'{"a":1,"a":2}', id="a name twice with two values"),
        pytest.param(b'{"a":[{"b":{"c":1,"c":2}}]}', id="a name twice, deep inside"),
        pytest.param(b'{"a":1,"\\u0061":2}', id="a name twice, once escaped"),
        pytest.param(b'{"b":1,"a":1}', id="names out of order"),
        pytest.param(b'{"a":{"c":1,"b":1}}', id="names out of order inside"),
        pytest.param('{"é":1}'.encode(), id="a name that is not ASCII"),
        pytest.param(b'{"a\\r":1}', id="a carriage return in a name"),
        pytest.param(b'{"a":1.0}', id="a float that is whole"),
        pytest.param(b'{"a":1.5}', id="a float"),
        pytest.param(b'{"a":1e3}', id="an exponent"),
        pytest.param(b'{"a":1E400}', id="a float beyond all floats"),
        pytest.param(b'{"a":-0}', id="minus nought"),
        pytest.param(b'{"a":-0.0}', id="minus nought as a float"),
        pytest.param(b'{"a":01}', id="a leading nought"),
        pytest.param(b'{"a":+1}', id="a plus sign"),
        pytest.param(b'{"a":NaN}', id="NaN"),
        pytest.param(b'{"a":Infinity}', id="Infinity"),
        pytest.param(b'{"a":-Infinity}', id="minus Infinity"),
        pytest.param(b'{"a":9007199254740992}', id="2^53"),
        pytest.param(b'{"a":-9007199254740992}', id="minus 2^53"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", id="five thousand digits"),
        pytest.param(b'{"a":null}', id="null"),
        pytest.param(b'{"a":[{"b":[null]}]}', id="null, deep inside"),
        pytest.param('{"a":"e\u0301"}'.encode(), id="a string that is not NFC"),
        pytest.param('{"a":"\u212b"}'.encode(), id="a sign that NFC replaces"),
        pytest.param(
            '{"a":"\n\u0301e\u0301"}'.encode().replace(b"\n", b"\\n"),
            id="not NFC behind a line end",
        ),
        pytest.param(b'{"a":"x\\r\\ny"}', id="carriage return and line feed"),
        pytest.param(b'{"a":["\\r"]}', id="a carriage return, deep inside"),
        pytest.param(b'{"a":true,}', id="a comma too many"),
        pytest.param(b"{'a':1}", id="single quotes"),
        pytest.param(b'{"a":1}//x', id="a comment"),
    ],
)
def test_decode_refuses_bytes_outside_the_profile(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        strict_json.decode(raw)


def test_decode_refuses_what_no_json_parser_may_take() -> None:
    """Also as the value of a name: there not even its kind is a reason to refuse it."""
    taken = list[str]()
    for name, raw in MUST_NOT_PARSE.items():
        for form in (raw, b'{"a":' + raw + b"}"):
            try:
                strict_json.decode(form)
            except MalformedError:
                continue
            taken.append(name)

    assert len(MUST_NOT_PARSE) == 188
    assert taken == []


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_decode_refuses_soon(raw: bytes) -> None:
    """Processor time, the best of three: a busy machine is no matter."""

    def cost() -> float:
        begun = process_time()
        with pytest.raises(MalformedError):
            strict_json.decode(raw)
        return process_time() - begun

    assert min(cost() for _ in range(3)) < SOON_S


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"a": "null"}, id="the word null"),
        pytest.param({"a": "\\r"}, id="a backslash and an r"),
        pytest.param({"a": "سلام، می\u200cخواهم"}, id="Persian with a non-joiner"),
        pytest.param({"a": "\u2028\u2029"}, id="separators that JavaScript once broke lines at"),
        pytest.param({"a": "\x00\x1f\x7f\b\t\n\f"}, id="control characters"),
        pytest.param({"a": "\U0001f3f4\U000e0067"}, id="beyond the basic plane"),
        pytest.param({"a": MAX_INTEGER, "b": -MAX_INTEGER}, id="the largest integers"),
        pytest.param({"a": '[[[[[[[[[["'}, id="brackets inside a string"),
        pytest.param({"a": '"' + "[" * 20 + '\\"'}, id="brackets between escaped quotes"),
        pytest.param({"": {}}, id="an empty name"),
        pytest.param({"Z": 1, "a": 2, "~": 3}, id="capitals before small letters"),
    ],
)
def test_decode_reads_what_the_profile_holds(value: JsonObject) -> None:
    assert strict_json.decode(strict_json.encode(value)) == value


def arrays(depth: int) -> bytes:
    """Return an object that holds arrays inside arrays, `depth` levels in all."""
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def objects(depth: int) -> bytes:
    """Return an object inside an object, `depth` levels in all."""
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


@pytest.mark.parametrize("nest", [arrays, objects])
def test_decode_reads_eight_levels_and_no_more(nest: Callable[[int], bytes]) -> None:
    assert strict_json.decode(nest(MAX_DEPTH))
    for depth in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(MalformedError):
            strict_json.decode(nest(depth))


def test_decode_counts_depth_and_not_breadth() -> None:
    wide = {"a": [[1]] * 50}

    assert strict_json.decode(strict_json.encode(wide)) == wide


def test_decode_refuses_brackets_that_never_close() -> None:
    with pytest.raises(MalformedError):
        strict_json.decode(b"[" * 60_000)


def test_encode_refuses_a_lone_surrogate() -> None:
    with pytest.raises(MalformedError):
        strict_json.encode({"a": "\ud800"})
