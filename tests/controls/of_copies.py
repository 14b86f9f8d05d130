"""Controls of the monitor and the mirror: what a host or a copy cannot hide."""

from tests.controls.control import Control

_MONITOR = "app/federation/monitor.py"
_ERASURES = "app/federation/erasures.py"
_FOLDERS = "app/federation/folders.py"
_MIRROR = "app/federation/mirror.py"
_TRANSPORT = "app/web/addresses.py"
_RECEIPTS, _REFETCH = "app/federation/receipts.py", "app/federation/refetch.py"
_OF_REFETCH = "federation/test_refetch.py::"
_OF_MONITOR = "federation/test_monitor.py::"
_OF_ERASURES = "federation/test_erasures.py::"
_OF_MIRROR = "federation/test_mirror.py::"
_REFUSED = "cli/test_monitor.py::test_answer_that_no_host_gives_is_refused"

# fmt: off
CONTROLS = (
    Control("withheld records", "issue 4", _ERASURES, "if len(digests) > most.get(kind, 0):", "if False:", _OF_MONITOR + "test_copy_that_drops_one_post_is_caught"),
    Control("one note an erasure", "issue 4", _ERASURES, '"Note": named.count("Update"),', '"Note": len(self.gone),', _OF_ERASURES + "test_no_second_post_vanishes_with_a_revised_one"),
    Control("erasures by the author", "issue 4", _ERASURES, "if self._roots.get(signer, signer) != self._roots.get(author, author):", "if False:", _OF_ERASURES + "test_erasure_by_somebody_else_is_caught"),
    Control("erasures reach the log", "issue 4", _MONITOR, "return is_fresh and source", "return source", _OF_ERASURES + "test_erasure_that_never_reaches_the_log_is_a_withheld_post"),
    Control("records of their entries", "issue 4", _MONITOR, "if sha256(raw).digest() != digest:", "if False:", _OF_MONITOR + "test_record_in_the_place_of_another_is_caught"),
    Control("types of their entries", "issue 4", _MONITOR, "if record.type != kind:", "if False:", _OF_MONITOR + "test_entry_that_names_another_type_is_caught"),
    Control("one form of entries", "issue 4", _MONITOR, "if encode_leaf(digest, kind) != leaf:", "if False:", _OF_MONITOR + "test_entry_that_is_none_of_ours_is_refused"),
    Control("one past", "issue 4", _MONITOR, "require_same_past(before, shown.checkpoint, root_then)", "_ = root_then", _OF_MONITOR + "test_longer_history_with_another_beginning_is_a_split_view"),
    Control("no link is followed", "issue 4", _FOLDERS, "os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK", "os.O_RDONLY | os.O_NONBLOCK", _OF_MONITOR + "test_link_in_a_copy_is_not_followed"),
    Control("no linked folder is entered", "issue 4", _FOLDERS, "os.O_DIRECTORY | os.O_NOFOLLOW", "os.O_DIRECTORY", _OF_MIRROR + "test_nothing_is_written_through_a_linked_folder"),
    Control("files alone", "issue 4", _FOLDERS, "if not S_ISREG(about.st_mode):", "if False:", _OF_MONITOR + "test_pipe_in_a_copy_does_not_hold_the_walk_up"),
    Control("bounded files", "issue 4", _FOLDERS, "if about.st_size > most:", "if False:", _OF_MONITOR + "test_file_that_is_too_large_is_not_read"),
    Control("folders of others", "issue 4", _FOLDERS, "if names and _MARK not in names:", "if False:", _OF_MIRROR + "test_folder_with_something_else_is_left_alone"),
    Control("one run at a time", "issue 4", _FOLDERS, "fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)", "pass", _OF_MIRROR + "test_two_runs_do_not_work_on_one_folder"),
    Control("one instance a mirror", "issue 4", _MIRROR, "if held.signer != shown.card.signer:", "if False:", _OF_MIRROR + "test_another_instance_is_not_mixed_in"),
    Control("erasures of that post", "issue 4", _MIRROR, "if held is not None and not names_post(strict_json.decode(held), erased):", "if False:", _OF_MIRROR + "test_erasure_that_names_another_post_takes_nothing_from_the_mirror"),
    Control("names outlive revocations", "issue 4", _MIRROR, " and ask() is None", "", _OF_MIRROR + "test_cards_of_an_erased_persona_leave_the_mirror"),
    Control("bounded answers of copies", "issue 4", "app/web/outbound.py", "if len(received) > most:", "if False:", _REFUSED),
    Control("receipts of their records", "issue 4", _RECEIPTS, "if said != (encode_digest(entry.digest), entry.kind):", "if False:", _OF_MIRROR + "test_receipt_that_is_not_the_hosts_promise_is_refused"),
    Control("receipts of their host", "issue 4", _RECEIPTS, 'if actor_did(receipt["attributedTo"]) != host:', "if False:", _OF_MIRROR + "test_receipt_that_is_not_the_hosts_promise_is_refused"),
    Control("fetched entries of our log", "one history", _REFETCH, "if shown.key != key:", "if False:", _OF_REFETCH + "test_copy_of_another_log_is_refused"),
    Control("fetched entries after our own", "one history", "app/tlog/sequencer.py", "        require_own_past(\n            TreeHead(entries", "        _ = (\n            TreeHead(entries", _OF_REFETCH + "test_database_with_another_past_is_refused"),
    Control("fetched log as long as the checkpoint", "one history", _REFETCH, "if shown.checkpoint.tree.size < own.tree.size:", "if False:", _OF_REFETCH + "test_older_copy_is_refused"),
    Control("fetched log withholds nothing", "issue 4", _REFETCH, "erasures = judge(walk_from, start, lambda digest: source.is_gone(path_of_record(digest)))", "erasures = walk_from(start)", _OF_REFETCH + "test_copy_that_lies_changes_nothing"),
    Control("erased cards stay erased", "an erasure holds", _REFETCH, "*_list_erased_cards(work, source, erasures)", "", _OF_REFETCH + "test_persona_erased_since_the_backup_has_no_name"),
    Control("checkpoints of bundles", "one history", _MONITOR, "        require_same_history(shown, checkpoint)\n", "        _ = checkpoint\n", "cli/test_copies.py::test_log_that_is_not_the_bundles_is_a_split_view"),
    Control("bundles against what was seen", "one history", _MONITOR, "if before.tree.size == later.tree.size:", "if False:", "cli/test_copies.py::test_bundle_that_is_not_the_logs_is_a_split_view"),
    Control("newest card", "issue 4", _MIRROR, "return max(held, shown.card,", "return min(held, shown.card,", _OF_MIRROR + "test_older_card_does_not_replace_a_newer_one"),
    Control("answers that end", "issue 4", "app/web/outbound.py", "if monotonic() > end:", "if False:", "cli/test_monitor.py::test_answer_that_takes_too_long_is_refused"),
    Control("types of answers", "issue 4", _TRANSPORT, "if answer.media_type not in _MEDIA_TYPES:", "if False:", _REFUSED),
    Control("unpacked answers", "issue 4", "app/web/outbound.py", 'if answer.headers.get("content-encoding", "identity") != "identity":', "if False:", _REFUSED),
    Control("policies of readers", "issue 4", _MONITOR, "    if policy is not None:\n", "    if False:\n", "cli/test_monitor.py::test_policy_that_asks_for_witnesses_is_heeded"),
    Control("cards of instances", "issue 4", _MONITOR, 'if card.type != "Application":', "if False:", _OF_MONITOR + "test_card_of_another_type_is_refused"),
    Control("logs that shrank", "issue 4", _MONITOR, "if before.tree.size > shown.checkpoint.tree.size:", "if False:", _OF_MONITOR + "test_attack_is_caught"),
    Control("no revision vanishes alone", "issue 4", _ERASURES, '"Update": len(self.gone) if named else 0,', '"Update": len(self.gone),', _OF_ERASURES + "test_revision_that_vanishes_alone_is_withheld"),
    Control("no card vanishes unrevoked", "issue 4", _ERASURES, '"Person": len(self.gone) if self.revoked - self._named else 0,', '"Person": len(self.gone),', _OF_ERASURES + "test_card_that_vanishes_without_a_revocation_is_withheld"),
    Control("what nobody can erase", "issue 4", _ERASURES, "if lost or kind not in most:", "if lost:", _OF_ERASURES + "test_record_that_nobody_can_erase_is_not_waited_for"),
    Control("mirrors wait for erasures", "issue 4", _MIRROR, "    elif erasures.pending:\n", "    if False:\n", _OF_MIRROR + "test_erasure_that_waits_for_its_tick_lets_the_mirror_wait"),
    Control("mirrors keep the evidence", "D9", _MIRROR, '        folder.write(f"split-view-{sha256(evidence).hexdigest()[:16]}.txt", evidence)\n', "", _OF_MIRROR + "test_split_view_leaves_its_evidence_in_the_mirror"),
    Control("readers keep the evidence", "D9", "app/cli/monitor.py", "        _write_whole(path, raw)\n        return path\n", "        return path\n", "cli/test_monitor.py::test_split_view_between_two_sources_leaves_the_evidence"),
    Control("cut-off files of a mirror", "A3", _MIRROR, "            if raw is not None and _is_whole(path, raw)\n", "            if raw is not None\n", _OF_MIRROR + "test_file_that_a_crash_cut_off_is_asked_for_again"),
    Control("a mirror's checkpoint comes last", "A3", _MIRROR, "    settle()\n", "    folder.write(CHECKPOINT_PATH, shown.checkpoint.note.encode())\n    settle()\n", _OF_MIRROR + "test_checkpoint_comes_after_the_disk_keeps_all_that_it_names"),
    Control("erased words leave mirrors", "H8", _MIRROR, "    for path in removed:\n        folder.remove(path)\n", "", "attacks/test_erased_everywhere.py::test_erased_words_leave_a_mirror_at_its_next_run"),
)
# fmt: on
