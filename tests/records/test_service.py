"""The door: a record once, its receipt as often as asked, its bytes from its tick on and exactly."""

from datetime import timedelta

import pytest
from app import records, tlog
from app.kernel.errors import AppError, GoneError, MalformedError, NotFoundError, VerificationError
from app.records import Door, verify_receipt
from app.records.codec import encode_leaf
from app.records.errors import FutureDayError, IdTakenError, UnknownTypeError
from app.wiring import House

from tests import factories
from tests.houses import count_records, crash_after, find_record, publish, release, submit

AVA, BABAK = factories.person("Ava"), factories.person("Babak")


def public_bytes(house: House, raw: bytes) -> bytes:
    """Return what anyone may read of a record."""
    with house.db.read() as work:
        return records.get_public_bytes(work, factories.digest_of(raw))


def log_index(house: House, raw: bytes) -> int | None:
    """Return a post's place in the log."""
    with house.db.read() as work:
        return tlog.find_index(work, encode_leaf(factories.digest_of(raw), "Note"))


def test_submit_gives_a_receipt_that_verifies(house: House) -> None:
    post = factories.note(AVA)

    receipt = submit(house, post)

    promise = verify_receipt(receipt.raw)
    assert receipt.is_new
    assert receipt.digest == factories.digest_of(post)
    assert promise["attributedTo"] == f"ap://{house.door.instance_did}/actor"


def test_submit_of_the_same_bytes_gives_the_same_receipt(house: House) -> None:
    post = factories.note(AVA)
    first = submit(house, post)
    before = count_records(house)

    again = submit(house, post)
    release(house)
    much_later = submit(house, post)

    assert again.raw == much_later.raw == first.raw
    assert not again.is_new
    assert count_records(house) == before


def test_replay_of_an_id_with_other_bytes_is_refused(house: House) -> None:
    post = factories.note(AVA, text="Yes.")
    submit(house, post)

    other = factories.forged(post, AVA.key, lambda d: d.update(contentMap={"en": "No."}))

    with pytest.raises(IdTakenError):
        submit(house, other)
    assert find_record(house, other) is None
    release(house)
    assert public_bytes(house, post) == post


def test_replay_of_an_id_under_another_type_is_refused(house: House) -> None:
    post = factories.note(AVA)
    submit(house, post)

    other = factories.forged(
        factories.erasure(AVA, post), AVA.key, lambda d: d.update(id=factories.id_of(post))
    )

    with pytest.raises(IdTakenError):
        submit(house, other)


def test_get_receipt_returns_the_receipt(house: House) -> None:
    receipt = submit(house, factories.note(AVA))

    with house.db.read() as work:
        found = house.door.get_receipt(work, receipt.digest)

    assert found.raw == receipt.raw


def test_get_receipt_of_an_unknown_record_is_not_found(house: House) -> None:
    with house.db.read() as work, pytest.raises(NotFoundError):
        house.door.get_receipt(work, bytes(32))


def test_bytes_are_hidden_before_the_tick_and_exact_after(house: House) -> None:
    post = factories.note(AVA)
    submit(house, post)

    with pytest.raises(NotFoundError):
        public_bytes(house, post)
    assert log_index(house, post) is None

    release(house)

    assert public_bytes(house, post) == post
    assert log_index(house, post) is not None


def test_bytes_of_an_unknown_record_are_not_found(house: House) -> None:
    with pytest.raises(NotFoundError):
        public_bytes(house, factories.note(AVA))


def test_bytes_are_gone_after_an_erasure(house: House) -> None:
    post = factories.note(AVA)
    publish(house, post)

    submit(house, factories.erasure(AVA, post))

    with pytest.raises(GoneError):
        public_bytes(house, post)


def test_erased_record_that_is_carried_in_again_stays_erased(house: House) -> None:
    post = factories.note(AVA)
    publish(house, post, factories.erasure(AVA, post))

    receipt = submit(house, post)

    assert not receipt.is_new
    stored = find_record(house, post)
    assert stored is not None
    assert stored.raw is None


def test_record_that_does_not_verify_leaves_nothing(house: House) -> None:
    before = count_records(house)
    changed = factories.altered(factories.note(AVA), lambda d: d.update(name="Fire"))

    with pytest.raises(VerificationError):
        submit(house, changed)

    assert count_records(house) == before


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff" * 100, b"[" * 5000])
def test_bytes_that_are_no_record_leave_nothing(house: House, raw: bytes) -> None:
    before = count_records(house)

    with pytest.raises(MalformedError):
        submit(house, raw)

    assert count_records(house) == before


def test_record_that_its_room_refuses_leaves_nothing(house: House) -> None:
    before = count_records(house)
    answer_to_nothing = factories.note(AVA, reply_to=factories.note(BABAK))

    with pytest.raises(AppError):
        submit(house, answer_to_nothing)

    assert count_records(house) == before
    assert release(house) == 0


def test_record_from_the_day_after_tomorrow_is_refused(house: House) -> None:
    tomorrow, later = (factories.TODAY + timedelta(days=days) for days in (1, 2))

    submit(house, factories.note(AVA, day=tomorrow))

    with pytest.raises(FutureDayError):
        submit(house, factories.note(AVA, day=later))


def test_type_without_an_owner_is_refused(house: House) -> None:
    door = Door({}, house.keys["instance"])

    with house.db.write() as work, pytest.raises(UnknownTypeError):
        door.submit(work, factories.note(AVA))


def test_a_crash_between_record_and_commit_leaves_neither_record_nor_leaf(house: House) -> None:
    post = factories.note(AVA)

    crash_after(house, lambda work: house.door.submit(work, post))

    assert find_record(house, post) is None
    assert release(house) == 0
    assert submit(house, post).is_new


def test_a_crash_in_the_middle_of_a_tick_leaves_everything_waiting(house: House) -> None:
    posts = [factories.note(AVA, text=f"Post {n}.") for n in range(5)]
    submit(house, *posts)

    crash_after(house, tlog.integrate_due)

    assert [log_index(house, post) for post in posts] == [None] * 5
    assert release(house) == 5
    assert all(public_bytes(house, post) == post for post in posts)
