"""Controls of the monitor and the mirror: what a host or a copy cannot hide."""

from tests.controls.control import Control

_MONITOR = "app/federation/monitor.py"
_ERASURES = "app/federation/erasures.py"
_FOLDERS = "app/federation/folders.py"
_MIRROR = "app/federation/mirror.py"
_TRANSPORT = "app/cli/transport.py"
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
    Control("records of their entries", "issue 4", _MONITOR, "if record.digest != digest:", "if False:", _OF_MONITOR + "test_record_in_the_place_of_another_is_caught"),
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
)
# fmt: on
