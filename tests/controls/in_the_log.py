"""Controls of the log: what is signed and in which order, and what a reader does not believe."""

from tests.controls.control import Control

_CHECKPOINTS, _TREE, _TILES = "app/tlog/checkpoints.py", "app/tlog/tree.py", "app/tlog/tiles.py"
_POLICIES, _COSIGNATURES = "app/tlog/policies.py", "app/tlog/cosignatures.py"
_SEQUENCER, _FILES, _GROWTH = "app/tlog/sequencer.py", "app/tlog/files.py", "app/tlog/growth.py"
_WITNESS, _PROOFS = "app/tlog/witness.py", "app/tlog/proof_files.py"
_OF_CHECKPOINTS = "tlog/test_checkpoints.py::"
_OF_TREE = "tlog/test_tree.py::"
_OF_TILES = "tlog/test_tiles.py::"
_OF_COSIGNATURES = "tlog/test_cosignatures.py::"
_OF_POLICIES = "tlog/test_policies.py::"
_OF_WITNESS = "tlog/test_witness.py::"
_OF_SEQUENCER = "tlog/test_sequencer.py::"
_IN_ORDER = "tlog/test_failure_table.py::test_run_has_its_five_steps_in_their_order"

# fmt: off
CONTROLS = (
    Control("checkpoint: whose log", "issue 4", _CHECKPOINTS, "    if not named:\n", "    if False:\n", _OF_CHECKPOINTS + "test_checkpoint_of_another_log_is_told_as_such"),
    Control("checkpoint: signed at all", "issue 4", _CHECKPOINTS, "    if not signed:\n", "    if False:\n", _OF_CHECKPOINTS + "test_checkpoint_without_the_logs_signature_is_told_as_such"),
    Control("checkpoint: signature holds", "issue 4", "app/crypto/notes.py", "        verify_signature(key.key, note.text.encode(), signature.value)\n", "        pass\n", _OF_CHECKPOINTS + "test_checkpoint_that_was_changed_is_told_as_such"),
    Control("checkpoint: a log's key", "issue 4", "app/crypto/notes.py", "if key.algorithm != SIGNATURE or not", "if not", _OF_CHECKPOINTS + "test_key_of_a_witness_is_no_key_of_a_log"),
    Control("checkpoint: whole", "issue 4", _CHECKPOINTS, 'if not raw.endswith(b"\\n") or b"\\n\\n" not in raw or raw.endswith(b"\\n\\n"):', "if False:", _OF_CHECKPOINTS + "test_every_beginning_of_a_checkpoint_is_told_as_cut_off"),
    Control("growth: of one log", "issue 4", _CHECKPOINTS, "    if seen.origin != later.origin:\n", "    if False:\n", _OF_CHECKPOINTS + "test_checkpoints_of_two_logs_are_not_compared"),
    Control("growth: never less", "issue 4", _CHECKPOINTS, "    if later.tree.size < seen.tree.size:\n", "    if False:\n", _OF_CHECKPOINTS + "test_log_that_shrank_is_told_as_such"),
    Control("growth: one tree of a size", "D9", _CHECKPOINTS, "if later.tree.size == seen.tree.size and later.tree.root != seen.tree.root:", "if False:", _OF_CHECKPOINTS + "test_two_trees_of_one_size_are_told_as_a_split_view_with_the_evidence"),
    Control("growth: the same past", "D9", _CHECKPOINTS, "    if root_then != seen.tree.root:\n", "    if False:\n", _OF_CHECKPOINTS + "test_rewritten_past_is_told_as_a_split_view_when_the_tree_is_there"),
    Control("growth: proven", "D9", _CHECKPOINTS, "    verify_consistency(seen.tree, later.tree, path)\n", "    pass\n", _OF_CHECKPOINTS + "test_growth_without_its_proof_is_not_believed_and_not_called_a_split"),
    Control("inclusion: up to the root", "issue 4", _TREE, "if last or found != tree.root:", "if last:", _OF_TREE + "test_inclusion_proof_of_something_else_is_refused"),
    Control("inclusion: no further", "issue 4", _TREE, "if last or found != tree.root:", "if found != tree.root:", _OF_TREE + "test_published_inclusion_proof_gets_its_verdict"),
    Control("consistency: up to both roots", "issue 4", _TREE, "if last or (old_root, new_root) != (old.root, new.root):", "if last:", _OF_TREE + "test_consistency_proof_between_other_trees_is_refused"),
    Control("consistency: no path, no other root", "issue 4", _TREE, "if path or (old.size == new.size and old.root != new.root):", "if False:", _OF_TREE + "test_published_consistency_proof_gets_its_verdict"),
    Control("leaves are no nodes", "issue 4", _TREE, 'return sha256(b"\\0" + leaf).digest()', 'return sha256(b"\\1" + leaf).digest()', _OF_TREE + "test_leaf_is_never_taken_for_a_node"),
    Control("tiles: the right edge", "issue 4", _TILES, "    if edge.head != tree:\n", "    if False:\n", _OF_TILES + "test_tiles_of_another_log_are_found"),
    Control("tiles: under the one above", "issue 4", _TILES, "if rows[HEIGHT][0] != self._pyramid(level + 1, above)[0][place]:", "if False:", _OF_TILES + "test_one_flipped_bit_in_any_file_is_found"),
    Control("tiles: their entries", "issue 4", _TILES, "if [hash_leaf(leaf) for leaf in leaves] != list(self._pyramid(0, index)[0]):", "if False:", _OF_TILES + "test_one_flipped_bit_in_any_file_is_found"),
    Control("tiles: one path", "D11", _TILES, "    if tile.path != path:\n", "    if False:\n", _OF_TILES + "test_other_path_is_refused"),
    Control("policy: its quorum", "issue 4", _POLICIES, "if policy.quorum != NONE and policy.quorum not in met:", "if False:", _OF_POLICIES + "test_quorum_of_the_specification_is_met_by_the_right_ones_alone"),
    Control("policy: a key counts once", "issue 4", _POLICIES, "if parsed.key in {known.key.key for known in self.witnesses}:", "if False:", _OF_POLICIES + "test_what_is_no_policy_is_refused"),
    Control("policy: the log's own signature", "issue 4", _POLICIES, "verify_checkpoint(claimed, [log.key for log in policy.logs])", "VerifiedCheckpoint(note=claimed.note, origin=claimed.origin, tree=claimed.tree)", _OF_POLICIES + "test_cosignatures_are_worth_nothing_without_the_logs_own"),
    Control("cosignatures hold", "issue 4", _COSIGNATURES, "            ed25519.verify_signature(witness.key, message, value)\n", "            pass\n", _OF_COSIGNATURES + "test_cosignature_of_another_tree_time_or_log_does_not_hold"),
    Control("cosignatures of the other kind hold", "issue 4", _COSIGNATURES, "            mldsa.verify_signature(witness.key, message, value)\n", "            pass\n", _OF_COSIGNATURES + "test_published_mldsa_checkpoint_verifies_and_no_changed_one_does"),
    Control("answers of witnesses", "issue 4", _COSIGNATURES, "    verify_cosignatures(cosigned, [witness])\n", "    pass\n", "tlog/test_asking.py::test_what_is_no_cosignature_is_not_believed"),
    Control("receipts: this entry", "issue 4", _PROOFS, "    verify_inclusion(hash_leaf(leaf), claimed.index, claimed.path, tree)\n", "    hash_leaf(leaf)\n", "tlog/test_proof_files.py::test_another_entry_is_not_proven"),
    Control("witness: logs of its list", "D9", _WITNESS, "    if request.checkpoint.origin not in {key.name for key in keys}:\n", "    if False:\n", _OF_WITNESS + "test_log_that_nobody_asked_it_to_look_after_is_refused"),
    Control("witness: from where it was", "D9", _WITNESS, "    if request.old_size != seen.size:\n", "    if False:\n", _OF_WITNESS + "test_old_size_that_is_not_the_witnesses_is_told_the_right_one"),
    Control("witness: only grown", "D9", _WITNESS, "        verify_growth(latest, checkpoint, request.path)\n", "        pass\n", _OF_WITNESS + "test_rewritten_past_is_refused"),
    Control("a run's own entries", "one history", _GROWTH, "    if tuple(map(hash_leaf, open_leaves)) != row:\n", "    if False:\n", "tlog/test_growth.py::test_run_over_other_entries_than_the_tree_holds_stops"),
    Control("a run's files are synced", "A3", _FILES, "            if is_synced:\n                os.fsync(file.fileno())\n", "", _IN_ORDER),
    Control("a run's folders are synced", "A3", _FILES, "            for folder in changed:\n                sync_folder(folder)\n", "", _IN_ORDER),
    Control("the own checkpoint's folder is synced", "A3", _FILES, "            sync_folder(self._path.parent)\n", "", _IN_ORDER),
    Control("tiles before the checkpoint", "one history", _SEQUENCER, "                self._own.swap(old, new)\n                self._signed = _Signed(new, growth.edge, last)\n                self._publish()\n", "                self._signed = _Signed(new, growth.edge, last)\n                self._publish()\n                self._own.swap(old, new)\n", _IN_ORDER),
    Control("one run of the sequencer at a time", "A7", _SEQUENCER, "        return self._own.turn()\n", "        import contextlib\n        return contextlib.nullcontext()\n", _OF_SEQUENCER + "test_run_keeps_other_processes_waiting"),
    Control("no second beginning", "one history", _SEQUENCER, "        if self._find_published(MAX_SIZE):\n", "        if False:\n", _OF_SEQUENCER + "test_log_that_was_published_does_not_begin_again"),
    Control("resumed by its own checkpoint", "one history", _SEQUENCER, "given = verify_checkpoint(parse_checkpoint(raw), [self._verifier])\n        # Witnesses", "given = parse_checkpoint(raw)\n        # Witnesses", _OF_SEQUENCER + "test_checkpoint_that_could_make_the_log_fork_is_refused"),
    Control("resumed by no older one", "one history", _SEQUENCER, "if own is not None and given.tree.size < own.tree.size:", "if False:", _OF_SEQUENCER + "test_checkpoint_beyond_the_database_is_kept_and_nothing_signed"),
    Control("resumed by no other history", "one history", _SEQUENCER, "if own is not None and given.tree.size == own.tree.size and given.tree != own.tree:", "if False:", _OF_SEQUENCER + "test_checkpoint_beyond_the_database_is_kept_and_nothing_signed"),
    Control("resumed where the database fits", "one history", _SEQUENCER, "            if store.count_entries(work) >= given.tree.size:\n", "            if False:\n", _OF_SEQUENCER + "test_checkpoint_that_could_make_the_log_fork_is_refused"),
)
# fmt: on
