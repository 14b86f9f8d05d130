"""Controls of what was heard: cells, cards, coins, rounds."""

from tests.controls.control import Control

_COUNTING = "app/listening/maths/counting.py"
_CALIBRATION = "app/listening/maths/calibration.py"
_MODEL = "app/listening/model.py"
_ROUNDS = "app/opinion/service/rounds.py"
_APART = "listening/test_differencing.py::"
_AGAIN = "listening/test_rounds.py::"
_COINS = "listening/test_calibration.py::"
_CARDS = "listening/test_cards.py::"

# fmt: off
CONTROLS = (
    Control("cells by tens", "differencing two weeks isolates no one", _COUNTING, "    if before is not None and _changed(before, exact) < LEAST_PEOPLE:\n        return before\n    both, told", "    both, told", _APART + "test_people_who_come_one_by_one_are_told_by_tens"),
    Control("a week once", "a release is never made anew", "app/listening/service.py", "return None if store.find_release(work, week) else week", "return week", _APART + "test_release_is_made_once_a_week_and_closed_ones_stay"),
    Control("closed ones alone", "no file of an open consultation", _ROUNDS, "if not each.is_open]", "]", _APART + "test_open_consultation_is_in_no_release"),
    Control("no chart without its card", "bias card", _MODEL, "    if not isinstance(card, BiasCard):\n", "    if card is not None and not isinstance(card, BiasCard):\n", _CARDS + "test_chart_without_a_whole_card_cannot_be_made"),
    Control("effective hundred", "cannot say", _CALIBRATION, "    if effective < FEWEST:\n", "    if effective < 0:\n", _COINS + "test_few_who_are_of_one_mind_tell_nothing_of_everybody"),
    Control("noise taken out", "error of the coins", _CALIBRATION, 'squares[:, block, block] = np.einsum("ts,si,sj->tij", shares, turned, turned)', "pass", _COINS + "test_noise_is_taken_out_and_bounds_hold_it"),
    Control("answers once", "coins tossed anew are never averaged", "app/opinion/store/rounds.py", "SheetRow.about.is_(None)", "SheetRow.ballot == ballot", _AGAIN + "test_answers_are_kept_in_one_column_once"),
    Control("three whole days", "72 hours", _ROUNDS, "WAITS_DAYS: Final = 4", "WAITS_DAYS: Final = 3", _AGAIN + "test_round_opens_when_three_whole_days_have_passed"),
    Control("asked again who voted", "a second round is of voters", _ROUNDS, "if ballot is None or not votes.keys() <= first.keys() & set(asked.numbers):", "if False:", _AGAIN + "test_who_did_not_vote_is_not_asked_again"),
)
# fmt: on
