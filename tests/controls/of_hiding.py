"""Controls of what desks hide: it is nowhere, it comes back, and no host hides without a desk of the log."""

from tests.controls.control import Control

_DESKS, _REFETCH = "app/federation/desks.py", "app/federation/refetch.py"
_HIDING, _RECORDS = "app/forum/service/hiding.py", "app/records/store.py"
_PUBLISHING, _SHELVING = "app/federation/publishing.py", "app/federation/shelving.py"
_CAUGHT = "federation/test_desk_acts.py::test_host_that_withholds_is_caught"
_OF_DESKS = "federation/test_desk_acts.py::"
_EVERYWHERE = "attacks/test_hidden_everywhere.py::"
_OF_POSTS = "forum/test_hidden_posts.py::"

# fmt: off
CONTROLS = (
    Control("desks that the host attests", "J3", _DESKS, 'record.type == "Offer" and record.signer == self.host', 'record.type == "Offer"', _CAUGHT),
    Control("desks that nobody attests", "J3", _DESKS, "if term is None or done.day < term.from_day:", "if term is None:\n            return\n        if done.day < term.from_day:", _CAUGHT),
    Control("desks within their terms", "J3", _DESKS, "or done.day < term.from_day", "", _CAUGHT),
    Control("desks that were closed", "J3", _DESKS, "        self._close_terms()\n", "", _CAUGHT),
    Control("desks of a role and a board", "J3", _DESKS, "        require_role(term.desk, done.act.decision.kind, board, done.day)\n", "        _ = board\n", _CAUGHT),
    Control("two desks for an erasure", "J2", _DESKS, "return done.signer != act.proposed_by", "return True", _CAUGHT),
    Control("undone acts account for nothing", "J3", _DESKS, "and done.digest not in undone", "", _CAUGHT),
    Control("hosts hide as programs alone", "J3", _DESKS, "                require_hosts_own(act.decision, done.day)\n", "", _CAUGHT),
    Control("automatic hiding ends", "J3", _DESKS, "return self.today > until + timedelta(days=1)", "return False", _OF_DESKS + "test_what_the_host_hid_by_itself_may_be_missing_for_as_long_as_it_says"),
    Control("mirrors fetch what is back", "issue 7", "app/federation/mirror.py", "if start and erasures.desks.gives_back:", "if False:", _OF_DESKS + "test_mirror_takes_away_what_is_hidden_and_fetches_it_again"),
    Control("hidden is not erased by a copy", "issue 7", _REFETCH, "if digest not in hidden]", "]", "federation/test_refetch_desks.py::test_what_waited_in_the_backup_and_was_hidden_since_can_come_back"),
    Control("hidden words for their author alone", "issue 7", _HIDING, "viewer is not None and viewer.wrote(post.author)", "viewer is not None", _EVERYWHERE + "test_no_address_shows_hidden_words_to_others"),
    Control("hidden words leave the index", "issue 7", _HIDING, "    _take_from_index(work, post)\n    records.withhold_bytes", "    records.withhold_bytes", _EVERYWHERE + "test_index_finds_again_what_was_given_back"),
    Control("hidden words leave the files", "issue 7", "app/records/service.py", "    work.withheld.extend(digests)\n", "", _EVERYWHERE + "test_hidden_words_leave_the_public_folder_and_the_bundles"),
    Control("hidden words leave the shelf", "issue 7", _SHELVING, "*(hidden ^ self._hidden)", "", _EVERYWHERE + "test_hidden_words_leave_the_public_folder_and_the_bundles"),
    Control("hidden pages are not kept", "issue 7", _HIDING, "    records.withhold_bytes(work, store.list_version_digests(work, post.digest))\n    work.changed.update(subjects_of(post.thread, board_of(work, post).did))\n", "    records.withhold_bytes(work, store.list_version_digests(work, post.digest))\n", _EVERYWHERE + "test_no_address_shows_hidden_words_to_others"),
    Control("restored files after a crash", "issue 7", "app/worker.py", "    house.publisher.give_back()\n", "    _ = house\n", _EVERYWHERE + "test_crash_before_the_file_of_what_was_given_back_is_made_up_for"),
    Control("hidden files after a crash", "issue 7", "app/worker.py", "[*digests, *hidden]", "digests", _EVERYWHERE + "test_crash_before_the_file_of_what_was_hidden_is_gone_is_made_up_for"),
    Control("hidden is on no list of erasures", "issue 7", _RECORDS, "RecordRow.raw.is_(None) & RecordRow.digest.not_in(select(WithheldRow.digest))", "RecordRow.raw.is_(None)", _EVERYWHERE + "test_no_list_of_erasures_names_what_is_hidden"),
    Control("hidden posts are not revised", "issue 7", "app/forum/rules/__init__.py", "    if post.is_hidden:\n        raise HiddenPostError", "    if False:\n        raise HiddenPostError", _OF_POSTS + "test_hidden_post_is_not_revised_and_its_author_reads_why"),
    Control("erasing wins over hiding", "an erasure holds", _RECORDS, "    work.session.execute(delete(WithheldRow).where(WithheldRow.digest.in_(keys)))\n\n\ndef withhold_bytes", "\n\ndef withhold_bytes", _EVERYWHERE + "test_erased_while_hidden_is_erased_for_good"),
    Control("sensitive words in no feed", "issue 7", "app/forum/routes/feeds.py", 'html="" if post.is_sensitive else str(render_post(text.markdown))', "html=str(render_post(text.markdown))", _OF_POSTS + "test_sensitive_words_are_folded_and_are_in_no_list"),
)
# fmt: on
