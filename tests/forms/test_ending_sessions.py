"""Ending the sessions of other browsers: what somebody does whose device was taken."""

from app.kernel.clock import FixedClock
from starlette.testclient import TestClient

from tests.visitor import ORIGIN, Visitor


def test_other_sessions_end_and_this_one_stays(client: TestClient, clock: FixedClock) -> None:
    here, there = Visitor(client), Visitor(TestClient(client.app, ORIGIN, follow_redirects=False))
    here.join("Ava")
    there.log_in("Ava")
    assert there.get("/keys").status_code == 200

    assert here.send(here.open_form("/keys", "/keys/sessions")).status_code == 303

    assert there.get("/keys").status_code == 303
    assert here.get("/keys").status_code == 200
