"""Desks: opened for a term with a word, kept as nobody, and closed."""

from base64 import urlsafe_b64decode
from datetime import timedelta
from time import process_time

import pyrage
import pytest
from app.crypto.escrow import open_by_two
from app.crypto.multikey import encode_did
from app.crypto.sealing import Passphrase, StretchCost, stretch
from app.crypto.seed import Seed
from app.kernel.clock import DAY_S, FixedClock, day_of
from app.kernel.errors import MalformedError, NotFoundError
from app.moderation import service, store
from app.moderation.errors import NoDeskError
from app.moderation.model import Action, ActionKind, Appointment, Desk, Role
from app.records import find_signed
from app.wiring import House

from tests import factories
from tests.houses import publish, read_rows, release, submit
from tests.moderation.desks import act, report, seat

AUDITORS = [pyrage.x25519.Identity.generate() for _ in range(3)]
KEYS = [str(auditor.to_public()) for auditor in AUDITORS]
AVA, BABAK, CYRA = (factories.person(name) for name in ("Ava", "Babak", "Cyra"))
PASSPHRASE = Passphrase("two rivers and a bridge")


def appoint(house: House, *, days: int = 90, role: Role = Role.MODERATOR) -> tuple[Desk, Seed]:
    """Open a desk for Ava."""
    appointed = Appointment(root=AVA.root, role=role, boards=(factories.SQUARE.did,), days=days)
    with house.db.write() as work:
        mark = service.mark_of(b"k" * 32, AVA.root)
        return service.open_desk(work, house.door, appointed, mark=mark, auditors=KEYS)


def revoke(house: House, number: int = 1) -> Action:
    """Close a desk as the host's command does."""
    with house.db.write() as work:
        return service.revoke_desk(work, house.door, number, "Its passphrase is lost.", "en")


def log_in(house: House, desk: Desk, words: Passphrase) -> str:
    with house.db.read() as work:
        login = store.find_desk_login(work, desk.number)
    key = service.unseal_desk(login, words)
    with house.db.write() as work:
        return service.open_desk_session(work, key)


def first_words(seed: Seed) -> Passphrase:
    return Passphrase(" ".join(seed.words()))


def test_desk_is_opened_by_a_record_that_names_nobody(house: House) -> None:
    desk, _ = appoint(house)

    with house.db.read() as work:
        record = find_signed(work, house.door.instance_did, "Offer")
    assert record is not None
    assert record.raw is not None
    assert AVA.root.encode() not in record.raw
    assert (desk.number, desk.boards, desk.role) == (1, (factories.SQUARE.did,), Role.MODERATOR)


def test_two_auditors_read_together_who_holds_it(house: House) -> None:
    appoint(house)
    with house.db.read() as work:
        record = find_signed(work, house.door.instance_did, "Offer")
    assert record is not None
    sealed = [
        urlsafe_b64decode(box + "=" * (-len(box) % 4))
        for box in factories.decode(record.raw or b"")["urn:goftogu:sealed"]
    ]

    for first, second in ((0, 1), (0, 2), (1, 2)):
        opened = open_by_two(sealed, [str(AUDITORS[first]), str(AUDITORS[second])])

        assert opened.decode() == AVA.root


def test_no_row_joins_the_desk_to_its_holder(house: House) -> None:
    submit(house, factories.card(AVA))
    desk, _ = appoint(house)

    of_desk = [repr(row) for table, row in read_rows(house) if table.startswith("desk")]
    assert any(desk.did in row for row in of_desk)
    assert not [row for row in of_desk if AVA.root in row or AVA.mark in row]


def test_without_three_auditors_no_desk_is_opened(house: House) -> None:
    appointed = Appointment(root=AVA.root, role=Role.STEWARD, boards=(), days=1)

    with pytest.raises(MalformedError), house.db.write() as work:
        service.open_desk(work, house.door, appointed, mark=b"m" * 32, auditors=KEYS[:2])


def test_first_words_open_it_until_a_passphrase_is_chosen(house: House) -> None:
    desk, seed = appoint(house)
    with house.db.read() as work:
        key = service.unseal_desk(store.find_desk_login(work, desk.number), first_words(seed))
    with house.db.write() as work:
        service.begin_desk(work, key, service.stretch_anew(PASSPHRASE, work.randomness))

    assert encode_did(key.public) == desk.did
    assert log_in(house, desk, PASSPHRASE)
    with pytest.raises(NoDeskError):
        log_in(house, desk, first_words(seed))


def test_passphrase_is_chosen_once(house: House) -> None:
    desk, seed = appoint(house)
    with house.db.read() as work:
        key = service.unseal_desk(store.find_desk_login(work, desk.number), first_words(seed))
    with house.db.write() as work:
        service.begin_desk(work, key, service.stretch_anew(PASSPHRASE, work.randomness))

    with house.db.write() as work, pytest.raises(NoDeskError):
        service.begin_desk(work, key, service.stretch_anew(Passphrase("x" * 20), work.randomness))

    assert log_in(house, desk, PASSPHRASE)


@pytest.mark.parametrize("number", [1, 2])
def test_wrong_words_and_unknown_desks_look_the_same(house: House, number: int) -> None:
    appoint(house)
    with house.db.read() as work:
        login = store.find_desk_login(work, number)

    with pytest.raises(NoDeskError, match="no such desk and passphrase"):
        service.unseal_desk(login, PASSPHRASE)


@pytest.mark.slow
@pytest.mark.usefixtures("full_cost")
def test_unknown_desks_cost_as_much_as_wrong_words(house: House) -> None:
    """Time must not tell which numbers are desks; CPU seconds, so that a busy machine is no matter."""
    appoint(house)

    def cost(number: int) -> float:
        with house.db.read() as work:
            login = store.find_desk_login(work, number)
        begun = process_time()
        with pytest.raises(NoDeskError):
            service.unseal_desk(login, PASSPHRASE)
        return process_time() - begun

    cost(1)

    assert cost(2) > cost(1) / 3


@pytest.mark.slow
@pytest.mark.usefixtures("full_cost")
def test_desk_is_opened_at_the_full_cost_of_a_guess(house: House) -> None:
    desk, seed = appoint(house)

    stretched = service.stretch_anew(PASSPHRASE, house.db.randomness)

    assert stretched.key == stretch(PASSPHRASE, stretched.salt, StretchCost())
    assert log_in(house, desk, first_words(seed))


def test_session_signs_with_the_desks_key_and_nothing_without_its_cookie(house: House) -> None:
    desk, seed = appoint(house)
    cookie = log_in(house, desk, first_words(seed))

    with house.db.read() as work:
        session = service.find_desk_session(work, cookie)
        key = service.unlock_desk(work, cookie)
        assert service.find_desk_session(work, "") is None
        assert service.find_desk_session(work, cookie[:-4] + "AAAA") == session
        with pytest.raises(Exception, match="does not open"):
            service.unlock_desk(work, cookie[:-4] + "AAAA")
    assert session is not None
    assert (session.desk.did, encode_did(key.public)) == (desk.did, desk.did)


def test_session_ends_when_it_is_left_and_after_two_idle_hours(
    house: House, clock: FixedClock
) -> None:
    desk, seed = appoint(house)
    left, idle = (log_in(house, desk, first_words(seed)) for _ in range(2))
    with house.db.write() as work:
        service.leave_desk(work, left)

    with house.db.read() as work:
        assert service.find_desk_session(work, left) is None
        assert service.find_desk_session(work, idle) is not None
    clock.advance(service.DESK_IDLE_S + 600)
    with house.db.read() as work:
        assert service.find_desk_session(work, idle) is None
        with pytest.raises(NoDeskError):
            service.unlock_desk(work, idle)


def test_desk_ends_with_its_term(house: House, clock: FixedClock) -> None:
    desk, seed = appoint(house, days=1)
    clock.advance(DAY_S)

    assert desk.ends_on == factories.TODAY + timedelta(days=1)
    with pytest.raises(NoDeskError):
        log_in(house, desk, first_words(seed))


def test_desk_of_somebody_elses_making_is_refused(house: House) -> None:
    from app.records.errors import WrongSignerError

    offers = factories.one_of_each_type()

    with pytest.raises(WrongSignerError):
        submit(house, offers["Offer"])


# Closed by the host


def test_desk_that_the_host_closes_does_nothing_more(house: House) -> None:
    post = factories.note(AVA, text="What stands here.")
    publish(house, *map(factories.card, (AVA, BABAK)), post)
    alone = seat(house, BABAK)
    act(house, alone, post, ActionKind.HIDE)
    with house.db.write() as work:
        cookie = service.open_desk_session(work, alone.key)

    closed = revoke(house)

    with house.db.write() as work:
        assert service.find_desk_session(work, cookie) is None
        with pytest.raises(NoDeskError):
            service.open_desk_session(work, alone.key)
    with pytest.raises(NoDeskError):
        act(house, alone, post, ActionKind.CLEAR)
    with pytest.raises(NotFoundError):
        revoke(house)
    assert (closed.desk, closed.second) == (house.door.instance_did, "")


def test_closing_by_the_host_is_counted_and_is_not_automatic(house: House) -> None:
    appoint(house)
    revoke(house)
    release(house)

    with house.db.read() as work:
        month = day_of(work.now).replace(day=1)
        numbers = service.count_month(work, house.door.instance_did, month)
    assert (numbers.kinds, numbers.automatic) == ({"close-desk": 1}, 0)


def test_what_a_closed_desk_had_in_hand_is_for_others(house: House) -> None:
    posts = [factories.note(AVA, text=f"What stands here: {number}.") for number in range(2)]
    publish(house, *map(factories.card, (AVA, BABAK, CYRA)), *posts)
    closing, other = seat(house, BABAK), seat(house, CYRA)
    case = report(house, posts[0], AVA)
    with house.db.write() as work:
        service.claim(work, closing.desk)
    act(house, closing, posts[1], ActionKind.ERASE)

    revoke(house)

    with house.db.write() as work:
        assert store.list_proposals(work) == []
        claimed = service.claim(work, other.desk)
    assert claimed is not None
    assert claimed.id == case.id


@pytest.mark.parametrize("number", [0, 2, -1])
def test_host_closes_only_desks_that_are_there(number: int, house: House) -> None:
    appoint(house)

    with pytest.raises(NotFoundError):
        revoke(house, number)


def test_whoever_lost_the_passphrase_gets_another_desk_as_the_same_person(house: House) -> None:
    appoint(house)
    revoke(house)
    _, words = appoint(house)

    with house.db.read() as work:
        first, second = store.list_desks(work)
    assert first.person == second.person
    assert log_in(house, second, first_words(words))
