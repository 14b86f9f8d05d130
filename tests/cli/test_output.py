"""Where words of commands go, and how they count."""

import os
import sys

import pytest
from app.cli.output import counted, emit_bytes


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 records"), (1, "1 record"), (2, "2 records"), (21, "21 records")]
)
def test_number_and_its_noun_agree(count: int, said: str) -> None:
    assert counted(count, "record", "records") == said


def test_signed_bytes_end_their_line_for_people_alone(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as piped, open(1, "w", closefd=False) as out:
        piped.setattr(sys, "stdout", out)
        emit_bytes(b"{}")
    ours, theirs = os.openpty()
    with monkeypatch.context() as seen, os.fdopen(theirs, "w") as terminal:
        seen.setattr(sys, "stdout", terminal)
        emit_bytes(b"{}")
        shown = os.read(ours, 100)
    os.close(ours)

    assert capfdbinary.readouterr().out == b"{}"
    assert shown == b"{}\r\n"
