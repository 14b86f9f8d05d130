"""The outcome ledger: verdicts on a hearing's aims, and its report.

The report is counts alone, and follows from the log: from the records of the hearing, its posts and
its commitments, and from the table of tallies that a record names by digest. What ratings say of
the answers is of people whom nothing names; it enters the log with the report, as this host counted
it. Whether people changed their minds is told by a release of the listening post, whose table the
log names by its digest, as far as one was published before the close.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from app import forum, records, tlog
from app.crypto.multikey import encode_digest
from app.db import Work
from app.hearings import codec, rules, store
from app.hearings.errors import NoHearingError, ReportDiffersError
from app.hearings.maths import FEW, read_rows
from app.hearings.model import (
    AimVerdict,
    Commitment,
    Found,
    HeardQuestion,
    Hearing,
    Outcome,
    QuestionState,
)
from app.hearings.rules import commitments as promises
from app.hearings.rules.pauses import Pause, count_days
from app.hearings.store.answers import list_answers
from app.hearings.store.commitments import list_commitments
from app.kernel import strict_json
from app.kernel.clock import day_of
from app.kernel.strict_json import JsonObject
from app.records import VerifiedRecord
from app.records.codec import audience_of, parse_record
from app.records.model import SAYS

from .charters import submit, tell_changed
from .pauses import list_pauses_of

_ANSWERED: Final = "answered"
MISSING: Final = ("offline", "unaware", "afraid", "other-languages")
"""Who is not heard in any hearing, as the bias card names them."""


def accept_outcome(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Close a hearing, at once.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        NoHearingError: it is about none of this board.
        IllegalChangeError, AimOpenError: see `promises.require_closing`.
        ReportDiffersError: the report it names is not what follows from the hearing today.

    """
    forum.require_home(record.signer, instance_did)
    hearing = store.find_hearing(work, record_id=record.document["object"])
    if hearing is None or hearing.board != audience_of(record.document):
        raise NoHearingError("no such hearing on this board")
    verdicts, named = codec.decode_outcome(record.document)
    promises.require_closing(hearing, verdicts)
    report = build_report(work, hearing, verdicts)
    if encode_digest(sha256(report).digest()) != named:
        if record.digest not in work.logged:
            raise ReportDiffersError("another report than the one that follows")
        # A log that came back: what follows now may lack what was erased since.
        report = b""
    outcome = Outcome(verdicts=tuple(verdicts), report=report.decode(), closed_on=record.day)
    store.set_outcome(work, hearing.thread, outcome)
    tell_changed(work, hearing.thread)
    return tlog.HOUSE_LANE


def close_hearing(
    work: Work, door: records.Door, hearing: Hearing, verdicts: Sequence[AimVerdict]
) -> None:
    """Close a hearing with the host's key.

    Raises:
        IllegalChangeError, AimOpenError: see `promises.require_closing`.

    """
    promises.require_closing(hearing, verdicts)
    digest = sha256(build_report(work, hearing, verdicts)).digest()
    submit(work, door, "Update", codec.outcome_members(hearing, verdicts, digest))


def build_report(work: Work, hearing: Hearing, verdicts: Sequence[AimVerdict]) -> bytes:
    """Return the report of a hearing as it stands, as canonical JSON.

    Counts are whole numbers; days are counted from the charter's day of choice, without those of
    shutdown mode at its home, which are told apart.
    """
    today = day_of(work.now)
    questions = store.list_questions(work, hearing.thread)
    changed = store.find_asked_again(work, hearing.thread)
    commitments = [
        each for each in list_commitments(work, hearing=hearing.thread) if _is_shown(work, each)
    ]
    contested = sum(each.is_contested for each in commitments)
    report: JsonObject = {
        "hearing": hearing.record_id,
        "charter": encode_digest(hearing.head),
        "day": today.isoformat(),
        "aims": [
            {"aim": each.aim, "verdict": each.verdict.value, "why": each.why}
            for each in sorted(verdicts, key=lambda one: one.aim)
        ],
        "questions": _count_questions(work, hearing, questions),
        "commitments": {
            "made": len(commitments),
            "confirmed": sum(each.owned_on is not None for each in commitments),
            "overdue": sum(promises.is_overdue(each, today) for each in commitments),
            "states": _counted(each.state.value for each in commitments),
            **({"contested": contested} if contested else {}),
        },
        "people": _count_people(hearing.tallies),
        **({"changed": changed} if changed else {}),
        **_count_heard(work, hearing),
        "missing": list(MISSING),
    }
    return strict_json.encode(report)


def _count_questions(
    work: Work, hearing: Hearing, questions: Sequence[HeardQuestion]
) -> JsonObject:
    chosen = [each for each in questions if each.chosen]
    said = {each.post: _says_of(work, each) for each in chosen}
    begun, today = hearing.charter.chooses_on, day_of(work.now)
    stopped = list_pauses_of(work, hearing.board)
    followed = [_follow(work, hearing, each, stopped) for each in chosen]
    paused = max((today - begun).days, 0) - count_days(begun, today, stopped)
    median = promises.find_median(followed)
    return {
        "asked": len(questions),
        "merged": sum(each.state is QuestionState.MERGED for each in questions),
        "declined": _counted(
            each.code.value
            for each in questions
            if each.state is QuestionState.DECLINED and each.code
        ),
        "appealed": sum(each.is_appealed or each.appeals > 0 for each in questions),
        "takenUp": sum(
            each.appeals > 0 and each.state is not QuestionState.DECLINED for each in questions
        ),
        "byVote": sum(each.chosen == "vote" for each in chosen),
        "byLot": sum(each.chosen == "lot" for each in chosen),
        "answers": _counted(filter(None, said.values())),
        "waiting": sum(each.answer is None and rules.has_clock(each.state) for each in chosen),
        **({} if median is None else {"medianDays": median}),
        **({"pausedDays": paused} if paused else {}),
    }


def _says_of(work: Work, question: HeardQuestion) -> str:
    """Return how far the official says that a question was answered; empty where it was not.

    An answer whose words were erased was one all the same.
    """
    if question.answer is None:
        return ""
    found = records.find_record(work, question.answer)
    if found is None or found.raw is None:
        return _ANSWERED
    said: str = parse_record(found.raw).document.get(SAYS, _ANSWERED)
    return said


def _follow(
    work: Work, hearing: Hearing, question: HeardQuestion, stopped: Sequence[Pause]
) -> tuple[int, bool]:
    """Return the days for which a chosen question waited, and whether it was answered then.

    Days on which the home's clocks stood still are none.
    """
    answer = forum.find_post(work, digest=question.answer) if question.answer else None
    last = answer.day if answer else day_of(work.now)
    return count_days(hearing.charter.chooses_on, last, stopped), answer is not None


def _is_shown(work: Work, commitment: Commitment) -> bool:
    post = forum.find_post(work, digest=commitment.post)
    return post is not None and post.number is not None


def _count_heard(work: Work, hearing: Hearing) -> JsonObject:
    """Return how far raters found that questions were answered, of answers that ten rated.

    By what readers are told of each answer, in steps of five; a cell of fewer than ten counts as
    none. Nothing where nobody is told of any.
    """
    told = [each.told for each in list_answers(work, hearing.thread) if each.told]
    if not told:
        return {}
    found = {each.value: sum(one.counts[each] or 0 for one in told) for each in Found}
    return {"heard": {"answers": len(told), "found": found}}


def _count_people(tallies: str) -> JsonObject:
    """Return how many voted on the question on which most did, by how they came: the least known.

    From the published table, in its steps of five; 0 stands for fewer than ten.
    """
    rows = [told for _, _, _, told in read_rows(tallies)] if tallies else []
    columns = {"byLot": 1, "came": 3}
    return {
        name: max((0 if told[place] == FEW else int(told[place]) for told in rows), default=0)
        for name, place in columns.items()
    }


def _counted(values: Iterable[str]) -> JsonObject:
    return dict(sorted(Counter(values).items()))
