"""Controls of reports and legal notices: who reported, how often, and what they weigh."""

from tests.controls.control import Control

_REPORTING = "app/moderation/service/reporting.py"
_PAGES = "app/moderation/routes/reporting.py"
_LEGAL = "app/moderation/routes/legal.py"
_REPORTS, _NOTICES = "moderation/test_report_pages.py", "moderation/test_legal_notices.py"

# fmt: off
CONTROLS = (
    Control("marks take the folder's key", "J6", _REPORTING, 'hmac.digest(key, b"goftogu/v1/person\\0" + root.encode(), sha256)', "sha256(root.encode()).digest()", "attacks/test_who_reported.py::test_stolen_database_does_not_tell_who_reported"),
    Control("words of notices take the folder's key", "J6", _REPORTING, 'hmac.digest(key, b"goftogu/v1/notice\\0" + " ".join(words).encode(), sha256)', 'sha256(" ".join(words).encode()).digest()', "attacks/test_who_reported.py::test_stolen_database_does_not_tell_which_words_a_notice_has"),
    Control("reports are no drafts", "J6", "app/identity/routes/login.py", "if REPORT in words and viewer is not None:", "if False:", f"{_REPORTS}::test_words_survive_a_log_in_and_are_kept_nowhere"),
    Control("reports taken back leave the disk", "J6", _REPORTING, "    work.deleted.append(case_id)\n", "", "attacks/test_who_reported.py::test_words_of_a_report_that_was_taken_back_leave_the_database"),
    Control("one report of one persona", "nobody counts twice", _REPORTING, "    if store.holds_report(work, found.id, mark):\n        raise", "    if False:\n        raise", f"{_REPORTS}::test_second_report_of_one_persona_is_refused_and_its_words_are_kept"),
    Control("reviewed-fine lock", "a cleared revision joins later reports silently", "app/moderation/rules/__init__.py", "case.state is CaseState.OPEN or case.version == version", "case.state is CaseState.OPEN", f"{_REPORTS}::test_cleared_version_joins_later_reports_silently_and_a_revision_wakes_a_desk"),
    Control("reports of a day", "I5", _PAGES, "if not gate.take(REPORTS_OF_PERSONA, viewer.root, work.now):", "if False:", f"{_REPORTS}::test_persona_reports_thirty_times_a_day_and_what_was_refused_is_not_counted"),
    Control("notices weigh nothing", "a legal notice never hides anything by itself", _REPORTING, "weight=found.weight + (is_open and not is_notice)", "weight=found.weight + is_open", f"{_NOTICES}::test_many_notices_hide_nothing"),
    Control("notices of a sender", "I5", _LEGAL, "visit.count_for_sender(NOTICES_OF_SENDER)", "pass", f"{_NOTICES}::test_sender_and_all_senders_together_are_bounded"),
    Control("notices of all senders", "I5", _LEGAL, 'if not visit.site.gate.take(NOTICES, "", work.now):', "if False:", f"{_NOTICES}::test_sender_and_all_senders_together_are_bounded"),
    Control("guesses at words of notices", "I5", _LEGAL, "visit.count_for_sender(TRIES_OF_WORDS)", "pass", f"{_NOTICES}::test_words_are_not_guessed_by_a_session"),
    Control("reports go to the desks of the board that a moved thread stands on", "its desks may act on it", "app/moderation/routes/targets.py", "board = forum.board_of(work, post).did", "board = post.board", "moderation/test_moved_threads.py::test_what_is_reported_in_a_moved_thread_waits_for_the_desks_of_its_new_board"),
    Control("cases follow a thread that is moved", "its desks may act on it", "app/moderation/service/measures.py", "        forum.move_thread(work, thread, decision.target, act)\n        _bring_cases(work, thread.id)\n", "        forum.move_thread(work, thread, decision.target, act)\n", "moderation/test_moved_threads.py::test_cases_of_a_moved_thread_wait_for_the_desks_of_the_board_it_stands_on"),
)
# fmt: on
