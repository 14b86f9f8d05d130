"""Quarantine, and sealed copies: words that nobody here can open, and that come back as signed."""

from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from app import forum, records, worker
from app.crypto.escrow import open_by_one
from app.kernel.clock import DAY_S
from app.kernel.errors import GoneError, MalformedError, NotFoundError, VerificationError
from app.moderation import service, store
from app.moderation.files import read_legal_contact, set_legal_contact
from app.moderation.model import Action, ActionKind, Scope, Subject, SubjectKind
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import advance, crash_after, publish, read_rows, release, require_post, submit
from tests.moderation.desks import Seat, act, decision, report, seat
from tests.moderation.samples import REASONS
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

AVA, BABAK, CYRA, DARA = (factories.person(name) for name in ("Ava", "Babak", "Cyra", "Dara"))
WORDS = "A recipe that no law allows anybody to hold."
POST = factories.note(AVA, title="Do", text=WORDS)
REVISED = factories.update(AVA, POST, text=f"{WORDS} And more of it.")
DIGEST = factories.digest_of(POST)
CONTACT = pyrage.x25519.Identity.generate()
KEY, SECRET = str(CONTACT.to_public()), str(CONTACT)
FACTS = "It tells how to make what the law forbids."


@pytest.fixture
def told(house: House) -> House:
    publish(house, *map(factories.card, (AVA, BABAK, CYRA, DARA)), POST)
    publish(house, REVISED)
    set_legal_contact(house.settings.data, KEY)
    return house


@pytest.fixture
def first(told: House) -> Seat:
    return seat(told, BABAK)


def quarantine(house: House, desk: Seat) -> Action:
    action = act(house, desk, POST, ActionKind.QUARANTINE, facts=FACTS)
    assert isinstance(action, Action)
    return action


def undo(house: House, desk: Seat, action: Action) -> None:
    with house.db.write() as work:
        service.undo(work, house.door, desk.at(house), [action.digest], REASONS)


def read_versions(house: House) -> list[bytes]:
    with house.db.read() as work:
        return [records.get_public_bytes(work, factories.digest_of(r)) for r in (POST, REVISED)]


def holds_words(house: House) -> bool:
    return any(WORDS in repr(row) for row in read_rows(house))


def give_back(house: House, secret: str = SECRET) -> bool:
    with house.db.write() as work:
        return service.give_back(work, DIGEST, secret)


def test_words_in_quarantine_are_in_no_row_and_open_with_the_contacts_key_alone(
    told: House, first: Seat
) -> None:
    assert holds_words(told)
    quarantine(told, first)

    assert not holds_words(told)
    with told.db.read() as work:
        sealed = service.get_sealed(work, DIGEST)
        assert forum.get_words(work, require_post(told, POST)).markdown == ""
        with pytest.raises(GoneError):
            records.get_public_bytes(work, DIGEST)
        assert records.list_erased(work) == []
    assert set(open_by_one(sealed.box, SECRET).split(b"\n")) == {POST, REVISED}
    with pytest.raises(VerificationError):
        open_by_one(sealed.box, str(pyrage.x25519.Identity.generate()))


def test_words_in_quarantine_leave_the_files_of_the_database(told: House, first: Seat) -> None:
    quarantine(told, first)
    told.db.scrub()

    files = [path for path in told.settings.data.glob("*") if path.is_file()]
    assert [path.name for path in files if WORDS.encode() in path.read_bytes()] == []


def test_undone_quarantine_comes_back_when_the_contact_brings_the_words(
    told: House, first: Seat
) -> None:
    before = read_versions(told)
    action = quarantine(told, first)
    undo(told, first, action)
    assert require_post(told, POST).is_hidden

    assert give_back(told)

    assert read_versions(told) == before
    post = require_post(told, POST)
    assert (post.is_hidden, post.version.text.title) == (False, "Do")
    with told.db.write() as work, pytest.raises(NotFoundError):
        service.give_back(work, DIGEST, SECRET)


def test_words_that_are_brought_before_it_is_undone_stay_hidden_until_then(
    told: House, first: Seat
) -> None:
    before = read_versions(told)
    action = quarantine(told, first)

    assert not give_back(told)
    assert require_post(told, POST).is_hidden
    undo(told, first, action)

    assert read_versions(told) == before


@pytest.mark.parametrize(
    "secret",
    ["", "AGE-SECRET-KEY-1", KEY, "ا" * 60],
    ids=["nothing", "cut off", "public", "Persian"],
)
def test_what_is_no_key_brings_nothing_back(told: House, first: Seat, secret: str) -> None:
    quarantine(told, first)

    with pytest.raises(MalformedError):
        give_back(told, secret)


def test_other_words_sealed_to_the_same_contact_are_not_taken(told: House, first: Seat) -> None:
    """Whoever can write into the database cannot put words into somebody's mouth."""
    quarantine(told, first)
    forged = factories.note(AVA, title="Do", text="What she never said.")
    with told.db.write() as work:
        sealed = service.get_sealed(work, DIGEST)
        box = bytes(pyrage.encrypt(forged, [CONTACT.to_public()]))
        store.put_sealed(work, replace(sealed, box=box))

    with pytest.raises(VerificationError):
        give_back(told)


def test_without_a_legal_contact_quarantine_hides(told: House, first: Seat) -> None:
    set_legal_contact(told.settings.data, "")
    action = quarantine(told, first)
    assert require_post(told, POST).is_hidden

    undo(told, first, action)

    assert not require_post(told, POST).is_hidden


def test_quarantine_that_crashes_before_its_commit_has_lost_nothing(
    told: House, first: Seat
) -> None:
    before = read_versions(told)
    subject = Subject(kind=SubjectKind.POST, name=DIGEST.hex())
    wanted = decision(ActionKind.QUARANTINE, replace(REASONS, facts=FACTS))
    crash_after(told, lambda work: service.act_on(work, told.door, first.at(told), subject, wanted))

    assert read_versions(told) == before


def test_text_erased_under_an_open_case_is_sealed_until_it_is_decided(
    told: House, first: Seat
) -> None:
    case = report(told, POST, CYRA)
    submit(told, factories.erasure(AVA, POST, after=REVISED))
    assert not holds_words(told)
    with told.db.read() as work:
        sealed = service.get_sealed(work, DIGEST)
    assert (sealed.case, set(open_by_one(sealed.box, SECRET).split(b"\n"))) == (
        case.id, {POST, REVISED},
    )  # fmt: skip
    worker.step(told, 0)
    with told.db.read() as work:
        assert service.find_sealed(work, DIGEST) is not None

    act(told, first, POST, ActionKind.CLEAR)
    worker.step(told, 0)

    with told.db.read() as work:
        assert service.find_sealed(work, DIGEST) is None


def test_sealed_copy_ends_after_thirty_days_whatever_becomes_of_the_case(told: House) -> None:
    report(told, POST, CYRA)
    submit(told, factories.erasure(AVA, POST, after=REVISED))
    advance(told, 29 * DAY_S)
    worker.step(told, 0)
    with told.db.read() as work:
        assert service.find_sealed(work, DIGEST) is not None
    advance(told, DAY_S)

    worker.step(told, 0)

    with told.db.read() as work:
        assert service.find_sealed(work, DIGEST) is None


def test_hidden_text_that_its_author_erases_under_a_case_is_sealed_too(
    told: House, first: Seat
) -> None:
    hidden = act(told, first, POST, ActionKind.HIDE, facts=FACTS)
    assert isinstance(hidden, Action)
    with told.db.write() as work:
        service.undo(work, told.door, first.at(told), [hidden.digest], REASONS)
    report(told, POST, CYRA)
    submit(told, factories.erasure(AVA, POST, after=REVISED))

    with told.db.read() as work:
        assert service.find_sealed(work, DIGEST) is not None


@pytest.mark.parametrize("is_reported", [True, False])
def test_no_copy_is_kept_without_a_contact_or_without_a_case(
    told: House, *, is_reported: bool
) -> None:
    if is_reported:
        set_legal_contact(told.settings.data, "")
        report(told, POST, CYRA)
    submit(told, factories.erasure(AVA, POST, after=REVISED))

    with told.db.read() as work:
        assert service.find_sealed(work, DIGEST) is None


def test_words_in_quarantine_outlive_the_job_that_ends_copies(told: House, first: Seat) -> None:
    quarantine(told, first)
    advance(told, 400 * DAY_S)

    worker.step(told, 0)

    with told.db.read() as work:
        assert service.find_sealed(work, DIGEST) is not None


@pytest.mark.parametrize("key", ["age1", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA", "../../x"])
def test_what_is_no_key_becomes_no_contact(tmp_path: Path, key: str) -> None:
    with pytest.raises(MalformedError):
        set_legal_contact(tmp_path, key)
    assert read_legal_contact(tmp_path) == ""


@pytest.mark.parametrize("is_reported", [True, False])
def test_who_erases_under_an_open_case_is_told_of_the_copy_before(
    house: House, client: TestClient, *, is_reported: bool
) -> None:
    visitor = Visitor(client)
    set_legal_contact(house.settings.data, KEY)
    publish(house, factories.card(CYRA))
    visitor.join("Ava")
    digest = visitor.open_thread("Do", WORDS)
    release(house)
    if is_reported:
        with house.db.read() as work:
            raw = records.get_public_bytes(work, bytes.fromhex(digest))
        report(house, raw, CYRA)

    page = visitor.get(f"/p/{digest}/erase").text
    visitor.send(visitor.open_form(f"/p/{digest}/erase"))

    assert ("only the legal contact" in page) == is_reported
    with house.db.read() as work:
        assert (service.find_sealed(work, bytes.fromhex(digest)) is not None) == is_reported


def test_words_that_the_thread_hides_as_well_are_brought_and_stay_hidden(
    told: House, first: Seat
) -> None:
    """The quarantine says the post, and the hiding its thread: they are the same words."""
    hidden = act(told, first, POST, ActionKind.HIDE, facts=FACTS, scope=Scope.THREAD)
    assert isinstance(hidden, Action)
    undo(told, first, quarantine(told, first))

    assert not give_back(told)
    assert require_post(told, POST).is_hidden
    undo(told, first, hidden)
    assert not require_post(told, POST).is_hidden
