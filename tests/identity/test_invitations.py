"""Invitations: who may give and who may come, and that nothing joins the two."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from app import identity, site, worker
from app.crypto import blind
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.identity import rules, service, store
from app.identity.codec import tokens
from app.identity.errors import (
    AlreadyInvitedError,
    CohortClosedError,
    InvitationsGivenError,
    InvitationSpentError,
    InvitationUnfitError,
    MayNotInviteError,
)
from app.identity.model.tokens import Invitation
from app.identity.rules import cohorts
from app.kernel.clock import FixedClock, start_of
from app.kernel.errors import MalformedError, NotFoundError, VerificationError
from app.wiring import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories, strategies
from tests.crypto import issuers
from tests.crypto.issuers import PUBLIC, factor, stretched
from tests.houses import SeededRandomness, open_at, open_month, read_rows, submit

pytestmark = pytest.mark.slow

AVA, BABAK, CELINE, DARIA = map(factories.person, ("Ava", "Babak", "Céline", "Daria"))
NOVEMBER = "2026-11"


def settle(house: House, *stewards: factories.Person) -> None:
    """Give the month its key; of the personas, all of whom are here, make some stewards."""
    submit(house, *(factories.card(person) for person in (AVA, BABAK, CELINE, DARIA)))
    assert open_month(house, issuers.KEY)
    with house.db.write() as work:
        for person in stewards:
            identity.grant_stewardship(work, person.mark)


def make(house: House, by: factories.Person) -> Invitation:
    with house.db.write() as work:
        named = site.list_issuers(work)
        return identity.make_invitation(work, house.keys["instance"], by.root, named=named)


def redeem(house: House, by: factories.Person, invitation: Invitation) -> None:
    with house.db.write() as work:
        identity.redeem_invitation(work, by.root, invitation)


def on_probation(house: House, who: factories.Person) -> bool:
    with house.db.read() as work:
        return identity.is_on_probation(work, who.root)


def may_invite(house: House, who: factories.Person) -> bool:
    with house.db.read() as work:
        return identity.may_invite(work, who.root)


def cohort_of_invited(house: House, who: factories.Person) -> str | None:
    with house.db.read() as work:
        return store.find_invited(work, who.root)


def count_given(house: House, who: factories.Person, cohort: str = NOVEMBER) -> int:
    with house.db.read() as work:
        return store.count_given(work, who.root, cohort)


def move_to(house: House, day: date) -> None:
    clock = house.clock
    assert isinstance(clock, FixedClock)
    clock.instant = start_of(day)


def freeze(house: House, cohort: str, *, is_frozen: bool = True) -> None:
    with house.db.write() as work:
        identity.freeze_cohort(work, cohort, is_frozen=is_frozen)


def test_invited_persona_may_invite_from_the_next_month(house: House) -> None:
    settle(house, AVA)

    redeem(house, BABAK, make(house, AVA))

    assert cohort_of_invited(house, BABAK) == NOVEMBER
    assert not may_invite(house, BABAK)
    with pytest.raises(MayNotInviteError):
        make(house, BABAK)
    move_to(house, date(2026, 12, 1))
    assert open_month(house, issuers.KEY)
    redeem(house, CELINE, make(house, BABAK))
    assert cohort_of_invited(house, CELINE) == "2026-12"


def test_persona_that_nobody_invited_does_not_invite(house: House) -> None:
    settle(house)
    move_to(house, date(2027, 3, 1))
    open_month(house, issuers.KEY)

    assert not may_invite(house, AVA)
    with pytest.raises(MayNotInviteError):
        make(house, AVA)


def test_invitation_made_on_a_device_is_good(house: House) -> None:
    """The server sees the blinded message alone, and the holder's text comes back by another way."""
    settle(house, AVA)
    with house.db.read() as work:
        cohort = identity.find_issuer(work)
    assert cohort is not None
    prefix = stretched(b"device", 32)
    prepared = blind.prepare(tokens.invitation_message(cohort.key), prefix=prefix)
    blinded = blind.blind(cohort.key, prepared, salt=bytes(48), factor=factor(b"device"))

    with house.db.write() as work:
        answer = sign_blinded(work, house, blinded.message)
    signature = blind.finalize(cohort.key, prepared, answer, blinded.secret)
    text = tokens.encode_invitation(
        Invitation(cohort=cohort.name, prefix=prefix, signature=signature)
    )
    redeem(house, BABAK, tokens.parse_invitation(text))

    assert cohort_of_invited(house, BABAK) == NOVEMBER
    assert count_given(house, AVA) == 1


def test_invitation_is_good_once(house: House) -> None:
    settle(house, AVA)
    invitation = make(house, AVA)
    redeem(house, BABAK, invitation)

    with pytest.raises(InvitationSpentError):
        redeem(house, CELINE, invitation)
    assert cohort_of_invited(house, CELINE) is None


def test_second_signature_makes_no_second_invitation(house: House) -> None:
    """Who has the same prefix signed twice has one invitation in two forms."""
    settle(house, AVA)
    first = make(house, AVA)
    prepared = blind.prepare(tokens.invitation_message(PUBLIC), prefix=first.prefix)
    blinded = blind.blind(PUBLIC, prepared, salt=stretched(b"again", 48), factor=factor(b"again"))
    with house.db.write() as work:
        answer = sign_blinded(work, house, blinded.message)
    second = replace(first, signature=blind.finalize(PUBLIC, prepared, answer, blinded.secret))
    assert second != first
    redeem(house, BABAK, first)

    with pytest.raises(InvitationSpentError):
        redeem(house, CELINE, second)


def test_persona_that_was_invited_spends_no_other(house: House) -> None:
    settle(house, AVA)
    redeem(house, BABAK, make(house, AVA))
    other = make(house, AVA)

    with pytest.raises(AlreadyInvitedError):
        redeem(house, BABAK, other)
    redeem(house, CELINE, other)


def test_month_has_its_cap_for_each_persona(house: House) -> None:
    settle(house, AVA, BABAK)
    for _ in range(rules.INVITATIONS_A_MONTH):
        make(house, AVA)

    with pytest.raises(InvitationsGivenError):
        make(house, AVA)
    assert count_given(house, AVA) == rules.INVITATIONS_A_MONTH
    make(house, BABAK)
    move_to(house, date(2026, 12, 31))
    open_month(house, issuers.KEY)
    make(house, AVA)


def test_what_cannot_be_signed_is_not_counted(house: House) -> None:
    settle(house, AVA)

    with pytest.raises(MalformedError), house.db.write() as work:
        sign_blinded(work, house, bytes(255))

    assert count_given(house, AVA) == 0


@pytest.mark.parametrize(
    ("day", "is_good"),
    [
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), True),
        (date(2027, 1, 31), True),
        (date(2027, 2, 1), False),
        (date(2026, 10, 31), False),
    ],
)
def test_invitation_is_good_for_its_month_and_two_more(
    house: House, day: date, *, is_good: bool
) -> None:
    settle(house, AVA)
    invitation = make(house, AVA)
    move_to(house, day)

    if is_good:
        redeem(house, BABAK, invitation)
    else:
        with pytest.raises(InvitationUnfitError):
            redeem(house, BABAK, invitation)
    assert (cohort_of_invited(house, BABAK) is not None) == is_good


@pytest.mark.parametrize(
    ("day", "oldest"),
    [
        (date(2026, 11, 21), "2026-09"),
        (date(2026, 3, 31), "2026-01"),
        (date(2026, 2, 1), "2025-12"),
        (date(2026, 1, 1), "2025-11"),
        (date(2026, 12, 31), "2026-10"),
    ],
)
def test_months_are_counted_over_the_year(day: date, oldest: str) -> None:
    assert cohorts.oldest_redeemable(day) == oldest


@given(st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flipped_bit_of_an_invitation_is_refused(house: House, data: st.DataObject) -> None:
    if cohort_missing(house):
        settle(house, AVA)
    good = Invitation(cohort=NOVEMBER, prefix=PREFIX, signature=SIGNATURE)
    prefix = data.draw(st.just(good.prefix) | strategies.flipped(good.prefix))
    flipped = strategies.flipped(good.signature)
    signature = data.draw(flipped if prefix == good.prefix else st.just(good.signature) | flipped)

    with pytest.raises(InvitationUnfitError):
        redeem(house, BABAK, replace(good, prefix=prefix, signature=signature))
    assert cohort_of_invited(house, BABAK) is None


def cohort_missing(house: House) -> bool:
    with house.db.read() as work:
        return identity.find_issuer(work) is None


def sign_by(key: blind.BlindSigningKey, message: bytes, prefix: bytes) -> bytes:
    """Return what a key signs without anybody's leave."""
    prepared = blind.prepare(message, prefix=prefix)
    drawn = factor(b"forged", key.public)
    blinded = blind.blind(key.public, prepared, salt=bytes(48), factor=drawn)
    answer = key.blind_sign(blinded.message, factor=drawn)
    return blind.finalize(key.public, prepared, answer, blinded.secret)


PREFIX = stretched(b"prefix", 32)
SIGNATURE = sign_by(issuers.KEY, tokens.invitation_message(PUBLIC), PREFIX)


def test_signature_for_another_purpose_or_key_invites_nobody(house: House) -> None:
    settle(house, AVA)
    other = blind.make_key()
    unfit = (
        sign_by(issuers.KEY, b"another purpose", PREFIX),
        sign_by(issuers.KEY, tokens.invitation_message(other.public), PREFIX),
        sign_by(other, tokens.invitation_message(PUBLIC), PREFIX),
        sign_by(other, tokens.invitation_message(other.public), PREFIX),
    )

    for signature in unfit:
        with pytest.raises(InvitationUnfitError):
            redeem(house, BABAK, Invitation(cohort=NOVEMBER, prefix=PREFIX, signature=signature))
    redeem(house, BABAK, Invitation(cohort=NOVEMBER, prefix=PREFIX, signature=SIGNATURE))


def test_invitation_of_one_month_is_none_of_another(house: House) -> None:
    settle(house, AVA)
    invitation = make(house, AVA)
    move_to(house, date(2026, 12, 5))
    open_month(house, blind.make_key())

    with pytest.raises(InvitationUnfitError):
        redeem(house, BABAK, replace(invitation, cohort="2026-12"))
    with pytest.raises(CohortClosedError):
        redeem(house, BABAK, replace(invitation, cohort="2026-10"))
    redeem(house, BABAK, invitation)


def test_frozen_cohort_neither_gives_nor_takes(house: House) -> None:
    settle(house, AVA)
    redeem(house, BABAK, make(house, AVA))
    waiting = make(house, AVA)

    freeze(house, NOVEMBER)

    with pytest.raises(CohortClosedError):
        make(house, AVA)
    with pytest.raises(CohortClosedError):
        redeem(house, CELINE, waiting)
    move_to(house, date(2026, 12, 1))
    open_month(house, issuers.KEY)
    assert not may_invite(house, BABAK)
    make(house, AVA)

    freeze(house, NOVEMBER, is_frozen=False)

    assert may_invite(house, BABAK)
    redeem(house, CELINE, waiting)


def test_probation_ends_with_an_invitation_and_comes_back_with_a_freeze(house: House) -> None:
    settle(house, AVA)
    assert not on_probation(house, AVA)
    assert on_probation(house, BABAK)

    redeem(house, BABAK, make(house, AVA))
    assert not on_probation(house, BABAK)

    freeze(house, NOVEMBER)
    assert on_probation(house, BABAK)
    assert not on_probation(house, AVA)


def test_cohort_that_is_not_there_is_not_frozen(house: House) -> None:
    with pytest.raises(NotFoundError):
        freeze(house, NOVEMBER)


def test_month_without_a_key_has_no_invitations(house: House) -> None:
    settle(house, AVA)
    move_to(house, date(2026, 12, 1))

    with pytest.raises(CohortClosedError):
        make(house, AVA)


def test_month_keeps_its_first_key(house: House) -> None:
    settle(house, AVA)

    assert not open_month(house, blind.make_key())

    with house.db.read() as work:
        cohort = identity.find_issuer(work)
    assert cohort is not None
    assert cohort.key == PUBLIC


def test_database_alone_makes_no_invitations(house: House) -> None:
    settle(house, AVA)
    secret = issuers.KEY._numbers

    for table, row in read_rows(house):
        for column, value in row.items():
            if isinstance(value, bytes):
                for part in (secret.p, secret.q, secret.d):
                    assert part.to_bytes(256).lstrip(b"\0") not in value, f"{table}.{column}"
    with pytest.raises(VerificationError), house.db.write() as work:
        identity.make_invitation(
            work, SigningKey(bytes(32)), AVA.root, named=site.list_issuers(work)
        )


@pytest.mark.slow
def test_past_month_leaves_nothing_to_sign_with(house: House) -> None:
    settle(house, AVA)
    invitation, late = make(house, AVA), make(house, AVA)
    redeem(house, BABAK, invitation)
    worker.step(house, 0)
    with house.db.read() as work:
        assert store.get_cohort_box(work, NOVEMBER)

    move_to(house, date(2026, 12, 1))
    worker.step(house, 0)

    with house.db.read() as work:
        assert store.get_cohort_box(work, NOVEMBER) is None
    assert count_given(house, AVA) == 0
    with pytest.raises(InvitationSpentError):
        redeem(house, CELINE, invitation)
    redeem(house, DARIA, late)


def test_clock_that_ran_ahead_makes_no_invitation_good_again(house: House) -> None:
    settle(house, AVA)
    spent = make(house, AVA)
    redeem(house, BABAK, spent)

    move_to(house, date(2028, 1, 1))
    worker.step(house, 0)
    move_to(house, factories.TODAY)

    with pytest.raises(InvitationSpentError):
        redeem(house, CELINE, spent)
    with pytest.raises(CohortClosedError):
        make(house, AVA)


def test_private_key_of_a_past_month_leaves_the_files(house: House) -> None:
    settle(house, AVA)
    with house.db.read() as work:
        box = store.get_cohort_box(work, NOVEMBER)
    assert box is not None
    data = house.settings.data
    assert holding(data, box[:64])

    move_to(house, date(2026, 12, 1))
    with house.db.write() as work:
        identity.forget_old_invitations(work)

    assert holding(data, box[:64]) == []


def holding(folder: Path, part: bytes) -> list[str]:
    """Return the files that hold some bytes."""
    return [path.name for path in folder.rglob("*") if path.is_file() and part in path.read_bytes()]


def test_erased_persona_leaves_no_trace_of_inviting(house: House) -> None:
    settle(house, AVA)
    redeem(house, BABAK, make(house, AVA))

    with house.db.write() as work:
        for person in (AVA, BABAK):
            service.erase_persona(work, house.door, person.seed, factories.TODAY)

    tables = {table for table, _ in read_rows(house)}
    assert not tables & {"invited", "invitations_given"}
    assert "spent_invitation" in tables


def log_of(house: House) -> bytes:
    """Return SQLite's write-ahead log."""
    log = next(house.settings.data.glob("*-wal"), None)
    return b"" if log is None else log.read_bytes()


def test_count_leaves_the_write_ahead_log_at_once(house: House) -> None:
    """It would hold who invites beside what is kept under words, in one transaction."""
    settle(house, AVA)
    make(house, AVA)

    assert AVA.root.encode() not in log_of(house)


def test_what_is_spent_leaves_the_write_ahead_log_at_once(house: House) -> None:
    """Whoever has the invitation's text, and the disk, would read beside it who came with it."""
    settle(house, AVA)
    redeem(house, BABAK, make(house, AVA))

    assert BABAK.root.encode() not in log_of(house)


Pairs = Sequence[tuple[factories.Person, factories.Person]]


def live(template: Path, folder: Path, pairs: Pairs) -> list[tuple[str, dict[str, object]]]:
    """Let inviters give, and after them all the invited come; return what the database holds."""
    shutil.copytree(template, folder)
    house = open_at(folder, FixedClock(factories.NOW), SeededRandomness())
    with house.db.write() as work:
        for person, card in CARDS.items():
            house.door.submit(work, card)
            if person in {AVA.name, BABAK.name}:
                identity.grant_stewardship(work, factories.person(person).mark)
    open_month(house, issuers.KEY)
    given = {inviter.name: make(house, inviter) for inviter in (AVA, BABAK)}
    for invitation in given.values():
        with house.db.write() as work:
            service.keep_in_words(work, invitation)
    # Those who come do so in the same order, whoever invited them.
    for invited, inviter in sorted(pairs, key=lambda pair: pair[0].name):
        redeem(house, invited, given[inviter.name])
    rows = read_rows(house)
    house.db.close()
    return rows


CARDS = {person.name: factories.card(person) for person in (AVA, BABAK, CELINE, DARIA)}


def test_database_is_the_same_whoever_invited_whom(template: Path, tmp_path: Path) -> None:
    """The strongest reader of a seized disk sees two histories that differ in nothing."""
    one = live(template, tmp_path / "one", [(CELINE, AVA), (DARIA, BABAK)])
    other = live(template, tmp_path / "other", [(DARIA, AVA), (CELINE, BABAK)])

    assert one == other
    assert sum(table == "invited" for table, _ in one) == 2


def test_no_column_keeps_an_invitation_or_what_was_signed_for_it(house: House) -> None:
    settle(house, AVA)
    prepared = blind.prepare(tokens.invitation_message(PUBLIC), prefix=PREFIX)
    blinded = blind.blind(PUBLIC, prepared, salt=bytes(48), factor=factor(b"seized"))
    with house.db.write() as work:
        answer = sign_blinded(work, house, blinded.message)
    signature = blind.finalize(PUBLIC, prepared, answer, blinded.secret)
    redeem(house, BABAK, Invitation(cohort=NOVEMBER, prefix=PREFIX, signature=signature))

    for part in (PREFIX, signature, answer, blinded.message):
        assert holding(house.settings.data, part) == []
        assert holding(house.settings.data, part[:32].hex().encode()) == []


def sign_blinded(work: Work, house: House, message: bytes) -> bytes:
    named = site.list_issuers(work)
    return identity.sign_invitation(work, house.keys["instance"], AVA.root, message, named=named)


def test_text_of_an_invitation_has_one_form() -> None:
    invitation = Invitation(cohort=NOVEMBER, prefix=PREFIX, signature=SIGNATURE)
    text = tokens.encode_invitation(invitation)

    assert tokens.parse_invitation(text) == invitation
    assert len(text) == len("2026-11.") + 384
    for other in (
        "", ".", text[:-1], text + "1", text + "=", " " + text, text + "\n", text.replace(".", ""),
        text.replace("2026-11", "2026-13"), text.replace("2026-11", "2026-1"), text[:-1] + "+",
    ):  # fmt: skip
        with pytest.raises(MalformedError):
            tokens.parse_invitation(other)
    assert repr(invitation) == "Invitation(cohort='2026-11')"
