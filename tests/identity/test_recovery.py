"""What the twelve words can do: come back, revoke, and come back after revoking."""

import pytest
from app import identity
from app.crypto.sealing import Passphrase
from app.crypto.seed import Seed
from app.identity import codec, service
from app.identity.errors import KeyInactiveError, WrongPassphraseError
from app.identity.model import KeyState
from app.identity.service import recovery
from app.identity.tables import LoginSessionRow
from app.records.model import Custody
from app.wiring import House
from sqlalchemy import select

from tests import factories
from tests.houses import submit

SEED = Seed(bytes(range(16)))
PASSPHRASE = Passphrase("four unrelated words")


def join(house: House) -> str:
    """Join with the words of `SEED`; return the session's cookie."""
    new = identity.prepare_persona(house.db.randomness, "Ava", PASSPHRASE)
    new = identity.NewPersona(
        name="Ava", entropy=SEED.entropy(), stretched=new.stretched, salt=new.salt
    )
    with house.db.write() as work:
        return identity.register_persona(work, house.door, new, factories.TODAY)


def restore(house: House, name: str = "") -> str:
    """Come back with the words; return the session's cookie."""
    stretched = recovery.stretch_new(house.db.randomness, Passphrase("another passphrase"))
    with house.db.write() as work:
        day = factories.TODAY
        return recovery.restore_persona(work, house.door, SEED, name, stretched, day)


def keys(house: House) -> dict[str, tuple[str, str]]:
    """Return custody and state of each key of the persona."""
    with house.db.read() as work:
        persona = recovery.find_persona(work, SEED)
        assert persona is not None
        return {did: (c, s) for did, _, c, s in identity.list_keys(work, persona.root)}


def count_sessions(house: House) -> int:
    """Return how many sessions stand in the database, ended or not: each holds a sealed key."""
    with house.db.read() as work:
        return len(work.session.scalars(select(LoginSessionRow)).all())


def viewer_of(house: House, token: str) -> identity.Viewer | None:
    """Return who holds a cookie."""
    with house.db.read() as work:
        return identity.find_viewer(work, token)


def test_words_bring_a_persona_back_with_a_new_key(house: House) -> None:
    old = join(house)

    token = restore(house)

    viewer = viewer_of(house, token)
    assert viewer is not None
    assert viewer.name == "Ava"
    assert viewer_of(house, old) is None
    assert sorted(keys(house).values()) == [("unlocked", "active"), ("unlocked", "retired")]


def test_words_bring_a_persona_to_a_host_that_never_saw_it(house: House) -> None:
    token = restore(house, name="Ava")

    viewer = viewer_of(house, token)
    assert viewer is not None
    assert viewer.name == "Ava"


def test_persona_comes_back_after_revoking(house: House) -> None:
    join(house)
    with house.db.write() as work:
        recovery.revoke_persona(work, house.door, SEED, factories.TODAY)
    assert set(keys(house).values()) == {("unlocked", "revoked")}

    viewer = viewer_of(house, restore(house))

    assert viewer is not None
    assert ("unlocked", "active") in keys(house).values()


def test_persona_comes_back_after_a_revocation_made_blindly(house: House) -> None:
    old = join(house)
    submit(house, recovery.make_revocation(SEED, nonce=factories.nonce(), day=factories.TODAY))
    assert viewer_of(house, old) is None

    viewer = viewer_of(house, restore(house))

    assert viewer is not None
    assert len([s for _, s in keys(house).values() if s == KeyState.ACTIVE]) == 1


@pytest.mark.slow
def test_persona_comes_back_many_times(house: House) -> None:
    join(house)

    tokens = [restore(house) for _ in range(12)]

    assert viewer_of(house, tokens[-1]) is not None


def test_revocation_changes_no_declared_custody(house: House) -> None:
    join(house)

    submit(house, recovery.make_revocation(SEED, nonce=factories.nonce(), day=factories.TODAY))

    posting = codec.new_posting_key(SEED.posting_key(), "did:key:any", Custody.UNLOCKED)
    assert keys(house)[posting.did] == ("unlocked", "revoked")


def test_key_that_was_revoked_before_it_was_ever_used_stays_unusable(house: House) -> None:
    join(house)
    submit(house, recovery.make_revocation(SEED, nonce=factories.nonce(), day=factories.TODAY))
    person = factories.Person(name="Ava", seed=SEED, custody=Custody.DEVICE)

    with pytest.raises(KeyInactiveError):
        submit(house, factories.note(person, key=SEED.posting_key(5)))


def test_passphrase_that_was_changed_opens_and_the_old_one_does_not(house: House) -> None:
    old = join(house)
    with house.db.read() as work:
        login = identity.find_login(work, "Ava")
    opened = identity.unseal_login(login, PASSPHRASE)
    stretched = recovery.stretch_new(house.db.randomness, Passphrase("a new passphrase"))

    with house.db.write() as work:
        token = recovery.change_passphrase(work, *opened, stretched)

    assert viewer_of(house, old) is None
    assert viewer_of(house, token) is not None
    with house.db.read() as work:
        changed = identity.find_login(work, "Ava")
    identity.unseal_login(changed, Passphrase("a new passphrase"))
    with pytest.raises(WrongPassphraseError):
        identity.unseal_login(changed, PASSPHRASE)


def test_revocation_out_of_turn_ends_the_login(house: House) -> None:
    join(house)

    submit(house, recovery.make_revocation(SEED, nonce=factories.nonce(), day=factories.TODAY))

    with house.db.read() as work:
        assert service.find_login(work, "Ava") is None


def test_restoring_leaves_no_older_session_on_the_disk(house: House) -> None:
    join(house)

    restore(house)

    assert count_sessions(house) == 1


def test_revoking_leaves_no_session_on_the_disk(house: House) -> None:
    join(house)

    with house.db.write() as work:
        recovery.revoke_persona(work, house.door, SEED, factories.TODAY)

    assert count_sessions(house) == 0


def test_erasing_oneself_revokes_keys_that_do_not_come_from_the_words(house: House) -> None:
    ava, babak = factories.person("Ava"), factories.person("Babak")
    lines = [factories.key_line(ava), factories.key_line(babak, root=ava.root)]
    submit(house, factories.card(ava, keys=lines))

    with house.db.write() as work:
        erased = recovery.erase_persona(work, house.door, ava.seed, factories.TODAY)

    with house.db.read() as work:
        states = [state for *_, state in identity.list_keys(work, ava.root)]
    assert set(erased) == {ava.did, babak.did}
    assert states == ["revoked", "revoked"]
