"""Controls of what personas do for themselves: appeals, shields, muting; and of limits."""

from tests.controls.control import Control

_RULES = "app/moderation/rules/__init__.py"
_TELLING = "app/moderation/service/telling.py"
_ACTIONS = "app/moderation/store/actions.py"
_SHIELDING = "app/forum/service/shielding.py"
_FORUM = "app/forum/service/__init__.py"

# fmt: off
CONTROLS = (
    Control("reasons for their author alone", "J1", _TELLING, "    if not any(concerns(work, viewer, subject) for subject in _subjects_of(work, action, act)):\n", "    if False:\n", "forms/test_own_acts.py::test_nobody_else_opens_the_pages"),
    Control("no row for names for one thread", "nothing joins a name to its persona", _TELLING, "        if identity.find_persona(work, author):\n", "        if author:\n", "moderation/test_telling.py::test_name_for_one_thread_is_told_by_no_row"),
    Control("one appeal for each action", "E11", _RULES, "    if earlier is not None:\n", "    if False:\n", "moderation/test_appeals.py::test_one_appeal_for_each_action"),
    Control("thirty days for an appeal", "E11", _RULES, "if day_of(now) > acted_on + timedelta(days=APPEAL_DAYS):", "if False:", "moderation/test_appeals.py::test_appeal_comes_within_thirty_days"),
    Control("an appeal is decided by another", "J2", _RULES, "    require_not_own(desk, actors)\n    return", "    return", "moderation/test_appeals.py::test_appeal_is_never_decided_by_who_acted"),
    Control("an appeal is decided once", "J2", _ACTIONS, "(AppealRow.action == action) & AppealRow.outcome.is_(None)", "(AppealRow.action == action)", "moderation/test_appeals.py::test_second_answer_is_refused_and_changes_nothing"),
    Control("nothing erased under an appeal", "J2", _RULES, "    if appealed and not is_by_law:\n", "    if False:\n", "moderation/test_appeals.py::test_nothing_is_erased_while_an_appeal_is_open"),
    Control("shields hold at the door", "N14", _FORUM, "            require_may_answer(work, parent, author)\n", "            pass\n", "forum/test_shielding.py::test_stranger_does_not_answer_who_has_a_shield"),
    Control("answers that wait open no shield", "nobody learns of what waits", "app/forum/store/authorship.py", "PostRow.log_index.is_not(None), ", "", "forum/test_shielding.py::test_answer_that_waits_or_was_erased_opens_nothing"),
    Control("shields end", "N14", _SHIELDING, "until is None or until <= day_of(work.now)", "until is None", "forum/test_shielding.py::test_shield_ends_by_itself_after_seven_days"),
    Control("the muted give no notice", "N14", "app/forum/service/keeping.py", "        if not shielding.has_muted(work, root, own):\n", "        if True:\n", "forum/test_shielding.py::test_muted_give_no_notices"),
    Control("the list of the muted goes with its persona", "N14", "app/forum/service/keeping.py", "    shielding.remove_all(work, root)\n", "", "forum/test_shielding.py::test_who_leaves_takes_the_shield_and_the_list_along"),
    Control("limited personas post nothing", "D8", _FORUM, "        identity.require_unlimited(work, author.hand)\n", "        pass\n", "identity/test_limits.py::test_limited_persona_writes_by_no_key"),
    Control("limited personas revise nothing", "D8", _FORUM, "        identity.require_unlimited(work, post.author.hand)\n", "        pass\n", "identity/test_limits.py::test_limited_persona_writes_by_no_key"),
    Control("limited personas invite nobody", "D8", "app/identity/service/invitations.py", "    require_unlimited(work, root)\n    cohort", "    cohort", "identity/test_limits.py::test_limited_persona_invites_nobody_and_takes_no_name"),
    Control("limited personas take no name", "D8", "app/identity/service/thread_names.py", "    require_unlimited(work, root)\n    cohort", "    cohort", "identity/test_limits.py::test_limited_persona_invites_nobody_and_takes_no_name"),
    Control("limited personas write under no name", "D8", "app/forum/routes/writing.py", "    identity.require_unlimited(work, hand.viewer.root)\n", "", "forms/test_peace.py::test_limited_persona_writes_under_no_name_that_it_took_before"),
    Control("undoing takes the role of doing", "J1", "app/moderation/service/acting.py", "reached = {(decision.kind, board), *((action.kind, action.board) for action in undone)}", "reached = {(decision.kind, board)}", "moderation/test_appeals.py::test_moderators_undo_nothing_that_only_stewards_do"),
)
# fmt: on
