"""Drafts of answers: shared with staff, sealed at rest, gone in time; and none of them signs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from app.hearings import QuestionState, service
from app.hearings.errors import DraftChangedError, NotStaffError, TooManyStaffError
from app.hearings.model.drafts import AnswerDraft
from app.hearings.service import drafting
from app.hearings.store import drafts
from app.kernel.errors import VerificationError
from app.wiring import House
from app.worker import _forget_ended
from starlette.testclient import TestClient

from tests import factories
from tests.hearings import answered
from tests.hearings import hall as halls
from tests.hearings.answered import AVA, BABAK, CYRUS, DARA, OMID
from tests.houses import advance, publish, read_rows
from tests.visitor import Visitor, find_form

pytestmark = pytest.mark.slow

WORDS = "We will open the sluice on the ninth of March"
DRAFT = AnswerDraft(
    text=WORDS,
    language="en",
    speaks_as="position",
    says="",
    is_spoken=False,
    by=DARA.mark,
    version="",
)


def keep(house: House, asked: bytes, draft: AnswerDraft = DRAFT, previous: str = "") -> AnswerDraft:
    with house.db.write() as work:
        return service.keep_draft(work, house.marks_key, asked, draft, previous=previous)


def find(house: House, asked: bytes) -> AnswerDraft | None:
    with house.db.read() as work:
        found = service.find_draft(work, house.marks_key, asked)
    return found[0] if found else None


def let(house: House, thread: str, *people: factories.Person) -> None:
    with house.db.write() as work:
        hearing = service.get_hearing(work, thread)
        for person in people:
            service.let_draft(work, house.marks_key, hearing, person.root)


def test_draft_is_unreadable_in_a_stolen_database(house: House) -> None:
    hall, (first, *_) = answered.waiting_hall(house)
    let(house, hall.thread, DARA)
    kept = keep(house, first.digest)

    assert find(house, first.digest) == kept
    rows = read_rows(house)
    told = repr([row for table, row in rows if table in {"answer_draft", "hearing_staff"}])
    assert "sluice" not in repr(rows)
    for name in (DARA.root, DARA.mark, DARA.name, DARA.did):
        assert name not in told
    with house.db.read() as work, pytest.raises(VerificationError):
        service.find_draft(work, bytes(32), first.digest)
    disk = b"".join(
        path.read_bytes() for path in house.settings.data.rglob("*.db*") if path.is_file()
    )
    assert disk
    assert b"sluice" not in disk


def test_box_of_one_question_opens_for_no_other_and_hides_its_length(house: House) -> None:
    _, (first, second, *_) = answered.waiting_hall(house)
    keep(house, first.digest)
    keep(house, second.digest, replace(DRAFT, text="Yes."))
    with house.db.write() as work:
        kept = [drafts.find_draft(work, each.digest) for each in (first, second)]
        boxes = [found[0] for found in kept if found]
        drafts.set_draft(work, second.digest, boxes[0], halls.TODAY)

    assert len(boxes[0]) == len(boxes[1])
    with house.db.read() as work, pytest.raises(VerificationError):
        service.find_draft(work, house.marks_key, second.digest)


def test_draft_goes_when_the_answer_is_sent_or_after_thirty_days(house: House) -> None:
    _, (first, second, *_) = answered.waiting_hall(house)
    keep(house, first.digest)
    keep(house, second.digest)

    answered.give(house, first)
    assert find(house, first.digest) is None
    advance(house, int(timedelta(days=drafting.DRAFT_DAYS).total_seconds()))
    _forget_ended(house)
    assert find(house, second.digest) is not None
    advance(house, int(timedelta(days=1).total_seconds()))
    _forget_ended(house)
    assert find(house, second.digest) is None


def test_draft_that_somebody_else_kept_meanwhile_is_not_overwritten(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    begun = keep(house, first.digest)
    newer = keep(house, first.digest, replace(DRAFT, text="Two."), begun.version)

    with pytest.raises(DraftChangedError):
        keep(house, first.digest, replace(DRAFT, text="Three."), begun.version)

    assert find(house, first.digest) == newer


def test_at_most_ten_write_drafts_and_the_right_is_taken_back(house: House) -> None:
    hall, _ = answered.waiting_hall(house)
    people = [factories.person(f"Clerk {number}") for number in range(11)]
    publish(house, *(factories.card(each, day=answered.today(house)) for each in people))
    let(house, hall.thread, *people[:10], people[0])

    with pytest.raises(TooManyStaffError):
        let(house, hall.thread, people[10])
    with house.db.write() as work:
        hearing = service.get_hearing(work, hall.thread)
        service.stop_drafting(work, house.marks_key, hearing, people[0].root)
        assert not service.may_draft(work, house.marks_key, hearing, people[0].root)
        assert len(service.list_staff(work, house.marks_key, hearing)) == 9
        with pytest.raises(NotStaffError):
            service.require_staff(work, house.marks_key, hearing, people[0].root)


def composer(visitor: Visitor, path: str) -> dict[str, str]:
    return find_form(visitor.get(path), visitor.address(path)).fields


def test_staff_drafts_the_official_signs_and_nobody_else(house: House, client: TestClient) -> None:
    hall, (first, *_) = answered.waiting_hall(house)
    path, staff = f"/p/{first.digest.hex()}/answer", f"/t/{hall.thread}/hearing/staff"
    official = answered.enter(house, client, OMID)
    done = official.send(official.open_form(staff), fingerprint=DARA.mark, do="let")
    assert done.status_code == 303, done.text
    assert "Dara" in official.get(staff).text

    clerk = answered.enter(house, client, DARA)
    page = clerk.get(path)
    assert 'value="send"' not in page.text
    fields = composer(clerk, path)
    done = clerk.post(
        clerk.address(path), {**fields, "text": WORDS, "language": "en", "do": "keep"}
    )
    assert done.status_code == 303, done.text
    # A form that was made up has the clerk's own key sign, which is nobody's here.
    labels = {"speaks_as": "position", "says": "partly", "language": "en"}
    forged = clerk.post(clerk.address(path), {**composer(clerk, path), **labels, "do": "send"})
    assert forged.status_code == 403
    assert "sluice" in forged.text
    assert halls.question_of(house, first).state is QuestionState.WAITING

    fields = composer(official, path)
    assert fields["text"] == WORDS
    sent = official.post(official.address(path), {**fields, **labels, "do": "send"})
    assert sent.status_code == 303, sent.text
    assert halls.question_of(house, first).state is QuestionState.ANSWERED
    assert find(house, first.digest) is None
    stranger = answered.enter(house, client, BABAK)
    assert stranger.get(path).status_code == 403
    assert stranger.get(staff).status_code == 403
    assert answered.enter(house, client, AVA).get(staff).status_code == 403


def test_clerk_says_nothing_about_who_writes_drafts(house: House, client: TestClient) -> None:
    hall, _ = answered.waiting_hall(house)
    let(house, hall.thread, DARA)
    staff = f"/t/{hall.thread}/hearing/staff"
    clerk = answered.enter(house, client, DARA)
    official = answered.enter(house, client, OMID)
    token = official.open_form(staff).fields

    assert "Fingerprint of a name" not in clerk.get(staff).text
    own = find_form(clerk.get("/settings"), clerk.address("/settings")).fields["token"]
    fields = {"token": own, "fingerprint": CYRUS.mark, "do": "let"}
    assert clerk.post(clerk.address(staff), fields).status_code == 403
    unknown = official.post(official.address(staff), {**token, "fingerprint": "zzzz", "do": "let"})
    assert unknown.status_code == 400
    assert "fingerprint" in unknown.text
