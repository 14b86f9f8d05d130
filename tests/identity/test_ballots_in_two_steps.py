"""A ballot is signed by who only reads, and given and let in by who writes: nothing between is kept."""

from collections.abc import Callable

import pytest
from app import identity
from app.db import Work
from app.identity.errors import (
    BallotKindError,
    BallotsClosedError,
    BallotTakenError,
    PersonaLimitedError,
)
from app.identity.model import Limit
from app.kernel.errors import AppError
from app.wiring import House

from tests import factories
from tests.identity.test_ballots import (
    AVA,
    UNVOUCHED,
    VOUCHED,
    WATER,
    kinds,
    rows_of,
    settle,
    sign_own,
    take,
    take_signed,
)  # fmt: skip


def limit(house: House) -> None:
    with house.db.write() as work:
        identity.limit_persona(work, AVA.root, Limit(act=bytes(32), until=None))


def close(house: House) -> None:
    with house.db.write() as work:
        identity.close_ballots(work, WATER)


def test_crash_after_the_signature_leaves_nothing_and_costs_nobody_their_vote(house: House) -> None:
    settle(house, AVA)
    lost = sign_own(house, AVA)

    assert rows_of(house, "ballot_given") == rows_of(house, "ballot") == []
    again = sign_own(house, AVA)
    assert again == lost
    ballot = take_signed(house, AVA, again)
    assert kinds(house) == {ballot.name: VOUCHED}
    assert len(rows_of(house, "ballot_given")) == 1


def test_crash_in_the_transaction_that_takes_it_leaves_neither_mark_nor_ballot(
    house: House,
) -> None:
    settle(house, AVA)
    signed = sign_own(house, AVA)

    def take_and_crash(work: Work) -> None:
        named = identity.ballot_keys(work, WATER)
        identity.take_ballot(work, house.keys["instance"], AVA.root, AVA.key, signed, named=named)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        house.db.write_together(take_and_crash)

    assert rows_of(house, "ballot_given") == rows_of(house, "ballot") == []
    ballot = take(house, AVA)
    assert kinds(house) == {ballot.name: VOUCHED}


@pytest.mark.parametrize(
    ("befalls", "error"), [(limit, PersonaLimitedError), (close, BallotsClosedError)]
)
def test_what_befalls_between_signature_and_ballot_holds(
    house: House, befalls: Callable[[House], None], error: type[AppError]
) -> None:
    settle(house, AVA)
    signed = sign_own(house, AVA)
    befalls(house)

    with pytest.raises(error):
        take_signed(house, AVA, signed)
    assert rows_of(house, "ballot_given") == rows_of(house, "ballot") == []


def test_kind_is_decided_anew_where_the_ballot_is_given(house: House) -> None:
    """Signed as of somebody whom the lot drew, who is that no more."""
    settle(house, AVA)
    signed = sign_own(house, AVA, is_invited=True)

    with pytest.raises(BallotKindError):
        take_signed(house, AVA, signed)
    assert rows_of(house, "ballot_given") == rows_of(house, "ballot") == []


def test_form_that_was_sent_twice_takes_one_ballot(house: House) -> None:
    settle(house)
    first, second = sign_own(house, AVA), sign_own(house, AVA)

    assert take_signed(house, AVA, first) == take_signed(house, AVA, second)
    assert list(kinds(house).values()) == [UNVOUCHED]
    assert len(rows_of(house, "ballot_given")) == 1


def test_two_keys_that_are_signed_for_at_once_have_one_ballot(house: House) -> None:
    settle(house, AVA)
    other = factories.person("Ava with another key").key
    first, second = sign_own(house, AVA), sign_own(house, AVA, key=other)

    ballot = take_signed(house, AVA, first)

    with pytest.raises(BallotTakenError):
        take_signed(house, AVA, second, key=other)
    assert kinds(house) == {ballot.name: VOUCHED}
