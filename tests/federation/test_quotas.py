"""What a partner may bring: so much a day, so much in all; the right to answer for its own; poison."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from app import records, tlog
from app.db import Work
from app.federation import partners
from app.federation.partners import Right, carrying, flags, receipts, replicas, service
from app.federation.partners.errors import GrantUnfitError, QuotaError
from app.federation.partners.model import Flag
from app.federation.partners.quotas import BLOCK_BYTES
from app.identity.errors import PostsOfDayError
from app.identity.routes.probation import POSTS_OF_DAY, Probation
from app.kernel.clock import DAY_S, Instant, day_of
from app.kernel.errors import VerificationError
from app.owning import owners_of
from app.records import Owner, VerifiedRecord, parse_record, store, verify_record
from app.records.codec import encode_leaf
from app.web.limits import Gate
from app.wiring import House, folder_of
from sqlalchemy import event

from tests import factories
from tests.federation import neighbours
from tests.houses import advance, find_post, publish, release, require_post

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")
BOTH = [Right.READ, Right.CARRY]


def partner_of(house: House, name: str) -> partners.Partner:
    """Return another instance as this one knows it."""
    with house.db.read() as work:
        return partners.get_partner(work, name)


def limit(
    house: House, name: str, *, most_entries: int | None = None, most_bytes: int | None = None
) -> None:
    """Set how much a partner may bring."""
    with house.db.write() as work:
        partner = partners.get_partner(work, name)
        partners.settle(work, partner, most_entries=most_entries, most_bytes=most_bytes)


def notes(count: int) -> list[bytes]:
    """Return threads, none like another."""
    return [factories.note(AVA, board=WATER, title=f"Thread {n}") for n in range(count)]


def handed(house: House, home: House, raw: bytes, *, is_answered: bool = False) -> partners.Handed:
    """Return a record as a partner hands it over."""
    carried = partners.Carried(
        digest=factories.digest_of(raw),
        partner=home.door.instance_did,
        raw=raw,
        author=AVA.did,
        day=factories.TODAY,
    )
    cards = (factories.card(AVA),)
    body = carrying.encode_handed(
        house.keys["instance"], home.door.instance_did, carried, cards, is_answered=is_answered
    )
    return partners.verify_handed(partners.parse_handed(body), home.door.instance_did)


def test_log_that_brings_too_much_goes_on_the_next_day(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    written = notes(3)
    publish(home, factories.card(AVA), *written)
    limit(house, "sepidar", most_entries=1)

    with pytest.raises(QuotaError):
        neighbours.pull(house, partner, home)
    with house.db.read() as work:
        assert partners.get_replica(work, partner.did).trouble.startswith("partner-quota")
    assert partner_of(house, "sepidar").state is partners.PartnerState.ACTIVE
    limit(house, "sepidar", most_entries=100)
    neighbours.pull(house, partner, home)
    assert all(require_post(house, note).number for note in written)


def test_files_beyond_a_partners_share_of_the_disk_are_not_copied(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    limit(house, "sepidar", most_bytes=1)
    note = notes(1)[0]
    publish(home, factories.card(AVA), note)

    with pytest.raises(QuotaError):
        neighbours.pull(house, partner, home)

    assert find_post(house, note) is None


def test_each_file_of_a_partner_takes_a_block_of_its_share(house: House, home: House) -> None:
    """A share full of files of some hundred bytes would take every inode of the disk."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, factories.card(AVA), *notes(5))

    neighbours.pull(house, partner, home)
    before = used_by(house, partner)
    files = [path for path in folder_of(house, partner).rglob("[!.]*") if path.is_file()]
    assert before >= BLOCK_BYTES * len(files)
    limit(house, "sepidar", most_bytes=before + 8 * BLOCK_BYTES)
    written = notes(8)
    publish(home, *written)
    with pytest.raises(QuotaError):
        neighbours.pull(house, partner, home)

    assert not any(find_post(house, note) for note in written)


def used_by(house: House, partner: partners.Partner) -> int:
    """Return how many bytes of a partner's share are used up."""
    with house.db.read() as work:
        return partners.get_replica(work, partner.did).copied_bytes


def test_partner_hands_over_so_much_a_day_and_waits_then(house: House, home: House) -> None:
    neighbours.befriend(house, home, "sepidar", WATER)
    with home.db.read() as work:
        used = partners.get_replica(work, house.door.instance_did).entries
    # The author's card is new there, and counts as well.
    limit(home, "reader", most_entries=used + 2)
    first, second = (handed(house, home, raw) for raw in notes(2))

    with home.db.write() as work:
        partners.take_handed(work, home.door, first)
    with home.db.write() as work, pytest.raises(QuotaError) as refused:
        partners.take_handed(work, home.door, second)
    advance(home, DAY_S)
    with home.db.write() as work:
        partners.take_handed(work, home.door, second)

    assert refused.value.wait_s
    publish(home, factories.note(AVA, board=WATER, title="Own", day=day_of(home.clock.now())))


@pytest.mark.parametrize(
    ("rights", "is_answered"),
    [([*BOTH, Right.WRITE], True), ([*BOTH, Right.WRITE], False), (BOTH, True)],
)
def test_partner_with_the_right_to_write_answers_for_its_own(
    house: House,
    home: House,
    rights: list[Right],
    is_answered: bool,  # noqa: FBT001 (parametrized)
) -> None:
    neighbours.befriend(house, home, "sepidar", WATER, rights=rights)
    gate = Gate()
    door = home.door.guarded(Probation(gate, home.door.instance_did))
    written = notes(POSTS_OF_DAY.most + 1)

    def take(raw: bytes) -> None:
        with home.db.write() as work:
            partners.take_handed(work, door, handed(house, home, raw, is_answered=is_answered))

    for raw in written[:-1]:
        take(raw)
    if is_answered and Right.WRITE in rights:
        take(written[-1])
    else:
        with pytest.raises(PostsOfDayError):
            take(written[-1])


def test_word_for_an_author_is_inside_the_partners_signature(house: House, home: House) -> None:
    neighbours.befriend(house, home, "sepidar", WATER)
    carried = partners.Carried(
        digest=b"d" * 32, partner="", raw=notes(1)[0], author=AVA.did, day=factories.TODAY
    )
    body = carrying.encode_handed(
        house.keys["instance"], home.door.instance_did, carried, (), is_answered=False
    )

    with pytest.raises(VerificationError):
        partners.verify_handed(
            partners.parse_handed(body.replace(b'"answered":false', b'"answered":true')),
            home.door.instance_did,
        )


def test_poison_of_every_type_is_set_aside_and_keeps_nothing_waiting(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    # What is for a board of ours in a partner's log is no poison but a lie.
    ours = factories.SQUARE.did.encode()
    monkeypatch.setattr(factories, "SQUARE", WATER)
    poison = [
        raw
        for kind, raw in factories.one_of_each_type().items()
        if kind not in {"Person", "Application"} and ours not in raw
    ]
    log_unasked(home, poison)
    note = notes(1)[0]
    publish(home, factories.card(AVA), note)

    runs = [neighbours.pull(house, partner, home) for _ in range(partners.MOST_TRIES + 1)]
    replayed = runs[-1]

    assert require_post(house, note).number == 1
    assert partner_of(house, "sepidar").state is partners.PartnerState.ACTIVE
    assert replayed.taken == 0
    assert 0 < replayed.set_aside <= len(poison)
    with house.db.read() as work:
        assert partners.get_replica(work, partner.did).size == replayed.size


def test_entries_that_never_come_of_age_cost_little_and_starve_none(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log full of posts of a day far ahead is tried for ever: a few in a round, by turns."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    today = day_of(home.clock.now())
    ahead = [factories.note(AVA, board=WATER, day=today + timedelta(days=900)) for _ in range(4)]
    soon = factories.note(AVA, board=WATER, day=today + timedelta(days=3))
    with monkeypatch.context() as right:
        right.setattr("app.records.rules.require_past_day", lambda *_: None)
        publish(home, factories.card(AVA), *ahead, soon)
    neighbours.pull(house, partner, home)
    monkeypatch.setattr(replicas, "MOST_AGAIN", 2)
    tried: list[int] = []
    require = records.require_past_day

    def count(record: VerifiedRecord, now: Instant) -> None:
        tried[-1] += record.type == "Note"
        require(record, now)

    monkeypatch.setattr(records, "require_past_day", count)
    advance(house, 3 * DAY_S)
    for _ in range(5):
        tried.append(0)
        neighbours.pull(house, partner, home)

    assert max(tried) <= 4  # Posts are tried together first, then one by one.
    assert require_post(house, soon).number == 1


def test_what_was_set_aside_does_not_come_once_its_board_may_be_read_no_more(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    late = factories.note(AVA, board=WATER, day=day_of(home.clock.now()) + timedelta(days=3))
    with monkeypatch.context() as right:
        right.setattr("app.records.rules.require_past_day", lambda *_: None)
        publish(home, factories.card(AVA), late)
    neighbours.pull(house, partner, home)
    advance(house, 366 * DAY_S)

    neighbours.pull(house, partner, home)

    assert find_post(house, late) is None


def test_what_a_partner_says_in_thousands_costs_a_few_statements_each(house: House) -> None:
    """Each is taken in while nobody else may write."""
    did, digests = factories.board_key("liar").did, [bytes([n]) * 32 for n in range(200)]
    day = day_of(house.clock.now())
    flags_of = [Flag(by=did, about=did, code="x", evidence=each, day=day) for each in digests]
    with house.db.write() as work:
        for each in flags_of:
            flags.add_flag(work, each)

    with house.db.write() as work, statements(house) as said:
        flags.add_flag(work, replace(flags_of[0], evidence=bytes(32)))
        receipts.confirm(work, digests, did, day)

    assert len(said) <= 4
    with house.db.read() as work, statements(house) as said:
        assert len(partners.list_flags(work)) == flags.MOST_BY_ONE
        assert not flags.list_unsaid(work)


def test_offers_of_one_instance_have_an_end(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is granted is looked through in every round."""
    partner = neighbours.introduce(house, home, "sepidar")
    reader = neighbours.introduce(home, house, "reader")
    monkeypatch.setattr(service, "MOST_GRANTED", 5)
    for _ in range(5):
        neighbours.grant(home, reader, [WATER], Right.READ)
    with pytest.raises(GrantUnfitError):
        neighbours.grant(home, reader, [WATER], Right.READ)
    monkeypatch.setattr(service, "MOST_GRANTED", 3)

    neighbours.pull(house, partner, home)

    with house.db.read() as work:
        assert len(partners.list_grants(work, partner.did)) == 3


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """Yield what is asked of a database, as it is asked."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(house.db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(house.db.engine, "before_cursor_execute", hear)


def test_what_an_owner_fails_at_is_set_aside(
    house: House, home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    first, second = notes(2)
    publish(home, factories.card(AVA), first, second)

    def fail(work: Work, record: VerifiedRecord) -> None:
        if record.raw == first:
            raise KeyError(record.id)

    monkeypatch.setattr(neighbours, "owners_of", failing_owners(fail))
    replayed = neighbours.pull(house, partner, home)

    assert require_post(house, second).number == 1
    assert find_post(house, first) is None
    assert replayed.set_aside == 1


def failing_owners(
    fail: Callable[[Work, VerifiedRecord], None],
) -> Callable[..., dict[str, Owner]]:
    """Return what builds a partner's owners, one of which has a mistake."""

    def build(*args: Any) -> dict[str, Owner]:
        found = owners_of(*args)
        of_notes = found["Note"]

        def accept(work: Work, record: VerifiedRecord) -> tlog.Lane:
            fail(work, record)
            return of_notes.accept(work, record)

        return {**found, "Note": replace(of_notes, accept=accept)}

    return build


def log_unasked(home: House, raws: list[bytes]) -> None:
    """Let a home's log hold what its own door would refuse, as a host that cheats can."""
    found = [verify_record(parse_record(raw)) for raw in raws]
    with home.db.write() as work:
        for record in found:
            leaf = encode_leaf(record.digest, record.type)
            store.add_record(work, record, tlog.append(work, leaf, tlog.HOUSE_LANE))
    release(home)
