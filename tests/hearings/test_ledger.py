"""The outcome ledger: verdicts, the close, and a report that anybody counts again."""

import json
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from app import hearings
from app.crypto.multikey import encode_digest
from app.forum import Post
from app.hearings import codec, store
from app.hearings.errors import (
    AimOpenError,
    IllegalChangeError,
    NoHearingError,
    ReportDiffersError,
)
from app.hearings.model import (
    Aim,
    AimVerdict,
    DeclineCode,
    HearingState,
    QuestionState,
    Verdict,
)
from app.kernel.clock import day_of
from app.opinion.model import Vote
from app.records.codec import sign_record
from app.records.errors import WrongSignerError
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.hearings import hall as halls
from tests.hearings.counting import Recount, read_log
from tests.hearings.hall import AVA, BABAK, CHARTER, Hall
from tests.hearings.promising import commitment, find, note, owning, status
from tests.houses import appoint, publish, release, require_post, submit
from tests.visitor import Visitor, find_form

pytestmark = pytest.mark.slow

TWO_AIMS = replace(
    CHARTER, top=3, lot=1, aims=(*CHARTER.aims, Aim(text="The weir opens.", measure="A gauge."))
)
VERDICTS = [
    AimVerdict(aim=1, verdict=Verdict.MET, why="Nine of ten answers said it."),
    AimVerdict(aim=2, verdict=Verdict.UNKNOWN, why="Nobody has looked."),
]


def answer(house: House, hall: Hall, question: Post, says: str = "answered") -> bytes:
    """Let the official answer a question; return the record."""
    raw = note(
        hall.official,
        question.record_id,
        "answer",
        "We will open the weir.",
        {"urn:goftogu:says": says, "urn:goftogu:speaksAs": "position"},
        day=day_of(house.clock.now()),
    )
    publish(house, raw)
    return raw


def go_on(house: House, days: int) -> date:
    day = day_of(house.clock.now()) + timedelta(days=days)
    halls.go_to(house, day)
    return day


def heard_hall(house: House) -> Hall:
    """Return a hearing with answers, a decline, a merge and commitments, some days later."""
    hall = halls.open_hall(house, TWO_AIMS)
    posts = halls.ask_some(house, hall, 7)
    halls.put_votes(house, hall, [dict.fromkeys(range(1, 8), Vote.AGREE)] * 12, kinds="invited")
    halls.put_votes(house, hall, [dict.fromkeys(range(1, 4), Vote.AGREE)] * 23, first=20)
    halls.decide(house, hall, posts[6], QuestionState.DECLINED, DeclineCode.EXCLUDED)
    halls.decide(house, hall, posts[4], QuestionState.DECLINED, DeclineCode.OFFENSIVE)
    for post, state, code in (
        (posts[4], QuestionState.ACCEPTED, None),
        (posts[6], QuestionState.DECLINED, DeclineCode.EXCLUDED),
    ):
        # Within one tick the log shuffles.
        release(house)
        halls.appeal(house, post)
        release(house)
        halls.decide_as_host(house, hall, post, state, code)
    release(house)
    halls.merge(house, hall, n6=1)
    waiting = halls.choose(house, hall)
    assert len(waiting) == 4
    day = go_on(house, 2)
    first = answer(house, hall, waiting[0])
    go_on(house, 3)
    answer(house, hall, waiting[1], "partly")
    # The lot may have drawn the one that was taken up; another is declined.
    left = next(each for each in waiting[2:] if each.digest != posts[4].digest)
    halls.decide(house, hall, left, QuestionState.DECLINED, DeclineCode.SECURITY)
    promise = commitment(AVA, first, of=hall.official.root, day=day, due=day + timedelta(days=5))
    other = commitment(BABAK, hall.opening, day=day, due=day + timedelta(days=4))
    doubted = commitment(AVA, first, of=hall.official.root, day=day, due=day + timedelta(days=90))
    publish(house, promise, other, doubted)
    today, host = day_of(house.clock.now()), house.keys["instance"]
    submit(house, owning(hall.official.key, promise, day=today))
    submit(house, owning(hall.official.key, doubted, day=today))
    broken = status(host, doubted, "broken", day=today)
    submit(house, broken, status(hall.official.key, doubted, "kept", after=broken, day=today))
    begun = status(hall.official.key, promise, "in-progress", day=today)
    submit(house, begun, status(host, promise, "kept", after=begun, day=today))
    assert find(house, other).hearing == hall.thread
    go_on(house, 6)
    release(house)
    return hall


def outcome(
    house: House, hall: Hall, verdicts: list[AimVerdict], report: bytes | None = None
) -> bytes:
    """Return the record that closes a hearing, with the report that follows unless told."""
    hearing = halls.hearing_of(house, hall)
    with house.db.write() as work:
        raw = hearings.build_report(work, hearing, verdicts) if report is None else report
    members = codec.outcome_members(hearing, verdicts, sha256(raw).digest())
    day = day_of(house.clock.now())
    return sign_record(house.keys["instance"], "Update", members, nonce=factories.nonce(), day=day)


def test_report_is_what_anybody_counts_from_the_log(house: House) -> None:
    hall = heard_hall(house)
    with house.db.write() as work:
        hearings.close_hearing(work, house.door, halls.hearing_of(house, hall), VERDICTS)
    release(house)

    hearing = halls.hearing_of(house, hall)
    with house.db.read() as work:
        closed = store.find_outcome(work, hall.thread)
    log = read_log(house)
    record = next(each for each in log if "urn:goftogu:verdicts" in each)
    again = Recount(log, hearing.record_id, hearing.tallies).report(
        record["urn:goftogu:verdicts"], day_of(house.clock.now())
    )

    assert closed is not None
    assert json.loads(closed.report) == again
    assert record["urn:goftogu:report"] == encode_digest(sha256(closed.report.encode()).digest())
    assert hearing.state is HearingState.CLOSED
    questions, promised = again["questions"], again["commitments"]
    assert (questions["asked"], questions["merged"], questions["waiting"]) == (7, 1, 1)
    assert questions["declined"] == {"excluded": 1, "security": 1}
    assert (questions["appealed"], questions["takenUp"]) == (2, 1)
    assert questions["answers"] == {"answered": 1, "partly": 1}
    assert questions["medianDays"] == 5
    assert promised["states"] == {"kept": 2, "not-started": 1}
    assert promised["contested"] == 1
    assert (promised["made"], promised["confirmed"], promised["overdue"]) == (3, 2, 1)
    assert again["people"] == {"byLot": 10, "came": 25}


def test_closing_is_refused_while_an_aim_is_open(house: House) -> None:
    hall = heard_hall(house)

    with pytest.raises(AimOpenError):
        submit(house, outcome(house, hall, VERDICTS[:1]))
    with house.db.write() as work, pytest.raises(AimOpenError):
        hearings.close_hearing(work, house.door, halls.hearing_of(house, hall), VERDICTS[:1])
    twice = [VERDICTS[0], VERDICTS[0], VERDICTS[1]]
    for wrong in (twice, [*VERDICTS, replace(VERDICTS[0], aim=3)]):
        with pytest.raises(IllegalChangeError):
            submit(house, outcome(house, hall, wrong))
    assert halls.hearing_of(house, hall).state is HearingState.CHOSEN


def test_other_report_than_the_one_that_follows_is_refused(house: House) -> None:
    hall = heard_hall(house)

    with pytest.raises(ReportDiffersError):
        submit(house, outcome(house, hall, VERDICTS, b"{}"))
    submit(house, outcome(house, hall, VERDICTS))
    with pytest.raises(IllegalChangeError):
        submit(house, outcome(house, hall, VERDICTS))


def test_hearing_closes_once_its_questions_are_chosen_and_by_the_host_alone(house: House) -> None:
    hall = halls.open_hall(house, TWO_AIMS)
    with pytest.raises(IllegalChangeError):
        submit(house, outcome(house, hall, VERDICTS))
    members = codec.outcome_members(halls.hearing_of(house, hall), VERDICTS, b"\0" * 32)
    day = day_of(house.clock.now())
    for key, error in ((hall.official.key, WrongSignerError),):
        with pytest.raises(error):
            submit(house, sign_record(key, "Update", members, nonce=factories.nonce(), day=day))
    elsewhere = {**members, "object": factories.id_of(hall.opening)}
    with pytest.raises(NoHearingError):
        submit(
            house,
            sign_record(
                house.keys["instance"], "Update", elsewhere, nonce=factories.nonce(), day=day
            ),
        )


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
def test_steward_closes_a_hearing_and_everybody_reads_the_report(
    house: House, client: TestClient, language: str
) -> None:
    hall = heard_hall(house)
    visitor, path = Visitor(client, language), f"/t/{hall.thread}/hearing/report"
    assert visitor.get(path).status_code == 200
    visitor.join("Mina")
    assert visitor.get(f"/t/{hall.thread}/hearing/close").status_code == 403
    appoint(house, visitor.client.cookies["s"])
    form = visitor.open_form(f"/t/{hall.thread}/hearing/close")

    refused = visitor.send(form, verdict_1="met", why_1="Nine of ten.")

    assert refused.status_code == 400
    again = find_form(refused, visitor.address(f"/t/{hall.thread}/hearing/close"))
    assert again.fields["why_1"] == "Nine of ten."
    done = visitor.send(again, verdict_1="met", verdict_2="unknown", why_2="Nobody looked.")
    assert done.status_code == 303, done.text
    visitor.log_out()
    page = visitor.get(path).text
    assert "Nine of ten." in page
    with house.db.read() as work:
        closed = store.find_outcome(work, hall.thread)
    assert closed is not None
    assert client.get(f"/hearings/{hall.thread}/report.json").text == closed.report
    assert encode_digest(sha256(closed.report.encode()).digest()) in page


def test_report_before_the_close_says_that_it_is_not_final(
    house: House, client: TestClient
) -> None:
    hall = heard_hall(house)

    page = Visitor(client).get(f"/t/{hall.thread}/hearing/report").text

    assert "not closed yet" in page
    assert client.get(f"/hearings/{hall.thread}/report.json").status_code == 404
    assert require_post(house, hall.opening).thread == hall.thread
