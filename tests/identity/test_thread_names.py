"""Names for one thread: who may take them, where they post, and that nothing joins them to a persona."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from app import identity, site, worker
from app.crypto import blind
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.db import Work
from app.identity import rules, service, store
from app.identity.codec import tokens
from app.identity.errors import (
    CustodyDiffersError,
    MayNotTakeNameError,
    NameElsewhereError,
    NamesClosedError,
    NameSpentError,
    NamesTakenError,
    NameUnfitError,
)
from app.identity.model.tokens import NameToken
from app.kernel.clock import FixedClock, start_of
from app.kernel.errors import AppError, MalformedError, VerificationError
from app.records import parse_record, verify_record
from app.records.model import Custody
from app.wiring import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories, strategies
from tests.crypto import issuers
from tests.crypto.issuers import PUBLIC, factor, stretched
from tests.houses import (
    SeededRandomness,
    open_all_issuers,
    open_at,
    publish,
    read_rows,
    release,
    submit,
)

pytestmark = pytest.mark.slow

AVA, BABAK, CELINE = (
    factories.person(name, Custody.UNLOCKED) for name in ("Ava", "Babak", "Céline")
)
NOVEMBER = "2026-11"
HERE, THERE = (factories.note(CELINE, title=title) for title in ("Water", "Bread"))


def thread_of(opening: bytes) -> str:
    return factories.digest_of(opening).hex()[:20]


def settle(house: House, *answered_for: factories.Person) -> None:
    """Give the month its key, open two threads, and let somebody answer for some personas."""
    submit(house, *(factories.card(person) for person in (AVA, BABAK, CELINE)))
    publish(house, HERE, THERE)
    with house.db.write() as work:
        open_all_issuers(house, work, issuers.KEY)
        for person in answered_for:
            store.add_invited(work, person.root, NOVEMBER)


def take(house: House, by: factories.Person, thread: str) -> SigningKey:
    with house.db.write() as work:
        named = site.list_issuers(work)
        instance = house.keys["instance"]
        return identity.take_name(work, instance, by.root, by.key, thread, named=named)


def sign(house: House, work: Work, by: factories.Person, blinded: bytes) -> bytes:
    named = site.list_issuers(work)
    return identity.sign_name(work, house.keys["instance"], by.root, blinded, named=named)


def count_taken(house: House, who: factories.Person) -> int:
    with house.db.read() as work:
        return store.count_names_taken(work, who.root, NOVEMBER)


def count_left(house: House, who: factories.Person) -> int | None:
    with house.db.read() as work:
        return identity.count_names_left(work, who.root)


def answer(name: SigningKey, to: bytes = HERE, **said: object) -> bytes:
    """Return an answer that stands under a name."""
    return factories.note(AVA, reply_to=to, key=name, **said)  # type: ignore[arg-type]  # text, day: as the factory has them


def move_to(house: House, day: date) -> None:
    clock = house.clock
    assert isinstance(clock, FixedClock)
    clock.instant = start_of(day)


def on_device(
    house: House, by: factories.Person, name: SigningKey, thread: str
) -> tuple[str, NameToken]:
    """Do on a device what it takes to have a right to a name: the server sees what is blinded."""
    did = encode_did(name.public)
    with house.db.read() as work:
        issuer = identity.find_name_issuer(work)
    assert issuer is not None
    prefix = stretched(b"device", 32)
    prepared = blind.prepare(tokens.name_message(issuer.key, thread, did), prefix=prefix)
    blinded = blind.blind(issuer.key, prepared, salt=bytes(48), factor=factor(b"device"))
    with house.db.write() as work:
        signed = sign(house, work, by, blinded.message)
    signature = blind.finalize(issuer.key, prepared, signed, blinded.secret)
    return did, NameToken(cohort=issuer.name, prefix=prefix, signature=signature)


def admit(house: House, did: str, thread: str, token: NameToken) -> None:
    with house.db.write() as work:
        name = identity.verify_name(work, did, thread, token)
        identity.admit_name(work, name, Custody.DEVICE)


def test_name_is_the_same_for_one_key_and_thread_and_another_for_others() -> None:
    one = identity.derive_name(AVA.key, thread_of(HERE))

    assert one.public == identity.derive_name(AVA.key, thread_of(HERE)).public
    others = [
        (BABAK.key, thread_of(HERE)),
        (AVA.key, thread_of(THERE)),
        (AVA.root_key, thread_of(HERE)),
    ]
    assert one.public not in {identity.derive_name(key, thread).public for key, thread in others}
    assert one.public != AVA.key.public


def test_name_posts_in_its_thread_with_the_custody_that_it_has(house: House) -> None:
    settle(house, AVA)
    name = take(house, AVA, thread_of(HERE))

    publish(house, answer(name))

    with house.db.read() as work:
        author = identity.find_author(work, encode_did(name.public))
    assert author is not None
    assert (author.root, author.thread) == (None, thread_of(HERE))
    assert author.custody is Custody.UNLOCKED
    with pytest.raises(CustodyDiffersError):
        submit(house, answer(name, custody=Custody.DEVICE))


def test_name_posts_nowhere_else_and_opens_no_thread(house: House) -> None:
    settle(house, AVA)
    name = take(house, AVA, thread_of(HERE))

    for elsewhere in (answer(name, THERE), factories.note(AVA, title="Salt", key=name)):
        with pytest.raises(NameElsewhereError):
            submit(house, elsewhere)
    submit(house, answer(name))


def test_key_that_nobody_let_in_is_what_it_was_before(house: House) -> None:
    """It may post, shows as its fingerprint, and says that it is kept on a device."""
    settle(house, AVA)
    name = identity.derive_name(AVA.key, thread_of(HERE))

    with pytest.raises(CustodyDiffersError):
        submit(house, answer(name))
    submit(house, answer(name, custody=Custody.DEVICE), answer(name, THERE, custody=Custody.DEVICE))


def test_name_revises_and_erases_its_own_and_nobody_elses(house: House) -> None:
    settle(house, AVA)
    name = take(house, AVA, thread_of(HERE))
    own, of_hers = answer(name), factories.note(AVA, reply_to=HERE)
    publish(house, own, of_hers)

    revised = factories.update(AVA, own, key=name)
    publish(house, revised)
    for foreign in (
        factories.update(AVA, of_hers, key=name),
        factories.update(AVA, own, after=revised),
    ):
        with pytest.raises(AppError, match="another hand"):
            submit(house, foreign)
    submit(house, factories.erasure(AVA, own, after=revised, key=name))


def test_name_in_use_takes_nothing_more(house: House) -> None:
    settle(house, AVA)
    first = take(house, AVA, thread_of(HERE))

    assert take(house, AVA, thread_of(HERE)).public == first.public
    assert count_taken(house, AVA) == 1


def test_persona_takes_so_many_a_month(house: House) -> None:
    settle(house, AVA, BABAK)
    for number in range(rules.NAMES_A_MONTH):
        assert count_left(house, AVA) == rules.NAMES_A_MONTH - number
        take(house, AVA, f"thread {number}")

    assert count_left(house, AVA) == 0
    with pytest.raises(NamesTakenError):
        take(house, AVA, thread_of(HERE))
    take(house, BABAK, thread_of(HERE))
    move_to(house, date(2026, 12, 1))
    with pytest.raises(NamesClosedError):
        take(house, AVA, thread_of(HERE))
    worker.open_issuers(house)
    take(house, AVA, thread_of(HERE))


def test_worker_gives_each_month_one_key(house: House) -> None:
    worker.open_issuers(house)
    with house.db.read() as work:
        first = identity.find_name_issuer(work)
    worker.open_issuers(house)

    with house.db.read() as work:
        assert identity.find_name_issuer(work) == first
        assert first is not None
        assert identity.list_name_issuers(work) == [first.issuer]


def test_persona_on_probation_takes_none(house: House) -> None:
    settle(house)

    assert count_left(house, AVA) is None
    with pytest.raises(MayNotTakeNameError):
        take(house, AVA, thread_of(HERE))


def test_frozen_month_of_its_invitation_keeps_a_persona_from_the_next_name(house: House) -> None:
    settle(house, AVA)
    name = take(house, AVA, thread_of(HERE))
    with house.db.write() as work:
        identity.freeze_cohort(work, NOVEMBER)

    with pytest.raises(MayNotTakeNameError):
        take(house, AVA, thread_of(THERE))
    submit(house, answer(name))


def test_revoked_and_erased_personas_take_none(house: House) -> None:
    settle(house, AVA, BABAK)
    with house.db.write() as work:
        identity.grant_stewardship(work, AVA.mark)
        service.revoke_persona(work, house.door, AVA.seed, factories.TODAY)
        service.erase_persona(work, house.door, BABAK.seed, factories.TODAY)

    for person in (AVA, BABAK):
        with pytest.raises(MayNotTakeNameError):
            take(house, person, thread_of(HERE))


def test_somebody_answers_for_a_name(house: House) -> None:
    settle(house, AVA)
    name = take(house, AVA, thread_of(HERE))
    stranger = identity.derive_name(BABAK.key, thread_of(HERE))

    with house.db.read() as work:
        assert not identity.is_on_probation(work, encode_did(name.public))
        assert identity.is_on_probation(work, encode_did(stranger.public))


def test_right_made_on_a_device_lets_one_name_into_one_thread(house: House) -> None:
    """The issuer has seen neither the name nor the thread."""
    settle(house, AVA)
    name = identity.derive_name(AVA.key, thread_of(HERE))
    did, token = on_device(house, AVA, name, thread_of(HERE))
    other = encode_did(identity.derive_name(BABAK.key, thread_of(HERE)).public)

    for wrong in ((did, thread_of(THERE)), (other, thread_of(HERE))):
        with pytest.raises(NameUnfitError):
            admit(house, *wrong, token)
    admit(house, did, thread_of(HERE), token)
    submit(house, answer(name, custody=Custody.DEVICE))
    with pytest.raises(NameSpentError):
        admit(house, did, thread_of(HERE), token)
    assert count_taken(house, AVA) == 1


def test_key_that_has_posted_becomes_no_name(house: House) -> None:
    settle(house, AVA)
    did, token = on_device(house, AVA, AVA.key, thread_of(HERE))

    with pytest.raises(NameSpentError):
        admit(house, did, thread_of(HERE), token)


def test_root_key_becomes_no_name(house: House) -> None:
    settle(house, AVA)
    did, token = on_device(house, AVA, AVA.root_key, thread_of(HERE))

    with pytest.raises(NameSpentError):
        admit(house, did, thread_of(HERE), token)


NAME = identity.derive_name(AVA.key, thread_of(HERE))
DID = encode_did(NAME.public)
PREFIX = stretched(b"prefix", 32)


def sign_by(key: blind.BlindSigningKey, message: bytes) -> NameToken:
    """Return what a key signs without anybody's leave."""
    prepared = blind.prepare(message, prefix=PREFIX)
    drawn = factor(b"forged", key.public)
    blinded = blind.blind(key.public, prepared, salt=bytes(48), factor=drawn)
    signed = key.blind_sign(blinded.message, factor=drawn)
    signature = blind.finalize(key.public, prepared, signed, blinded.secret)
    return NameToken(cohort=NOVEMBER, prefix=PREFIX, signature=signature)


GOOD = sign_by(issuers.KEY, tokens.name_message(PUBLIC, thread_of(HERE), DID))


def test_signature_for_another_purpose_or_key_is_no_right_to_a_name(house: House) -> None:
    """An invitation is none, although here the keys of both purposes are one."""
    settle(house)
    other = blind.make_key()
    unfit = (
        tokens.invitation_message(PUBLIC),
        tokens.name_message(other.public, thread_of(HERE), DID),
    )

    for token in (
        *(sign_by(issuers.KEY, message) for message in unfit),
        sign_by(other, tokens.name_message(PUBLIC, thread_of(HERE), DID)),
        replace(GOOD, cohort="2026-10"),
    ):
        with pytest.raises(NameUnfitError):
            admit(house, DID, thread_of(HERE), token)
    admit(house, DID, thread_of(HERE), GOOD)


@pytest.mark.parametrize(
    ("day", "is_good"),
    [(date(2027, 1, 31), True), (date(2027, 2, 1), False), (date(2026, 10, 31), False)],
)
def test_right_is_good_for_its_month_and_two_more(
    house: House, day: date, *, is_good: bool
) -> None:
    settle(house)
    move_to(house, day)

    if is_good:
        admit(house, DID, thread_of(HERE), GOOD)
    else:
        with pytest.raises(NameUnfitError):
            admit(house, DID, thread_of(HERE), GOOD)


@given(st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flipped_bit_of_a_right_is_refused(house: House, data: st.DataObject) -> None:
    with house.db.read() as work:
        is_settled = identity.find_name_issuer(work) is not None
    if not is_settled:
        settle(house)
    prefix = data.draw(st.just(GOOD.prefix) | strategies.flipped(GOOD.prefix))
    flipped = strategies.flipped(GOOD.signature)
    signature = data.draw(flipped if prefix == GOOD.prefix else st.just(GOOD.signature))

    with pytest.raises(NameUnfitError):
        admit(house, DID, thread_of(HERE), replace(GOOD, prefix=prefix, signature=signature))


def test_right_has_one_text() -> None:
    assert tokens.parse_name_token(tokens.encode_name_token(GOOD)) == GOOD


def test_what_cannot_be_signed_is_not_counted(house: House) -> None:
    settle(house, AVA)

    with pytest.raises(MalformedError), house.db.write() as work:
        sign(house, work, AVA, bytes(255))
    assert count_taken(house, AVA) == 0


def test_database_alone_signs_no_right_to_a_name(house: House) -> None:
    settle(house, AVA)

    with house.db.read() as work:
        named = site.list_issuers(work)
    other = SigningKey(bytes(32))
    with pytest.raises(VerificationError), house.db.write() as work:
        identity.take_name(work, other, AVA.root, AVA.key, thread_of(HERE), named=named)


def test_past_month_leaves_nothing_to_sign_with_and_no_count(house: House) -> None:
    settle(house, AVA)
    name = take(house, AVA, thread_of(HERE))
    with house.db.read() as work:
        box = store.get_thread_name_box(work, NOVEMBER)
    assert box is not None
    files = house.settings.data.rglob("*")
    assert [path for path in files if path.is_file() and box[:64] in path.read_bytes()]

    move_to(house, date(2026, 12, 1))
    with house.db.write() as work:
        identity.forget_old_names_taken(work)

    files = house.settings.data.rglob("*")
    assert [path for path in files if path.is_file() and box[:64] in path.read_bytes()] == []
    assert count_taken(house, AVA) == 0
    submit(house, answer(name))


def test_erased_persona_leaves_no_count_of_names(house: House) -> None:
    settle(house, AVA)
    take(house, AVA, thread_of(HERE))
    with house.db.write() as work:
        service.erase_persona(work, house.door, AVA.seed, factories.TODAY)

    tables = {table for table, _ in read_rows(house)}
    assert "thread_names_taken" not in tables
    assert "thread_name" in tables


def test_name_that_an_older_database_lost_comes_back_with_its_posts(house: House) -> None:
    """Its entry is in the signed log: the post is taken back, and the name has its thread again."""
    settle(house)
    lost = verify_record(parse_record(answer(NAME)))

    def take_back(work: Work) -> None:
        work.logged.add(lost.digest)
        house.door.take_back(work, lost, house.clock.now())

    with house.db.write() as work:
        take_back(work)
    with pytest.raises(NameElsewhereError):
        submit(house, answer(NAME, THERE))
    submit(house, answer(NAME))


def test_count_leaves_the_write_ahead_log_at_once(house: House) -> None:
    """It would hold who took a name beside the name, in one transaction."""
    settle(house, AVA)
    take(house, AVA, thread_of(HERE))

    log = next(house.settings.data.glob("*-wal"), None)
    assert log is None or AVA.root.encode() not in log.read_bytes()


def live(
    template: Path, folder: Path, first: factories.Person, second: factories.Person
) -> tuple[list[tuple[str, dict[str, object]]], dict[str, bytes], list[list[bytes]]]:
    """Let a persona take the name "one" and another the name "two"; return all that is kept.

    The names' keys are given, since each would follow from its persona's own.
    """
    shutil.copytree(template, folder)
    house = open_at(folder, FixedClock(factories.NOW), SeededRandomness())
    with house.db.write() as work:
        for record in (*CARDS, HERE):
            house.door.submit(work, record)
        open_all_issuers(house, work, issuers.KEY)
        for person in (AVA, BABAK):
            store.add_invited(work, person.root, NOVEMBER)
    release(house)
    for person, name, post in ((first, ONE, FIRST), (second, TWO, SECOND)):
        with house.db.write() as work:
            did, thread = encode_did(name.public), thread_of(HERE)
            token = sign_by(issuers.KEY, tokens.name_message(PUBLIC, thread, did))
            blinded = blind.blind(
                PUBLIC, PREFIX + did.encode(), salt=bytes(48), factor=factor(b"x")
            )
            sign(house, work, person, blinded.message)
            verified = identity.verify_name(work, did, thread, token)
            identity.admit_name(work, verified, Custody.UNLOCKED)
        publish(house, post)
    rows = read_rows(house)
    exports = []
    with house.db.read() as work:
        for person in (AVA, BABAK):
            viewer = identity.Viewer(
                root=person.root,
                name=person.name,
                fingerprint=person.mark,
                posting_did=person.did,
                custody=Custody.UNLOCKED,
                has_unlocked=True,
            )
            exports.append(service.list_own_records(work, viewer))
    house.db.close()
    public = folder / "public"
    files = {
        str(path.relative_to(public)): path.read_bytes()
        for path in sorted(public.rglob("*"))
        if path.is_file()
    }
    return rows, files, exports


CARDS = [factories.card(person) for person in (AVA, BABAK, CELINE)]
ONE, TWO = (SigningKey(stretched(seed, 32)) for seed in (b"one", b"two"))
FIRST, SECOND = (answer(name, text="Under a name.") for name in (ONE, TWO))


def test_all_that_is_kept_is_the_same_whoever_took_which_name(
    template: Path, tmp_path: Path
) -> None:
    """Rows, public files and the personas' own exports: two histories that differ in nothing."""
    one = live(template, tmp_path / "one", AVA, BABAK)
    other = live(template, tmp_path / "other", BABAK, AVA)

    assert one == other
    rows, files, exports = one
    assert {"thread_name", "thread_names_taken"} <= {table for table, _ in rows}
    assert files
    for name in (ONE, TWO):
        did = encode_did(name.public).encode()
        assert all(did not in raw for export in exports for raw in export)


def test_no_row_of_a_persona_names_a_thread_or_a_name(house: House) -> None:
    """What is derived and taken here in one go leaves nothing of the one in rows of the other."""
    settle(house, AVA)
    name = encode_did(take(house, AVA, thread_of(HERE)).public)

    for table, row in read_rows(house):
        text = repr(row)
        if table not in {"thread", "post", "version", "record", "tlog_entry"}:
            assert not (AVA.root in text and thread_of(HERE) in text), table
        assert not ((AVA.root in text or AVA.did in text) and name in text), table
