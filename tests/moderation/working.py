"""Somebody who works at a desk by its pages, in a browser without scripts."""

import re
from threading import Barrier, Thread

from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.moderation.desks import Seat
from tests.visitor import Form, Visitor, find_form

AVA, BABAK, CYRA, DARA = (factories.person(name) for name in ("Ava", "Babak", "Cyra", "Dara"))
POST = factories.note(AVA, title="Water", text="I know where your children go to school.")
SPAM = factories.note(AVA, title="Shop", text="Buy three carpets and pay for two of them today.")
PASSPHRASE = "lantern under the plum tree"
SAID = {
    "kind": "hide",
    "rule": "threat",
    "ground": "rule",
    "law": "",
    "facts": "It says what would be done to a family.",
    "days": "",
}
"""A decision with its reasons, as somebody types it."""


class Worker(Visitor):
    """Whoever holds a desk, at its pages."""

    def __init__(self, client: TestClient, seat: Seat, language: str = "en") -> None:
        super().__init__(client, language)
        self.seat = seat

    def log_in_at_desk(self, passphrase: str) -> Response:
        """Log in with a passphrase or with the first words."""
        form = self.open_form("/desk/login")
        return self.send(form, number=str(self.seat.desk.number), passphrase=passphrase)

    def begin(self) -> None:
        """Log in for the first time, and choose a passphrase."""
        answer = self.log_in_at_desk(" ".join(self.seat.words.words()))
        assert answer.headers["location"] == self.address("/desk/begin"), answer.text
        answer = self.send(self.open_form("/desk/begin"), passphrase=PASSPHRASE)
        assert answer.headers["location"] == self.address("/desk"), answer.text

    def claim(self) -> Response:
        """Ask for the next case; return the page that it leads to."""
        answer = self.send(self.open_form("/desk", "/desk/claim"))
        assert answer.status_code == 303, answer.text
        page: Response = self.client.get(answer.headers["location"])
        return page

    def claim_again(self) -> Response:
        """Ask for another case while one is held."""
        form = find_form(self.get("/desk/case"), self.address("/desk/logout"))
        return self.post(self.address("/desk/claim"), form.fields)

    def decide(self, page: Response | None = None, **changed: str) -> Response:
        """Decide the case of a page, or the one that the desk holds."""
        found = page or self.get("/desk/case")
        form = find_form(found, self.address("/desk/case"))
        return self.send(form, **{**SAID, **changed})

    def fill_in(self, path: str, action: str = "", **typed: str) -> Response:
        """Send a form of a desk's page, with reasons and what else is typed."""
        form = self.open_form(path, action)
        reasons = {name: SAID[name] for name in ("rule", "ground", "facts")}
        return self.send(form, **{**reasons, **typed})

    def let_go(self, way: str, **typed: str) -> Response:
        """Skip the case, or hand it over."""
        form = find_form(self.get("/desk/case"), self.address(f"/desk/case/{way}"))
        return self.send(form, **typed)


def work_at(client: TestClient, seat: Seat, language: str = "en") -> Worker:
    """Return somebody who has logged in at a desk and chosen a passphrase."""
    worker = Worker(client, seat, language)
    worker.begin()
    return worker


def title_of(answer: Response) -> str:
    """Return the heading of a page."""
    found = re.search(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)
    assert found, answer.text
    return found[1]


def both(sent: list[tuple[Worker, Form, dict[str, str]]]) -> list[Response]:
    """Send forms at the same moment, each from a thread of its own."""
    barrier, answers = Barrier(len(sent)), list[Response]()

    def send(worker: Worker, form: Form, typed: dict[str, str]) -> None:
        barrier.wait()
        answers.append(worker.send(form, **typed))

    threads = [Thread(target=send, args=one) for one in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
