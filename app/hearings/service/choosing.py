"""The choice: the best questions by the vote of those drawn by lot, and others by lot."""

from dataclasses import replace
from hashlib import sha256

from app import forum, identity, opinion, records, tlog
from app.crypto.multikey import decode_digest
from app.db import Work
from app.hearings import codec, rules, store
from app.hearings.errors import ChoiceUnfitError, NoHearingError
from app.hearings.maths import Candidate, count, read_tallies, write_tallies
from app.hearings.model import Charter, Chosen, Hearing, HearingState, QuestionState
from app.kernel.clock import day_of
from app.records import VerifiedRecord
from app.records.codec import audience_of

from .charters import submit, tell_changed

_CAN_BE_CHOSEN = frozenset({QuestionState.ASKED, QuestionState.ACCEPTED})
"""What nobody has declined by the day of the choice is accepted: silence keeps no question out."""


def accept_choice(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Let the clocks of the chosen questions run.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        NoHearingError: it names none of this board.
        ChoiceUnfitError: the hearing takes questions still, or has chosen; or the choice does not
            follow from the published tallies.

    """
    forum.require_home(record.signer, instance_did)
    hearing = store.find_hearing(work, record_id=record.document["object"])
    if hearing is None or hearing.board != audience_of(record.document):
        raise NoHearingError("no such hearing on this board")
    chosen, seed, tallies = codec.decode_choice(record.document)
    if record.digest not in work.logged:
        _require_following(work, hearing, chosen, seed, decode_digest(tallies))
    for each in chosen:
        post = forum.find_post(work, record_id=each.question)
        question = store.find_question(work, post.digest) if post else None
        if question is None or question.hearing != hearing.thread:
            raise ChoiceUnfitError("no question of this hearing")
        if question.state is QuestionState.ASKED:
            rules.require_change(question.state, QuestionState.ACCEPTED)
            question = replace(question, state=QuestionState.ACCEPTED)
        rules.require_change(question.state, QuestionState.WAITING)
        store.set_question(
            work,
            replace(
                question,
                state=QuestionState.WAITING,
                chosen=each.by,
                waits_since=record.day,
            ),
        )
    store.set_choice(work, hearing.thread, seed)
    tell_changed(work, hearing.thread)
    return tlog.HOUSE_LANE


def choose_questions(
    work: Work, door: records.Door, hearing: Hearing, root_hash: bytes
) -> list[Chosen]:
    """Count the votes, publish the tallies, choose and sign the choice; return it.

    `root_hash` is the log's, just after the record by which voting ended.

    Raises:
        ChoiceUnfitError: see `accept_choice`.

    """
    candidates = _list_candidates(work, hearing)
    conversation = opinion.get_conversation(work, hearing.thread)
    kinds = identity.kinds_of(work, conversation.record_id)
    ballots = (
        (kinds[name], sheet)
        for name, sheet, _ in opinion.list_sheets(work, conversation.thread)
        if name in kinds
    )
    table = write_tallies(candidates, count(candidates, ballots))
    store.set_tallies(work, hearing.thread, table)
    chosen = choose_from(hearing.charter, table, root_hash, hearing.head)
    digest = sha256(table.encode()).digest()
    members = codec.choice_members(hearing, chosen, root_hash.hex(), digest)
    submit(work, door, "Update", members)
    return chosen


def choose_from(charter: Charter, table: str, root_hash: bytes, head: bytes) -> list[Chosen]:
    """Return what a charter chooses from a published table: by vote first, then by lot.

    The lot's seed is SHA-256 of the log's root hash, just after the record by which voting ended,
    and the digest of the record that the charter stands in: nobody knew it when that was signed.
    """
    seed = sha256(root_hash + head).digest()
    by_vote, by_lot = rules.choose(charter, list(read_tallies(table).values()), seed)
    return [
        *(Chosen(question=each, by="vote") for each in by_vote),
        *(Chosen(question=each, by="lot") for each in by_lot),
    ]


def _require_following(
    work: Work, hearing: Hearing, chosen: list[Chosen], seed: str, tallies: bytes
) -> None:
    is_due = day_of(work.now) >= hearing.charter.chooses_on
    if hearing.state is not HearingState.OPEN or not is_due:
        raise ChoiceUnfitError("questions are chosen once, on the day of the charter")
    if sha256(hearing.tallies.encode()).digest() != tallies or not _is_hash(seed):
        raise ChoiceUnfitError("other tallies than the published ones")
    if chosen != choose_from(hearing.charter, hearing.tallies, bytes.fromhex(seed), hearing.head):
        raise ChoiceUnfitError("the choice does not follow from the tallies")


def _is_hash(seed: str) -> bool:
    return len(seed) == 2 * sha256().digest_size and not seed.strip("0123456789abcdef")


def _list_candidates(work: Work, hearing: Hearing) -> list[Candidate]:
    questions = {each.post: each for each in store.list_questions(work, hearing.thread)}
    return [
        Candidate(
            number=each.number,
            record_id=each.record_id,
            post=each.post,
            merged_into=each.merged_into,
            is_eligible=each.is_asked and questions[each.post].state in _CAN_BE_CHOSEN,
        )
        for each in opinion.list_statements(work, hearing.thread)
        if each.post in questions
    ]
