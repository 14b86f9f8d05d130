"""Controls of the public log of moderation, and of roles that stand apart."""

from tests.controls.control import Control

_CLI = "cli/test_moderation.py::"
_PAGES = "moderation/test_log_pages.py::"
_ROLES = "moderation/test_roles.py::"
_LEDGER = "app/moderation/rules/ledger.py"
_LOG = "app/moderation/service/log.py"
_COMMAND = "app/cli/moderation.py"

# fmt: off
CONTROLS = (
    Control("sponsor gets no desk", "N14", "app/moderation/service/desks.py", "    require_no_sponsor(work, appointed.root, mark=mark, role=appointed.role)\n", "", _ROLES + "test_no_order_of_grants_lets_a_sponsor_moderate"),
    Control("desk makes no sponsor", "N14", "app/moderation/service/roles.py", "    rules.require_roles_apart(held, Role.SPONSOR)\n    if Role.SPONSOR not in held:\n", "    if Role.SPONSOR not in held:\n", _ROLES + "test_no_order_of_grants_lets_a_sponsor_moderate"),
    Control("steward makes no sponsor", "N14", "app/moderation/service/roles.py", "return held | {Role.STEWARD} if identity.holds_stewardship(work, root) else held", "return held", _ROLES + "test_steward_of_boards_becomes_no_sponsor_and_a_sponsor_no_steward"),
    Control("sponsor is no steward", "N14", "app/cli/stewards.py", "        moderation.require_no_sponsor(work, persona.root, mark=mark)\n", "", _CLI + "test_sponsor_never_moderates_and_who_moderates_never_sponsors"),
    Control("rows say what the log says", "J3", _LOG, "elif not _says_the_same(row, logged, instance_did):", "elif False:", _CLI + "test_altered_row_of_an_act_is_found"),
    Control("rows lack no act of the log", "J3", _LOG, "        if row is None:\n            yield", "        if row is None:\n            continue\n            yield", _CLI + "test_deleted_row_of_an_act_is_found"),
    Control("rows invent no act", "J3", _LOG, "for digest in rows.keys() - elsewhere:", "for digest in ():", _CLI + "test_invented_row_of_an_act_is_found"),
    Control("rows say what was undone", "J3", _LOG, "elif logged.digest in undone and row.undoing is None:", "elif False:", _CLI + "test_act_that_was_undone_and_is_said_not_to_be_is_found"),
    Control("acts are missed", "J3", _COMMAND, "                if missing:\n", "                if False:\n", _CLI + "test_record_of_an_act_that_a_copy_lacks_is_found"),
    Control("acts are of desks", "J3", _LEDGER, "if not {logged.desk, logged.act.proposed_by or logged.desk} <= desks:", "if False:", "moderation/test_ledger.py::test_act_of_a_key_that_is_no_desk_is_found"),
    Control("desks and demands are the host's", "J3", _LEDGER, 'if record.type in {"Offer", "Announce"} and record.signer != instance_did:', "if False:", "moderation/test_ledger.py::test_desk_and_demand_of_another_key_are_found"),
    Control("sealed demands say nothing", "N14", "app/cli/demands.py", "    if words and not sealed:\n", "    if words:\n", _CLI + "test_sealed_demand_says_only_that_there_is_one"),
    Control("sealed demands are on no page", "N14", "app/moderation/routes/log.py", " for demand in newest if not demand.is_sealed)", " for demand in newest)", _PAGES + "test_sealed_demand_and_one_told_late_count_as_sealed"),
    Control("late demands count as sealed", "N14", _LEDGER, "return self.is_sealed or self.logged_on - self.received_on > timedelta(days=TOLD_DAYS)", "return self.is_sealed", _PAGES + "test_sealed_demand_and_one_told_late_count_as_sealed"),
    Control("feed waits for the log", "J3", "app/moderation/routes/feed.py", " if act.is_logged][:_LENGTH]", "][:_LENGTH]", _PAGES + "test_feed_holds_what_is_logged_alone_and_is_atom"),
    Control("numbers are of the log", "J3", _LOG, "if record.is_public and record.raw is not None and record.home is None:", "if record.raw is not None:", "moderation/test_numbers.py::test_month_is_counted_by_all_that_it_says"),
)
# fmt: on
