"""Hearings and their charters: offered by the host, bound by the official, opened on their day.

A charter holds once its hearing has opened. The records that could move it by another way, those
of the thread's consultation, pass here first.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Final

from app import forum, identity, opinion, records, tlog
from app.crypto.blind import BlindSigningKey
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import decode_digest
from app.crypto.sealing import derive_key
from app.db import Work
from app.forum import Thread
from app.hearings import codec, rules, store
from app.hearings.codec import choices
from app.hearings.errors import (
    CharterFixedError,
    CharterUnfitError,
    HearingThereError,
    IllegalChangeError,
    NoHearingError,
    StaleCharterError,
)
from app.hearings.model import Charter, Hearing, HearingState, QuestionState
from app.identity.model.ballots import BallotKind
from app.kernel.clock import day_of
from app.opinion import ConversationState, Question, ResultsShown
from app.records import Owner, VerifiedRecord, sign_record
from app.records.codec import audience_of
from app.records.errors import WrongSignerError
from app.records.model import PREVIOUS

from .mandates import require_mandate_of
from .offices import require_office

DAY: Final = timedelta(days=1)
_PART: Final = "goftogu/v1/lot\0"
HEARINGS: Final = "hearings"
"""What pages of hearings are about, whatever they are of: the days that pass as well."""


def accept_event(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Take in the charter of a hearing that is offered on a thread.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        UnknownPostError: it names no post that opened a thread.
        HearingThereError: the thread has a hearing or a consultation.
        CharterUnfitError: see `rules.require_charter`; or it would have opened already.
        NotOfficialError, OfficeLanguageError: whoever is to answer holds no office until the
            end, or not in the charter's languages.

    """
    forum.require_home(record.signer, instance_did)
    board, official = audience_of(record.document), codec.decode_official(record.document)
    thread = forum.require_opening(work, record.document["inReplyTo"], board)
    # A tick shuffles: in a log that is read again its opening may stand before the charter, and
    # before its acceptance. Whichever comes first, the same hearing is there in the end.
    is_logged = record.digest in work.logged
    has_opened = opinion.find_conversation(work, thread=thread.id) is not None
    if store.find_hearing(work, thread=thread.id) or (has_opened and not is_logged):
        raise HearingThereError("the thread has a hearing or a consultation")
    charter = codec.decode_charter(record.document[codec.CHARTER])
    ((language, text),) = record.document["contentMap"].items()
    if not is_logged:
        _require_fit(work, charter, official)
        if len(text) > rules.MAX_TEXT_CHARACTERS or "\n" in text:
            raise CharterUnfitError("one line of 280 characters")
    store.add_hearing(
        work,
        Hearing(
            thread=thread.id,
            board=board,
            record_id=record.id,
            official=official,
            text=text,
            language=language,
            charter=charter,
            head=record.digest,
            state=HearingState.OPEN if has_opened else HearingState.OFFERED,
            bound_on=None,
            lot=choices.decode_lot(record.document),
        ),
    )
    tell_changed(work, thread.id)
    return tlog.HOUSE_LANE


def accept_binding(work: Work, record: VerifiedRecord) -> tlog.Lane:
    """Bind the official to a charter as it stands.

    Raises:
        NoHearingError: it names none of this board.
        WrongSignerError: another persona than the official signed it, or it binds to nothing.
        KeyInactiveError: the key is no longer in use.
        StaleCharterError: it names another version of the charter.
        IllegalChangeError: the charter is bound already.
        CharterFixedError: the day on which the hearing was to open has come.

    """
    named = record.document["object"]
    hearing = _require_hearing(work, named["id"], audience_of(record.document))
    if (
        identity.require_hand(work, record) != hearing.official
        or not record.document["urn:goftogu:binds"]
    ):
        raise WrongSignerError("the official alone is bound")
    if decode_digest(named["digestMultibase"]) != hearing.head:
        raise StaleCharterError("the charter has changed")
    is_logged, is_offered = record.digest in work.logged, hearing.state is HearingState.OFFERED
    if hearing.bound_on is not None or not (is_offered or is_logged):
        raise IllegalChangeError("the charter is bound already")
    if not is_logged and day_of(work.now) >= hearing.charter.opens_on:
        raise CharterFixedError("a charter is bound before its hearing opens")
    state = HearingState.BOUND if is_offered else hearing.state
    store.set_state(work, hearing.thread, state, bound_on=record.day)
    tell_changed(work, hearing.thread)
    return tlog.HOUSE_LANE


def accept_charter(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Change a charter: freely before its hearing opens, later by the participants' sampled vote.

    What is changed before it opens is offered anew: nobody is bound to what they have not read.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        NoHearingError: it names none of this board.
        StaleCharterError: it was built on another version.
        CharterUnfitError: see `rules.require_charter`.
        CharterFixedError: the hearing has opened and no vote is named, or it has closed.
        MandateMissingError: what is named is no such vote.
        NotOfficialError, OfficeLanguageError: whoever is to answer holds no office until the
            end, or not in the charter's languages.

    """
    forum.require_home(record.signer, instance_did)
    document = record.document
    hearing = _require_hearing(work, document["object"], audience_of(document))
    if decode_digest(document[PREVIOUS]) != hearing.head:
        raise StaleCharterError("the charter has changed")
    charter, today = codec.decode_charter(document[codec.CHARTER]), day_of(work.now)
    is_open = rules.has_opened(hearing, today)
    if record.digest not in work.logged:
        if hearing.state is HearingState.CLOSED:
            raise CharterFixedError("the hearing is closed")
        if is_open:
            mandate = document.get(codec.MANDATE)
            rules.require_movable(hearing.charter, charter, today, has_mandate=bool(mandate))
            rules.require_charter(charter)
            if mandate:
                require_mandate_of(work, hearing, charter, mandate)
        else:
            _require_fit(work, charter, hearing.official)
    store.set_charter(work, hearing.thread, charter, record.digest)
    if hearing.state in {HearingState.OFFERED, HearingState.BOUND}:
        store.set_state(work, hearing.thread, HearingState.OFFERED, bound_on=None)
    tell_changed(work, hearing.thread)
    return tlog.HOUSE_LANE


def accept_opening(work: Work, record: VerifiedRecord, *, of_opinion: Owner) -> tlog.Lane:
    """Open a thread's consultation; where the thread has a hearing, as its charter says.

    Raises:
        AppError: the room below refuses it.
        CharterFixedError: a hearing opens on its day, bound, with results that nobody sees.

    """
    board = audience_of(record.document)
    thread = forum.require_opening(work, record.document["inReplyTo"], board)
    hearing = store.find_hearing(work, thread=thread.id)
    if hearing is not None and record.digest not in work.logged:
        today, charter = day_of(work.now), hearing.charter
        is_due = charter.opens_on <= today < charter.chooses_on
        says = (
            record.document["urn:goftogu:results"],
            record.document.get("urn:goftogu:until"),
        )
        if (
            hearing.state is not HearingState.BOUND
            or not is_due
            or says != (ResultsShown.CLOSED.value, _last_day(charter))
        ):
            raise CharterFixedError("a hearing opens as its charter says")
    lane = of_opinion.accept(work, record)
    if hearing is not None:
        store.set_state(work, thread.id, HearingState.OPEN, bound_on=hearing.bound_on)
    return lane


def accept_change(work: Work, record: VerifiedRecord, *, of_opinion: Owner) -> tlog.Lane:
    """Change a consultation; where it is a hearing's, within its charter, and merge its questions.

    Raises:
        AppError: the room below refuses it.
        CharterFixedError: it would end voting on another day, or merge once voting is over.
        IllegalChangeError: it merges a question that was declined.

    """
    document = record.document
    conversation = opinion.find_conversation(work, record_id=document["object"])
    hearing = store.find_hearing(work, thread=conversation.thread) if conversation else None
    if conversation is None or hearing is None:
        return of_opinion.accept(work, record)
    if record.digest not in work.logged:
        is_over = day_of(work.now) >= hearing.charter.chooses_on
        asked = ConversationState(document["urn:goftogu:consultation"])
        merged = {pair["object"]: pair["target"] for pair in document["urn:goftogu:merged"]}
        is_kept = merged == opinion.list_merged(work, conversation)
        if (
            document.get("urn:goftogu:until") != _last_day(hearing.charter)
            or (asked is not ConversationState.OPEN) != is_over
            or (is_over and not is_kept)
        ):
            raise CharterFixedError("votes are taken until the day of the charter")
    with work.attempt():
        lane = of_opinion.accept(work, record)
        _follow_merges(work, hearing)
    return lane


def open_hearing(
    work: Work,
    door: records.Door,
    hearing: Hearing,
    keys: Mapping[BallotKind, BlindSigningKey],
) -> None:
    """Open a bound hearing: its consultation takes questions and votes from now on.

    `keys` come from `identity.make_ballot_keys`, which no transaction waits for.

    Raises:
        CharterFixedError: it is not its day.

    """
    thread = forum.get_thread(work, hearing.thread)
    question = Question(
        question=hearing.text,
        language=hearing.language,
        results=ResultsShown.CLOSED,
        asks_side=True,
        until=hearing.charter.chooses_on - DAY,
    )
    opinion.open_with_ballots(work, door, thread, question, keys)


def offer_hearing(
    work: Work,
    door: records.Door,
    thread: Thread,
    *,
    official: str,
    text: str,
    language: str,
    charter: Charter,
) -> Hearing:
    """Sign a charter with the instance's key and hand it in; `official` is a root.

    Raises:
        HearingThereError, CharterUnfitError, NotOfficialError, OfficeLanguageError: see
            `accept_event`.

    """
    opening = forum.get_post(work, thread.opening)
    members = codec.event_members(
        board=opening.board,
        opening_id=opening.record_id,
        official=official,
        text=text,
        language=language,
        charter=charter,
        lot=sha256(derive_part(door.key, opening.record_id)).digest(),
    )
    submit(work, door, "Event", members)
    return get_hearing(work, thread.id)


def derive_part(key: SigningKey, opening_id: str) -> bytes:
    """Return the host's part in the lot of a thread's hearing: 32 bytes, from its key alone.

    Nobody else can know it before the choice tells it, and the host cannot change it any more once
    its SHA-256 stands in the charter's record.
    """
    return derive_key(key.seed(), _PART + opening_id)


def sign_binding(work: Work, key: SigningKey, hearing: Hearing) -> bytes:
    """Return the record by which an official with this posting key is bound to a charter."""
    nonce, day = identity.encode_id(work), day_of(work.now)
    return sign_record(key, "Accept", codec.bind_members(hearing), nonce=nonce, day=day)


def change_charter(
    work: Work,
    door: records.Door,
    hearing: Hearing,
    charter: Charter,
    mandate: tuple[str, bytes] | None = None,
) -> None:
    """Sign another charter with the instance's key and hand it in.

    `mandate` is the question that was voted on, by its id, and the digest of the table of tallies.

    Raises:
        CharterFixedError, StaleCharterError, CharterUnfitError, MandateMissingError,
        NotOfficialError, OfficeLanguageError: see `accept_charter`.

    """
    submit(work, door, "Update", codec.charter_change_members(hearing, charter, mandate))


def get_hearing(work: Work, thread: str) -> Hearing:
    """Return a thread's hearing.

    Raises:
        NoHearingError: it has none.

    """
    hearing = store.find_hearing(work, thread=thread)
    if hearing is None:
        raise NoHearingError("the thread has no hearing")
    return hearing


def submit(work: Work, door: records.Door, wire_type: str, members: dict[str, object]) -> None:
    """Sign a record with the instance's key and hand it in."""
    nonce, day = identity.encode_id(work), day_of(work.now)
    door.submit(work, sign_record(door.key, wire_type, members, nonce=nonce, day=day))


def tell_changed(work: Work, thread_id: str) -> None:
    """Name the pages that a change of a thread's hearing changes."""
    thread = forum.get_thread(work, thread_id)
    work.changed.update({*forum.subjects_of(thread.id, thread.board), HEARINGS})


def _require_hearing(work: Work, record_id: str, board: str) -> Hearing:
    hearing = store.find_hearing(work, record_id=record_id)
    if hearing is None or hearing.board != board:
        raise NoHearingError("no such hearing on this board")
    return hearing


def _require_fit(work: Work, charter: Charter, official: str) -> None:
    rules.require_charter(charter)
    today = day_of(work.now)
    if charter.opens_on <= today:
        raise CharterUnfitError("a charter is logged before its hearing opens")
    for language in charter.languages:
        require_office(work, official, today, language=language)
        require_office(work, official, charter.ends_on, language=language)


def _last_day(charter: Charter) -> str:
    return (charter.chooses_on - DAY).isoformat()


def _follow_merges(work: Work, hearing: Hearing) -> None:
    """Let questions stand as their statements do: merged, or asked by themselves again."""
    merged = {
        each.post
        for each in opinion.list_statements(work, hearing.thread)
        if each.merged_into is not None
    }
    for question in store.list_questions(work, hearing.thread):
        is_merged = question.state is QuestionState.MERGED
        if (question.post in merged) == is_merged:
            continue
        state = QuestionState.ASKED if is_merged else QuestionState.MERGED
        rules.require_change(question.state, state)
        store.set_question(work, replace(question, state=state))
