"""The framework can tell a collector of each request, with its address and browser: it must not."""

import pytest
from app.main import create_app
from app.wiring import House
from opentelemetry import trace
from starlette.testclient import TestClient

from tests.visitor import ORIGIN


class Collector(trace.TracerProvider):
    """Somebody whom a program in this process would tell of requests."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_tracer(
        self, instrumenting_module_name: str, *_args: object, **_more: object
    ) -> trace.Tracer:
        """Remember who wants to tell."""
        self.asked.append(instrumenting_module_name)
        return trace.NoOpTracer()


def test_requests_are_told_to_no_collector(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    collector = Collector()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: collector)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "not an address: whoever reads it fails")

    with TestClient(create_app(house, ORIGIN), ORIGIN) as client:
        assert client.get("/en/boards").status_code == 200
        assert client.post("/api/v1/records", content=b"{}").status_code == 400

    assert collector.asked == []
