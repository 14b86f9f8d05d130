"""Nobody moves a charter once its hearing has opened: by no record, no form, and no other address."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from app import hearings, opinion
from app.crypto.multikey import encode_digest
from app.hearings import Charter, HearingState, QuestionState, codec
from app.hearings.codec import choices
from app.hearings.errors import (
    CharterFixedError,
    CharterUnfitError,
    ChoiceUnfitError,
    HearingThereError,
    IllegalChangeError,
    MandateMissingError,
    NotOfficialError,
    OfficeLanguageError,
    StaleCharterError,
)
from app.hearings.model import Aim
from app.kernel.errors import AppError, ConflictError
from app.opinion import ConversationState, Vote
from app.opinion.model import ResultsShown
from app.records.codec import sign_record
from app.records.errors import WrongSignerError
from app.web.error_pages import status_of
from app.wiring import House

from tests import factories
from tests.consultations import KEYS
from tests.hearings import hall as halls
from tests.hearings.hall import CHARTER, Hall
from tests.houses import count_records, submit

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
MOVED = {
    "more questions by vote": replace(CHARTER, top=CHARTER.top + 1),
    "fewer by lot": replace(CHARTER, lot=0),
    "another day of the choice": replace(CHARTER, chooses_on=CHARTER.chooses_on + DAY),
    "a later end": replace(CHARTER, ends_on=CHARTER.ends_on + DAY),
    "another topic left out": replace(CHARTER, excluded=(*CHARTER.excluded, "Dams")),
    "another aim": replace(CHARTER, aims=(Aim(text="Quiet.", measure="Nobody asks."),)),
    "fewer languages": replace(CHARTER, languages=("fa",)),
}


def change(
    house: House, hall: Hall, charter: Charter, mandate: tuple[str, bytes] | None = None
) -> None:
    with house.db.write() as work:
        hearing = hearings.get_hearing(work, hall.thread)
        hearings.change_charter(work, house.door, hearing, charter, mandate)


@pytest.mark.parametrize("what", MOVED)
def test_direct_record_that_moves_an_open_charter_is_refused(house: House, what: str) -> None:
    hall = halls.open_hall(house)
    before = count_records(house)
    with pytest.raises(CharterFixedError) as refused:
        change(house, hall, MOVED[what])
    assert status_of(refused.value) == 409
    assert halls.hearing_of(house, hall).charter == CHARTER
    assert count_records(house) == before


def test_it_stays_fixed_when_questions_are_chosen(house: House) -> None:
    hall, _ = halls.chosen_hall(house)
    charter = halls.hearing_of(house, hall).charter
    with pytest.raises(CharterFixedError):
        change(house, hall, replace(charter, ends_on=charter.ends_on + DAY))


def test_before_it_opens_it_changes_and_binds_nobody(house: House) -> None:
    hall = halls.bound_hall(house)
    changed = MOVED["more questions by vote"]
    change(house, hall, changed)
    hearing = halls.hearing_of(house, hall)
    assert (hearing.charter, hearing.state) == (changed, HearingState.OFFERED)
    assert hearing.bound_on is None
    # The official has not accepted these rules, so that the day passes and nothing opens.
    halls.go_to(house, CHARTER.opens_on)
    halls.keep(house)
    assert halls.hearing_of(house, hall).state is HearingState.OFFERED


@pytest.mark.parametrize("until", [CHARTER.chooses_on - 2 * DAY, CHARTER.chooses_on + DAY, None])
def test_last_day_of_votes_is_the_charters(house: House, until: date | None) -> None:
    hall = halls.open_hall(house)
    with pytest.raises(CharterFixedError):
        change_consultation(house, hall, until=until)


def test_nobody_ends_the_votes_before_their_day(house: House) -> None:
    hall = halls.open_hall(house)
    with pytest.raises(CharterFixedError):
        change_consultation(house, hall, state=ConversationState.CLOSED)
    assert halls.conversation_of(house, hall).is_open


def change_consultation(
    house: House,
    hall: Hall,
    *,
    state: ConversationState = ConversationState.OPEN,
    until: date | None = CHARTER.chooses_on - DAY,
) -> None:
    conversation = halls.conversation_of(house, hall)
    with house.db.write() as work:
        change = opinion.Change(state=state, until=until, merged={})
        opinion.change_conversation(work, house.door, conversation, change)


def test_nobody_opens_its_consultation_by_other_rules(house: House) -> None:
    hall = halls.bound_hall(house)
    halls.go_to(house, CHARTER.opens_on)
    for results, until in (
        (ResultsShown.VOTED, CHARTER.chooses_on - DAY),
        (ResultsShown.CLOSED, CHARTER.chooses_on),
        (ResultsShown.CLOSED, None),
    ):
        question = opinion.Question(
            question=halls.TEXT, language="en", results=results, asks_side=False, until=until
        )
        with house.db.read() as work:
            thread = halls.thread_of(work, hall)
        with pytest.raises(CharterFixedError), house.db.write() as work:
            opinion.open_conversation(work, house.door, thread, question, KEYS)


def test_charter_is_built_on_the_one_that_holds(house: House) -> None:
    hall = halls.offer_hall(house)
    read = halls.hearing_of(house, hall)
    change(house, hall, MOVED["fewer by lot"])
    with pytest.raises(StaleCharterError), house.db.write() as work:
        hearings.change_charter(work, house.door, read, MOVED["another aim"])
    # Nor is the official bound to what they did not read.
    with pytest.raises(StaleCharterError), house.db.write() as work:
        house.door.submit(work, hearings.sign_binding(work, halls.OMID.key, read))


def test_nobody_else_binds_the_official(house: House) -> None:
    hall = halls.offer_hall(house)
    hearing = halls.hearing_of(house, hall)
    submit(house, factories.card(halls.BABAK))
    for key in (halls.BABAK.key, house.keys["instance"]):
        with pytest.raises(WrongSignerError), house.db.write() as work:
            house.door.submit(work, hearings.sign_binding(work, key, hearing))
    unbound = codec.bind_members(hearing) | {"urn:goftogu:binds": False}
    raw = sign_record(halls.OMID.key, "Accept", unbound, nonce=factories.nonce(), day=halls.TODAY)
    with pytest.raises(WrongSignerError):
        submit(house, raw)
    halls.bind(house, hall)
    with pytest.raises(IllegalChangeError):
        halls.bind(house, hall)


def test_on_the_first_day_it_is_too_late_to_be_bound(house: House) -> None:
    hall = halls.offer_hall(house)
    halls.go_to(house, CHARTER.opens_on)
    with pytest.raises(CharterFixedError):
        halls.bind(house, hall)


def test_instance_alone_offers_and_changes(house: House) -> None:
    hall = halls.offer_hall(house)
    hearing = halls.hearing_of(house, hall)
    members = codec.charter_change_members(hearing, MOVED["another aim"])
    raw = sign_record(halls.OMID.key, "Update", members, nonce=factories.nonce(), day=halls.TODAY)
    with pytest.raises(WrongSignerError):
        submit(house, raw)


@pytest.mark.parametrize(
    ("charter", "refused"),
    [
        (replace(CHARTER, opens_on=halls.TODAY), CharterUnfitError),
        (replace(CHARTER, ends_on=halls.TODAY + timedelta(days=200)), CharterUnfitError),
        (replace(CHARTER, top=0, lot=0), CharterUnfitError),
        (replace(CHARTER, aims=()), AppError),
        (replace(CHARTER, languages=("fr",)), OfficeLanguageError),
    ],
)
def test_charter_that_makes_no_hearing_is_refused(
    house: House, charter: Charter, refused: type[AppError]
) -> None:
    with pytest.raises(refused):
        halls.offer_hall(house, charter)


def test_office_must_hold_until_the_end(house: House) -> None:
    hall = halls.offer_hall(house)
    hearing = halls.hearing_of(house, hall)
    with house.db.write() as work:
        (office,) = hearings.list_attested(work)
    last = replace(CHARTER, ends_on=office.until, opens_on=office.until - 30 * DAY,
        chooses_on=office.until - 20 * DAY)  # fmt: skip
    with pytest.raises(NotOfficialError), house.db.write() as work:
        hearings.change_charter(work, house.door, hearing, last)


def test_thread_has_one_hearing_and_no_other_consultation(house: House) -> None:
    hall = halls.offer_hall(house)
    with pytest.raises(HearingThereError), house.db.write() as work:
        hearings.offer_hearing(
            work, house.door, halls.thread_of(work, hall), official=halls.OMID.root,
            text=halls.TEXT, language="en", charter=CHARTER,
        )  # fmt: skip


def voted_on_change(house: House, agrees: Vote, people: int = 20) -> tuple[Hall, str, Charter]:
    """Let those drawn by lot vote on a longer hearing; return the question's id and the charter."""
    longer = replace(CHARTER, ends_on=CHARTER.ends_on + 10 * DAY)
    hall = halls.open_hall(house)
    line = f"Shall the charter become {codec.digest_charter(longer)}?"
    post = halls.ask(house, hall, halls.AVA, line)
    halls.put_votes(house, hall, [{1: agrees}] * people, "invited")
    halls.choose(house, hall)
    return hall, post.record_id, longer


def test_sampled_vote_of_the_participants_moves_it(house: House) -> None:
    hall, question, longer = voted_on_change(house, Vote.AGREE)
    table = sha256(halls.hearing_of(house, hall).tallies.encode()).digest()
    with pytest.raises(MandateMissingError):
        change(house, hall, replace(longer, top=50), (question, table))
    with pytest.raises(MandateMissingError):
        change(house, hall, longer, (question, sha256(b"another table").digest()))
    change(house, hall, longer, (question, table))
    hearing = halls.hearing_of(house, hall)
    assert (hearing.charter, hearing.state) == (longer, HearingState.CHOSEN)


@pytest.mark.parametrize(("agrees", "people"), [(Vote.DISAGREE, 20), (Vote.AGREE, 9)])
def test_vote_of_few_or_against_it_moves_nothing(house: House, agrees: Vote, people: int) -> None:
    hall, question, longer = voted_on_change(house, agrees, people)
    table = sha256(halls.hearing_of(house, hall).tallies.encode()).digest()
    with pytest.raises(MandateMissingError):
        change(house, hall, longer, (question, table))


def test_choice_of_somebodys_liking_is_refused(house: House) -> None:
    hall = halls.open_hall(house)
    posts = halls.ask_some(house, hall, 5)
    hearing = halls.hearing_of(house, hall)
    chosen = [hearings.Chosen(question=posts[0].record_id, by="vote")]
    table = sha256(b"").digest()
    members = choices.choice_members(hearing, chosen, "0" * 64, table)
    for day in (CHARTER.opens_on, CHARTER.chooses_on):
        halls.go_to(house, day)
        raw = sign_record(
            house.keys["instance"], "Update", members, nonce=factories.nonce(), day=day
        )
        with pytest.raises(ChoiceUnfitError):
            submit(house, raw)
    waiting = halls.choose(house, hall)
    assert len(waiting) == CHARTER.top + CHARTER.lot
    again = halls.hearing_of(house, hall)
    members = choices.choice_members(again, chosen, again.seed, table) | {
        "urn:goftogu:tallies": encode_digest(sha256(again.tallies.encode()).digest())
    }
    raw = sign_record(
        house.keys["instance"], "Update", members, nonce=factories.nonce(), day=CHARTER.chooses_on
    )
    with pytest.raises(ConflictError):
        submit(house, raw)
    assert QuestionState.WAITING in {halls.question_of(house, post).state for post in posts}
