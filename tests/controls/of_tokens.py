"""Controls of blind tokens: what keeps their issuer from knowing them, and others from making them."""

from tests.controls.control import Control

_BLIND = "app/crypto/blind.py"
_SERVICE = "app/identity/service/invitations.py"

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
    Control("old invitations", "what is spent may be forgotten", _SERVICE, "if not rules.is_redeemable(invitation.cohort, day_of(work.now)):", "if False:", "identity/test_invitations.py::test_invitation_is_good_for_its_month_and_two_more"),
    Control("invitations verified", "newcomers are answered for", _SERVICE, "        blind.verify_signature(cohort.key, prepared, invitation.signature)\n", "        pass\n", "identity/test_invitations.py::test_any_flipped_bit_of_an_invitation_is_refused"),
    Control("invitations for invitations", "tokens of one purpose", "app/identity/codec.py", 'return b"goftogu/v1/invitation\\0" + sha256(key.raw).digest()', 'return b"another purpose"', "identity/test_invitations.py::test_signature_for_another_purpose_or_key_invites_nobody"),
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
)
# fmt: on
