"""One invitation, and several who send the last step of joining with it at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from app.wiring import House
from starlette.testclient import TestClient

from tests.forms.test_inviting import (
    PASSPHRASE,
    count_rows,
    make,
    steward,
    text_in,
    words_in,
)
from tests.houses import count_records
from tests.visitor import ORIGIN, Form, Visitor, find_form, read_words

__all__ = ["steward"]


def begin(guest: Visitor, name: str, told: str) -> tuple[Form, dict[str, str]]:
    """Come as far as the last step."""
    answer = guest.send(guest.open_form("/join"), name=name, passphrase=PASSPHRASE, invitation=told)
    words, first, second = read_words(answer)
    form = find_form(answer, guest.address("/join/confirm"))
    return form, {"word_first": words[first - 1], "word_second": words[second - 1]}


@pytest.mark.parametrize("in_words", [False, True], ids=["text", "words"])
def test_one_of_them_comes_and_of_the_others_nothing_is_kept(
    house: House, steward: Visitor, *, in_words: bool
) -> None:
    made = make(steward, **({"words": "1"} if in_words else {}))
    told = words_in(made) if in_words else text_in(made)
    app = steward.client.app
    guests = [Visitor(TestClient(app, ORIGIN, follow_redirects=False)) for _ in range(3)]
    steps = [begin(guest, f"Babak {number}", told) for number, guest in enumerate(guests)]
    before = count_records(house)

    def confirm(number: int) -> int:
        form, typed = steps[number]
        return guests[number].send(form, **typed).status_code

    with ThreadPoolExecutor(len(guests)) as pool:
        statuses = list(pool.map(confirm, range(len(guests))))

    assert sorted(statuses) == [303, 409, 409]
    assert count_records(house) == before + 1
    assert [count_rows(house, table) for table in ("spent_invitation", "invited")] == [1, 1]
