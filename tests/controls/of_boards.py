"""Controls of what protects a board: measures of desks, filters, holds, delays, a question."""

from tests.controls.control import Control

_MEASURES = "app/moderation/service/measures.py"
_ACTING = "app/moderation/service/acting.py"
_HOLDING = "app/forum/service/holding.py"
_POSTS = "app/forum/service/__init__.py"
_FILTERS = "app/forum/rules/filters.py"
_PRIVATE = "app/forum/rules/private_data.py"
_PACING = "app/forum/routes/pacing.py"
_OF_MEASURES = "moderation/test_measures.py::"
_OF_HOLDS = "forum/test_holds.py::"
_OF_FILTERS = "forum/test_filters.py::"
_OF_FORMS = "forms/test_boards_that_protect.py::"
_OF_PRIVATE = "forum/test_private_data.py::"

# fmt: off
CONTROLS = (
    Control("locked by a desk", "E6 lock", "app/forum/store/measures.py", "if state is ThreadState.OPEN and row.act is not None", "if False", _OF_MEASURES + "test_locked_thread_takes_no_answers_until_it_is_undone"),
    Control("stewards do not undo a desk's lock", "nobody undoes quietly", "app/forum/store/boards.py", '"state": mark.state.value, "head": mark.head}', '"state": mark.state.value, "head": mark.head, "act": None}', _OF_MEASURES + "test_steward_opens_no_thread_that_a_desk_locked_and_goes_on_setting_it"),
    Control("moves to boards that a desk works on", "who may", _MEASURES, "if not desk.covers(decision.target):", "if False:", _OF_MEASURES + "test_desk_moves_nothing_to_a_board_that_it_does_not_work_on"),
    Control("acts on the board where the post stands", "who may", _ACTING, "    measures.require_there(", "    (lambda *_: None)(", _OF_MEASURES + "test_desk_names_no_board_of_its_own_for_a_post_on_another"),
    Control("moves to a living board", "who may", "app/forum/rules/__init__.py", '        raise SamePlaceError("the thread stands there")\n    require_living(target)', '        raise SamePlaceError("the thread stands there")', _OF_MEASURES + "test_thread_is_moved_only_to_another_living_board_of_this_home"),
    Control("an earlier measure holds again", "undone as it was", _MEASURES, "    if earlier is not None:\n        apply(", "    if False:\n        apply(", _OF_MEASURES + "test_whatever_was_done_all_of_it_comes_undone_as_stewards_left_it"),
    Control("a later measure still holds", "undone as it was", _MEASURES, "    if present[action.kind] != action.digest:\n        return\n", "", _OF_MEASURES + "test_later_of_two_acts_of_the_same_ten_minutes_holds_when_the_earlier_is_undone"),
    Control("what has ended does not stand", "undone as it was", _MEASURES, "other.undoing is None and (other.until is None or today < other.until)", "other.undoing is None", _OF_MEASURES + "test_measure_ends_on_its_day_and_an_earlier_one_holds_again"),
    Control("counts of both boards", "undone as it was", "app/forum/store/measures.py", '{"key": former, "more": -1}, ', "", _OF_MEASURES + "test_moved_thread_is_on_its_new_board_in_lists_counts_feeds_and_search"),
    Control("first posts wait", "E14", _HOLDING, "    return measures.count_first(work, keys, rules.FIRST_POSTS) < rules.FIRST_POSTS", "    return False and measures.count_first(work, keys, 1) < 1", _OF_HOLDS + "test_first_post_waits_for_four_hours_and_appears_marked"),
    Control("holds end by themselves", "E14 silence never censors", "app/forum/rules/__init__.py", "HOLD_S: Final = 4 * HOUR_S", "HOLD_S: Final = 24 * HOUR_S", _OF_HOLDS + "test_first_post_waits_for_four_hours_and_appears_marked"),
    Control("attack mode holds", "ADR 0043", _HOLDING, "((board.holds_first and not is_answered) or is_under_attack(work, board.did))", "(board.holds_first and not is_answered)", _OF_HOLDS + "test_attack_mode_holds_first_posts_everywhere_on_its_board_for_a_day"),
    Control("attack mode ends by itself", "ADR 0043", "app/moderation/store/actions.py", '        _ACTION.c.taken_at > bindparam("since"),\n', "", _OF_HOLDS + "test_attack_mode_holds_first_posts_everywhere_on_its_board_for_a_day"),
    Control("authors' own hours", "A6 timing", _POSTS, "is_first and record.digest not in work.patient", "is_first", _OF_HOLDS + "test_desk_lets_nothing_out_sooner_than_its_author_chose"),
    Control("cleared answers after what they answer", "order of the log", _HOLDING, "lane_of(board), after=post.parent)", "lane_of(board))", _OF_HOLDS + "test_answer_that_was_cleared_does_not_come_before_what_it_answers"),
    Control("long names of filtered hosts", "filters", _FILTERS, 'match.group().split(".")[-_MOST_LABELS:]', 'match.group().split(".")[:_MOST_LABELS]', _OF_FILTERS + "test_host_of_a_link_is_found_however_it_is_written"),
    Control("filters at the door", "filters", _POSTS, "        rules.require_unfiltered(place, text)\n", "        pass\n", _OF_FILTERS + "test_filtered_post_and_revision_are_refused_at_the_door"),
    Control("filters of revisions", "filters", _POSTS, "        rules.require_unfiltered(board, text)\n", "        pass\n", _OF_FILTERS + "test_filtered_post_and_revision_are_refused_at_the_door"),
    Control("filters let back in what the log holds", "restoring", _POSTS, "    is_new = record.digest not in work.logged", "    is_new = True", _OF_FILTERS + "test_post_that_the_log_holds_is_taken_back_whatever_is_filtered_by_now"),
    Control("filters however Persian is typed", "filters", "app/kernel/fold.py", 'words, found = _word.findall(fold(text, joiner=" "))', "words, found = _word.findall(text)", _OF_FILTERS + "test_word_is_found_in_every_persian_spelling"),
    Control("hosts in either form", "filters", _FILTERS, 'return host.encode("idna").decode()', "return host", _OF_FILTERS + "test_host_with_letters_is_found_in_both_of_its_forms"),
    Control("filters explain themselves", "no shadow sanctions", "app/forum/routes/writing.py", '        errors["text"] = explain_filter(visit, word)', "        pass", _OF_FORMS + "test_author_reads_which_word_is_filtered_before_anything_is_sent"),
    Control("slow threads and boards", "slow mode", _PACING, "            if wait_s:\n", "            if False:\n", _OF_FILTERS + "test_slowed_board_and_thread_let_each_name_post_once_in_their_time"),
    Control("delays of a name, not of a key", "slow mode", _PACING, "hand = identity.find_hand(work, record.signer) if delays", "hand = record.signer if delays", _OF_FILTERS + "test_all_keys_of_a_persona_are_one_name_and_a_revision_is_no_post"),
    Control("refused posts start no delay", "nobody loses a post to a refusal", _PACING, "            work.undo.append(partial(self._gate.give_own_turn_back, bucket, key))\n", "", _OF_FILTERS + "test_refused_post_does_not_count_as_the_one_of_its_hour"),
    Control("delays at every door of the web", "slow mode", "app/main.py", "Probation(site.gate, site.instance_did), Pacing(site.gate)", "Probation(site.gate, site.instance_did)", _OF_FORMS + "test_post_that_comes_too_soon_says_how_long_and_keeps_the_words"),
    Control("question before harm", "warning before harm", "app/forum/routes/writing.py", "if form.errors or form.is_preview or _asks(form):", "if form.errors or form.is_preview:", _OF_FORMS + "test_author_is_asked_once_about_what_may_be_private_and_may_say_it"),
    Control("check digits of national numbers", "few are asked for nothing", _PRIVATE, "return int(digits[9]) == (weighed if weighed < 2 else 11 - weighed)", "return True", _OF_PRIVATE + "test_check_digits_are_those_of_the_published_examples"),
    Control("digits of every script", "warning before harm", _PRIVATE, "**{chr(0x06F0 + digit): str(digit) for digit in range(10)},", "", _OF_PRIVATE + "test_private_data_is_found_as_it_is_written"),
)
# fmt: on
