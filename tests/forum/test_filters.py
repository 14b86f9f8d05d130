"""Filters of a board: found however they are typed, and in nothing else; refused at the door."""

from dataclasses import replace
from typing import Any

import pytest
from app.forum import service
from app.forum.errors import FilteredError, TooSoonError
from app.forum.model import Text
from app.forum.routes.pacing import Pacing
from app.forum.rules import find_filter
from app.kernel.clock import HOUR_S
from app.web.limits import Gate
from app.wiring import House

from tests import factories
from tests.houses import advance, count_records, publish, submit

AVA, BABAK = factories.person("Ava"), factories.person("Babak")


def found(filters: str | list[str], markdown: str, title: str | None = None) -> str:
    wanted = [filters] if isinstance(filters, str) else filters
    return find_filter(wanted, Text(language="fa", markdown=markdown, title=title))


def settle(house: House, slug: str = "square", **changed: Any) -> None:
    """Change the settings of a board."""
    with house.db.write() as work:
        board = replace(service.get_board(work, slug), **changed)
        service.change_board(work, house.door, board)


@pytest.mark.parametrize(
    "typed",
    [
        "این قرعه‌کشی است",
        "این قرعه کشی است",
        "این قرعهکشی است",
        "اين قرعه‌كشي است",
        "این قَرعه‌کِشی است",
        "این قرعه‌کشی‌ها است",
        "قرعه‌کشی",
        "**قرعه**‌کشی",
        "«قرعه‌کشی»!",
        "قـرعه‌کشی",
    ],
)
def test_word_is_found_in_every_persian_spelling(typed: str) -> None:
    assert found("قرعه‌کشی", typed) == "قرعه‌کشی"
    assert found("قرعه كشي", typed) == "قرعه كشي"


@pytest.mark.parametrize(
    ("wanted", "typed"),
    [
        ("Casino", "a CASINO here"),
        ("buy now", "Buy  now!"),
        ("buy now", "buy\nnow"),
        ("élan", "Elan vital"),
        ("۱۲۳", "call 123"),
        ("123", "١٢٣"),
        ("کتاب", "کتاب‌های من"),
    ],
)
def test_words_and_phrases_are_found_whole_and_folded(wanted: str, typed: str) -> None:
    assert found(wanted, typed) == wanted


@pytest.mark.parametrize(
    ("wanted", "typed"),
    [
        ("cat", "concatenate"),
        ("cat", "category"),
        ("buy now", "buy it now"),
        ("کار", "کارگر"),
        ("کشی", "سرکشیدن"),
        ("ass", "class assembly"),
    ],
)
def test_part_of_another_word_is_no_match(wanted: str, typed: str) -> None:
    assert found(wanted, typed) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "https://spam.example/a",
        "[here](http://www.spam.example)",
        "SPAM.EXAMPLE",
        "see spam.example.",
        "https://sp%61m.example/",
        "ｓｐａｍ．ｅｘａｍｐｌｅ",
        "spam。example",
        "https://user@spam.example:8080/",
        "https://a.b.c.d.e.f.g.h.i.j.k.l.spam.example/",
    ],
)
def test_host_of_a_link_is_found_however_it_is_written(typed: str) -> None:
    assert found("spam.example", typed) == "spam.example"


@pytest.mark.parametrize(
    "typed",
    [
        "https://notspam.example",
        "https://spam.example.org",
        "https://spam-example.net",
        "spam, for example",
        "no spam: example",
    ],
)
def test_host_that_only_looks_like_it_is_none(typed: str) -> None:
    assert found("spam.example", typed) == ""


def test_host_with_letters_is_found_in_both_of_its_forms() -> None:
    assert found("مثال.ایران", "https://xn--mgbh0fb.xn--mgba3a4f16a/") == "مثال.ایران"
    assert found("xn--mgbh0fb.xn--mgba3a4f16a", "https://مثال.ایران/") != ""


def test_title_is_looked_at_and_the_first_filter_is_named_as_it_was_written() -> None:
    assert found(["Bread", "Water!"], "Nothing.", title="Where is the WATER") == "Water!"


def test_filtered_post_and_revision_are_refused_at_the_door(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, opening)
    settle(house, filters=("گران فروش",))
    before = count_records(house)

    for raw in (
        factories.note(AVA, text="گران‌فروشی نه، گران‌فروش!"),
        factories.note(BABAK, reply_to=opening, text="گرانفروش"),
        factories.update(AVA, opening, text="گران فروش"),
    ):
        with pytest.raises(FilteredError) as refused:
            submit(house, raw)
        assert refused.value.word == "گران فروش"
    assert count_records(house) == before

    submit(house, factories.note(AVA, board=factories.LIVE, text="گران فروش"))


def test_post_that_the_log_holds_is_taken_back_whatever_is_filtered_by_now(house: House) -> None:
    raw = factories.note(AVA, text="Casino")
    settle(house, filters=("casino",))
    with house.db.write() as work:
        work.logged.add(factories.digest_of(raw))
        house.door.submit(work, raw)
    assert count_records(house)


def test_settings_of_an_earlier_host_filter_and_hold_nothing(house: House) -> None:
    settle(house, filters=("casino",), holds_first=True, delay_s=600)
    with house.db.read() as work:
        board = service.get_board(work, "square")
    assert (board.filters, board.holds_first, board.delay_s) == (("casino",), True, 600)

    settle(house, filters=(), holds_first=False, delay_s=0)
    submit(house, factories.note(AVA, text="Casino"))


def test_slowed_board_and_thread_let_each_name_post_once_in_their_time(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, opening)
    door = house.door.guarded(Pacing(Gate()))
    settle(house, delay_s=HOUR_S)

    def send(by: factories.Person, **at: Any) -> None:
        with house.db.write() as work:
            door.submit(work, factories.note(by, **at))

    send(AVA, reply_to=opening)
    with pytest.raises(TooSoonError) as refused:
        send(AVA)
    assert refused.value.wait_s == HOUR_S
    send(BABAK, reply_to=opening)
    send(AVA, board=factories.LIVE)
    advance(house, HOUR_S - 1)
    with pytest.raises(TooSoonError) as refused:
        send(AVA, reply_to=opening)
    assert refused.value.wait_s == 1
    advance(house, 1)
    send(AVA, reply_to=opening)


def test_refused_post_does_not_count_as_the_one_of_its_hour(house: House) -> None:
    door = house.door.guarded(Pacing(Gate()))
    settle(house, delay_s=HOUR_S, filters=("casino",))
    with house.db.write() as work:
        with pytest.raises(FilteredError):
            door.submit(work, factories.note(AVA, text="Casino"))
        door.submit(work, factories.note(AVA, text="Bread"))


def test_all_keys_of_a_persona_are_one_name_and_a_revision_is_no_post(house: House) -> None:
    other = AVA.seed.posting_key(1)
    submit(house, factories.card(AVA, keys=[factories.key_line(AVA), factories.key_line(AVA, 1)]))
    opening = factories.note(AVA)
    door = house.door.guarded(Pacing(Gate()))
    settle(house, delay_s=HOUR_S)
    with house.db.write() as work:
        door.submit(work, opening)
        with pytest.raises(TooSoonError):
            door.submit(work, factories.note(AVA, key=other))
        door.submit(work, factories.update(AVA, opening))
