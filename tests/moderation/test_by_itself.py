"""What hides by itself, what never does, and what ends without anybody (ADR-0043)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from app import forum, records, worker
from app.kernel.clock import DAY_S, HOUR_S, Instant, day_of
from app.kernel.errors import ReadOnlyError
from app.moderation import service, store
from app.moderation.jobs import Watch
from app.moderation.model import (
    Action,
    ActionKind,
    Case,
    CaseState,
    Matter,
    Proposal,
    Rule,
    Scope,
    Source,
    Subject,
    SubjectKind,
)
from app.moderation.service import by_itself
from app.wiring import House

from tests import factories
from tests.houses import advance, crash_after, invite, publish, read_rows, require_post
from tests.moderation import crowds
from tests.moderation.desks import act, decision, post_subject, report, seat
from tests.moderation.samples import REASONS

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
HONEST = [factories.person(f"Honest {number}") for number in range(12)]
STRANGERS = [factories.person(f"Stranger {number}") for number in range(12)]
THREAT = factories.note(AVA, title="You", text="I know where your children go to school.")
FINE = factories.note(AVA, title="Water", text="Where does it go?")
SAID = ("It says where they live.", "My daughter is meant by this!", "", "A threat, clearly")


@pytest.fixture
def told(house: House) -> House:
    """Return a house whose honest people have been here for long and were invited."""
    publish(house, factories.card(AVA), factories.card(BABAK), *map(factories.card, STRANGERS))
    invite(house, *HONEST)
    publish(house, THREAT, FINE)
    advance(house, 90 * DAY_S)
    return house


@pytest.fixture
def watch(told: House) -> Watch:
    return Watch(told.db, told.door, told.marks_key)


def report_each(
    house: House, people: Sequence[factories.Person], raw: bytes = THREAT, rule: Rule = Rule.THREAT
) -> Case:
    """Report a post as people who say it in words of their own, or in none."""
    return [
        report(house, raw, person, rule, SAID[number % 4] if number < 4 else "")
        for number, person in enumerate(people)
    ][-1]


def is_hidden(house: House, raw: bytes = THREAT) -> bool:
    return require_post(house, raw).is_hidden


def actions_on(house: House, raw: bytes = THREAT) -> list[Action]:
    with house.db.read() as work:
        return store.list_actions_on(work, post_subject(raw))


@pytest.mark.slow
def test_four_who_are_independent_hide_a_post_with_reasons_in_the_log(
    told: House, watch: Watch
) -> None:
    case = report_each(told, HONEST[:4])

    worker.look_after(told, watch)

    assert is_hidden(told)
    (action,) = actions_on(told)
    assert (action.desk, action.rule, action.kind) == (
        told.door.instance_did, Rule.THREAT, ActionKind.HIDE,
    )  # fmt: skip
    with told.db.read() as work:
        kept = records.find_record(work, action.digest)
        found = store.find_case(work, case.id)
    assert kept is not None
    assert kept.raw is not None
    reasons = factories.decode(kept.raw)["urn:goftogu:reasons"]
    assert (reasons["automatic"], reasons["source"]) == (True, Source.AUTOMATIC.value)
    assert found is not None
    assert found.state is CaseState.OPEN


@pytest.mark.slow
def test_hiding_that_failed_is_tried_again_without_another_report(
    told: House, watch: Watch
) -> None:
    report_each(told, HONEST[:4])
    (hide,) = (part for part in watch.list_due())
    told.db.is_read_only = True
    with pytest.raises(ReadOnlyError):
        hide()
    told.db.is_read_only = False

    worker.look_after(told, watch)

    assert is_hidden(told)


@pytest.mark.slow
@pytest.mark.parametrize(
    "report_somehow",
    [
        lambda house: report_each(house, HONEST[:3]),
        lambda house: report_each(house, STRANGERS[:8]),
        lambda house: report_each(house, [*HONEST[:3], *STRANGERS[:8]]),
        lambda house: [
            report(house, THREAT, person, rule)
            for person, rule in zip(HONEST, [*[Rule.THREAT] * 3, *[Rule.SPAM] * 3], strict=False)
        ],
        lambda house: report_each(house, HONEST[:6], rule=Rule.LAW),
        lambda house: [report(house, THREAT, p, Rule.THREAT, crowds.CALL) for p in HONEST],
    ],
    ids=["three", "nobody answers for", "three and strangers", "two rules", "a law", "one crowd"],
)
def test_fewer_than_four_independent_people_hide_nothing(
    told: House, watch: Watch, report_somehow: Callable[[House], object]
) -> None:
    report_somehow(told)

    worker.look_after(told, watch)

    assert not is_hidden(told)


@pytest.mark.slow
def test_legal_notices_hide_nothing(told: House, watch: Watch) -> None:
    case = report_each(told, HONEST[:3])
    with told.db.write() as work:
        for number in range(9):
            found = store.find_case(work, case.id)
            assert found is not None
            matter = matter_of(found)
            word = bytes([number]) * 32
            service.report(work, matter, Rule.THREAT, "", mark=word, is_notice=True)

    worker.look_after(told, watch)

    assert not is_hidden(told)


def matter_of(case: Case) -> Matter:
    return Matter(subject=case.subject, board=case.board, version=case.version)


@pytest.mark.slow
def test_post_is_back_after_a_day_unless_a_desk_decided(told: House, watch: Watch) -> None:
    report_each(told, HONEST[:4])
    worker.look_after(told, watch)
    advance(told, DAY_S - 2 * HOUR_S)
    worker.look_after(told, watch)
    assert is_hidden(told)

    advance(told, 2 * HOUR_S)
    worker.look_after(told, watch)

    assert not is_hidden(told)
    (hidden, undone) = sorted(actions_on(told), key=lambda action: action.kind)
    assert (hidden.undoing, undone.kind) == (undone.digest, ActionKind.UNDO)
    with told.db.read() as work:
        assert records.get_public_bytes(work, factories.digest_of(THREAT)) == THREAT


@pytest.mark.slow
def test_same_four_hide_a_post_once_and_four_others_once_more(told: House, watch: Watch) -> None:
    report_each(told, HONEST[:4])
    worker.look_after(told, watch)
    advance(told, DAY_S + HOUR_S)
    worker.look_after(told, watch)
    report_each(told, HONEST[4:7])

    worker.look_after(told, watch)
    assert not is_hidden(told)
    report(told, THREAT, HONEST[7], Rule.THREAT)
    worker.look_after(told, watch)

    assert is_hidden(told)


@pytest.mark.slow
def test_eight_within_a_day_hide_it_once_in_that_day(told: House, watch: Watch) -> None:
    report_each(told, HONEST[:4])
    worker.look_after(told, watch)
    (hidden,) = actions_on(told)
    with told.db.write() as work:
        service.end(work, told.door, hidden.digest)
    advance(told, HOUR_S)
    report_each(told, HONEST[4:8])

    worker.look_after(told, watch)

    assert not is_hidden(told)


@pytest.mark.slow
def test_what_a_desk_decides_takes_the_place_of_what_hid_by_itself(
    told: House, watch: Watch
) -> None:
    report_each(told, HONEST[:4])
    worker.look_after(told, watch)
    desk = seat(told, BABAK)
    kept = act(told, desk, THREAT, ActionKind.HIDE)
    assert isinstance(kept, Action)
    advance(told, 3 * DAY_S)

    worker.look_after(told, watch)

    assert is_hidden(told)
    assert require_post(told, THREAT).act == kept.digest
    assert [a.kind for a in actions_on(told)] == [ActionKind.HIDE, ActionKind.HIDE]


@pytest.mark.slow
def test_desk_that_finds_nothing_wrong_gives_it_back_at_once_and_for_good(
    told: House, watch: Watch
) -> None:
    report_each(told, HONEST[:4])
    worker.look_after(told, watch)

    act(told, seat(told, BABAK), THREAT, ActionKind.CLEAR)

    assert not is_hidden(told)
    advance(told, 3 * DAY_S)
    report_each(told, HONEST[4:10])
    worker.look_after(told, watch)
    assert not is_hidden(told)


@pytest.mark.slow
def test_nothing_hides_by_itself_in_attack_mode(told: House, watch: Watch) -> None:
    board = Subject(kind=SubjectKind.BOARD, name=factories.SQUARE.did)
    steward = seat(told, BABAK)
    with told.db.write() as work:
        tomorrow = day_of(Instant(work.now + DAY_S))
        wanted = decision(
            ActionKind.ATTACK_MODE, replace(REASONS, scope=Scope.BOARD, until=tomorrow)
        )
        service.act_on(work, told.door, steward.at(told), board, wanted)
    report_each(told, HONEST[:4])

    worker.look_after(told, watch)

    assert not is_hidden(told)


@pytest.mark.slow
def test_board_hides_so_many_posts_a_day_by_itself_and_no_more(
    told: House, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_itself, "HIDDEN_A_DAY", 1)
    report_each(told, HONEST[:4])
    report_each(told, HONEST[4:8], FINE)

    worker.look_after(told, watch)

    assert [is_hidden(told, THREAT), is_hidden(told, FINE)].count(True) == 1


@pytest.mark.slow
def test_post_that_changed_since_it_was_reported_stays(told: House, watch: Watch) -> None:
    report_each(told, HONEST[:4])
    publish(told, factories.update(AVA, THREAT, text="I take it back."))
    worker.look_after(told, watch)

    assert not is_hidden(told)


def test_what_said_until_when_it_holds_is_over_then(told: House, watch: Watch) -> None:
    until = day_of(told.clock.now()) + timedelta(days=2)
    hidden = act(told, seat(told, BABAK), THREAT, ActionKind.HIDE, until=until)
    assert isinstance(hidden, Action)
    worker.look_after(told, watch)
    assert is_hidden(told)
    advance(told, 2 * DAY_S)

    worker.look_after(told, watch)

    assert not is_hidden(told)
    undone, action = actions_on(told)
    assert (action.undoing, undone.kind) == (undone.digest, ActionKind.UNDO)
    assert undone.desk == told.door.instance_did
    with told.db.read() as work:
        assert forum.get_words(work, require_post(told, THREAT)).markdown.startswith("I know")


def test_killed_before_its_end_is_done_whole_by_the_next(told: House, watch: Watch) -> None:
    until = day_of(told.clock.now()) + timedelta(days=1)
    hidden = act(told, seat(told, BABAK), THREAT, ActionKind.HIDE, until=until)
    assert isinstance(hidden, Action)
    advance(told, DAY_S)

    crash_after(told, lambda work: service.end(work, told.door, hidden.digest))
    assert is_hidden(told)
    worker.look_after(told, watch)

    assert not is_hidden(told)


@pytest.mark.usefixtures("looks_apart")
@pytest.mark.slow
def test_two_workers_hide_once_and_give_back_once(told: House, watch: Watch) -> None:
    other = Watch(told.db, told.door, told.marks_key)
    report_each(told, HONEST[:4])
    # Both have looked before either acts.
    first, second = list(watch.list_due()), list(other.list_due())
    for due in (*first, *second):
        due()
    assert len(actions_on(told)) == 1
    advance(told, DAY_S)
    first, second = list(watch.list_due()), list(other.list_due())

    for due in (*first, *second):
        due()

    assert [action.kind for action in actions_on(told)].count(ActionKind.UNDO) == 1
    assert not is_hidden(told)


@pytest.mark.slow
def test_clock_that_goes_back_keeps_it_hidden_no_longer_than_its_time(
    told: House, watch: Watch
) -> None:
    report_each(told, HONEST[:4])
    worker.look_after(told, watch)
    advance(told, -7 * DAY_S)
    worker.look_after(told, watch)
    assert is_hidden(told)
    advance(told, 8 * DAY_S)

    worker.look_after(told, watch)

    assert not is_hidden(told)


@pytest.mark.slow
def test_one_act_that_fails_keeps_no_other_from_being_done(
    told: House, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    """The words of the first are in the facts that would hide it: that is refused, and told."""
    quoted = factories.note(AVA, title="X", text="Four independent groups of readers")
    publish(told, quoted)
    report_each(told, HONEST[4:8], quoted)
    report_each(told, HONEST[:4])

    worker.look_after(told, watch)

    assert is_hidden(told, THREAT)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["\0" * 200, "\u202e\ud7ff" * 99, "۱" * 2000, "<script>" * 50])
def test_words_of_any_kind_stop_nothing_and_reach_no_log(
    told: House, watch: Watch, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    for person in (*HONEST[4:7], *STRANGERS):
        report(told, FINE, person, Rule.SPAM, text)
    report_each(told, HONEST[:4])

    worker.look_after(told, watch)

    assert is_hidden(told, THREAT)
    assert not is_hidden(told, FINE)
    assert text not in caplog.text


def test_sessions_leases_and_proposals_leave_the_database_when_they_end(told: House) -> None:
    desk = seat(told, BABAK)
    case = report(told, FINE, STRANGERS[0])
    with told.db.write() as work:
        service.open_desk_session(work, desk.key)
        assert service.claim(work, desk.desk) is not None
    assert isinstance(act(told, desk, THREAT, ActionKind.ERASE), Proposal)
    tables = {"desk_session", "case_lease", "proposal"}
    worker.step(told, 0)
    assert tables <= {table for table, _row in read_rows(told)}
    advance(told, 4 * DAY_S)

    worker.step(told, 0)

    assert not tables & {table for table, _row in read_rows(told)}
    with told.db.read() as work:
        assert store.find_case(work, case.id) is not None
