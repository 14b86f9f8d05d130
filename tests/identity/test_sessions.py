"""Login sessions: who is let in, for how long, and what each half of the secret is worth alone."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from time import process_time

import pytest
from app import identity
from app.crypto.multikey import encode_did
from app.crypto.sealing import Passphrase, StretchCost, derive_key, open_box, stretch
from app.crypto.seed import Seed
from app.identity import NewPersona, Viewer, service
from app.identity.errors import (
    LockedKeyError,
    NameTakenError,
    UnknownKeyError,
    WrongPassphraseError,
)
from app.identity.rules import ABSOLUTE_S, IDLE_S
from app.identity.tables import LoginRow, LoginSessionRow
from app.kernel.clock import HOUR_S, MINUTE_S, FixedClock
from app.kernel.errors import VerificationError
from app.records.model import Custody
from app.wiring import House
from sqlalchemy import select

from tests import factories
from tests.houses import submit
from tests.once import CHEAP

pytestmark = pytest.mark.slow

PASSPHRASE = "four unrelated words"
STEP_S = 10 * MINUTE_S


@cache
def prepared(name: str, passphrase: str) -> NewPersona:
    """Return a persona between the steps of joining. A passphrase is stretched once for all tests."""
    salt = sha256(name.encode()).digest()[:16]
    return NewPersona(
        name=name,
        entropy=salt[::-1],
        stretched=stretch(Passphrase(passphrase), salt, CHEAP),
        salt=salt,
    )


def join(house: House, name: str = "Ava", passphrase: str = PASSPHRASE) -> tuple[NewPersona, str]:
    """Make a persona; return its secrets and the cookie of its first session."""
    new = prepared(name, passphrase)
    with house.db.write() as work:
        return new, identity.register_persona(work, house.door, new, factories.TODAY)


def log_in(house: House, name: str = "Ava", passphrase: str = PASSPHRASE) -> str:
    """Log in by passphrase; return the cookie."""
    with house.db.read() as work:
        sealed = service.find_login(work, name)
    login, posting = service.unseal_login(sealed, Passphrase(passphrase))
    with house.db.write() as work:
        return service.open_session(work, login, posting)


def find_viewer(house: House, token: str) -> Viewer | None:
    """Return who holds a cookie."""
    with house.db.read() as work:
        return identity.find_viewer(work, token)


def sign_with(house: House, token: str) -> str:
    """Unlock the posting key of a session; return its did."""
    with house.db.read() as work:
        return encode_did(identity.unlock_posting_key(work, token).public)


def test_joining_opens_a_session_that_can_sign(house: House) -> None:
    new, token = join(house)

    viewer = find_viewer(house, token)

    assert viewer is not None
    assert viewer.name == "Ava"
    assert viewer.custody is Custody.UNLOCKED
    assert sign_with(house, token) == encode_did(Seed(new.entropy).posting_key().public)


@pytest.mark.usefixtures("full_cost")
def test_joining_makes_new_secrets_each_time(house: House) -> None:
    one, other = (
        identity.prepare_persona(house.db.randomness, "Ava", Passphrase(PASSPHRASE))
        for _ in range(2)
    )

    assert one.entropy != other.entropy
    assert one.salt != other.salt
    assert one.stretched == stretch(Passphrase(PASSPHRASE), one.salt, StretchCost())


@pytest.mark.usefixtures("full_cost")
def test_persona_logs_in_at_the_full_cost(house: House) -> None:
    new = identity.prepare_persona(house.db.randomness, "Ava", Passphrase(PASSPHRASE))
    with house.db.write() as work:
        identity.register_persona(work, house.door, new, factories.TODAY)

    assert find_viewer(house, log_in(house)) is not None


def test_joining_under_a_name_that_reads_alike_is_refused(house: House) -> None:
    join(house, "Ava B")

    with pytest.raises(NameTakenError):
        join(house, "AVA  b")


@pytest.mark.parametrize("name", ["Ava", "AVA", " ava "])
def test_login_finds_the_name_however_it_is_typed(house: House, name: str) -> None:
    _, first = join(house)

    token = log_in(house, name)

    assert token != first
    assert sign_with(house, token) == sign_with(house, first)


@pytest.mark.parametrize(
    ("name", "passphrase"),
    [
        pytest.param("Ava", "four unrelated word", id="a letter short"),
        pytest.param("Ava", "Four unrelated words", id="a capital letter"),
        pytest.param("Babak", PASSPHRASE, id="another name"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_wrong_name_or_passphrase_is_refused_alike(
    house: House, name: str, passphrase: str
) -> None:
    join(house)

    with pytest.raises(WrongPassphraseError) as refusal:
        log_in(house, name, passphrase)

    assert str(refusal.value) == "no such name and passphrase"


def test_login_row_copied_under_another_key_does_not_open(house: House) -> None:
    """Whoever writes to the database cannot make one person's passphrase open another's key."""
    join(house, "Ava")
    join(house, "Babak", "another four words")
    with house.db.write() as work:
        ava, babak = (work.session.get_one(LoginRow, name) for name in ("ava", "babak"))
        babak.salt, babak.box = ava.salt, ava.box

    with pytest.raises(WrongPassphraseError):
        log_in(house, "Babak", PASSPHRASE)


def test_session_ends_when_nobody_writes_for_two_hours(house: House, clock: FixedClock) -> None:
    _, token = join(house)

    clock.advance(IDLE_S - MINUTE_S)
    assert find_viewer(house, token) is not None

    clock.advance(STEP_S + MINUTE_S)
    assert find_viewer(house, token) is None
    with pytest.raises(WrongPassphraseError):
        sign_with(house, token)


def test_session_that_is_used_lasts_but_not_beyond_twelve_hours(
    house: House, clock: FixedClock
) -> None:
    _, token = join(house)

    for _ in range(ABSOLUTE_S // HOUR_S):
        assert find_viewer(house, token) is not None
        with house.db.write() as work:
            identity.extend_session(work, token)
        clock.advance(HOUR_S)

    clock.advance(STEP_S)
    assert find_viewer(house, token) is None


def test_extending_an_ended_session_does_not_bring_it_back(house: House, clock: FixedClock) -> None:
    _, token = join(house)
    clock.advance(IDLE_S + STEP_S)

    with house.db.write() as work:
        identity.extend_session(work, token)

    assert find_viewer(house, token) is None


def test_ended_sessions_are_forgotten_and_others_kept(house: House, clock: FixedClock) -> None:
    join(house)
    clock.advance(IDLE_S + STEP_S)
    kept = log_in(house)

    with house.db.write() as work:
        identity.forget_ended_sessions(work)

    with house.db.read() as work:
        assert len(work.session.scalars(select(LoginSessionRow)).all()) == 1
    assert find_viewer(house, kept) is not None


def test_logging_out_ends_the_session_on_the_server(house: House) -> None:
    _, one = join(house)
    other = log_in(house)

    with house.db.write() as work:
        identity.close_session(work, one)
        identity.close_session(work, one)

    assert find_viewer(house, one) is None
    assert find_viewer(house, other) is not None


def test_cookie_that_is_none_belongs_to_nobody(house: House) -> None:
    join(house)
    made_up = ["", "x", "é", "؟؟", "\0", "..", "=" * 86, "A" * 85 + "!"]

    for token in [*made_up, *("A" * length for length in (85, 86, 100_000))]:
        assert find_viewer(house, token) is None
        with house.db.write() as work:
            identity.close_session(work, token)
            identity.extend_session(work, token)
        with pytest.raises(WrongPassphraseError):
            sign_with(house, token)


def split(token: str) -> tuple[bytes, bytes]:
    """Return the two halves of a cookie: the session's name and its secret."""
    data = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return data[:32], data[32:]


def test_cookie_alone_cannot_sign(house: House) -> None:
    """A stolen cookie is worth nothing once the row is gone, and holds no key by itself."""
    new, token = join(house)
    seed = Seed(new.entropy).posting_key().seed()

    with house.db.write() as work:
        identity.close_session(work, token)

    with pytest.raises(WrongPassphraseError):
        sign_with(house, token)
    assert seed not in split(token)


@pytest.mark.parametrize(
    "guess",
    [
        pytest.param(lambda _row, _name: bytes(32), id="noughts"),
        pytest.param(lambda row, _name: row.mark, id="the mark"),
        pytest.param(lambda _row, name: name, id="the session's name"),
        pytest.param(lambda row, _name: row.root.encode(), id="the root"),
    ],
)
def test_database_alone_cannot_sign(
    house: House, guess: Callable[[LoginSessionRow, bytes], bytes]
) -> None:
    """The box opens under the cookie's secret half and under nothing that is stored."""
    _, token = join(house)
    name, secret = split(token)
    with house.db.read() as work:
        row = work.session.scalars(select(LoginSessionRow)).one()
    box, context = row.box, f"goftogu/v1/session\0{row.did}"
    assert box is not None

    with pytest.raises(VerificationError):
        open_box(derive_key(guess(row, name), "goftogu/v1/session\0"), box, context=context)

    opened = open_box(derive_key(secret, "goftogu/v1/session\0"), box, context=context)
    assert len(opened) == 32


def test_no_secret_is_in_the_files_of_the_instance(house: House) -> None:
    new, token = join(house)
    again = log_in(house)
    seed = Seed(new.entropy)
    secrets = [
        PASSPHRASE.encode(),
        new.entropy,
        new.stretched,
        seed.root_key().seed(),
        seed.posting_key().seed(),
        " ".join(seed.words()).encode(),
        token.encode(),
        again.encode(),
        *split(token),
        *split(again),
    ]

    kept = b"".join(file.read_bytes() for file in house.settings.data.glob("goftogu.db*"))

    assert encode_did(seed.posting_key().public).encode() in kept, "we look in the right place"
    for secret in secrets:
        for form in (secret, secret.hex().encode(), b64encode(secret), urlsafe_b64encode(secret)):
            assert form not in kept


def test_half_of_another_cookie_does_not_sign(house: House) -> None:
    _, one = join(house)
    other = log_in(house)

    mixed = urlsafe_b64encode(split(one)[0] + split(other)[1]).decode()

    with house.db.read() as work, pytest.raises(VerificationError):
        identity.unlock_posting_key(work, mixed)


def test_device_key_logs_in_and_nothing_is_unlocked_for_it(house: House) -> None:
    ava = factories.person("Ava")
    submit(house, factories.card(ava))

    with house.db.write() as work:
        token = identity.open_device_session(work, ava.did)

    viewer = find_viewer(house, token)
    assert viewer is not None
    assert viewer.custody is Custody.DEVICE
    with pytest.raises(LockedKeyError):
        sign_with(house, token)


def test_key_that_no_persona_has_does_not_log_in(house: House) -> None:
    lone = factories.person("Lone")
    submit(house, factories.note(lone))

    for did in (lone.did, factories.person("Stranger").did):
        with house.db.write() as work, pytest.raises(UnknownKeyError):
            identity.open_device_session(work, did)


def test_revocation_ends_sessions_and_logins_at_once(house: House) -> None:
    ava = factories.person("Ava")
    card = factories.card(ava)
    submit(house, card)
    with house.db.write() as work:
        token = identity.open_device_session(work, ava.did)

    revoked = [factories.key_line(ava, state="revoked")]
    submit(house, factories.card(ava, after=card, keys=revoked))

    assert find_viewer(house, token) is None
    with house.db.write() as work, pytest.raises(UnknownKeyError):
        identity.open_device_session(work, ava.did)


@pytest.mark.usefixtures("full_cost")
def test_unknown_name_costs_as_much_as_a_wrong_passphrase(house: House) -> None:
    """Time must not tell whether a name is taken; CPU seconds, so that a busy machine is no matter."""
    join(house)

    def cost(name: str) -> float:
        begun = process_time()
        with pytest.raises(WrongPassphraseError):
            log_in(house, name, "five unrelated words")
        return process_time() - begun

    cost("Ava")

    assert cost("Babak") > cost("Ava") / 3
