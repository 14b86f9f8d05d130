"""Records can be carried in any order: what comes too early is handed in again, and the end is the same."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest
from app.kernel.clock import FixedClock
from app.kernel.errors import AppError
from app.wiring import House

from tests import factories
from tests.houses import find_post, open_at, release, submit

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
CARD = factories.card(AVA)
OPENING = factories.note(AVA, text="One.")
REPLY = factories.note(BABAK, reply_to=OPENING)
REVISION = factories.update(AVA, OPENING, text="Two.")
ERASURE = factories.erasure(AVA, OPENING)


class Seen(NamedTuple):
    """What readers see of a post."""

    author: str | None
    text: str
    is_erased: bool
    answers: bytes | None


def carry_in(house: House, raws: Sequence[bytes]) -> None:
    """Hand records in, and what was refused again, until nothing changes."""
    waiting = list(raws)
    for _ in raws:
        for raw in list(waiting):
            with suppress(AppError):
                submit(house, raw)
                waiting.remove(raw)
        release(house)


def see(house: House, post: bytes) -> Seen | None:
    """Return what readers see of a post."""
    found = find_post(house, post)
    if found is None or found.number is None:
        return None
    return Seen(
        author=found.author.name,
        text=found.version.text.markdown,
        is_erased=found.erased_on is not None,
        answers=found.parent,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("raws", "text"),
    [
        pytest.param([CARD, OPENING, REPLY, REVISION], "Two.", id="a revision"),
        pytest.param([CARD, OPENING, REPLY, ERASURE], "", id="an erasure"),
        # The erasure names the first version: it wins over the revision, whichever is first.
        pytest.param([OPENING, REVISION, ERASURE], "", id="an erasure against a revision"),
    ],
)
def test_any_order_of_import_ends_in_the_same_state(
    template: Path, tmp_path: Path, raws: list[bytes], text: str
) -> None:
    ends = set()

    for number, order in enumerate(permutations(raws)):
        data = tmp_path / str(number)
        shutil.copytree(template, data)
        house = open_at(data, FixedClock(factories.NOW))
        carry_in(house, order)
        ends.add((see(house, OPENING), see(house, REPLY)))
        house.db.close()

    assert len(ends) == 1
    ((opening, _),) = ends
    assert opening is not None
    assert opening.text == text
