"""Controls of results: who sees them when, and that no figure tells of few."""

from tests.controls.control import Control

_RULES = "app/opinion/rules/__init__.py"
_SERVICE = "app/opinion/service/results.py"
_BALLOTS = "app/opinion/service/ballots.py"
_ROUTES = "app/opinion/routes/results.py"
_REPORT, _FIGURES = "app/opinion/maths/reporting.py", "app/opinion/maths/figures.py"
_PICTURE = "app/opinion/maths/picture.py"
_TABLES, _OF_TABLES = "app/federation/tables.py", "federation/test_tables.py::"
_OF_RESULTS, _OF_REPORTS = "opinion/test_results.py::", "opinion/test_reporting.py::"
_GATE = _OF_RESULTS + "test_gate_opens_with_the_fifth_vote_on_what_is_still_asked"
_SEEN = "opinion/test_conversations.py::test_results_are_for_who_voted_or_for_all_at_the_close"
_LATER, _TEN, _FIVES, _TENS = (
    "results follow one's own votes",
    "k >= 10",
    "steps of five",
    "changed by tens",
)

# fmt: off
CONTROLS = (
    Control("five votes first", _LATER, _RULES, "needed = min(ENOUGH_VOTES, statements)", "needed = min(1, statements)", _GATE),
    Control("votes on what is asked", _LATER, _BALLOTS, "for each in found if each.is_asked}", "for each in found}", _GATE),
    Control("gate of the results' pages", _LATER, _ROUTES, "    service.require_results(work, conversation, sheet)\n", "", _OF_RESULTS + "test_no_route_shows_results_before_one_has_voted"),
    Control("hidden until the close", "hidden until the close", _RULES, "return conversation.results is ResultsShown.VOTED and 0 < needed", "return 0 < needed", _SEEN),
    Control("nothing published while it is open", "hidden until the close", _SERVICE, "if conversation.is_open or found is None:", "if found is None:", _OF_RESULTS + "test_nothing_is_published_of_an_open_consultation"),
    Control("ten voters", _TEN, _REPORT, "    if int(voted.sum()) >= LEAST_PEOPLE:\n", "    if int(voted.sum()) >= 1:\n", _OF_REPORTS + "test_fewer_than_ten_people_are_not_shown"),
    Control("ten people a cell", _TEN, _REPORT, "np.where(exact < LEAST_PEOPLE, FEW, round_counts(exact))", "round_counts(exact)", _OF_REPORTS + "test_no_count_is_of_fewer_than_ten_people"),
    Control("ten people a statement", _TEN, _REPORT, "careful.sum(axis=1).min())) >= LEAST_PEOPLE", "careful.sum(axis=1).min())) >= 1", _OF_REPORTS + "test_statement_that_fewer_than_ten_voted_on_has_no_counts"),
    Control("ten people of a kind", _TEN, _REPORT, "return _rounded(count) if count >= LEAST_PEOPLE else 0", "return _rounded(count)", _OF_REPORTS + "test_few_who_are_invited_or_vouched_for_by_nobody_are_not_counted"),
    Control("ten people a square", _TEN, _PICTURE, "        counts[counts < LEAST_PEOPLE] = 0\n", "", _OF_REPORTS + "test_map_is_a_picture_on_which_nobody_is_alone"),
    Control("cells in fives", _FIVES, _REPORT, "FEW, round_counts(exact))", "FEW, exact)", _OF_REPORTS + "test_no_count_is_of_fewer_than_ten_people"),
    Control("figures change by tens", _TENS, _SERVICE, "    return is_news(figures, made.people, shown, last[1])\n", "    return True\n", _OF_RESULTS + "test_a_single_vote_changes_nothing_that_is_shown_and_ten_people_do"),
    Control("rounding is not ten people", _TENS, _FIGURES, " - _ROUNDING * (len(now.plain) + len(before.plain))", "", _OF_REPORTS + "test_six_people_whom_rounding_makes_ten_are_no_news"),
    Control("one table for the same figures", _TENS, _SERVICE, "    if last is not None and last.figures == digest:\n        return False\n", "", _OF_RESULTS + "test_nothing_is_published_twice"),
    Control("tables as their records name them", "each table is verified when it is read", _TABLES, "        if encode_digest(sha256(raw).digest()) != record.document[_NAMES]:\n            raise TableDiffersError(entry.digest)\n", "", _OF_TABLES + "test_other_table_is_neither_copied_nor_believed"),
    Control("tables of the host alone", "each table is verified when it is read", _TABLES, "return record.signer == host and _NAMES in record.document", "return _NAMES in record.document", _OF_TABLES + "test_only_the_host_names_tables"),
)
# fmt: on
