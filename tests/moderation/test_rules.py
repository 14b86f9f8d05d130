"""What moderation decides from values alone."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from app.kernel.clock import DAY_S, Instant, day_of
from app.moderation import rules
from app.moderation.errors import (
    AppealedError,
    AppealLateError,
    CaseTakenError,
    LeaseEndedError,
    NoDeskError,
    NotAllowedError,
    OwnMatterError,
    QuotedTextError,
    ReasonsMissingError,
    SecondNeededError,
    TooManyActionsError,
)
from app.moderation.model import ActionKind, Appeal, CaseState, Ground, Lease, Role, Rule
from hypothesis import given
from hypothesis import strategies as st

from tests.moderation.samples import (
    BOARD,
    CASE,
    DAY,
    DESK,
    NOW,
    OTHER,
    STEWARD,
    reasons,
    session,
)

TEXT = "We know where your children go to school and we will be waiting there for them tomorrow."
# Every cell stands here: an act that is added is refused until somebody writes who may do it.
MAY = {
    Role.MODERATOR: "label hide quarantine lock slow move limit erase clear undo uphold attack-mode",
    Role.STEWARD: (
        "label hide quarantine lock slow move limit erase close-desk clear undo uphold attack-mode"
    ),
    Role.SPONSOR: "",
}


@pytest.mark.parametrize(("role", "kind"), list(product(Role, ActionKind)))
def test_role_reaches_exactly_its_acts(role: Role, kind: ActionKind) -> None:
    desk = replace(DESK, role=role)

    if kind.value in MAY[role].split():
        rules.require_role(desk, kind, BOARD, DAY)
    else:
        with pytest.raises(NotAllowedError):
            rules.require_role(desk, kind, BOARD, DAY)


@pytest.mark.parametrize("kind", list(ActionKind))
def test_moderator_reaches_no_other_board_and_steward_every_one(kind: ActionKind) -> None:
    rules.require_role(STEWARD, kind, OTHER, DAY)
    with pytest.raises(NotAllowedError):
        rules.require_role(DESK, kind, OTHER, DAY)


def test_what_is_on_no_board_can_only_be_a_limit() -> None:
    rules.require_role(DESK, ActionKind.LIMIT, "", DAY)
    with pytest.raises(NotAllowedError):
        rules.require_role(DESK, ActionKind.HIDE, "", DAY)


def test_desk_whose_term_is_over_does_nothing() -> None:
    rules.require_role(DESK, ActionKind.HIDE, BOARD, DESK.ends_on - timedelta(days=1))
    with pytest.raises(NoDeskError):
        rules.require_role(DESK, ActionKind.HIDE, BOARD, DESK.ends_on)


@pytest.mark.parametrize(("held", "granted"), list(product(Role, Role)))
def test_who_sponsors_holds_nothing_else(held: Role, granted: Role) -> None:
    if (held is Role.SPONSOR) == (granted is Role.SPONSOR):
        rules.require_roles_apart([held], granted)
    else:
        with pytest.raises(NotAllowedError):
            rules.require_roles_apart([held], granted)


@pytest.mark.parametrize(
    ("kind", "days", "needed"),
    [
        (ActionKind.ERASE, None, 2),
        (ActionKind.CLOSE_DESK, None, 2),
        (ActionKind.LIMIT, 7, 1),
        (ActionKind.LIMIT, 8, 2),
        (ActionKind.LIMIT, None, 2),
        (ActionKind.HIDE, None, 1),
        (ActionKind.QUARANTINE, None, 1),
    ],
)
def test_what_cannot_be_taken_back_needs_two(
    kind: ActionKind, days: int | None, needed: int
) -> None:
    until = None if days is None else DAY + timedelta(days=days)

    assert rules.needs_two(kind, reasons(until=until), DAY) == (needed == 2)


def test_second_desk_of_the_same_person_is_no_second() -> None:
    rules.require_second(DESK, session(STEWARD), NOW)
    with pytest.raises(SecondNeededError):
        rules.require_second(DESK, session(replace(STEWARD, person=DESK.person)), NOW)


def test_session_that_has_just_begun_seconds_nothing() -> None:
    rules.require_second(DESK, session(STEWARD, age_s=600), NOW)
    with pytest.raises(SecondNeededError):
        rules.require_second(DESK, session(STEWARD, age_s=599), NOW)


def test_good_reasons_are_taken() -> None:
    rules.require_reasons(reasons(), TEXT, DAY)
    rules.require_reasons(reasons(ground=Ground.LAW, rule=Rule.LAW, law="§ 241 StGB"), TEXT, DAY)


@pytest.mark.parametrize(
    "bad",
    [
        {"facts": " "},
        {"ground": Ground.LAW},
        {"law": "§ 241 StGB"},
        {"rule": Rule.LAW},
        {"until": DAY},
        {"until": DAY - timedelta(days=1)},
    ],
    ids=["no facts", "unnamed law", "law for a rule", "law as a rule", "ends today", "ended"],
)
def test_reasons_that_say_too_little_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ReasonsMissingError):
        rules.require_reasons(reasons(**bad), TEXT, DAY)


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ("It says: we know where your children go to school.", TEXT),
        ("WE KNOW where, your children; go to school", TEXT),
        ("کسی نوشته: می‌دانم خانه‌اش کجاست", "مي‌دانم خانه‌اش كجاست"),
        ("It calls him a dirty liar.", "a dirty liar"),
    ],
    ids=["eight words", "other case and signs", "other letters", "all of a short text"],
)
def test_facts_that_repeat_the_text_are_refused(facts: str, text: str) -> None:
    with pytest.raises(QuotedTextError):
        rules.require_reasons(reasons(facts=facts), text, DAY)


@pytest.mark.parametrize("text", ["", "No.", "Shame shame", TEXT])
def test_facts_in_ones_own_words_are_taken(text: str) -> None:
    rules.require_reasons(
        reasons(facts="It says no, shame, where children are in school"), text, DAY
    )


@given(st.lists(st.sampled_from("abcdef"), min_size=8, max_size=20), st.data())
def test_any_eight_words_in_a_row_are_seen(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 8))
    around = st.lists(st.sampled_from("xyz"), max_size=5)
    facts = [*data.draw(around), *words[start : start + 8], *data.draw(around)]

    assert rules.quotes(" ".join(facts), " ".join(words))


@given(st.lists(st.sampled_from("abcdef"), min_size=3), st.lists(st.sampled_from("uvwxyz")))
def test_words_of_ones_own_are_no_quotation(text: list[str], facts: list[str]) -> None:
    assert not rules.quotes(" ".join(facts), " ".join(text))


def test_case_is_decided_by_the_desk_that_holds_it() -> None:
    lease = Lease(case=CASE.id, desk=DESK.did, ends_at=Instant(NOW + 60))

    rules.require_lease(lease, DESK, NOW)
    with pytest.raises(CaseTakenError):
        rules.require_lease(lease, STEWARD, NOW)
    for ended in (None, replace(lease, ends_at=NOW)):
        with pytest.raises(LeaseEndedError):
            rules.require_lease(ended, DESK, NOW)


def test_nobody_decides_about_their_own() -> None:
    rules.require_not_own(DESK, [STEWARD.person])
    with pytest.raises(OwnMatterError):
        rules.require_not_own(DESK, [STEWARD.person, DESK.person])


def test_thirty_acts_an_hour_and_not_one_more() -> None:
    rules.require_pace(29, 1)
    with pytest.raises(TooManyActionsError):
        rules.require_pace(29, 2)


def test_one_appeal_for_each_act_within_thirty_days() -> None:
    acted_on = day_of(NOW)
    earlier = Appeal(action=b"a", text="", opened_at=NOW, due_at=NOW, outcome=None, answer="")

    rules.require_appealable(acted_on, None, Instant(NOW + 30 * DAY_S))
    with pytest.raises(AppealLateError):
        rules.require_appealable(acted_on, None, Instant(NOW + 31 * DAY_S))
    with pytest.raises(AppealedError):
        rules.require_appealable(acted_on, earlier, NOW)


def test_report_on_what_was_decided_wakes_nobody_until_it_is_revised() -> None:
    decided = replace(CASE, state=CaseState.DECIDED)

    assert rules.takes_more(CASE, b"another version")
    assert rules.takes_more(decided, decided.version)
    assert not rules.takes_more(decided, b"another version")


def test_danger_is_never_below_what_is_none() -> None:
    dangerous = replace(CASE, is_dangerous=True, weight=0)
    heavy = replace(CASE, weight=99_999)

    assert rules.rank_of(dangerous) < rules.rank_of(heavy) < rules.rank_of(CASE)
