"""Every parser fed with noise, at night for long: it reads or refuses as it says, soon, and what it read it can write."""

import ast
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from app.crypto.ed25519 import SigningKey
from app.kernel.errors import AppError
from app.wiring import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.attacks.parsers import PARSERS, REACHED
from tests.houses import count_records, crash_after, publish
from tests.strategies import json_values, objects

APP = Path(__file__).resolve().parents[2] / "app"
SOON_S = 3.0
_parses = re.compile(r"_?(parse|decode|read|verify|unpack|clean)(_|$)")
AVA = factories.person("Ava")
BOARD = factories.board_key("fuzzed")


def list_parsers() -> set[str]:
    """Return every function of the application whose name says that it parses."""
    found = set()
    for path in APP.rglob("*.py"):
        module = ".".join(("app", *path.relative_to(APP).with_suffix("").parts))
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if _parses.match(node.name):
                found.add(f"{module.removesuffix('.__init__')}.{node.name}")
    return found


def test_every_parser_is_fuzzed() -> None:
    """A new one makes this red until it stands in tests/attacks/parsers.py."""
    assert list_parsers() <= set(PARSERS) | set(REACHED)
    assert set(REACHED) <= list_parsers()


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
@given(data=st.data())
def test_noise_is_read_or_refused(name: str, data: st.DataObject) -> None:
    parser = PARSERS[name]
    noise = data.draw(parser.noise)
    started = time.perf_counter()

    with suppress(*parser.refuses):
        found = parser.parse(noise)
        if parser.write is not None:
            assert parser.write(found) == noise
    assert time.perf_counter() - started < SOON_S


@st.composite
def bent_members(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Replace, take out or add members of a document, at any depth."""
    for _ in range(draw(st.integers(1, 3))):
        inside = document
        while True:
            name = draw(st.sampled_from(sorted(inside)))
            if isinstance(inside[name], dict) and inside[name] and draw(st.booleans()):
                inside = inside[name]
                continue
            break
        match draw(st.integers(0, 3)):
            case 0:
                del inside[name]
            case 1:
                inside[draw(st.sampled_from(["tag", "name", "summary", "urn:goftogu:x"]))] = draw(
                    objects
                )
            case _:
                inside[name] = draw(
                    st.text(max_size=20) | st.integers(-9, 9) | objects | json_values
                )
        if not document:
            return


@pytest.fixture
def signed(house: House) -> dict[str, tuple[SigningKey, bytes]]:
    """Records that this instance would take in, each with the key that signs it."""
    home, other = house.keys["instance"], factories.board_key("other")
    founding = factories.board(BOARD, home=home)
    opening = factories.note(AVA, board=BOARD)
    publish(house, founding, factories.card(AVA), opening)
    return {
        "card": (AVA.root_key, factories.card(AVA)),
        "note": (AVA.key, factories.note(AVA, board=BOARD)),
        "reply": (AVA.key, factories.note(AVA, board=BOARD, reply_to=opening)),
        "update": (AVA.key, factories.update(AVA, opening)),
        "erasure": (AVA.key, factories.erasure(AVA, opening)),
        "board": (other.key, factories.board(other, home=home)),
        "settings": (home, factories.settings(BOARD, founding, home=home)),
        "mark": (home, factories.mark(opening, home=home)),
    }


@pytest.mark.slow
@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_signed_nonsense_is_refused_at_the_door(
    house: House, signed: dict[str, tuple[SigningKey, bytes]], data: st.DataObject
) -> None:
    """By somebody with a key, who signs what they like: the shapes and the decoders behind them hold."""
    key, raw = signed[data.draw(st.sampled_from(sorted(signed)))]
    raw = resigned(data, raw, key)
    before = count_records(house)

    with suppress(AppError):
        crash_after(house, lambda work: house.door.submit(work, raw))

    assert count_records(house) == before


def resigned(data: st.DataObject, raw: bytes, key: SigningKey) -> bytes:
    """Return a record with members bent, signed anew where that can be."""
    try:
        return factories.forged(raw, key, lambda document: data.draw(bent_members(document)))
    except (KeyError, AttributeError, AppError, TypeError, ValueError):
        # No proof is left to sign with, or the value stands in no JSON: nothing that anyone sends.
        return raw
