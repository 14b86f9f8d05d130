"""Ballots: who may take one, what it takes to vote twice, and that nothing joins them to a persona."""

import shutil
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from app import identity, worker
from app.crypto import blind
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.db.tables import columns_of
from app.identity import service, store
from app.identity.errors import (
    BallotKindError,
    BallotsClosedError,
    BallotSpentError,
    BallotTakenError,
    BallotUnfitError,
    MayNotTakeBallotError,
    PersonaLimitedError,
)
from app.identity.model import Limit
from app.identity.model.ballots import Ballot, BallotKind, BallotToken
from app.identity.tables.tokens import BallotGivenRow, BallotIssuerRow, BallotRow
from app.kernel.clock import FixedClock
from app.kernel.errors import MalformedError, VerificationError
from app.records.model import Custody
from app.wiring import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories, strategies
from tests.crypto import issuers
from tests.houses import SeededRandomness, open_at, read_rows, submit

AVA, BABAK, CELINE = (
    factories.person(name, Custody.UNLOCKED) for name in ("Ava", "Babak", "Céline")
)
CARDS = [factories.card(person) for person in (AVA, BABAK, CELINE)]
NOVEMBER = "2026-11"
WATER, BREAD = "0123456789abcdef0123", "3210fedcba9876543210"
VOUCHED, UNVOUCHED, INVITED = BallotKind
TABLES = [columns_of(row) for row in (BallotIssuerRow, BallotGivenRow, BallotRow)]


@cache
def made_keys() -> dict[BallotKind, blind.BlindSigningKey]:
    """Return keys that all tests share: drawing primes takes its time."""
    return {VOUCHED: issuers.KEY, UNVOUCHED: blind.make_key(), INVITED: blind.make_key()}


def settle(house: House, *vouched: factories.Person) -> None:
    """Open ballots in two conversations; somebody answers for some of three personas."""
    with house.db.write() as work:
        for table in TABLES:
            table.create(work.connection, checkfirst=True)
        identity.open_cohort(work, house.keys["instance"], issuers.KEY)
    submit(house, *CARDS)
    with house.db.write() as work:
        for conversation in (WATER, BREAD):
            identity.open_ballots(work, house.keys["instance"], conversation, made_keys())
        for person in vouched:
            store.add_invited(work, person.root, NOVEMBER)


def take(
    house: House,
    by: factories.Person,
    conversation: str = WATER,
    *,
    key: SigningKey | None = None,
    is_invited: bool = False,
) -> Ballot:
    """Do what a vote does: find the ballot in use, or have one signed and take it."""
    posting = key or by.key
    with house.db.read() as work:
        found = identity.find_usable_ballot(work, by.root, posting, conversation)
        if found is not None:
            return found
    signed = sign_own(house, by, conversation, key=posting, is_invited=is_invited)
    return take_signed(house, by, signed, key=posting, is_invited=is_invited)


def sign_own(
    house: House,
    by: factories.Person,
    conversation: str = WATER,
    *,
    key: SigningKey | None = None,
    is_invited: bool = False,
) -> identity.SignedBallot:
    with house.db.read() as work:
        named = identity.ballot_keys(work, conversation)
        return identity.sign_own_ballot(
            work, house.keys["instance"], by.root, key or by.key, conversation,
            named=named, is_invited=is_invited,
        )  # fmt: skip


def take_signed(
    house: House,
    by: factories.Person,
    signed: identity.SignedBallot,
    *,
    key: SigningKey | None = None,
    is_invited: bool = False,
) -> Ballot:
    with house.db.write() as work:
        named = identity.ballot_keys(work, signed.conversation)
        return identity.take_ballot(
            work, house.keys["instance"], by.root, key or by.key, signed,
            named=named, is_invited=is_invited,
        )  # fmt: skip


def sign(  # as in a program of one's own: everything is chosen
    house: House,
    by: factories.Person,
    kind: BallotKind,
    blinded: bytes,
    conversation: str = WATER,
) -> bytes:
    with house.db.read() as work:
        named = identity.ballot_keys(work, conversation)
        signed = identity.sign_ballot(
            work, house.keys["instance"], by.root, conversation, kind, blinded, named=named
        )
    with house.db.write() as work:
        return identity.give_ballot(work, house.keys["instance"], by.root, signed, named=named)


def request_of(
    house: House, key: SigningKey, kind: BallotKind, conversation: str = WATER
) -> identity.BallotRequest:
    with house.db.read() as work:
        issuer = identity.find_ballot_issuer(work, conversation, kind)
    assert issuer is not None
    return identity.derive_request(key, issuer)


def on_device(
    house: House, by: factories.Person, kind: BallotKind = VOUCHED, conversation: str = WATER
) -> tuple[str, BallotToken]:
    """Do on a device what it takes to have a right to a ballot: the server sees what is blinded."""
    request = request_of(house, by.key, kind, conversation)
    answer = sign(house, by, kind, request.blinded.message, conversation)
    public = made_keys()[kind].public
    signature = blind.finalize(public, request.prepared, answer, request.blinded.secret)
    name = identity.derive_ballot(by.key, conversation).name
    return name, BallotToken(kind=kind, prefix=request.prefix, signature=signature)


def admit(house: House, name: str, token: BallotToken, conversation: str = WATER) -> Ballot:
    with house.db.write() as work:
        verified = identity.verify_ballot(work, name, conversation, token)
        return identity.admit_ballot(work, verified)


def kinds(house: House, conversation: str = WATER) -> dict[str, BallotKind]:
    with house.db.read() as work:
        return identity.kinds_of(work, conversation)


def limit(house: House, who: factories.Person) -> None:
    with house.db.write() as work:
        service.limit_persona(work, who.root, Limit(act=bytes(32), until=None))


def rows_of(house: House, table: str) -> list[dict[str, object]]:
    return [row for name, row in read_rows(house) if name == table]


def files_with(house: House, needle: bytes) -> list[Path]:
    files = house.settings.data.rglob("*")
    return [path for path in files if path.is_file() and needle in path.read_bytes()]


def test_ballot_is_the_same_for_one_key_and_conversation_and_another_for_others() -> None:
    one = identity.derive_ballot(AVA.key, WATER).name

    assert one == identity.derive_ballot(AVA.key, WATER).name
    others = [(BABAK.key, WATER), (AVA.key, BREAD), (AVA.root_key, WATER)]
    assert one not in {identity.derive_ballot(*other).name for other in others}
    assert one not in identity.derive_ballot(AVA.key, WATER).encode().hex()


def test_ballot_has_the_kind_of_its_persona(house: House) -> None:
    settle(house, AVA)

    assert [take(house, AVA).kind, take(house, BABAK).kind] == [VOUCHED, UNVOUCHED]
    assert take(house, CELINE, is_invited=True).kind is INVITED
    assert sorted(kinds(house).values()) == [INVITED, UNVOUCHED, VOUCHED]
    assert kinds(house, BREAD) == {}


def test_ballot_that_is_in_use_is_found_again_and_takes_nothing_more(house: House) -> None:
    settle(house, AVA)
    first = take(house, AVA)

    assert take(house, AVA) == first
    with house.db.read() as work:
        secret = identity.derive_ballot(AVA.key, WATER)
        assert identity.find_ballot(work, WATER, secret) == first
        assert identity.find_ballot(work, BREAD, secret) is None
    assert len(rows_of(house, "ballot_given")) == len(kinds(house)) == 1


def test_voter_finds_their_ballot_in_a_later_session_and_nobody_else_does(house: House) -> None:
    settle(house, AVA, BABAK)
    ballot = take(house, AVA)

    found = {}
    for person in (AVA, BABAK):
        with house.db.write() as work:
            token = service.open_session(
                work, service.SealedLogin(root=person.root, did=person.did, salt=b"", box=b""), person.key
            )  # fmt: skip
        with house.db.read() as work:
            session = identity.find_session(work, token)
            assert session is not None
            found[person.name] = identity.find_own_ballot(work, session, WATER)
            for other in ({"has_unlocked": False}, {"custody": Custody.DEVICE}):
                changed = session._replace(viewer=replace(session.viewer, **other))
                assert identity.find_own_ballot(work, changed, WATER) is None
    assert found == {"Ava": ballot, "Babak": None}


def test_persona_that_votes_with_a_second_key_gets_no_second_ballot(house: House) -> None:
    """After coming back with the words its key is another: what it voted stays, and is all."""
    settle(house, AVA)
    ballot = take(house, AVA)

    with pytest.raises(BallotTakenError):
        take(house, AVA, key=BABAK.key)
    assert kinds(house) == {ballot.name: VOUCHED}
    take(house, AVA, BREAD, key=BABAK.key)


def test_second_request_of_a_program_is_refused_although_the_first_was_never_used(
    house: House,
) -> None:
    settle(house, AVA)
    on_device(house, AVA)
    other = request_of(house, BABAK.key, VOUCHED)

    with pytest.raises(BallotTakenError):
        sign(house, AVA, VOUCHED, other.blinded.message)


def test_first_request_is_answered_again_with_the_same_until_it_comes_through(house: House) -> None:
    """A crash between giving and letting in costs nobody their vote, and gives nobody two."""
    settle(house, AVA)
    first, again = on_device(house, AVA), on_device(house, AVA)

    assert first == again
    assert len(rows_of(house, "ballot_given")) == 1
    assert take(house, AVA) == admit(house, *first)


def test_same_bytes_blinded_for_two_kinds_are_signed_for_one(house: House) -> None:
    settle(house)
    request = request_of(house, AVA.key, UNVOUCHED).blinded.message
    small = bytes(1) + request[1:]
    sign(house, AVA, UNVOUCHED, small)
    with house.db.write() as work:
        store.add_invited(work, AVA.root, NOVEMBER)

    with pytest.raises(BallotTakenError):
        sign(house, AVA, VOUCHED, small)
    assert sign(house, AVA, UNVOUCHED, small)


def test_replayed_token_lets_in_nothing_more(house: House) -> None:
    settle(house, AVA)
    name, token = on_device(house, AVA)

    assert admit(house, name, token) == admit(house, name, token)
    assert kinds(house) == {name: VOUCHED}


def test_token_for_another_name_or_conversation_is_refused(house: House) -> None:
    settle(house, AVA)
    name, token = on_device(house, AVA)
    other = identity.derive_ballot(BABAK.key, WATER).name

    with pytest.raises(BallotUnfitError):
        admit(house, name, token, BREAD)
    with pytest.raises(BallotUnfitError):
        admit(house, other, token)
    with pytest.raises(BallotsClosedError):
        admit(house, name, token, "no conversation")
    for malformed in ("", name.upper(), name[1:], f"{name}\n"):
        with pytest.raises(MalformedError):
            admit(house, malformed, token)
    assert kinds(house) == kinds(house, BREAD) == {}


def test_forged_kind_is_refused_at_both_ends(house: House) -> None:
    """The issuer signs for the persona's own kind, and what it signed is of that kind alone."""
    settle(house)
    for kind in (VOUCHED, INVITED):
        forged = request_of(house, AVA.key, kind)
        with pytest.raises(BallotKindError):
            sign(house, AVA, kind, forged.blinded.message)
    assert rows_of(house, "ballot_given") == []

    name, token = on_device(house, AVA, UNVOUCHED)
    for kind in (VOUCHED, INVITED):
        with pytest.raises(BallotUnfitError):
            admit(house, name, replace(token, kind=kind))
    assert admit(house, name, token).kind is UNVOUCHED


def test_two_personas_with_one_name_are_one_ballot_of_the_first_kind(house: House) -> None:
    settle(house, AVA)
    take(house, AVA)
    name = identity.derive_ballot(AVA.key, WATER).name
    request = request_of(house, AVA.key, UNVOUCHED)
    answer = sign(house, BABAK, UNVOUCHED, request.blinded.message)
    public = made_keys()[UNVOUCHED].public
    signature = blind.finalize(public, request.prepared, answer, request.blinded.secret)

    with pytest.raises(BallotSpentError):
        admit(house, name, BallotToken(kind=UNVOUCHED, prefix=request.prefix, signature=signature))
    assert kinds(house) == {name: VOUCHED}


@given(st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flipped_bit_of_a_token_is_refused(house: House, data: st.DataObject) -> None:
    with house.db.write() as work:
        TABLES[0].create(work.connection, checkfirst=True)
        is_settled = identity.ballot_keys(work, WATER)
    if not is_settled:
        settle(house, AVA)
    name, token = on_device(house, AVA)
    prefix = data.draw(st.just(token.prefix) | strategies.flipped(token.prefix))
    flipped = strategies.flipped(token.signature)
    signature = data.draw(flipped if prefix == token.prefix else st.just(token.signature))

    with pytest.raises(BallotUnfitError):
        admit(house, name, replace(token, prefix=prefix, signature=signature))


def test_token_has_one_text(house: House) -> None:
    settle(house, AVA)
    _, token = on_device(house, AVA)
    text = identity.encode_ballot_token(token)

    assert identity.parse_ballot_token(text) == token
    for malformed in (f"{text}\n", text[1:], f"other.{text.split('.')[1]}", text[:-1]):
        with pytest.raises(MalformedError):
            identity.parse_ballot_token(malformed)


def test_frozen_month_of_its_invitation_makes_the_next_ballot_an_unvouched_one(
    house: House,
) -> None:
    settle(house, AVA)
    take(house, AVA)
    with house.db.write() as work:
        identity.freeze_cohort(work, NOVEMBER)

    assert take(house, AVA, BREAD).kind is UNVOUCHED
    assert list(kinds(house).values()) == [VOUCHED]


def test_limited_revoked_and_erased_personas_and_strangers_take_none(house: House) -> None:
    settle(house, AVA, BABAK, CELINE)
    limit(house, AVA)
    with house.db.write() as work:
        service.revoke_persona(work, house.door, BABAK.seed, factories.TODAY)
        service.erase_persona(work, house.door, CELINE.seed, factories.TODAY)

    with pytest.raises(PersonaLimitedError):
        take(house, AVA)
    for person in (BABAK, CELINE, factories.person("Dara", Custody.UNLOCKED)):
        for is_invited in (False, True):
            with pytest.raises(MayNotTakeBallotError):
                take(house, person, is_invited=is_invited)
    with house.db.read() as work:
        people = (AVA, BABAK, CELINE)
        assert [identity.kind_of(work, person.root) for person in people] == [None] * 3
    assert kinds(house) == {}


def test_limited_persona_votes_with_no_ballot_that_it_has(house: House) -> None:
    settle(house, AVA)
    take(house, AVA)
    limit(house, AVA)

    with pytest.raises(PersonaLimitedError):
        take(house, AVA)
    with pytest.raises(PersonaLimitedError):
        on_device(house, AVA)


def test_erased_personas_ballot_stays_and_is_nobodys(house: House) -> None:
    settle(house, AVA)
    ballot = take(house, AVA)
    with house.db.write() as work:
        service.erase_persona(work, house.door, AVA.seed, factories.TODAY)

    assert kinds(house) == {ballot.name: VOUCHED}


def test_key_that_the_conversations_record_does_not_name_signs_nothing(house: House) -> None:
    """A key made for one voter alone would know that voter's ballot again."""
    settle(house, AVA)
    with house.db.read() as work:
        named = identity.ballot_keys(work, WATER)
    assert set(named) == set(BallotKind)
    assert len(set(named.values())) == 3
    signed = sign_own(house, AVA)

    for wrong in ({}, {VOUCHED: named[UNVOUCHED]}, {UNVOUCHED: named[VOUCHED]}):
        with pytest.raises(BallotsClosedError), house.db.read() as work:
            identity.sign_own_ballot(
                work, house.keys["instance"], AVA.root, AVA.key, WATER, named=wrong
            )
        with pytest.raises(BallotsClosedError), house.db.write() as work:
            identity.take_ballot(
                work, house.keys["instance"], AVA.root, AVA.key, signed, named=wrong
            )
    assert rows_of(house, "ballot_given") == []


def test_issuers_of_a_conversation_never_change(house: House) -> None:
    settle(house)
    others = dict.fromkeys(BallotKind, issuers.KEY)

    with house.db.write() as work:
        before = identity.ballot_keys(work, WATER)
        assert not identity.open_ballots(work, house.keys["instance"], WATER, others)
        assert identity.ballot_keys(work, WATER) == before


def test_made_keys_are_one_for_each_kind() -> None:
    keys = identity.make_ballot_keys()

    assert set(keys) == set(BallotKind)
    assert len({key.public.digest for key in keys.values()}) == len(BallotKind)


def test_closed_ballots_leave_nothing_to_sign_with_and_no_mark_of_anybody(house: House) -> None:
    settle(house, AVA, BABAK)
    ballot = take(house, AVA)
    held = on_device(house, BABAK)
    with house.db.read() as work:
        box = store.find_ballot_box(work, WATER, VOUCHED)
    given = rows_of(house, "ballot_given")
    assert box is not None
    assert len(given) == 2
    assert files_with(house, box[:64])

    with house.db.write() as work:
        identity.close_ballots(work, WATER)

    assert files_with(house, box[:64]) == []
    assert rows_of(house, "ballot_given") == []
    assert files_with(house, bytes(given[0]["mark"])) == []  # type: ignore[call-overload]  # a blob
    with pytest.raises(BallotsClosedError):
        take(house, CELINE)
    with pytest.raises(BallotsClosedError):
        admit(house, *held)
    assert take(house, AVA) == ballot
    assert kinds(house) == {ballot.name: VOUCHED}
    take(house, BABAK, BREAD)


def test_stolen_database_signs_no_ballot(house: House) -> None:
    settle(house, AVA)

    with house.db.read() as work:
        named = identity.ballot_keys(work, WATER)
    with pytest.raises(VerificationError), house.db.read() as work:
        identity.sign_own_ballot(work, SigningKey(bytes(32)), AVA.root, AVA.key, WATER, named=named)


def test_stolen_database_votes_for_nobody(house: House) -> None:
    """What finds a ballot is not in its row: the name that stands there opens nothing."""
    settle(house, AVA)
    name = take(house, AVA).name

    with house.db.read() as work:
        stolen = identity.BallotSecret(bytes.fromhex(name))
        assert identity.find_ballot(work, WATER, stolen) is None
    secret = identity.derive_ballot(AVA.key, WATER).encode()
    assert files_with(house, secret) == files_with(house, secret.hex().encode()) == []


def test_no_row_that_names_a_persona_is_about_ballots(house: House) -> None:
    """Nor does any row outside of ballots know the name of one."""
    settle(house, AVA)
    name = take(house, AVA).name

    for table, row in read_rows(house):
        text = repr(row)
        is_of_ballots = table.startswith("ballot")
        assert is_of_ballots == (WATER in text or BREAD in text), table
        assert not (is_of_ballots and (AVA.root in text or AVA.did in text)), table
        assert (name in text) == (table == "ballot"), table


def test_marks_of_two_conversations_have_nothing_in_common(house: House) -> None:
    settle(house, AVA)
    for conversation in (WATER, BREAD):
        take(house, AVA, conversation)

    rows = rows_of(house, "ballot_given")
    values = [row[column] for row in rows for column in ("mark", "request")]
    assert len(rows) == 2
    assert len(set(values)) == 4


def test_mark_leaves_the_write_ahead_log_at_once(house: House) -> None:
    settle(house, AVA)
    take(house, AVA)

    mark = rows_of(house, "ballot_given")[0]["mark"]
    log = next(house.settings.data.glob("*-wal"), None)
    assert isinstance(mark, bytes)
    assert log is None or mark not in log.read_bytes()


def test_worker_evens_out_ballots_each_hour(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(house)
    done: list[Work] = []
    monkeypatch.setattr(identity, "even_out_ballots", done.append)

    worker.step(house, 0)
    worker.step(house, 1)

    assert len(done) == 1


def live(
    template: Path, folder: Path, first: factories.Person, second: factories.Person
) -> list[tuple[str, dict[str, object]]]:
    """Let a persona have the ballot "one" given, and another "two"; return all rows but the marks.

    The keys that ballots follow from are given, since each would be its persona's own.
    """
    shutil.copytree(template, folder)
    house = open_at(folder, FixedClock(factories.NOW), SeededRandomness())
    settle(house, AVA, BABAK)
    for person, key in ((first, ONE), (second, TWO)):
        take(house, person, key=key)
    rows = read_rows(house)
    house.db.close()
    assert len([row for table, row in rows if table == "ballot"]) == 2
    return [(table, row) for table, row in rows if table != "ballot_given"] + [
        (table, {"mark": row["mark"]}) for table, row in rows if table == "ballot_given"
    ]


ONE, TWO = (SigningKey(issuers.stretched(seed, 32)) for seed in (b"one", b"two"))


def test_all_that_is_kept_is_the_same_whoever_took_which_ballot(
    template: Path, tmp_path: Path
) -> None:
    """But what stands for each request: it follows from the voter's key, and from nothing here."""
    one = live(template, tmp_path / "one", AVA, BABAK)
    other = live(template, tmp_path / "other", BABAK, AVA)

    assert one == other


def test_day_of_an_ended_limit_gives_the_ballot_back(house: House) -> None:
    settle(house, AVA)
    with house.db.write() as work:
        until = date(2026, 11, 21)
        service.limit_persona(work, AVA.root, Limit(act=bytes(32), until=until))

    assert take(house, AVA).kind is VOUCHED
