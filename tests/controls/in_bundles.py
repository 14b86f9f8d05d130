"""Controls of bundles: archives that do harm, couriers and hosts who change what they carry."""

from tests.controls.control import Control

_ARCHIVE = "app/federation/bundles/archive.py"
_CODEC = "app/federation/bundles/codec.py"
_CHECKING = "app/federation/bundles/checking.py"
_BULLETINS = "app/federation/bundles/bulletins.py"
_PRESS = "app/federation/press.py"
_SHELVING = "app/federation/shelving.py"
_SHELF = "app/federation/shelf.py"
_TEXTS = "app/federation/texts.py"
_AN = "federation/test_archive.py::"
_A = "federation/test_bundles.py::"
_BU = "federation/test_bulletins.py::"
_P = "federation/test_shelving.py::"

# fmt: off
CONTROLS = (
    Control("acts of our own log alone", "J1", "app/federation/bundles/bringing.py", "verify_bundle(bundle).host == instance_did", "bool(verify_bundle(bundle).host)", "federation/test_bundled_acts.py::test_acts_count_as_our_own_only_if_our_log_holds_them"),
    Control("desks come with their acts", "J3", "app/federation/bundles/gathering.py", "        self._add_desks()\n", "", "federation/test_bundled_acts.py::test_acts_do_elsewhere_what_they_did_here"),
    Control("archive: damage", "D13", _ARCHIVE, "if raw[-_COMMENT_BYTES:] != _comment(memoryview(raw)[:-_COMMENT_BYTES]):", "if False:", _AN + "test_any_flipped_bit_of_an_archive_is_found"),
    Control("archive: number of files", "D12", _ARCHIVE, "if count > MOST_FILES:", "if False:", _AN + "test_too_many_files_are_refused"),
    Control("archive: names", "D11", _ARCHIVE, " or not _name.fullmatch(name):", ":", _AN + "test_traversal_and_strange_names_are_refused"),
    Control("archive: a file once", "D11", _ARCHIVE, "if name <= last:", "if False:", _AN + "test_duplicate_is_refused"),
    Control("archive: one form", "D11", _ARCHIVE, "if raw[place : place + len(line)] != line or raw[offset : offset + len(header)] != header:", "if False:", _AN + "test_link_and_device_are_refused"),
    Control("archive: nothing hidden", "D11", _ARCHIVE, "if offset != start or place", "if place", _AN + "test_bytes_before_or_between_files_are_refused"),
    Control("archive: size in all", "D12", _ARCHIVE, "if sum(entry.size for entry, _ in entries) > MAX_TOTAL_BYTES:", "if False:", _AN + "test_many_small_bombs_are_refused_before_they_are_inflated"),
    Control("archive: declared size", "D12", _ARCHIVE, "if len(content) != entry.size or not is_whole", "if not is_whole", _AN + "test_declared_size_that_lies_is_refused"),
    Control("bundle: number of records", "D12", _CODEC, 'if raw.count(b"\\n") > MOST_RECORDS:', "if False:", _A + "test_too_many_records_are_counted_before_they_are_split"),
    Control("bundle: what was signed", "D13", _CODEC, "if document != expected:", "if False:", _A + "test_courier_who_changes_a_record_is_found"),
    Control("bundle: who signed", "D13", _CODEC, "    verify_proof(document, key)", "    pass", _A + "test_forged_signature_of_the_host_is_found"),
    Control("bundle: whose card", "D13", _CHECKING, " or card.signer != host:", ":", _A + "test_somebody_else_who_signs_a_hosts_bundle_is_found"),
    Control("bundle: of this board", "D13", _CHECKING, "    if not is_right:", "    if False:", _A + "test_host_who_shows_another_boards_words_is_found"),
    Control("bundle: in the log", "F3", _CHECKING, "verify_inclusion(hash_leaf(leaf), place.index, place.path, checkpoint.tree)", "hash_leaf(leaf)", _A + "test_host_who_adds_a_record_that_its_log_lacks_is_found"),
    Control("bulletin: who signed", "B7", _BULLETINS, "if len(note.signatures) != 1 or not verify_note(note, host):", "if False:", _BU + "test_somebody_else_who_signs_it_is_found"),
    Control("bulletin: its length", "B7", _BULLETINS, "if len((more if is_last else more + rest).encode()) > room:", "if False:", _BU + "test_what_finds_no_room_is_left_out_and_told"),
    Control("bulletin: what waits", "B7", _PRESS, " if openings[post.thread] is not None]", "]", _P + "test_thread_that_readers_cannot_see_yet_is_not_told"),
    Control("shelf: erased words go", "D13", _SHELVING, "if not fresh.isdisjoint(_digest.findall(self._read_note(name))):", "if False:", _P + "test_erased_words_leave_the_shelf_before_anything_else_is_done"),
    Control("shelf: a note comes before its file", "D13", _SHELVING, "            self._save(name, replace(note, held=note.held | held, is_due=True))\n            self._shelf.put(path, made.raw)", "            self._shelf.put(path, made.raw)", _P + "test_words_of_a_file_that_a_power_cut_kept_from_its_note_leave_the_shelf"),
    Control("shelf: paths", "D11", _SHELF, "if path != INDEX and not _file.fullmatch(path):", "if False:", _P + "test_no_other_path_is_read"),
    Control("post as text: its words", "D13", _TEXTS, "if _unwrapped(encode_text(record)) != plain:", "if False:", "federation/test_texts.py::test_courier_who_changes_the_words_is_found"),
    Control("card: fits paper", "B5", "app/site/rules.py", "if len(raw) > MOST_CARD_BYTES:", "if False:", "cli/test_mirrors.py::test_card_stays_small_enough_to_scan"),
    Control("bundle: of the log on the card", "F3", _CHECKING, 'if checkpoint.origin != log_key.partition("+")[0]:', "if False:", _A + "test_host_who_proves_by_a_log_that_its_card_does_not_name_is_found"),
    Control("bundle: by the key on the card", "F3", _CHECKING, "if policy is None and log_key not in _log_keys(contents.policy):", "if False:", _A + "test_host_who_proves_by_a_log_that_its_card_does_not_name_is_found"),
    Control("archive: size of the file", "D12", _ARCHIVE, "if len(raw) > MAX_ARCHIVE_BYTES:", "if False:", _AN + "test_a_million_entries_are_refused"),
    Control("archive: ratio", "D12", _ARCHIVE, " or entry.size > entry.packed * MOST_RATIO:", ":", _AN + "test_impossible_ratio_is_refused"),
    Control("bag: its manifests", "D13", "app/federation/bundles/bag.py", "if expected[name] != files[name]:", "if False:", "federation/test_flips.py::test_flipped_bit_in_an_archive_that_was_made_anew_is_found"),
    Control("damaged notes of the shelf", "H8", _SHELVING, "if raw and not _shape.fullmatch(raw):", "if False:", _P + "test_damaged_note_keeps_no_erased_words_on_the_shelf"),
)
# fmt: on
