"""The web process loads nothing that only others need: memory is what small hosts lack."""

import subprocess
import sys

import pytest
from app.cli.operate import _http_of
from app.web.circuits import PatientH11

_ASK = """
import sys
import app.cli, app.main, app.worker, app.wiring, uvicorn
print(sorted({"alembic", "datasketch", "httpx", "numpy"} & sys.modules.keys()))
"""


@pytest.mark.slow
def test_serving_loads_no_tool_of_other_commands() -> None:
    done = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("origin", "reader"), [("", PatientH11), ("https://sepidar.example", "httptools")]
)
def test_fast_reader_of_requests_stands_behind_a_front_alone(origin: str, reader: object) -> None:
    assert _http_of(origin) == reader
