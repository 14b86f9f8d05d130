"""Names of rules and labels: one for each that an act may hold."""

from app.records.registry.acts import LABELS, RULES
from app.web.rules import LABEL_NAMES, RULE_NAMES, rule_name


def test_each_rule_and_each_label_of_the_registry_has_a_name() -> None:
    assert tuple(RULE_NAMES) == RULES
    assert tuple(LABEL_NAMES) == LABELS


def test_no_rule_has_no_name() -> None:
    assert (rule_name(str.upper, ""), rule_name(str.upper, "spam")) == ("", "SPAM")
