"""Controls of partners: what another instance's log and words cannot do here."""

from tests.controls.control import Control

_REPLICAS, _CARRYING = "app/federation/partners/replicas.py", "app/federation/partners/carrying.py"
_SUCCESSION = "app/federation/partners/succession.py"
_TREES, _TAKEOVERS = "app/federation/partners/trees.py", "attacks/test_false_takeovers.py::"
_ELSEWHERE, _STRAIGHT = "app/moderation/service/elsewhere.py", "app/web/straight.py"
_LYING, _CARRIERS = "attacks/test_lying_homes.py::", "attacks/test_false_carriers.py::"
_SWOLLEN = (
    "attacks/test_swollen_answers.py::test_answer_that_swells_is_refused_soon_and_costs_little"
)
_POSING = "attacks/test_posing_partners.py::"
_MOVES, _INSIDE = "attacks/test_forged_moves.py::", "attacks/test_led_inside.py::"
_PROMISES, _QUOTAS = "federation/test_promises.py::", "federation/test_quotas.py::"

# fmt: off
CONTROLS = (
    Control("records at their home alone", "D4", "app/forum/service/boards.py", "if board is not None and board.home != instance_did:", "if False:", "attacks/test_matrix_of_homes.py::test_record_is_taken_in_at_its_home_alone"),
    Control("acts of partners on their own", "D4", _ELSEWHERE, "        _require_own(work, act, home)\n", "", _LYING + "test_partner_closes_no_desk_here"),
    Control("acts of partners by their desks", "D4", _ELSEWHERE, "        require_attested(work, desks, home)\n", "", _LYING + "test_key_that_is_no_desk_of_the_partner_hides_nothing_on_its_board"),
    Control("desks of this instance", "D4", "app/moderation/service/acting.py", "            require_attested(work, (record.signer, act.proposed_by), instance_did)\n", "", _LYING + "test_desk_of_a_partner_is_no_desk_here"),
    Control("who is believed is decided here", "no officials by way of a partner", "app/hearings/service/offices.py", "    _find_believed(work, record.signer, is_logged=False)\n", "", _LYING + "test_key_that_is_doubted_here_makes_no_officials_by_way_of_a_partner"),
    Control("no post of a partner from the future", "B3", _REPLICAS, "                records.require_past_day(entry.record, work.now)\n", "", "attacks/test_strained_replicas.py::test_post_from_a_clock_that_is_far_ahead_is_not_shown"),
    Control("receipts of what was carried", "receipts are kept", _CARRYING, " or named != encode_digest(carried.digest)", "", _CARRIERS + "test_receipt_for_another_record_is_no_receipt"),
    Control("cards of the author", "partners answer for their own", _CARRYING, "    _require_of_author(handed)\n", "", _CARRIERS + "test_partner_brings_the_cards_of_the_author_alone"),
    Control("buckets of those who act", "I6", "app/web/limits.py", "            if not any(told):", "            if False:", _CARRIERS + "test_stranger_fills_nobodys_bucket_with_what_anyone_can_read"),
    Control("the newest order", "succession", _SUCCESSION, 'key=lambda document: document["published"]', "key=str", _MOVES + "test_order_that_was_replaced_gives_nobody_the_board"),
    Control("orders of another day", "succession", _SUCCESSION, 'if any(other["published"] >= document["published"] for other in', "if any(False for _ in", _MOVES + "test_older_order_that_somebody_kept_replaces_none"),
    Control("takeovers from the log that is named", "succession", _SUCCESSION, "if takeover.origin not in _list_origins(work, board.home):", "if False:", _MOVES + "test_board_of_this_instance_is_taken_over_from_this_log_alone"),
    Control("trees that the old log had", "succession", _TREES, "if root.hex() != takeover.root:", "if False:", _TAKEOVERS + "test_partner_with_a_copy_follows_no_takeover_that_rewrites_the_past"),
    Control("trees that are here", "succession", _TREES, "if must_be_here or partner is None:", "if False:", _TAKEOVERS + "test_home_is_not_robbed_by_a_tree_that_it_never_signed"),
    Control("what counts of an old log", "succession", _REPLICAS, "return entry.index < self._finals.get(", "return 0 < self._finals.get(", _TAKEOVERS + "test_partner_that_was_behind_still_gets_what_counts_and_nothing_later"),
    Control("names that lead inside", "D1", _STRAIGHT, "if not is_own and not all(map(_is_outside, addresses)):", "if False:", _INSIDE + "test_name_that_leads_inside_is_not_asked"),
    Control("heads that end", "D3", _STRAIGHT, "        self._deadline.begin()\n", "", _INSIDE + "test_head_that_drips_for_ever_ends_in_time"),
    Control("refusals that are deep", "D3", "app/web/addresses.py", "    except (ValueError, RecursionError):\n", "    except ValueError:\n", _SWOLLEN),
    Control("refusals of one line", "D3", "app/web/addresses.py", 'c if c.isprintable() or c == _JOINER else " "', "c", _SWOLLEN),
    Control("refusals that are short", "D3", "app/web/addresses.py", "str(words)[:_MOST_WORDS]", "str(words)", _SWOLLEN),
    Control("one key for a name and a log", "D4", "app/federation/partners/service.py", "if known is not None and known.did != partner.did:", "if False:", _POSING + "test_name_or_log_of_a_partner_is_taken_by_no_other_key"),
    Control("our log's name", "D4", "app/cli/partners.py", "if met.log_origin == site.get_card(work).log_origin:", "if False:", _POSING + "test_card_that_names_our_own_log_is_refused"),
    Control("names of partners", "D4", "app/cli/partners.py", "    slug(name)\n", "    _ = slug\n", _POSING + "test_partner_is_called_by_small_letters_alone"),
    Control("rights by key", "D4", "app/federation/partners/service.py", "if right not in found:", "if False:", _POSING + "test_address_of_a_partner_gives_another_key_none_of_its_rights"),
    Control("promises are the log's to keep", "D9", "app/federation/partners/syncing.py", "for digest in late.keys() - logged:", "for digest in late:", _PROMISES + "test_author_of_a_hidden_post_cannot_part_two_hosts"),
    Control("promises that are soon", "D9", _CARRYING, "if records.promised_by(receipt) > latest:", "if False:", _PROMISES + "test_what_is_no_promise_to_log_it_soon_is_none"),
    Control("nothing of who was frozen meanwhile", "D9", _REPLICAS, "            _require_believed(work, partner)\n            count_brought", "            count_brought", "federation/test_parting.py::test_who_is_no_partner_any_more_brings_nothing_more_of_what_is_being_read"),
    Control("nothing after a grant", "D8", _REPLICAS, "for e in _find_entries(copy, shown, listed) if self._is_for_us(e)]", "for e in _find_entries(copy, shown, listed)]", _QUOTAS + "test_what_was_set_aside_does_not_come_once_its_board_may_be_read_no_more"),
    Control("what is set aside by turns", "D7", "app/federation/partners/aside.py", "        .limit(most)\n", "", _QUOTAS + "test_entries_that_never_come_of_age_cost_little_and_starve_none"),
    Control("answers of their day", "clocks of officials", "app/hearings/service/answers.py", "        rules.require_recent(record.day, day_of(work.now))\n", "", "attacks/test_sly_officials.py::test_answer_that_is_dated_back_is_refused"),
    Control("promises judged in office", "clocks of officials", "app/hearings/service/commitments.py", "        require_office(work, root, today)\n", "", "attacks/test_sly_officials.py::test_who_left_the_office_judges_no_promise_of_it"),
    Control("names at a glance", "E5", "app/hearings/service/showing.py", "return alike.skeleton(identity.fold_name(words))", "return identity.fold_name(words)", "attacks/test_look_alikes.py::test_reader_is_told_of_a_name_with_a_sign_more"),
)
# fmt: on
