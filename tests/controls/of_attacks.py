"""Controls of moderation: what keeps crowds from hiding anything, and sealed words sealed."""

from tests.controls.control import Control

_ALONE = "app/moderation/service/by_itself.py"
_SEALING = "app/moderation/service/sealing.py"
_TESTS = "moderation/test_by_itself.py::"
_AGREED = "moderation/test_agreed.py::"
_FEWER = _AGREED + "test_fewer_do_not"
_SEALED = "moderation/test_sealing.py::"

# fmt: off
CONTROLS = (
    Control("hiding by strangers", "E4", "app/moderation/rules/__init__.py", "if report.rule is not Rule.LAW and report.mark in answered:", "if report.rule is not Rule.LAW:", _FEWER),
    Control("hiding by law without a desk", "E4", "app/moderation/rules/__init__.py", "if report.rule is not Rule.LAW and report.mark in answered:", "if report.mark in answered:", _FEWER),
    Control("hiding by one crowd", "E4", "app/moderation/rules/__init__.py", "counts = {rule: count_independent(marks, groups) for", "counts = {rule: len(marks) + 0 * count_independent(marks, []) for", _FEWER),
    Control("hiding by those of a crowd whom nothing gives away", "E4", "app/moderation/rules/__init__.py", "2 * len(g.members & marks) >= len(marks)", "False", _FEWER),
    Control("hiding in attack mode", "E3", _ALONE, " and not is_under_attack(work, case.board)", "", _TESTS + "test_nothing_hides_by_itself_in_attack_mode"),
    Control("hiding again by the same", "E4", _ALONE, "r.reported_at > since]", "r.reported_at >= 0]", _TESTS + "test_same_four_hide_a_post_once_and_four_others_once_more"),
    Control("hiding what was changed", "E4", _ALONE, " or case.version != post.version.digest:", ":", _TESTS + "test_post_that_changed_since_it_was_reported_stays"),
    Control("hiding without end", "E4", _ALONE, "for action in (*over, *aged) if _is_ours", "for action in over if _is_ours", _TESTS + "test_post_is_back_after_a_day_unless_a_desk_decided"),
    Control("bytes in quarantine", "E16", _SEALING, "records.seal_off(work, digests) if contact else []", "[*records.list_withheld(work, digests).values()] if contact else []", _SEALED + "test_words_in_quarantine_are_in_no_row_and_open_with_the_contacts_key_alone"),
    Control("words that were not signed", "E16", _SEALING, "if not {sha256(raw).digest() for raw in raws} <= digests:", "if not digests:", _SEALED + "test_other_words_sealed_to_the_same_contact_are_not_taken"),
    Control("copies that end", "E16", "app/moderation/store/sealed.py", "(SealedCopyRow.ends_on <= day) | SealedCopyRow", "SealedCopyRow", _SEALED + "test_sealed_copy_ends_after_thirty_days_whatever_becomes_of_the_case"),
)
# fmt: on
