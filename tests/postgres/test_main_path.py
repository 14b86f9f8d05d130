"""The main path on both databases: post, tick, revise, erase, log in; and many hands at once."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from app import identity, records, tlog
from app.crypto.multikey import encode_did
from app.crypto.sealing import Passphrase
from app.forum import service
from app.forum.errors import StaleRevisionError
from app.forum.model import ThreadSort
from app.forum.service import keeping
from app.forum.tables import BoardRow
from app.identity.errors import WrongPassphraseError
from app.kernel.clock import DAY_S, FixedClock
from app.kernel.errors import GoneError
from app.records import Receipt
from app.wiring import House
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from tests import factories
from tests.houses import (
    A_TICK_S,
    crash_after,
    find_record,
    publish,
    release,
    require_post,
    submit,
    tick,
)

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
PASSPHRASE = Passphrase("four unrelated words")


def test_post_waits_and_is_shown_at_its_tick(house: House, clock: FixedClock) -> None:
    posts = [factories.note(AVA, text=f"متن {n}") for n in range(5)]
    submit(house, *posts)

    assert tick(house) == 0
    clock.advance(A_TICK_S)
    assert tick(house) == 5

    assert {require_post(house, post).number for post in posts} == {1}
    with house.db.read() as work:
        assert records.get_public_bytes(work, factories.digest_of(posts[0])) == posts[0]
        assert tlog.has_every_index(work)


def test_revision_replaces_and_a_stale_one_is_refused(house: House) -> None:
    post = factories.note(AVA, text="One.")
    publish(house, post)
    publish(house, factories.update(AVA, post, text="Two."))

    assert require_post(house, post).version.text.markdown == "Two."
    with pytest.raises(StaleRevisionError):
        submit(house, factories.update(AVA, post))


def test_erasure_leaves_a_tombstone_at_once(house: House) -> None:
    post = factories.note(AVA)
    publish(house, post)
    answer = factories.note(BABAK, reply_to=post)
    publish(house, answer)

    submit(house, factories.erasure(AVA, post))

    assert require_post(house, post).version.text.markdown == ""
    with house.db.read() as work, pytest.raises(GoneError):
        records.get_public_bytes(work, factories.digest_of(post))
    assert require_post(house, answer).parent_number == 1


def test_persona_joins_logs_in_and_signs(house: House) -> None:
    new = identity.prepare_persona(secrets, "آوا", PASSPHRASE)
    with house.db.write() as work:
        identity.register_persona(work, house.door, new, factories.TODAY)
    with house.db.read() as work:
        sealed = identity.find_login(work, "آوا")

    login, posting = identity.unseal_login(sealed, PASSPHRASE)
    with house.db.write() as work:
        token = identity.open_session(work, login, posting)

    with house.db.read() as work:
        viewer = identity.find_viewer(work, token)
        key = identity.unlock_posting_key(work, token)
    assert viewer is not None
    assert viewer.posting_did == encode_did(key.public)
    with pytest.raises(WrongPassphraseError):
        identity.unseal_login(sealed, Passphrase("four other words"))


def test_crash_leaves_nothing(house: House) -> None:
    post = factories.note(AVA)

    crash_after(house, lambda work: house.door.submit(work, post))

    assert find_record(house, post) is None
    assert submit(house, post).is_new


def test_read_cannot_write(house: House) -> None:
    with house.db.read() as work, pytest.raises(DBAPIError, match=r"read-?only"):
        house.door.submit(work, factories.note(AVA))


def submit_at_once(house: House, raws: list[bytes]) -> list[Receipt]:
    """Hand records in from eight threads, as the web process does."""

    def hand_in(raw: bytes) -> Receipt:
        return house.db.write_together(lambda work: house.door.submit(work, raw))

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(hand_in, raws))


def test_one_record_from_many_hands_is_taken_in_once(house: House) -> None:
    post = factories.note(AVA)

    receipts = submit_at_once(house, [post] * 24)

    assert len({receipt.raw for receipt in receipts}) == 1
    assert [receipt.is_new for receipt in receipts].count(True) == 1
    assert release(house) == 1


def test_many_records_from_many_hands_are_all_taken_in(house: House) -> None:
    posts = [factories.note(factories.person(f"Person {n % 7}")) for n in range(40)]

    submit_at_once(house, posts)

    assert release(house) == 40
    with house.db.read() as work:
        assert tlog.has_every_index(work)
        threads, _ = service.list_threads(
            work, board=factories.SQUARE.did, sort=ThreadSort.NEW, page=1
        )
    assert len(threads) == 20


def test_threads_are_listed_under_their_tags_and_no_other(house: House) -> None:
    tags = ["Water", "water", "آب", 'a "b" \\ %']
    with house.db.write() as work:
        where = BoardRow.did == factories.SQUARE.did
        work.session.execute(update(BoardRow).where(where).values(tags=tags))
    for tag in tags:
        submit(house, factories.note(AVA, title=f"On {tag}", tags=[tag]))
    release(house)

    for tag in [*tags, "WATER", "b", "%"]:
        with house.db.read() as work:
            threads, _ = service.list_threads(
                work, board=factories.SQUARE.did, sort=ThreadSort.NEW, page=1, tag=tag
            )
        titles = [item.opening.version.text.title for item in threads]
        assert titles == ([f"On {tag}"] if tag in tags else [])


def test_notices_are_counted_trimmed_and_forgotten(
    house: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_NOTICES", 2)
    opening = factories.note(AVA)
    publish(house, factories.card(AVA), opening)
    for number in range(3):
        publish(house, factories.note(BABAK, reply_to=opening, text=f"Answer {number}"))

    with house.db.write() as work:
        assert keeping.count_unread(work, AVA.root) == 2
        keeping.forget_old_notices(work)
        assert keeping.count_unread(work, AVA.root) == 2
    clock.advance(91 * DAY_S)
    with house.db.write() as work:
        keeping.forget_old_notices(work)
        assert keeping.count_unread(work, AVA.root) == 0
        keeping.forget_kept(work, AVA.root)


def test_two_workers_at_once_integrate_everything_once(house: House, clock: FixedClock) -> None:
    submit(house, *(factories.note(AVA) for _ in range(12)))
    clock.advance(A_TICK_S)

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: tick(house), range(4)))

    assert sum(counts) == 12
    with house.db.read() as work:
        assert tlog.has_every_index(work)
