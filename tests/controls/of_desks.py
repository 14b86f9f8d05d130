"""Controls of desks by their pages: who works there, what they see, what they may not do twice."""

from tests.controls.control import Control

_COMMON = "app/moderation/routes/common.py"
_PAGES = "moderation/test_desk_pages.py::"
_REFUSALS = "moderation/test_desk_refusals.py::"
_SECONDS = "moderation/test_desk_seconds.py::"
_ELSEWHERE = "test_acts_of_other_boards_are_not_a_desks_to_undo"

# fmt: off
CONTROLS = (
    Control("desks on the staff's listener", "J7", "app/web/visit.py", '    if not listener.has_staff_pages:\n        raise NotFoundError("the staff', '    if False:\n        raise NotFoundError("the staff', "listeners/test_staff_pages.py::test_readers_listeners_have_no_desks"),
    Control("a desk's forms are no persona's", "F6", "app/web/visit.py", 'session_mark(f"desk {self.session_token}")', "session_mark(self.session_token)", "forms/test_envelopes.py::test_form_refuses_what_no_page_of_ours_sends"),
    Control("first words open a passphrase alone", "J1", _COMMON, "if session is None or not has_begun(work, session.desk):", "if session is None:", _PAGES + "test_first_words_lead_to_a_passphrase_and_nowhere_else"),
    Control("guesses at a desk", "I9", "app/moderation/routes/desk.py", 'count_attempt(visit, work, "desk", str(number))', "_ = count_attempt", _PAGES + "test_passphrases_are_not_guessed_without_end"),
    Control("cost of a guess at a desk", "E17", "app/moderation/service/desks.py", "COST: Final = StretchCost()", "COST: Final = StretchCost(memory_kib=64, passes=1)", "moderation/test_desks.py::test_desk_is_opened_at_the_full_cost_of_a_guess"),
    Control("unknown desks cost the same", "E16", "app/moderation/service/desks.py", "    stretched = stretch(passphrase, login.salt if login else _NOBODY, COST)\n", '    if login is None:\n        raise NoDeskError("no such desk and passphrase")\n    stretched = stretch(passphrase, login.salt, COST)\n', "moderation/test_desks.py::test_unknown_desks_cost_as_much_as_wrong_words"),
    Control("leaving ends a desk's session", "F6", "app/site/routes/general.py", "        moderation.leave_desk(work, desk)\n", "        _ = moderation\n", _PAGES + "test_leaving_by_either_way_ends_the_session"),
    Control("decided about what was shown", "J1", "app/moderation/routes/cases.py", 'if subject == case.subject and visit.fields["version"]:', "if False:", _REFUSALS + "test_text_that_was_revised_is_not_cleared_unseen"),
    Control("acts of other boards", "J1", "app/moderation/routes/undoing.py", " and own.covers(act.board)", "", _SECONDS + _ELSEWHERE),
    Control("proposals of other boards", "J1", "app/moderation/routes/seconding.py", "if not may_see(visit, session.desk, proposal):", "if False:", "moderation/test_matrix.py::test_every_route_answers_as_the_matrix_says"),
    Control("terms are ended by stewards", "J1", "app/moderation/service/deciding.py", '    rules.require_role(at.session.desk, ActionKind.CLOSE_DESK, "", day_of(work.now))\n', "", "moderation/test_matrix.py::test_every_route_answers_as_the_matrix_says"),
    Control("danger is in no bundle", "J1", "app/moderation/store/cases.py", "(CaseRow.state == CaseState.OPEN.value) & (CaseRow.rank > -DANGER)", "CaseRow.state == CaseState.OPEN.value", _SECONDS + "test_danger_is_never_decided_in_a_bundle"),
    Control("groups are decided as they were shown", "J1", "app/moderation/routes/grouped.py", 'replace(decision, version=parse_hex(version) if version else b"")', "decision", _SECONDS + "test_group_is_decided_about_the_texts_that_were_shown"),
    Control("desks act at any second", "availability", "app/moderation/service/acting.py", "Instant(work.minute - HOUR_S)", "Instant(work.now - HOUR_S)", "moderation/test_acting.py::test_acts_at_seconds_that_begin_no_minute_are_counted_and_seconded"),
)
# fmt: on
