"""Controls of ballots: one for each persona and conversation, and nothing at rest that tells whose."""

from tests.controls.control import Control

_SERVICE = "app/identity/service/ballots.py"
_ISSUERS = "app/identity/service/ballot_issuers.py"
_STORE = "app/identity/store/ballots.py"
_TOKENS = "app/identity/codec/ballots.py"
_OF = "identity/test_ballots.py::"

# fmt: off
CONTROLS = (
    Control("one ballot a persona", "one ballot for each persona and conversation", _ISSUERS, "if given is not None and not hmac.compare_digest(given, request):", "if False:", _OF + "test_persona_that_votes_with_a_second_key_gets_no_second_ballot"),
    Control("given again is the same", "one ballot for each persona and conversation", _ISSUERS, 'b"request\\0" + issuer.key.raw + blinded', 'b"request\\0" + blinded', _OF + "test_same_bytes_blinded_for_two_kinds_are_signed_for_one"),
    Control("ballots derived", "a crash costs nobody their vote", _SERVICE, "prefix, salt, factor = drawn", "import secrets; drawn = secrets.token_bytes(sum(sizes)); prefix, salt, factor = drawn", _OF + "test_first_request_is_answered_again_with_the_same_until_it_comes_through"),
    Control("kind of a ballot", "counts with their provenance", _ISSUERS, "if given is None and kind is not (BallotKind.INVITED if is_invited else own):", "if False:", _OF + "test_forged_kind_is_refused_at_both_ends"),
    Control("ballots verified", "one ballot for each persona and conversation", _SERVICE, "        blind.verify_signature(issuer.key, prepared, token.signature)\n", "        pass\n", _OF + "test_any_flipped_bit_of_a_token_is_refused"),
    Control("ballots of a conversation", "tokens of one purpose", _TOKENS, 'said = f"{conversation}\\0{name}".encode()', "said = name.encode()", _OF + "test_token_for_another_name_or_conversation_is_refused"),
    Control("ballots of a name", "tokens of one purpose", _TOKENS, 'said = f"{conversation}\\0{name}".encode()', "said = conversation.encode()", _OF + "test_token_for_another_name_or_conversation_is_refused"),
    Control("names of ballots", "one name, one ballot", _TOKENS, "if _name.fullmatch(name) is None:", "if False:", _OF + "test_token_for_another_name_or_conversation_is_refused"),
    Control("kind stays", "counts with their provenance", _SERVICE, "if found.kind is not kind:", "if False:", _OF + "test_two_personas_with_one_name_are_one_ballot_of_the_first_kind"),
    Control("who may take ballots", "a ban of the persona holds", _ISSUERS, "if not is_in_use or find_limit(work, root) is not None:", "if find_limit(work, root) is not None:", _OF + "test_limited_revoked_and_erased_personas_and_strangers_take_none"),
    Control("limited personas take no ballots", "a ban of the persona holds", _ISSUERS, "    require_unlimited(work, root)\n    issuer =", "    issuer =", _OF + "test_limited_persona_votes_with_no_ballot_that_it_has"),
    Control("limited personas vote with none", "a persona that may only read writes by no way", _SERVICE, "    require_unlimited(work, root)\n    return find_ballot(", "    return find_ballot(", _OF + "test_limited_persona_votes_with_no_ballot_that_it_has"),
    Control("ballots of the frozen", "freeze a cohort", _ISSUERS, "BallotKind.UNVOUCHED if is_on_probation(work, root) else BallotKind.VOUCHED", "BallotKind.VOUCHED", _OF + "test_frozen_month_of_its_invitation_makes_the_next_ballot_an_unvouched_one"),
    Control("issuers in the record", "a key made for one holder alone", _ISSUERS, "if issuer is None or named.get(kind) != issuer.key.digest:", "if issuer is None:", _OF + "test_key_that_the_conversations_record_does_not_name_signs_nothing"),
    Control("issuers of ballots stay", "a key made for one holder alone", _ISSUERS, "    if store.list_ballot_issuers(work, conversation):\n        return False\n", "    if False:\n        return False\n", _OF + "test_issuers_of_a_conversation_never_change"),
    Control("closed ballots", "a seizure makes no ballots of the past", _STORE, "    work.session.execute(update(BallotIssuerRow).where(here).values(box=None))\n", "", _OF + "test_closed_ballots_leave_nothing_to_sign_with_and_no_mark_of_anybody"),
    Control("closed ballots scrubbed", "H8", _ISSUERS, '    work.deleted.append("ballot_issuer")\n', "", _OF + "test_closed_ballots_leave_nothing_to_sign_with_and_no_mark_of_anybody"),
    Control("marks of voters go", "H8", _STORE, "    work.session.execute(given)\n", "", _OF + "test_closed_ballots_leave_nothing_to_sign_with_and_no_mark_of_anybody"),
    Control("closed to what was given", "a seizure makes no ballots of the past", _SERVICE, "if issuer is None or not issuer.is_open:", "if issuer is None:", _OF + "test_closed_ballots_leave_nothing_to_sign_with_and_no_mark_of_anybody"),
    Control("marks, not roots", "nothing at rest joins persona and votes", _ISSUERS, 'mark = hmac.digest(marks_key, b"root\\0" + root.encode(), sha256)', "mark = root.encode()", _OF + "test_no_row_that_names_a_persona_is_about_ballots"),
    Control("marks of one conversation", "nothing at rest joins persona and votes", _ISSUERS, "derive_key(instance.seed(), _MARKS_CONTEXT + conversation)", "derive_key(instance.seed(), _MARKS_CONTEXT)", _OF + "test_marks_of_two_conversations_have_nothing_in_common"),
    Control("marks scrubbed", "nothing at rest joins persona and votes", _ISSUERS, '        work.deleted.append("ballot_given")\n', "", _OF + "test_mark_leaves_the_write_ahead_log_at_once"),
    Control("marks evened out", "nothing at rest joins persona and votes", "app/worker.py", "        identity.even_out_ballots(work)\n", "", _OF + "test_worker_evens_out_ballots_each_hour"),
    Control("marks in their own order", "nothing at rest joins persona and votes", "app/db/anew.py", "gone_rows.select().order_by(*keys)", "gone_rows.select()", "postgres/test_ballots.py::test_marks_soon_bear_one_transaction_and_an_order_that_are_no_ballots"),
    Control("ballots found by their secrets", "a stolen database votes for nobody", "app/identity/model/ballots.py", 'return sha256(b"goftogu/v1/ballot-name\\0" + self._raw).hexdigest()', "return self._raw.hex()", _OF + "test_stolen_database_votes_for_nobody"),
    Control("ballots of one's own session", "seen only while logged in", _SERVICE, "if not viewer.has_unlocked or viewer.custody is not Custody.UNLOCKED:", "if False:", _OF + "test_voter_finds_their_ballot_in_a_later_session_and_nobody_else_does"),
)
# fmt: on
