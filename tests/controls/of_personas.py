"""Controls of personas: names, keys, custody, sessions, passphrases."""

from tests.controls.control import Control

_RULES = "app/identity/rules/__init__.py"
_NAMING = "app/identity/rules/naming.py"
_CARDS = "app/identity/service/cards.py"
_SESSION_KEYS = "app/crypto/session_keys.py"
_SESSIONS = "app/identity/service/sessions.py"
_STORE = "app/identity/store/logins.py"
_RECOVERY = "app/identity/service/recovery.py"
_SEALING = "app/crypto/sealing.py"

# fmt: off
CONTROLS = (
    Control("idle sessions end", "E9", _STORE, '_SESSION.c.idle_until > bindparam("minute"),', "_SESSION.c.idle_until > 0,", "identity/test_sessions.py::test_session_ends_when_nobody_writes_for_two_hours"),
    Control("long sessions end", "E9", _STORE, '_SESSION.c.ends_at > bindparam("minute"),', "_SESSION.c.ends_at > 0,", "identity/test_sessions.py::test_session_that_is_used_lasts_but_not_beyond_twelve_hours"),
    Control("idle time", "E9", _RULES, "IDLE_S: Final = 2 * 3600", "IDLE_S: Final = 3 * 3600", "identity/test_rules.py::test_sessions_end_after_two_idle_hours_and_twelve_in_all"),
    Control("longest time", "E9", _RULES, "ABSOLUTE_S: Final = 12 * 3600", "ABSOLUTE_S: Final = 13 * 3600", "identity/test_rules.py::test_sessions_end_after_two_idle_hours_and_twelve_in_all"),
    Control("ended sessions forgotten soon", "B3", "app/worker.py", "(_forget_sessions, number % _SESSIONS_EVERY_TICKS == 0)", "(_forget_sessions, is_hourly)", "faults/test_clock.py::test_session_that_ended_does_not_live_again_when_the_clock_goes_back"),
    Control("recovery words that fit", "nobody comes as somebody else", "app/crypto/seed.py", "if seed.words() != tuple(words):", "if False:", "crypto/test_seed.py::test_words_that_are_no_seed_are_refused"),
    Control("log-in proofs signed", "D4", "app/identity/codec/login_proofs.py", "    verify_proof(document, decode_did(did))\n", "    _ = verify_proof\n", "forms/test_login.py::test_flipping_bits_of_a_proof_is_refused"),
    Control("log-in proofs for logging in", "C11", "app/identity/codec/login_proofs.py", '        and proof["proofPurpose"] == "authentication"\n', "", "identity/test_codec.py::test_what_a_key_signed_for_anything_else_is_no_proof_of_a_login"),
    Control("drafts of one's own", "J1", "app/forum/store/keeping.py", "DraftRow.id == draft_id, DraftRow.root == root", "DraftRow.id == draft_id", "forms/test_keeping.py::test_draft_is_there_for_its_persona_alone"),
    Control("ended sessions forgotten", "H9", _SESSIONS, "store.remove_ended_sessions(work)", "pass", "identity/test_sessions.py::test_ended_sessions_are_forgotten_and_others_kept"),
    Control("session ids hashed", "E7", _SESSION_KEYS, 'return sha256(b"goftogu/v1/session-id\\0" + self.id).digest()', "return self.id", "identity/test_sessions.py::test_no_secret_is_in_the_files_of_the_instance"),
    Control("session keys sealed by the cookie", "the database alone cannot sign", _SESSION_KEYS, "seal(derive_key(token.secret, context)", "seal(derive_key(token.id, context)", "identity/test_sessions.py::test_joining_opens_a_session_that_can_sign"),
    Control("other sessions ended", "E8", _SESSIONS, "store.remove_other_sessions(work, viewer.root, half.mark())", "pass", "forms/test_ending_sessions.py::test_other_sessions_end_and_this_one_stays"),
    Control("unknown names cost the same", "E16", _SESSIONS, '    stretched = stretch(passphrase, login.salt if login else _UNKNOWN_SALT, COST)\n    if login is None:\n        raise WrongPassphraseError("no such name and passphrase")\n', '    if login is None:\n        raise WrongPassphraseError("no such name and passphrase")\n    stretched = stretch(passphrase, login.salt, COST)\n', "identity/test_sessions.py::test_unknown_name_costs_as_much_as_a_wrong_passphrase"),
    Control("cost of a guess", "E17", _SEALING, "passes: int = 3", "passes: int = 1", "crypto/test_sealing.py::test_usual_stretch_costs_32_mib_and_three_passes"),
    Control("cost of a guess in use", "E17", "app/identity/service/sessions.py", "COST: Final = StretchCost()", "COST: Final = StretchCost(memory_kib=64, passes=1)", "identity/test_sessions.py::test_joining_makes_new_secrets_each_time"),
    Control("kind of stretch", "E17", _SEALING, "Type.ID\n", "Type.D\n", "crypto/test_sealing.py::test_stretch_is_argon2id"),
    Control("boxes of one purpose", "C11", _SEALING, "encrypt(nonce, plain, context.encode())", "encrypt(nonce, plain, b'')", "crypto/test_sealing.py::test_box_opens_with_its_key_and_context"),
    Control("least passphrase", "E17", "app/identity/forms.py", "if len(passphrase) < LEAST_PASSPHRASE_CHARACTERS:", "if False:", "forms/test_joining.py::test_unfit_name_or_passphrase_is_explained"),
    Control("passphrases hidden", "H3", _SEALING, 'return "Passphrase(…)"', "return self._text", "crypto/test_sealing.py::test_passphrase_does_not_leave_by_accident"),
    Control("keys hidden", "H3", "app/crypto/secret.py", 'return f"{type(self).__name__}(…)"', "return self._secret.hex()", "crypto/test_ed25519.py::test_secret_does_not_leave_by_accident"),
    Control("keys in use sign", "E8", _RULES, "if author.state is not KeyState.ACTIVE:", "if False:", "identity/test_rules.py::test_key_out_of_use_may_not_sign"),
    Control("keys in use log in", "E8", _SESSIONS, " or author.state is not KeyState.ACTIVE:", ":", "forms/test_login.py::test_revoked_key_does_not_log_in"),
    Control("custody as declared", "C15", _RULES, "if declared is not author.custody:", "if False:", "identity/test_rules.py::test_record_that_declares_another_custody_is_refused"),
    Control("custody stays declared", "C15", _CARDS, "custody=known.custody, state=state", "custody=key.custody, state=state", "identity/test_cards.py::test_key_that_a_server_held_is_never_called_device"),
    Control("no lost card", "C12", _RULES, "if not follows(card, current):", "if False:", "identity/test_rules.py::test_card_that_does_not_follow_is_refused"),
    Control("card built on the last", "C12", _RULES, "and card.previous == built_on", "", "identity/test_rules.py::test_card_that_does_not_follow_is_refused"),
    Control("revoked stays revoked", "E8", _RULES, "return max(before, after, key=_ORDER.index)", "return after", "identity/test_cards.py::test_revoked_key_never_comes_back"),
    Control("keys left out are retired", "E8", _CARDS, "if did not in listed and state == KeyState.ACTIVE:", "if False:", "identity/test_cards.py::test_key_that_the_next_card_leaves_out_is_retired"),
    Control("keys of one persona", "D4", _CARDS, "if known is not None and known.root not in {None, card.root}:", "if False:", "identity/test_cards.py::test_key_that_consents_to_two_roots_stays_with_the_first"),
    Control("root signs no posts", "C11", _CARDS, "if store.find_persona(work, record.signer) is not None:", "if False:", "identity/test_cards.py::test_root_key_signs_cards_and_no_posts"),
    Control("imports by the host", "D4", _CARDS, "if IMPORTED in record.document and not", "if False and not", "cli/test_import.py::test_another_key_than_the_instances_imports_nothing"),
    Control("revocation out of turn", "E8", _CARDS, "if rules.is_revocation(card) and current is not None", "if False and current is not None", "identity/test_recovery.py::test_persona_comes_back_after_a_revocation_made_blindly"),
    Control("revocation ends log-ins", "E8", _CARDS, "    store.remove_login(work, card.root)\n", "", "identity/test_recovery.py::test_revocation_out_of_turn_ends_the_login"),
    Control("revocation ends sessions", "E8", _RECOVERY, "store.remove_sessions(work, encode_did(seed.root_key().public))", "pass", "identity/test_recovery.py::test_revoking_leaves_no_session_on_the_disk"),
    Control("restoring ends sessions", "E8", _RECOVERY, "store.remove_sessions(work, root)\n    key, salt", "key, salt", "identity/test_recovery.py::test_restoring_leaves_no_older_session_on_the_disk"),
    Control("new passphrase ends sessions", "E8", _RECOVERY, "store.remove_sessions(work, login.root)", "pass", "identity/test_recovery.py::test_passphrase_that_was_changed_opens_and_the_old_one_does_not"),
    Control("erased persona's keys", "E8", _RECOVERY, "store.set_key_state(work, did, KeyState.REVOKED)", "pass", "identity/test_recovery.py::test_erasing_oneself_revokes_keys_that_do_not_come_from_the_words"),
    Control("erased persona's name", "H8", _RECOVERY, "store.clear_name(work, root)", "pass", "forms/test_erasing_oneself.py::test_erased_persona_leaves_neither_words_nor_name_nor_login"),
    Control("erased persona's cards", "H8", _RECOVERY, "erase_bytes(work, cards)", "pass", "forms/test_erasing_oneself.py::test_erased_persona_leaves_neither_words_nor_name_nor_login"),
    Control("names of one script", "E5", _CARDS, "naming.require_one_script(card.name)", "pass", "identity/test_cards.py::test_card_with_a_mixed_script_name_is_refused"),
    Control("look-alikes", "E5", _NAMING, ".translate(_LOOK_ALIKES)", "", "identity/test_rules.py::test_names_that_read_alike_are_one"),
    Control("vowel marks unread", "E5", _NAMING, '_arabic_marks.sub("", unicodedata.normalize("NFKD", folded))', 'unicodedata.normalize("NFKD", folded)', "identity/test_rules.py::test_names_that_read_alike_are_one"),
    Control("case unread", "E5", _NAMING, 'unicodedata.normalize("NFKC", name).casefold()', 'unicodedata.normalize("NFKC", name)', "identity/test_rules.py::test_names_that_read_alike_are_one"),
)
# fmt: on
