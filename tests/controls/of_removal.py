"""Controls of copies of partners' boards: what is done at home, what binds, who erased, how much."""

from tests.controls.control import Control

_HOME = "app/web/at_home.py"
_REMOVING = "app/federation/partners/removing.py"
_REPLICAS = "app/federation/partners/replicas.py"
_PAGES = "federation/test_replica_pages.py::"
_TESTS = "federation/test_removing.py::"
_QUOTAS = "federation/test_quotas.py::"

# fmt: off
CONTROLS = (
    Control("what counts at home alone", "D8", _HOME, "    if pattern in AT_HOME or (", "    if (", _PAGES + "test_what_counts_at_home_is_done_there"),
    Control("desks of partners on their own boards", "D8", _REMOVING, "if board is None or board.home != partner.did:", "if False:", _TESTS + "test_desk_of_a_partner_reaches_no_board_of_this_host"),
    Control("a law binds its own host", "removal that travels", _REMOVING, "reasons.ground is not Ground.LAW and partner.follows_rules", "partner.follows_rules", _TESTS + "test_what_a_homes_law_takes_is_read_here_until_a_desk_here_takes_it"),
    Control("no limit by another host", "D8", _REMOVING, "    if kind is ActionKind.LIMIT:\n        return False\n", "", _TESTS + "test_limit_in_a_partners_log_reaches_nobody_here"),
    Control("erased in copies at once", "removal that travels", "app/federation/partners/copies.py", "(copy / path).unlink(missing_ok=True)", "_ = copy / path", _TESTS + "test_erasure_that_is_made_here_acts_here_at_once"),
    Control("so much a day", "D7", "app/federation/partners/quotas.py", "if count > partner.most_entries:", "if False:", _QUOTAS + "test_partner_hands_over_so_much_a_day_and_waits_then"),
    Control("so much in all", "D7", "app/federation/partners/quotas.py", "if self.count > self._left:", "if False:", _QUOTAS + "test_files_beyond_a_partners_share_of_the_disk_are_not_copied"),
    Control("a block for each file", "D7", "app/federation/partners/quotas.py", "if not self.has(path):", "if False:", _QUOTAS + "test_each_file_of_a_partner_takes_a_block_of_its_share"),
    Control("a word for authors by right", "G1", "app/federation/partners/carrying.py", "if handed.is_answered and Right.WRITE in held:", "if handed.is_answered:", _QUOTAS + "test_partner_with_the_right_to_write_answers_for_its_own"),
    Control("poison keeps nothing waiting", "D5", _REPLICAS, "        except Exception as error:  # noqa: BLE001", "        except ZeroDivisionError as error:  # noqa: BLE001", _QUOTAS + "test_what_an_owner_fails_at_is_set_aside"),
)
