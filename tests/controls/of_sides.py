"""Controls of where voters live, and of the lot that asks people to vote."""

from tests.controls.control import Control

_SIDES = "app/opinion/service/sides.py"
_PANEL = "app/opinion/service/panel.py"
_STOLEN = "attacks/test_stolen_sides.py::"
_FORMS = "forms/test_sides.py::"
_DUTY = "opinion/test_duty.py::"

# fmt: off
CONTROLS = (
    Control("one answer a ballot", "coins tossed anew are never averaged", "app/opinion/store/sheets.py", "update(_SHEET).where(*_OF_BALLOT, _SHEET.c.side.is_(None))", "update(_SHEET).where(*_OF_BALLOT)", _STOLEN + "test_second_answer_is_refused_also_from_another_session"),
    Control("second answers refused", "coins tossed anew are never averaged", _SIDES, '        raise SideSaidError("a side is said once")', "        return", _STOLEN + "test_second_answer_is_refused_also_from_another_session"),
    Control("coins of the page", "likelihood ratio at most 3", "app/opinion/model.py", "    (True, False, Side.INSIDE),", "    (True, False, None),", _STOLEN + "test_stolen_answer_makes_no_truth_three_times_as_likely"),
    Control("answers of voters alone", "an answer stands beside votes", _SIDES, "if ballot is None or store.find_sheet(work, conversation.thread, ballot) is None:", "if ballot is None:", "opinion/test_sides.py::test_side_is_said_once_beside_votes"),
    Control("answers that are asked", "asked where the consultation asks", _SIDES, "    rules.require_side_asked(conversation, is_over=is_over(work, conversation))\n", "", "opinion/test_sides.py::test_consultation_that_does_not_ask_keeps_no_answer"),
    Control("asked once", "asked after the first vote, shown once", _SIDES, "is_first = len(voter.sheet) == 1 or", "is_first = len(voter.sheet) > 0 or", _FORMS + "test_side_that_was_passed_over_is_not_asked_again_and_votes_go_on"),
    Control("few tell nothing of sides", "k >= 10", "app/opinion/maths/living.py", "    if counts.sum(axis=1).min() < LEAST_PEOPLE:\n        return None\n", "", "opinion/test_sides.py::test_nothing_is_told_of_few"),
    Control("wide bounds tell nothing", "the added noise is told", "app/opinion/maths/living.py", "or (high - low > WIDEST).any()", "", "opinion/test_sides.py::test_nothing_is_told_of_few"),
    Control("marks of the drawn", "the database holds no persona that was drawn", _PANEL, "    return hmac.digest(marks_key, _CONTEXT + told, sha256)", "    return root.encode()", _DUTY + "test_database_names_nobody_who_was_drawn"),
    Control("marks of one week", "marks of two weeks have nothing in common", _PANEL, 'week.isoformat().encode() + b"\\0" + root.encode()', "root.encode()", _DUTY + "test_next_week_draws_others_under_other_marks"),
    Control("twice a week at most", "two items a week", _PANEL, "if drawn.get(mark, 0) < rules.PANELS_OF_ONE", "", _DUTY + "test_nobody_is_drawn_more_than_twice_a_week"),
    Control("who may vote is drawn", "the lot asks whom somebody answers for", _PANEL, "        if identity.kind_of(work, marks[mark]) is BallotKind.VOUCHED:", "        if True:", _DUTY + "test_no_persona_that_nobody_answers_for_or_that_may_only_read_is_drawn"),
    Control("few drawn is nobody", "those who were drawn hide one another", _PANEL, "return chosen if len(chosen) >= rules.LEAST_PANEL else []", "return chosen", _DUTY + "test_fewer_than_ten_who_may_vote_are_not_drawn"),
    Control("answered for when they vote", "counts with their provenance", _PANEL, "    return identity.kind_of(work, root) is BallotKind.VOUCHED\n", "    return True\n", _DUTY + "test_whom_nobody_answers_for_any_more_is_not_invited"),
    Control("panels of ten", "those who were drawn hide one another", "app/opinion/rules/__init__.py", "    if people < LEAST_PANEL:\n        return 0\n", "", _DUTY + "test_size_of_a_panel"),
    Control("panels forgotten", "old weeks are forgotten", "app/worker.py", "        opinion.forget_old_panels(work)\n", "", _DUTY + "test_worker_draws_and_forgets_by_itself"),
)
# fmt: on
