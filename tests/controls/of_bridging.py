"""Controls of common ground: a bloc does not buy it, a table tells of nobody, an answer proves nothing."""

from tests.controls.control import Control

_MATHS = "app/opinion/maths/"
_BLOCS, _LOCKSTEP, _TABLES = (
    _MATHS + name for name in ("blocs.py", "lockstep.py", "disclosure.py")
)
_COINS, _NOTES, _RANKING = (_MATHS + name for name in ("coins.py", "bothsides.py", "ranking.py"))
_OF_BLOCS, _OF_LOCKSTEP = "opinion/test_blocs.py::", "opinion/test_lockstep.py::"
_OF_TABLES, _OF_COINS = "opinion/test_disclosure.py::", "opinion/test_coins.py::"
_OF_NOTES, _OF_RANKING = "opinion/test_colluding.py::", "opinion/test_ranking.py::"
_NO_BLOC, _NOBODY = "a bloc does not buy common ground", "a table tells of nobody"

# fmt: off
CONTROLS = (
    Control("sides of the vouched", _NO_BLOC, _BLOCS, "core = is_long & vouched", "core = is_long", _OF_BLOCS + "test_sides_are_learnt_from_the_vouched_alone"),
    Control("directions, not distances", _NO_BLOC, _BLOCS, "points, weights = _rose_of(places[core])", "points, weights = places[core], np.ones(int(core.sum()))", _OF_BLOCS + "test_few_far_out_are_no_side_of_their_own"),
    Control("cap of each answer", _NO_BLOC, _BLOCS, "np.minimum(others, CAP * ours + ALWAYS)", "others", _OF_BLOCS + "test_no_number_of_unvouched_people_makes_a_side_say_otherwise"),
    Control("cap of all answers", _NO_BLOC, _BLOCS, "where=given > most", "where=given < 0", _OF_BLOCS + "test_no_number_of_unvouched_people_makes_a_side_say_otherwise"),
    Control("votes that count", _NO_BLOC, _MATHS + "reporting.py", "float(min(plain.sum(axis=1).min(), careful.sum(axis=1).min()))", "float(plain.sum(axis=1).min())", "opinion/test_reporting.py::test_bots_alone_do_not_bring_a_statement_into_the_results"),
    Control("nothing learnt from few", _NO_BLOC, _BLOCS, "is_vouched = int(core.sum()) >= LEAST_VOUCHED", "is_vouched = True", _OF_BLOCS + "test_nobody_is_vouched_for_and_plain_figures_are_shown"),
    Control("crowds count once", _NO_BLOC, _LOCKSTEP, "1 / size[joined[is_large]]", "1.0", _OF_LOCKSTEP + "test_crowd_counts_once"),
    Control("the vouched are no crowd", "honest people are not taken for bots", _LOCKSTEP, " & ~vouched[own]", "", _OF_LOCKSTEP + "test_vouched_people_are_never_in_a_crowd"),
    Control("few are no crowd", "honest people are not taken for bots", _LOCKSTEP, "size[joined] >= LEAST_PEOPLE", "size[joined] >= 2", _OF_LOCKSTEP + "test_few_people_or_few_rare_votes_are_no_crowd"),
    Control("ten people a count", _NOBODY, _TABLES, "is_told = parts >= LEAST_PEOPLE", "is_told = parts >= 1", _OF_TABLES + "test_no_count_of_fewer_than_ten_is_told"),
    Control("few are few", _NOBODY, _TABLES, "round_counts(parts), FEW)", "round_counts(parts), parts)", _OF_TABLES + "test_few_are_told_as_few_be_they_nine_or_nobody"),
    Control("whole tables", _NOBODY, _TABLES, "is_told.any(axis=1).all()", "is_told.any()", _OF_TABLES + "test_small_group_is_not_had_back_from_the_whole"),
    Control("counts in fives", _NOBODY, _TABLES, "np.where(is_told, round_counts(parts), FEW)", "np.where(is_told, parts, FEW)", _OF_TABLES + "test_two_cuts_of_the_same_people_do_not_tell_the_rest"),
    Control("ten changes a release", _NOBODY, _TABLES, "count_changed(last.exact, table) < LEAST_PEOPLE", "count_changed(last.exact, table) < 1", _OF_TABLES + "test_one_person_who_joins_changes_nothing_that_is_told"),
    Control("another cut is no change", _NOBODY, _TABLES, "now.sum(axis=0) - before.sum(axis=0)", "now.sum(axis=0)", _OF_TABLES + "test_same_people_cut_otherwise_are_no_new_table"),
    Control("one truth in four", "an answer proves nothing", _COINS, "TRUTH: Final = Fraction(1, 4)", "TRUTH: Final = Fraction(3, 4)", _OF_COINS + "test_no_answer_makes_anything_more_than_three_times_as_likely"),
    Control("noise is no side", "an answer proves nothing", _COINS, "is_seen = size > LEAST_SEEN * np.maximum(size_error, 1e-9)", "is_seen = size >= 0", _OF_COINS + "test_side_that_the_noise_could_explain_is_not_told"),
    Control("helpful on both sides", "context of one side is not shown", _NOTES, "if min(facts.helpful) >= helpful:", "if max(facts.helpful) >= helpful:", _OF_NOTES + "test_status_follows_from_both_sides_and_from_what_held"),
    Control("raters of both sides", "context of one side is not shown", _NOTES, "if min(facts.raters) < LEAST_A_SIDE:", "if max(facts.raters) < LEAST_A_SIDE:", _OF_NOTES + "test_status_follows_from_both_sides_and_from_what_held"),
    Control("the least side decides", "one side does not raise a post", _RANKING, "(-place.least, -place.mean, place.digest)", "(-place.mean, place.digest)", _OF_RANKING + "test_side_that_it_helps_least_decides"),
    Control("orders that add up", "partners compute the same order", _RANKING, "if encode_order(places) != raw:", "if False:", _OF_RANKING + "test_order_that_its_counts_do_not_lead_to_is_refused"),
    Control("differences beyond chance", "chance is not told as a difference", _MATHS + "panel.py", "reach_of(int(compared.sum()))", "reach_of(1)", "opinion/test_panel.py::test_those_who_do_not_differ_are_seldom_said_to"),
    Control("asked by what one may see", "results are hidden until one has voted", "app/opinion/service/voting.py", "each.priority if is_told else 1", "each.priority", "opinion/test_conversations.py::test_who_sees_results_is_asked_by_priority_and_others_as_if_all_were_alike"),
    Control("priorities with figures", "nobody sees a single vote", "app/opinion/service/results.py", "    if not _is_shown(work, conversation, made):\n        return False\n    known", "    known", "opinion/test_results.py::test_priorities_change_with_what_is_shown_and_not_with_one_vote"),
    Control("names make no news", "nobody sees a single vote", _MATHS + "reporting.py", "voted & ballots.vouched if counts.is_vouched else voted", "voted", "opinion/test_reporting.py::test_invented_people_make_no_news"),
    Control("votes of names make no news", "nobody sees a single vote", _MATHS + "figures.py", "    if is_capped:\n        return abs", "    if False:\n        return abs", "opinion/test_reporting.py::test_invented_people_make_no_news"),
    Control("closed is counted as it was", "results are final", "app/opinion/service/conversations.py", "    rules.require_counted_alike(conversation, list_merged(work, conversation), change.merged)\n", "", "opinion/test_looking_after.py::test_what_was_closed_is_counted_as_it_was"),
    Control("votes leave the write-ahead log", "nobody joins a vote to a persona", "app/opinion/service/results.py", '    work.deleted.append("sheet")\n', "", "opinion/test_results.py::test_order_of_votes_leaves_the_write_ahead_log_once_they_are_analysed"),
    Control("ratings in words", "nobody sees a single rating", "app/opinion/pages/translations.py", "(ratings + _STEP // 2) // _STEP * _STEP if", "ratings if", "forms/test_translating.py::test_ratings_are_told_from_ten_on_and_none_is_seen_as_it_comes"),
)
# fmt: on
