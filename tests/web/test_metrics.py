"""Counts for the operator: coarse, of nobody, and on the staff listener alone."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from app.kernel import errors
from app.main import create_staff_app
from app.web.health_sentences import NAMES
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.cli.command import goftogu
from tests.houses import publish, submit
from tests.journeys.instance import COMMAND
from tests.visitor import Visitor

AVA = factories.person("Ava")
LABEL = re.compile(r'\{(type|code|answer|board|what)="([A-Za-z0-9_-]{1,40})"(?:,about="")?\}')
TYPES = {"Person", "Note", "Update", "Delete", "Group", "Application"}


@pytest.fixture
def staff(house: House) -> Iterator[TestClient]:
    """The operator's program in front of the staff listener."""
    with TestClient(create_staff_app(house, "http://127.0.0.1:9"), "http://127.0.0.1:9") as client:
        yield client


def value(text: str, name: str) -> int:
    """Return the value of a line of the metrics."""
    found = [line for line in text.splitlines() if line.rpartition(" ")[0] == name]
    assert len(found) == 1, (name, text)
    return int(found[0].rpartition(" ")[2])


def test_what_happened_is_counted(house: House, client: TestClient, staff: TestClient) -> None:
    publish(house, factories.note(AVA), factories.note(AVA, title="Rain"))
    for path in ("/en/about", "/en/about", "/en/nowhere"):
        client.get(path)
    client.post("/api/v1/records", content=b"{}")

    text = staff.get("/metrics").text

    assert value(text, 'goftogu_records_total{type="Note"}') == 2
    assert value(text, "goftogu_entries_total") == 2
    assert value(text, "goftogu_ticks_total") == 1
    assert value(text, 'goftogu_refusals_total{code="not-found"}') == 1
    assert value(text, 'goftogu_refusals_total{code="malformed"}') == 1
    assert value(text, 'goftogu_pages_total{answer="2xx"}') == 1
    assert value(text, 'goftogu_pages_total{answer="2xx_cached"}') == 1
    assert value(text, 'goftogu_pages_total{answer="4xx"}') == 2
    assert value(text, "goftogu_memory_mebibytes") > 0


def test_record_that_was_refused_or_came_twice_is_not_counted(
    house: House, client: TestClient, staff: TestClient
) -> None:
    raw = factories.note(AVA)
    for body in (raw, raw, raw + b" "):
        client.post("/api/v1/records", content=body)

    assert value(staff.get("/metrics").text, 'goftogu_records_total{type="Note"}') == 1


@pytest.mark.parametrize(("waiting", "told"), [(0, 0), (2, 0), (3, 5), (6, 5), (8, 10)])
def test_what_waits_is_told_in_fives(
    house: House, staff: TestClient, waiting: int, told: int
) -> None:
    """The exact number, asked for every second, would say when somebody posted."""
    if waiting:
        submit(house, *(factories.note(AVA, title=f"Water {n}") for n in range(waiting)))

    text = staff.get("/metrics").text

    assert value(text, 'goftogu_pending{board="square"}') == told


def test_labels_name_nobody_and_nothing_that_was_asked(
    house: House, client: TestClient, staff: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Needle Person")
    post = visitor.open_thread("Needle title", "Needle text")
    for path in (f"/en/p/{post}", "/en/needle-path?needle=1", "/records/" + "a" * 64):
        client.get(path, headers={"User-Agent": "needle", "X-Forwarded-For": "203.0.113.7"})
    client.post("/api/v1/records", content=b'{"type":"Needle"}')

    text = staff.get("/metrics").text

    assert "needle" not in text.lower()
    assert post[:8] not in text
    assert "203." not in text
    labelled = [line for line in text.splitlines() if "{" in line]
    labels = {match.groups() for match in map(LABEL.search, labelled) if match}
    assert len(labels) == len(labelled), "a label of another kind"
    codes = {"failed", *(item.code for item in families(errors.AppError))}
    allowed = {
        "type": TYPES,
        "code": codes,
        "answer": {f"{n}xx{end}" for n in range(2, 6) for end in ("", "_cached")},
        # Beside it stands a partner's or a witness's name; here are none.
        "what": {"worker", *NAMES},
        "board": {"house", "square", "live", "notices"},
    }
    assert [(name, label) for name, label in labels if label not in allowed[name]] == []


def families(family: type[errors.AppError]) -> list[type[errors.AppError]]:
    """Return a class of errors and all below it."""
    return [family, *(deep for child in family.__subclasses__() for deep in families(child))]


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/en/metrics", "/staff/metrics"])
def test_visitors_find_no_metrics(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "goftogu_" not in answer.text


def test_staff_listener_answers_its_own_address_alone(staff: TestClient) -> None:
    assert staff.get("/healthz").text == "ok\n"
    assert staff.get("/en/").status_code == 404
    assert staff.get("/metrics", headers={"Host": "evil.example"}).status_code == 421
    assert staff.post("/metrics").status_code == 405


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0:9", "192.168.1.2:9", "example.org:9", "localhost.evil:9", "[::]:9", ":9", "9"],
)
def test_staff_address_that_others_can_reach_is_refused(template: Path, address: str) -> None:
    for command in ("serve", "worker"):
        done = goftogu(command, "--staff", address, data=template)

        assert done.code == 2
        assert "--staff" in done.err


@pytest.mark.slow
@pytest.mark.allow_hosts(["127.0.0.1", "::1"])
def test_worker_alone_counts_for_itself(template: Path, tmp_path: Path) -> None:
    data = tmp_path / "instance"
    shutil.copytree(template, data)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {**os.environ, "GOFTOGU_DATA": str(data)}
    worker = subprocess.Popen([COMMAND, "worker", "--staff", address], env=environment)
    try:
        retrying = httpx.HTTPTransport(retries=9)
        with httpx.Client(trust_env=False, transport=retrying) as client:
            text = client.get(f"http://{address}/metrics").text
    finally:
        worker.terminate()

    assert worker.wait(timeout=10) == 0
    assert value(text, "goftogu_failures_total") == 0
    assert value(text, "goftogu_ticks_total") >= 0


@pytest.mark.allow_hosts(["127.0.0.1", "::1"])
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_staff_port_in_use_ends_the_command(template: Path, tmp_path: Path, command: str) -> None:
    """Never a host that looks healthy and counts nothing."""
    shutil.copytree(template, tmp_path / "instance")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"

        done = goftogu(command, "--staff", address, data=tmp_path / "instance")

        assert done.code == 1
        assert "in use" in done.err
