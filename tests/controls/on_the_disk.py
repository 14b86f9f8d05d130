"""Controls of what is kept: the database, files, backups, and the commands' way out."""

from tests.controls.control import Control

_ENGINE = "app/db/engine.py"
_GROUP = "app/db/group.py"
_ERASED = "app/db/erased.py"
_WIRING = "app/wiring.py"
_ARCHIVE = "app/cli/archive.py"
_PUBLISHING = "app/federation/publishing.py"
_SEQUENCER, _FILES = "app/tlog/sequencer.py", "app/tlog/files.py"
_PRAGMAS = "db/test_engine.py::test_connection_is_set_up_to_lose_and_to_leak_nothing"

# fmt: off
CONTROLS = (
    Control("answers after fsync", "A3", _ENGINE, '"synchronous=FULL"', '"synchronous=NORMAL"', "faults/test_sync.py::test_every_answer_comes_after_the_sync_of_what_it_promises"),
    Control("deleted is overwritten", "H8", _ENGINE, '"secure_delete=ON"', '"secure_delete=OFF"', "forms/test_keeping.py::test_deleted_draft_leaves_no_trace_on_the_disk"),
    Control("rows keep their parents", "K4", _ENGINE, '"foreign_keys=ON"', '"foreign_keys=OFF"', _PRAGMAS),
    Control("no functions from a schema", "A8", _ENGINE, '"trusted_schema=OFF"', '"trusted_schema=ON"', _PRAGMAS),
    Control("spoilt pages are noticed", "A8", _ENGINE, '"cell_size_check=ON"', '"cell_size_check=OFF"', _PRAGMAS),
    Control("safe build of SQLite", "A8", _ENGINE, "if dbapi2.sqlite_version_info < SQLITE_FLOOR:", "if False:", "db/test_engine.py::test_build_of_sqlite_that_can_corrupt_is_refused"),
    Control("reading never writes", "A8", _ENGINE, "query_only={'OFF' if writes else 'ON'}", "query_only=OFF", "db/test_engine.py::test_reading_cannot_write"),
    Control("one writer at a time", "A7", _ENGINE, '"BEGIN IMMEDIATE" if writes', '"BEGIN" if writes', "db/test_engine.py::test_writer_holds_the_lock_before_it_reads"),
    Control("values unprinted", "H3", _ENGINE, '"hide_parameters": True', '"hide_parameters": False', "db/test_engine.py::test_error_prints_no_value"),
    Control("write-ahead log emptied", "H8", _ENGINE, "self.must_scrub = True\n            for note", "self.must_scrub = False\n            for note", "forum/test_erasures.py::test_erased_words_are_in_no_file_of_the_instance"),
    Control("log that begins anew", "A9", _ENGINE, "(self.must_scrub or self._has_long_log())", "self.must_scrub", "db/test_long_log.py::test_log_of_the_database_stays_short_where_there_is_always_a_reader"),
    Control("read-only mode", "B6", _ENGINE, "if self.is_read_only:", "if False:", "web/test_read_only.py::test_api_is_refused_with_a_problem"),
    Control("read-only mode keeps words", "B6", "app/web/visit.py", "if may_write and site.db.is_read_only:", "if False:", "web/test_read_only.py::test_form_that_was_open_at_the_restart_gives_the_words_back"),
    Control("nothing promised that was taken back", "A5", _GROUP, "if not work.is_open:", "if False:", "db/test_group_full.py::test_steps_before_the_one_that_found_no_space_are_not_acknowledged"),
    Control("given up is not done", "A6", _GROUP, "if item.future.set_running_or_notify_cancel()", "", "db/test_group.py::test_step_given_up_before_its_turn_is_not_done"),
    Control("coarse times", "H6", "app/db/tables.py", "if value is not None and value % MINUTE_S:", "if False:", "identity/test_tables.py::test_precise_time_is_refused_before_it_reaches_the_disk"),
    Control("list of erasures", "K1", _WIRING, "    db.erasure_listeners.append(ErasedList(settings.data).append)\n", "", "cli/test_backup.py::test_erasure_is_listed_as_a_digest_and_nothing_else"),
    Control("list of erasures for its owner", "G3", _ERASED, "_HOW, 0o600)", "_HOW, 0o644)", "db/test_erased.py::test_list_is_its_owners_alone"),
    Control("list of erasures mended", "A6", _ERASED, 'file.truncate(file.read().rfind(b"\\n") + 1)', "file.read()", "db/test_erased.py::test_line_that_a_crash_cut_off_spoils_no_other"),
    Control("keys for their owner", "L10", _WIRING, "path.touch(mode=0o600, exist_ok=False)", "path.touch(mode=0o644, exist_ok=False)", "cli/test_operate.py::test_init_leaves_nothing_readable_to_others"),
    Control("folder for its owner", "L10", _WIRING, "        settings.data.chmod(0o700)", "        settings.data.chmod(0o755)", "cli/test_operate.py::test_init_leaves_nothing_readable_to_others"),
    Control("the rest of an opened folder for its owner", "L10", _WIRING, "    close_to_others(settings.data, PUBLIC)\n", "", "federation/test_publishing.py::test_others_read_the_public_folder_and_nothing_else"),
    Control("erased files gone at once", "an erasure holds", _WIRING, "    db.removal_listeners.append(publisher.remove)\n", "", "federation/test_publishing.py::test_erasure_takes_the_file_away_at_once"),
    Control("erased files not written after", "an erasure holds", _PUBLISHING, "if record.digest not in kept", "if False", "federation/test_publishing.py::test_record_erased_while_it_is_written_is_not_published"),
    Control("erased files that a crash left", "an erasure holds", _PUBLISHING, "            self._tidy_some()\n", "            pass\n", "federation/test_publishing.py::test_what_is_no_record_goes_at_the_next_start"),
    Control("erased files looked for again", "an erasure holds", "app/worker.py", "    house.publisher.remove([*digests, *hidden])\n", "", "federation/test_publishing.py::test_erased_record_that_a_failing_disk_kept_goes_within_the_hour"),
    Control("served files for their owner", "G3", "app/cli/operate.py", "    os.umask(0o077)\n    house = ", "    house = ", "cli/test_operate.py::test_served_instance_makes_files_of_its_owner_alone"),
    Control("one worker", "A7", "app/worker.py", "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)", "pass", "cli/test_operate.py::test_worker_beside_another_one_refuses"),
    Control("failed steps do not stop the worker", "B1", "app/worker.py", 'except Exception as error:  # noqa: BLE001 (this is a door)\n        house.db.counters.add("failures")\n        log_error("step-failed"', 'except KeyError as error:\n        house.db.counters.add("failures")\n        log_error("step-failed"', "tlog/test_worker.py::test_step_that_fails_raises_nothing_and_is_tried_again"),
    Control("failed files do not stop the shelf", "B6", "app/worker.py", 'except Exception as error:  # noqa: BLE001 (this is a door)\n        house.db.counters.add("failures")\n        log_error("shelf', 'except KeyError as error:\n        house.db.counters.add("failures")\n        log_error("shelf', "federation/test_shelving.py::test_file_that_cannot_be_made_is_told_and_passed"),
    Control("old drafts forgotten", "drafts kept 7 days", "app/worker.py", "forum.forget_old_drafts(work)", "pass", "forms/test_keeping.py::test_draft_is_forgotten_a_week_after_it_was_kept"),
    Control("backups sealed", "K1", _ARCHIVE, "lambda source: pyrage.encrypt_io(source, file, known)", "lambda source: file.write(source.read())", "cli/test_backup.py::test_backup_leaves_nothing_readable_on_the_host"),
    Control("backups for their owner", "K1", _ARCHIVE, "os.open(path, flags, 0o600)", "os.open(path, flags, 0o644)", "cli/test_backup.py::test_backup_leaves_nothing_readable_on_the_host"),
    Control("restored folder for its owner", "K2", _ARCHIVE, "            data.chmod(0o700)", "            data.chmod(0o755)", "cli/test_backup.py::test_restored_instance_is_its_owners_alone"),
    Control("backups overwrite nothing", "K1", _ARCHIVE, "if to.exists() or to.is_symlink():", "if False:", "cli/test_backup.py::test_backup_overwrites_nothing"),
    Control("copies of a backup gone", "K1", _ARCHIVE, "            shutil.rmtree(folder)\n", "            pass\n", "cli/test_backup.py::test_backup_leaves_nothing_readable_on_the_host"),
    Control("copies of a crashed backup gone", "K1", _ARCHIVE, "        shutil.rmtree(folder, ignore_errors=True)\n", "", "cli/test_backup.py::test_what_a_crashed_backup_left_is_gone_after_the_next"),
    Control("erased again after a restore", "K2", _ARCHIVE, "erased = site.erase_again(work, erasures)", "erased = 0", "cli/test_backup.py::test_erased_words_stay_erased_when_an_older_backup_is_restored"),
    Control("restored over nothing", "K2", _ARCHIVE, "if data.exists() and not {p.name for p in data.iterdir()} <= {_RESTORED, _LOCK}:", "if False:", "cli/test_backup.py::test_restore_touches_no_instance_and_no_other_folder"),
    Control("names in a backup", "D11", _ARCHIVE, "_KEY_NAME.fullmatch(name)", "name", "cli/test_backup.py::test_backup_with_a_file_of_another_place_is_refused"),
    Control("restored is looked over", "K2", _ARCHIVE, "if not all(finding.is_good for finding in findings):", "if False:", "cli/test_backup.py::test_backup_of_a_spoilt_instance_is_not_restored"),
    Control("key files for their owner", "L10", "app/cli/keys.py", "0o600", "0o644", "cli/test_keys.py::test_keygen_in_an_open_umask_still_closes_the_file"),
    Control("commands use no proxy of the environment", "D2", "app/web/outbound.py", "return httpx.Client(trust_env=False", "return httpx.Client(trust_env=True", "cli/test_records.py::test_proxy_of_the_environment_is_not_used"),
    Control("commands read bounded answers", "D3", "app/web/outbound.py", "if len(received) > most:", "if False:", "cli/test_records.py::test_endless_answer_is_cut_off"),
    Control("nothing signed by a database that is behind", "one history", _SEQUENCER, "if (entries := store.count_entries(work)) < size:\n            raise LogBehindError(entries, size)\n        edge", "entries = store.count_entries(work)\n        edge", "tlog/test_sequencer.py::test_restored_older_database_is_not_signed"),
    Control("nothing signed by another database", "one history", _SEQUENCER, "require_own_past(own.tree, entries, edge.head.root)", "pass", "tlog/test_sequencer.py::test_first_entry_that_changed_is_found_at_the_start"),
    Control("nothing signed by a database that changed", "one history", _SEQUENCER, "if _hashes(work, size - len(signed.last), size) != signed.last:", "if False:", "tlog/test_sequencer.py::test_database_that_changes_while_the_worker_runs_is_not_signed"),
    Control("nothing signed without the last checkpoint", "one history", _SEQUENCER, "                if own is None and state.has_begun:\n                    raise CheckpointMissingError\n", "", "tlog/test_sequencer.py::test_without_its_last_checkpoint_the_log_signs_nothing"),
    Control("compare, then swap", "one history", _FILES, "if there != (None if old is None else old.note.encode()):", "if False:", "tlog/test_sequencer.py::test_second_sequencer_stops"),
    Control("a lost race stops", "one history", _SEQUENCER, "            self.halted = error\n", "", "tlog/test_sequencer.py::test_second_sequencer_stops"),
    Control("no row lost by a migration", "K4", _ARCHIVE, "            dumps.require_kept(house.db.engine, manifest)\n", "", "cli/test_backup.py::test_backup_from_which_a_migration_takes_rows_is_not_restored"),
    Control("drill looks at what is kept", "K2", "app/cli/drill.py", "            _require_kept(backups, today)\n", "            pass\n", "cli/test_drill.py::test_drill_is_red_where_no_backup_was_kept_or_one_is_damaged"),
    Control("backups end", "an erasure holds", "app/cli/rotation.py", "        (folder / name).unlink()\n", "        pass\n", "cli/test_drill.py::test_second_backup_of_a_day_takes_the_place_of_the_first_only_when_whole"),
    Control("half a backup replaces none", "K1", "app/cli/rotation.py", "    write(new)\n    new.rename(to)\n", "    write(to)\n", "cli/test_drill.py::test_second_backup_of_a_day_takes_the_place_of_the_first_only_when_whole"),
    Control("restored log is bereft", "one history", _ARCHIVE, "tlog.require_checkpoint(work)", "pass", "cli/test_backup.py::test_backup_of_an_older_version_signs_nothing_either"),
    Control("no older checkpoint", "one history", _SEQUENCER, "if given.tree.size < shown:", "if False:", "tlog/test_sequencer.py::test_checkpoint_that_could_make_the_log_fork_is_refused"),
    Control("only the log's files are served", "D11", "app/tlog/published.py", "            publication = describe(path)\n", "            publication = describe('tlog/checkpoint')\n", "tlog/test_serving.py::test_nothing_else_is_served"),
    Control("what witnesses signed is published", "issue 4", _SEQUENCER, "if self._shown != with_cosignatures(work, self._signed.checkpoint).note.encode():", "if False:", "tlog/test_witnessed.py::test_what_witnesses_signed_is_published_at_the_next_step"),
    Control("all witnesses sign one checkpoint", "issue 4", "app/tlog/asking.py", "if self._is_waiting(witnesses, now):", "if False:", "tlog/test_witnessed.py::test_all_are_asked_about_one_checkpoint_while_the_log_grows"),
    Control("only a quorum's checkpoint is kept", "issue 4", "app/tlog/asking.py", "if _have_most_signed(store.list_witnesses(work), checkpoint):", "if True:", "tlog/test_witnessed.py::test_newer_post_has_its_proof_at_once_and_the_quorum_later"),
    Control("proofs keep their quorum", "issue 4", "app/tlog/published.py", "if found is None or index >= found[0].tree.size:", "if True:", "tlog/test_witnessed.py::test_proof_meets_the_policy_whatever_log_and_witnesses_do_later"),
    Control("one failed effect keeps none waiting", "B1", "app/records/service.py", "        if len(some) > 1:", "        if False:", "tlog/test_sequencer.py::test_one_poison_record_keeps_no_other_waiting"),
    Control("import's members", "D5", "app/cli/imports.py", "if not row.keys() <= _MEMBERS:", "if False:", "cli/test_import.py::test_bad_row_is_reported_and_stops_no_other"),
    Control("files that tell no hour", "H6", "app/tlog/files.py", "                tell_day_alone(file.fileno())\n", "                pass\n", "federation/test_publishing.py::test_no_file_tells_when_a_post_was_shown"),
    Control("notes of the shelf for their owner", "G3", "app/federation/shelving.py", "self._notes = ClosedFolder(self._folder)", "self._notes = PublicFolder(self._folder)", "federation/test_shelving.py::test_notes_of_the_shelf_are_its_owners_alone"),
    Control("files that a crash left unlisted", "H8", "app/federation/shelving.py", 'return self._shelf.list_traces("" if board == _ALL else board, date.fromisoformat(day))', "return {path for path in self._shelf.list_sums() if day in path and board in path}", "federation/test_shelving.py::test_words_of_a_file_that_a_crash_left_unlisted_leave_the_disk"),
    Control("pictures of erased words", "H8", "app/web/sharing.py", "    forget_pictures()\n", "", "forms/test_taking.py::test_pictures_of_erased_words_are_not_remembered"),
    Control("long texts weighed by their beginning", "I2", "app/forum/rules/__init__.py", "text.markdown[:_MOST_WEIGHED]", "text.markdown", "forum/test_search.py::test_long_text_is_weighed_by_its_beginning"),
)
# fmt: on
