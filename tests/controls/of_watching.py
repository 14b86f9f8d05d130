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
    Control("proof alone freezes at once", "issue 10: whoever sits on the way", _SYNCING, "is_lie = _is_proof(error) or _lasts(work, partner, error)", "is_lie = is_doubtful", _OF + "test_file_that_was_spoiled_on_its_way_freezes_nobody_and_comes_again"),
    Control("what the log holds is proof", "issue 10: a forged record", _SYNCING, "        return error.is_logged\n", "        return False\n", _OF + "test_forged_record_in_the_log_freezes_at_once_and_is_kept_as_received"),
    Control("partners by their keys", "issue 10: wrong card", _SYNCING, "        _require_own_card(heard, partner)\n", "", _OF + "test_another_host_at_the_partners_address_is_trouble_and_no_lie"),
    Control("promises are kept", "issue 10: a dropped post", _SYNCING, "        _require_promises_kept(db, partner)\n", "", _OF + "test_receipt_whose_record_never_comes_freezes_after_a_day"),
    Control("nobody logs for our boards", "issue 10: replay to another board", _REPLICAS, "        self._require_its_own(work, entries)\n", "", _OF + "test_post_for_our_board_in_a_partners_log_freezes"),
    Control("frozen before all else", "issue 10", _RULES, "if partner.state is not PartnerState.ACTIVE:", "if False:", "federation/test_health.py::test_partner_that_is_not_believed_says_so_before_all_else"),
)
# fmt: on
