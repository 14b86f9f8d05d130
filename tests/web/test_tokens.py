"""Form tokens: never the same bytes twice, and compared without telling how much was right."""

import ast
import inspect

import pytest
from app.web import tokens

from tests.visitor import Visitor


def test_token_is_written_differently_each_time(stranger: Visitor) -> None:
    """A compressed page tells by its length what it repeats (BREACH)."""
    written = {stranger.open_form("/settings").fields["token"] for _ in range(4)}

    assert len(written) == 4


def test_secrets_are_compared_in_constant_time() -> None:
    compared = [
        ast.unparse(node.left)
        for node in ast.walk(ast.parse(inspect.getsource(tokens)))
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
    ]

    assert compared == ["len(mac)"]


def test_nobody_makes_a_second_token_from_one() -> None:
    """Who could would send a page again and again, as if it were another page each time."""
    key, session = b"k" * 32, b"s" * 32
    token = tokens.decode_bytes(tokens.make_form_token(key, session, b"n" * 16))
    for place in range(len(token)):
        changed = bytearray(token)
        changed[place] ^= 1
        with pytest.raises(tokens.StaleFormError):
            tokens.require_form_token(key, session, tokens.encode_bytes(bytes(changed)))
    flipped = bytes(byte ^ 1 for byte in token)
    with pytest.raises(tokens.StaleFormError):
        tokens.require_form_token(key, session, tokens.encode_bytes(flipped))
