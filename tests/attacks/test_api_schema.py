"""What the API's description says, tried at every address with input that fits it and input that does not."""

from typing import Any

import pytest
import schemathesis
from app.main import create_app
from app.wiring import House
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.visitor import ORIGIN

pytestmark = pytest.mark.slow
load_all_checks()
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


def test_api_answers_as_it_is_described(house: House) -> None:
    """No error of the server, and no content type that the description does not name."""
    app = create_app(house, ORIGIN)
    schema = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", app, headers={"Host": "testserver"}
    )
    found = list(schema.get_all_operations())
    operations = [operation.ok() for operation in found if isinstance(operation, Ok)]
    assert len(operations) == len(found) > 4

    for operation in operations:

        @settings(suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case: Case[Any]) -> None:
            case.call_and_validate(checks=CHECKS, headers={"Host": "testserver"})

        check()
