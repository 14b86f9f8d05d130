"""Somebody who wants many personas, with 200 circuits and an hour, while invited people join and post.

Time is the instance's clock, which stands still but for a step a minute: whoever is told to wait
could not do what they wanted, however long it took. Half of the circuits join by the form and half
hand in cards; the clock does not begin at a full hour, so that fixed windows would show.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app import identity
from app.crypto.multikey import encode_did
from app.crypto.sealing import Passphrase
from app.crypto.seed import Seed
from app.identity import store
from app.identity.rules.cohorts import cohort_of
from app.kernel.clock import HOUR_S, MINUTE_S, FixedClock, day_of
from app.wiring import House
from sqlalchemy import text

from tests import factories
from tests.houses import invite
from tests.listeners.ways import LISTENERS, ByCircuit, OnListener, browsing
from tests.visitor import find_form, read_words

CIRCUITS: Final = 200
PASSPHRASE: Final = "four unrelated words"
_MINUTES: Final = HOUR_S // MINUTE_S
_NEWCOMER_EVERY: Final = 6
_LOGIN_EVERY: Final = 10


@dataclass
class Outcome:
    """What an hour came to."""

    tries: int = 0
    """How often somebody tried to join without an invitation."""
    gained: int = 0
    """Personas that came of it."""
    acts: int = 0
    """What invited people did: joined, logged in, posted."""
    refused: list[tuple[str, int]] = field(default_factory=list)
    """Which of that was not done at once, and the answer."""

    def note(self, act: str, status: int, wanted: int) -> None:
        """Count what somebody invited did."""
        self.acts += 1
        if status != wanted:
            self.refused.append((act, status))


def hammer(app: Any, house: House, clock: FixedClock, *, tries: int) -> Outcome:
    """Let each circuit try so often within an hour; tell who got what."""
    today, outcome = day_of(clock.now()), Outcome()
    ava = factories.person("Ava")
    invite(house, ava)
    _register(house, "Babak")
    before = count_personas(house)
    honest = 0
    onion = LISTENERS["onion"]
    with (
        browsing(app, onion, circuit=0) as sybil,
        browsing(app, onion, circuit=CIRCUITS) as hers,
        browsing(app, LISTENERS["web"]) as his,
    ):
        for minute in range(_MINUTES):
            _try_to_join(sybil, minute, tries, today, outcome)
            outcome.note("post by key", _hand_in(hers, ava, today), 201)
            if minute % _NEWCOMER_EVERY == 0:
                newcomer = factories.person(f"Invited in minute {minute}")
                invite(house, newcomer)
                honest += 1
                for _ in range(4):
                    outcome.note("newcomer's post", _hand_in(hers, newcomer, today), 201)
            if minute % _LOGIN_EVERY == 0:
                outcome.note("log in", his.log_in("Babak", PASSPHRASE).status_code, 303)
            answer = his.send_post("/b/square/new", title="Water", text=f"In minute {minute}")
            outcome.note("post by form", answer.status_code, 303)
            clock.advance(MINUTE_S)
    outcome.gained = count_personas(house) - before - honest
    return outcome


def count_personas(house: House) -> int:
    """Return how many personas an instance knows."""
    with house.db.read() as work:
        return int(work.session.execute(text("SELECT count(*) FROM persona")).scalar_one())


def _try_to_join(sybil: OnListener, minute: int, tries: int, today: date, outcome: Outcome) -> None:
    """Send what falls to a minute, spread over the circuits."""
    entry = sybil.client.app
    assert isinstance(entry, ByCircuit)
    form = sybil.open_form("/join")
    for number in range(minute, CIRCUITS * tries, _MINUTES):
        entry.circuit = number % CIRCUITS
        outcome.tries += 1
        name = f"Sybil {number}"
        if number // _MINUTES % 2:
            sybil.client.post(
                "/api/v1/records", content=factories.card(factories.person(name), day=today)
            )
            continue
        answer = sybil.send(form, name=name, passphrase=PASSPHRASE)
        if answer.status_code == 200:
            words, first, second = read_words(answer)
            typed = {"word_first": words[first - 1], "word_second": words[second - 1]}
            sybil.send(find_form(answer, sybil.address("/join/confirm")), **typed)
            sybil.client.cookies.clear()
            form = sybil.open_form("/join")


def _hand_in(by: OnListener, author: factories.Person, today: date) -> int:
    raw = factories.note(author, day=today)
    return int(by.client.post("/api/v1/records", content=raw).status_code)


def _register(house: House, name: str) -> None:
    """Bring somebody invited into being who logs in with a passphrase."""
    with house.db.write() as work:
        new = identity.prepare_persona(work.randomness, name, Passphrase(PASSPHRASE))
        identity.register_persona(work, house.door, new, day_of(work.now))
        root = encode_did(Seed(new.entropy).root_key().public)
        store.add_invited(work, root, cohort_of(day_of(work.now)))
