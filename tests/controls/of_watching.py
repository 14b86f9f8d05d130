"""Controls of what partners tell each other of logs, and of who is frozen for what."""

from tests.controls.control import Control

_GOSSIP = "app/federation/partners/gossip.py"
_WATCHING = "app/federation/partners/watching.py"
_SYNCING = "app/federation/partners/syncing.py"
_REPLICAS = "app/federation/partners/replicas.py"
_RULES = "app/federation/health/rules.py"
_OF = "federation/test_lies.py::"

# fmt: off
CONTROLS = (
    Control("two histories are two", "issue 10", _GOSSIP, "if claimed.root == seen.tree.root:", "if False:", _OF + "test_accusation_without_proof_freezes_nobody"),
    Control("histories have proofs", "issue 10", _GOSSIP, "    verify_consistency(TreeHead(seen.tree.size, claimed.root), later.tree, claimed.path)\n", "", _OF + "test_accusation_without_proof_freezes_nobody"),
    Control("smaller trees are compared", "issue 10", _WATCHING, "return _first(find_contradiction, ((shown, raw) for raw in told))", "return None", _OF + "test_split_view_is_caught_by_both_and_proves_itself"),
    Control("proofs are handed on", "issue 10", _WATCHING, "contradictions=tuple(proofs)", "contradictions=()", _OF + "test_split_view_is_caught_by_both_and_proves_itself"),
    Control("our own log is compared", "issue 10", _WATCHING, "        self._compare_own(checkpoints, claims)\n", "", _OF + "test_our_own_second_history_is_kept_and_told"),
    Control("lies are said in our log", "issue 10", _WATCHING, "                say_flags(work, self._door)\n", "                pass\n", _OF + "test_forged_record_in_the_log_freezes_at_once_and_is_kept_as_received"),
    Control("a wrong clock freezes nobody", "issue 10: clock off by a day", _SYNCING, "return _is_back(work, partner) and not is_clock_off(work)", "return True", _OF + "test_who_knows_that_its_own_clock_is_off_freezes_nobody_for_being_late"),
    Control("the day of doubt begins with the doubt", "issue 10: an outage", _SYNCING, "return doubted_at is not None and work.now - doubted_at > DAY_S", "return True", _OF + "test_who_was_away_for_days_and_comes_back_with_a_spoiled_file_is_asked_again"),
    Control("an hour for who was away", "issue 10: an outage", _SYNCING, "    if not replica.trouble:\n        return True\n", "    return True\n", _OF + "test_who_was_away_when_its_promise_fell_due_has_an_hour_for_its_tick"),
    Control("proof alone freezes at once", "issue 10: whoever sits on the way", _SYNCING, "is_lie = _is_lie(work, partner, error, is_clock_off)", "is_lie = _is_doubtful(error)", _OF + "test_file_that_was_spoiled_on_its_way_freezes_nobody_and_comes_again"),
    Control("what the log holds is proof", "issue 10: a forged record", _SYNCING, "        return error.is_logged\n", "        return False\n", _OF + "test_forged_record_in_the_log_freezes_at_once_and_is_kept_as_received"),
    Control("partners by their keys", "issue 10: wrong card", _SYNCING, "        _require_own_card(heard, partner)\n", "", _OF + "test_another_host_at_the_partners_address_is_trouble_and_no_lie"),
    Control("promises are kept", "issue 10: a dropped post", _SYNCING, "            _require_promises_kept(db, partner, shown)\n", "", _OF + "test_receipt_whose_record_never_comes_freezes_after_a_day"),
    Control("nobody logs for our boards", "issue 10: replay to another board", _REPLICAS, "        run.require_its_own(work)\n", "", _OF + "test_post_for_our_board_in_a_partners_log_freezes"),
    Control("no liar logs itself out of it", "issue 10: replay to another board", _REPLICAS, "            run.require_its_own(work, size - _patience_with(partner))\n", "", "federation/test_foreign_entries.py::test_liar_that_logs_more_than_a_day_may_bring_is_judged_all_the_same"),
    Control("no liar fills the list", "issue 10: thousands of accusations", "app/federation/partners/flags.py", ".where(ranked.c.rank <= MOST_BY_ONE)", "", "federation/test_flags.py::test_liar_leaves_the_others_their_lines_and_is_told_to_have_more"),
    Control("no words of an accuser", "issue 10: slander", "app/federation/health/routes.py", "FLAGS.get(flag.code, OTHER_FLAG)", "FLAGS.get(flag.code, flag.code)", "federation/test_flags.py::test_kind_of_lie_is_a_sentence_and_never_the_signers_own_words"),
    Control("frozen before all else", "issue 10", _RULES, "if partner.state is not PartnerState.ACTIVE:", "if False:", "federation/test_health.py::test_partner_that_is_not_believed_says_so_before_all_else"),
    Control("what is over leaves the policy", "issue 10", _WATCHING, "elif not is_active or each.did in once:", "elif not is_active:", "federation/test_parting.py::test_whose_partner_ended_it_has_no_such_witness_once_they_know"),
    Control("what is ended leaves it at once", "issue 10", "app/federation/partners/service.py", "            tlog.stop_asking(work, witness.name)\n", "            pass\n", "federation/test_parting.py::test_who_ends_it_has_no_such_witness_at_once"),
    Control("no entry is lost to a wrong clock", "issue 10: clock off by a day", "app/federation/partners/aside.py", "or_(_ASIDE.c.tries <= most_tries, _ASIDE.c.reason.startswith(FUTURE))", "_ASIDE.c.tries <= most_tries", "federation/test_bad_input.py::test_clock_of_ours_that_is_days_behind"),
    Control("a full database is told", "issue 10: disk full in the middle of a sync", _SYNCING, "except (OSError, OperationalError) as error:", "except OSError as error:", "federation/test_bad_input.py::test_disk_that_is_full_in_the_middle_of_a_sync"),
    Control("clocks stand still", "PRODUCT L2", "app/hearings/rules/pauses.py", "(until - since).days - paused", "(until - since).days", "hearings/test_pauses.py::test_days_are_those_on_which_no_clock_stood_still"),
    Control("the host alone stops clocks", "PRODUCT L2", "app/hearings/service/pauses.py", "if record.signer != instance_did:", "if False:", "hearings/test_pauses.py::test_switch_of_somebody_else_or_out_of_turn_is_refused"),
    Control("a quorum is most of them", "PRODUCT F2", "app/tlog/policies.py", "is_met = policy.quorum != NONE", "is_met = True", "federation/test_quorum.py::test_log_without_witnesses_says_so"),
)
# fmt: on
