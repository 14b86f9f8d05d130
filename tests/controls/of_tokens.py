"""Controls of blind tokens: what keeps their issuer from knowing them, and others from making them."""

from tests.controls.control import Control

_BLIND = "app/crypto/blind.py"
_SERVICE = "app/identity/service/invitations.py"
_NAMES = "app/identity/service/thread_names.py"
_IN_FORMS = "forms/test_thread_names.py::"
_OF_NAMES = "identity/test_thread_names.py::"

# fmt: off
CONTROLS = (
    Control("tokens unseen", "unlinkability at chance level", _BLIND, "    blinded = value * pow(hidden, EXPONENT, key.modulus) % key.modulus\n", "    blinded, hidden = value, 1\n", "crypto/test_blind.py::test_issuers_notes_lead_to_tokens_no_better_than_chance"),
    Control("private powers masked", "RFC 9474, 7.1", _BLIND, "mask = _factor_below(self.public, factor)", "mask = 1", "crypto/test_blind.py::test_time_of_an_answer_tells_nothing_of_the_message"),
    Control("wrong powers stay inside", "RFC 9474, 4.3", _BLIND, "if pow(signature, EXPONENT, modulus) != value:", "if False:", "crypto/test_blind.py::test_wrong_computation_does_not_leave_the_issuer"),
    Control("issuers sign in range", "RFC 9474, 4.3", _BLIND, " or value >= modulus:", ":", "crypto/test_blind.py::test_issuer_signs_nothing_but_blinded_messages_of_its_key"),
    Control("answers verified", "RFC 9474, 4.4", _BLIND, "    verify_signature(key, prepared, signature)\n    return signature", "    return signature", "crypto/test_blind.py::test_answer_with_a_flipped_bit_makes_no_token"),
    Control("tokens verified", "RFC 9474, 4.5", _BLIND, "key.rsa.verify(signature, prepared, _PADDING, SHA384())", "pass", "crypto/test_blind.py::test_every_flipped_bit_of_one_token_is_refused"),
    Control("prefix of a token", "blind even to a key made with malice", _BLIND, "if len(prefix) != PREFIX_BYTES:", "if False:", "crypto/test_blind.py::test_prefix_has_its_length"),
    Control("prefix asked for", "blind even to a key made with malice", _BLIND, "if len(prepared) < PREFIX_BYTES:", "if False:", "crypto/test_blind.py::test_message_without_a_prefix_does_not_verify"),
    Control("salt of a token", "RFC 9474, 4.2", _BLIND, "if len(salt) != SALT_BYTES:", "if False:", "crypto/test_blind.py::test_salt_has_its_length"),
    Control("factors uniform", "RFC 9474, 4.2", _BLIND, "if len(factor) != key.factor_bytes:", "if False:", "crypto/test_blind.py::test_factor_is_wide_and_has_an_inverse"),
    Control("factors undone", "RFC 9474, 4.2", _BLIND, '        raise MalformedError("a blinding factor has no inverse")\n', "        pass\n", "crypto/test_blind.py::test_factor_is_wide_and_has_an_inverse"),
    Control("issuers sound", "RFC 9474, 4.2", _BLIND, '        raise VerificationError("an issuer\'s public key is not sound")\n', "        pass\n", "crypto/test_blind.py::test_key_that_is_not_sound_blinds_nothing"),
    Control("issuers in one form", "one key for all is one text for all", _BLIND, " or _encode(key) != raw:", ":", "crypto/test_blind.py::test_public_key_has_one_form"),
    Control("issuers' exponent", "RFC 9474, 5", _BLIND, "if numbers.e != EXPONENT:", "if False:", "crypto/test_blind.py::test_key_with_another_exponent_is_refused"),
    Control("issuers' size", "2048 bits", _BLIND, "if not LEAST_BITS <= key.key_size <= MOST_BITS or key.key_size % 8:", "if False:", "crypto/test_blind.py::test_key_of_another_size_is_refused"),
    Control("issuers' keys hidden", "H3", _BLIND, 'return "BlindSigningKey(…)"', "return self._raw.hex()", "crypto/test_blind.py::test_secrets_are_not_shown_pickled_or_compared"),
    Control("blinding hidden", "H3", _BLIND, "secret: int = field(repr=False)", "secret: int = field()", "crypto/test_blind.py::test_secrets_are_not_shown_pickled_or_compared"),
    Control("invitations good once", "newcomers are answered for", _SERVICE, "if store.is_spent(work, mark):", "if False:", "identity/test_invitations.py::test_invitation_is_good_once"),
    Control("one message, one invitation", "newcomers are answered for", _SERVICE, "mark = mark_of(prepared)", "mark = mark_of(prepared + invitation.signature)", "identity/test_invitations.py::test_second_signature_makes_no_second_invitation"),
    Control("cap of a month", "caps per inviter", _SERVICE, "if store.count_given(work, root, cohort.name) >= rules.INVITATIONS_A_MONTH:", "if False:", "identity/test_invitations.py::test_month_has_its_cap_for_each_persona"),
    Control("who may invite", "newcomers are answered for", _SERVICE, "if not may_invite(work, root):", "if False:", "identity/test_invitations.py::test_persona_that_nobody_invited_does_not_invite"),
    Control("inviting after a month", "slow trust", _SERVICE, "own >= _this_month(work)", "own > _this_month(work)", "identity/test_invitations.py::test_invited_persona_may_invite_from_the_next_month"),
    Control("frozen cohorts", "freeze a cohort", _SERVICE, "if cohort is None or cohort.is_frozen:", "if cohort is None:", "identity/test_invitations.py::test_frozen_cohort_neither_gives_nor_takes"),
    Control("frozen cohorts' personas", "freeze a cohort", _SERVICE, "return cohort is not None and not cohort.is_frozen", "return True", "identity/test_invitations.py::test_frozen_cohort_neither_gives_nor_takes"),
    Control("old invitations", "what is spent may be forgotten", _SERVICE, "if not cohorts.is_redeemable(invitation.cohort, day_of(work.now)):", "if False:", "identity/test_invitations.py::test_invitation_is_good_for_its_month_and_two_more"),
    Control("invitations verified", "newcomers are answered for", _SERVICE, "        blind.verify_signature(cohort.key, prepared, invitation.signature)\n", "        pass\n", "identity/test_invitations.py::test_any_flipped_bit_of_an_invitation_is_refused"),
    Control("invitations for invitations", "tokens of one purpose", "app/identity/codec/tokens.py", 'return b"goftogu/v1/invitation\\0" + sha256(key.raw).digest()', 'return b"another purpose"', "identity/test_invitations.py::test_signature_for_another_purpose_or_key_invites_nobody"),
    Control("issuers' keys sealed", "the database alone makes no invitation", _SERVICE, "return derive_key(instance.seed(), _KEY_CONTEXT + cohort)", "return derive_key(b'', _KEY_CONTEXT + cohort)", "identity/test_invitations.py::test_database_alone_makes_no_invitations"),
    Control("issuers' keys forgotten", "a seizure makes no invitations of past months", _SERVICE, "if store.remove_old_secrets(work, _this_month(work)) | store.remove_old_boxes(work, oldest):", "if False:", "identity/test_invitations.py::test_past_month_leaves_nothing_to_sign_with"),
    Control("issuers' keys scrubbed", "H8", _SERVICE, 'work.deleted.append("invitation_cohort")', "pass", "identity/test_invitations.py::test_private_key_of_a_past_month_leaves_the_files"),
    Control("erased persona's invitations", "H8", "app/identity/service/recovery.py", "    store.remove_inviting(work, root)\n", "", "identity/test_invitations.py::test_erased_persona_leaves_no_trace_of_inviting"),
    Control("issuers on the card", "a key made for one holder alone", _SERVICE, "if cohort.issuer.line not in named:", "if False:", "forms/test_inviting.py::test_card_without_the_months_key_makes_no_invitations"),
    Control("one key of a month", "a key made for one holder alone", "app/site/service.py", 'if any(months.get(line.rpartition(" ")[0], line) != line for line in lines):', "if False:", "identity/test_issuers.py::test_months_key_never_changes_on_the_card"),
    Control("one key of a month on a card", "a key made for one holder alone", "app/records/registry.py", '_require(len(months) == len(value), "a month has two issuer\'s keys")', "pass", "identity/test_issuers.py::test_card_with_two_keys_of_a_month_is_refused"),
    Control("no issuers where the log halted", "two keys of one month", "app/worker.py", "    if house.sequencer.halted is not None:\n        return\n    instance", "    instance", "identity/test_issuers.py::test_host_that_was_restored_opens_no_month"),
    Control("boxes sealed", "the database alone opens no invitation", "app/identity/service/spoken.py", "        derive_key(words.entropy(), _KEY_CONTEXT),\n        encode", "        bytes(32),\n        encode", "identity/test_spoken.py::test_boxes_open_with_their_words_alone"),
    Control("words forgotten once used", "the two who came with a paper", "app/identity/service/spoken.py", "    store.remove_box(work, _mark_of(shared))\n", "", "identity/test_spoken.py::test_words_lead_nowhere_once_they_were_used"),
    Control("words scrubbed once used", "H8", "app/identity/service/spoken.py", '    work.deleted.append("invitation_box")\n', "", "identity/test_spoken.py::test_box_that_was_used_leaves_the_files"),
    Control("words forgotten with their month", "H8", "app/identity/store/inviting.py", "work.session.execute(delete(InvitationBoxRow).where(old))", "pass", "identity/test_spoken.py::test_words_of_old_months_are_forgotten"),
    Control("tries with invitations counted", "one circuit", "app/identity/routes/common.py", "        visit.count_for_sender(TRIES_TO_REDEEM)\n", "        pass\n", "forms/test_inviting.py::test_tries_are_counted_by_session"),
    Control("joining with a bad invitation", "nothing is stored before all is well", "app/identity/routes/joining.py", "        if refused:\n            # Somebody", "        if False:\n            # Somebody", "forms/test_inviting.py::test_spent_invitation_is_explained_and_no_persona_is_made"),
    Control("names in their thread", "a name posts there alone", "app/forum/rules.py", "if name_is_for not in {None, thread}:", "if False:", _OF_NAMES + "test_name_posts_nowhere_else_and_opens_no_thread"),
    Control("names that come back", "a name posts there alone", "app/forum/service/__init__.py", "        identity.bring_back_name(work, record, author, thread_id)\n", "", _OF_NAMES + "test_name_that_an_older_database_lost_comes_back_with_its_posts"),
    Control("names verified", "somebody answers for a name", _NAMES, "        blind.verify_signature(cohort.key, prepared, token.signature)\n", "        pass\n", _OF_NAMES + "test_any_flipped_bit_of_a_right_is_refused"),
    Control("names for names", "tokens of one purpose", "app/identity/codec/tokens.py", '    return b"goftogu/v1/thread-name\\0" + sha256(key.raw).digest() + f"{thread}\\0{did}".encode()', "    return invitation_message(key)", _OF_NAMES + "test_signature_for_another_purpose_or_key_is_no_right_to_a_name"),
    Control("old rights to names", "a right has its time", _NAMES, " or not cohorts.is_redeemable(token.cohort, day_of(work.now)):", ":", _OF_NAMES + "test_right_is_good_for_its_month_and_two_more"),
    Control("names good once", "one right, one name", _NAMES, "if is_known is not None:", "if False:", _OF_NAMES + "test_root_key_becomes_no_name"),
    Control("names of a month", "three names a month", _NAMES, "if left == 0:", "if False:", _OF_NAMES + "test_persona_takes_so_many_a_month"),
    Control("who may take names", "a ban of the persona holds", _NAMES, "if not is_in_use or is_on_probation(work, root):", "if not is_in_use:", _OF_NAMES + "test_persona_on_probation_takes_none"),
    Control("revoked personas take no names", "a ban of the persona holds", _NAMES, "if not is_in_use or is_on_probation(work, root):", "if is_on_probation(work, root):", _OF_NAMES + "test_revoked_and_erased_personas_take_none"),
    Control("counts of names scrubbed", "nothing at rest joins the names", _NAMES, '    work.deleted.append("thread_names_taken")\n', "", _OF_NAMES + "test_count_leaves_the_write_ahead_log_at_once"),
    Control("keys of names forgotten", "a seizure lets in no names of past months", _NAMES, "if store.remove_old_name_secrets(work, _this_month(work)):", "if False:", _OF_NAMES + "test_past_month_leaves_nothing_to_sign_with_and_no_count"),
    Control("erased persona's names", "H8", "app/identity/service/recovery.py", "    store.remove_names_taken(work, root)\n", "", _OF_NAMES + "test_erased_persona_leaves_no_count_of_names"),
    Control("ids of names", "nothing at rest joins the names", _NAMES, "return encode_nonce(derive_key(name.seed(), _ID_CONTEXT + nonce)[:ID_BYTES])", "return nonce", _IN_FORMS + "test_ids_of_both_hands_share_nothing_although_one_form_was_sent_under_both"),
    Control("no drafts of names", "nothing at rest joins the names", "app/forum/routes/hands.py", "if form.is_kept or form.draft:", "if False:", _IN_FORMS + "test_words_for_a_name_are_not_kept_as_a_draft"),
    Control("names not carried", "nothing at rest joins the names", "app/web/forms.py", ' or not fields["text"] or fields["hand"]:', ' or not fields["text"]:', _IN_FORMS + "test_words_for_a_name_do_not_go_through_a_log_in"),
    Control("names and sessions", "nothing at rest joins the names", "app/forum/routes/writing.py", "if not written.hand(form).is_by_name:", "if True:", _IN_FORMS + "test_sending_under_a_name_does_not_touch_the_session"),
    Control("names and what waits", "nothing public joins the names", "app/forum/routes/writing.py", "        rules.require_visible(written.quoted, hand.stands_for)\n", "        pass\n", _IN_FORMS + "test_neither_hand_quotes_or_answers_what_only_the_other_sees"),
    Control("names asked for", "never under one's own name by mistake", "app/forum/routes/hands.py", '        return {"hand": _NO_NAME}\n', "        return {}\n", _IN_FORMS + "test_fourth_name_of_a_month_is_refused_and_said_so"),
)
# fmt: on
