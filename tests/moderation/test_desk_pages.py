"""A desk by its pages: coming, being given a case, deciding, and what the log says of it."""

from dataclasses import replace

import pytest
from app import forum, records
from app.kernel.clock import HOUR_S, MINUTE_S, day_of
from app.moderation import rules, store
from app.moderation.model import ActionKind, CaseState, Report, Rule
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import advance, publish, submit
from tests.moderation.desks import Seat, report
from tests.moderation.working import (
    AVA,
    CYRA,
    DARA,
    PASSPHRASE,
    POST,
    SPAM,
    Worker,
    title_of,
)
from tests.visitor import find_form

pytestmark = pytest.mark.slow

DIGEST = factories.digest_of(POST)


def state_of(house: House, case_id: str) -> CaseState:
    with house.db.read() as work:
        case = store.find_case(work, case_id)
    assert case is not None
    return case.state


def test_from_the_log_in_to_the_log(told: House, babak: Worker) -> None:
    case = report(told, POST, DARA, Rule.THREAT, "He means it.")

    page = babak.claim()
    assert title_of(page) == "Case: threats and violence"
    assert "He means it." in page.text
    assert "I know where your children go" in page.text.split("<details>")[1]
    done = babak.decide(page)

    assert done.headers["location"] == "/en/desk?done=decided", done.text
    assert state_of(told, case.id) is CaseState.DECIDED
    with told.db.read() as work:
        assert forum.get_post(work, DIGEST).is_hidden
        (action,) = store.list_actions_on(work, case.subject)
        record = records.find_record(work, action.digest)
    assert (action.kind, action.desk) == (ActionKind.HIDE, babak.seat.desk.did)
    assert record is not None
    assert record.raw is not None
    assert b"what would be done to a family" in record.raw
    publish(told, factories.note(AVA, title="Another", text="Bread."))
    with told.db.read() as work:
        assert records.find_place(work, action.digest) > 0


def test_first_words_open_a_desk_once(babak: Worker) -> None:
    words = " ".join(babak.seat.words.words())

    again = babak.log_in_at_desk(words)
    assert again.status_code == 403
    assert 'value="1"' in again.text
    assert babak.log_in_at_desk(PASSPHRASE).headers["location"] == "/en/desk"


def test_first_words_lead_to_a_passphrase_and_nowhere_else(
    told: House, browsers: list[TestClient], first: Seat
) -> None:
    worker = Worker(browsers[0], first)
    report(told, POST, DARA)
    words = "  ".join(first.words.words()).upper()
    assert worker.log_in_at_desk(words).headers["location"] == "/en/desk/begin"

    assert worker.get("/desk").headers["location"] == "/en/desk/begin"
    short = worker.send(worker.open_form("/desk/begin"), passphrase="short")
    assert (short.status_code, "at least 10 characters" in short.text) == (400, True)
    form = worker.open_form("/desk/begin")
    refused = worker.post("/en/desk/claim", form.fields)
    assert (refused.status_code, "Nobody works at a desk" in refused.text) == (403, True)


def test_who_read_the_first_words_too_is_out_once_a_passphrase_is_chosen(
    browsers: list[TestClient], first: Seat
) -> None:
    thief, holder = (Worker(browser, first) for browser in browsers[:2])
    thief.log_in_at_desk(" ".join(first.words.words()))
    assert thief.get("/desk").headers["location"] == "/en/desk/begin"

    holder.begin()

    assert thief.get("/desk").headers["location"] == "/en/desk/login"
    assert holder.get("/desk").status_code == 200


def test_session_that_is_found_open_changes_no_passphrase(babak: Worker, first: Seat) -> None:
    """Who sits down at somebody's browser for a moment does not keep the desk."""
    token = babak.open_form("/desk", "/desk/claim").fields["token"]

    taken = babak.post("/en/desk/begin", {"token": token, "passphrase": "another one altogether"})

    assert taken.headers["location"] == "/en/desk"
    babak.client.cookies.clear()
    assert babak.log_in_at_desk("another one altogether").status_code == 403
    assert babak.log_in_at_desk(PASSPHRASE).headers["location"] == "/en/desk"


def test_unknown_number_answers_like_a_wrong_passphrase(babak: Worker) -> None:
    form = babak.open_form("/desk/login")
    answers = [
        babak.send(form, number=number, passphrase="three unrelated words")
        for number in ("1", "77", "seven", "۱")
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text.count("No desk has this number") for answer in answers}) == 1


def test_passphrases_are_not_guessed_without_end(babak: Worker) -> None:
    form = babak.open_form("/desk/login")
    statuses = [
        babak.send(form, number="1", passphrase=f"guess {n}").status_code for n in range(10)
    ]

    # The first of ten was the log-in itself.
    assert statuses == [403] * 9 + [429]


def test_desks_session_is_no_personas_and_the_other_way(
    browsers: list[TestClient], first: Seat
) -> None:
    """The cookies have names of their own, and a form of the one is refused to the other."""
    worker = Worker(browsers[0], first)
    worker.join("Omid")
    assert worker.get("/desk").headers["location"] == "/en/desk/login"
    worker.begin()
    settings = worker.open_form("/settings")

    assert worker.post("/en/desk/claim", settings.fields).status_code == 403
    queue = find_form(worker.get("/desk"), "/en/desk/claim")
    assert worker.post("/en/settings", queue.fields).status_code == 403
    assert "Omid" not in worker.get("/desk").text
    worker.log_out()
    assert worker.get("/desk").status_code == 200


def test_leaving_by_either_way_ends_the_session(babak: Worker) -> None:
    cookie = babak.client.cookies["s-desk"]
    babak.send(babak.open_form("/desk", "/desk/logout"))
    assert "s-desk" not in babak.client.cookies
    babak.client.cookies.set("s-desk", cookie)
    assert babak.get("/desk").headers["location"] == "/en/desk/login"
    babak.client.cookies.clear()

    babak.log_in_at_desk(PASSPHRASE)
    cookie = babak.client.cookies["s-desk"]
    babak.client.get("/exit")
    assert "s-desk" not in babak.client.cookies
    babak.client.cookies.set("s-desk", cookie)
    assert babak.get("/desk").headers["location"] == "/en/desk/login"


def test_session_lasts_while_somebody_works(told: House, babak: Worker) -> None:
    for _ in range(4):
        advance(told, HOUR_S)
        assert babak.send(babak.open_form("/desk", "/desk/claim")).status_code == 303
    advance(told, 2 * HOUR_S + 20 * MINUTE_S)

    assert babak.get("/desk").headers["location"] == "/en/desk/login"


def test_queue_puts_danger_first_and_shows_no_words(told: House, babak: Worker) -> None:
    for who in (CYRA, DARA):
        report(told, SPAM, who, Rule.SPAM, "A shop again.")
    report(told, POST, DARA, Rule.MINORS, "About children.")
    text = babak.get("/desk").text
    listed = text.split('<ol class="items">')[1].split("</ol>")[0]

    assert listed.index("protecting children") < listed.index("spam")
    assert "2 open cases" in text
    assert "1 of danger" in text
    assert "<a" not in listed
    for words in ("carpets", "A shop again.", "About children.", "Ava"):
        assert words not in text
    assert "spam" not in babak.get("/desk?rule=minors").text.split('<ol class="items">')[1]
    assert "Nothing waits here." in babak.get("/desk?board=live&rule=hate").text


def test_queue_comes_in_pages_of_twenty(told: House, babak: Worker) -> None:
    raws = [factories.note(AVA, title=f"Shop {n}", text=f"Carpet {n}.") for n in range(23)]
    submit(told, *raws)
    for raw in raws:
        report(told, raw, DARA)

    assert babak.get("/desk").text.count("<h3>spam</h3>") == 20
    assert babak.get("/desk?page=2").text.count("<h3>spam</h3>") == 3
    assert "?page=2" in babak.get("/desk").text


def test_pages_that_are_read_write_nothing(told: House, babak: Worker) -> None:
    report(told, POST, DARA, Rule.THREAT)
    babak.claim()
    with told.db.engine.connect() as watch:
        before = watch.exec_driver_sql("PRAGMA data_version").scalar_one()
        for path in (
            "",
            "/case",
            "/grouped",
            "/proposals",
            "/acts",
            "/appeals",
            "/login",
        ):
            assert babak.get(f"/desk{path}").status_code == 200, path
        assert watch.exec_driver_sql("PRAGMA data_version").scalar_one() == before


def test_case_page_tells_all_but_who_reported(told: House, babak: Worker) -> None:
    answer = factories.note(CYRA, text="Leave them alone.", reply_to=POST)
    publish(told, answer)
    revised = factories.update(AVA, POST, text="I know where your children play and learn.")
    publish(told, revised)
    babak.log_in_at_desk(PASSPHRASE)
    report(told, POST, DARA, Rule.THREAT, "<b>Look</b> at this.")
    report(told, POST, CYRA, Rule.THREAT, "<b>Look</b> at this.")
    text = babak.claim().text

    assert "Leave them alone." in text
    assert "revised once" in text
    assert "&lt;b&gt;Look&lt;/b&gt; at this." in text
    assert "× 2" in text
    assert "It is yours for 30 more minutes." in text
    assert "Dara" not in text
    assert DARA.root not in text
    with told.db.read() as work:
        marks = [found.mark.hex() for found in store.list_reports(work, store.list_open(
            work, boards=None, rule=None, offset=0, limit=1)[0].id)]  # fmt: skip
    assert not any(mark in text for mark in marks)


def test_skipped_case_is_given_to_others_alone(told: House, babak: Worker, cyra: Worker) -> None:
    report(told, POST, DARA)
    babak.claim()
    assert babak.let_go("skip").headers["location"] == "/en/desk?done=skipped"

    answer = babak.send(babak.open_form("/desk", "/desk/claim"))
    assert answer.headers["location"] == "/en/desk?done=none"
    assert "Nothing waits that you can be given." in babak.get("/desk?done=none").text
    assert title_of(cyra.claim()) == "Case: spam"


def test_note_goes_along_when_a_case_is_handed_over(
    told: House, babak: Worker, cyra: Worker
) -> None:
    report(told, POST, DARA)
    babak.claim()
    babak.let_go("hand-over", note="Ask who\r\nknows the <school>.")

    text = cyra.claim().text
    assert "Ask who knows the &lt;school&gt;." in text
    assert "Notes of others" in text


def test_one_case_at_a_time(told: House, babak: Worker) -> None:
    report(told, POST, DARA)
    report(told, SPAM, DARA)
    first = babak.claim()
    again = babak.client.get(babak.claim_again().headers["location"])

    assert title_of(first) == title_of(again)
    ids = [find_form(page, "/en/desk/case/skip").fields["case"] for page in (first, again)]
    assert ids[0] == ids[1]


def test_exposure_is_counted_and_a_break_is_offered_and_never_forced(
    told: House, babak: Worker
) -> None:
    report(told, POST, DARA, Rule.THREAT)
    with told.db.write() as work:
        for _ in range(19):
            store.add_exposure(work, babak.seat.desk.did, day_of(work.now))
    babak.claim()
    babak.claim_again()
    with told.db.read() as work:
        assert store.count_exposure(work, babak.seat.desk.did, day_of(work.now)) == 20
    babak.let_go("skip")
    report(told, SPAM, DARA)

    offered = babak.send(babak.open_form("/desk", "/desk/claim"))
    assert (offered.status_code, title_of(offered)) == (200, "A break?")
    assert "You have opened 20 cases of danger today." in babak.get("/desk").text
    onward = babak.send(find_form(offered, "/en/desk/claim"))
    assert onward.headers["location"] == "/en/desk/case"


def test_case_without_danger_is_not_counted_as_exposure(told: House, babak: Worker) -> None:
    report(told, SPAM, DARA)
    babak.claim()
    with told.db.read() as work:
        assert store.count_exposure(work, babak.seat.desk.did, day_of(work.now)) == 0


def test_page_of_a_case_is_bounded_however_much_a_crowd_says(told: House, babak: Worker) -> None:
    case = report(told, POST, DARA, Rule.THREAT, "He means it.")
    with told.db.write() as work:
        for number in range(60):
            kept = Report(
                case=case.id, rule=Rule.SPAM, text=f"Words of their own, {number}.",
                mark=bytes([number]) * 32, reported_at=work.minute,
            )  # fmt: skip
            store.add_report(work, kept, is_notice=number == 59)
        store.change_case(work, replace(case, report_count=61))

    page = babak.claim().text

    assert page.count("Words of their own, ") + page.count("He means it.") == 50
    assert page.index("Words of their own, 59.") < page.index("Words of their own, 1")
    assert "11 more reports say something else." in page


def test_queue_shows_which_cases_are_at_a_desk_now(
    told: House, babak: Worker, cyra: Worker
) -> None:
    report(told, POST, DARA)
    report(told, SPAM, DARA)
    babak.claim()

    assert cyra.get("/desk").text.count("<li>at a desk</li>") == 1
    advance(told, rules.LEASE_S)
    assert "<li>at a desk</li>" not in cyra.get("/desk").text


def test_case_tells_what_was_done_beside_it_and_what_is_only_proposed(
    told: House, babak: Worker
) -> None:
    report(told, POST, DARA)
    babak.claim()
    beside = babak.decide(kind="lock")
    assert beside.headers["location"] == "/en/desk/case?done=beside"
    longer = babak.decide(kind="limit", days="30")
    assert longer.headers["location"] == "/en/desk/case?done=proposed-beside"

    page = babak.get("/desk/case?done=proposed-beside").text
    assert "It is proposed: another person has to agree." in page
    so_far = page.partition("So far")[2].partition("Like cases")[0]
    assert ("Lock a thread" in so_far, "Limit a persona" in so_far) == (True, False)
    with told.db.read() as work:
        (lock,) = store.list_actions_of(work, babak.seat.desk.did)
    assert f"/en/moderation/acts/{lock.digest.hex()}" in so_far, "its reasons are one step away"


def test_case_that_is_handed_over_without_a_note_is_let_go(told: House, babak: Worker) -> None:
    case = report(told, POST, DARA)
    babak.claim()
    gone = babak.let_go("hand-over", note=" \n ")

    assert gone.headers["location"] == "/en/desk?done=skipped"
    with told.db.read() as work:
        assert store.read_memo(work, case.id) == ""
        assert store.has_skipped(work, case.id, babak.seat.desk.did)


def test_crowd_that_says_much_does_not_bury_the_decision(told: House, babak: Worker) -> None:
    """What many say apart is all there, folded after the first twelve."""
    for number in range(15):
        report(told, POST, factories.person(f"Crowd {number}"), Rule.THREAT, f"Reason {number}.")
    page = babak.claim().text

    assert "3 more say something else" in page
    assert all(f"Reason {number}." in page for number in range(15))
    shown, _, folded = page.partition("3 more say something else")
    assert folded.partition("</details>")[0].count("Reason ") == 3
    assert shown.count("Reason ") == 12
