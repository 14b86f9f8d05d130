"""Controls of probation: what holds back whoever makes personas and keys for nothing."""

from tests.controls.control import Control

_PROBATION = "app/identity/routes/probation.py"
_STORE = "app/identity/store/inviting.py"
_TESTS = "identity/test_probation.py::"
_COUNTED = _TESTS + "test_what_was_not_taken_in_is_not_counted"

# fmt: off
CONTROLS = (
    Control("joins without an invitation", "A8", _PROBATION, "wait_s = self._gate.take_turn(JOINS, work.now)", "wait_s = 0", _TESTS + "test_first_cards_are_counted_wherever_they_come_in_and_later_ones_nowhere"),
    Control("joins of any hour", "A8", "app/web/limits.py", "return turns[0] + per_s - now if len(turns) >= bucket.most else 0", "return per_s - now % per_s if sum(t // per_s == now // per_s for t in turns) >= bucket.most else 0", _TESTS + "test_shared_turns_are_as_many_in_any_hour_not_in_each_full_one"),
    Control("turns after a clock that was set back", "availability", "app/web/limits.py", "not now - per_s < turns[0] <= now + per_s", "turns[0] <= now - per_s", _TESTS + "test_clock_that_is_set_back_keeps_nobody_waiting_longer"),
    Control("joins that are only begun", "I5", _PROBATION, "gate.wait_of_turn(JOINS, now) or gate.take_turn(JOINS_BEGUN, now)", "gate.wait_of_turn(JOINS, now)", _TESTS + "test_joins_that_are_only_begun_are_bounded_before_they_cost_anything"),
    Control("joins that cannot be finished", "I5", _PROBATION, "gate.wait_of_turn(JOINS, now) or gate", "gate", _TESTS + "test_whoever_finds_no_room_reads_how_long_and_keeps_the_name"),
    Control("coming back with new words", "A8", "app/identity/routes/recovery.py", "    if known is None:\n        begin_join", "    if False:\n        begin_join", _TESTS + "test_unknown_words_are_not_stretched_for_without_end"),
    Control("later cards wait for nobody", "revocations always win", _PROBATION, " and record.document[codec.SEQUENCE] == 1:", ":", _TESTS + "test_first_cards_are_counted_wherever_they_come_in_and_later_ones_nowhere"),
    Control("posts on probation", "A8", _PROBATION, "if not gate.take(POSTS_OF_DAY, hand, now):", "if False:", _TESTS + "test_persona_on_probation_sends_three_a_day_and_keeps_its_words"),
    Control("posts of keys without a card", "A8", _PROBATION, "wait_s = gate.take_turn(POSTS_OF_LONE_KEYS, now)", "wait_s = 0", _TESTS + "test_keys_without_a_card_share_a_bucket_and_personas_do_not"),
    Control("posts by any key of a persona", "A8", _PROBATION, "hand = self._gate, root or signer", "hand = self._gate, signer", _TESTS + "test_several_keys_and_the_root_of_a_persona_share_its_bucket"),
    Control("revisions by the root", "nobody invited is counted", _STORE, 'func.coalesce(_ROOT_OF_KEY, bindparam("key"))', "_ROOT_OF_KEY", _TESTS + "test_root_of_an_invited_persona_is_not_taken_for_a_key_without_a_card"),
    Control("frozen months are counted again", "freeze a cohort", _STORE, "row.name is not None and not row.is_frozen", "row.name is not None", _TESTS + "test_who_came_with_a_frozen_month_is_counted_again"),
    Control("refused posts are not counted", "nobody loses a post to a refusal", _PROBATION, "            for undo in give_back:\n                undo()\n", "", _COUNTED),
    Control("probation at every door of the web", "A8", "app/main.py", "house.door.guarded(Probation(site.gate, site.instance_did))", "house.door", "listeners/test_sybils.py::test_hour_of_200_circuits_is_worth_60_personas_and_delays_nobody_invited"),
)
# fmt: on
