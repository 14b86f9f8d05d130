"""Controls of readers' ratings: who rated, who counts, what the public learns."""

from tests.controls.control import Control

_RATINGS, _GROUND = "app/opinion/service/ratings.py", "app/opinion/service/ground.py"
_PUBLIC, _RANKING = "app/opinion/maths/common_ground.py", "app/opinion/maths/ranking.py"
_MATHS, _BOARD, _WHO = (
    "opinion/test_common_ground.py", "opinion/test_ground.py", "attacks/test_who_rated.py",
)  # fmt: skip

# fmt: off
CONTROLS = (
    Control("marks of raters take the folder's key", "J6", _RATINGS, "hmac.digest(marks_key, context + root.encode(), sha256)", "sha256(context + root.encode()).digest()", f"{_WHO}::test_stolen_database_does_not_tell_who_rated_nor_joins_two_boards"),
    Control("marks of raters are each board's own", "J6", _RATINGS, 'b"goftogu/v1/rater\\0" + board.encode() + b"\\0"', 'b"goftogu/v1/rater\\0"', f"{_WHO}::test_stolen_database_does_not_tell_who_rated_nor_joins_two_boards"),
    Control("ratings taken back leave the disk", "J6", _RATINGS, '    work.deleted.append("rating")\n', "", f"{_WHO}::test_rating_that_was_taken_back_leaves_the_database"),
    Control("ratings lie in no order of time", "J6", "app/opinion/store/raters.py", "work.session.execute(_WRITE_ANEW)", "pass", "postgres/test_ratings.py::test_ratings_soon_bear_one_transaction_and_the_order_of_their_marks"),
    Control("ratings of whom nobody answers for count for nothing", "no crowd of names", _GROUND, "if kind is BallotKind.VOUCHED", "if kind is not None", f"{_BOARD}::test_names_for_whom_nobody_answers_count_for_nothing"),
    Control("hidden and erased posts have no place", "what is gone is nowhere", "app/forum/store/ground.py", "            if row.erased_on is None and not row.is_hidden\n", "", f"{_BOARD}::test_hidden_and_erased_posts_have_no_place"),
    Control("ratings go with their persona", "erased is erased", _GROUND, "    if rated.gone:\n", "    if False:\n", f"{_BOARD}::test_ratings_of_those_who_left_go_with_them"),
    Control("not the side that likes it most", "a crowd of one side lifts nothing", _RANKING, "least=min(shares)", "least=max(shares)", f"{_MATHS}::test_crowd_of_one_side_lifts_nothing_over_what_both_sides_rate_well"),
    Control("ten people of a side", "k of ten", _PUBLIC, "is_told = table.sum(axis=1, keepdims=True) >= LEAST_PEOPLE", "is_told = table.sum(axis=1, keepdims=True) >= 1", f"{_MATHS}::test_fewer_than_ten_of_a_side_are_not_published"),
    Control("counts are rounded", "one of ten is not read off", _PUBLIC, "helps = round_counts(table[:, 1])", "helps = table[:, 1]", f"{_MATHS}::test_counts_are_rounded_to_five"),
    Control("ten people change before a count does", "differencing", _PUBLIC, "count_changed(last.exact, table) < LEAST_PEOPLE", "count_changed(last.exact, table) < 1", f"{_MATHS}::test_nothing_is_published_anew_before_ten_people_changed"),
    Control("sides keep their names", "differencing", _PUBLIC, "    if _changed(counts, last, is_turned=True) < _changed(counts, last, is_turned=False):\n", "    if False:\n", f"{_MATHS}::test_sides_that_come_the_other_way_round_are_no_change"),
    Control("ten people are a side", "a few make no side", "app/opinion/maths/raters.py", "min(sizes) >= LEAST_PEOPLE", "min(sizes) >= 1", f"{_MATHS}::test_without_ten_people_on_each_side_there_are_none"),
)
# fmt: on
