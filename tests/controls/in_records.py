"""Controls of what is signed: bytes, signatures, the log, and what boards and posts allow."""

from tests.controls.control import Control

_JSON = "app/kernel/strict_json.py"
_REFUSES = "kernel/test_strict_json.py::test_decode_refuses_bytes_outside_the_profile"
_CODEC = "app/records/codec.py"
_AGAINST = "records/test_codec.py::test_record_against_the_rules_is_refused_however_well_signed"
_REGISTRY = "app/records/registry.py"
_DOOR = "app/records/service.py"
_RULES = "app/forum/rules.py"
_FORUM = "app/forum/service/__init__.py"

# fmt: off
CONTROLS = (
    Control("canonical bytes", "C7", _JSON, "if encode(value) != raw:", "if False:", _REFUSES),
    Control("no floats", "C8", _JSON, "parse_float=_refuse", "parse_float=float", _REFUSES),
    Control("exact integers", "C8", _JSON, " or abs(int(digits)) > MAX_INTEGER", "", _REFUSES),
    Control("no null", "C8", _JSON, 'raise MalformedError("null is not part of the profile")', "pass", _REFUSES),
    Control("one form of letters", "C13", _JSON, ' or not is_normalized("NFC", text):', ":", _REFUSES),
    Control("one kind of line end", "C13", _JSON, 'raise MalformedError("a string has a carriage return")', "pass", _REFUSES),
    Control("names in ASCII", "C8", _JSON, 'if not "".join(value).isascii():', "if False:", _REFUSES),
    Control("shallow", "C10", _JSON, "if len(_bracket_run.findall(raw)) > MAX_DEPTH:", "if False:", "kernel/test_strict_json.py::test_decode_reads_eight_levels_and_no_more"),
    Control("largest record", "C10", _CODEC, "if len(raw) > MAX_RECORD_BYTES:", "if False:", "records/test_codec.py::test_record_of_the_largest_size_is_read_and_one_byte_more_is_not"),
    Control("context", "C11", _CODEC, 'if document.get("@context") != _CONTEXT:', "if False:", _AGAINST),
    Control("author is the signer", "D4", _CODEC, 'if document.get("attributedTo") != f"ap://{signer}/actor":', "if False:", _AGAINST),
    Control("addressed to the public", "C8", _CODEC, 'if document.get("to") != PUBLIC_ONLY:', "if False:", _AGAINST),
    Control("proof of the same day", "C8", _CODEC, 'if proof["created"] != document["published"]:', "if False:", _AGAINST),
    Control("proof's purpose", "C11", _CODEC, 'or proof["proofPurpose"] != purpose', "", _AGAINST),
    Control("proof's suite", "C11", _CODEC, 'or proof["cryptosuite"] != "eddsa-jcs-2022"', "", _AGAINST),
    Control("proof's key", "D4", _CODEC, 'or proof["verificationMethod"] != verification_method(signer)', "", _AGAINST),
    Control("proof's context", "C11", _CODEC, 'or proof["@context"] != _CONTEXT', "", _AGAINST),
    Control("no unknown member", "C8", _CODEC, 'raise MalformedError("an unknown member")', "continue", "records/test_registry.py::test_member_of_another_type_is_refused"),
    Control("no missing member", "C8", _CODEC, "if not kind.required.keys() <= own:", "if False:", "records/test_registry.py::test_record_without_a_required_member_is_refused"),
    Control("signature", "C4", _CODEC, "verify_proof(record.document, key)", "_ = verify_proof", "records/test_codec.py::test_flipping_any_bit_is_refused"),
    Control("keys of full order", "C5", "app/crypto/ed25519.py", " or not crypto_core_ed25519_is_valid_point(raw)", "", "crypto/test_ed25519.py::test_key_of_low_order_is_refused"),
    Control("consent of posting keys", "D4", "app/identity/codec.py", "verify_signature(\n            decode_did(key.did)", "_ = (\n            decode_did(key.did)", "identity/test_cards.py::test_card_claiming_anothers_key_is_refused"),
    Control("consent of a board's home", "D4", "app/forum/codec.py", "verify_signature(decode_did(home), _consent_to(record.signer), consent)", "_ = consent", "forum/test_boards.py::test_board_whose_home_never_consented_is_refused"),
    Control("lines without tricks", "E5", _REGISTRY, '_require(not _tricks.search(value), "a line', '_require(True, "a line', _AGAINST),
    Control("texts without tricks", "E5", _REGISTRY, '_require(not _text_tricks.search(value), "a text', '_require(True, "a text', _AGAINST),
    Control("names that show", "E5", _REGISTRY, '_require(not _unseen.search(value), "a name', '_require(True, "a name', "records/test_registry.py::test_name_with_characters_that_do_not_show_is_refused"),
    Control("names with a letter", "E5", _REGISTRY, '_require(_letter.search(value), "a name', '_require(True, "a name', "forms/test_joining.py::test_name_that_would_not_show_is_refused"),
    Control("longest text", "I2", _REGISTRY, "_require(len(value.encode()) <= MAX_POST_BYTES,", "_require(True,", _AGAINST),
    Control("longest line", "I2", _REGISTRY, "isinstance(value, str) and 0 < len(value) <= limit", "isinstance(value, str) and 0 < len(value)", _AGAINST),
    Control("most keys of a card", "I2", _REGISTRY, "isinstance(value, list) and least <= len(value) <= most", "isinstance(value, list) and least <= len(value)", _AGAINST),
    Control("no record from the future", "B3", "app/records/rules.py", "if record.day > day_of(now) + timedelta(days=1):", "if False:", "records/test_rules.py::test_day_that_has_begun_nowhere_is_refused"),
    Control("id once", "C12", _DOOR, "if known.digest != record.digest:", "if False:", "records/test_service.py::test_replay_of_an_id_with_other_bytes_is_refused"),
    Control("nothing readable before its tick", "H7", _DOOR, "if record is None or not record.is_public:", "if record is None:", "records/test_service.py::test_bytes_are_hidden_before_the_tick_and_exact_after"),
    Control("erasures never wait", "H8", "app/records/rules.py", "if may_wait(kind) and hours", "if hours", "records/test_waits.py::test_erasure_and_card_never_wait"),
    Control("answers wait with what they answer", "H7", "app/tlog/service.py", "if pending_due is not None:", "if False:", "records/test_waits.py::test_answer_to_a_waiting_post_is_not_shown_before_it"),
    Control("shuffle", "H7", "app/tlog/service.py", "due.sort(key=lambda _: work.randomness.token_bytes(16))", "due.sort()", "tlog/test_service.py::test_shuffle_reaches_every_order"),
    Control("company of five", "H7", "app/tlog/rules.py", "facts.due_entries >= policy.least_entries", "facts.due_entries", "tlog/test_service.py::test_batch_of_four_waits_for_the_cap"),
    Control("an hour's cap", "H7", "app/tlog/rules.py", "return now >= facts.oldest_due_at + policy.cap_s", "return False", "tlog/test_service.py::test_batch_of_four_waits_for_the_cap"),
    Control("chosen wait", "H7", "app/tlog/rules.py", "Instant(now + 1 + wait_s)", "Instant(now + 1)", "records/test_waits.py::test_post_is_shown_after_the_chosen_wait_and_within_the_promise"),
    Control("due times on the grid of ticks", "H6", "app/tlog/rules.py", "round_up(Instant(now + 1 + wait_s), lane.tick_s)", "Instant(now + 1 + wait_s)", "tlog/test_rules.py::test_entries_of_one_batch_are_stored_alike"),
    Control("live boards store the day", "H6", "app/tlog/rules.py", "if wait_s else day", "if wait_s else Instant(now - now % MINUTE_S)", "tlog/test_rules.py::test_live_lane_stores_no_more_than_the_day"),
    Control("own posts alone", "J1", _RULES, "if hand != post.author.hand:", "if False:", "forum/test_rules.py::test_another_hand_changes_nothing"),
    Control("no lost revision", "C12", _RULES, "if post.erased_on is not None or previous != encode_digest(post.head):", "if post.erased_on is not None:", "forum/test_revisions.py::test_second_revision_of_one_version_is_refused"),
    Control("erased stays erased", "H8", _RULES, "if post.erased_on is not None or previous != encode_digest(post.head):", "if previous != encode_digest(post.head):", "forum/test_rules.py::test_change_of_an_erased_post_is_stale"),
    Control("erasures name what they erase", "C12", _RULES, "if post.erased_on is not None or previous not in known:", "if post.erased_on is not None:", "forum/test_erasures.py::test_erasure_of_a_version_that_never_was_is_refused"),
    Control("waiting posts unseen", "H7", _RULES, "if parent.number is None and parent.author.hand != hand and not is_carried:", "if False:", "forum/test_posts.py::test_reply_to_anothers_waiting_post_is_refused"),
    Control("waiting posts for their author", "H7", _FORUM, "if post is None or (post.number is None and not is_own):", "if post is None:", "forum/test_posts.py::test_waiting_post_is_there_for_its_author_alone"),
    Control("board inside the signature", "C11", _RULES, "if parent is None or parent.board != board:", "if parent is None:", "forum/test_posts.py::test_reply_on_another_board_than_its_thread_is_refused"),
    Control("stewards open threads", "J1", _RULES, "if board.openers is not Openers.ANYONE and not is_steward:", "if False:", "forum/test_posts.py::test_thread_where_only_stewards_open_them_is_refused"),
    Control("archived boards", "J1", _RULES, "if board.is_archived:", "if False:", "forum/test_settings.py::test_archived_board_takes_no_posts_until_it_is_opened_again"),
    Control("locked threads", "J1", _RULES, "if mark.state is not ThreadState.OPEN:", "if False:", "forum/test_settings.py::test_closed_thread_takes_no_answers_until_it_is_opened_again"),
    Control("settings by the home instance", "J1", _RULES, "if signer != instance:", "if False:", "forum/test_settings.py::test_settings_by_the_board_key_or_a_persona_are_refused"),
    Control("no lost settings", "C12", _RULES, 'if previous != (encode_digest(head) if head else ""):', "if False:", "forum/test_settings.py::test_settings_that_others_overtook_are_refused"),
    Control("settings of this board", "C11", "app/forum/service/boards.py", 'if document["object"] != founding.id:', "if False:", "forum/test_settings.py::test_settings_of_one_board_do_not_settle_another"),
    Control("board taken", "J1", "app/forum/service/boards.py", "if known is not None:", "if False:", "forum/test_boards.py::test_short_name_that_is_taken_is_refused"),
    Control("board's home", "D4", "app/forum/service/boards.py", "if board.home != instance_did:", "if False:", "forum/test_boards.py::test_board_whose_home_is_elsewhere_is_refused"),
    Control("pages for stewards", "J1", "app/forum/routes/managing.py", "if not identity.is_steward(work, viewer):", "if False:", "forms/test_managing.py::test_board_pages_are_closed_to_whoever_is_no_steward"),
    Control("erased bytes gone", "H8", _FORUM, "records.erase_bytes(work, digests)", "_ = digests", "records/test_service.py::test_bytes_are_gone_after_an_erasure"),
    Control("erased words unfound", "H8", _FORUM, "search.remove_from_index(work, [post.log_index])", "pass", "forum/test_erasures.py::test_erased_words_are_not_in_the_index_either"),
    Control("erased words uncached", "H8", _FORUM, "work.changed.update(subjects_of(post.thread, post.board))", "pass", "web/test_page_cache.py::test_erased_text_leaves_the_cache_at_once"),
    Control("words looked at again", "C7", _FORUM, "is_opening=is_opening) == version.text", "is_opening=is_opening) is not None", "forum/test_genuine.py::test_words_that_the_host_changed_are_not"),
    Control("signatures looked at again", "C7", _FORUM, "document = records.verify_record(records.parse_record(record.raw)).document", "document = records.parse_record(record.raw).document", "forum/test_genuine.py::test_record_that_the_host_rewrote_is_not"),
)
# fmt: on
