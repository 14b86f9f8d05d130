"""Controls of probation: what holds back whoever makes personas and keys for nothing."""

from tests.controls.control import Control

_PROBATION = "app/identity/routes/probation.py"
_STORE = "app/identity/store/inviting.py"
_TESTS = "identity/test_probation.py::"
_CROWDING = "attacks/test_crowding.py::"
_COUNTED = _TESTS + "test_what_was_not_taken_in_is_not_counted"

# fmt: off
CONTROLS = (
    Control("joins without an invitation", "A8", _PROBATION, "wait_s = self._gate.take_turn(JOINS, work.now)", "wait_s = 0", _TESTS + "test_first_cards_are_counted_wherever_they_come_in_and_later_ones_nowhere"),
    Control("joins of any hour", "A8", "app/web/limits.py", "return turns[0] + per_s - now if len(turns) >= bucket.most else 0", "return per_s - now % per_s if sum(t // per_s == now // per_s for t in turns) >= bucket.most else 0", _TESTS + "test_shared_turns_are_as_many_in_any_hour_not_in_each_full_one"),
    Control("turns after a clock that was set back", "availability", "app/web/limits.py", "not now - per_s < turns[0] <= now + per_s", "turns[0] <= now - per_s", _TESTS + "test_clock_that_is_set_back_keeps_nobody_waiting_longer"),
    Control("joins that are only begun", "I5", _PROBATION, "gate.wait_of_turn(JOINS, now) or gate.take_turn(JOINS_BEGUN, now)", "gate.wait_of_turn(JOINS, now)", _TESTS + "test_joins_that_are_only_begun_are_bounded_before_they_cost_anything"),
    Control("joins that cannot be finished", "I5", _PROBATION, "gate.wait_of_turn(JOINS, now) or gate", "gate", _TESTS + "test_whoever_finds_no_room_reads_how_long_and_keeps_the_name"),
    Control("coming back with new words", "A8", "app/identity/routes/recovery.py", "    if known is None:\n        begin_join", "    if False:\n        begin_join", _TESTS + "test_unknown_words_are_not_stretched_for_without_end"),
    Control("later cards wait for nobody", "revocations always win", _PROBATION, "if record.document[codec.SEQUENCE] == 1:", "if True:", _TESTS + "test_first_cards_are_counted_wherever_they_come_in_and_later_ones_nowhere"),
    Control("posts on probation", "A8", _PROBATION, "        self._take(work, POSTS_OF_DAY, root or signer, full)\n", "", _TESTS + "test_persona_on_probation_sends_three_a_day_and_keeps_its_words"),
    Control("posts of keys without a card", "A8", _PROBATION, "wait_s = self._gate.take_turn(POSTS_OF_LONE_KEYS, work.now)", "wait_s = 0", _TESTS + "test_keys_without_a_card_share_a_bucket_and_personas_do_not"),
    Control("posts by any key of a persona", "A8", _PROBATION, "POSTS_OF_DAY, root or signer, full", "POSTS_OF_DAY, signer, full", _TESTS + "test_several_keys_and_the_root_of_a_persona_share_its_bucket"),
    Control("revisions by the root", "nobody invited is counted", _STORE, 'func.coalesce(_ROOT_OF_KEY, bindparam("key"))', "_ROOT_OF_KEY", _TESTS + "test_root_of_an_invited_persona_is_not_taken_for_a_key_without_a_card"),
    Control("frozen months are counted again", "freeze a cohort", _STORE, "row.name is not None and not row.is_frozen", "row.name is not None", _TESTS + "test_who_came_with_a_frozen_month_is_counted_again"),
    Control("refused posts are not counted", "nobody loses a post to a refusal", _PROBATION, "        work.undo.append(partial(self._gate.give_back, bucket, key, work.now))\n", "", _COUNTED),
    Control("cards of a persona", "I5", _PROBATION, "        self._take(work, CARDS_OF_PERSONA,", "        (lambda *_: None)(work, CARDS_OF_PERSONA,", _CROWDING + "test_cards_without_end_do_not_fill_the_disk"),
    Control("turns of joins that failed", "A8", _PROBATION, "            work.undo.append(partial(self._gate.give_turn_back, JOINS))\n", "", _CROWDING + "test_cards_that_open_no_session_take_nobody_elses_turn_to_join"),
    Control("refusals that are caught", "A8", "app/records/service.py", "        with work.told_only_if_done():\n", "        if True:\n", _CROWDING + "test_refusal_that_its_handler_catches_costs_nothing"),
    Control("what was undone was not counted", "A8", "app/db/work.py", "                give_back()\n", "                pass\n", "db/test_undo.py::test_work_that_cannot_be_committed_gives_all_back"),
    Control("places of each way in", "I9", "app/web/limits.py", "places = self._stretching[way]", 'places = self._stretching["web"]', _CROWDING + "test_flood_of_passphrases_by_one_way_in_leaves_the_others_their_place"),
    Control("probation at every door of the web", "A8", "app/main.py", "Probation(site.gate, site.instance_did), Pacing(site.gate)", "Pacing(site.gate)", "listeners/test_sybils.py::test_hour_of_200_circuits_is_worth_60_personas_and_delays_nobody_invited"),
)
# fmt: on
