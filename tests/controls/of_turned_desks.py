"""Controls of desks and hosts that turned: nothing alone that takes two, and no log that says what is not so."""

from tests.controls.control import Control

_ACTING, _RULES = "app/moderation/service/acting.py", "app/moderation/rules/__init__.py"
_LIMITS = "app/moderation/service/limits.py"
_TURNED = "attacks/test_turned_desks.py::test_"

# fmt: off
CONTROLS = (
    Control("one subject for the words of a post", "J2", "app/moderation/service/subjects.py", "is_case = kind is ActionKind.CLEAR and act.decision", "is_case = act.decision", _TURNED + "hiding_the_thread_and_undoing_that_gives_back_nothing_that_another_desk_hid"),
    Control("the log names what is gone", "J3", _ACTING, "act.about[0].digest not in versions:", "False:", _TURNED + "act_that_names_no_version_of_its_post_is_refused"),
    Control("the longest limit holds", "J2", _LIMITS, "longest = max(standing, key=_ends_on)", "longest = min(standing, key=_ends_on)", _TURNED + "short_limit_of_one_desk_is_no_way_around_the_long_one_of_two"),
    Control("limits that follow on each other", "J2", _LIMITS, "begins = _find_beginning(work, desk, subject, day) if is_limit else day", "begins = day", _TURNED + "limits_of_one_person_one_after_another_are_one_long_limit"),
    Control("acts are of their day", "issue 7", _ACTING, "    rules.require_day(day, work.now)\n", "", _TURNED + "act_that_is_dated_back_is_refused"),
    Control("closed desks are closed", "J3", _ACTING, "day = max(record.day, day_of(now))", "day = record.day", _TURNED + "desk_that_was_closed_does_not_date_its_acts_back"),
    Control("somebody decides at a desk", "J3", _RULES, '    if decision.reasons.is_automatic:\n        raise NotAllowedError("what a desk', '    if False:\n        raise NotAllowedError("what a desk', _TURNED + "act_of_a_desk_that_calls_it_automatic_is_refused"),
    Control("undoing is not undone", "J3", _RULES, "if any(action.kind in UNDONE_BY_NOTHING for action in undone):", "if False:", _TURNED + "undoing_is_not_undone"),
    Control("hosts hide for a day", "J3", _RULES, "(until is None or until - day > _AUTOMATIC)", "False", "federation/test_desk_acts.py::test_host_that_withholds_is_caught"),
    Control("cases together are a group's", "J1", "app/moderation/routes/grouped.py", "        service.require_grouped(work, at.session.desk, ticked)\n", "", "moderation/test_desk_seconds.py::test_danger_is_never_decided_in_a_bundle"),
    Control("reports of a thread are of its opening", "J1", "app/moderation/service/subjects.py", "for same in list_same(work, subject))", "for same in [subject])", _TURNED + "thread_that_one_reported_is_not_ones_own_to_hide"),
    Control("first words open nothing for others", "E7", "app/moderation/service/desks.py", "    store.remove_desk_sessions(work, desk.did)\n", "", "moderation/test_desk_pages.py::test_who_read_the_first_words_too_is_out_once_a_passphrase_is_chosen"),
    Control("passphrases are chosen once", "E8", "app/moderation/service/desks.py", 'if login is None or login.is_begun:\n        raise NoDeskError("somebody', 'if login is None:\n        raise NoDeskError("somebody', "moderation/test_desks.py::test_passphrase_is_chosen_once"),
    Control("consents are used once", "J2", _ACTING, "if not store.use_proposal(work, codec.encode_proposal(record.document)):", "if False:", _TURNED + "consent_is_good_once"),
)
# fmt: on
