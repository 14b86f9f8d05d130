"""Readers report without scripts, hear what became of it, and can take it back while it waits."""

from re import findall

import pytest
from app import identity
from app.crypto.multikey import fingerprint
from app.identity.rules import IDLE_S
from app.kernel.clock import DAY_S, HOUR_S, FixedClock
from app.moderation import service, store
from app.moderation.forms.reporting import MOST_REPORT_CHARACTERS
from app.moderation.model import ActionKind, Case, CaseState, Report, Rule, SubjectKind
from app.moderation.pages.reporting import RULE_HELP
from app.moderation.routes.reporting import REPORTS_OF_PERSONA
from app.web.error_pages import sentences_of
from app.web.rules import rule_name
from app.wiring import House
from httpx import Response
from markupsafe import escape
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import CODES, LANGUAGES
from tests.houses import publish, read_rows, release
from tests.moderation.desks import act, digest_of, report, seat
from tests.visitor import Visitor, find_form

BABAK, CYRA, DARA = (factories.person(name) for name in ("Babak", "Cyra", "Dara"))
POST = factories.note(BABAK, title="Water", text="I know where your children go to school.")
DIGEST = factories.digest_of(POST).hex()
HERE = f"/p/{DIGEST}/report"
WORDS = 'It names a school, <b>"twice"</b>.\n\nو نام کوچه را هم'


@pytest.fixture
def ava(house: House, client: TestClient) -> Visitor:
    """A reader who is logged in, before a post of another's."""
    publish(house, *(factories.card(person) for person in (BABAK, CYRA, DARA)), POST)
    visitor = Visitor(client)
    visitor.join("Ava")
    return visitor


def send(visitor: Visitor, path: str = HERE, **typed: str) -> Response:
    typed = {"rule": "threat", "report": WORDS, **typed}
    return visitor.send(visitor.open_form(path), do="send", **typed)


def cases(house: House) -> list[Case]:
    with house.db.read() as work:
        return store.list_open(work, boards=None, rule=None, offset=0, limit=1000)


def reports_of(house: House, case: Case) -> list[Report]:
    with house.db.read() as work:
        return store.list_reports(work, case.id)


def mark_of(house: House, visitor: Visitor) -> bytes:
    with house.db.read() as work:
        viewer = identity.find_viewer(work, visitor.client.cookies["s"])
    assert viewer is not None
    return service.mark_of(house.marks_key, viewer.root)


@pytest.mark.parametrize("language", CODES)
def test_report_becomes_a_case_and_is_found_again_by_its_mark(
    house: House, ava: Visitor, language: str
) -> None:
    ava.language = language

    answer = send(ava)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/{language}/reports")
    (case,) = cases(house)
    (kept,) = reports_of(house, case)
    assert (case.subject.name, case.is_dangerous, case.weight) == (DIGEST, True, 1)
    assert (kept.rule, kept.text, kept.mark) == (Rule.THREAT, WORDS, mark_of(house, ava))
    page = ava.get("/reports")
    assert f'<html lang="{language}"' in page.text
    assert page.text.count("<li><h3>") == 1
    assert "Water" in page.text
    assert find_form(page, f"/{language}/reports").fields["case"] == case.id


@pytest.mark.parametrize("language", CODES)
def test_form_names_every_rule_those_of_danger_first(ava: Visitor, language: str) -> None:
    ava.language = language

    page = ava.get(HERE)

    assert findall(r'name="rule" value="([a-z-]+)"', page.text) == [rule.value for rule in Rule]
    spoken = LANGUAGES[language]
    assert all(str(escape(spoken.gettext(line))) in page.text for line in RULE_HELP.values())
    assert rule_name(spoken.gettext, "hate")[1:] in page.text


def test_threads_and_personas_are_reported_as_what_they_are(house: House, ava: Visitor) -> None:
    mark = fingerprint(BABAK.seed.root_key().public).replace(" ", "")
    for path in (f"/t/{DIGEST[:20]}", f"/persona/{mark}"):
        assert f'href="/en{path}/report"' in ava.get(path).text
        assert send(ava, f"{path}/report", rule="hate").status_code == 303

    found = {case.subject.kind: case for case in cases(house)}
    thread, persona = found[SubjectKind.THREAD], found[SubjectKind.PERSONA]
    assert (thread.subject.name, thread.board) == (DIGEST[:20], factories.SQUARE.did)
    assert thread.version.hex() == DIGEST
    assert (persona.subject.name, persona.board) == (BABAK.root, "")
    with house.db.read() as work:
        assert persona.version == identity.get_persona(work, mark).card_digest
    lines = ava.get("/reports").text
    assert "Babak" in lines
    assert f'href="/en/t/{DIGEST[:20]}"' in lines


def test_author_is_offered_everything_but_a_report(house: House, ava: Visitor) -> None:
    own = ava.open_thread("Bread", "Where is it good?")
    release(house)
    ava.log_in("Ava")

    assert f'href="/en{HERE}"' in ava.get(f"/p/{DIGEST}").text
    page = ava.get(f"/p/{own}").text
    assert "/revise" in page
    assert f"/p/{own}/report" not in page


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"rule": "made-up"}, "Choose the rule that it breaks."),
        ({"rule": ""}, "Choose the rule that it breaks."),
        ({"report": "x" * (MOST_REPORT_CHARACTERS + 1)}, "It has %(has)s characters, and %(most)s at most are read. Shorten it."),
        ({"report": "turned \u202e around"}, "The text has characters that turn the direction of lines or are not shown. Type those words anew, without pasting."),
    ],
    ids=["unknown rule", "no rule", "too long", "turned"],
)  # fmt: skip
def test_what_is_wrong_is_said_and_the_words_are_kept(
    house: House, ava: Visitor, language: str, typed: dict[str, str], sentence: str
) -> None:
    ava.language, spoken = language, LANGUAGES[language]

    answer = send(ava, **typed)

    numbers = {"has": spoken.number(1001), "most": spoken.number(1000)}
    told = spoken.gettext(sentence)
    assert answer.status_code == 400
    assert (told % numbers if "%(" in told else told) in answer.text
    assert find_form(answer, f"/{language}{HERE}").fields["report"] == typed.get("report", WORDS)
    assert cases(house) == []


def test_longest_report_is_taken(house: House, ava: Visitor) -> None:
    assert send(ava, report="ب" * MOST_REPORT_CHARACTERS).status_code == 303
    assert len(reports_of(house, cases(house)[0])[0].text) == MOST_REPORT_CHARACTERS


@pytest.mark.parametrize("language", CODES)
def test_second_report_of_one_persona_is_refused_and_its_words_are_kept(
    house: House, ava: Visitor, language: str
) -> None:
    ava.language = language
    form = ava.open_form(HERE)
    send(ava, report="first")

    answer = ava.send(form, do="send", rule="spam", report=WORDS)

    assert answer.status_code == 409
    assert LANGUAGES[language].gettext(sentences_of("reported", 409).title) in answer.text
    assert "It names a school" in answer.text
    assert [kept.text for kept in reports_of(house, cases(house)[0])] == ["first"]


@pytest.mark.parametrize("language", CODES)
def test_who_reported_it_is_told_so_before_they_type(ava: Visitor, language: str) -> None:
    ava.language = language
    said = LANGUAGES[language].gettext("You have reported this already")
    assert said not in ava.get(HERE).text
    send(ava)

    page = ava.get(HERE).text

    assert said in page
    assert 'name="rule"' not in page
    assert f'href="/{language}/reports"' in page.partition("<main")[2]


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("is_erased", [False, True])
def test_what_is_gone_cannot_be_reported_and_the_words_are_kept(
    house: House, ava: Visitor, language: str, *, is_erased: bool
) -> None:
    ava.language = language
    form = ava.open_form(HERE)
    if is_erased:
        publish(house, factories.erasure(BABAK, POST))
    else:
        act(house, seat(house, CYRA), POST, ActionKind.HIDE)
    ava.log_in("Ava")
    form.fields["token"] = ava.open_form("/settings").fields["token"]

    answer = ava.send(form, do="send", rule="threat", report=WORDS)

    code, status = ("gone", 410) if is_erased else ("taken-already", 409)
    assert answer.status_code == status
    assert LANGUAGES[language].gettext(sentences_of(code, status).title) in answer.text
    assert "It names a school" in answer.text
    assert ava.get(HERE).status_code == status
    assert cases(house) == []


@pytest.mark.parametrize(
    "path", ["/p/00/report", f"/p/{'0' * 64}/report", "/t/none/report", "/persona/none/report"]
)
def test_nothing_is_reported_that_is_not_here(ava: Visitor, path: str) -> None:
    assert ava.get(path).status_code in {400, 404}
    assert ava.post(f"/en{path}", ava.open_form(HERE).fields).status_code in {400, 404}


def test_waiting_post_is_nothing_that_others_could_report(house: House, ava: Visitor) -> None:
    waiting = factories.note(BABAK, title="Later")
    with house.db.write() as work:
        house.door.submit(work, waiting)

    assert ava.get(f"/p/{factories.digest_of(waiting).hex()}/report").status_code == 404


def test_nobody_without_a_name_is_shown_the_way_to_a_legal_notice(ava: Visitor) -> None:
    ava.client.cookies.clear()

    page = ava.get(HERE)

    assert page.status_code == 200
    assert 'name="rule"' not in page.text
    assert f"/en/login?next=/en/p/{DIGEST}/report" in page.text
    assert f"/en/legal-notice?place=/p/{DIGEST}" in page.text


def test_words_survive_a_log_in_and_are_kept_nowhere(
    house: House, ava: Visitor, clock: FixedClock
) -> None:
    """A draft would stand beside its author: the words go along in pages alone."""
    form = ava.open_form(HERE)
    clock.advance(IDLE_S + HOUR_S)
    refused = ava.send(form, do="send", rule="threat", report=WORDS)
    assert refused.status_code == 403
    shown = ava.send(find_form(refused, "/en/login/again"))
    login = find_form(shown, "/en/login")
    missed = ava.send(login, name="Ava", passphrase="another passphrase")
    found = ava.send(find_form(missed, "/en/login"), name="Ava", passphrase="four unrelated words")  # fmt: skip
    assert found.status_code == 200
    before = read_rows(house)
    filled = ava.send(find_form(found, f"/en{HERE}"), do="look")
    again = find_form(filled, f"/en{HERE}")

    assert filled.status_code == 200
    assert again.fields["report"] == WORDS
    assert (again.fields["rule"], 'role="alert"' in filled.text) == ("threat", False)
    assert "It names a school" not in repr(before)
    assert ava.send(again, do="send").status_code == 303
    assert reports_of(house, cases(house)[0])[0].text == WORDS


def test_report_is_taken_back_while_it_waits(house: House, ava: Visitor) -> None:
    report(house, POST, CYRA, Rule.SPAM)
    send(ava, rule="minors")
    assert cases(house)[0].is_dangerous

    answer = ava.send(ava.open_form("/reports"))

    assert answer.status_code == 303
    (case,) = cases(house)
    assert (case.report_count, case.weight, case.is_dangerous) == (1, 1, False)
    assert "Water" not in ava.get("/reports").text
    assert "It names a school" not in repr(read_rows(house))


def test_case_whose_reports_were_all_taken_back_is_given_to_no_desk(
    house: House, ava: Visitor
) -> None:
    send(ava)
    ava.send(ava.open_form("/reports"))
    desk = seat(house, CYRA).desk

    with house.db.write() as work:
        assert service.claim(work, desk) is None
        assert store.count_open(work, boards=None) == 0
    send(ava, rule="spam")
    with house.db.write() as work:
        assert service.claim(work, desk) is not None


def test_nobody_takes_back_anothers_report_or_one_that_was_decided(
    house: House, ava: Visitor
) -> None:
    case = report(house, POST, CYRA)
    fields = {"token": ava.open_form("/settings").fields["token"], "case": case.id}
    assert ava.post("/en/reports", fields).status_code == 303
    assert cases(house)[0].report_count == 1

    send(ava)
    form = ava.open_form("/reports")
    act(house, seat(house, DARA), POST, ActionKind.HIDE)
    late = ava.send(form)

    assert late.status_code == 409
    assert len(reports_of(house, case)) == 2


def test_reporter_hears_what_was_done_and_where_the_reasons_are(house: House, ava: Visitor) -> None:
    send(ava)
    hidden = digest_of(act(house, seat(house, CYRA), POST, ActionKind.HIDE))

    page = ava.get("/reports").text

    assert "It was hidden from readers." in page
    assert f'href="/en/moderation/acts/{hidden}"' in page
    assert 'name="case"' not in page
    assert 'href="/en/reports"' in ava.get("/notices").text


def test_cleared_version_joins_later_reports_silently_and_a_revision_wakes_a_desk(
    house: House, ava: Visitor
) -> None:
    """E5, the reviewed-fine lock: a crowd cannot have one text looked at again and again."""
    case = report(house, POST, CYRA)
    cleared = digest_of(act(house, seat(house, DARA), POST, ActionKind.CLEAR))

    send(ava)

    assert cases(house) == []
    with house.db.read() as work:
        joined = store.find_case(work, case.id)
    assert joined is not None
    assert (joined.state, joined.report_count, joined.is_dangerous) == (
        CaseState.DECIDED, 2, False,
    )  # fmt: skip
    page = ava.get("/reports").text
    assert "A desk looked at it and found nothing to do." in page
    assert f'/moderation/acts/{cleared}"' in page

    publish(house, factories.update(BABAK, POST, text="I know where you live, too."))
    ava.log_in("Ava")
    assert send(ava).status_code == 303
    (woken,) = cases(house)
    assert (woken.id != case.id, woken.report_count, woken.is_dangerous) == (True, 1, True)


def test_persona_reports_thirty_times_a_day_and_what_was_refused_is_not_counted(
    house: House, ava: Visitor, clock: FixedClock
) -> None:
    notes = [factories.note(BABAK, title=f"Note {n}") for n in range(REPORTS_OF_PERSONA.most)]
    publish(house, *notes)
    ava.log_in("Ava")
    paths = [f"/p/{factories.digest_of(note).hex()}/report" for note in notes]
    token = ava.open_form(HERE).fields["token"]
    sent = {"token": token, "do": "send", "rule": "spam", "report": WORDS}
    for number, path in enumerate(paths):
        if number % 10 == 0:
            token = ava.open_form(HERE).fields["token"]
        assert ava.post(f"/en{path}", {**sent, "token": token}).status_code == 303
        assert number or ava.post(f"/en{path}", {**sent, "token": token}).status_code == 409

    refused = send(ava)
    assert refused.status_code == 429
    assert "thirty times a day" in refused.text
    assert "It names a school" in refused.text
    assert 0 < int(refused.headers["retry-after"]) <= DAY_S
    clock.advance(DAY_S)
    ava.log_in("Ava")
    assert send(ava).status_code == 303


def test_page_cache_keeps_no_page_of_a_report(house: House, ava: Visitor) -> None:
    send(ava)
    for path in (HERE, "/reports", "/legal-notice", "/legal-notice/outcome"):
        page = ava.get(path)
        assert page.headers["cache-control"] == "no-store"
        assert "cdn-cache-control" not in page.headers
        ava.client.cookies.clear()
        ava.get(path)
        assert "cdn-cache-control" not in ava.get(path).headers
        ava.log_in("Ava")


@pytest.mark.slow
def test_two_hundred_reports_on_fourteen_posts_are_fourteen_cases(house: House) -> None:
    people = [factories.person(f"Colluder {n}") for n in range(143)]
    notes = [factories.note(BABAK, title=f"Note {n}") for n in range(14)]
    publish(house, factories.card(BABAK), *notes)
    sent = [(notes[n % 14], people[n % 143]) for n in range(200)]
    for note, who in sent:
        report(house, note, who)

    found = cases(house)

    assert (len(found), sum(case.report_count for case in found)) == (14, 200)
