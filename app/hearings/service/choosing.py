"""The choice: the best questions by the vote of those drawn by lot, and others by lot."""

from dataclasses import replace
from hashlib import sha256

from app import forum, identity, opinion, records, tlog
from app.crypto.multikey import decode_digest
from app.db import Work
from app.hearings import rules, store
from app.hearings.codec import choices
from app.hearings.errors import ChoiceUnfitError, NoHearingError
from app.hearings.maths import Candidate, count, read_tallies, write_tallies
from app.hearings.model import Charter, Chosen, Hearing, HearingState, QuestionState
from app.kernel.clock import day_of
from app.records import VerifiedRecord
from app.records.codec import audience_of

from .charters import submit, tell_changed
from .lot import find_part, require_parts

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
    chosen, seed, _ = choices.decode_choice(record.document)
    if record.digest not in work.logged:
        _require_following(work, hearing, record)
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
    part = find_part(work, door.key, hearing)
    parts = part + (hearing.drawn or b"")
    chosen = choose_from(hearing.charter, table, root_hash, hearing.head, parts)
    digest = sha256(table.encode()).digest()
    members = choices.choice_members(hearing, chosen, root_hash.hex(), digest, part)
    submit(work, door, "Update", members)
    return chosen


def choose_from(
    charter: Charter, table: str, root_hash: bytes, head: bytes, parts: bytes = b""
) -> list[Chosen]:
    """Return what a charter chooses from a published table: by vote first, then by lot.

    The lot's seed is SHA-256 of the log's root hash, just after the record by which voting ended,
    of the digest of the record that the charter stands in, and of `parts`: what the host had
    sealed, then the digest of what the official signed after the end (`lot`). Nobody can choose it.
    """
    seed = sha256(root_hash + head + parts).digest()
    by_vote, by_lot = rules.choose(charter, list(read_tallies(table).values()), seed)
    return [
        *(Chosen(question=each, by="vote") for each in by_vote),
        *(Chosen(question=each, by="lot") for each in by_lot),
    ]


def _require_following(work: Work, hearing: Hearing, record: VerifiedRecord) -> None:
    chosen, seed, tallies = choices.decode_choice(record.document)
    is_due = day_of(work.now) >= hearing.charter.chooses_on
    if hearing.state is not HearingState.OPEN or not is_due:
        raise ChoiceUnfitError("questions are chosen once, on the day of the charter")
    if sha256(hearing.tallies.encode()).digest() != decode_digest(tallies) or not _is_hash(seed):
        raise ChoiceUnfitError("other tallies than the published ones")
    parts, root = require_parts(work, hearing, record), bytes.fromhex(seed)
    if chosen != choose_from(hearing.charter, hearing.tallies, root, hearing.head, parts):
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
