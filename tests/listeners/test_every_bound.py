"""Whatever takes a POST is bounded, also what is added later: the addresses are found in the application."""

from collections.abc import Iterator
from typing import Any

import pytest
from app.main import create_app
from app.web.limits import REQUESTS_OF_CIRCUIT, WRITING_OF_PAGE
from app.wiring import House

from tests import factories
from tests.attacks.test_foreign_requests import WITHOUT_FORMS, post_routes
from tests.listeners.ways import LISTENERS, OnListener, browsing
from tests.visitor import ORIGIN

pytestmark = pytest.mark.slow

CIRCUIT = 7
# They are answered by a cookie alone, and keep nothing.
OF_COOKIES = {"/{language}/logout", "/{language}/settings"}


@pytest.fixture
def app(house: House) -> Any:
    return create_app(house, ORIGIN)


@pytest.fixture
def by_circuit(app: Any) -> Iterator[OnListener]:
    with browsing(app, LISTENERS["onion"], circuit=CIRCUIT) as visitor:
        yield visitor


def address(pattern: str) -> str:
    """Return an address that a pattern stands for; nothing need be there."""
    return pattern.format(
        language="en",
        slug="square",
        thread_id="2" * 20,
        digest="z" * 46,
        mark="2" * 16,
        proposal_id="2" * 20,
    )


def test_no_address_takes_anything_by_a_circuit_that_sends_without_end(
    app: Any, by_circuit: OnListener
) -> None:
    gate = app.state.site.gate
    for _ in range(2 * REQUESTS_OF_CIRCUIT.most):
        gate.count(REQUESTS_OF_CIRCUIT, str(CIRCUIT), factories.NOW)
    routes = post_routes(app)

    answers = {path: by_circuit.client.post(address(path)).status_code for path in routes}

    assert len(routes) > 20
    assert answers == dict.fromkeys(routes, 429)


def test_no_form_that_keeps_something_is_sent_again_without_end(app: Any) -> None:
    """On the web, where nobody knows a circuit: each page's form has a bucket of its own."""
    gate = app.state.site.gate
    with browsing(app, LISTENERS["web"]) as visitor:
        visitor.join("Ava")
        token = visitor.open_form("/settings").fields["token"]
        for _ in range(WRITING_OF_PAGE.most):
            gate.count(WRITING_OF_PAGE, token, factories.NOW)
        # A persona's token opens no form of a desk, whatever it counts.
        forms = [
            path
            for path in post_routes(app)
            if path not in WITHOUT_FORMS | OF_COOKIES and not path.startswith("/{language}/desk")
        ]

        answers = {
            path: visitor.post(address(path), {"token": token}).status_code for path in forms
        }

    assert len(forms) > 20
    assert answers == dict.fromkeys(forms, 429)
