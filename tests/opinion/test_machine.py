"""Translations by a program on this host: asked for, marked, forgotten, and never anybody else's."""

import json
from collections.abc import Iterator

import pytest
from app import forum, opinion, worker
from app.kernel.clock import DAY_S, FixedClock
from app.kernel.errors import MalformedError, UnavailableError
from app.opinion.errors import MachineBusyError, TranslationUnfitError
from app.opinion.jobs.translating import Translator
from app.opinion.model import MachineTranslation
from app.opinion.rules.translations import is_translated, weigh_ratings
from app.opinion.service import machine as machine_service
from app.settings import Settings
from app.web.outbound import parse_own_host
from app.wiring import House, open_house

from tests import factories
from tests.houses import publish, require_post, submit
from tests.opinion.machine import KNOWN, Machine, running
from tests.opinion.samples import AVA

TEXT = "Where does the water go? Nobody knows.\n\n- Ask the *miller*."


@pytest.fixture
def machine() -> Iterator[Machine]:
    with running() as found:
        yield found


def published(house: House, text: str = TEXT) -> bytes:
    publish(house, raw := factories.note(AVA, board=factories.LIVE, title="Water", text=text))
    return raw


def ask(house: House, raw: bytes, language: str = "fa") -> None:
    with house.db.write() as work:
        opinion.ask_machine(work, require_post(house, raw), language)


def made_of(house: House, raw: bytes, language: str = "fa") -> MachineTranslation | None:
    with house.db.read() as work:
        return opinion.find_machine(work, require_post(house, raw), language)


def rows(house: House) -> int:
    with house.db.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM machine_translation")
        return int(found.scalar_one())


@pytest.mark.slow
def test_text_waits_until_the_worker_asks_and_says_which_sentences_are_not_translated(
    house: House, machine: Machine
) -> None:
    raw = published(house)
    assert made_of(house, raw) is None
    ask(house, raw)
    waiting = made_of(house, raw)
    assert waiting is not None
    assert waiting.is_waiting
    translator = Translator(house.db, machine.url)

    assert translator.step()

    made = made_of(house, raw)
    assert made is not None
    assert made.lines == (
        ((KNOWN["Water"], True),),
        ((KNOWN["Where does the water go?"], True), (KNOWN["Nobody knows."], True)),
        (("Ask the *miller*.", False),),
    )
    assert made.is_translated
    assert not translator.step()
    (asked,) = machine.asked
    assert (asked["source"], asked["target"], asked["format"]) == ("en", "fa", "text")
    assert set(asked) == {"q", "source", "target", "format"}


def same(asked: dict[str, list[str]]) -> tuple[int, bytes]:
    return 200, json.dumps({"translatedText": asked["q"]}).encode()


FAILURES = {
    "the same words": same,
    "the same in capitals": lambda asked: (200, json.dumps({"translatedText": [text.upper() for text in asked["q"]]}).encode()),
    "nothing": lambda asked: (200, json.dumps({"translatedText": [""] * len(asked["q"])}).encode()),
    "dots": lambda asked: (200, json.dumps({"translatedText": ["..."] * len(asked["q"])}).encode()),
    "letters of the other language": lambda asked: (200, json.dumps({"translatedText": ["Where goes it, the water?"] * len(asked["q"])}).encode()),
    "too few": lambda asked: (200, b'{"translatedText":["x"]}'),
    "one text for all": lambda asked: (200, b'{"translatedText":"x"}'),
    "numbers": lambda asked: (200, json.dumps({"translatedText": [1] * len(asked["q"])}).encode()),
    "a list": lambda asked: (200, b"[]"),
    "no JSON": lambda asked: (200, b"<html>"),
    "nesting without end": lambda asked: (200, b"[" * 100_000),
    "a language that it has not": lambda asked: (400, b'{"error":"fa is not supported"}'),
    "more than anybody reads": lambda asked: (200, b" " * 3_000_000),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("failure", FAILURES)
def test_silent_failure_is_told_as_not_translated(
    house: House, machine: Machine, failure: str
) -> None:
    """argos-translate#251 and #496 give the words back, or none, and call it done."""
    raw = published(house, "Where does the water go? Nobody knows.")
    ask(house, raw)
    machine.answer = FAILURES[failure]

    Translator(house.db, machine.url).step()

    made = made_of(house, raw)
    assert made is not None
    assert not made.is_waiting
    assert not made.is_translated
    assert made.lines[1] == (("Where does the water go?", False), ("Nobody knows.", False))
    ask(house, raw)
    again = made_of(house, raw)
    assert again is not None
    assert again.is_waiting


@pytest.mark.slow
def test_machine_that_is_away_keeps_texts_waiting(house: House, machine: Machine) -> None:
    raw = published(house)
    ask(house, raw)
    machine.answer, machine.is_up = lambda asked: (503, b""), False
    translator = Translator(house.db, machine.url)

    for _ in range(5):
        with pytest.raises(UnavailableError):
            translator.step()

    waiting = made_of(house, raw)
    assert waiting is not None
    assert waiting.is_waiting
    worker.look_after(house, translator)
    assert made_of(house, raw) == waiting


@pytest.mark.slow
def test_text_on_which_the_machine_falls_over_holds_up_no_other(
    house: House, machine: Machine
) -> None:
    bad, good = published(house, "Nobody falls."), published(house, "Nobody knows.")
    for raw in (bad, good):
        ask(house, raw)
    well = machine.answer
    machine.answer = lambda asked: (500, b"") if "Nobody falls." in asked["q"] else well(asked)
    translator = Translator(house.db, machine.url)
    for _ in range(6):
        worker.look_after(house, translator)

    failed, made = made_of(house, bad), made_of(house, good)
    assert failed is not None
    assert not failed.is_translated
    assert not failed.is_waiting
    assert made is not None
    assert made.is_translated


@pytest.mark.slow
def test_texts_of_erased_and_hidden_posts_leave_the_table_at_once(
    house: House, machine: Machine
) -> None:
    for take_away in ("erase", "hide"):
        raw = published(house)
        ask(house, raw)
        Translator(house.db, machine.url).step()
        ask(house, raw, "fr")
        assert rows(house) == 2
        if take_away == "erase":
            submit(house, factories.erasure(AVA, raw))
        else:
            with house.db.write() as work:
                forum.hide_post(work, require_post(house, raw), act=b"x" * 32, rule="threat")

        assert rows(house) == 0
        assert made_of(house, raw) is None
        with house.db.write() as work, pytest.raises(TranslationUnfitError):
            opinion.ask_machine(work, require_post(house, raw), "fa")


@pytest.mark.slow
def test_what_is_erased_while_the_machine_works_is_not_kept(house: House, machine: Machine) -> None:
    raw = published(house)
    ask(house, raw)
    well = machine.answer

    def erase_first(asked: dict[str, list[str]]) -> tuple[int, bytes]:
        submit(house, factories.erasure(AVA, raw))
        return well(asked)

    machine.answer = erase_first

    Translator(house.db, machine.url).step()

    assert rows(house) == 0


@pytest.mark.slow
def test_version_is_asked_once_and_a_revision_anew(house: House, machine: Machine) -> None:
    raw = published(house, "Nobody knows.")
    for _ in range(3):
        ask(house, raw)
    assert rows(house) == 1
    Translator(house.db, machine.url).step()
    ask(house, raw)
    publish(house, factories.update(AVA, raw, title="Water", text="Where does the water go?"))

    assert made_of(house, raw) is None
    with house.db.write() as work, pytest.raises(TranslationUnfitError):
        opinion.ask_machine(work, require_post(house, raw), "en")


@pytest.mark.slow
def test_so_many_wait_and_no_more_and_none_for_ever(
    house: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_service, "MOST_ASKED", 2)
    first, second, third = (published(house, f"Text {number}.") for number in range(3))
    ask(house, first)
    ask(house, second)
    with pytest.raises(MachineBusyError):
        ask(house, third)

    clock.advance(3 * DAY_S)
    with house.db.write() as work:
        opinion.forget_old_asked(work)

    assert rows(house) == 0


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:5000", "http://localhost:5000/", "http://[::1]:5000", "http://10.0.0.7:5000",
     "https://192.168.1.4", "http://172.20.0.3:5000", "http://[fd00::7]:5000", "unix:/run/lt.sock"],
)  # fmt: skip
def test_machine_may_stand_on_this_host_or_in_its_own_network(address: str) -> None:
    assert parse_own_host(address).url.startswith("http")


@pytest.mark.parametrize(
    "address",
    ["https://libretranslate.com", "http://8.8.8.8:5000", "http://translate.local", "ftp://127.0.0.1",
     "http://127.0.0.1@evil.example", "http://169.254.169.254", "http://0.0.0.0:5000", "http://172.32.0.1",
     "http://[2001:db8::1]", "127.0.0.1:5000", "http://", "unix:relative.sock", "http://localhost.evil.example",
     "http://2130706433.example", "http://[::ffff:8.8.8.8]", "http://127.0.0.1.evil.example"],
)  # fmt: skip
def test_any_other_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(MalformedError, match="GOFTOGU_TRANSLATE_URL names another host"):
        parse_own_host(address)


@pytest.mark.slow
def test_instance_with_a_machine_elsewhere_does_not_start(house: House) -> None:
    settings = Settings(data=house.settings.data, translate_url="https://libretranslate.com")

    with pytest.raises(MalformedError, match="names another host"):
        open_house(settings)


@pytest.mark.slow
def test_no_proxy_of_the_environment_hears_the_text(
    house: House, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = published(house)
    ask(house, raw)
    with running() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        Translator(house.db, machine.url).step()

    assert proxy.paths == []
    assert machine.paths == ["/translate"]


@pytest.mark.slow
def test_no_redirect_leads_the_text_elsewhere(house: House, machine: Machine) -> None:
    raw = published(house)
    ask(house, raw)
    machine.answer = lambda asked: (307, b"")

    with pytest.raises(UnavailableError):
        Translator(house.db, machine.url).step()
    assert set(machine.paths) == {"/translate", "/languages"}


@pytest.mark.parametrize(
    ("source", "result", "language", "expected"),
    [
        ("Water.", "آب.", "fa", True),
        ("Water.", "Water.", "fa", False),
        ("Water.", "WATER", "fa", False),
        ("Water.", "", "fa", False),
        ("Water.", "Wasser", "fa", False),
        ("آب.", "Water.", "en", True),
        ("آب.", "آب", "en", False),
        ("آب.", "اب است", "en", False),
        ("1, 2, 3", "1, 2, 3", "fa", True),
        ("Eau.", "Water.", "en", True),
        ("Eau.", "eau", "en", False),
    ],
)
def test_sentence_counts_as_translated_when_it_is_another_in_that_language(
    source: str, result: str, language: str, expected: object
) -> None:
    assert is_translated(source, result, language) is expected


def test_one_rating_lifts_nothing_above_what_many_say() -> None:
    assert weigh_ratings(0, 0) == 0
    assert weigh_ratings(1, 1) < weigh_ratings(9, 10) < weigh_ratings(90, 100) < 0.9
    assert weigh_ratings(0, 5) == pytest.approx(0, abs=1e-9)
    # Wilson's interval for 9 of 10, from the formula by hand.
    assert weigh_ratings(9, 10) == pytest.approx(0.5958, abs=1e-4)
