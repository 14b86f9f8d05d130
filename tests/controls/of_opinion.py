"""Controls of opinion: what keeps a result from saying more than the votes do."""

from tests.controls.control import Control

_MATHS = "app/opinion/maths/"
_ANALYSIS = "opinion/test_analysis.py::"
_GOLDEN = "opinion/test_golden.py::"
_SMALL = "opinion/test_small.py::"
_VOTES = "opinion/test_votes.py::"
_CHANCE = _ANALYSIS + "test_no_groups_are_found_where_votes_depend_on_nobody"

# fmt: off
CONTROLS = (
    Control("a later vote replaces", "one vote a person", _MATHS + "votes.py", "    np.not_equal(packed[1:], packed[:-1], out=is_last[:-1])\n", "", _VOTES + "test_last_vote_of_each_cell_is_kept"),
    Control("of two votes the later one", "one vote a person", _MATHS + "votes.py", "    packed += np.arange(cast.size)\n", "    packed += np.arange(cast.size)[::-1]\n", _VOTES + "test_last_vote_of_each_cell_is_kept"),
    Control("votes of no other value", "one vote a person", _MATHS + "votes.py", "if cast.min() < DISAGREE or cast.max() > AGREE:", "if False:", _VOTES + "test_rows_outside_the_table_are_refused"),
    Control("votes for nobody", "one vote a person", _MATHS + "votes.py", "if rows.min() < 0 or rows.max() >= people:", "if False:", _VOTES + "test_rows_outside_the_table_are_refused"),
    Control("votes stay as they are", "pure values", _MATHS + "votes.py", "            array.flags.writeable = False\n", "            pass\n", _VOTES + "test_votes_cannot_be_changed"),
    Control("a pass is a vote", "unseen is not a pass", _MATHS + "tallies.py", "seen: Integers = self.counts.sum(axis=2)", "seen: Integers = self.counts[:, :, ::2].sum(axis=2)", _GOLDEN + "test_consensus_of_the_same_groups_is_the_same"),
    Control("what nobody saw moves nobody", "unseen is not a pass", _MATHS + "plane.py", "    np.subtract(table.data, centred, out=centred)\n", "    centred = table.data.astype(np.float64)\n", _GOLDEN + "test_people_lie_where_red_dwarf_puts_them"),
    Control("who hardly voted is in no group", "seven votes", _MATHS + "groups.py", "participants: Mask = counts >= enough", "participants: Mask = counts >= 1", _GOLDEN + "test_whoever_may_be_in_a_group_is_in_one_of_polis"),
    Control("groups by chance", "no clear groups", _MATHS + "choice.py", "if self.spread < LEAST_SPREAD or partition.groups < 2", "if partition.groups < 2", _CHANCE),
    Control("groups of an outlier", "no clear groups", _MATHS + "choice.py", "if smallest < LEAST_SHARE", "if False", _ANALYSIS + "test_one_outlier_is_no_group"),
    Control("groups that half of the people do not see", "no clear groups", _MATHS + "choice.py", "if agreement < LEAST_AGREEMENT", "if False", _ANALYSIS + "test_camps_that_halves_see_differently_are_no_groups"),
    Control("groups of a handful", "no clear groups", _MATHS + "choice.py", "if not is_many\n", "if False\n", _SMALL + "test_few_people_are_no_groups"),
    Control("two of many never top a list", "red-dwarf#72", _MATHS + "consensus.py", "-np.round(self.lower, 12)", "-np.round(self.upper, 12)", _ANALYSIS + "test_two_of_many_never_top_the_list"),
    Control("bounds as wide as they should be", "uncertainty", _MATHS + "consensus.py", "ONE_SIDED_95: Final = 1.6448536269514722", "ONE_SIDED_95: Final = 1.0", _ANALYSIS + "test_lower_bound_is_right_nineteen_times_in_twenty"),
    Control("the order of a list decides nothing", "permutations", _MATHS + "kmeans.py", "order: Integers = np.lexsort((rounded[:, 1], rounded[:, 0]))", "order: Integers = np.arange(len(rounded))", _ANALYSIS + "test_order_and_names_of_people_and_statements_change_nothing"),
    Control("the order of statements decides nothing", "permutations", _MATHS + "choice.py", "[:, columns]", "", _ANALYSIS + "test_order_and_names_of_people_and_statements_change_nothing"),
    Control("a start that knows no seed", "same groups for any seed", _MATHS + "groups.py", "found = drawn if drawn.inertia < fixed.inertia * _WORTH_A_SEED else fixed", "found = drawn", _ANALYSIS + "test_groups_are_those_of_red_dwarf_at_its_number"),
    Control("withdrawn statements represent nobody", "moderated statements", _MATHS + "representative.py", "shown = (seen > 0) & ~left_out", "shown = seen > 0", _SMALL + "test_what_is_withdrawn_represents_nobody"),
    Control("withdrawn statements are no majority's", "moderated statements", _MATHS + "representative.py", "(z > CRITICAL) & ~left_out)", "(z > CRITICAL))", _SMALL + "test_what_is_withdrawn_is_no_majority"),
    Control("withdrawn statements are not ranked", "moderated statements", _MATHS + "analysis.py", "self.consensus.ranked(np.flatnonzero(self.withdrawn))", "self.consensus.ranked()", _ANALYSIS + "test_withdrawn_votes_are_not_counted_unless_as_in_polis"),
    Control("the latest vote wherever it stands", "exports of Polis", _MATHS + "exports.py", "    timed.sort(key=lambda each: each[0])\n", "", "opinion/test_exports.py::test_later_vote_counts_wherever_it_stands"),
)
# fmt: on
