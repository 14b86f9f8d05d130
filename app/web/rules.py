"""What the rules and labels of moderation are called, for rooms below it and above it alike."""

from collections.abc import Callable
from typing import Final

from .sentences import gettext_noop as _

RULE_NAMES: Final[dict[str, str]] = {
    "threat": _("threats and violence"),
    "private-data": _("private data of people"),
    "minors": _("protecting children"),
    "hate": _("hatred against groups"),
    "harassment": _("harassment"),
    "impersonation": _("pretending to be somebody"),
    "spam": _("spam"),
    "off-topic": _("what belongs on another board"),
    "board": _("what this board asks of everybody"),
    "law": _("what the law forbids"),
}
"""Each rule that an action may name, as it stands in “the rule on …”."""

LABEL_NAMES: Final[dict[str, str]] = {
    "sensitive": _("sensitive"),
    "unconfirmed": _("unconfirmed"),
    "off-topic": _("off-topic"),
    "duplicate": _("said before"),
}
"""Each label that a desk may put beside words."""


def rule_name(gettext: Callable[[str], str], rule: str) -> str:
    """Return what a rule is called in a reader's language; empty for none."""
    return gettext(RULE_NAMES[rule]) if rule else ""
