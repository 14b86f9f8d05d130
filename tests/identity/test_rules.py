"""What identity decides from values alone."""

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from app.crypto.multikey import encode_digest
from app.identity.errors import (
    CustodyDiffersError,
    HostCustodyError,
    KeyInactiveError,
    MixedNameError,
    StaleCardError,
)
from app.identity.model import Author, Card, KeyState, Persona
from app.identity.rules import (
    ABSOLUTE_S,
    IDLE_S,
    choose_positions,
    later_state,
    require_successor,
    require_use,
)
from app.identity.rules.cohorts import cohort_of, last_day_of_use, oldest_redeemable, start_after
from app.identity.rules.naming import fold_name, require_one_script
from app.kernel.clock import HOUR_S
from app.records.model import Custody
from hypothesis import example, given
from hypothesis import strategies as st

from tests import factories

AVA = factories.person("Ava")
CURRENT = Persona(
    root=AVA.root, fingerprint=AVA.mark, name="Ava", sequence=3, card_digest=bytes(32)
)


def card(sequence: int, previous: str | None) -> Card:
    """Return a card with this place in the line."""
    return Card(root=AVA.root, name="Ava", sequence=sequence, previous=previous, keys=())


def author(state: KeyState, custody: Custody) -> Author:
    """Return the author behind a key."""
    return Author(
        did=AVA.did, root=AVA.root, name="Ava", fingerprint=AVA.mark, custody=custody, state=state
    )


def test_first_card_and_next_card_follow() -> None:
    require_successor(card(1, None), None)
    require_successor(card(4, encode_digest(bytes(32))), CURRENT)


@pytest.mark.parametrize(
    ("sequence", "previous", "current"),
    [
        pytest.param(2, None, None, id="begins with 2"),
        pytest.param(1, encode_digest(bytes(32)), None, id="begins on something"),
        pytest.param(1, None, CURRENT, id="begins again"),
        pytest.param(3, encode_digest(bytes(32)), CURRENT, id="the same number"),
        pytest.param(5, encode_digest(bytes(32)), CURRENT, id="leaves a number out"),
        pytest.param(4, None, CURRENT, id="builds on nothing"),
        pytest.param(4, encode_digest(b"\1" * 32), CURRENT, id="builds on another card"),
    ],
)
def test_card_that_does_not_follow_is_refused(
    sequence: int, previous: str | None, current: Persona | None
) -> None:
    with pytest.raises(StaleCardError):
        require_successor(card(sequence, previous), current)


@pytest.mark.parametrize(
    ("before", "after", "settled"),
    [
        (KeyState.ACTIVE, KeyState.ACTIVE, KeyState.ACTIVE),
        (KeyState.ACTIVE, KeyState.RETIRED, KeyState.RETIRED),
        (KeyState.ACTIVE, KeyState.REVOKED, KeyState.REVOKED),
        (KeyState.RETIRED, KeyState.ACTIVE, KeyState.RETIRED),
        (KeyState.RETIRED, KeyState.REVOKED, KeyState.REVOKED),
        (KeyState.REVOKED, KeyState.ACTIVE, KeyState.REVOKED),
        (KeyState.REVOKED, KeyState.RETIRED, KeyState.REVOKED),
    ],
)
def test_key_state_moves_one_way_only(before: KeyState, after: KeyState, settled: KeyState) -> None:
    assert later_state(before, after) is settled


def test_active_key_may_sign_as_its_card_declares() -> None:
    for custody in (Custody.DEVICE, Custody.UNLOCKED):
        require_use(author(KeyState.ACTIVE, custody), custody)


def test_key_of_a_persona_may_not_sign_as_the_hosts() -> None:
    with pytest.raises(HostCustodyError):
        require_use(author(KeyState.ACTIVE, Custody.INSTANCE), Custody.INSTANCE)


@pytest.mark.parametrize("state", [KeyState.RETIRED, KeyState.REVOKED])
def test_key_out_of_use_may_not_sign(state: KeyState) -> None:
    with pytest.raises(KeyInactiveError):
        require_use(author(state, Custody.DEVICE), Custody.DEVICE)


@pytest.mark.parametrize(
    ("held", "declared"), [(a, b) for a in Custody for b in Custody if a is not b]
)
def test_record_that_declares_another_custody_is_refused(held: Custody, declared: Custody) -> None:
    with pytest.raises(CustodyDiffersError):
        require_use(author(KeyState.ACTIVE, held), declared)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Ava", "AVA", id="capitals"),
        pytest.param("Ava", " ava ", id="blanks around"),
        pytest.param("Ava B", "ava  b", id="blanks inside"),
        pytest.param("Ava", "Ａｖａ", id="wide letters"),
        pytest.param("Straße", "STRASSE", id="a German letter"),
        pytest.param("علی", "علي", id="Arabic and Persian yeh"),
        pytest.param("کوه", "كوه", id="Arabic and Persian kaf"),
        pytest.param("Zoé", "Zoe\u0301", id="an accent apart"),
        pytest.param("Zoé", "Zoe\u200c\u0301", id="a non-joiner before an accent"),
        pytest.param("می‌رود", "میرود", id="a non-joiner"),
        pytest.param("فاطمه", "فاطمة", id="teh marbuta and heh"),
        pytest.param("راه", "راہ", id="an Urdu heh"),
        pytest.param("کوه", "ڪوھ", id="kaf and heh of other hands"),
        pytest.param("نوهٔ مقنی", "نوۀ مقنی", id="heh with yeh, in one and in two"),
        pytest.param("رؤیا", "رویا", id="a hamza over a letter"),
        pytest.param("آرش", "ارش", id="a madda"),
        pytest.param("مهتاب", "مَهتاب", id="a vowel sign"),
        pytest.param("باران", "بـــاران", id="a stretched letter"),
        pytest.param("رود ۱۲", "رود ١٢", id="Persian and Arabic digits"),
        pytest.param("Ava 12", "Ava ۱۲", id="Latin and Persian digits"),
        pytest.param("cape", "саре", id="Cyrillic that reads as Latin"),
        pytest.param("AKTOP", "актор", id="Cyrillic capitals"),
        pytest.param("Tokio", "Τοκιο", id="Greek that reads as Latin"),
        pytest.param("lira", "lıra", id="a dotless letter"),
    ],
)
def test_names_that_read_alike_are_one(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ava", "Eva"), ("کوه", "کوی"), ("Ava 1", "Ava 11"), ("Zoé", "Zoe"), ("گل", "کل")],
)
def test_names_that_read_differently_are_two(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Аva", id="Cyrillic in Latin"),
        pytest.param("pοst", id="Greek in Latin"),
        pytest.param("روزaنامه", id="Latin in Persian"),
        pytest.param("Ava ava آوا", id="another script beside"),
        pytest.param("ａvа", id="wide letters hide nothing"),
    ],
)
def test_mixed_script_name_is_refused(name: str) -> None:
    with pytest.raises(MixedNameError):
        require_one_script(name)


@pytest.mark.parametrize(
    "name",
    ["Ava 2", "quai numéro sept", "رود ۱۲", "نوهٔ مقنی", "می‌رود", "O’Neil-3", "東京タワー", "Ава", "revoked", "7"],
)  # fmt: skip
def test_name_of_one_script_is_taken_with_digits_and_punctuation(name: str) -> None:
    require_one_script(name)


def test_proposed_names_and_the_villages_are_of_one_script_and_stay_apart() -> None:
    root = Path(__file__).parents[2]
    village = json.loads((root / "app/cli/village/personas.json").read_text())
    names = [persona["name"] for persona in village]
    for file in (root / "translations").glob("*/language.toml"):
        first, second = tomllib.loads(file.read_text())["name_parts"]
        names += [f"{a} {b}" for a in first for b in second]

    for name in names:
        require_one_script(name)

    assert len({fold_name(name) for name in names}) == len(names)


@given(st.text(max_size=40))
@example("ß\u0301")
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


@given(st.binary(min_size=2, max_size=2))
def test_two_different_words_are_asked_for(random: bytes) -> None:
    first, second = choose_positions(random)

    assert 1 <= first < second <= 12


def test_every_pair_of_words_can_be_asked_for() -> None:
    pairs = {choose_positions(bytes([a, b])) for a in range(12) for b in range(11)}

    assert len(pairs) == 66


def test_sessions_end_after_two_idle_hours_and_twelve_in_all() -> None:
    assert (IDLE_S, ABSOLUTE_S) == (2 * HOUR_S, 12 * HOUR_S)


@pytest.mark.parametrize(
    ("day", "next_month", "last_day"),
    [
        (date(2026, 11, 21), date(2026, 12, 1), date(2027, 1, 31)),
        (date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 28)),
        (date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 31)),
    ],
)
def test_invitation_is_good_in_its_month_and_the_two_after_it(
    day: date, next_month: date, last_day: date
) -> None:
    cohort = cohort_of(day)

    assert start_after(cohort) == next_month
    assert last_day_of_use(cohort) == last_day
    assert oldest_redeemable(last_day) == cohort
    assert oldest_redeemable(last_day + timedelta(days=1)) > cohort
