"""Form tokens: never the same bytes twice, and compared without telling how much was right."""

import ast
import inspect

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

    assert compared == ["len(masked)"]
