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


def test_list_of_sessions_marks_the_one_that_looks(client: TestClient) -> None:
    here, there = Visitor(client), Visitor(TestClient(client.app, ORIGIN, follow_redirects=False))
    here.join("Ava")
    assert "<b>here</b>" in here.get("/keys").text
    there.log_in("Ava")

    for visitor in (here, there):
        page = visitor.get("/keys").text
        assert page.count("Since <time") == 2
        assert page.count("<b>here</b>") == 1
